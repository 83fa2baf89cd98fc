#include "daemon/store/write.h"

#include <errno.h>
#include <string.h>

#include "daemon/store/db.h"
#include "daemon/store/lookup.h"
#include "daemon/store/row.h"
#include "daemon/store/traffic.h"

/* One row of a table: its keys, 0 for NULL, then the fields. */
static int
put_row(struct store *store, enum store_stmt which, const int64_t *keys, enum store_row row,
	const void *from)
{
	static const int n_keys[] = {
		[STORE_ROW_SESSION] = 6, [STORE_ROW_INCIDENT] = 4, [STORE_ROW_EVENT] = 2,
		[STORE_ROW_GAP] = 2,	 [STORE_ROW_EVIDENCE] = 2,
	};
	/* An id or place of 0 is a value, that of a port or a description is none. */
	bool zero_is_null = row != STORE_ROW_EVIDENCE;
	int r = 0;
	store_stmt_auto *stmt = store_prepare(store, which, &r);

	if (!stmt)
		return r;
	for (int i = 0; i < n_keys[row]; i++) {
		if (keys[i] || !zero_is_null)
			(void)sqlite3_bind_int64(stmt, i + 1, keys[i]);
	}
	(void)store_bind_row(stmt, n_keys[row] + 1, row, from);
	return store_step(store, stmt);
}

static int
put_event(struct store *store, const struct ls_event *event)
{
	int64_t keys[4] = { store->boot };
	int r = store_put_port(store, &event->socket, &keys[1]);

	return r < 0 ? r : put_row(store, STORE_EVENT_PUT, keys, STORE_ROW_EVENT, event);
}

struct stay {
	int64_t id; /* 0: none */
	int64_t began_mono, began_real;
};

static int
open_stay(struct store *store, int64_t session, struct stay *ret)
{
	int r = 0;
	store_stmt_auto *stmt = store_prepare(store, STORE_STAY_OPEN, &r);

	*ret = (struct stay){ 0 };
	if (!stmt)
		return r;
	(void)store_bind_ids(stmt, &session, 1);
	r = store_step(store, stmt);
	if (r != 1)
		return r;
	ret->id = sqlite3_column_int64(stmt, 0);
	ret->began_mono = sqlite3_column_int64(stmt, 1);
	ret->began_real = sqlite3_column_int64(stmt, 2);
	return 0;
}

/* When a presence of @connected_us ended for people: asleep, the monotonic clock stood still. */
static int64_t
end_of_stay(const struct ls_session *session, const struct stay *stay, int64_t connected_us)
{
	bool told = (int64_t)session->ended.mono_us - stay->began_mono == connected_us;

	return told && session->ended.real_us >= stay->began_real ? session->ended.real_us
								  : stay->began_real + connected_us;
}

static int
add_stay(struct store *store, int64_t session, struct ls_instant began, const int64_t ended[2])
{
	int r = 0;
	store_stmt_auto *stmt = store_prepare(store, STORE_STAY_ADD, &r);

	if (!stmt)
		return r;
	(void)sqlite3_bind_int64(stmt, 1, session);
	(void)sqlite3_bind_int64(stmt, 2, (int64_t)began.mono_us);
	(void)sqlite3_bind_int64(stmt, 3, began.real_us);
	if (ended)
		(void)sqlite3_bind_int64(stmt, 4, ended[0]);
	(void)sqlite3_bind_int64(stmt, 5, ended ? ended[1] : 0);
	return store_step(store, stmt);
}

/*
 * What the edge of a session says of its presence. connected_us grows only when a presence ends,
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
	if (stay.id) {
		const int64_t end[] = { stay.id, end_of_stay(session, &stay, grown), grown };

		r = store_run(store, STORE_STAY_END, end, LS_COUNT(end));
	} else if (grown > 0) { /* begun and ended between two records */
		const int64_t end[] = { session->ended.real_us, grown };
		struct ls_instant began = { session->ended.mono_us - (uint64_t)grown,
					    session->ended.real_us - grown };

		r = add_stay(store, session->id, began, end);
	}
	return r == 0 && session->present ? add_stay(store, session->id, since, NULL) : r;
}

