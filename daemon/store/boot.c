#include "daemon/store/boot.h"

#include <errno.h>

#include "daemon/store/db.h"
#include "daemon/store/row.h"
#include "lib/wire/wire.h"

/* When a linkstatd was last alive; *boot is the row of its boot. 1, or 0 if there was none. */
static int
read_last_alive(struct store *store, int64_t *boot)
{
	store_rows_auto rows =
		store_query(store, "SELECT last_seen_mono, last_seen_real, id FROM boots"
				   " WHERE imported = 0 ORDER BY id DESC LIMIT 1");
	int r = store_next(&rows);

	if (r != 1)
		return r;
	store->last_alive.mono_us = (uint64_t)store_int(&rows, 0);
	store->last_alive.real_us = store_int(&rows, 1);
	*boot = store_int(&rows, 2);
	return 1;
}

/* last_seen of a boot that is known stays: the time without linkstatd is not reported yet. */
static int
find_or_add_boot(struct store *store)
{
	int r = store_get(store, &store->boot, "SELECT id FROM boots WHERE boot_id = ?1",
			  TEXT(store->boot_id));

	if (r == 0)
		return store_insert(store, &store->boot,
				    "INSERT INTO boots (first_seen_mono, first_seen_real,"
				    " last_seen_mono, last_seen_real, boot_id, version)"
				    " VALUES (?1, ?2, ?1, ?2, ?3, ?4)",
				    INT(store->now.mono_us), INT(store->now.real_us),
				    TEXT(store->boot_id), TEXT(store->version));
	return r < 0 ? r : 0;
}

/* Before the sessions, which have the boot. */
static int
close_stays(struct store *store)
{
	return store_run(store,
			 "UPDATE stays SET ended_real = max(stays.began_real, b.last_seen_real),"
			 " connected_us = max(0, b.last_seen_mono - stays.began_mono)"
			 " FROM sessions s, boots b WHERE stays.session = s.id AND b.id = s.boot"
			 " AND stays.ended_real IS NULL AND s.boot <> ?1",
			 INT(store->live_boot));
}

static int
close_sessions(struct store *store)
{
	return store_run(store,
			 "UPDATE sessions SET"
			 " connected_us = connected_us + iif(present,"
			 "  max(0, b.last_seen_mono - present_since_mono), 0),"
			 " ended_mono = iif(present,"
			 "  max(b.last_seen_mono, present_since_mono), ended_mono),"
			 " ended_real = iif(present,"
			 "  max(b.last_seen_real, present_since_real), ended_real),"
			 " open = 0, present = 0"
			 " FROM boots b WHERE b.id = sessions.boot AND open = 1 AND boot <> ?1",
			 INT(store->live_boot));
}

int
store_boot_close_others(struct store *store)
{
	int r = close_stays(store);

	if (r == 0)
		r = close_sessions(store);
	if (r == 0)
		r = store_run(store,
			      "UPDATE incidents SET open = 0,"
			      " closed_mono = max(opened_mono, b.last_seen_mono),"
			      " closed_real = max(opened_real, b.last_seen_real)"
			      " FROM boots b WHERE b.id = incidents.boot AND open = 1"
			      " AND boot <> ?1",
			      INT(store->live_boot));
	if (r == 0)
		r = store_run(store,
			      "UPDATE gaps SET open = 0,"
			      " ended_mono = max(began_mono, b.last_seen_mono),"
			      " ended_real = max(began_real, b.last_seen_real)"
			      " FROM boots b WHERE b.id = gaps.boot AND open = 1 AND boot <> ?1",
			      INT(store->live_boot));
	return r;
}

/* Those of this boot as well: a job does not outlive the linkstatd that ran it. */
static int
close_jobs(struct store *store)
{
	return store_run(store,
			 "UPDATE jobs SET outcome = 'lost', ended_real = max(began_real,"
			 " (SELECT last_seen_real FROM boots WHERE id = jobs.boot))"
			 " WHERE outcome = 'running' AND boot <= ?1",
			 INT(store->boot));
}

