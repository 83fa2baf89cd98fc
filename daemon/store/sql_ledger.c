#include "daemon/store/sql.h"

/* SQL in its own layout: clang-format would break it anywhere. */
/* clang-format off */
const char *const store_sql_ledger[STORE_N_STMTS] = {
	/* An ID_PATH before a label before a kernel name; that of the latest boot. */
	[STORE_FIND_SOCKET] =
		"SELECT id_path, name FROM ports WHERE id_path = ?1 OR label = ?1 OR name = ?1"
		" ORDER BY id_path = ?1 DESC, ifnull(label, '') = ?1 DESC, boot DESC, id DESC"
		" LIMIT 1",
	[STORE_STATEMENT_PUT] =
		"INSERT INTO statements (port, said_real, since_real, uid, about, label, before)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
	[STORE_STATEMENTS] =
		"SELECT r.said_real, r.since_real, ifnull(r.uid, -1), r.about, p.id_path, p.name,"
		" r.label, r.before FROM (SELECT * FROM statements ORDER BY id DESC LIMIT ?1) r"
		PORT_JOIN " ORDER BY r.id",
	[STORE_SOCKET_LABEL_SET] =
		"UPDATE ports SET label = ?2 WHERE id = ?1",
	[STORE_SOCKET_LABELS] =
		"SELECT id_path, name, label FROM ports WHERE label IS NOT NULL"
		" ORDER BY id_path COLLATE port_order",
	[STORE_CABLE_LABELS] =
		"SELECT c.label FROM cables c JOIN sessions s ON s.cable = c.id"
		" GROUP BY c.id ORDER BY max(s.began_real) DESC",
	[STORE_LAST_CABLES] =
		SESSION_SELECT " JOIN (SELECT max(s.began_real) AS began, s.port,"
		"  e.device FROM sessions s JOIN descriptions e ON e.id = s.description"
		"  WHERE s.id > (SELECT max(id) FROM sessions) - " REMEMBERED
		"  GROUP BY s.port, e.device) l"
		" ON l.port = r.port AND l.device = d.device AND l.began = r.began_real"
		" WHERE r.id > (SELECT max(id) FROM sessions) - " REMEMBERED
		" AND r.cable IS NOT NULL ORDER BY r.began_real",
	[STORE_LATEST_SESSION] =
		SESSION_SELECT " WHERE p.id_path = ?1 ORDER BY r.open DESC, r.began_real DESC LIMIT 1",
	[STORE_SESSION_AT] =
		"SELECT s.id, s.began_real, ifnull(c.label, '') FROM sessions s"
		" JOIN ports p ON p.id = s.port LEFT JOIN cables c ON c.id = s.cable"
		" WHERE p.id_path = ?1 AND (?2 IS NULL OR (s.began_real <= ?2"
		" AND (s.open = 1 OR s.ended_real > ?2)))"
		" ORDER BY s.open DESC, s.began_real DESC LIMIT 1",
	/* ?1 the session, ?2 the one that takes over, ?3 when. The monotonic clock went as the other
	 * one did, as far as anybody knows. */
	[STORE_SPLIT_SESSION] =
		"INSERT INTO sessions (id, boot, port, description, cable, name, link, devnum,"
		" began_mono, began_real, ended_mono, ended_real, connected_us, present_since_mono,"
		" present_since_real, open, present, cable_assumed, chain, mode, counted)"
		" SELECT ?2, boot, port, description, cable, name, link, devnum,"
		" began_mono + ?3 - began_real, ?3, max(ended_mono, began_mono + ?3 - began_real),"
		" max(ended_real, ?3), connected_us,"
		" max(present_since_mono, began_mono + ?3 - began_real),"
		" max(present_since_real, ?3), open, present, cable_assumed, chain, mode, counted"
		" FROM sessions WHERE id = ?1",
	[STORE_SPLIT_STAY] =
		"INSERT INTO stays (session, began_mono, began_real, ended_real, connected_us)"
		" SELECT ?2, began_mono + ?3 - began_real, ?3, ended_real,"
		" iif(ended_real IS NULL, 0, connected_us - " BEFORE_SPLIT ")"
		" FROM stays WHERE " IS_SPLIT,
	[STORE_SPLIT_STAY_END] =
		"UPDATE stays SET connected_us = iif(ended_real IS NULL, ?3 - began_real, "
		BEFORE_SPLIT "), ended_real = ?3 WHERE ?2 IS NOT NULL AND " IS_SPLIT,
	[STORE_SPLIT_STAYS] =
		"UPDATE stays SET session = ?2 WHERE session = ?1 AND began_real >= ?3",
	[STORE_SPLIT_ENDED] =
		"UPDATE sessions SET open = 0, present = 0, ended_real = max(began_real, ifnull("
		"(SELECT max(ended_real) FROM stays WHERE session = ?1), ?3)),"
		" ended_mono = began_mono + max(0, ?3 - began_real)"
		" WHERE ?2 IS NOT NULL AND id = ?1",
	[STORE_SPLIT_SUM] =
		"UPDATE sessions SET connected_us = ifnull((SELECT sum(t.connected_us) FROM stays t"
		" WHERE t.session = sessions.id), 0) WHERE ?3 IS NOT NULL AND id IN (?1, ?2)",
	[STORE_SPLIT_INCIDENTS] =
		"UPDATE incidents SET session = ?2 WHERE session = ?1 AND opened_real >= ?3",
	/* The minute in which it was goes with what comes after it. */
	[STORE_SPLIT_TRAFFIC] =
		"UPDATE traffic SET session = ?2 WHERE session = ?1 AND minute_us > ?3 - 60000000",
	[STORE_SPLIT_ERRORS] =
		"UPDATE traffic_errors SET session = ?2"
		" WHERE session = ?1 AND minute_us > ?3 - 60000000",
	[STORE_SPLIT_LATENCY] =
		"UPDATE traffic_latency SET session = ?2"
		" WHERE session = ?1 AND minute_us > ?3 - 60000000",
	[STORE_RELABEL_SESSION] =
		"UPDATE sessions SET cable = nullif(?2, 0), cable_assumed = 0 WHERE id = ?1",
	/* Later stays of the same device here, until somebody said otherwise. */
	[STORE_RELABEL_LATER] =
		"UPDATE sessions SET cable = nullif(?2, 0), cable_assumed = ?2 <> 0"
		" FROM sessions s JOIN descriptions sd ON sd.id = s.description,"
		" descriptions d WHERE s.id = ?1 AND sessions.port = s.port"
		" AND d.id = sessions.description AND d.device = sd.device"
		" AND sessions.id <> s.id AND sessions.began_real > s.began_real"
		" AND (sessions.cable IS NULL OR sessions.cable_assumed = 1)"
		" AND NOT EXISTS (SELECT 1 FROM statements x WHERE x.port = s.port"
		"  AND x.about = 'cable' AND x.since_real > s.began_real"
		"  AND x.since_real <= sessions.began_real)",

	[STORE_CLOSE_JOBS] =
		"UPDATE jobs SET outcome = 'lost', ended_real = max(began_real,"
		" (SELECT last_seen_real FROM boots WHERE id = jobs.boot))"
		" WHERE outcome = 'running' AND boot <= ?1",
	[STORE_JOB_BEGIN] =
		"INSERT INTO jobs (boot, began_mono, began_real, ended_real, uid, port, cable,"
		" command, note, outcome) VALUES (?1, ?2, ?3, ?3, ?4, ?5, ?6, ?7, ?8, 'running')",
	[STORE_JOB_END] =
		"UPDATE jobs SET ended_real = max(began_real, ?2), code = ?3, outcome = ?4, place = ?5"
		" WHERE id = ?1",
	[STORE_JOB_PLACE] =
		"UPDATE jobs SET place = ?2 WHERE id = ?1",
	[STORE_JOB] =
		JOB_SELECT " WHERE r.id = ?1",
	[STORE_JOBS] =
		JOB_SELECT " WHERE r.id > ?3 AND r.began_real >= ?1 AND r.began_real < ?2"
		" AND ?4 IS NULL ORDER BY r.id LIMIT ?5",
	[STORE_JOB_TRAFFIC_CUT] =
		"DELETE FROM job_traffic WHERE job = ?1 AND sign = ?2",
	/* ?1 job, ?2 sign; what moved from the beginning of the job's first minute until now. */
	[STORE_JOB_TRAFFIC] =
		"INSERT INTO job_traffic (job, port, sign, transfers, bytes_in, bytes_out, errors)"
		" SELECT ?1, s.port, ?2, sum(t.transfers), sum(t.bytes_in), sum(t.bytes_out), 0"
		JOB_MOVED("traffic") " GROUP BY s.port",
	[STORE_JOB_ERRORS] =
		"UPDATE job_traffic SET errors = e.n FROM (SELECT s.port AS port, sum(t.n) AS n"
		JOB_MOVED("traffic_errors") " AND t.class IN ('link', 'babble', 'timeout')"
		" GROUP BY s.port) e"
		" WHERE job = ?1 AND sign = ?2 AND job_traffic.port = e.port",
	[STORE_JOB_PORTS] =
		"SELECT p.id_path, p.name, p.label, max(0, sum(sign * transfers)),"
		" max(0, sum(sign * bytes_in)), max(0, sum(sign * bytes_out)),"
		" max(0, sum(sign * errors)) FROM job_traffic t JOIN ports p ON p.id = t.port"
		" WHERE t.job = ?1 AND EXISTS (SELECT 1 FROM job_traffic x WHERE x.job = ?1"
		"  AND x.sign = 1) GROUP BY t.port HAVING sum(sign * transfers) > 0"
		" ORDER BY p.id_path COLLATE port_order",
};
/* clang-format on */
