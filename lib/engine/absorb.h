#pragma once
/* Incidents that turn out to be part of another one, for they are one physical event. */
#include "lib/engine/state.h"

/* Those of what is behind @hub, which lost its ports at @at. */
void absorb_children(struct ls_engine *engine, struct incident *hub, struct ls_instant at);
/* A device that restarts in a loop: the departures before @report, until the beat was seen. */
void absorb_departures(struct ls_engine *engine, struct incident *incident,
		       const struct report *report);
/* Both halves of a hub are one plug: @incident becomes part of that of the other half. */
void absorb_half(struct ls_engine *engine, struct incident *incident);
