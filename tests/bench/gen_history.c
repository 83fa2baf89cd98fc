/*
 * gen_history DIR [SESSIONS [EVENTS]]: a store with ten years of history in DIR, the same at every run but
 * for its dates: 24 ports behind 6 hubs, 60 devices, 12 cables, a drop in one of 50 sessions, one cable far
 * worse, and linkstatd not running for an hour a day. Summed up as linkstatd does it in time.
 */
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "daemon/base/state.h"
#include "daemon/store/open.h"
#include "daemon/store/statistics.h"

#define YEARS_US (10 * 365 * 24 * 3600 * (int64_t)LS_SEC)

static const char names[] =
	"PRAGMA foreign_keys = OFF; PRAGMA synchronous = OFF;"
	"INSERT OR IGNORE INTO boots (id, boot_id, first_seen_mono, first_seen_real, "
	"last_seen_mono,"
	" last_seen_real, version) VALUES (1, 'old', 0, 0, 0, 0, 'bench');"
	"WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 23)"
	" INSERT INTO ports (id, id_path, name, boot, label) SELECT i + 1,"
	" printf('pci-0000:00:14.0-usb-0:%d.%d', i / 4 + 1, i % 4 + 1),"
	" printf('1-%d.%d', i / 4 + 1, i % 4 + 1), 1, iif(i % 3, NULL, printf('slot %d', i)) FROM "
	"n;"
	"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 6)"
	" INSERT INTO chains (id, hubs) SELECT i,"
	" printf('05e3:0610 at pci-0000:00:14.0-usb-0:%d', i) FROM n;"
	"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 12)"
	" INSERT INTO cables (id, label) SELECT i, printf('cable %d', i) FROM n;"
	"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60)"
	" INSERT INTO devices (id, vid, pid, serial, port) SELECT i, 0x05ac, 0x12a8 + i % 5, "
	"printf('SERIAL%04d', i), 0 FROM n;"
	"INSERT INTO descriptions (id, device, bcd_device, class, n_configurations, i_manufacturer,"
	" i_product, i_serial, n_endpoints, n_ports, max_power_ma, speed, remote_wakeup, product,"
	" manufacturer) SELECT id, id, 256, 0, 1, 1, 2, 3, 4, 0, 500, 3, 0,"
	" printf('iPhone %d', id % 5), 'Apple Inc.' FROM devices;";

/* ?1 sessions, ?2 start, ?3 how long all of it is. A device has its usual port and cable. */
#define EACH                                                                                       \
	"WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ?1 - 1),"        \
	" x AS (SELECT i, (i * 2654435761) % 4294967296 / 65536 AS r FROM n),"                     \
	" y AS (SELECT i, r, i % 24 AS port, iif(r % 10, i % 24 + 24 * (i / 24 % 2), r % 60) AS"   \
	"  device, iif(r % 7, i % 24 % 12, r % 12) AS cable,"                                      \
	"  ?2 + ?3 / ?1 * i AS began, ?3 / ?1 * 20 AS len FROM x),"                                \
	" s AS (SELECT *, (i * 40503 + 77) % 65521 % iif(cable = 3, 5, 60) = 0 AS dropping FROM "  \
	"y) "

static const char sessions[] =
	EACH "INSERT INTO sessions (id, boot, port, description, cable, chain, name, link, devnum,"
	     " began_mono, began_real, ended_mono, ended_real, connected_us, present_since_mono,"
	     " present_since_real, open, present) SELECT i + 1, 1, port + 1, device + 1,"
	     " nullif(cable, 11) + 1, port / 4 + 1, printf('1-%d.%d', port / 4 + 1, port % 4 + 1),"
	     " 'usb', 5, began, began, began + len, began + len, len, began, began, 0, 0 FROM s";
static const char stays[] =
	EACH "INSERT INTO stays (session, began_mono, began_real, ended_real, connected_us)"
	     " SELECT i + 1, began, began, began + len, len FROM s";
static const char incidents[] =
	EACH "INSERT INTO incidents (id, boot, port, description, name, session, opened_mono,"
	     " opened_real, closed_mono, closed_real, open, settled, cause, side, is_drop,"
	     " confidence, why, back, back_after_us, n_disconnects, n_resets, n_enum_failures,"
	     " n_over_currents, n_children, sources, facts, n_evidence) SELECT i + 1, 1, port + 1,"
	     " device + 1, '1-1', i + 1, began + len * 9 / 10, began + len * 9 / 10, began + len,"
	     " began + len, 0, 1, iif(dropping, 'link-loss', 'unplugged'), 'unknown', dropping,"
	     " 0.9, 'so', 1, 1000000, 1, 0, 0, 0, 0, 3, 0, 0 FROM s";
