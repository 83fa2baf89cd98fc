#include "daemon/store/import.h"

#include <errno.h>

#include "daemon/store/boot.h"
#include "daemon/store/db.h"
#include "daemon/store/schema.h"
#include "daemon/store/store.h"

/* Far below every number of a boot that was watched, and in the order of time. */
#define IMPORT_ID(real_us) ((real_us) - (INT64_C(1) << 61))

/* In boots.imported. */
enum { IMPORT_STARTED = 1, IMPORT_DONE = 2, IMPORT_UNDONE_SOON = 4 };

int
store_watched(struct store *store, const char *boot_id, struct store_watched *ret)
{
	store_rows_auto rows = store_query(
		store,
		"SELECT first_seen_mono, first_seen_real, last_seen_mono, last_seen_real, id = ?2"
		" FROM boots WHERE boot_id = ?1 AND imported = 0",
		TEXT(boot_id), INT(store->live_boot));
	int r = store_next(&rows);

	if (r != 1)
		return r;
	ret->first.mono_us = (uint64_t)store_int(&rows, 0);
	ret->first.real_us = store_int(&rows, 1);
	ret->last.mono_us = (uint64_t)store_int(&rows, 2);
	ret->last.real_us = store_int(&rows, 3);
	ret->still = store_int(&rows, 4);
	return 1;
}

/* 1 with the row and how far it is, or 0. */
static int
find(struct store *store, const char *boot_id, int64_t *row, int64_t *imported)
{
	store_rows_auto rows = store_query(
		store, "SELECT id, imported FROM boots WHERE boot_id = ?1 || ' imported'",
		TEXT(boot_id));
	int r = store_next(&rows);

	if (r != 1)
		return r;
	*row = store_int(&rows, 0);
	*imported = store_int(&rows, 1);
	return 1;
}

int
store_is_imported(struct store *store, const char *boot_id)
{
	int64_t row, imported = 0;
	int r = find(store, boot_id, &row, &imported);

	return r < 0 ? r : imported == IMPORT_DONE;
}

int
store_imports(struct store *store, struct store_import_summary *ret)
{
	store_rows_auto rows = store_query(
		store, "SELECT count(*), min(first_seen_real), max(last_seen_real) FROM boots"
		       " WHERE imported = 2");
	int r = store_next(&rows);

	*ret = (struct store_import_summary){ 0 };
	if (r != 1)
		return r;
	ret->boots = store_int(&rows, 0);
	ret->since_us = store_int(&rows, 1);
	ret->until_us = store_int(&rows, 2);
	return 0;
}

static int
add(struct store *store, const char *boot_id, struct ls_instant first)
{
	return store_run(
		store,
		"INSERT INTO boots (id, first_seen_mono, first_seen_real, last_seen_mono,"
		" last_seen_real, boot_id, version, imported)"
		" VALUES (ifnull((SELECT max(id) + 1 FROM boots WHERE id BETWEEN ?1 AND ?1 + 1000),"
		"  ?1), ?2, ?3, ?2, ?3, ?4 || ' imported', ?5, 1)"
		" ON CONFLICT (boot_id) DO UPDATE SET imported = 1, first_seen_mono = ?2,"
		" first_seen_real = ?3, last_seen_mono = ?2, last_seen_real = ?3",
		INT(IMPORT_ID(first.real_us)), INT(first.mono_us), INT(first.real_us),
		TEXT(boot_id), TEXT(store->version));
}

/* Rows of a kind in one transaction, on the thread of the sources: some 2 ms. */
#define ROWS_AT_ONCE "256"
#define DAY	     "86400000000"
/* By the index of @time: no other index has the boot. An import of an old version has no end. */
#define TO_UNDO(time)                                                                              \
	time " BETWEEN"                                                                            \
	     " (SELECT min(first_seen_real) - " DAY " FROM boots WHERE imported = 4)"              \
	     " AND (SELECT max(iif(last_seen_real > first_seen_real, last_seen_real + " DAY ","    \
	     "  0x7fffffffffffffff)) FROM boots WHERE imported = 4)"                               \
	     " AND boot IN (SELECT id FROM boots WHERE imported = 4) LIMIT " ROWS_AT_ONCE

