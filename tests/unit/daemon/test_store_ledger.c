/* Migration of a history of the first released version, and labels with effect from an earlier time. */
#include "tests/unit/daemon/store_sample.h"
#include "daemon/store/jobs.h"
#include "daemon/store/labels.h"
#include "daemon/store/relabel.h"
#include "daemon/store/schema.h"
#include "daemon/store/sessions.h"

/* DIR/linkstat.db as tests/golden/store/version-1.sql says. */
static int
setup_old(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));
	char path[PATH_MAX], *text = NULL;
	size_t len;
	FILE *file, *copy = open_memstream(&text, &len);
	sqlite3 *db;
	int c;

	snprintf(path, sizeof(path), "%s/tests/golden/store/version-1.sql", getenv("SOURCE_DIR"));
	file = fopen(path, "re");
	assert_non_null(file);
	while ((c = fgetc(file)) != EOF)
		fputc(c, copy);
	fclose(file);
	fclose(copy);
	fixture->dir = sample_dir();
	snprintf(path, sizeof(path), "%s/linkstat.db", fixture->dir);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	free(text);
	fixture->store = sample_open_boot(fixture->dir, "boot-new", sample_instant(10000));
	assert_string_equal(store_problem(fixture->store), "");
	*state = fixture;
	return 0;
}

#define SESSIONS_MAX 16

struct listed {
	struct store_session rows[SESSIONS_MAX];
	char labels[SESSIONS_MAX][LS_LABEL_MAX];
	size_t n;
};

static int
on_session(const struct store_session *row, void *user)
{
	struct listed *listed = user;

	assert_true(listed->n < SESSIONS_MAX);
	snprintf(listed->labels[listed->n], LS_LABEL_MAX, "%s", row->label ? row->label : "");
	listed->rows[listed->n++] = *row;
	return 0;
}

static struct listed *
list(struct store *store, struct store_filter filter)
{
	struct listed *listed = calloc(1, sizeof(*listed));
	const char *unknown = NULL;

	assert_int_equal(
		store_sessions(store, &filter, sample_instant(20000), on_session, listed, &unknown),
		0);
	return listed;
}

static void
assert_hours(double hours, double want)
{
	print_message("%.6f h, wanted %.6f\n", hours, want);
	assert_true(hours > want - 1e-6 && hours < want + 1e-6);
}

static void
an_old_history_is_taken_over(void **state)
{
	struct fixture *fixture = *state;
	struct listed *listed = list(fixture->store, ALL);
	const struct store_session *phone = &listed->rows[0], *serial = &listed->rows[1];

	assert_int_equal(listed->n, 2);
	assert_string_equal(listed->labels[0], "left front");
	assert_string_equal(phone->session.device.serial, "00008020000B654E");
	assert_string_equal(phone->session.cable, "");
	assert_false(phone->session.cable_assumed);
	assert_false(phone->session.hubs_known);
	/* An hour without the six minutes without any source; the second drop came 30 s after the
	 * first. */
	assert_hours(phone->connected_seconds / 3600, 0.9);
	assert_int_equal(phone->drops, 2);
	assert_int_equal(phone->drops_by_side[LS_SIDE_LINK], 1);
	assert_int_equal(phone->drops_by_side[LS_SIDE_POWER], 1);
	/* The other one was open when that boot was last seen. */
	assert_false(serial->session.open);
	assert_hours(serial->connected_seconds / 3600, (7200 - 1200) / 3600.0);
	free(listed);
}

