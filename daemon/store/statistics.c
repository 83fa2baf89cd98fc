#include "daemon/store/statistics.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/store/db.h"
#include "daemon/store/store.h"
#include "lib/attribution/clean_run.h"

/* Then nothing of a session changes any more: its minutes of traffic are hours (store_roll_up()). */
#define ENDED_FOR_US (3 * 24 * 3600 * (int64_t)LS_SEC)
/* Sessions at once: some 10 ms with the write to disk. */
#define SESSIONS_AT_ONCE 128

struct pending {
	int64_t id, port, began_us;
	bool counted;
	struct ls_clean_run run;
	int64_t drops, by_side[LS_N_SIDES];
};

static int
add_piece(const struct store_piece *piece, void *user)
{
	struct pending *pending = user;

	ls_clean_run_add(&pending->run, piece->us);
	if (piece->dropped)
		ls_clean_run_drop(&pending->run);
	pending->drops += piece->dropped;
	pending->by_side[piece->side] += piece->dropped;
	return 0;
}

static int
add_sum(struct store *store, const struct pending *pending)
{
	int64_t ids[] = {
		pending->id,
		(int64_t)llround(pending->run.all),
		pending->drops,
		pending->by_side[LS_SIDE_POWER],
		pending->by_side[LS_SIDE_HOST],
		pending->by_side[LS_SIDE_HUB],
		pending->by_side[LS_SIDE_DEVICE],
		0,
	};
	int r = store_ask(store, STORE_SUM_ADD, ids, LS_COUNT(ids) - 1, &ids[LS_COUNT(ids) - 1]);

	return r < 0 ? r : store_run(store, STORE_SUM_MARK, ids, LS_COUNT(ids));
}

struct week {
	int64_t from_us, n, drops;
	struct ls_clean_run run;
};

static int
get_week(struct store *store, const int64_t ids[2], struct week *ret)
{
	int r = 0;
	store_stmt_auto *stmt = store_prepare(store, STORE_WEEK_GET, &r);

	if (!stmt)
		return r;
	(void)store_bind_ids(stmt, ids, 2);
	r = store_step(store, stmt);
	if (r != 1)
		return r;
	*ret = (struct week){
		.from_us = sqlite3_column_int64(stmt, 0),
		.n = sqlite3_column_int64(stmt, 1),
		.drops = sqlite3_column_int64(stmt, 2),
		.run = {
			.all = (double)sqlite3_column_int64(stmt, 3),
			.head = (double)sqlite3_column_int64(stmt, 4),
			.tail = (double)sqlite3_column_int64(stmt, 5),
			.best = (double)sqlite3_column_int64(stmt, 6),
			.dropped = sqlite3_column_int64(stmt, 2) > 0,
		},
	};
	return 0;
}

static int
add_to_week(struct store *store, const struct pending *pending)
{
	int64_t week_us = pending->began_us - pending->began_us % STORE_WEEK_US;
	const int64_t ids[] = { pending->port, week_us };
	struct week week = { .from_us = pending->began_us };
	int r = get_week(store, ids, &week);

	if (r < 0)
		return r;
	ls_clean_run_join(&week.run, &pending->run);
	const int64_t row[] = {
		pending->port,
		week_us,
		week.from_us < pending->began_us ? week.from_us : pending->began_us,
		week.n + 1,
		week.drops + pending->drops,
		(int64_t)llround(week.run.all),
		(int64_t)llround(week.run.head),
		(int64_t)llround(week.run.tail),
		(int64_t)llround(week.run.best),
	};

	return store_run(store, STORE_WEEK_PUT, row, LS_COUNT(row));
}

