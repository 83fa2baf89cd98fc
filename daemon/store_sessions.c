#include "daemon/store_internal.h"

#include <string.h>

/* Drops closer than this are one: what made the first makes the next. */
#define SAME_DROP_US (60 * (int64_t)LS_SEC)

static int
add_stays(const struct store_exposure *asked, struct store_session *row)
{
	const int64_t ids[] = { row->session.id, asked->since, asked->until,
				(int64_t)asked->now.mono_us, asked->now.real_us };
	double us = 0;
	int r = 0;
	store_stmt_auto *stmt = store_prepare(asked->store, STORE_SESSION_STAYS, &r);

	if (!stmt)
		return r;
	(void)store_bind_ids(stmt, ids, LS_COUNT(ids));
	while ((r = store_step(asked->store, stmt)) == 1) {
		struct store_span span = { sqlite3_column_int64(stmt, 0),
					   sqlite3_column_int64(stmt, 1) };

		us += store_exposure_us(asked, span, sqlite3_column_int64(stmt, 2));
	}
	row->connected_seconds = us > 0 ? us / 1e6 : 0;
	return r;
}

static enum ls_side
side_of(const char *name)
{
	for (int i = 0; name && i < LS_N_SIDES; i++) {
		if (strcmp(name, ls_side_name((enum ls_side)i)) == 0)
			return (enum ls_side)i;
	}
	return LS_SIDE_UNKNOWN;
}

static int
add_drops(const struct store_exposure *asked, struct store_session *row)
{
	const int64_t ids[] = { row->session.id, asked->since, asked->until };
	int64_t counted_until = INT64_MIN;
	int r = 0;
	store_stmt_auto *stmt = store_prepare(asked->store, STORE_SESSION_DROPS, &r);

	if (!stmt)
		return r;
	(void)store_bind_ids(stmt, ids, LS_COUNT(ids));
	while ((r = store_step(asked->store, stmt)) == 1) {
		int64_t at = sqlite3_column_int64(stmt, 0);

		if (at < counted_until)
			continue;
		counted_until = at + SAME_DROP_US;
		row->drops++;
		row->drops_by_side[side_of((const char *)sqlite3_column_text(stmt, 1))]++;
	}
	return r;
}

static int
visit_sessions(const struct store_exposure *asked, sqlite3_stmt *stmt, store_session_fn visit,
	       void *user)
{
	int r;

	while ((r = store_step(asked->store, stmt)) == 1) {
		struct store_session row = { .label = (const char *)sqlite3_column_text(stmt, 2) };

		store_read_session(stmt, &row.session);
		r = add_stays(asked, &row);
		if (r == 0)
			r = add_drops(asked, &row);
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