static const char traffic[] =
	EACH "INSERT INTO traffic (session, minute_us, span_us, transfers, bytes_in, bytes_out,"
	     " submit_errors) SELECT i + 1, began - began % 3600000000, 3600000000, 1000,"
	     " 1000000, 50000000, 0 FROM s";
static const char gaps[] =
	"WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 3649)"
	" INSERT INTO gaps (id, boot, source, began_mono, began_real, ended_mono, ended_real,"
	" open, n_lost, reason) SELECT i + 1, 1, 'linkstat', b, b, b + 3600000000, b + 3600000000, "
	"0, 0,"
	" 'linkstatd was not running' FROM (SELECT i, ?2 + i * 86400000000 AS b, ?1, ?3 FROM n)";
/* As many events as there are of each session. */
static const char events[] =
	"WITH RECURSIVE k(j) AS (SELECT 0 UNION ALL SELECT j + 1 FROM k WHERE j < ?1 - 1)"
	" INSERT INTO events (boot, port, at_mono, at_real, name, kind, source, incident, what)"
	" SELECT 1, s.port, s.began_mono, s.began_real + j * 1000 + ?2 * 0 + ?3 * 0, s.name,"
	" CASE j WHEN 0 THEN 'connect' WHEN 1 THEN 'disconnect' ELSE 'reset' END, 'kernel-log',"
	" NULL, 'new high-speed USB device number 5 using xhci_hcd' FROM sessions s, k";

static void
run(sqlite3 *db, const char *text, int64_t a, int64_t b, int64_t c)
{
	sqlite3_stmt *stmt = NULL;

	if (sqlite3_prepare_v2(db, text, -1, &stmt, NULL) == SQLITE_OK) {
		(void)sqlite3_bind_int64(stmt, 1, a);
		(void)sqlite3_bind_int64(stmt, 2, b);
		(void)sqlite3_bind_int64(stmt, 3, c);
		(void)sqlite3_step(stmt);
	}
	if (sqlite3_finalize(stmt) != SQLITE_OK) {
		fprintf(stderr, "%s\n", sqlite3_errmsg(db));
		exit(1);
	}
}

static void
fill(const char *path, int64_t n_sessions, int64_t n_events, int64_t now_us)
{
	int64_t since = now_us - YEARS_US;
	sqlite3 *db;

	if (sqlite3_open(path, &db) != SQLITE_OK ||
	    sqlite3_exec(db, names, NULL, NULL, NULL) != SQLITE_OK ||
	    sqlite3_exec(db, "BEGIN", NULL, NULL, NULL) != SQLITE_OK) {
		fprintf(stderr, "%s: %s\n", path, sqlite3_errmsg(db));
		exit(1);
	}
	run(db, sessions, n_sessions, since, YEARS_US);
	run(db, stays, n_sessions, since, YEARS_US);
	run(db, incidents, n_sessions, since, YEARS_US);
	run(db, traffic, n_sessions, since, YEARS_US);
	run(db, gaps, 0, since, 0);
	run(db, events, n_events / n_sessions, 0, 0);
	(void)sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
	sqlite3_close(db);
}

int
main(int argc, char **argv)
{
	int64_t n_sessions = argc > 2 ? strtoll(argv[2], NULL, 10) : 1000000;
	int64_t n_events = argc > 3 ? strtoll(argv[3], NULL, 10) : 10 * n_sessions;
	struct store_options options = { .boot_id = "bench", .now = state_now() };
	struct store *store;
	int r;

	if (argc < 2 || n_sessions < 1) {
		fprintf(stderr, "Usage: gen_history DIR [SESSIONS [EVENTS]]\n");
		return 2;
	}
	options.dir = argv[1];
	(void)mkdir(options.dir, 0777);
	r = store_open(&options, &store);
	if (r < 0 || !*store_path(store)) {
		fprintf(stderr, "%s: cannot open a store there\n", options.dir);
		if (r >= 0)
			store_close(store);
		return 1;
	}
	fill(store_path(store), n_sessions, n_events, options.now.real_us);
	while ((r = store_sum_up(store, options.now)) == 1)
		continue;
	printf("%s: %" PRId64 " sessions, %" PRId64 " events%s\n", store_path(store), n_sessions,
	       n_events, r < 0 ? ", not summed" : "");
	store_close(store);
	return r < 0;
}