/* What stays with the port, whatever is said of cables. */
static int
count_for_port(struct store *store, const struct pending *pending)
{
	const int64_t ids[] = { pending->id, pending->port };
	int r = add_to_week(store, pending);

	if (r == 0)
		r = store_run(store, STORE_COUNT_TRAFFIC, ids, LS_COUNT(ids));
	if (r == 0)
		r = store_run(store, STORE_COUNT_ERRORS, ids, LS_COUNT(ids));
	return r < 0 ? r : store_run(store, STORE_COUNT_LATENCY, ids, LS_COUNT(ids));
}

static int
list_pending(struct store *store, int64_t before, int n, struct pending *ret)
{
	const int64_t ids[] = { before, n };
	int r = 0, n_found = 0;
	store_stmt_auto *stmt = store_prepare(store, STORE_PENDING_SESSIONS, &r);

	if (!stmt)
		return r;
	(void)store_bind_ids(stmt, ids, LS_COUNT(ids));
	while (n_found < n && (r = store_step(store, stmt)) == 1) {
		ret[n_found++] = (struct pending){
			.id = sqlite3_column_int64(stmt, 0),
			.port = sqlite3_column_int64(stmt, 1),
			.counted = sqlite3_column_int(stmt, 2) != 0,
			.began_us = sqlite3_column_int64(stmt, 3),
		};
	}
	return r < 0 ? r : n_found;
}

static int
sum_one(const struct store_exposure *asked, struct pending *pending)
{
	int r = store_pieces(asked, pending->id, add_piece, pending);

	if (r == 0)
		r = add_sum(asked->store, pending);
	if (r < 0 || pending->counted || !pending->port)
		return r;
	return count_for_port(asked->store, pending);
}

/* Adds up to @n sessions that ended before @before to the sums. How many, or -errno. */
static int
sum_sessions(struct store *store, int64_t before, int n, struct ls_instant now)
{
	static const struct store_filter all = { .since_us = INT64_MIN, .until_us = INT64_MAX };
	struct pending pending[SESSIONS_AT_ONCE];
	struct store_exposure asked = { 0 };
	int n_pending =
		list_pending(store, before, n < SESSIONS_AT_ONCE ? n : SESSIONS_AT_ONCE, pending);
	int r = n_pending > 0 ? store_exposure_init(&asked, store, &all, now) : n_pending;

	for (int i = 0; i < n_pending && r == 0; i++)
		r = sum_one(&asked, &pending[i]);
	store_exposure_done(&asked);
	return r < 0 ? r : n_pending;
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
	n = sum_sessions(store, now.real_us - ENDED_FOR_US, SESSIONS_AT_ONCE, now);
	if (n <= 0) {
		store_rollback(store);
		return n;
	}
	r = store_commit(store);
	return r < 0 ? r : 1;
}

/* What came so close to a change came with it. */
#define CAME_WITHIN_US (3600 * (int64_t)LS_SEC)

