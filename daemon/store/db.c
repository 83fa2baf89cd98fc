#include "daemon/store/internal.h"

#include <errno.h>
#include <sys/statvfs.h>

#define NEARLY_FULL_BYTES (64 * 1024)

/* SQLite says "I/O error" where it could not enlarge its log's index. */
static bool
disk_is_full(const struct store *store)
{
	struct statvfs fs;

	return store->path[0] && statvfs(store->dir, &fs) == 0 &&
	       fs.f_bavail * fs.f_frsize < NEARLY_FULL_BYTES;
}

int
store_error(struct store *store, int code)
{
	switch (code & 0xff) { /* without the detail of extended codes */
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return 0;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		store->damaged = true;
		return -EBADMSG;
	case SQLITE_FULL:
		return -ENOSPC;
	case SQLITE_NOMEM:
		return -ENOMEM;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return -EBUSY;
	case SQLITE_READONLY:
		return -EROFS;
	case SQLITE_PERM:
	case SQLITE_AUTH:
	case SQLITE_CANTOPEN:
		return -EACCES;
	case SQLITE_CONSTRAINT:
	case SQLITE_MISMATCH:
	case SQLITE_RANGE:
	case SQLITE_MISUSE:
		return -EINVAL;
	default:
		return disk_is_full(store) ? -ENOSPC : -EIO;
	}
}

sqlite3_stmt *
store_prepare(struct store *store, enum store_stmt which, int *error)
{
	sqlite3_stmt **stmt = &store->stmts[which];
	int code = SQLITE_OK;

	if (!store->db) { /* not even memory could be opened again; the next batch tries */
		*error = -EIO;
		return NULL;
	}
	if (!*stmt)
		code = sqlite3_prepare_v3(store->db, store_sql(which), -1,
					  SQLITE_PREPARE_PERSISTENT, stmt, NULL);
	if (code != SQLITE_OK) {
		*error = store_error(store, code);
		return NULL;
	}
	(void)sqlite3_reset(*stmt); /* tells again what the last step told */
	(void)sqlite3_clear_bindings(*stmt);
	return *stmt;
}

void
store_stmt_reset(sqlite3_stmt **stmt)
{
	(void)sqlite3_reset(*stmt);
}

int
store_step(struct store *store, sqlite3_stmt *stmt)
{
	int code = sqlite3_step(stmt);

	return code == SQLITE_ROW ? 1 : store_error(store, code);
}

int
store_bind_ids(sqlite3_stmt *stmt, const int64_t *ids, int n_ids)
{
	for (int i = 0; i < n_ids; i++) {
		if (sqlite3_bind_int64(stmt, i + 1, ids[i]) != SQLITE_OK)
			return -EINVAL;
	}
	return 0;
}

int
store_run(struct store *store, enum store_stmt which, const int64_t *ids, int n_ids)
{
	int64_t ignored;
	int r = store_ask(store, which, ids, n_ids, &ignored);

	return r < 0 ? r : 0;
}

int
store_ask(struct store *store, enum store_stmt which, const int64_t *ids, int n_ids, int64_t *ret)
{
	int r = 0;
	store_stmt_auto *stmt = store_prepare(store, which, &r);

	if (!stmt)
		return r;
	r = store_bind_ids(stmt, ids, n_ids);
	if (r < 0)
		return r;
	r = store_step(store, stmt);
	if (r == 1 && sqlite3_column_count(stmt) > 0)
		*ret = sqlite3_column_int64(stmt, 0);
	return r;
}

void
store_disconnect(struct store *store)
{
	for (size_t i = 0; i < STORE_N_STMTS; i++) {
		sqlite3_finalize(store->stmts[i]);
		store->stmts[i] = NULL;
	}
	sqlite3_close(store->db);
	store->db = NULL;
}