static void
spans_cut_hours_and_drops(void **state)
{
	struct fixture *fixture = *state;
	const struct ls_instant from = sample_instant(1500), to = sample_instant(3000);
	struct store_filter filter = { .since_us = from.real_us, .until_us = to.real_us };
	struct listed *listed = list(fixture->store, filter);

	assert_int_equal(listed->n, 2);
	assert_hours(listed->rows[0].connected_seconds / 3600, 1500 / 3600.0);
	assert_int_equal(listed->rows[0].drops, 1);
	free(listed);
	filter = (struct store_filter){ .since_us = sample_instant(3601).real_us,
					.until_us = INT64_MAX };
	listed = list(fixture->store, filter);
	assert_int_equal(listed->n, 1);
	assert_int_equal(listed->rows[0].session.id, 2);
	free(listed);
	filter = (struct store_filter){ .until_us = INT64_MAX, .after_id = 1, .limit = 1 };
	listed = list(fixture->store, filter);
	assert_int_equal(listed->n, 1);
	assert_int_equal(listed->rows[0].session.id, 2);
	free(listed);
}

static struct store_relabelling
relabel(struct store *store, int64_t at, const char *cable, int64_t spare_id)
{
	struct store_relabelling it = {
		.socket = { "pci-0000:00:14.0-usb-0:4", "1-4" },
		.from_begin = at < 0,
		.since_us = sample_instant(at).real_us,
		.cable = cable,
		.spare_id = spare_id,
	};

	assert_int_equal(store_relabel(store, &it), 1);
	return it;
}

static int64_t
traffic_of(struct fixture *fixture, int64_t session)
{
	char query[64];

	snprintf(query, sizeof(query), "SELECT count(*) FROM traffic WHERE session = %lld",
		 (long long)session);
	return sql_number(fixture, query);
}

/* Both halves are taken to have been in that mode. */
static void
a_split_session_keeps_its_mode(void **state)
{
	struct fixture *fixture = *state;
	struct listed *listed;

	sql(fixture, "UPDATE sessions SET mode = 'DFU mode' WHERE id = 1");
	(void)relabel(fixture->store, 1200, "white", 7);
	listed = list(fixture->store, ALL);
	assert_int_equal(listed->rows[2].session.id, 7);
	assert_string_equal(listed->rows[0].session.mode, "DFU mode");
	assert_string_equal(listed->rows[2].session.mode, "DFU mode");
	free(listed);
}

static void
a_late_label_splits_its_session(void **state)
{
	struct fixture *fixture = *state;
	struct store_relabelling it = relabel(fixture->store, 1200, "white", 7);
	struct listed *listed = list(fixture->store, ALL);

	assert_int_equal(it.split, 1);
	assert_int_equal(it.session, 7);
	assert_string_equal(it.before, "");
	assert_int_equal(listed->n, 3);
	assert_int_equal(listed->rows[0].session.id, 1);
	assert_string_equal(listed->rows[0].session.cable, "");
	assert_int_equal(listed->rows[0].session.ended.real_us, sample_instant(1200).real_us);
	assert_hours(listed->rows[0].connected_seconds / 3600, (1200 - 360) / 3600.0);
	assert_int_equal(listed->rows[0].drops, 1); /* both halves of it */
	assert_int_equal(listed->rows[2].session.id, 7);
	assert_string_equal(listed->rows[2].session.cable, "white");
	assert_int_equal(listed->rows[2].session.began.real_us, sample_instant(1200).real_us);
	assert_int_equal(listed->rows[2].session.connected_us, 2400 * LS_SEC);
	assert_hours(listed->rows[2].connected_seconds / 3600, 2400 / 3600.0);
	assert_int_equal(listed->rows[2].drops, 1);
	assert_int_equal(traffic_of(fixture, 1), 1); /* moved in the first minute */
	assert_int_equal(traffic_of(fixture, 7), 0);
	free(listed);

	/* Corrected as a whole: no other session is made. */
	it = relabel(fixture->store, -1, "blue", 8);
	assert_int_equal(it.split, 0);
	assert_int_equal(it.session, 7);
	assert_string_equal(it.before, "white");
	listed = list(fixture->store, ALL);
	assert_int_equal(listed->n, 3);
	assert_string_equal(listed->rows[2].session.cable, "blue");
	free(listed);
}

