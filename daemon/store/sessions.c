#include "daemon/store/sessions.h"

#include "daemon/store/db.h"
#include "daemon/store/exposure.h"
#include "daemon/store/row.h"

static int
on_piece(const struct store_piece *piece, void *user)
{
	struct store_session *row = user;

	row->connected_seconds += piece->us / 1e6;
	row->drops += piece->dropped;
	row->drops_by_side[piece->side] += piece->dropped;
	return 0;
}

static int
visit_sessions(const struct store_exposure *asked, sqlite3_stmt *stmt, store_session_fn visit,
	       void *user)
{
	int r;

	while ((r = store_step(asked->store, stmt)) == 1) {
		struct store_session row = { .label = (const char *)sqlite3_column_text(stmt, 2) };

		store_read_session(stmt, &row.session);
		row.n = 1;
		r = store_pieces(asked, row.session.id, on_piece, &row);
		row.n_dropping = row.drops > 0;
		if (r == 0)
			r = visit(&row, user);
		if (r != 0)
			return r;
	}
	return r;
}

int
store_sessions(struct store *store, const struct store_filter *filter, struct ls_instant now,
	       store_session_fn visit, void *user, const char **unknown)
{
	struct store_exposure asked = { 0 };
	char *ports;
	int r = store_ports(store, filter, &ports, unknown);

	if (r == 0)
		r = store_exposure_init(&asked, store, filter, now);
	if (r == 0) {
		store_stmt_auto *stmt =
			store_prepare_filtered(store, STORE_SESSIONS, filter, ports, &r);

		if (stmt)
			r = visit_sessions(&asked, stmt, visit, user);
	}
	store_exposure_done(&asked);
	sqlite3_free(ports);
	return r;
}

static void
read_sum(sqlite3_stmt *stmt, struct store_session *row)
{
	struct ls_session *session = &row->session;

	*row = (struct store_session){
		.session = { .id = sqlite3_column_int64(stmt, 0) },
		.label = (const char *)sqlite3_column_text(stmt, 3),
		.n = sqlite3_column_int64(stmt, 6),
		.n_dropping = sqlite3_column_int64(stmt, 7) ? sqlite3_column_int64(stmt, 6) : 0,
		.connected_seconds = (double)sqlite3_column_int64(stmt, 8) / 1e6,
		.drops = sqlite3_column_int64(stmt, 9),
		.drops_by_side = {
			[LS_SIDE_POWER] = sqlite3_column_int64(stmt, 10),
			[LS_SIDE_HOST] = sqlite3_column_int64(stmt, 11),
			[LS_SIDE_HUB] = sqlite3_column_int64(stmt, 12),
			[LS_SIDE_DEVICE] = sqlite3_column_int64(stmt, 13),
		},
	};
	store_read_text(stmt, 1, session->socket.id_path, sizeof(session->socket.id_path));
	store_read_text(stmt, 2, session->socket.name, sizeof(session->socket.name));
	store_read_text(stmt, 4, session->cable, sizeof(session->cable));
	session->hubs_known = sqlite3_column_type(stmt, 5) != SQLITE_NULL;
	store_read_text(stmt, 5, session->hubs, sizeof(session->hubs));
	(void)store_read_device(stmt, 14, &session->device);
}

/* *n counts the rows. */
static int
visit_sums(struct store *store, sqlite3_stmt *stmt, store_session_fn visit, void *user, size_t *n)
{
	struct store_session row;
	int r;

	for (; (r = store_step(store, stmt)) == 1; ++*n) {
		read_sum(stmt, &row);
		r = visit(&row, user);
		if (r != 0)
			return r;
	}
	return r;
}

struct behind_sums {
	store_session_fn visit;
	void *user;
};

static int
on_session_behind(const struct store_session *row, void *user)
{
	const struct behind_sums *behind = user;
	struct store_session shifted = *row;

	shifted.session.id += STORE_SUM_IDS;
	return behind->visit(&shifted, behind->user);
}

/* Ids of sums are small, those of sessions come behind them. */
static int
visit_rest(const struct store_exposure *asked, const struct store_filter *filter, size_t n_sums,
	   const char *ports, struct behind_sums *behind)
{
	struct store_filter rest = *filter;
	int r = 0;

	if (filter->limit && n_sums >= filter->limit)
		return 0;
	rest.limit = filter->limit ? filter->limit - n_sums : 0;
	rest.after_id = filter->after_id > STORE_SUM_IDS ? filter->after_id - STORE_SUM_IDS : 0;
	store_stmt_auto *stmt = store_prepare_filtered(
		asked->store,
		store_exposure_is_whole(asked) ? STORE_SESSIONS_NOT_SUMMED : STORE_SESSIONS, &rest,
		ports, &r);
	return stmt ? visit_sessions(asked, stmt, on_session_behind, behind) : r;
}

int
store_session_sums(struct store *store, const struct store_filter *filter, struct ls_instant now,
		   store_session_fn visit, void *user, const char **unknown)
{
	struct behind_sums behind = { visit, user };
	struct store_exposure asked = { 0 };
	size_t n_sums = 0;
	char *ports;
	int r = store_ports(store, filter, &ports, unknown);

	if (r == 0)
		r = store_exposure_init(&asked, store, filter, now);
	if (r == 0 && store_exposure_is_whole(&asked) && filter->after_id < STORE_SUM_IDS) {
		store_stmt_auto *stmt =
			store_prepare_filtered(store, STORE_SESSION_SUMS, filter, ports, &r);

		if (stmt)
			r = visit_sums(store, stmt, visit, user, &n_sums);
	}
	if (r == 0)
		r = visit_rest(&asked, filter, n_sums, ports, &behind);
	store_exposure_done(&asked);
	sqlite3_free(ports);
	return r;
}
