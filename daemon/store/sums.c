/* What sessions of long ago add up to: once each, in pieces. */
#include "daemon/store/internal.h"

#include <assert.h>
#include <math.h>

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
on_piece(const struct store_piece *piece, void *user)
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
	int r = store_pieces(asked, pending->id, on_piece, pending);

	if (r == 0)
		r = add_sum(asked->store, pending);
	if (r < 0 || pending->counted || !pending->port)
		return r;
	return count_for_port(asked->store, pending);
}

int
store_sum_sessions(struct store *store, int64_t before, int n, struct ls_instant now)
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
	n = store_sum_sessions(store, now.real_us - ENDED_FOR_US, SESSIONS_AT_ONCE, now);
	if (n <= 0) {
		store_rollback(store);
		return n;
	}
	r = store_commit(store);
	return r < 0 ? r : 1;
}
