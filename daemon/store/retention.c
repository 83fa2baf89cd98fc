#include "daemon/store/retention.h"

#include <errno.h>
#include <stdlib.h>

#include <event2/event.h>

#include "daemon/base/state.h"

#define HOUR_US (3600 * (int64_t)LS_SEC)
/* Between two pieces, for all that shares the thread. */
#define PAUSE_USEC (50 * LS_MS)

struct retention {
	struct store *store;
	struct store_limits limits;
	struct event *next;
	int64_t hour; /* of the last time */
};

static void
on_next(evutil_socket_t fd, short what, void *user)
{
	static const struct timeval pause = { .tv_usec = PAUSE_USEC };
	struct retention *retention = user;

	(void)fd;
	(void)what;
	/* A store that fails has told so itself, and is tried again in an hour. */
	if (store_sum_up(retention->store, state_now()) == 1 ||
	    store_retain(retention->store, &retention->limits, state_now()) == 1)
		event_add(retention->next, &pause);
}

int
retention_new(struct event_base *base, struct store *store, const struct store_limits *limits,
	      struct retention **ret)
{
	ls_auto(retention) *retention = calloc(1, sizeof(*retention));

	if (!retention)
		return -ENOMEM;
	retention->store = store;
	retention->limits = *limits;
	retention->next = evtimer_new(base, on_next, retention);
	if (!retention->next)
		return -ENOMEM;
	*ret = LS_STEAL(&retention);
	return 0;
}

void
retention_free(struct retention *retention)
{
	if (!retention)
		return;
	if (retention->next)
		event_free(retention->next);
	free(retention);
}

void
retention_wake(struct retention *retention)
{
	static const struct timeval soon = { .tv_usec = PAUSE_USEC };
	int64_t hour = state_now().real_us / HOUR_US;

	if (!retention || hour == retention->hour)
		return;
	retention->hour = hour;
	event_add(retention->next, &soon);
}
