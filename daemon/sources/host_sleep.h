#pragma once
/*
 * System sleep, from two sources in addition to the kernel log: the clocks, read at every
 * observation, and logind's PrepareForSleep where there is a system bus. Nothing waits for either.
 */
#include "daemon/sources/source.h"
#include "lib/base/base.h"

struct event_base;
struct host_sleep;

/* Without a bus, or when it goes away, the clocks remain. 0 or -ENOMEM. */
int host_sleep_new(struct event_base *base, source_sink_fn sink, void *user,
		   struct host_sleep **ret);
void host_sleep_free(struct host_sleep *host_sleep);
LS_DEFINE_AUTO(host_sleep)

/* @obs is about to be passed on: a wake-up that it reveals goes to the sink before it. */
void host_sleep_before(struct host_sleep *host_sleep, const struct ls_observation *obs);
