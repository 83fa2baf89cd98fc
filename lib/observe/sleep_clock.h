#pragma once
/*
 * System sleep, seen by the clocks: CLOCK_BOOTTIME runs while the computer sleeps, CLOCK_MONOTONIC
 * stops (clock_gettime(2)), and the first observation after it finds them further apart.
 */
#include "lib/model/observation.h"

/* Zero-initialised at the start. */
struct ls_sleep_clock {
	bool known;
	int64_t offset_us;   /* boot clock minus monotonic clock at the last check */
	uint64_t pending_us; /* slept for so long, not yet reported */
};

/*
 * The clocks are @offset_us apart and @obs is about to be passed on. 1: *wake goes before it and
 * says how long the computer slept; 0: it did not, or @obs is the kernel's own late report of the
 * beginning of that sleep, and it is reported with the next one.
 */
int ls_sleep_clock_look(struct ls_sleep_clock *clock, int64_t offset_us,
			const struct ls_observation *obs, struct ls_observation *wake);
