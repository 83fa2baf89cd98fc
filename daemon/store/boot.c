#include "daemon/store/boot.h"

#include <errno.h>

#include "daemon/store/db.h"
#include "daemon/store/row.h"
#include "daemon/store/statements.h"
#include "lib/wire/wire.h"

/* When a linkstatd was last alive; *boot is the row of its boot. 1, or 0 if there was none. */
static int
read_last_alive(struct store *store, int64_t *boot)
{
	int r = 0;
	store_stmt_auto *stmt = store_prepare(store, STORE_BOOT_LAST, &r);

	if (!stmt)
		return r;
	r = store_step(store, stmt);
	if (r != 1)
		return r;
	store->last_alive.mono_us = (uint64_t)sqlite3_column_int64(stmt, 0);
	store->last_alive.real_us = sqlite3_column_int64(stmt, 1);
	*boot = sqlite3_column_int64(stmt, 2);
	return 1;
}

static int
add_boot(struct store *store)
{
	const int64_t now[] = { (int64_t)store->now.mono_us, store->now.real_us };
	int r = 0;
	store_stmt_auto *stmt = store_prepare(store, STORE_BOOT_ADD, &r);

	if (!stmt)
		return r;
	(void)store_bind_ids(stmt, now, LS_COUNT(now));
	(void)sqlite3_bind_text(stmt, 3, store->boot_id, -1, SQLITE_STATIC);
	(void)sqlite3_bind_text(stmt, 4, store->version, -1, SQLITE_STATIC);
	r = store_step(store, stmt);
	if (r == 0)
		store->boot = sqlite3_last_insert_rowid(store->db);
	return r;
}

static int
find_boot(struct store *store)
{
	int r = 0;
	store_stmt_auto *stmt = store_prepare(store, STORE_BOOT_FIND, &r);

	if (!stmt)
		return r;
	(void)sqlite3_bind_text(stmt, 1, store->boot_id, -1, SQLITE_STATIC);
	r = store_step(store, stmt);
	if (r == 1)
		store->boot = sqlite3_column_int64(stmt, 0);
	return r;
}

int
store_boot_close_others(struct store *store)
{
	static const enum store_stmt closing[] = {
		STORE_CLOSE_STAYS, /* before the sessions, which tell it the boot */
		STORE_CLOSE_SESSIONS,
		STORE_CLOSE_INCIDENTS,
		STORE_CLOSE_GAPS,
	};
	int r = 0;

	for (size_t i = 0; i < LS_COUNT(closing) && r == 0; i++)
		r = store_run(store, closing[i], &store->live_boot, 1);
	return r;
}

static int
mark(struct store *store)
{
	int64_t own[] = { 0, (int64_t)store->now.mono_us, store->now.real_us }, last_boot = 0;
	int r = read_last_alive(store, &last_boot);

	if (r < 0)
		return r;
	store->has_last_alive = r == 1;
	r = find_boot(store);
	/* last_seen of a boot that is known stays: the time without linkstatd is still untold. */
	if (r == 0)
		r = add_boot(store);
	store->last_alive_same_boot = store->has_last_alive && last_boot == store->boot;
	store->live_boot = store->boot;
	if (r >= 0)
		r = store_import_clean(store);
	if (r >= 0)
		r = store_boot_close_others(store);
	if (r >= 0)
		r = store_run(store, STORE_CLOSE_JOBS, &store->boot, 1);
	/* The engine does not take up gaps again: a source that is still blind opens a new one. */
	own[0] = store->boot;
	return r < 0 ? r : store_run(store, STORE_CLOSE_OWN_GAPS, own, LS_COUNT(own));
}

int
store_boot_mark(struct store *store)
{
	int r = store_run(store, STORE_BEGIN, NULL, 0);

	if (r < 0)
		return r;
	r = mark(store);
	if (r == 0)
		r = store_run(store, STORE_COMMIT, NULL, 0);
	if (r < 0)
		(void)store_run(store, STORE_ROLLBACK, NULL, 0);
	return r;
}