/* Sums outlive events, so these are subtracted first; the rest has triggers, or is in no sum yet. */
static const char *const undo[] = {
	"UPDATE event_sums SET n = event_sums.n - e.n FROM"
	" (SELECT port, " STORE_MONTH_OF(
		"at_real") " AS month, kind, count(*) AS n"
			   "  FROM events WHERE id IN (SELECT id FROM events WHERE " TO_UNDO(
				   "at_real") ")"
					      "  AND port IS NOT NULL GROUP BY 1, 2, 3) e WHERE "
					      "event_sums.port = "
					      "e.port"
					      " AND event_sums.month_real = e.month AND "
					      "event_sums.kind = e.kind",
	"DELETE FROM event_sums WHERE n = 0",
	"DELETE FROM events WHERE id IN (SELECT id FROM events WHERE " TO_UNDO("at_real") ")",
	"DELETE FROM evidence WHERE incident IN (SELECT id FROM incidents WHERE " TO_UNDO(
		"opened_real") ")",
	"DELETE FROM incidents WHERE id IN (SELECT id FROM incidents WHERE " TO_UNDO(
		"opened_real") ")",
	"DELETE FROM stays WHERE session IN (SELECT id FROM sessions WHERE " TO_UNDO(
		"began_real") ")",
	"DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE " TO_UNDO(
		"began_real") ")",
	"DELETE FROM gaps WHERE id IN (SELECT id FROM gaps WHERE " TO_UNDO("began_real") ")",
};

int
store_import_undo(struct store *store)
{
	int before = store->db ? sqlite3_total_changes(store->db) : 0;
	int r = store->undoes ? store_begin(store) : 0;

	if (r < 0 || !store->undoes)
		return r;
	for (size_t i = 0; i < LS_COUNT(undo) && r == 0; i++)
		r = store_run(store, undo[i]);
	if (r == 0 && sqlite3_total_changes(store->db) == before) {
		r = store_run(store, "UPDATE boots SET imported = 3 WHERE imported = 4");
		store->undoes = r < 0;
	}
	r = store_end(store, r);
	return r < 0 ? r : store->undoes;
}

/* Of an import that was small nothing is left after these. */
#define STEPS 3

static int
check_undone(struct store *store, const char *boot_id)
{
	int64_t row, imported = 0;
	int r = 1;

	for (int i = 0; i < STEPS && r == 1; i++)
		r = store_import_undo(store);
	if (r >= 0)
		r = find(store, boot_id, &row, &imported);
	if (r < 0)
		return r;
	return imported == IMPORT_UNDONE_SOON ? -EALREADY : 0;
}

int
store_import_begin(struct store *store, const char *boot_id, struct ls_instant first)
{
	int r = store_import_drop(store);

	if (r == 0)
		r = check_undone(store, boot_id);
	if (r == 0)
		r = store_begin(store);
	return r < 0 ? r : store_end(store, add(store, boot_id, first));
}

int
store_import_drop(struct store *store)
{
	int r = store_begin(store);

	return r < 0 ? r : store_end(store, store_import_abandon(store));
}

int
store_import_begin_batch(struct store *store, const char *boot_id)
{
	int64_t row = 0, imported = 0;
	int r = store_begin(store);

	if (r < 0)
		return r;
	r = find(store, boot_id, &row, &imported);
	if (r == 1 && imported == IMPORT_STARTED) {
		store->boot = row;
		return 0;
	}
	store_rollback(store);
	return r < 0 ? r : -ENOENT;
}

int
store_import_seen(struct store *store, struct ls_instant at)
{
	if (store->batch_error)
		return store->batch_error;
	return store_run(store,
			 "UPDATE boots SET last_seen_mono = ?2, last_seen_real = ?3"
			 " WHERE id = ?1 AND last_seen_real < ?3",
			 INT(store->boot), INT(at.mono_us), INT(at.real_us));
}

int
store_import_close(struct store *store, struct ls_instant last, bool complete)
{
	int r;

	if (store->batch_error)
		return store->batch_error;
	r = store_run(store,
		      "UPDATE boots SET last_seen_mono = ?2, last_seen_real = ?3, imported = ?4"
		      " WHERE id = ?1",
		      INT(store->boot), INT(last.mono_us), INT(last.real_us),
		      INT(complete ? IMPORT_DONE : IMPORT_STARTED));
	return r < 0 ? r : store_boot_close_others(store);
}
