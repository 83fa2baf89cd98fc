#include "daemon/store/sql.h"

/* SQL in its own layout: clang-format would break it anywhere. */
/* clang-format off */

static const char *const texts[STORE_N_STMTS] = {
	[STORE_BEGIN] = "BEGIN IMMEDIATE",
	[STORE_COMMIT] = "COMMIT",
	[STORE_ROLLBACK] = "ROLLBACK",

	[STORE_BOOT_FIND] =
		"SELECT id FROM boots WHERE boot_id = ?1",
	[STORE_BOOT_ADD] =
		"INSERT INTO boots (first_seen_mono, first_seen_real, last_seen_mono,"
		" last_seen_real, boot_id, version) VALUES (?1, ?2, ?1, ?2, ?3, ?4)",
	[STORE_BOOT_LAST] =
		"SELECT last_seen_mono, last_seen_real, id FROM boots WHERE imported = 0"
		" ORDER BY id DESC LIMIT 1",
	[STORE_BOOT_SEQ] =
		"SELECT kmsg_seq FROM boots WHERE id = ?1 AND kmsg_seq IS NOT NULL",
	[STORE_BOOT_SET_SEQ] =
		"UPDATE boots SET kmsg_seq = ?2 WHERE id = ?1",
	[STORE_BOOT_SET_ALIVE] =
		"UPDATE boots SET last_seen_mono = ?2, last_seen_real = ?3 WHERE id = ?1",

	[STORE_CLOSE_STAYS] =
		"UPDATE stays SET ended_real = max(stays.began_real, b.last_seen_real),"
		" connected_us = max(0, b.last_seen_mono - stays.began_mono)"
		" FROM sessions s, boots b WHERE stays.session = s.id AND b.id = s.boot"
		" AND stays.ended_real IS NULL AND s.boot <> ?1",
	[STORE_CLOSE_SESSIONS] =
		"UPDATE sessions SET"
		" connected_us = connected_us + iif(present,"
		"  max(0, b.last_seen_mono - present_since_mono), 0),"
		" ended_mono = iif(present, max(b.last_seen_mono, present_since_mono), ended_mono),"
		" ended_real = iif(present, max(b.last_seen_real, present_since_real), ended_real),"
		" open = 0, present = 0"
		" FROM boots b WHERE b.id = sessions.boot AND open = 1 AND boot <> ?1",
	[STORE_CLOSE_INCIDENTS] =
		"UPDATE incidents SET open = 0, closed_mono = max(opened_mono, b.last_seen_mono),"
		" closed_real = max(opened_real, b.last_seen_real)"
		" FROM boots b WHERE b.id = incidents.boot AND open = 1 AND boot <> ?1",
	[STORE_CLOSE_GAPS] =
		"UPDATE gaps SET open = 0, ended_mono = max(began_mono, b.last_seen_mono),"
		" ended_real = max(began_real, b.last_seen_real)"
		" FROM boots b WHERE b.id = gaps.boot AND open = 1 AND boot <> ?1",
	[STORE_CLOSE_OWN_GAPS] =
		"UPDATE gaps SET open = 0, ended_mono = max(began_mono, ?2),"
		" ended_real = max(began_real, ?3) WHERE open = 1 AND boot = ?1",

	[STORE_IMPORT_WATCHED] =
		"SELECT first_seen_mono, first_seen_real, last_seen_mono, last_seen_real, id = ?2"
		" FROM boots WHERE boot_id = ?1 AND imported = 0",
	[STORE_IMPORT_FIND] =
		"SELECT id, imported FROM boots WHERE boot_id = ?1 || ' imported'",
	[STORE_IMPORT_ADD] =
		"INSERT INTO boots (id, first_seen_mono, first_seen_real, last_seen_mono,"
		" last_seen_real, boot_id, version, imported)"
		" VALUES (ifnull((SELECT max(id) + 1 FROM boots WHERE id BETWEEN ?1 AND ?1 + 1000), ?1),"
		" ?2, ?3, ?2, ?3, ?4 || ' imported', ?5, 1) ON CONFLICT (boot_id) DO UPDATE SET"
		" imported = 1, first_seen_mono = ?2, first_seen_real = ?3, last_seen_mono = ?2,"
		" last_seen_real = ?3",
	[STORE_IMPORT_SET] =
		"UPDATE boots SET last_seen_mono = ?2, last_seen_real = ?3, imported = ?4 WHERE id = ?1",
	[STORE_IMPORT_UNFINISHED] =
		"SELECT count(*) FROM boots WHERE imported = 1",
	[STORE_IMPORT_CUT_EVIDENCE] =
		"DELETE FROM evidence WHERE incident IN (SELECT id FROM incidents WHERE " HALF_IMPORTED
		")",
	[STORE_IMPORT_CUT_STAYS] =
		"DELETE FROM stays WHERE session IN (SELECT id FROM sessions WHERE " HALF_IMPORTED ")",
	[STORE_IMPORT_CUT_INCIDENTS] = "DELETE FROM incidents WHERE " HALF_IMPORTED,
	[STORE_IMPORT_CUT_SESSIONS] = "DELETE FROM sessions WHERE " HALF_IMPORTED,
	[STORE_IMPORT_CUT_EVENTS] = "DELETE FROM events WHERE " HALF_IMPORTED,
	[STORE_IMPORT_CUT_GAPS] = "DELETE FROM gaps WHERE " HALF_IMPORTED,
	[STORE_IMPORT_UNDONE] = "UPDATE boots SET imported = 3 WHERE imported = 1",
	[STORE_IMPORT_SUMMARY] =
		"SELECT count(*), min(first_seen_real), max(last_seen_real) FROM boots"
		" WHERE imported = 2",

	[STORE_NEXT_IDS] =
		"SELECT max(ifnull((SELECT max(id) FROM incidents), 0),"
		"  ifnull((SELECT max(incident) FROM events WHERE incident IS NOT NULL), 0),"
		"  ifnull((SELECT max(incident) FROM tails), 0)) + 1,"
		" max(ifnull((SELECT max(id) FROM sessions), 0),"
		"  ifnull((SELECT max(session) FROM traffic), 0)) + 1,"
		" ifnull((SELECT max(id) FROM gaps), 0) + 1",
	[STORE_OPEN_SESSIONS] =
		SESSION_SELECT " WHERE r.open = 1 AND r.boot = ?1 ORDER BY r.id",
	[STORE_OPEN_INCIDENTS] =
		INCIDENT_SELECT " WHERE r.open = 1 AND r.boot = ?1 ORDER BY r.id",

	[STORE_PORT_FIND] =
		"SELECT id, (name = ?2 AND boot = ?3) OR boot > ?3 FROM ports WHERE id_path = ?1",
	[STORE_PORT_PUT] =
		"INSERT INTO ports (id_path, name, boot) VALUES (?1, ?2, ?3)"
		" ON CONFLICT (id_path) DO UPDATE SET name = ?2, boot = ?3",
	[STORE_DEVICE_FIND] =
		"SELECT id FROM devices WHERE port = ?" STORE_IDENTITY_FIELDS(SAME),
	[STORE_DEVICE_ADD] =
		"INSERT INTO devices (port" STORE_IDENTITY_FIELDS(COLUMN)
		") VALUES (?" STORE_IDENTITY_FIELDS(MARK) ")",
	[STORE_DESCRIPTION_FIND] =
		"SELECT id FROM descriptions WHERE device = ?" STORE_DESCRIPTION_FIELDS(SAME),
	[STORE_DESCRIPTION_ADD] =
		"INSERT INTO descriptions (device" STORE_DESCRIPTION_FIELDS(COLUMN)
		") VALUES (?" STORE_DESCRIPTION_FIELDS(MARK) ")",

	[STORE_CABLE_FIND] =
		"SELECT id FROM cables WHERE label = ?1",
	[STORE_CABLE_ADD] =
		"INSERT INTO cables (label) VALUES (?1)",
	[STORE_CHAIN_FIND] =
		"SELECT id FROM chains WHERE hubs = ?1",
	[STORE_CHAIN_ADD] =
		"INSERT INTO chains (hubs) VALUES (?1)",

	[STORE_EVENT_PUT] =
		"INSERT INTO events (boot, port" STORE_EVENT_FIELDS(COLUMN)
		") VALUES (?, ?" STORE_EVENT_FIELDS(MARK) ")",
	[STORE_SESSION_CONNECTED] =
		"SELECT connected_us FROM sessions WHERE id = ?1",
	[STORE_SESSION_PUT] =
		"INSERT INTO sessions (id, boot, port, description, cable, chain"
		STORE_SESSION_FIELDS(COLUMN)
		") VALUES (?, ?, ?, ?, ?, ?" STORE_SESSION_FIELDS(MARK)
		") ON CONFLICT (id) DO UPDATE SET port = excluded.port,"
		" description = excluded.description, cable = excluded.cable,"
		" chain = excluded.chain" STORE_SESSION_FIELDS(AGAIN),
	[STORE_STAY_OPEN] =
		"SELECT id, began_mono, began_real FROM stays"
		" WHERE session = ?1 AND ended_real IS NULL",
	[STORE_STAY_ADD] =
		"INSERT INTO stays (session, began_mono, began_real, ended_real, connected_us)"
		" VALUES (?1, ?2, ?3, ?4, ?5)",
	[STORE_STAY_END] =
		"UPDATE stays SET ended_real = ?2, connected_us = ?3 WHERE id = ?1",
	[STORE_INCIDENT_PUT] =
		"INSERT INTO incidents (id, boot, port, description" STORE_INCIDENT_FIELDS(COLUMN)
		") VALUES (?, ?, ?, ?" STORE_INCIDENT_FIELDS(MARK)
		") ON CONFLICT (id) DO UPDATE SET port = excluded.port,"
		" description = excluded.description" STORE_INCIDENT_FIELDS(AGAIN),
	[STORE_EVIDENCE_GET] =
		"SELECT n" STORE_EVIDENCE_FIELDS(COLUMN)
		" FROM evidence WHERE incident = ?1 ORDER BY n",
	[STORE_EVIDENCE_PUT] =
		"INSERT OR REPLACE INTO evidence (incident, n" STORE_EVIDENCE_FIELDS(COLUMN)
		") VALUES (?, ?" STORE_EVIDENCE_FIELDS(MARK) ")",
	[STORE_EVIDENCE_CUT] =
		"DELETE FROM evidence WHERE incident = ?1 AND n >= ?2",
	[STORE_ABSORB_EVENTS] =
		"UPDATE events SET incident = ?2 WHERE incident = ?1",
	[STORE_ABSORB_INCIDENT] =
		"DELETE FROM incidents WHERE id = ?1",
	[STORE_GAP_PUT] =
		"INSERT INTO gaps (id, boot" STORE_GAP_FIELDS(COLUMN)
		") VALUES (?, ?" STORE_GAP_FIELDS(MARK)
		") ON CONFLICT (id) DO UPDATE SET boot = boot" STORE_GAP_FIELDS(AGAIN),

	[STORE_TRAFFIC_CUT] =
		"DELETE FROM traffic WHERE session = ?1 AND minute_us = ?2",
	[STORE_TRAFFIC_ERRORS_CUT] =
		"DELETE FROM traffic_errors WHERE session = ?1 AND minute_us = ?2",
	[STORE_TRAFFIC_LATENCY_CUT] =
		"DELETE FROM traffic_latency WHERE session = ?1 AND minute_us = ?2",
	[STORE_TRAFFIC_PUT] =
		"INSERT INTO traffic (session, minute_us, span_us, transfers, bytes_in, bytes_out,"
		" submit_errors) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
	[STORE_TRAFFIC_ERROR_PUT] =
		"INSERT INTO traffic_errors (session, minute_us, endpoint, status, n, class)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
		" ON CONFLICT DO UPDATE SET n = n + excluded.n",
	[STORE_TRAFFIC_LATENCY_PUT] =
		"INSERT INTO traffic_latency (session, minute_us, n, p50_us, p99_us, max_us, type)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
	[STORE_TAIL_PUT] =
		"INSERT OR IGNORE INTO tails (incident, records) VALUES (?1, ?2)",
	[STORE_TAIL_GET] =
		"SELECT records FROM tails WHERE incident = ?1",
	[STORE_ABSORB_TAIL] =
		"UPDATE OR IGNORE tails SET incident = ?2 WHERE incident = ?1",
	[STORE_TAIL_CUT] =
		"DELETE FROM tails WHERE incident = ?1",

	/* In this order: it is the minutes in traffic that tell which rows of the others are old. */
	[STORE_MERGE_ERRORS] =
		"INSERT INTO traffic_errors (session, minute_us, endpoint, status, class, n)"
		" SELECT session, " HOUR_OF_ROW ", endpoint, status, class, sum(n)"
		" FROM traffic_errors AS t WHERE " IS_WITHIN " AND " OLD_MINUTES
		" GROUP BY 1, 2, 3, 4, 5"
		" ON CONFLICT DO UPDATE SET n = n + excluded.n",
	[STORE_MERGED_ERRORS_CUT] =
		"DELETE FROM traffic_errors AS t WHERE " IS_WITHIN " AND " OLD_MINUTES,
	[STORE_MERGE_LATENCY] =
		"INSERT INTO traffic_latency (session, minute_us, type, n, p50_us, p99_us, max_us)"
		" SELECT session, " HOUR_OF_ROW ", type, sum(n), NULL, max(p99_us), max(max_us)"
		" FROM traffic_latency AS t WHERE " IS_WITHIN " AND " OLD_MINUTES
		" GROUP BY 1, 2, 3"
		" ON CONFLICT DO UPDATE SET n = n + excluded.n, p50_us = NULL,"
		" p99_us = max(p99_us, excluded.p99_us), max_us = max(max_us, excluded.max_us)",
	[STORE_MERGED_LATENCY_CUT] =
		"DELETE FROM traffic_latency AS t WHERE " IS_WITHIN " AND " OLD_MINUTES,
	[STORE_MERGED_LATENCY_MARK] =
		"UPDATE traffic_latency SET p50_us = NULL WHERE " OLD_MINUTES,
	[STORE_MERGE_TRAFFIC] =
		"INSERT INTO traffic (session, minute_us, span_us, transfers, bytes_in, bytes_out,"
		" submit_errors) SELECT t.session, " HOUR_OF_ROW ", " HOUR ", sum(t.transfers),"
		" sum(t.bytes_in), sum(t.bytes_out), sum(t.submit_errors) FROM traffic t"
		" WHERE " IS_OLD " AND " IS_WITHIN " GROUP BY 1, 2"
		" ON CONFLICT DO UPDATE SET span_us = excluded.span_us,"
		" transfers = transfers + excluded.transfers,"
		" bytes_in = bytes_in + excluded.bytes_in,"
		" bytes_out = bytes_out + excluded.bytes_out,"
		" submit_errors = submit_errors + excluded.submit_errors",
	[STORE_MERGED_TRAFFIC_CUT] =
		"DELETE FROM traffic AS t WHERE " IS_OLD " AND " IS_WITHIN,
	[STORE_MERGED_TRAFFIC_MARK] =
		"UPDATE traffic AS t SET span_us = " HOUR " WHERE " IS_OLD,

	[STORE_PAGES] = "PRAGMA page_count",
	[STORE_FREE_PAGES] = "PRAGMA freelist_count",
	[STORE_PAGE_SIZE] = "PRAGMA page_size",
	[STORE_OLDEST_RAW] =
		"SELECT min(ifnull((SELECT min(at_real) FROM events), 0x7fffffffffffffff),"
		" ifnull((SELECT min(minute_us) FROM traffic WHERE span_us < " HOUR
		"  AND minute_us >= 0), 0x7fffffffffffffff),"
		" ifnull((SELECT opened_real FROM " TAILS_BY_TIME " LIMIT 1),"
		"  0x7fffffffffffffff))",
	/* At most ?2 of what is before ?1, the oldest first. */
	[STORE_OLD_TAILS_CUT] =
		"DELETE FROM tails WHERE incident IN (SELECT t.incident FROM " TAILS_OLDER
		" LIMIT ?2)",
	[STORE_OLD_ERRORS_CUT] =
		"DELETE FROM traffic_errors WHERE (session, minute_us) IN (" OLDEST_MINUTES ")",
	[STORE_OLD_LATENCY_CUT] =
		"DELETE FROM traffic_latency WHERE (session, minute_us) IN (" OLDEST_MINUTES ")",
	[STORE_OLD_MINUTES_CUT] =
		"DELETE FROM traffic WHERE (session, minute_us) IN (" OLDEST_MINUTES ")",
	[STORE_OLD_EVENTS_CUT] =
		"DELETE FROM events WHERE id IN"
		" (SELECT id FROM events WHERE at_real < ?1 ORDER BY at_real LIMIT ?2)",

	/* A kernel name is that of the latest boot in which a port had it. */
	[STORE_PORTS_NAMED] =
		"SELECT id FROM ports WHERE id_path = ?1 OR label = ?1 OR (name = ?1"
		" AND boot = (SELECT max(boot) FROM ports WHERE name = ?1))",
	[STORE_EVENTS] =
		"SELECT r.id, p.id_path" STORE_EVENT_FIELDS(OF_ROW) " FROM events r" PORT_JOIN
		" WHERE " BEHIND("events", "at_real") " AND r.at_real < ?2 AND " ASKED_PORTS
		" ORDER BY r.at_real, r.id LIMIT ?5",
	[STORE_INCIDENTS] =
		INCIDENT_SELECT " WHERE " BEHIND("incidents", "opened_real")
		" AND r.opened_real < ?2 AND " ASKED_PORTS
		" ORDER BY r.opened_real, r.id LIMIT ?5",
	/* A span counts where it touches the asked one. */
	[STORE_GAPS] =
		"SELECT r.id" STORE_GAP_FIELDS(OF_ROW)
		" FROM gaps r WHERE r.id > ?3 AND (r.open = 1 OR r.ended_real >= ?1)"
		" AND r.began_real < ?2 ORDER BY r.id LIMIT ?5",
	[STORE_SESSIONS] =
		SESSION_SELECT " WHERE r.id >= ifnull("
		"(SELECT min(id) FROM sessions INDEXED BY sessions_ended WHERE ended_real >= ?1),"
		" 0x7fffffffffffffff) AND " BEHIND_SESSION " AND r.open = 0"
		" AND r.ended_real >= ?1 AND r.began_real < ?2 AND " ASKED_PORTS
		" UNION ALL " SESSION_SELECT " WHERE r.id IN (SELECT id FROM sessions"
		"  INDEXED BY sessions_open WHERE open = 1) AND " BEHIND_SESSION
		" AND r.began_real < ?2 AND " ASKED_PORTS
		" ORDER BY began_real, 1 LIMIT ?5",
	[STORE_SESSION_STAYS] =
		"SELECT t.began_real, ifnull(t.ended_real, ?5),"
		" iif(t.ended_real IS NULL, max(0, ?4 - t.began_mono), t.connected_us)"
		" FROM stays t WHERE t.session = ?1"
		" AND t.began_real < ?3 AND ifnull(t.ended_real, ?5) >= ?2 ORDER BY t.began_real",
	[STORE_SESSION_DROPS] =
		"SELECT opened_real, side FROM incidents WHERE session = ?1 AND is_drop = 1"
		" AND opened_real >= ?2 AND opened_real < ?3 ORDER BY opened_real, id",
	[STORE_INCIDENT] =
		INCIDENT_SELECT " WHERE r.id = ?1",
	[STORE_LAST_DROP] =
		INCIDENT_SELECT " WHERE r.is_drop = 1 ORDER BY r.opened_real DESC, r.id DESC LIMIT 1",
	[STORE_SOCKET] =
		"SELECT (SELECT count(*) FROM incidents WHERE port = p.id AND is_drop = 1"
		"  AND opened_real >= ?1), p.label FROM ports p WHERE p.id_path = ?2",

	[STORE_LABELS] =
		"SELECT p.label, c.label, s.cable_assumed FROM ports p"
		" LEFT JOIN sessions s ON s.id = ?2 LEFT JOIN cables c ON c.id = s.cable"
		" WHERE p.id_path = ?1",

	[STORE_REPORT_PORTS] =
		"SELECT id, id_path, name, label FROM ports"
		" WHERE ?4 IS NULL OR id IN (SELECT value FROM json_each(?4))"
		" ORDER BY id_path COLLATE port_order",
	/* ?4 … ?5 are whole months within ?2 … ?3. */
	[STORE_REPORT_EVENTS] =
		"SELECT kind, sum(n) FROM (SELECT kind, n FROM event_sums"
		"  WHERE port = ?1 AND month_real >= ?4 AND month_real < ?5"
		" UNION ALL SELECT kind, count(*) FROM events"
		"  WHERE port = ?1 AND at_real >= ?2 AND at_real < min(?3, ?4) GROUP BY kind"
		" UNION ALL SELECT kind, count(*) FROM events"
		"  WHERE port = ?1 AND at_real >= max(?2, ?5) AND at_real < ?3 GROUP BY kind)"
		" GROUP BY kind",
	[STORE_REPORT_INCIDENTS] =
		"SELECT cause, sum(n), sum(drops) FROM (SELECT cause, n, drops FROM incident_sums"
		"  WHERE port = ?1 AND month_real >= ?4 AND month_real < ?5"
		" UNION ALL SELECT cause, 1, is_drop FROM incidents"
		"  WHERE port = ?1 AND opened_real >= ?2 AND opened_real < min(?3, ?4)"
		" UNION ALL SELECT cause, 1, is_drop FROM incidents"
		"  WHERE port = ?1 AND opened_real >= max(?2, ?5) AND opened_real < ?3)"
		" GROUP BY cause HAVING sum(n) > 0",
	[STORE_REPORT_STAYS] =
		"SELECT s.id, t.began_real, ifnull(t.ended_real, ?5),"
		" iif(t.ended_real IS NULL, max(0, ?4 - t.began_mono), t.connected_us)"
		" FROM sessions s JOIN stays t ON t.session = s.id WHERE s.id IN " SESSIONS_OUTSIDE_WEEKS
		" AND t.began_real < ?3 AND ifnull(t.ended_real, ?5) >= ?2 ORDER BY s.id",
	[STORE_REPORT_DEVICE] =
		"SELECT r.id" DEVICE_COLUMNS " FROM sessions r" DEVICE_JOIN
		" WHERE r.port = ?1 AND r.began_real < ?2 ORDER BY r.began_real DESC, r.id DESC LIMIT 1",
	[STORE_REPORT_TRAFFIC] =
		"SELECT sum(transfers), sum(bytes_in), sum(bytes_out), sum(submit_errors) FROM"
		" (SELECT t.transfers, t.bytes_in, t.bytes_out, t.submit_errors FROM traffic t"
		"  WHERE t.session IN " SESSIONS_OF_PORT
		"  AND t.minute_us >= ?2 AND t.minute_us < ?3"
		" UNION ALL SELECT transfers, bytes_in, bytes_out, submit_errors"
		"  FROM port_traffic WHERE ?6 AND port = ?1)",
	[STORE_REPORT_ERRORS] =
		"SELECT status, class, sum(n), endpoint FROM"
		" (SELECT e.status, e.class, e.n, e.endpoint FROM traffic_errors e"
		"  WHERE e.session IN " SESSIONS_OF_PORT
		"  AND e.minute_us >= ?2 AND e.minute_us < ?3"
		" UNION ALL SELECT status, class, n, endpoint FROM port_errors WHERE ?6 AND port = ?1)"
		" GROUP BY status, class, endpoint ORDER BY status DESC",
	[STORE_REPORT_CABLES] =
		"SELECT group_concat(label || x'0a', '') FROM (SELECT c.label FROM cables c"
		" WHERE c.id IN (SELECT s.cable FROM sessions s WHERE s.id IN " SESSIONS_OF_PORT
		"   AND s.began_real < ?3 AND iif(s.open, ?5, s.ended_real) >= ?2"
		"  UNION SELECT cable FROM session_sums WHERE ?6 AND port = ?1"
		"  UNION SELECT cable FROM sessions WHERE ?6 AND port = ?1 AND sum IS NULL)"
		" ORDER BY c.label)",
	[STORE_REPORT_LATENCY] =
		"SELECT type, sum(n), iif(count(p50_us) = count(*), max(p50_us), NULL),"
		" max(p99_us), max(max_us) FROM"
		" (SELECT l.type, l.n, l.p50_us, l.p99_us, l.max_us FROM traffic_latency l"
		"  WHERE l.session IN " SESSIONS_OF_PORT
		"  AND l.minute_us >= ?2 AND l.minute_us < ?3"
		" UNION ALL SELECT type, n, NULL, p99_us, max_us FROM port_latency"
		"  WHERE ?6 AND port = ?1) GROUP BY type",
	/* Spans in which the source ?5 was blind, or ?6, where that is bound. */
	[STORE_REPORT_BLIND] =
		"SELECT began_real, iif(open, ?4, ended_real) FROM gaps"
		" WHERE n_lost = 0 AND source IN (?5, ?6) AND began_real < ?3"
		" AND (open = 1 OR ended_real > ?2) ORDER BY began_real",
	[STORE_REPORT_WEEKS] =
		"SELECT ifnull(sum(n), 0), ifnull(sum(connected_us), 0) FROM port_weeks"
		" WHERE port = ?1 AND week_real >= ?2",

	/* Sums of sessions. */
	[STORE_PENDING_SESSIONS] =
		"SELECT id, ifnull(port, 0), counted, began_real FROM sessions"
		" WHERE sum IS NULL AND open = 0 AND ended_real < ?1 ORDER BY ended_real LIMIT ?2",
	/* ?1 the session, ?2 exposure, ?3 drops, ?4 … ?7 by side. */
	[STORE_SUM_ADD] =
		"INSERT INTO session_sums (port, description, cable, chain, dropping, n,"
		" connected_us, drops, by_power, by_host, by_hub, by_device, first_real)"
		" SELECT ifnull(port, 0), description, ifnull(cable, 0), ifnull(chain, 0), ?3 > 0, 1,"
		" ?2, ?3, ?4, ?5, ?6, ?7, began_real FROM sessions WHERE id = ?1"
		" ON CONFLICT DO UPDATE SET n = n + 1, connected_us = connected_us + ?2,"
		" drops = drops + ?3, by_power = by_power + ?4, by_host = by_host + ?5,"
		" by_hub = by_hub + ?6, by_device = by_device + ?7,"
		" first_real = min(first_real, excluded.first_real) RETURNING id",
	[STORE_SUM_MARK] =
		"UPDATE sessions SET sum = ?8, sum_us = ?2, sum_drops = ?3, sum_power = ?4,"
		" sum_host = ?5, sum_hub = ?6, sum_device = ?7, counted = 1 WHERE id = ?1",
	[STORE_WEEK_GET] =
		"SELECT from_real, n, drops, connected_us, head_us, tail_us, best_us"
		" FROM port_weeks WHERE port = ?1 AND week_real = ?2",
	[STORE_WEEK_PUT] =
		"INSERT OR REPLACE INTO port_weeks (port, week_real, from_real, n, drops,"
		" connected_us, head_us, tail_us, best_us) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
	[STORE_COUNT_TRAFFIC] =
		"INSERT INTO port_traffic SELECT ?2, sum(transfers), sum(bytes_in), sum(bytes_out),"
		" sum(submit_errors) FROM traffic WHERE session = ?1 HAVING count(*) > 0"
		" ON CONFLICT DO UPDATE SET transfers = transfers + excluded.transfers,"
		" bytes_in = bytes_in + excluded.bytes_in,"
		" bytes_out = bytes_out + excluded.bytes_out,"
		" submit_errors = submit_errors + excluded.submit_errors",
	[STORE_COUNT_ERRORS] =
		"INSERT INTO port_errors SELECT ?2, endpoint, status, class, sum(n)"
		" FROM traffic_errors WHERE session = ?1 GROUP BY endpoint, status, class"
		" ON CONFLICT DO UPDATE SET n = n + excluded.n",
	[STORE_COUNT_LATENCY] =
		"INSERT INTO port_latency SELECT ?2, type, sum(n), max(p99_us), max(max_us)"
		" FROM traffic_latency WHERE session = ?1 GROUP BY type"
		" ON CONFLICT DO UPDATE SET n = n + excluded.n,"
		" p99_us = max(p99_us, excluded.p99_us), max_us = max(max_us, excluded.max_us)",
	[STORE_SESSION_SUMS] =
		"SELECT r.id, p.id_path, p.name, p.label, c.label, h.hubs, r.n, r.dropping,"
		" r.connected_us, r.drops, r.by_power, r.by_host, r.by_hub, r.by_device"
		DEVICE_COLUMNS " FROM session_sums r" PORT_JOIN DEVICE_JOIN
		" LEFT JOIN cables c ON c.id = r.cable LEFT JOIN chains h ON h.id = r.chain"
		" WHERE r.id > ?3 AND " ASKED_PORTS " AND ?1 < ?2 ORDER BY r.id LIMIT ?5",
	[STORE_SESSIONS_NOT_SUMMED] =
		SESSION_SELECT " WHERE r.id IN (SELECT id FROM sessions"
		"  INDEXED BY sessions_port_not_summed WHERE sum IS NULL AND id > ?3) AND " ASKED_PORTS
		" AND ?1 < ?2 ORDER BY r.id LIMIT ?5",

	/* A port in the course of time. */
	[STORE_SERIES_WEEKS] =
		"SELECT from_real, week_real, drops, connected_us, head_us, tail_us, best_us"
		" FROM port_weeks WHERE port = ?1 AND week_real >= ?2",
	[STORE_SERIES_SESSIONS] =
		"SELECT id FROM sessions WHERE id IN " SESSIONS_OUTSIDE_WEEKS
		" AND began_real < ?3 AND ?4 + ?5 > 0",
	[STORE_SERIES_WEEK] =
		"SELECT id FROM sessions WHERE port = ?1 AND counted = 1 AND began_real >= ?2"
		" AND began_real < ?3",
	/* What was used on the port for the first time between ?2 and ?3. */
	[STORE_SERIES_CAME] =
		"SELECT 1, c.label FROM (SELECT cable, min(first_real) AS first FROM " USED_ON_PORT
		"  WHERE cable > 0 GROUP BY cable) u JOIN cables c ON c.id = u.cable"
		"  WHERE u.first >= ?2 AND u.first <= ?3"
		" UNION ALL SELECT 2, h.hubs FROM (SELECT chain, min(first_real) AS first FROM "
		USED_ON_PORT " WHERE chain > 0 GROUP BY chain) u JOIN chains h ON h.id = u.chain"
		"  WHERE u.first >= ?2 AND u.first <= ?3 AND h.hubs <> ''"
		" UNION ALL SELECT 3, ifnull(nullif(d.product, ''), printf('%04x:%04x', v.vid, v.pid))"
		"  FROM (SELECT e.device, min(n.first_real) AS first, max(e.id) AS description FROM "
		USED_ON_PORT " n JOIN descriptions e ON e.id = n.description GROUP BY e.device) u"
		"  JOIN devices v ON v.id = u.device JOIN descriptions d ON d.id = u.description"
		"  WHERE u.first >= ?2 AND u.first <= ?3"
		" LIMIT 1",
	[STORE_DROPS] =
		INCIDENT_SELECT " WHERE r.id IN (SELECT id FROM incidents"
		"  INDEXED BY incidents_dropped WHERE is_drop = 1"
		"  AND opened_real >= ?1 AND opened_real < ?2 AND id > ?3) AND " ASKED_PORTS
		" ORDER BY r.id LIMIT ?5",
};
/* clang-format on */

const char *
store_sql(enum store_stmt which)
{
	return texts[which] ? texts[which] : store_sql_ledger[which];
}