/* A session on 1-4 with the phone of the old history. */
static struct ls_session
later_session(struct store *store, int64_t id, int64_t began, bool open)
{
	struct ls_session session = { 0 };

	assert_int_equal(store_latest_session(store, "pci-0000:00:14.0-usb-0:4", &session), 1);
	session.id = id;
	session.cable[0] = '\0';
	session.cable_assumed = false;
	session.began = session.present_since = sample_instant(began);
	session.connected_us = open ? 0 : 100 * LS_SEC;
	session.ended = sample_instant(began + 100);
	session.open = session.present = open;
	PUT_SESSION(store, &session);
	return session;
}

static const struct store_session *
row_of(const struct listed *listed, int64_t id)
{
	for (size_t i = 0; i < listed->n; i++) {
		if (listed->rows[i].session.id == id)
			return &listed->rows[i];
	}
	fail_msg("session %lld is not listed", (long long)id);
	return NULL;
}

static void
what_was_assumed_follows(void **state)
{
	struct fixture *fixture = *state;
	struct store *store = fixture->store;
	const struct store_statement statement = {
		.said_us = sample_instant(12000).real_us,
		.since_us = sample_instant(12000).real_us,
		.uid = 1000,
		.about = STORE_ABOUT_CABLE,
		.socket = { "pci-0000:00:14.0-usb-0:4", "1-4" },
		.label = "red",
		.before = "white",
	};
	struct ls_session session = { 0 };
	struct listed *listed;

	(void)later_session(store, 3, 11000, false);
	session = later_session(store, 4, 12000, false);
	snprintf(session.cable, sizeof(session.cable), "red");
	PUT_SESSION(store, &session);
	assert_int_equal(store_add_statement(store, &statement), 0);
	(void)later_session(store, 5, 13000, true);
	(void)relabel(store, 3000, "white", 6);
	listed = list(store, ALL);
	assert_int_equal(listed->n, 6);
	assert_string_equal(row_of(listed, 1)->session.cable, "");	/* until 3000 */
	assert_string_equal(row_of(listed, 6)->session.cable, "white"); /* since then */
	assert_string_equal(row_of(listed, 3)->session.cable, "white");
	assert_true(row_of(listed, 3)->session.cable_assumed);
	assert_string_equal(row_of(listed, 4)->session.cable, "red"); /* set by a user */
	assert_false(row_of(listed, 4)->session.cable_assumed);
	assert_string_equal(row_of(listed, 5)->session.cable, "");
	free(listed);

	/* The one that is open is split within its present stay. */
	(void)relabel(store, 13050, "green", 9);
	assert_int_equal(store_latest_session(store, "pci-0000:00:14.0-usb-0:4", &session), 1);
	assert_int_equal(session.id, 9);
	assert_true(session.open && session.present);
	assert_int_equal(session.connected_us, 0);
	assert_int_equal(session.present_since.real_us, sample_instant(13050).real_us);
	assert_int_equal(session.present_since.mono_us, sample_instant(13050).mono_us);
	listed = list(store, ALL);
	assert_hours(row_of(listed, 5)->connected_seconds / 3600, 50 / 3600.0);
	free(listed);
}

static void
an_unknown_session_gets_no_label(void **state)
{
	struct fixture *fixture = *state;
	struct store_relabelling it = {
		.socket = { "pci-0000:00:14.0-usb-0:4", "1-4" },
		.since_us = sample_instant(5000).real_us,
		.cable = "white",
		.spare_id = 9,
	};

	assert_int_equal(store_relabel(fixture->store, &it), 0);
	it.since_us = sample_instant(-1).real_us;
	assert_int_equal(store_relabel(fixture->store, &it), 0);
	snprintf(it.socket.id_path, sizeof(it.socket.id_path), "nowhere");
	it.from_begin = true;
	assert_int_equal(store_relabel(fixture->store, &it), 0);
}

struct remembered {
	unsigned int n;
	struct ls_session last;
};

static void
on_cable(const struct ls_session *session, void *user)
{
	struct remembered *remembered = user;

	remembered->n++;
	remembered->last = *session;
}

