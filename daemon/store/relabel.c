#include "daemon/store/relabel.h"

#include <string.h>

#include "daemon/store/db.h"
#include "daemon/store/lookup.h"
#include "daemon/store/row.h"
#include "daemon/store/store.h"

/* 1: found, with what held until now; 0: nothing was there then. */
static int
find_session(struct store *store, struct store_relabelling *it, int64_t *id, int64_t *began_us)
{
	store_rows_auto rows =
		store_query(store,
			    "SELECT s.id, s.began_real, ifnull(c.label, '') FROM sessions s"
			    " JOIN ports p ON p.id = s.port LEFT JOIN cables c ON c.id = s.cable"
			    " WHERE p.id_path = ?1 AND (?2 OR (s.began_real <= ?3"
			    " AND (s.open = 1 OR s.ended_real > ?3)))"
			    " ORDER BY s.open DESC, s.began_real DESC LIMIT 1",
			    TEXT(it->socket.id_path), INT(it->from_begin), INT(it->since_us));
	int r = store_next(&rows);

	if (r != 1)
		return r;
	*id = store_int(&rows, 0);
	*began_us = store_int(&rows, 1);
	store_read_text(&rows, 2, it->before, sizeof(it->before));
	return 1;
}

/* The session @id ends at @at_us, and @next takes over. */
struct split {
	int64_t id, next, at_us;
};

/* The monotonic clock is taken to have run as the other one did, and data to have flowed in both parts
 * for the same share of the time: that share is all that is asked of the last three. */
static int
add_session(struct store *store, const struct split *split)
{
	return store_run(
		store,
		"INSERT INTO sessions (id, boot, port, description, cable, name, link, devnum,"
		" began_mono, began_real, ended_mono, ended_real, connected_us, present_since_mono,"
		" present_since_real, open, present, cable_assumed, chain, mode, counted,"
		" metered_us, flowing_us, neighbour_us)"
		" SELECT ?2, boot, port, description, cable, name, link, devnum,"
		" began_mono + ?3 - began_real, ?3, max(ended_mono, began_mono + ?3 - began_real),"
		" max(ended_real, ?3), connected_us,"
		" max(present_since_mono, began_mono + ?3 - began_real),"
		" max(present_since_real, ?3), open, present, cable_assumed, chain, mode, counted,"
		" metered_us, flowing_us, neighbour_us FROM sessions WHERE id = ?1",
		INT(split->id), INT(split->next), INT(split->at_us));
}

/* The stay that the split lies within, and how much of its time was before. */
#define IS_SPLIT "session = ?1 AND began_real < ?2 AND (ended_real IS NULL OR ended_real > ?2)"
#define BEFORE_SPLIT                                                                               \
	"CAST(connected_us * 1.0 * (?2 - began_real) / max(1, ended_real - began_real) AS "        \
	"INTEGER)"

static int
split_stays(struct store *store, const struct split *split)
{
	int r = store_run(store,
			  "UPDATE stays SET session = ?3 WHERE session = ?1 AND began_real >= ?2",
			  INT(split->id), INT(split->at_us), INT(split->next));

	if (r == 0)
		r = store_run(
			store,
			"INSERT INTO stays (session, began_mono, began_real, ended_real,"
			" connected_us) SELECT ?3, began_mono + ?2 - began_real, ?2, ended_real,"
			" iif(ended_real IS NULL, 0, connected_us - " BEFORE_SPLIT ")"
			" FROM stays WHERE " IS_SPLIT,
			INT(split->id), INT(split->at_us), INT(split->next));
	if (r == 0)
		r = store_run(store,
			      "UPDATE stays SET connected_us = iif(ended_real IS NULL,"
			      " ?2 - began_real, " BEFORE_SPLIT "), ended_real = ?2"
			      " WHERE " IS_SPLIT,
			      INT(split->id), INT(split->at_us));
	return r;
}

static int
end_session(struct store *store, const struct split *split)
{
	int r = store_run(
		store,
		"UPDATE sessions SET open = 0, present = 0, ended_real = max(began_real, ifnull("
		"(SELECT max(ended_real) FROM stays WHERE session = ?1), ?2)),"
		" ended_mono = began_mono + max(0, ?2 - began_real) WHERE id = ?1",
		INT(split->id), INT(split->at_us));

	if (r == 0)
		r = store_run(store,
			      "UPDATE sessions SET connected_us = ifnull("
			      "(SELECT sum(t.connected_us) FROM stays t"
			      " WHERE t.session = sessions.id), 0) WHERE id IN (?1, ?2)",
			      INT(split->id), INT(split->next));
	return r;
}

