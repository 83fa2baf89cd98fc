#include "daemon/store/retention.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include <event2/event.h>

#include "daemon/base/state.h"
#include "daemon/store/db.h"
#include "daemon/store/import.h"
#include "daemon/store/schema.h"
#include "daemon/store/statistics.h"
#include "daemon/store/store.h"

#define HOUR_US		 (3600 * (int64_t)LS_SEC)
#define DAY_US		 (24 * HOUR_US)
#define MINUTES_KEPT_FOR (48 * HOUR_US)
/* Rows of a kind in one transaction, on the thread of the sources: a millisecond or two. */
#define ROWS_AT_ONCE 64
/* Likewise, pages that are returned to the file system. */
#define GIVE_BACK "PRAGMA incremental_vacuum(64)"

/* Bytes that are in use: pages that are free already will be written next. */
static int
used_bytes(struct store *store, int64_t *ret)
{
	int64_t n_pages = 0, n_free = 0, page_size = 0;
	int r = store_get(store, &n_pages, "PRAGMA page_count");

	if (r >= 0)
		r = store_get(store, &n_free, "PRAGMA freelist_count");
	if (r >= 0)
		r = store_get(store, &page_size, "PRAGMA page_size");
	*ret = (n_pages - n_free) * page_size;
	return r < 0 ? r : 0;
}

#define HOUR "3600000000"
/* Minutes of before ?1 that are no hour yet (span_us < an hour has an index of its own). */
#define IS_OLD "t.span_us < " HOUR " AND t.minute_us >= 0 AND t.minute_us < ?1"

/* Of an incident each, whose ids grow with time: only the first ones can be too old. */
#define OLDEST_TAILS(n)                                                                            \
	"(SELECT incident FROM tails ORDER BY incident LIMIT " n ") t"                             \
	" LEFT JOIN incidents i ON i.id = t.incident"

/* At most ?2 of what is before ?1, the oldest first. */
#define OLDEST_MINUTES                                                                             \
	"(SELECT t.session, t.minute_us FROM traffic t WHERE " IS_OLD                              \
	" ORDER BY t.minute_us, t.session LIMIT ?2)"

/* In this order: the minutes in traffic decide which rows of the other tables are old. */
static const char *const delete_oldest[] = {
	"DELETE FROM tails WHERE incident IN (SELECT t.incident FROM " OLDEST_TAILS(
		"?2") " WHERE ifnull(i.opened_real, 0) < ?1)",
	"DELETE FROM traffic_errors WHERE (session, minute_us) IN " OLDEST_MINUTES,
	"DELETE FROM traffic_latency WHERE (session, minute_us) IN " OLDEST_MINUTES,
	"DELETE FROM traffic WHERE (session, minute_us) IN " OLDEST_MINUTES,
	("DELETE FROM events WHERE id IN"
	 " (SELECT id FROM events WHERE at_real < ?1 AND NOT " STORE_HALF_IMPORTED
	 "  ORDER BY at_real LIMIT ?2)"),
};
enum { N_WITHOUT_EVENTS = LS_COUNT(delete_oldest) - 1 };

/* Deletes rows older than @before, in one transaction. 1: deleted some, 0: none, or -errno. */
static int
delete_batch(struct store *store, size_t n_steps, int64_t before)
{
	int before_rows = sqlite3_total_changes(store->db);
	int r = store_begin(store);

	if (r < 0)
		return r;
	for (size_t i = 0; i < n_steps && r == 0; i++)
		r = store_run(store, delete_oldest[i], INT(before), INT(ROWS_AT_ONCE));
	r = store_end(store, r);
	return r < 0 ? r : sqlite3_total_changes(store->db) != before_rows;
}

/* The time of the oldest minute or tail; *ret stays where there is none. */
static int
find_oldest(struct store *store, int64_t *ret)
{
	return store_get(
		store, ret,
		"SELECT min(ifnull((SELECT min(minute_us) FROM traffic WHERE span_us < " HOUR
		"  AND minute_us >= 0), ?1),"
		" ifnull((SELECT min(i.opened_real) FROM " OLDEST_TAILS("64") "), ?1))",
		INT(*ret));
}

