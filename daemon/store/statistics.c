#include "daemon/store/statistics.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/store/db.h"
#include "daemon/store/exposure.h"
#include "daemon/store/filter.h"
#include "daemon/store/store.h"
#include "lib/attribution/trend.h"
#include "lib/attribution/trials.h"
#include "lib/wire/port_report.h"

/* By then a session no longer changes: its minutes of traffic are hours (store_roll_up()). */
#define ENDED_FOR_US (3 * 24 * 3600 * (int64_t)LS_SEC)
/* Sessions in one transaction, on the thread of the sources: some 2 ms. */
#define SESSIONS_AT_ONCE 16

struct pending {
	int64_t id, port, began_us;
	bool counted;
	struct ls_clean_run run;
	int64_t drops, by_side[LS_N_SIDES], drops_flowing;
};

/* A piece of a session as a run: it ends where it dropped. */
static void
add_to_run(struct ls_clean_run *run, const struct store_piece *piece)
{
	ls_clean_run_add(run, piece->us);
	if (piece->dropped)
		ls_clean_run_drop(run);
}

/* Of port_weeks; read_run() reads it. */
#define RUN_COLUMNS "drops, connected_us, head_us, tail_us, best_us"

static struct ls_clean_run
read_run(const struct store_rows *rows, int first)
{
	return (struct ls_clean_run){
		.dropped = store_int(rows, first) > 0,
		.all = (double)store_int(rows, first + 1),
		.head = (double)store_int(rows, first + 2),
		.tail = (double)store_int(rows, first + 3),
		.best = (double)store_int(rows, first + 4),
	};
}

static int
on_pending_piece(const struct store_piece *piece, void *user)
{
	struct pending *pending = user;

	add_to_run(&pending->run, piece);
	pending->drops += piece->dropped;
	pending->by_side[piece->side] += piece->dropped;
	pending->drops_flowing += piece->in_condition[LS_CONDITION_LOAD];
	return 0;
}

/* Of those metered, what share of @us data flowed; as in store_is_metered(). */
#define IS_METERED "(metered_us > 0 AND metered_us >= connected_us / 10 * 9)"
#define FLOWING	   "iif(" IS_METERED ", CAST(?2 * 1.0 * flowing_us / metered_us AS INTEGER), 0)"

/* The session keeps its share, so that it can be subtracted again. */
static int
add_sum(struct store *store, const struct pending *pending)
{
	const int64_t us = (int64_t)llround(pending->run.all), *by_side = pending->by_side;
	int64_t sum = 0;
	int r = store_get(
		store, &sum,
		"INSERT INTO session_sums (port, description, cable, chain, each, length, slice,"
		" metered, n, connected_us, drops, by_power, by_host, by_hub, by_device,"
		" first_real, flowing_us, drops_flowing)"
		" SELECT ifnull(port, 0), description, ifnull(cable, 0), ifnull(chain, 0), ?3, ?8,"
		" began_real / ?9, " IS_METERED ", 1, ?2, ?3, ?4, ?5, ?6, ?7, began_real, " FLOWING
		", ?10 FROM sessions WHERE id = ?1"
		" ON CONFLICT DO UPDATE SET n = n + 1, connected_us = connected_us + ?2,"
		" drops = drops + ?3, by_power = by_power + ?4, by_host = by_host + ?5,"
		" by_hub = by_hub + ?6, by_device = by_device + ?7,"
		" first_real = min(first_real, excluded.first_real),"
		" flowing_us = flowing_us + excluded.flowing_us,"
		" drops_flowing = drops_flowing + ?10 RETURNING id",
		INT(pending->id), INT(us), INT(pending->drops), INT(by_side[LS_SIDE_POWER]),
		INT(by_side[LS_SIDE_HOST]), INT(by_side[LS_SIDE_HUB]), INT(by_side[LS_SIDE_DEVICE]),
		INT(ls_trial_length((double)us / 3600e6)), INT(STORE_SLICE_US),
		INT(pending->drops_flowing));

	if (r < 0)
		return r;
	return store_run(
		store,
		"UPDATE sessions SET sum = ?8, sum_us = ?2, sum_drops = ?3, sum_power = ?4,"
		" sum_host = ?5, sum_hub = ?6, sum_device = ?7, sum_flowing_us = " FLOWING
		", sum_drops_flowing = ?9, counted = 1 WHERE id = ?1",
		INT(pending->id), INT(us), INT(pending->drops), INT(by_side[LS_SIDE_POWER]),
		INT(by_side[LS_SIDE_HOST]), INT(by_side[LS_SIDE_HUB]), INT(by_side[LS_SIDE_DEVICE]),
		INT(sum), INT(pending->drops_flowing));
}

/* Sessions of a port that began in a week. */
struct week {
	int64_t from_us, n, drops;
	struct ls_clean_run run;
};