/* Over a restart and a boot. */
static void
labels_are_found_again(void **state)
{
	struct fixture *fixture = *state;
	struct remembered remembered = { 0 };

	(void)relabel(fixture->store, -1, "white", 9);
	reopen(fixture, "boot-3", 30000);
	assert_int_equal(store_visit_cables(fixture->store, on_cable, &remembered), 0);
	assert_int_equal(remembered.n, 1);
	assert_string_equal(remembered.last.cable, "white");
	assert_string_equal(remembered.last.socket.id_path, "pci-0000:00:14.0-usb-0:4");
	assert_string_equal(remembered.last.device.serial, "00008020000B654E");
	remembered.n = 0; /* only what holds now */
	(void)later_session(fixture->store, 10, 31000, false);
	assert_int_equal(store_visit_cables(fixture->store, on_cable, &remembered), 0);
	assert_int_equal(remembered.n, 0);
}

static void
sockets_are_found_by_all_their_names(void **state)
{
	static const char *const names[] = { "pci-0000:00:14.0-usb-0:4", "1-4", "left front" };
	struct fixture *fixture = *state;

	for (size_t i = 0; i < LS_COUNT(names); i++) {
		struct ls_socket socket = { 0 };

		print_message("%s\n", names[i]);
		assert_int_equal(store_find_socket(fixture->store, names[i], &socket), 1);
		assert_string_equal(socket.id_path, names[0]);
		assert_string_equal(socket.name, names[1]);
		assert_int_equal(store_find_socket(fixture->store, "left", &socket), 0);
	}
}

/* What version 2 had in texts for people only is in columns since version 3. */
static void
what_stood_in_texts_becomes_columns(void **state)
{
	static const char *const back_to_2[] = {
		"DROP TABLE week_traffic",
		"DROP TABLE week_errors",
		"DROP TABLE week_latency",
		"DROP INDEX sessions_not_summed_began",
		"DROP INDEX sessions_cable",
		"CREATE TABLE port_traffic (port INTEGER)",
		"CREATE TABLE port_errors (port INTEGER)",
		"CREATE TABLE port_latency (port INTEGER)",
		"ALTER TABLE incidents DROP COLUMN mode_resting",
		"ALTER TABLE gaps DROP COLUMN kind",
		"ALTER TABLE jobs DROP COLUMN place_percent",
		"ALTER TABLE jobs DROP COLUMN place_phase",
		"INSERT INTO jobs (id, boot, began_mono, began_real, ended_real, outcome, command, "
		"place)"
		" VALUES (1, 1, 1, 1, 2, 'exited', 'x',"
		" 'at 37 % of the file system, 212 s into restore mode'),"
		" (2, 1, 1, 1, 2, 'lost', 'x', 'at 8 % of sending FUD data'), (3, 1, 1, 1, 2, "
		"'killed',"
		" 'x', NULL)",
		"UPDATE gaps SET reason = 'imported from the journal: transfers of that time are "
		"not"
		" known' WHERE id = 7",
		"UPDATE incidents SET mode = 'normal use' WHERE id = 7",
	};
	struct fixture *fixture = *state;
	struct ls_gap gaps[] = { sample_gap(7, LS_SOURCE_USBMON, 10, 20),
				 sample_gap(8, LS_SOURCE_UDEV, 30, 40) };
	struct ls_incident incidents[] = { sample_incident(7, 1, 50), sample_incident(8, 1, 60) };

	for (size_t i = 0; i < LS_COUNT(gaps); i++) {
		PUT_GAP(fixture->store, &gaps[i]);
		PUT_INCIDENT(fixture->store, &incidents[i]);
	}
	for (size_t i = 0; i < LS_COUNT(back_to_2); i++)
		sql(fixture, back_to_2[i]);
	sample_back_to_5(fixture, 2);
	reopen(fixture, "boot-next", 10000);
	assert_string_equal(store_problem(fixture->store), "");
	assert_int_equal(sql_number(fixture, "PRAGMA user_version"), 6);
	assert_int_equal(sql_number(fixture, "SELECT place_percent FROM jobs WHERE id = 1"
					     " AND place_phase = 'file system'"),
			 37);
	assert_int_equal(sql_number(fixture, "SELECT count(*) FROM jobs WHERE place_percent IS NULL"
					     " AND place_phase IS NULL"),
			 2);
	assert_int_equal(sql_number(fixture, "SELECT id FROM gaps WHERE kind = 'imported'"), 7);
	assert_int_equal(sql_number(fixture, "SELECT id FROM gaps WHERE kind = 'outage'"), 8);
	assert_int_equal(sql_number(fixture, "SELECT id FROM incidents WHERE mode_resting = 1"), 7);
	assert_int_equal(sql_number(fixture, "SELECT sum(mode_resting) FROM incidents"), 1);
}

