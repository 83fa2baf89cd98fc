#include "daemon/store/db.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

#include "lib/base/text.h"

#define BUSY_TIMEOUT_MS	  1000
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

void
store_read_text(sqlite3_stmt *stmt, int column, char *dst, size_t size)
{
	const unsigned char *text = sqlite3_column_text(stmt, column);
	size_t len = text ? (size_t)sqlite3_column_bytes(stmt, column) : 0;

	if (len >= size) {
		len = size - 1;
		while (len > 0 && (text[len] & 0xc0) == 0x80)
			len--;
	}
	if (len > 0)
		memcpy(dst, text, len);
	memset(dst + len, 0, size - len);
}

void
store_tell(char trouble[STORE_TROUBLE_MAX], const char *format, ...)
{
	char text[STORE_TROUBLE_MAX + PATH_MAX];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	ls_text_clean(trouble, STORE_TROUBLE_MAX, text, strlen(text));
}

const char *
store_advice(int error)
{
	switch (error) {
	case -ENOSPC:
	case -EDQUOT:
		return "the disk is full: make room there and restart linkstatd";
	case -EROFS:
		return "it cannot be written there: mount it writable and restart linkstatd";
	case -EACCES:
	case -EPERM:
		return "linkstatd may not write there: give the directory and all in it to its "
		       "user";
	case -ENOENT:
	case -ENOTDIR:
		return "there is no such directory: make it and give it to linkstatd's user";
	case -EBUSY:
		return "another program keeps it locked: end that and restart linkstatd";
	case -EIO:
		return "the disk reports errors: look at journalctl -k";
	default:
		return strerror(-error);
	}
}

int
store_exec(struct store *store, const char *text)
{
	return store_error(store, sqlite3_exec(store->db, text, NULL, NULL, NULL));
}

/* The first column of the first row. */
int
store_ask_text(struct store *store, const char *text, char *ret, size_t size)
{
	sqlite3_stmt *stmt = NULL;
	int r = store_error(store, sqlite3_prepare_v2(store->db, text, -1, &stmt, NULL));

	if (r == 0)
		r = store_step(store, stmt);
	if (r == 1)
		store_read_text(stmt, 0, ret, size);
	sqlite3_finalize(stmt);
	return r == 0 ? -EBADMSG : r;
}

int
store_ask_number(struct store *store, const char *text, long *ret)
{
	char number[24];
	int r = store_ask_text(store, text, number, sizeof(number));

	if (r == 1)
		*ret = strtol(number, NULL, 10);
	return r;
}

static int
port_order(void *unused, int len_a, const void *a, int len_b, const void *b)
{
	const unsigned char *one = a, *one_end = one + len_a, *other = b,
			    *other_end = other + len_b;

	(void)unused;
	while (one < one_end && other < other_end) {
		size_t n = 0, m = 0; /* digits that count, without leading zeros */

		for (; one < one_end - 1 && one[0] == '0' && one[1] >= '0' && one[1] <= '9'; one++)
			;
		for (;
		     other < other_end - 1 && other[0] == '0' && other[1] >= '0' && other[1] <= '9';
		     other++)
			;
		while (one + n < one_end && one[n] >= '0' && one[n] <= '9')
			n++;
		while (other + m < other_end && other[m] >= '0' && other[m] <= '9')
			m++;
		if (n != m && n > 0 && m > 0)
			return n < m ? -1 : 1;
		if (*one != *other)
			return *one < *other ? -1 : 1;
		one++;
		other++;
	}
	return one < one_end ? 1 : other < other_end ? -1 : 0;
}

int
store_connect(struct store *store, const char *name)
{
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
	int r = store_error(store, sqlite3_open_v2(name, &store->db, flags, NULL));

	if (r < 0)
		return r;
	(void)sqlite3_extended_result_codes(store->db, 1);
	(void)sqlite3_busy_timeout(store->db, BUSY_TIMEOUT_MS);
	/* Until it is known to be ours, not even a closing connection may write to it. */
	(void)sqlite3_db_config(store->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	(void)sqlite3_db_config(store->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	(void)sqlite3_db_config(store->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	return store_error(store, sqlite3_create_collation(store->db, "port_order", SQLITE_UTF8,
							   NULL, port_order));
}
