#pragma once
/*
 * The connection to the database: prepared statements, errors, texts for people. The only file that
 * includes SQLite. Functions return 0 (or what they say) or -errno.
 */
#include <limits.h>
#include <sqlite3.h>

#include "daemon/store/statements.h"
#include "lib/base/base.h"
#include "lib/model/record.h"

#define STORE_LOCK_NAME	  "linkstat.lock"
#define STORE_TROUBLE_MAX 480

struct store {
	sqlite3 *db;
	sqlite3_stmt *stmts[STORE_N_STMTS];
	int lock_fd;	   /* held for the life of the store, -1: nothing to hold */
	int64_t boot;	   /* what is put belongs to it */
	int64_t live_boot; /* the same, but while what was imported is put */
	bool has_last_alive, last_alive_same_boot;
	struct ls_instant last_alive;
	struct ls_instant now; /* of the last thing that told the time */
	bool in_batch;
	bool hasty;	 /* the connection does not wait for the disk, see store_set_durable() */
	int batch_error; /* of what failed first in this batch, which is rolled back already */
	bool damaged;	 /* seen while running: the next batch begins a new file */
	char *boot_id, *version;
	char dir[PATH_MAX];
	char path[PATH_MAX];		      /* "": in memory */
	char open_trouble[STORE_TROUBLE_MAX]; /* what store_open() found */
	char run_trouble[STORE_TROUBLE_MAX];  /* what the last batch met; "" if it was written */
};

/* Opens @name, a path or ":memory:". 0 or -errno; store_disconnect() in any case. */
int store_connect(struct store *store, const char *name);
/* A prepared statement, ready to bind; NULL with *error set. Kept by the store. */
sqlite3_stmt *store_prepare(struct store *store, enum store_stmt which, int *error);
/* Ends what the statement reads, so that it holds no old snapshot; for `store_stmt_auto`. */
void store_stmt_reset(sqlite3_stmt **stmt);
#define store_stmt_auto __attribute__((cleanup(store_stmt_reset))) sqlite3_stmt
/* 1: there is a row, 0: no more, or -errno. */
int store_step(struct store *store, sqlite3_stmt *stmt);
/* Binds @ids from 1 on and runs a statement to its end. 0 or -errno. */
int store_run(struct store *store, enum store_stmt which, const int64_t *ids, int n_ids);
/* As store_run(), for the first column of the one row. 1, 0: no row (*ret stays), or -errno. */
int store_ask(struct store *store, enum store_stmt which, const int64_t *ids, int n_ids,
	      int64_t *ret);
int store_bind_ids(sqlite3_stmt *stmt, const int64_t *ids, int n_ids);
/* -errno for a result code of SQLite; a damaged file is remembered. */
int store_error(struct store *store, int code);
/* Finalizes all statements and closes the database. */
void store_disconnect(struct store *store);
/* Runs a text that has no rows, outside of the kept statements. 0 or -errno. */
int store_exec(struct store *store, const char *text);
/* The first column of the first row of a text. 1 or -errno. */
int store_ask_text(struct store *store, const char *text, char *ret, size_t size);
int store_ask_number(struct store *store, const char *text, long *ret);
/* A text column, cut at a whole character where it does not fit; NULL gives "". */
void store_read_text(sqlite3_stmt *stmt, int column, char *dst, size_t size);
/* Writes a clean sentence. */
void store_tell(char trouble[STORE_TROUBLE_MAX], const char *format, ...) LS_PRINTF(2, 3);
/* Why a file cannot be written, and what to do about it. */
const char *store_advice(int error);