int
store_kmsg_seq(struct store *store, uint64_t *seq)
{
	int64_t value = 0;
	int r = store_ask(store, STORE_BOOT_SEQ, &store->boot, 1, &value);

	if (r == 1)
		*seq = (uint64_t)value;
	return r;
}

int
store_last_alive(struct store *store, struct ls_instant *at, bool *same_boot)
{
	if (!store->has_last_alive)
		return 0;
	*at = store->last_alive;
	*same_boot = store->last_alive_same_boot;
	return 1;
}

int
store_next_ids(struct store *store, struct ls_engine_config *config)
{
	int r = 0;
	store_stmt_auto *stmt = store_prepare(store, STORE_NEXT_IDS, &r);

	if (!stmt)
		return r;
	r = store_step(store, stmt);
	if (r != 1)
		return r < 0 ? r : -EIO;
	config->next_incident_id = sqlite3_column_int64(stmt, 0);
	config->next_session_id = sqlite3_column_int64(stmt, 1);
	config->next_gap_id = sqlite3_column_int64(stmt, 2);
	return 0;
}

static int
visit_sessions(struct store *store, ls_session_fn visit, void *user)
{
	struct ls_session session;
	int r = 0;
	store_stmt_auto *stmt = store_prepare(store, STORE_OPEN_SESSIONS, &r);

	if (!stmt)
		return r;
	(void)store_bind_ids(stmt, &store->boot, 1);
	while ((r = store_step(store, stmt)) == 1) {
		store_read_session(stmt, &session);
		visit(&session, user);
	}
	return r;
}

static int
visit_incidents(struct store *store, store_incident_fn visit, void *user)
{
	struct ls_incident incident;
	struct ls_labels labels;
	int r = 0;
	store_stmt_auto *stmt = store_prepare(store, STORE_OPEN_INCIDENTS, &r);

	if (!stmt)
		return r;
	(void)store_bind_ids(stmt, &store->boot, 1);
	while ((r = store_step(store, stmt)) == 1) {
		r = store_read_incident(store, stmt, &incident, &labels);
		if (r < 0)
			return r;
		visit(&incident, user);
	}
	return r;
}

int
store_visit_open(struct store *store, ls_session_fn on_session, store_incident_fn on_incident,
		 void *user)
{
	int r = visit_sessions(store, on_session, user);

	return r < 0 ? r : visit_incidents(store, on_incident, user);
}

int
store_set_kmsg_seq(struct store *store, uint64_t seq)
{
	const int64_t ids[] = { store->boot, (int64_t)seq };

	/* Not without the records that were concluded from it. */
	if (store->batch_error)
		return store->batch_error;
	return store_run(store, STORE_BOOT_SET_SEQ, ids, LS_COUNT(ids));
}

int
store_set_alive(struct store *store, struct ls_instant now)
{
	const int64_t ids[] = { store->boot, (int64_t)now.mono_us, now.real_us };

	store->now = now;
	if (store->batch_error)
		return store->batch_error;
	return store_run(store, STORE_BOOT_SET_ALIVE, ids, LS_COUNT(ids));
}

int
store_import_clean(struct store *store)
{
	static const enum store_stmt cuts[] = {
		STORE_IMPORT_CUT_EVIDENCE, STORE_IMPORT_CUT_STAYS,  STORE_IMPORT_CUT_INCIDENTS,
		STORE_IMPORT_CUT_SESSIONS, STORE_IMPORT_CUT_EVENTS, STORE_IMPORT_CUT_GAPS,
		STORE_IMPORT_UNDONE,
	};
	int64_t unfinished = 0;
	int r = store_ask(store, STORE_IMPORT_UNFINISHED, NULL, 0, &unfinished);

	r = r < 0 ? r : 0;
	for (size_t i = 0; i < LS_COUNT(cuts) && r == 0 && unfinished > 0; i++)
		r = store_run(store, cuts[i], NULL, 0);
	return r;
}