/* The engine does not take up gaps again: a source that is still unavailable opens a new one. */
static int
close_own_gaps(struct store *store)
{
	return store_run(store,
			 "UPDATE gaps SET open = 0, ended_mono = max(began_mono, ?2),"
			 " ended_real = max(began_real, ?3) WHERE open = 1 AND boot = ?1",
			 INT(store->boot), INT(store->now.mono_us), INT(store->now.real_us));
}

static int
mark(struct store *store)
{
	int64_t last_boot = 0;
	int r = read_last_alive(store, &last_boot);

	if (r < 0)
		return r;
	store->has_last_alive = r == 1;
	r = find_or_add_boot(store);
	store->last_alive_same_boot = store->has_last_alive && last_boot == store->boot;
	store->live_boot = store->boot;
	if (r == 0)
		r = store_import_abandon(store);
	if (r == 0)
		r = store_boot_close_others(store);
	if (r == 0)
		r = close_jobs(store);
	return r < 0 ? r : close_own_gaps(store);
}

int
store_boot_mark(struct store *store)
{
	int r = store_exec(store, "BEGIN IMMEDIATE");

	if (r < 0)
		return r;
	r = mark(store);
	if (r == 0)
		r = store_exec(store, "COMMIT");
	if (r < 0)
		(void)store_exec(store, "ROLLBACK");
	return r;
}

int
store_kmsg_seq(struct store *store, uint64_t *seq)
{
	int64_t value = 0;
	int r = store_get(store, &value,
			  "SELECT kmsg_seq FROM boots WHERE id = ?1 AND kmsg_seq IS NOT NULL",
			  INT(store->boot));

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
	store_rows_auto rows = store_query(
		store, "SELECT max(ifnull((SELECT max(id) FROM incidents), 0),"
		       "  ifnull((SELECT max(incident) FROM events WHERE incident IS NOT NULL), 0),"
		       "  ifnull((SELECT max(incident) FROM tails), 0)) + 1,"
		       " max(ifnull((SELECT max(id) FROM sessions), 0),"
		       "  ifnull((SELECT max(session) FROM traffic), 0)) + 1,"
		       " ifnull((SELECT max(id) FROM gaps), 0) + 1");
	int r = store_next(&rows);

	if (r != 1)
		return r < 0 ? r : -EIO;
	config->next_incident_id = store_int(&rows, 0);
	config->next_session_id = store_int(&rows, 1);
	config->next_gap_id = store_int(&rows, 2);
	return 0;
}

static int
visit_sessions(struct store *store, ls_session_fn visit, void *user)
{
	store_rows_auto rows =
		store_query(store, SESSION_SELECT " WHERE r.open = 1 AND r.boot = ?1 ORDER BY r.id",
			    INT(store->boot));
	struct ls_session session;
	int r;

	while ((r = store_next(&rows)) == 1) {
		store_read_session(&rows, &session);
		visit(&session, user);
	}
	return r;
}

static int
visit_incidents(struct store *store, store_incident_fn visit, void *user)
{
	store_rows_auto rows = store_query(
		store, INCIDENT_SELECT " WHERE r.open = 1 AND r.boot = ?1 ORDER BY r.id",
		INT(store->boot));
	struct ls_incident incident;
	struct ls_labels labels;
	int r;

	while ((r = store_next(&rows)) == 1) {
		r = store_read_incident(&rows, &incident, &labels);
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
	/* Not without the records that were concluded from it. */
	if (store->batch_error)
		return store->batch_error;
	return store_run(store, "UPDATE boots SET kmsg_seq = ?2 WHERE id = ?1", INT(store->boot),
			 INT(seq));
}

int
store_set_alive(struct store *store, struct ls_instant now)
{
	store->now = now;
	if (store->batch_error)
		return store->batch_error;
	return store_run(store,
			 "UPDATE boots SET last_seen_mono = ?2, last_seen_real = ?3 WHERE id = ?1",
			 INT(store->boot), INT(now.mono_us), INT(now.real_us));
}

int
store_import_abandon(struct store *store)
{
	int r = store_run(store, "UPDATE boots SET imported = 4 WHERE imported = 1");
	int64_t n = 0;

	if (r == 0)
		r = store_get(store, &n, "SELECT count(*) FROM boots WHERE imported = 4");
	store->undoes = store->undoes || n > 0;
	return r < 0 ? r : 0;
}
