#include "daemon/store/lookup.h"

#include <errno.h>

#include "daemon/store/db.h"
#include "daemon/store/row.h"

int
store_put_port(struct store *store, const struct ls_socket *socket, int64_t *ret)
{
	static const enum store_stmt steps[] = { STORE_PORT_FIND, STORE_PORT_PUT, STORE_PORT_FIND };
	int r = 0;

	*ret = 0;
	if (socket->id_path[0] == '\0')
		return 0;
	for (size_t i = 0; i < LS_COUNT(steps) && r >= 0; i++) {
		store_stmt_auto *stmt = store_prepare(store, steps[i], &r);

		if (!stmt)
			return r;
		(void)sqlite3_bind_text(stmt, 1, socket->id_path, -1, SQLITE_STATIC);
		(void)sqlite3_bind_text(stmt, 2, socket->name, -1, SQLITE_STATIC);
		(void)sqlite3_bind_int64(stmt, 3, store->boot);
		r = store_step(store, stmt);
		if (r == 1 && sqlite3_column_int(stmt, 1)) {
			*ret = sqlite3_column_int64(stmt, 0);
			return 0;
		}
	}
	return r < 0 ? r : -EIO;
}

/* Row of what has @key and the fields @row of @device, made where there is none. */
static int
put_device_part(struct store *store, const struct ls_device *device, enum store_row row,
		int64_t key, int64_t *ret)
{
	bool identity = row == STORE_ROW_IDENTITY;
	const enum store_stmt steps[] = {
		identity ? STORE_DEVICE_FIND : STORE_DESCRIPTION_FIND,
		identity ? STORE_DEVICE_ADD : STORE_DESCRIPTION_ADD,
	};
	int r = 0;

	for (size_t i = 0; i < LS_COUNT(steps) && r == 0; i++) {
		store_stmt_auto *stmt = store_prepare(store, steps[i], &r);

		if (!stmt)
			return r;
		(void)sqlite3_bind_int64(stmt, 1, key);
		(void)store_bind_row(stmt, 2, row, device);
		r = store_step(store, stmt);
		if (r == 1)
			*ret = sqlite3_column_int64(stmt, 0);
		else if (r == 0)
			*ret = sqlite3_last_insert_rowid(store->db);
	}
	return r < 0 ? r : 0;
}

int
store_put_device(struct store *store, const struct ls_device *device, int64_t port, int64_t *ret)
{
	int64_t row = 0;
	int r = put_device_part(store, device, STORE_ROW_IDENTITY, device->serial[0] ? 0 : port,
				&row);

	return r < 0 ? r : put_device_part(store, device, STORE_ROW_DESCRIPTION, row, ret);
}

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