/* *ret stays where there is none. */
static int
read_week(struct store *store, int64_t port, int64_t week_us, struct week *ret)
{
	store_rows_auto rows = store_query(store,
					   "SELECT from_real, n, " RUN_COLUMNS " FROM port_weeks"
					   " WHERE port = ?1 AND week_real = ?2",
					   INT(port), INT(week_us));
	int r = store_next(&rows);

	if (r != 1)
		return r;
	*ret = (struct week){
		.from_us = store_int(&rows, 0),
		.n = store_int(&rows, 1),
		.drops = store_int(&rows, 2),
		.run = read_run(&rows, 2),
	};
	return 0;
}

static int
add_to_week(struct store *store, const struct pending *pending)
{
	int64_t week_us = pending->began_us - pending->began_us % STORE_WEEK_US;
	struct week week = { .from_us = pending->began_us };
	int r = read_week(store, pending->port, week_us, &week);

	if (r < 0)
		return r;
	ls_clean_run_join(&week.run, &pending->run);
	return store_run(store,
			 "INSERT OR REPLACE INTO port_weeks (port, week_real, from_real, n,"
			 " " RUN_COLUMNS ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
			 INT(pending->port), INT(week_us),
			 INT(week.from_us < pending->began_us ? week.from_us : pending->began_us),
			 INT(week.n + 1), INT(week.drops + pending->drops),
			 INT(llround(week.run.all)), INT(llround(week.run.head)),
			 INT(llround(week.run.tail)), INT(llround(week.run.best)));
}

static int
add_traffic(struct store *store, const struct pending *pending)
{
	int64_t week_us = pending->began_us - pending->began_us % STORE_WEEK_US;
	int r = store_run(store,
			  "INSERT INTO week_traffic SELECT ?2, ?3, sum(transfers), sum(bytes_in),"
			  " sum(bytes_out), sum(submit_errors) FROM traffic WHERE session = ?1"
			  " HAVING count(*) > 0"
			  " ON CONFLICT DO UPDATE SET transfers = transfers + excluded.transfers,"
			  " bytes_in = bytes_in + excluded.bytes_in,"
			  " bytes_out = bytes_out + excluded.bytes_out,"
			  " submit_errors = submit_errors + excluded.submit_errors",
			  INT(pending->id), INT(pending->port), INT(week_us));

	if (r == 0)
		r = store_run(
			store,
			"INSERT INTO week_errors SELECT ?2, ?3, endpoint, status, class, sum(n)"
			" FROM traffic_errors WHERE session = ?1 GROUP BY endpoint, status, class"
			" ON CONFLICT DO UPDATE SET n = n + excluded.n",
			INT(pending->id), INT(pending->port), INT(week_us));
	if (r == 0)
		r = store_run(store,
			      "INSERT INTO week_latency"
			      " SELECT ?2, ?3, type, sum(n), max(p99_us), max(max_us)"
			      " FROM traffic_latency WHERE session = ?1 GROUP BY type"
			      " ON CONFLICT DO UPDATE SET n = n + excluded.n,"
			      " p99_us = max(p99_us, excluded.p99_us),"
			      " max_us = max(max_us, excluded.max_us)",
			      INT(pending->id), INT(pending->port), INT(week_us));
	return r;
}

/* An import that is under way may still be undone. */
static int
list_pending(struct store *store, int64_t before, struct pending *ret)
{
	store_rows_auto rows = store_query(
		store,
		"SELECT id, ifnull(port, 0), counted, began_real FROM sessions"
		" WHERE sum IS NULL AND open = 0 AND ended_real < ?1 AND NOT " STORE_HALF_IMPORTED
		" ORDER BY ended_real LIMIT ?2",
		INT(before), INT(SESSIONS_AT_ONCE));
	int r = 0, n = 0;

	while (n < SESSIONS_AT_ONCE && (r = store_next(&rows)) == 1) {
		ret[n++] = (struct pending){
			.id = store_int(&rows, 0),
			.port = store_int(&rows, 1),
			.counted = store_int(&rows, 2) != 0,
			.began_us = store_int(&rows, 3),
		};
	}
	return r < 0 ? r : n;
}

static int
sum_one(const struct store_exposure *asked, struct pending *pending)
{
	int r = store_pieces(asked, pending->id, on_pending_piece, pending);

	if (r == 0)
		r = add_sum(asked->store, pending);
	if (r < 0 || pending->counted || !pending->port)
		return r;
	/* Belongs to the port, whatever cable the session gets later. */
	r = add_to_week(asked->store, pending);
	return r < 0 ? r : add_traffic(asked->store, pending);
}