/* The minute in which it was goes with what comes after it. */
static int
split_traffic(struct store *store, const struct split *split)
{
	int r = store_run(store,
			  "UPDATE traffic SET session = ?2"
			  " WHERE session = ?1 AND minute_us > ?3 - 60000000",
			  INT(split->id), INT(split->next), INT(split->at_us));

	if (r == 0)
		r = store_run(store,
			      "UPDATE traffic_errors SET session = ?2"
			      " WHERE session = ?1 AND minute_us > ?3 - 60000000",
			      INT(split->id), INT(split->next), INT(split->at_us));
	if (r == 0)
		r = store_run(store,
			      "UPDATE traffic_latency SET session = ?2"
			      " WHERE session = ?1 AND minute_us > ?3 - 60000000",
			      INT(split->id), INT(split->next), INT(split->at_us));
	return r;
}

static int
split_session(struct store *store, const struct split *split)
{
	int r = add_session(store, split);

	if (r == 0)
		r = split_stays(store, split);
	if (r == 0)
		r = end_session(store, split);
	if (r == 0)
		r = store_run(store,
			      "UPDATE incidents SET session = ?2"
			      " WHERE session = ?1 AND opened_real >= ?3",
			      INT(split->id), INT(split->next), INT(split->at_us));
	return r < 0 ? r : split_traffic(store, split);
}

/* Later stays of the same device here follow, until a statement says otherwise. */
static int
set_cable(struct store *store, int64_t session, int64_t cable)
{
	int r = store_run(store, "UPDATE sessions SET cable = ?2, cable_assumed = 0 WHERE id = ?1",
			  INT(session), ID(cable));

	if (r == 0)
		r = store_run(store,
			      "UPDATE sessions SET cable = ?2, cable_assumed = ?2 IS NOT NULL"
			      " FROM sessions s JOIN descriptions sd ON sd.id = s.description,"
			      " descriptions d WHERE s.id = ?1 AND sessions.port = s.port"
			      " AND d.id = sessions.description AND d.device = sd.device"
			      " AND sessions.id <> s.id AND sessions.began_real > s.began_real"
			      " AND (sessions.cable IS NULL OR sessions.cable_assumed = 1)"
			      " AND NOT EXISTS (SELECT 1 FROM statements x WHERE x.port = s.port"
			      "  AND x.about = 'cable' AND x.since_real > s.began_real"
			      "  AND x.since_real <= sessions.began_real)",
			      INT(session), ID(cable));
	return r;
}

static int
relabel(struct store *store, struct store_relabelling *it)
{
	int64_t id = 0, began_us = 0, cable = 0;
	int r = find_session(store, it, &id, &began_us);

	if (r != 1)
		return r;
	it->split = 0;
	it->session = id;
	if (it->from_begin)
		it->since_us = began_us;
	r = it->cable[0] ? store_put_cable(store, it->cable, &cable) : 0;
	if (r == 0 && it->since_us > began_us && strcmp(it->before, it->cable) != 0) {
		const struct split split = { id, it->spare_id, it->since_us };

		r = split_session(store, &split);
		it->split = id;
		it->session = it->spare_id;
	}
	if (r == 0)
		r = set_cable(store, it->session, cable);
	return r < 0 ? r : 1;
}

int
store_relabel(struct store *store, struct store_relabelling *relabelling)
{
	int r = store_begin(store), committed;

	if (r < 0)
		return r;
	r = relabel(store, relabelling);
	if (r != 1) {
		store_rollback(store);
		return r;
	}
	committed = store_commit(store);
	return committed < 0 ? committed : 1;
}

int
store_latest_session(struct store *store, const char *id_path, struct ls_session *ret)
{
	store_rows_auto rows =
		store_query(store,
			    SESSION_SELECT
			    " WHERE p.id_path = ?1 ORDER BY r.open DESC, r.began_real DESC LIMIT 1",
			    TEXT(id_path));
	int r = store_next(&rows);

	if (r == 1)
		store_read_session(&rows, ret);
	return r;
}
