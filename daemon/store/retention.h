#pragma once
/*
 * Keeps the history within its limits: once an hour, in pieces so small that nothing else waits.
 * Between the hours it has no timer.
 */
#include "lib/base/base.h"
#include "lib/model/observation.h"

struct event_base;
struct retention;
struct store;

/*
 * Merges minutes of traffic that are older than 48 hours into a whole hour, those of one session in a
 * transaction of its own; what is merged already stays as it is. Counts are added, the longest time is that of
 * all; of the 99th percentiles the largest is kept and the medians are dropped, because quantiles
 * of minutes do not add up to one of the hour. Not within a batch. 1: call again soon, 0: nothing is
 * left to do, or -errno, nothing done.
 */
int store_roll_up(struct store *store, struct ls_instant now);

/* How much history is kept. */
struct store_limits {
	unsigned int days; /* of transfers minute by minute, and of tails */
	int64_t bytes;	   /* of the database */
	int64_t age_us; /* nothing later goes for its age, whatever the clock says; 0: no limit */
};
/* At most a day of details goes for its age in an hour: a clock that is wrong does little harm. */
int store_limit_age(struct store *store, struct store_limits *limits);

/*
 * Whether the real time can be believed: it has agreed with the time since the boot for an hour, or it
 * goes on where the last linkstatd ended. Zeroed at first.
 */
struct clock_trust {
	bool begun, trusted;
	int64_t offset_us, since_us;
};
/* @boot_us: CLOCK_BOOTTIME. @last_real_us: when a linkstatd was last alive; 0: unknown. */
bool clock_trust(struct clock_trust *trust, int64_t real_us, int64_t boot_us, int64_t last_real_us);
#define STORE_KEEP_DAYS 90
#define STORE_KEEP_MIB	512

/*
 * Deletes a part of what exceeds @limits, in a transaction of its own: tails and minutes of
 * traffic that are too old; where the database is too large, of the oldest day that has any tails,
 * minutes and events, but none of the last 24 hours. Sessions, incidents with their evidence, gaps
 * and whole hours of traffic stay. Free pages are reused, and returned to the file system in small
 * steps. 1: call again soon, 0: nothing is left to do, or -errno. Not within a batch.
 */
int store_retain(struct store *store, const struct store_limits *limits, struct ls_instant now);

/* @store must outlive it. 0 or -errno. */
int retention_new(struct event_base *base, struct store *store, const struct store_limits *limits,
		  struct retention **ret);
void retention_free(struct retention *retention);
LS_DEFINE_AUTO(retention)

/* From whatever wakes linkstatd up anyway: begins, if an hour has passed since the last time. */
void retention_wake(struct retention *retention);
