#include "daemon/store_internal.h"

#include <errno.h>

int
store_text_row(struct store *store, enum store_stmt find, const char *text, int64_t *ret)
{
	const enum store_stmt steps[] = {
		find,
		find == STORE_CABLE_FIND ? STORE_CABLE_ADD : STORE_CHAIN_ADD,
	};
	int r = 0;

	for (size_t i = 0; i < LS_COUNT(steps) && r == 0; i++) {
		store_stmt_auto *stmt = store_prepare(store, steps[i], &r);

		if (!stmt)
			return r;
		(void)sqlite3_bind_text(stmt, 1, text, -1, SQLITE_STATIC);
		r = store_step(store, stmt);
		if (r == 1)
			*ret = sqlite3_column_int64(stmt, 0);
		else if (r == 0)
			*ret = sqlite3_last_insert_rowid(store->db);
	}
	return r < 0 ? r : 0;
}

int
store_labels(struct store *store, const struct ls_socket *socket, int64_t session,
	     struct store_labels *ret)
{
	int r = 0;
	store_stmt_auto *stmt = store_prepare(store, STORE_LABELS, &r);

	*ret = (struct store_labels){ 0 };
	if (!stmt)
		return r;
	(void)sqlite3_bind_text(stmt, 1, socket->id_path, -1, SQLITE_STATIC);
	(void)sqlite3_bind_int64(stmt, 2, session);
	r = store_step(store, stmt);
	if (r != 1)
		return r;
	store_read_text(stmt, 0, ret->socket, sizeof(ret->socket));
	store_read_text(stmt, 1, ret->cable, sizeof(ret->cable));
	ret->cable_assumed = sqlite3_column_int(stmt, 2) != 0;
	return 0;
}
