#pragma once
/* Pieces of statements, for the tables of store_sql.c and store_sql_ledger.c only. */
#include "daemon/store/fields.h"
#include "daemon/store/schema.h"
#include "daemon/store/statements.h"

/* SQL in its own layout: clang-format would break it anywhere. */
/* clang-format off */

#define COLUMN(type, column, member)  ", " #column
#define OF_ROW(type, column, member)  ", r." #column
#define OF_DESC(type, column, member) ", d." #column
#define OF_DEV(type, column, member)  ", v." #column
#define MARK(type, column, member)    ", ?"
#define AGAIN(type, column, member)   ", " #column " = excluded." #column
#define SAME(type, column, member)    " AND " #column " = ?"

#define DEVICE_COLUMNS STORE_IDENTITY_FIELDS(OF_DEV) STORE_DESCRIPTION_FIELDS(OF_DESC)
#define DEVICE_JOIN \
	" LEFT JOIN descriptions d ON d.id = r.description" \
	" LEFT JOIN devices v ON v.id = d.device"
#define PORT_JOIN " LEFT JOIN ports p ON p.id = r.port"

/* Columns as store_read_session() and store_read_incident() take them. */
#define SESSION_SELECT \
	"SELECT r.id, p.id_path, p.label, r.description" \
	DEVICE_COLUMNS STORE_SESSION_FIELDS(OF_ROW) ", c.label, h.hubs FROM sessions r" \
	PORT_JOIN DEVICE_JOIN " LEFT JOIN cables c ON c.id = r.cable" \
	" LEFT JOIN chains h ON h.id = r.chain"
#define INCIDENT_SELECT \
	"SELECT r.id, p.id_path, p.label, r.description" \
	DEVICE_COLUMNS STORE_INCIDENT_FIELDS(OF_ROW) ", c.label, s.cable_assumed" \
	" FROM incidents r" PORT_JOIN DEVICE_JOIN " LEFT JOIN sessions s ON s.id = r.session" \
	" LEFT JOIN cables c ON c.id = s.cable"

/* ?1 since, ?2 until, ?3 behind this id, ?4 JSON array of ports or NULL, ?5 rows at most. */
#define ASKED_PORTS "(?4 IS NULL OR r.port IN (SELECT value FROM json_each(?4)))"
/* The order is that of time: ids of what was imported are younger than what they name. Where the
 * row that a page ended with is gone, the page goes on at the next one. */
#define CURSOR_TIME(table, time) \
	"ifnull((SELECT " time " FROM " table " WHERE id >= ?3 ORDER BY id LIMIT 1)," \
	" 0x7fffffffffffffff)"
#define BEHIND(table, time) \
	"r." time " >= max(?1, iif(?3 = 0, ?1, " CURSOR_TIME(table, time) "))" \
	" AND (?3 = 0 OR r.id > ?3 OR r." time " > " CURSOR_TIME(table, time) ")"
#define BEHIND_SESSION \
	"(?3 = 0 OR (r.began_real, r.id) > (" CURSOR_TIME("sessions", "began_real") ", ?3))"

/* Minutes of before ?1 that are no hour yet (span_us < an hour has an index of its own). */
#define HOUR "3600000000"
#define HOUR_OF_ROW "t.minute_us - t.minute_us % " HOUR
#define IS_OLD "t.span_us < " HOUR " AND t.minute_us >= 0 AND t.minute_us < ?1"
#define IS_WITHIN "t.minute_us % " HOUR " <> 0"
#define OLD_MINUTES \
	"(session, minute_us) IN (SELECT t.session, t.minute_us FROM traffic t WHERE " IS_OLD ")"

/* Sessions whose cables are remembered at a start. */
#define REMEMBERED "20000"

/* Of a stay of ?1 that ?3 lies within, what was before; and which that is. */
#define BEFORE_SPLIT \
	"CAST(connected_us * 1.0 * (?3 - began_real) / max(1, ended_real - began_real) AS INTEGER)"
#define IS_SPLIT \
	"session = ?1 AND began_real < ?3 AND (ended_real IS NULL OR ended_real > ?3)"

#define HALF_IMPORTED "boot IN (SELECT id FROM boots WHERE imported = 1)"

#define JOB_SELECT \
	"SELECT r.id, r.began_mono, r.began_real, r.ended_real, ifnull(r.code, -1)," \
	" ifnull(r.uid, -1), r.outcome, p.id_path, p.name, r.cable, r.command, r.note, r.place," \
	" (SELECT count(*) FROM incidents i WHERE " JOB_INCIDENT ")," \
	" (SELECT count(*) FROM incidents i WHERE " JOB_INCIDENT " AND i.is_drop = 1)" \
	" FROM jobs r" PORT_JOIN
#define JOB_INCIDENT \
	"i.opened_real >= r.began_real" \
	" AND (r.outcome = 'running' OR i.opened_real < r.ended_real + 1000000)"
#define JOB_MOVED(table) \
	" FROM jobs j, sessions s, " table " t WHERE j.id = ?1 AND s.port IS NOT NULL" \
	" AND (s.open = 1 OR s.ended_real >= j.began_real - 60000000) AND t.session = s.id" \
	" AND t.minute_us >= j.began_real - j.began_real % 60000000"

/* Of port ?1 those that may touch the span from ?2 on; with ?6 those that are not in its sums. */
#define SESSIONS_OF_PORT \
	"(SELECT id FROM sessions WHERE ?6 = 0 AND port = ?1 AND ended_real >= ?2" \
	" UNION SELECT id FROM sessions WHERE port = ?1 AND counted = 0 AND (?6 OR open = 1))"
/* The same without those of whole weeks from ?7 on, which have sums. */
#define SESSIONS_OUTSIDE_WEEKS \
	"(SELECT id FROM sessions WHERE ?6 = 0 AND port = ?1 AND ended_real >= ?2" \
	" AND (began_real < ?7 OR counted = 0)" \
	" UNION SELECT id FROM sessions WHERE port = ?1 AND counted = 0 AND (?6 OR open = 1))"
#define USED_ON_PORT \
	"(SELECT cable, chain, description, first_real FROM session_sums WHERE port = ?1" \
	" UNION ALL SELECT ifnull(cable, 0), ifnull(chain, 0), description, began_real" \
	" FROM sessions WHERE port = ?1 AND sum IS NULL)"

#define TAILS "incidents i INDEXED BY incidents_opened CROSS JOIN tails t ON t.incident = i.id"
#define TAILS_BY_TIME TAILS " ORDER BY i.opened_real"
#define TAILS_OLDER TAILS " WHERE i.opened_real < ?1 ORDER BY i.opened_real"
#define OLDEST_MINUTES \
	"SELECT t.session, t.minute_us FROM traffic t WHERE " IS_OLD \
	" ORDER BY t.minute_us, t.session LIMIT ?2"

/* The statements of labels, jobs and the ledger; NULL for the others. */
extern const char *const store_sql_ledger[STORE_N_STMTS];
/* clang-format on */
