#include "daemon/store/retention.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include <event2/event.h>

#include "daemon/base/state.h"
#include "daemon/store/db.h"
#include "daemon/store/statistics.h"
#include "daemon/store/store.h"

#define HOUR_US		 (3600 * (int64_t)LS_SEC)
#define DAY_US		 (24 * HOUR_US)
#define MINUTES_KEPT_FOR (48 * HOUR_US)
/* Rows of a kind at once: some 10 ms with the write to disk. */
#define ROWS_AT_ONCE 256
/* The same for pages that are given back to the file system. */
#define GIVE_BACK "PRAGMA incremental_vacuum(512)"

static int
get_number(struct store *store, enum store_stmt which, int64_t *ret)
{
	*ret = 0;
	return store_ask(store, which, NULL, 0, ret);
}

/* Bytes that are in use: pages that are free already will be written next. */
static int
used_bytes(struct store *store, int64_t *ret)
{
	int64_t n_pages = 0, n_free = 0, page_size = 0;
	int r = get_number(store, STORE_PAGES, &n_pages);

	if (r >= 0)
		r = get_number(store, STORE_FREE_PAGES, &n_free);
	if (r >= 0)
		r = get_number(store, STORE_PAGE_SIZE, &page_size);
	*ret = (n_pages - n_free) * page_size;
	return r < 0 ? r : 0;
}

/* Runs @steps for what is older than @before, in one transaction. 1: something went, 0, or -errno. */
static int
delete_batch(struct store *store, const enum store_stmt *steps, size_t n_steps, int64_t before)
{
	const int64_t ids[] = { before, ROWS_AT_ONCE };
	int before_rows = sqlite3_total_changes(store->db);
	int r = store_begin(store);

	if (r < 0)
		return r;
	for (size_t i = 0; i < n_steps && r == 0; i++)
		r = store_run(store, steps[i], ids, LS_COUNT(ids));
	if (r < 0) {
		store_rollback(store);
		return r;
	}
	r = store_commit(store);
	if (r < 0)
		return r;
	return sqlite3_total_changes(store->db) != before_rows;
}

/* 1: there may be more to do, 0: there is nothing that old, or -errno. */
static int
cut_age(struct store *store, int64_t before)
{
	static const enum store_stmt steps[] = {
		STORE_OLD_TAILS_CUT,
		STORE_OLD_ERRORS_CUT,
		STORE_OLD_LATENCY_CUT,
		STORE_OLD_MINUTES_CUT,
	};

	return delete_batch(store, steps, LS_COUNT(steps), before);
}

/* A day at the oldest end, whatever is left there. */
static int
cut_oldest(struct store *store, int64_t now_us)
{
	static const enum store_stmt steps[] = {
		STORE_OLD_TAILS_CUT,   STORE_OLD_ERRORS_CUT, STORE_OLD_LATENCY_CUT,
		STORE_OLD_MINUTES_CUT, STORE_OLD_EVENTS_CUT,
	};
	int64_t before = INT64_MAX;
	int r = get_number(store, STORE_OLDEST_RAW, &before);

	if (r < 0)
		return r;
	/* Nothing of the last day: what somebody looks for now is worth more than the limit. */
	if (before >= now_us - DAY_US)
		return 0;
	before += DAY_US;
	if (before > now_us - DAY_US)
		before = now_us - DAY_US;
	return delete_batch(store, steps, LS_COUNT(steps), before);
}

int
store_retain(struct store *store, const struct store_limits *limits, struct ls_instant now)
{
	int64_t bytes = 0, keep_us = (int64_t)limits->days * DAY_US;
	int r;

	assert(!store->in_batch);
	if (!store->db || now.real_us < keep_us) /* the clock was not set yet */
		return 0;
	r = cut_age(store, now.real_us - keep_us);
	if (r == 0)
		r = used_bytes(store, &bytes);
	if (r == 0 && bytes > limits->bytes)
		r = cut_oldest(store, now.real_us);
	if (r == 1) /* a file that shrinks late is no harm: nothing depends on it */
		(void)sqlite3_exec(store->db, GIVE_BACK, NULL, NULL, NULL);
	return r;
}

int
store_roll_up(struct store *store, struct ls_instant now)
{
	static const enum store_stmt steps[] = {
		STORE_MERGE_ERRORS,	  STORE_MERGED_ERRORS_CUT,   STORE_MERGE_LATENCY,
		STORE_MERGED_LATENCY_CUT, STORE_MERGED_LATENCY_MARK, STORE_MERGE_TRAFFIC,
		STORE_MERGED_TRAFFIC_CUT, STORE_MERGED_TRAFFIC_MARK,
	};
	int64_t before = now.real_us - MINUTES_KEPT_FOR;
	int r;

	assert(!store->in_batch);
	if (now.real_us < MINUTES_KEPT_FOR) /* the clock was not set yet */
		return 0;
	before -= before % HOUR_US; /* an hour is merged at once */
	r = store_begin(store);
	if (r < 0)
		return r;
	for (size_t i = 0; i < LS_COUNT(steps) && r == 0; i++)
		r = store_run(store, steps[i], &before, 1);
	if (r < 0)
		(void)store_fail(store, r);
	return store_commit(store);
}

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