/* The oldest day that has any details. */
static int
delete_oldest_day(struct store *store, int64_t now_us)
{
	int64_t before = INT64_MAX; /* of events, too */
	int r = store_get(store, &before, "SELECT ifnull(min(at_real), ?1) FROM events",
			  INT(INT64_MAX));

	if (r >= 0)
		r = find_oldest(store, &before);

	if (r < 0)
		return r;
	/* The last day stays: details that are needed now matter more than the limit. */
	if (before >= now_us - DAY_US)
		return 0;
	before += DAY_US;
	if (before > now_us - DAY_US)
		before = now_us - DAY_US;
	return delete_batch(store, LS_COUNT(delete_oldest), before);
}

int
store_limit_age(struct store *store, struct store_limits *limits)
{
	int64_t oldest = INT64_MAX;
	int r = find_oldest(store, &oldest);

	if (r >= 0)
		limits->age_us = oldest < INT64_MAX - DAY_US ? oldest + DAY_US : 0;
	return r < 0 ? r : 0;
}

#define OFFSET_US (5 * 60 * (int64_t)LS_SEC) /* that clocks are set by every day */
#define TRUST_US  HOUR_US
#define AWAY_US	  (14 * DAY_US)

bool
clock_trust(struct clock_trust *trust, int64_t real_us, int64_t boot_us, int64_t last_real_us)
{
	int64_t offset = real_us - boot_us, change = offset - trust->offset_us;

	if (!trust->begun) {
		trust->begun = true;
		trust->trusted =
			last_real_us && real_us >= last_real_us && real_us - last_real_us < AWAY_US;
		trust->since_us = boot_us;
	} else if (change > OFFSET_US || change < -OFFSET_US) {
		trust->trusted = false;
		trust->since_us = boot_us;
	} else if (boot_us - trust->since_us >= TRUST_US) {
		trust->trusted = true;
	}
	trust->offset_us = offset;
	return trust->trusted;
}

int
store_retain(struct store *store, const struct store_limits *limits, struct ls_instant now)
{
	int64_t bytes = 0, keep_us = (int64_t)limits->days * DAY_US;
	int64_t before = now.real_us - keep_us;
	int r;

	assert(!store->in_batch);
	if (!store->db || now.real_us < keep_us) /* the clock was not set yet */
		return 0;
	if (limits->age_us && before > limits->age_us)
		before = limits->age_us;
	r = delete_batch(store, N_WITHOUT_EVENTS, before);
	if (r == 0)
		r = used_bytes(store, &bytes);
	if (r == 0 && bytes > limits->bytes)
		r = delete_oldest_day(store, now.real_us);
	if (r == 1) /* a file that shrinks late is no harm: nothing depends on it */
		(void)store_exec(store, GIVE_BACK);
	return r;
}

#define HOUR_OF_ROW "t.minute_us - t.minute_us % " HOUR
#define IS_WITHIN   "t.minute_us % " HOUR " <> 0"
/* The minutes of a session in the oldest hour that has any. */
#define OF_HOUR "t.session = ?2 AND t.minute_us >= ?1 AND t.minute_us < ?1 + " HOUR
#define MINUTES                                                                                    \
	"(session, minute_us) IN (SELECT t.session, t.minute_us FROM traffic t WHERE " OF_HOUR     \
	" AND t.span_us < " HOUR ")"

