#include "daemon/store/relabel.h"

#include <string.h>

#include "daemon/store/db.h"
#include "daemon/store/lookup.h"
#include "daemon/store/row.h"
#include "daemon/store/store.h"

/* 1: found, with what held until now; 0: nothing was there then. */
static int
find_session(struct store *store, struct store_relabelling *it, int64_t *id, int64_t *began_us)
{
	int r = 0;
	store_stmt_auto *stmt = store_prepare(store, STORE_SESSION_AT, &r);

	if (!stmt)
		return r;
	(void)sqlite3_bind_text(stmt, 1, it->socket.id_path, -1, SQLITE_STATIC);
	if (!it->from_begin)
		(void)sqlite3_bind_int64(stmt, 2, it->since_us);
	r = store_step(store, stmt);
	if (r != 1)
		return r;
	*id = sqlite3_column_int64(stmt, 0);
	*began_us = sqlite3_column_int64(stmt, 1);
	store_read_text(stmt, 2, it->before, sizeof(it->before));
	return 1;
}

/* @id ends at @since_us and it->spare_id has what comes after that. */
static int
split(struct store *store, struct store_relabelling *it, int64_t id)
{
	static const enum store_stmt steps[] = {
		STORE_SPLIT_SESSION,   STORE_SPLIT_STAYS,   STORE_SPLIT_STAY,
		STORE_SPLIT_STAY_END,  STORE_SPLIT_ENDED,   STORE_SPLIT_SUM,
		STORE_SPLIT_INCIDENTS, STORE_SPLIT_TRAFFIC, STORE_SPLIT_ERRORS,
		STORE_SPLIT_LATENCY,
	};
	const int64_t ids[] = { id, it->spare_id, it->since_us };
	int r = 0;

	for (size_t i = 0; i < LS_COUNT(steps) && r == 0; i++)
		r = store_run(store, steps[i], ids, LS_COUNT(ids));
	it->split = id;
	it->session = it->spare_id;
	return r;
}

static int
relabel(struct store *store, struct store_relabelling *it)
{
	int64_t id = 0, began_us = 0, cable = 0;
	int r = find_session(store, it, &id, &began_us);

	if (r != 1)
		return r;
	it->split = 0;
	it->session = id;
	if (it->from_begin)
		it->since_us = began_us;
	r = it->cable[0] ? store_text_row(store, STORE_CABLE_FIND, it->cable, &cable) : 0;
	if (r == 0 && it->since_us > began_us && strcmp(it->before, it->cable) != 0)
		r = split(store, it, id);
	if (r == 0) {
		const int64_t ids[] = { it->session, cable };

		r = store_run(store, STORE_RELABEL_SESSION, ids, LS_COUNT(ids));
		if (r == 0)
			r = store_run(store, STORE_RELABEL_LATER, ids, LS_COUNT(ids));
	}
	return r < 0 ? r : 1;
}

int
store_relabel(struct store *store, struct store_relabelling *relabelling)
{
	int r = store_begin(store), committed;

	if (r < 0)
		return r;
	r = relabel(store, relabelling);
	if (r != 1) {
		store_rollback(store);
		return r;
	}
	committed = store_commit(store);
	return committed < 0 ? committed : 1;
}

int
store_latest_session(struct store *store, const char *id_path, struct ls_session *ret)
{
	int r = 0;
	store_stmt_auto *stmt = store_prepare(store, STORE_LATEST_SESSION, &r);

	if (!stmt)
		return r;
	(void)sqlite3_bind_text(stmt, 1, id_path, -1, SQLITE_STATIC);
	r = store_step(store, stmt);
	if (r == 1)
		store_read_session(stmt, ret);
	return r;
}