struct span {
	int64_t from_us;
	bool is_week;
	int64_t week_us;
	int64_t drops; /* at its end, as far as anybody knows */
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
on_piece(const struct store_piece *piece, void *user)
{
	struct span span = { .from_us = piece->from_us, .drops = piece->dropped };

	ls_clean_run_add(&span.run, piece->us);
	if (piece->dropped)
		ls_clean_run_drop(&span.run);
	return append_span(user, &span);
}

static int
add_weeks(const struct store_exposure *asked, int64_t port, struct series *series)
{
	const int64_t ids[] = { port, store_exposure_weeks(asked) };
	int r = 0;
	store_stmt_auto *stmt = store_prepare(asked->store, STORE_SERIES_WEEKS, &r);

	if (!stmt)
		return r;
	(void)store_bind_ids(stmt, ids, LS_COUNT(ids));
	while ((r = store_step(asked->store, stmt)) == 1) {
		const struct span span = {
			.from_us = sqlite3_column_int64(stmt, 0),
			.is_week = true,
			.week_us = sqlite3_column_int64(stmt, 1),
			.drops = sqlite3_column_int64(stmt, 2),
			.run = {
				.all = (double)sqlite3_column_int64(stmt, 3),
				.head = (double)sqlite3_column_int64(stmt, 4),
				.tail = (double)sqlite3_column_int64(stmt, 5),
				.best = (double)sqlite3_column_int64(stmt, 6),
				.dropped = sqlite3_column_int64(stmt, 2) > 0,
			},
		};

		r = append_span(series, &span);
		if (r < 0)
			return r;
	}
	return r;
}

/* The sessions that @which selects, in pieces. */
static int
add_sessions(const struct store_exposure *asked, enum store_stmt which,
	     const int64_t ids[STORE_PORT_N_IDS], struct series *series)
{
	int r = 0;
	store_stmt_auto *stmt = store_prepare(asked->store, which, &r);

	if (!stmt)
		return r;
	(void)store_bind_ids(stmt, ids, which == STORE_SERIES_WEEK ? 3 : STORE_PORT_N_IDS);
	while ((r = store_step(asked->store, stmt)) == 1) {
		r = store_pieces(asked, sqlite3_column_int64(stmt, 0), on_piece, series);
		if (r != 0)
			return r;
	}
	return r;
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
	bool told;

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
	told = ls_trend(spans, series->n, trend);
	*ret = 0;
	while (*ret + 1 < series->n && spans[*ret].start_us < trend->since_us)
		++*ret;
	free(spans);
	return told;
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
		const int64_t ids[STORE_PORT_N_IDS] = { port, span->week_us,
							span->week_us + STORE_WEEK_US };

		if (span->is_week && i >= first && i <= at) {
			r = add_sessions(asked, STORE_SERIES_WEEK, ids, &finer);
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

static int
find_came(const struct store_exposure *asked, int64_t port, struct ls_port_report *report)
{
	static const char *const kinds[] = { NULL, "cable", "hub", "device" };
	const int64_t ids[] = { port, report->trend.since_us - CAME_WITHIN_US,
				report->trend.since_us + CAME_WITHIN_US };
	const char *hub;
	int r = 0;
	store_stmt_auto *stmt = store_prepare(asked->store, STORE_SERIES_CAME, &r);

	if (!stmt)
		return r;
	(void)store_bind_ids(stmt, ids, LS_COUNT(ids));
	r = store_step(asked->store, stmt);
	if (r != 1)
		return r;
	report->came_kind = kinds[sqlite3_column_int(stmt, 0)];
	store_read_text(stmt, 1, report->came, sizeof(report->came));
	hub = strrchr(report->came, ';'); /* the nearest one */
	if (hub)
		memmove(report->came, hub + 1, strlen(hub));
	return 0;
}

static int
tell_trend(const struct store_exposure *asked, int64_t port, struct series *series,
	   struct ls_port_report *report)
{
	size_t at = 0;
	int told = find_trend(series, &report->trend, &at);

	if (told > 0 && refine(asked, port, series, at) > 0)
		told = find_trend(series, &report->trend, &at);
	report->has_trend = told > 0;
	if (told <= 0)
		return told;
	report->trend.since_us = series->spans[at].from_us;
	return find_came(asked, port, report);
}

int
store_report_series(const struct store_exposure *asked, int64_t port, struct ls_port_report *report)
{
	const int64_t ids[] = STORE_PORT_IDS(asked, port);
	struct series series = { 0 };
	struct ls_clean_run run = { 0 };
	int r = add_weeks(asked, port, &series);

	if (r == 0)
		r = add_sessions(asked, STORE_SERIES_SESSIONS, ids, &series);
	if (r == 0 && series.n > 0) {
		qsort(series.spans, series.n, sizeof(*series.spans), compare_spans);
		for (size_t i = 0; i < series.n; i++)
			ls_clean_run_join(&run, &series.spans[i].run);
		report->longest_clean_seconds = run.best / 1e6;
		r = tell_trend(asked, port, &series, report);
	}
	free(series.spans);
	return r;
}