/* In this order: the minutes in traffic decide which rows of the other tables are meant. */
static const char *const merge[] = {
	"INSERT INTO traffic_errors (session, minute_us, endpoint, status, class, n)"
	" SELECT session, " HOUR_OF_ROW ", endpoint, status, class, sum(n)"
	" FROM traffic_errors AS t WHERE " OF_HOUR " AND " IS_WITHIN " AND " MINUTES
	" GROUP BY 1, 2, 3, 4, 5 ON CONFLICT DO UPDATE SET n = n + excluded.n",
	"DELETE FROM traffic_errors AS t WHERE " OF_HOUR " AND " IS_WITHIN " AND " MINUTES,
	"INSERT INTO traffic_latency (session, minute_us, type, n, p50_us, p99_us, max_us)"
	" SELECT session, " HOUR_OF_ROW ", type, sum(n), NULL, max(p99_us), max(max_us)"
	" FROM traffic_latency AS t WHERE " OF_HOUR " AND " IS_WITHIN " AND " MINUTES
	" GROUP BY 1, 2, 3"
	" ON CONFLICT DO UPDATE SET n = n + excluded.n, p50_us = NULL,"
	" p99_us = max(p99_us, excluded.p99_us), max_us = max(max_us, excluded.max_us)",
	"DELETE FROM traffic_latency AS t WHERE " OF_HOUR " AND " IS_WITHIN " AND " MINUTES,
	"UPDATE traffic_latency AS t SET p50_us = NULL WHERE " OF_HOUR " AND " MINUTES,
	"INSERT INTO traffic (session, minute_us, span_us, transfers, bytes_in, bytes_out,"
	" submit_errors) SELECT t.session, " HOUR_OF_ROW ", " HOUR ", sum(t.transfers),"
	" sum(t.bytes_in), sum(t.bytes_out), sum(t.submit_errors) FROM traffic t"
	" WHERE " OF_HOUR " AND t.span_us < " HOUR " AND " IS_WITHIN " GROUP BY 1, 2"
	" ON CONFLICT DO UPDATE SET span_us = excluded.span_us,"
	" transfers = transfers + excluded.transfers,"
	" bytes_in = bytes_in + excluded.bytes_in,"
	" bytes_out = bytes_out + excluded.bytes_out,"
	" submit_errors = submit_errors + excluded.submit_errors",
	"DELETE FROM traffic AS t WHERE " OF_HOUR " AND t.span_us < " HOUR " AND " IS_WITHIN,
	"UPDATE traffic AS t SET span_us = " HOUR " WHERE " OF_HOUR,
};

/* 1: the oldest minute before @before, 0: there is none. */
static int
find_minute(struct store *store, int64_t before, int64_t *session, int64_t *minute_us)
{
	store_rows_auto rows =
		store_query(store,
			    "SELECT t.session, t.minute_us FROM traffic t WHERE " IS_OLD
			    " ORDER BY t.minute_us, t.session LIMIT 1",
			    INT(before));
	int r = store_next(&rows);

	if (r != 1)
		return r;
	*session = store_int(&rows, 0);
	*minute_us = store_int(&rows, 1);
	return 1;
}

int
store_roll_up(struct store *store, struct ls_instant now)
{
	int64_t before = now.real_us - MINUTES_KEPT_FOR, session, minute_us;
	int r;

	assert(!store->in_batch);
	if (!store->db || now.real_us < MINUTES_KEPT_FOR) /* the clock was not set yet */
		return 0;
	before -= before % HOUR_US; /* whole hours only */
	r = find_minute(store, before, &session, &minute_us);
	if (r != 1)
		return r;
	r = store_begin(store);
	if (r < 0)
		return r;
	for (size_t i = 0; i < LS_COUNT(merge) && r == 0; i++)
		r = store_run(store, merge[i], INT(minute_us - minute_us % HOUR_US), INT(session));
	if (r < 0)
		(void)store_fail(store, r);
	r = store_commit(store);
	return r < 0 ? r : 1;
}

/* Between two pieces, for all that shares the thread. */
#define PAUSE_USEC (50 * LS_MS)

struct retention {
	struct store *store;
	struct store_limits limits;
	struct event *next;
	int64_t hour; /* of the last time */
	struct clock_trust trust;
};

static int64_t
boot_time_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_BOOTTIME, &ts);
	return (int64_t)ts.tv_sec * (int64_t)LS_SEC + ts.tv_nsec / 1000;
}

static void
on_next(evutil_socket_t fd, short what, void *user)
{
	static const struct timeval pause = { .tv_usec = PAUSE_USEC };
	struct retention *retention = user;

	(void)fd;
	(void)what;
	/* store_problem() has the reason of a failure; the next try is in an hour. */
	if (store_import_undo(retention->store) == 1) {
		event_add(retention->next, &pause);
		return;
	}
	if (!retention->trust.trusted)
		return;
	if (store_roll_up(retention->store, state_now()) == 1 ||
	    store_sum_up(retention->store, state_now()) == 1 ||
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
	int64_t now_us = state_now().real_us, hour = now_us / HOUR_US;
	struct store *store;

	if (!retention)
		return;
	store = retention->store;
	if (store->undoes)
		event_add(retention->next, &soon);
	if (!clock_trust(&retention->trust, now_us, boot_time_us(),
			 store->has_last_alive ? store->last_alive.real_us : 0) ||
	    hour == retention->hour)
		return;
	retention->hour = hour;
	if (store_limit_age(store, &retention->limits) < 0)
		return;
	event_add(retention->next, &soon);
}
