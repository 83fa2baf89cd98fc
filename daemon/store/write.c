#include "daemon/store/write.h"

#include <errno.h>
#include <string.h>

#include "daemon/store/db.h"
#include "daemon/store/lookup.h"
#include "daemon/store/row.h"
#include "daemon/store/traffic.h"

static int
put_event(struct store *store, const struct ls_event *event)
{
	int64_t port = 0;
	int r = store_put_port(store, &event->socket, &port);

	if (r < 0)
		return r;
	return store_run(store,
			 "INSERT INTO events (boot, port" EVENT_COLUMNS ")"
			 " VALUES (?, ?" EVENT_PARAMETERS ")",
			 INT(store->boot), ID(port), FIELDS(STORE_ROW_EVENT, event));
}

static int
put_gap(struct store *store, const struct ls_gap *gap)
{
	return store_run(store,
			 "INSERT INTO gaps (id, boot" GAP_COLUMNS ")"
			 " VALUES (?, ?" GAP_PARAMETERS ")"
			 " ON CONFLICT (id) DO UPDATE SET boot = boot" GAP_UPDATES,
			 INT(gap->id), INT(store->boot), FIELDS(STORE_ROW_GAP, gap));
}

/* The ids of what took part, as they are found or added; 0: none. */
struct parts {
	int64_t port, description, cable, chain;
};

static int
put_session_row(struct store *store, const struct ls_session *session, const struct parts *parts)
{
	return store_run(
		store,
		"INSERT INTO sessions (id, boot, port, description, cable, chain" SESSION_COLUMNS
		") VALUES (?, ?, ?, ?, ?, ?" SESSION_PARAMETERS ")"
		" ON CONFLICT (id) DO UPDATE SET port = excluded.port,"
		" description = excluded.description, cable = excluded.cable,"
		" chain = excluded.chain" SESSION_UPDATES,
		INT(session->id), INT(store->boot), ID(parts->port), ID(parts->description),
		ID(parts->cable), ID(parts->chain), FIELDS(STORE_ROW_SESSION, session));
}

static int
put_incident_row(struct store *store, const struct ls_incident *incident, const struct parts *parts)
{
	return store_run(store,
			 "INSERT INTO incidents (id, boot, port, description" INCIDENT_COLUMNS ")"
			 " VALUES (?, ?, ?, ?" INCIDENT_PARAMETERS ")"
			 " ON CONFLICT (id) DO UPDATE SET port = excluded.port,"
			 " description = excluded.description" INCIDENT_UPDATES,
			 INT(incident->id), INT(store->boot), ID(parts->port),
			 ID(parts->description), FIELDS(STORE_ROW_INCIDENT, incident));
}

static int
put_evidence_row(struct store *store, int64_t incident, int place,
		 const struct ls_evidence *evidence)
{
	return store_run(store,
			 "INSERT OR REPLACE INTO evidence (incident, n" EVIDENCE_COLUMNS ")"
			 " VALUES (?, ?" EVIDENCE_PARAMETERS ")",
			 INT(incident), INT(place), FIELDS(STORE_ROW_EVIDENCE, evidence));
}

struct stay {
	int64_t id; /* 0: none */
	int64_t began_mono, began_real;
};

static int
open_stay(struct store *store, int64_t session, struct stay *ret)
{
	store_rows_auto rows = store_query(store,
					   "SELECT id, began_mono, began_real FROM stays"
					   " WHERE session = ?1 AND ended_real IS NULL",
					   INT(session));
	int r = store_next(&rows);

	*ret = (struct stay){ 0 };
	if (r != 1)
		return r;
	*ret = (struct stay){ store_int(&rows, 0), store_int(&rows, 1), store_int(&rows, 2) };
	return 0;
}

/* When a presence of @connected_us ended in real time: the monotonic clock stops during sleep. */
static int64_t
end_of_stay(const struct ls_session *session, const struct stay *stay, int64_t connected_us)
{
	bool consistent = (int64_t)session->ended.mono_us - stay->began_mono == connected_us;

	return consistent && session->ended.real_us >= stay->began_real
		       ? session->ended.real_us
		       : stay->began_real + connected_us;
}

static int
add_stay(struct store *store, int64_t session, struct ls_instant began)
{
	return store_run(store,
			 "INSERT INTO stays (session, began_mono, began_real, ended_real,"
			 " connected_us) VALUES (?1, ?2, ?3, NULL, 0)",
			 INT(session), INT(began.mono_us), INT(began.real_us));
}

/* One that began and ended between two records. */
static int
add_ended_stay(struct store *store, const struct ls_session *session, int64_t connected_us)
{
	return store_run(store,
			 "INSERT INTO stays (session, began_mono, began_real, ended_real,"
			 " connected_us) VALUES (?1, ?2, ?3, ?4, ?5)",
			 INT(session->id), INT(session->ended.mono_us - (uint64_t)connected_us),
			 INT(session->ended.real_us - connected_us), INT(session->ended.real_us),
			 INT(connected_us));
}

/*
 * The stays of a session, from its latest record. connected_us grows only when a presence ends,
 * so what it grew by since the last record is the length of that presence.
 */
