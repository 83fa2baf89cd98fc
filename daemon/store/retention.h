#pragma once
/*
 * Keeps the history within its limits: once an hour, in pieces so small that nothing else waits.
 * Between the hours it has no timer.
 */
#include "daemon/store/store.h"

struct event_base;
struct retention;

/* @store must outlive it. 0 or -errno. */
int retention_new(struct event_base *base, struct store *store, const struct store_limits *limits,
		  struct retention **ret);
void retention_free(struct retention *retention);
LS_DEFINE_AUTO(retention)

/* From whatever wakes linkstatd up anyway: begins, if an hour has passed since the last time. */
void retention_wake(struct retention *retention);
