#pragma once
/*
 * Sources: each turns what one part of the kernel reports into observations for a sink. A source
 * reports itself as unavailable (SOURCE_UNAVAILABLE with the reason in .text) and as available
 * again (SOURCE_AVAILABLE); what it lost is LOST. The sink copies what it wants to keep. A
 * constructor emits nothing: the first observation, AVAILABLE or UNAVAILABLE, comes with replay or
 * scan, so that main decides when. An -errno of a constructor is only ever lack of memory: a source
 * that is not available is still one.
 */
#include "lib/base/base.h"
#include "lib/model/observation.h"

typedef void (*source_sink_fn)(const struct ls_observation *obs, void *user);

/* An observation of now about @source itself; @text may come from outside. */
void source_observation(struct ls_observation *ret, enum ls_source source, enum ls_obs_kind kind,
			const char *text);