static int
put_stays(struct store *store, const struct ls_session *session, int64_t connected_before)
{
	int64_t grown = (int64_t)session->connected_us - connected_before;
	struct ls_instant since = session->present_since;
	struct stay stay;
	int r = open_stay(store, session->id, &stay);

	if (r < 0)
		return r;
	if (session->present && stay.id && stay.began_mono == (int64_t)since.mono_us)
		return 0;
	grown = grown > 0 ? grown : 0;
	if (stay.id)
		r = store_run(store,
			      "UPDATE stays SET ended_real = ?2, connected_us = ?3 WHERE id = ?1",
			      INT(stay.id), INT(end_of_stay(session, &stay, grown)), INT(grown));
	else if (grown > 0)
		r = add_ended_stay(store, session, grown);
	return r == 0 && session->present ? add_stay(store, session->id, since) : r;
}

static int
put_session(struct store *store, const struct ls_session *session)
{
	int64_t connected_before = 0;
	struct parts parts = { 0 };
	int r = store_get(store, &connected_before,
			  "SELECT connected_us FROM sessions WHERE id = ?1", INT(session->id));

	if (r >= 0)
		r = store_put_port(store, &session->socket, &parts.port);
	if (r >= 0)
		r = store_put_device(store, &session->device, parts.port, &parts.description);
	if (r >= 0 && session->cable[0])
		r = store_put_cable(store, session->cable, &parts.cable);
	if (r >= 0 && session->hubs_known)
		r = store_put_chain(store, session->hubs, &parts.chain);
	if (r >= 0)
		r = put_session_row(store, session, &parts);
	return r < 0 ? r : put_stays(store, session, connected_before);
}

static bool
same_evidence(const struct ls_evidence *a, const struct ls_evidence *b)
{
	return a->at.mono_us == b->at.mono_us && a->at.real_us == b->at.real_us &&
	       a->source == b->source && strcmp(a->what, b->what) == 0;
}

/* Marks the places whose evidence is stored already; @same has room for all. */
static int
compare_evidence(struct store *store, const struct ls_incident *incident, int n, bool *same)
{
	store_rows_auto rows = store_query(store, EVIDENCE_SELECT, INT(incident->id));
	int r;

	while ((r = store_next(&rows)) == 1) {
		struct ls_evidence kept;
		int64_t place = store_int(&rows, 0);

		(void)store_read_fields(&rows, 1, STORE_ROW_EVIDENCE, &kept);
		if (place >= 0 && place < n)
			same[place] = same_evidence(&kept, &incident->evidence[place]);
	}
	return r;
}

static int
delete_evidence(struct store *store, int64_t incident, int from)
{
	return store_run(store, "DELETE FROM evidence WHERE incident = ?1 AND n >= ?2",
			 INT(incident), INT(from));
}

/* The incident of a flapping device is written hundreds of times: write only what changed. */
static int
put_evidence(struct store *store, const struct ls_incident *incident)
{
	bool same[LS_EVIDENCE_MAX] = { false };
	int n = incident->n_evidence < LS_EVIDENCE_MAX ? (int)incident->n_evidence
						       : LS_EVIDENCE_MAX;
	int r = compare_evidence(store, incident, n, same);

	for (int i = 0; i < n && r == 0; i++) {
		if (!same[i])
			r = put_evidence_row(store, incident->id, i, &incident->evidence[i]);
	}
	return r < 0 ? r : delete_evidence(store, incident->id, n);
}

static int
put_incident(struct store *store, const struct ls_incident *incident)
{
	struct parts parts = { 0 };
	int r = store_put_port(store, &incident->socket, &parts.port);

	if (r >= 0 && incident->has_device)
		r = store_put_device(store, &incident->device, parts.port, &parts.description);
	if (r >= 0)
		r = put_incident_row(store, incident, &parts);
	return r < 0 ? r : put_evidence(store, incident);
}

static int
put_absorbed(struct store *store, int64_t id, int64_t into)
{
	int r = store_run(store, "UPDATE events SET incident = ?2 WHERE incident = ?1", INT(id),
			  INT(into));

	if (r == 0)
		r = delete_evidence(store, id, 0);
	if (r == 0) /* where both have a tail, that of the other one stays */
		r = store_run(store, "UPDATE OR IGNORE tails SET incident = ?2 WHERE incident = ?1",
			      INT(id), INT(into));
	if (r == 0)
		r = store_run(store, "DELETE FROM tails WHERE incident = ?1", INT(id));
	if (r == 0)
		r = store_run(store, "DELETE FROM incidents WHERE id = ?1", INT(id));
	return r;
}

int
store_put_record(struct store *store, const struct ls_record *record)
{
	switch (record->kind) {
	case LS_RECORD_EVENT:
		return put_event(store, record->event);
	case LS_RECORD_SESSION:
		return put_session(store, record->session);
	case LS_RECORD_INCIDENT:
		return put_incident(store, record->incident);
	case LS_RECORD_ABSORBED:
		return put_absorbed(store, record->absorbed.id, record->absorbed.into);
	case LS_RECORD_GAP:
		return put_gap(store, record->gap);
	case LS_RECORD_TRAFFIC:
		return store_put_traffic(store, record->traffic);
	case LS_RECORD_TAIL:
		return store_put_tail(store, record->tail);
	default:
		return -EINVAL;
	}
}
