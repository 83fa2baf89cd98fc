#include "daemon/store/import.h"

#include <errno.h>

#include "daemon/store/boot.h"
#include "daemon/store/db.h"
#include "daemon/store/store.h"

/* Far below every number of a boot that was watched, and in the order of time. */
#define IMPORT_ID(real_us) ((real_us) - (INT64_C(1) << 61))

int
store_watched(struct store *store, const char *boot_id, struct store_watched *ret)
{
	int r = 0;
	store_stmt_auto *stmt = store_prepare(store, STORE_IMPORT_WATCHED, &r);

	if (!stmt)
		return r;
	(void)sqlite3_bind_text(stmt, 1, boot_id, -1, SQLITE_STATIC);
	(void)sqlite3_bind_int64(stmt, 2, store->live_boot);
	r = store_step(store, stmt);
	if (r != 1)
		return r;
	ret->first.mono_us = (uint64_t)sqlite3_column_int64(stmt, 0);
	ret->first.real_us = sqlite3_column_int64(stmt, 1);
	ret->last.mono_us = (uint64_t)sqlite3_column_int64(stmt, 2);
	ret->last.real_us = sqlite3_column_int64(stmt, 3);
	ret->still = sqlite3_column_int(stmt, 4);
	return 1;
}

/* 1 with the row and how far it is, or 0. */
static int
find(struct store *store, const char *boot_id, int64_t *row, int *imported)
{
	int r = 0;
	store_stmt_auto *stmt = store_prepare(store, STORE_IMPORT_FIND, &r);

	if (!stmt)
		return r;
	(void)sqlite3_bind_text(stmt, 1, boot_id, -1, SQLITE_STATIC);
	r = store_step(store, stmt);
	if (r != 1)
		return r;
	*row = sqlite3_column_int64(stmt, 0);
	*imported = sqlite3_column_int(stmt, 1);
	return 1;
}

int
store_is_imported(struct store *store, const char *boot_id)
{
	int64_t row;
	int imported = 0, r = find(store, boot_id, &row, &imported);

	return r < 0 ? r : imported == 2;
}

int
store_imports(struct store *store, struct store_import_summary *ret)
{
	int r = 0;
	store_stmt_auto *stmt = store_prepare(store, STORE_IMPORT_SUMMARY, &r);

	*ret = (struct store_import_summary){ 0 };
	if (!stmt)
		return r;
	r = store_step(store, stmt);
	if (r != 1)
		return r;
	ret->boots = sqlite3_column_int64(stmt, 0);
	ret->since_us = sqlite3_column_int64(stmt, 1);
	ret->until_us = sqlite3_column_int64(stmt, 2);
	return 0;
}

static int
add(struct store *store, const char *boot_id, struct ls_instant first)
{
	const int64_t ids[] = { IMPORT_ID(first.real_us), (int64_t)first.mono_us, first.real_us };
	int r = 0;
	store_stmt_auto *stmt = store_prepare(store, STORE_IMPORT_ADD, &r);

	if (!stmt)
		return r;
	(void)store_bind_ids(stmt, ids, LS_COUNT(ids));
	(void)sqlite3_bind_text(stmt, 4, boot_id, -1, SQLITE_STATIC);
	(void)sqlite3_bind_text(stmt, 5, store->version, -1, SQLITE_STATIC);
	return store_step(store, stmt);
}

static int
end_batch(struct store *store, int r)
{
	if (r == 0)
		return store_commit(store);
	store_rollback(store);
	return r;
}

int
store_import_begin(struct store *store, const char *boot_id, struct ls_instant first)
{
	int r = store_begin(store);

	if (r < 0)
		return r;
	r = store_import_clean(store);
	if (r == 0)
		r = add(store, boot_id, first);
	return end_batch(store, r);
}

int
store_import_drop(struct store *store)
{
	int r = store_begin(store);

	return r < 0 ? r : end_batch(store, store_import_clean(store));
}

int
store_begin_import(struct store *store, const char *boot_id)
{
	int64_t row = 0;
	int imported = 0, r = store_begin(store);

	if (r < 0)
		return r;
	r = find(store, boot_id, &row, &imported);
	if (r == 1 && imported == 1) {
		store->boot = row;
		return 0;
	}
	store_rollback(store);
	return r < 0 ? r : -ENOENT;
}

int
store_import_close(struct store *store, struct ls_instant last, bool complete)
{
	const int64_t ids[] = { store->boot, (int64_t)last.mono_us, last.real_us,
				complete ? 2 : 1 };
	int r;

	if (store->batch_error)
		return store->batch_error;
	r = store_run(store, STORE_IMPORT_SET, ids, LS_COUNT(ids));
	return r < 0 ? r : store_boot_close_others(store);
}
