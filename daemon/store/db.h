#pragma once
/*
 * The connection to the database: prepared statements, errors, texts for people. The only file that
 * includes SQLite. Functions return 0 (or as documented) or -errno.
 */
#include <limits.h>
#include <sqlite3.h>

#include "lib/base/base.h"
#include "lib/model/observation.h"

#define STORE_LOCK_NAME	     "linkstat.lock"
#define STORE_PROBLEM_MAX    480
#define STORE_STATEMENTS_MAX 256 /* a power of two, and some more than there are texts */

struct store {
	sqlite3 *db;
	struct {
		const char *text; /* NULL: free */
		sqlite3_stmt *stmt;
	} statements[STORE_STATEMENTS_MAX]; /* by a hash of the address of the text */
	size_t n_statements;
	int lock_fd;	   /* held for the life of the store, -1: nothing to hold */
	int64_t boot;	   /* records that are written belong to it */
	int64_t live_boot; /* the boot that runs; differs from boot only during an import */
	bool has_last_alive, last_alive_same_boot;
	struct ls_instant last_alive;
	struct ls_instant now; /* the latest time that a caller passed in */
	bool in_batch;
	bool synced_aside; /* a commit does not wait for the disk, see store_set_synced_aside() */
	int batch_error;   /* the first failure in this batch, which is rolled back already */
	bool damaged;	   /* seen while running: the next batch begins a new file */
	bool unchecked;	   /* was not closed when linkstatd last ended: it may be damaged */
	bool undoes;	   /* an import, piece by piece: see store_import_undo() */
	bool is_waiting;   /* in memory, until the file can be opened */
	int64_t n_opened;  /* how often a file was opened */
	char *boot_id, *version;
	char dir[PATH_MAX];
	char path[PATH_MAX];		      /* "": in memory */
	char open_problem[STORE_PROBLEM_MAX]; /* found by store_open() */
	char run_problem[STORE_PROBLEM_MAX];  /* of the last batch; "" if it was written */
};

enum store_access { STORE_READ_WRITE, STORE_READ_ONLY };
/* Opens @name, a path or ":memory:". 0 or -errno; store_disconnect() in any case. */
int store_connect(struct store *store, const char *name, enum store_access access);
/* Finalizes all statements and closes the database, which rolls an open transaction back. */
void store_disconnect(struct store *store);

/* A value for a parameter of a statement; one of fields binds as many as there are. */
struct store_value {
	enum store_value_type {
		STORE_VALUES_END,
		STORE_NULL,
		STORE_INT,
		STORE_TEXT,
		STORE_BLOB,
		STORE_FIELDS,
	} type;
	int n; /* bytes, or which fields */
	int64_t integer;
	const void *data; /* borrowed while the statement is read */
	/* Binds from parameter @first on; the next free one. */
	int (*bind)(sqlite3_stmt *stmt, int first, const struct store_value *value);
};

#define INT(number)	 ((struct store_value){ .type = STORE_INT, .integer = (int64_t)(number) })
#define TEXT(text)	 ((struct store_value){ .type = STORE_TEXT, .n = -1, .data = (text) })
#define BLOB(bytes, len) ((struct store_value){ .type = STORE_BLOB, .n = (len), .data = (bytes) })
/* These are NULL where there is nothing: an id of 0, a number below 0, the text "" or NULL. */
struct store_value store_value_id(int64_t id);
struct store_value store_value_number(int64_t number);
struct store_value store_value_text(const char *text);
#define ID(number)	    store_value_id(number)
#define INT_OR_NULL(number) store_value_number(number)
#define TEXT_OR_NULL(text)  store_value_text(text)

/*
 * The calls below take SQL and a value for each of its parameters, ?1 first:
 *
 *	store_run(store, "UPDATE boots SET kmsg_seq = ?2 WHERE id = ?1", INT(boot), INT(seq));
 *
 * The connection keeps the prepared statement by the address of its text, which is therefore a
 * literal. A statement that is being read cannot be run again meanwhile.
 */
#define STORE_SQL_AND_VALUES(sql, ...)                                                             \
	(sql), (const struct store_value[])                                                        \
	{                                                                                          \
		__VA_ARGS__                                                                        \
	}
#define STORE_CALL(...) STORE_SQL_AND_VALUES(__VA_ARGS__, { 0 })

/* Rows as they are read; an error is remembered for store_next(). */
struct store_rows {
	struct store *store;
	sqlite3_stmt *stmt; /* NULL: error */
	int error;
};

#define store_rows_auto __attribute__((cleanup(store_rows_end))) struct store_rows

/* store_rows_auto rows = store_query(store, "SELECT …", value…); */
#define store_query(store, ...) store_query_values((store), STORE_CALL(__VA_ARGS__))
struct store_rows store_query_values(struct store *store, const char *sql,
				     const struct store_value *values);
/* 1: there is a row, 0: no more, or -errno. */
int store_next(struct store_rows *rows);
/* Ends the reading, so that it holds no old snapshot. */
void store_rows_end(struct store_rows *rows);

/* Runs a statement to its end. 0 or -errno. */
#define store_run(store, ...) store_run_values((store), STORE_CALL(__VA_ARGS__))
int store_run_values(struct store *store, const char *sql, const struct store_value *values);
/* The first column of the first row, if any. 1, 0: no row (*ret stays), or -errno. */
#define store_get(store, ret, ...) store_get_values((store), (ret), STORE_CALL(__VA_ARGS__))
int store_get_values(struct store *store, int64_t *ret, const char *sql,
		     const struct store_value *values);
/* As store_run(), and *ret is the id of the row that was added. */
#define store_insert(store, ret, ...) store_insert_values((store), (ret), STORE_CALL(__VA_ARGS__))
int store_insert_values(struct store *store, int64_t *ret, const char *sql,
			const struct store_value *values);
/* Runs a text of any number of statements, which are not kept. 0 or -errno. */
int store_exec(struct store *store, const char *text);

/* Columns of the row that is read, from 0 on. NULL is 0, and as text NULL. */
int64_t store_int(const struct store_rows *rows, int column);
bool store_is_null(const struct store_rows *rows, int column);
/* Lives until the next row. */
const char *store_text(const struct store_rows *rows, int column);
/* Cut at a whole character where it does not fit; NULL gives "". The rest is zeroed. */
void store_read_text(const struct store_rows *rows, int column, char *dst, size_t size);

/* -errno for a result code of SQLite; a damaged file is remembered. */
int store_error(struct store *store, int code);
/* Formats a sentence for people, without control characters. */
void store_problem_format(char trouble[STORE_PROBLEM_MAX], const char *format, ...) LS_PRINTF(2, 3);
/* Less room than the next steps of SQLite need. */
bool store_disk_is_full(const char *dir);
/* Why a file cannot be written, and what to do about it. */
const char *store_advice(int error);
