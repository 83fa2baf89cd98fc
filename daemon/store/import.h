#pragma once
/* Imports: the past of a boot out of another log. */
#include "lib/model/record.h"

struct store;

/* The time in which linkstatd itself watched a boot. */
struct store_watched {
	struct ls_instant first, last;
	bool still; /* it is the running boot: @last is meaningless */
};
struct store_import_summary {
	int64_t boots;
	int64_t since_us, until_us;
};

/* 1, or 0 if linkstatd never watched it. */
int store_watched(struct store *store, const char *boot_id, struct store_watched *ret);
/* 1 if the past of the boot was imported to its end, or 0. */
int store_is_imported(struct store *store, const char *boot_id);
int store_imports(struct store *store, struct store_import_summary *ret);
/*
 * One boot at a time. What an unfinished import left is undone, also after the next
 * store_open(): a boot is imported as a whole or not at all. Not within a batch. To begin is -EALREADY
 * while the same boot is being undone.
 */
int store_import_begin(struct store *store, const char *boot_id, struct ls_instant first);
int store_import_drop(struct store *store);
/*
 * Deletes a piece of what is to be undone, and subtracts it from all sums, in a transaction of its own.
 * 1: call again soon, 0: nothing is left, or -errno. Not within a batch.
 */
int store_import_undo(struct store *store);
/* As store_begin(), and records belong to the import of @boot_id until the batch ends. -ENOENT if
 * that import was not begun, or its history is lost. */
int store_import_begin_batch(struct store *store, const char *boot_id);
/* Within such a batch: its records are not later than @at. */
int store_import_seen(struct store *store, struct ls_instant at);
/* Within such a batch: all that it left open ended at @last; with @complete it is done. */
int store_import_close(struct store *store, struct ls_instant last, bool complete);