/* Sessions that ended before @before: how many were summed up, or -errno. */
static int
sum_sessions(struct store *store, int64_t before, struct ls_instant now)
{
	static const struct store_filter all = { .since_us = INT64_MIN, .until_us = INT64_MAX };
	struct pending pending[SESSIONS_AT_ONCE];
	struct store_exposure asked = { 0 };
	int n = list_pending(store, before, pending);
	int r = n > 0 ? store_exposure_init(&asked, store, &all, now) : n;

	for (int i = 0; i < n && r == 0; i++)
		r = sum_one(&asked, &pending[i]);
	store_exposure_done(&asked);
	return r < 0 ? r : n;
}

int
store_sum_up(struct store *store, struct ls_instant now)
{
	int n, r;

	assert(!store->in_batch);
	if (!store->db || now.real_us < ENDED_FOR_US) /* the clock was not set yet */
		return 0;
	r = store_begin(store);
	if (r < 0)
		return r;
	n = sum_sessions(store, now.real_us - ENDED_FOR_US, now);
	if (n <= 0) {
		store_rollback(store);
		return n;
	}
	r = store_commit(store);
	return r < 0 ? r : 1;
}

/* First use this close to a change counts as part of it. */
#define CAME_WITHIN_US (3600 * (int64_t)LS_SEC)

struct span {
	int64_t from_us;
	bool is_week;
	int64_t week_us;
	int64_t drops; /* taken to be at its end */
	struct ls_clean_run run;
};

struct series {
	struct span *spans;
	size_t n, size;
};

static int
append_span(struct series *series, const struct span *span)
{
	if (series->n == series->size) {
		size_t size = 2 * series->size + 64;
		struct span *spans = reallocarray(series->spans, size, sizeof(*spans));

		if (!spans)
			return -ENOMEM;
		series->spans = spans;
		series->size = size;
	}
	series->spans[series->n++] = *span;
	return 0;
}

static int
on_span_piece(const struct store_piece *piece, void *user)
{
	struct span span = { .from_us = piece->from_us, .drops = piece->dropped };

	add_to_run(&span.run, piece);
	return append_span(user, &span);
}

static int
add_weeks(const struct store_exposure *asked, int64_t port, struct series *series)
{
	store_rows_auto rows =
		store_query(asked->store,
			    "SELECT from_real, week_real, " RUN_COLUMNS " FROM port_weeks"
			    " WHERE port = ?1 AND week_real >= ?2",
			    INT(port), INT(store_exposure_weeks(asked)));
	int r;

	while ((r = store_next(&rows)) == 1) {
		const struct span span = {
			.from_us = store_int(&rows, 0),
			.is_week = true,
			.week_us = store_int(&rows, 1),
			.drops = store_int(&rows, 2),
			.run = read_run(&rows, 2),
		};

		r = append_span(series, &span);
		if (r < 0)
			return r;
	}
	return r;
}

/* Each of the sessions in pieces. */
static int
add_sessions(const struct store_exposure *asked, struct store_rows *sessions, struct series *series)
{
	int r;

	while ((r = store_next(sessions)) == 1) {
		r = store_pieces(asked, store_int(sessions, 0), on_span_piece, series);
		if (r != 0)
			return r;
	}
	return r;
}

static int
add_sessions_outside_weeks(const struct store_exposure *asked, int64_t port, struct series *series)
{
	store_rows_auto rows =
		store_query(asked->store,
			    "SELECT id FROM sessions WHERE id IN " SESSIONS_OUTSIDE_WEEKS
			    " AND began_real < ?3 AND ?4 + ?5 > 0",
			    STORE_PORT_SPAN(asked, port));

	return add_sessions(asked, &rows, series);
}

static int
add_sessions_of_week(const struct store_exposure *asked, int64_t port, int64_t week_us,
		     struct series *series)
{
	store_rows_auto rows = store_query(
		asked->store,
		"SELECT id FROM sessions WHERE port = ?1 AND counted = 1 AND began_real >= ?2"
		" AND began_real < ?3",
		INT(port), INT(week_us), INT(week_us + STORE_WEEK_US));

	return add_sessions(asked, &rows, series);
}

static int
compare_spans(const void *a, const void *b)
{
	const struct span *left = a, *right = b;

	return left->from_us < right->from_us ? -1 : left->from_us > right->from_us;
}

/* Exposure as the axis of time: what was not connected is not there. *ret: which span it is. */
static int
find_trend(const struct series *series, struct ls_trend *trend, size_t *ret)
{
	struct ls_trend_span *spans = calloc(series->n + 1, sizeof(*spans));
	double at = 0;
	bool found;

	if (!spans)
		return -ENOMEM;
	for (size_t i = 0; i < series->n; i++) {
		spans[i].start_us = llround(at);
		at += series->spans[i].run.all;
		spans[i].end_us = llround(at);
		spans[i].drops = series->spans[i].drops < UINT32_MAX
					 ? (uint32_t)series->spans[i].drops
					 : UINT32_MAX;
	}
	found = ls_trend(spans, series->n, trend);
	*ret = 0;
	while (*ret + 1 < series->n && spans[*ret].start_us < trend->since_us)
		++*ret;
	free(spans);
	return found;
}