/* @n jobs and statements of before, a second apart. */
static void
fill_ledger(struct fixture *fixture, int uid, int n)
{
	char text[512];

	snprintf(text, sizeof(text),
		 "WITH RECURSIVE t(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM t WHERE i < %d)"
		 " INSERT INTO jobs (boot, uid, began_mono, began_real, ended_real, outcome,"
		 " command) SELECT 1, %d, 0, i * 1000000, i * 1000000, 'exited', 'x' FROM t",
		 n, uid);
	sql(fixture, text);
	snprintf(text, sizeof(text),
		 "WITH RECURSIVE t(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM t WHERE i < %d)"
		 " INSERT INTO statements (said_real, uid, port, about, since_real)"
		 " SELECT i, %d, (SELECT min(id) FROM ports), 'cable', i FROM t",
		 n, uid);
	sql(fixture, text);
}

/* Nobody's jobs and labels push out those of others, or what is known of links. */
static void
a_user_keeps_so_many_jobs_and_statements(void **state)
{
	struct fixture *fixture = *state;
	struct store_job job = { .began = sample_instant(0), .uid = 1000, .command = "restore" };
	struct store_statement said = { .socket = sample_socket(1),
					.said_us = sample_instant(0).real_us,
					.uid = 1000,
					.about = STORE_ABOUT_CABLE,
					.label = "white" };
	struct ls_session session = sample_session(1, 1, 0);

	PUT_SESSION(fixture->store, &session);
	fill_ledger(fixture, 1001, 5);
	fill_ledger(fixture, 1000, STORE_JOBS_KEPT + 10);
	for (int i = 0; i < STORE_KEPT_STEP; i++) {
		assert_int_equal(store_job_begin(fixture->store, &job), 0);
		assert_int_equal(store_add_statement(fixture->store, &said), 0);
	}
	/* Those that run are not counted. */
	assert_int_equal(sql_number(fixture, "SELECT count(*) FROM jobs WHERE uid = 1000 AND "
					     "outcome <> 'running'"),
			 STORE_JOBS_KEPT);
	assert_int_equal(sql_number(fixture, "SELECT min(began_real) FROM jobs WHERE uid = 1000"),
			 11000000);
	assert_in_range(sql_number(fixture, "SELECT count(*) FROM statements WHERE uid = 1000"),
			STORE_STATEMENTS_KEPT, STORE_STATEMENTS_KEPT + STORE_KEPT_STEP);
	assert_int_equal(sql_number(fixture, "SELECT count(*) FROM jobs WHERE uid = 1001"), 5);
	assert_int_equal(sql_number(fixture, "SELECT count(*) FROM statements WHERE uid = 1001"),
			 5);
}

int
main(void)
{
#define OLD(test) cmocka_unit_test_setup_teardown(test, setup_old, teardown)
	const struct CMUnitTest tests[] = {
		OLD(an_old_history_is_taken_over),
		OLD(spans_cut_hours_and_drops),
		OLD(a_split_session_keeps_its_mode),
		OLD(a_late_label_splits_its_session),
		OLD(what_was_assumed_follows),
		OLD(an_unknown_session_gets_no_label),
		OLD(labels_are_found_again),
		OLD(sockets_are_found_by_all_their_names),
		cmocka_unit_test_setup_teardown(what_stood_in_texts_becomes_columns, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_user_keeps_so_many_jobs_and_statements, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