static int
put_session(struct store *store, const struct ls_session *session)
{
	int64_t keys[6] = { session->id, store->boot }, connected_before = 0;
	int r = store_ask(store, STORE_SESSION_CONNECTED, &session->id, 1, &connected_before);

	if (r >= 0)
		r = store_put_port(store, &session->socket, &keys[2]);
	if (r >= 0)
		r = store_put_device(store, &session->device, keys[2], &keys[3]);
	if (r >= 0 && session->cable[0])
		r = store_text_row(store, STORE_CABLE_FIND, session->cable, &keys[4]);
	if (r >= 0 && session->hubs_known)
		r = store_text_row(store, STORE_CHAIN_FIND, session->hubs, &keys[5]);
	if (r >= 0)
		r = put_row(store, STORE_SESSION_PUT, keys, STORE_ROW_SESSION, session);
	return r < 0 ? r : put_stays(store, session, connected_before);
}

static bool
same_evidence(const struct ls_evidence *a, const struct ls_evidence *b)
{
	return a->at.mono_us == b->at.mono_us && a->at.real_us == b->at.real_us &&
	       a->source == b->source && strcmp(a->what, b->what) == 0;
}

/* Finds out which places hold what they should already; @same has room for all. */
static int
compare_evidence(struct store *store, const struct ls_incident *incident, int n, bool *same)
{
	int r = 0;
	store_stmt_auto *stmt = store_prepare(store, STORE_EVIDENCE_GET, &r);

	if (!stmt)
		return r;
	(void)store_bind_ids(stmt, &incident->id, 1);
	while ((r = store_step(store, stmt)) == 1) {
		struct ls_evidence kept;
		int place = sqlite3_column_int(stmt, 0);

		(void)store_read_row(stmt, 1, STORE_ROW_EVIDENCE, &kept);
		if (place >= 0 && place < n)
			same[place] = same_evidence(&kept, &incident->evidence[place]);
	}
	return r;
}

/* A flapping device is put hundreds of times: only what changed is written. */
static int
put_evidence(struct store *store, const struct ls_incident *incident)
{
	bool same[LS_EVIDENCE_MAX] = { false };
	int n = incident->n_evidence < LS_EVIDENCE_MAX ? (int)incident->n_evidence
						       : LS_EVIDENCE_MAX;
	const int64_t cut[] = { incident->id, n };
	int r = compare_evidence(store, incident, n, same);

	for (int i = 0; i < n && r == 0; i++) {
		const int64_t keys[] = { incident->id, i };

		if (!same[i])
			r = put_row(store, STORE_EVIDENCE_PUT, keys, STORE_ROW_EVIDENCE,
				    &incident->evidence[i]);
	}
	return r < 0 ? r : store_run(store, STORE_EVIDENCE_CUT, cut, LS_COUNT(cut));
}

static int
put_incident(struct store *store, const struct ls_incident *incident)
{
	int64_t keys[4] = { incident->id, store->boot };
	int r = store_put_port(store, &incident->socket, &keys[2]);

	if (r >= 0 && incident->has_device)
		r = store_put_device(store, &incident->device, keys[2], &keys[3]);
	if (r >= 0)
		r = put_row(store, STORE_INCIDENT_PUT, keys, STORE_ROW_INCIDENT, incident);
	return r < 0 ? r : put_evidence(store, incident);
}

static int
put_absorbed(struct store *store, int64_t id, int64_t into)
{
	const int64_t move[] = { id, into }, cut[] = { id, 0 };
	int r = store_run(store, STORE_ABSORB_EVENTS, move, LS_COUNT(move));

	if (r == 0)
		r = store_run(store, STORE_EVIDENCE_CUT, cut, LS_COUNT(cut));
	if (r == 0) /* where both have a tail, that of the other one stays */
		r = store_run(store, STORE_ABSORB_TAIL, move, LS_COUNT(move));
	if (r == 0)
		r = store_run(store, STORE_TAIL_CUT, &id, 1);
	return r < 0 ? r : store_run(store, STORE_ABSORB_INCIDENT, &id, 1);
}

int
store_put_record(struct store *store, const struct ls_record *record)
{
	const int64_t gap[4] = { record->kind == LS_RECORD_GAP ? record->gap->id : 0, store->boot };

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
		return put_row(store, STORE_GAP_PUT, gap, STORE_ROW_GAP, record->gap);
	case LS_RECORD_TRAFFIC:
		return store_put_traffic(store, record->traffic);
	case LS_RECORD_TAIL:
		return store_put_tail(store, record->tail);
	default:
		return -EINVAL;
	}
}