/* The week in which it changed, and the one before it, session by session. */
static int
refine(const struct store_exposure *asked, int64_t port, struct series *series, size_t at)
{
	size_t first = at > 0 ? at - 1 : 0, n = 0;
	struct series finer = { 0 };
	int r = 0;

	for (size_t i = 0; i < series->n && r == 0; i++) {
		const struct span *span = &series->spans[i];

		if (span->is_week && i >= first && i <= at) {
			r = add_sessions_of_week(asked, port, span->week_us, &finer);
			n++;
		} else {
			r = append_span(&finer, span);
		}
	}
	if (r < 0) {
		free(finer.spans);
		return r;
	}
	free(series->spans);
	*series = finer;
	qsort(series->spans, series->n, sizeof(*series->spans), compare_spans);
	return n > 0;
}

/* Cables, hubs and descriptions used on a port, and since when. */
#define USED_ON_PORT                                                                               \
	"(SELECT cable, chain, description, first_real FROM session_sums WHERE port = ?1"          \
	" UNION ALL SELECT ifnull(cable, 0), ifnull(chain, 0), description, began_real"            \
	" FROM sessions WHERE port = ?1 AND sum IS NULL)"

/* Used on the port for the first time between ?2 and ?3. */
static const char select_came[] =
	"SELECT 1, c.label FROM (SELECT cable, min(first_real) AS first FROM " USED_ON_PORT
	"  WHERE cable > 0 GROUP BY cable) u JOIN cables c ON c.id = u.cable"
	"  WHERE u.first >= ?2 AND u.first <= ?3"
	" UNION ALL SELECT 2, h.hubs FROM (SELECT chain, min(first_real) AS first "
	"FROM " USED_ON_PORT " WHERE chain > 0 GROUP BY chain) u JOIN chains h ON h.id = u.chain"
	"  WHERE u.first >= ?2 AND u.first <= ?3 AND h.hubs <> ''"
	" UNION ALL SELECT 3, ifnull(nullif(d.product, ''), printf('%04x:%04x', v.vid, v.pid))"
	"  FROM (SELECT e.device, min(n.first_real) AS first, max(e.id) AS description "
	"FROM " USED_ON_PORT " n JOIN descriptions e ON e.id = n.description GROUP BY e.device) u"
	"  JOIN devices v ON v.id = u.device JOIN descriptions d ON d.id = u.description"
	"  WHERE u.first >= ?2 AND u.first <= ?3"
	" LIMIT 1";

static int
find_came(const struct store_exposure *asked, int64_t port, struct ls_port_report *report)
{
	static const char *const kinds[] = { NULL, "cable", "hub", "device" };
	int64_t at = report->trend.since_us;
	store_rows_auto rows = store_query(asked->store, select_came, INT(port),
					   INT(at - CAME_WITHIN_US), INT(at + CAME_WITHIN_US));
	const char *hub;
	int r = store_next(&rows);

	if (r != 1)
		return r;
	report->came_kind = kinds[store_int(&rows, 0)];
	store_read_text(&rows, 1, report->came, sizeof(report->came));
	hub = strrchr(report->came, ';'); /* the nearest one */
	if (hub)
		memmove(report->came, hub + 1, strlen(hub));
	return 0;
}

static int
report_trend(const struct store_exposure *asked, int64_t port, struct series *series,
	     struct ls_port_report *report)
{
	size_t at = 0;
	int found = find_trend(series, &report->trend, &at);

	if (found > 0 && refine(asked, port, series, at) > 0)
		found = find_trend(series, &report->trend, &at);
	report->has_trend = found > 0;
	if (found <= 0)
		return found;
	report->trend.since_us = series->spans[at].from_us;
	return find_came(asked, port, report);
}

int
store_report_series(const struct store_exposure *asked, int64_t port, struct ls_port_report *report)
{
	struct series series = { 0 };
	struct ls_clean_run run = { 0 };
	int r = add_weeks(asked, port, &series);

	if (r == 0)
		r = add_sessions_outside_weeks(asked, port, &series);
	if (r == 0 && series.n > 0) {
		qsort(series.spans, series.n, sizeof(*series.spans), compare_spans);
		for (size_t i = 0; i < series.n; i++)
			ls_clean_run_join(&run, &series.spans[i].run);
		report->longest_clean_seconds = run.best / 1e6;
		r = report_trend(asked, port, &series, report);
	}
	free(series.spans);
	return r;
}
