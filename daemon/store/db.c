#include "daemon/store/db.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>

#include "lib/base/text.h"

#define BUSY_TIMEOUT_MS	  1000
#define NEARLY_FULL_BYTES (64 * 1024)

/* SQLite reports an I/O error where it could not enlarge the index of its log. */
bool
store_disk_is_full(const char *dir)
{
	struct statvfs fs;

	return statvfs(dir, &fs) == 0 && fs.f_bavail * fs.f_frsize < NEARLY_FULL_BYTES;
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
		return store->path[0] && store_disk_is_full(store->dir) ? -ENOSPC : -EIO;
	}
}

/* Our texts are right: what they do not find is missing in the file. */
static int
text_error(struct store *store, int code)
{
	return store_error(store, (code & 0xff) == SQLITE_ERROR ? SQLITE_CORRUPT : code);
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
store_connect(struct store *store, const char *name, enum store_access access)
{
	int flags = access == STORE_READ_ONLY ? SQLITE_OPEN_READONLY
					      : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
	int r = store_error(store,
			    sqlite3_open_v2(name, &store->db, flags | SQLITE_OPEN_NOMUTEX, NULL));

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

void
store_disconnect(struct store *store)
{
	for (size_t i = 0; i < STORE_STATEMENTS_MAX; i++)
		sqlite3_finalize(store->statements[i].stmt);
	memset(store->statements, 0, sizeof(store->statements));
	store->n_statements = 0;
	sqlite3_close(store->db);
	store->db = NULL;
}

/* The place of a text, or a free one for it. */
static size_t
find_statement(const struct store *store, const char *sql)
{
	uint64_t hash = (uint64_t)(uintptr_t)sql * UINT64_C(0x9e3779b97f4a7c15);
	size_t at = (size_t)(hash >> 32) % STORE_STATEMENTS_MAX;

	while (store->statements[at].text && store->statements[at].text != sql)
		at = (at + 1) % STORE_STATEMENTS_MAX;
	return at;
}

/* Ready to bind; NULL with *error set. */
static sqlite3_stmt *
prepare(struct store *store, const char *sql, int *error)
{
	size_t at = find_statement(store, sql);
	sqlite3_stmt *stmt = store->statements[at].stmt;
	int code;

	*error = -EIO;
	if (stmt) {
		assert(!sqlite3_stmt_busy(stmt)); /* its rows are being read */
		return stmt;
	}
	if (!store->db) /* not even memory could be opened again; the next batch tries */
		return NULL;
	assert(store->n_statements < STORE_STATEMENTS_MAX - 1);
	code = sqlite3_prepare_v3(store->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL);
	if (code != SQLITE_OK) {
		*error = text_error(store, code);
		return NULL;
	}
	store->statements[at].text = sql;
	store->statements[at].stmt = stmt;
	store->n_statements++;
	return stmt;
}

struct store_value
store_value_id(int64_t id)
{
	return (struct store_value){ .type = id ? STORE_INT : STORE_NULL, .integer = id };
}

struct store_value
store_value_number(int64_t number)
{
	return (struct store_value){ .type = number >= 0 ? STORE_INT : STORE_NULL,
				     .integer = number };
}

struct store_value
store_value_text(const char *text)
{
	return text && text[0] ? TEXT(text) : (struct store_value){ .type = STORE_NULL };
}

/* Failures to bind show at the step: a parameter out of range is our bug. */
static int
bind_value(sqlite3_stmt *stmt, int n, const struct store_value *value)
{
	switch (value->type) {
	case STORE_INT:
		(void)sqlite3_bind_int64(stmt, n, value->integer);
		break;
	case STORE_TEXT:
		(void)sqlite3_bind_text(stmt, n, value->data, value->n, SQLITE_STATIC);
		break;
	case STORE_BLOB:
		(void)sqlite3_bind_blob(stmt, n, value->data, value->n, SQLITE_STATIC);
		break;
	case STORE_FIELDS:
		return value->bind(stmt, n, value);
	default:
		(void)sqlite3_bind_null(stmt, n);
	}
	return n + 1;
}

struct store_rows
store_query_values(struct store *store, const char *sql, const struct store_value *values)
{
	struct store_rows rows = { .store = store };
	int n = 1;

	rows.stmt = prepare(store, sql, &rows.error);
	if (!rows.stmt)
		return rows;
	while (values->type != STORE_VALUES_END)
		n = bind_value(rows.stmt, n, values++);
	assert(n == sqlite3_bind_parameter_count(rows.stmt) + 1);
	assert(strcmp(sqlite3_sql(rows.stmt), sql) == 0); /* a literal, and no buffer */
	return rows;
}

int
store_next(struct store_rows *rows)
{
	int code;

	if (!rows->stmt)
		return rows->error;
	code = sqlite3_step(rows->stmt);
	return code == SQLITE_ROW ? 1 : store_error(rows->store, code);
}

void
store_rows_end(struct store_rows *rows)
{
	(void)sqlite3_reset(rows->stmt); /* repeats what the last step reported */
}

int
store_run_values(struct store *store, const char *sql, const struct store_value *values)
{
	int64_t ignored;
	int r = store_get_values(store, &ignored, sql, values);

	return r < 0 ? r : 0;
}

int
store_get_values(struct store *store, int64_t *ret, const char *sql,
		 const struct store_value *values)
{
	store_rows_auto rows = store_query_values(store, sql, values);
	int r = store_next(&rows);

	if (r == 1 && sqlite3_column_count(rows.stmt) > 0)
		*ret = store_int(&rows, 0);
	return r;
}

int
store_insert_values(struct store *store, int64_t *ret, const char *sql,
		    const struct store_value *values)
{
	int r = store_run_values(store, sql, values);

	if (r == 0)
		*ret = sqlite3_last_insert_rowid(store->db);
	return r;
}

int
store_exec(struct store *store, const char *text)
{
	return text_error(store, sqlite3_exec(store->db, text, NULL, NULL, NULL));
}

int64_t
store_int(const struct store_rows *rows, int column)
{
	return sqlite3_column_int64(rows->stmt, column);
}

bool
store_is_null(const struct store_rows *rows, int column)
{
	return sqlite3_column_type(rows->stmt, column) == SQLITE_NULL;
}

const char *
store_text(const struct store_rows *rows, int column)
{
	return (const char *)sqlite3_column_text(rows->stmt, column);
}

void
store_read_text(const struct store_rows *rows, int column, char *dst, size_t size)
{
	const unsigned char *text = sqlite3_column_text(rows->stmt, column);
	size_t len = text ? (size_t)sqlite3_column_bytes(rows->stmt, column) : 0;

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
store_problem_format(char trouble[STORE_PROBLEM_MAX], const char *format, ...)
{
	char text[STORE_PROBLEM_MAX + PATH_MAX];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	ls_text_clean(trouble, STORE_PROBLEM_MAX, text, strlen(text));
}

const char *
store_advice(int error)
{
	switch (error) {
	case -ENOSPC:
	case -EDQUOT:
		return "the disk is full: free some space there; it is tried again every minute";
	case -EROFS:
		return "it cannot be written there: mount it writable; it is tried again every "
		       "minute";
	case -EACCES:
	case -EPERM:
		return "linkstatd may not write there: give the directory and all in it to its "
		       "user; it is tried again every minute";
	case -ENOENT:
	case -ENOTDIR:
		return "there is no such directory: make it and give it to linkstatd's user";
	case -EBUSY:
		return "another program keeps it locked: end that; it is tried again every minute";
	case -EIO:
		return "the disk reports errors: look at journalctl -k";
	default:
		return strerror(-error);
	}
}
