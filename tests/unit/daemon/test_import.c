/* The past of boots out of their kernel logs, on a real store beside a live engine. */
#include <sys/wait.h>

#include "tests/unit/daemon/import_bed.h"
#include "daemon/store/import.h"
#include "daemon/store/retention.h"
#include "daemon/store/statistics.h"

static void
a_boot_becomes_history(void **state)
{
	struct bed *bed = *state;
	struct store_import_summary summary;
	const struct import_counts *counts;
	struct sums sums;

	import_story(bed, BOOT_A, NOW_REAL - DAY_US);
	counts = import_counts(bed->import);
	assert_int_equal(counts->lines, STORY_LINES - 3); /* two repeat others */
	assert_int_equal(counts->sessions, 1);
	assert_int_equal(counts->incidents, 2);
	assert_int_equal(counts->drops, 1);
	sums = report(bed);
	assert_int_equal(sums.n, 1);
	assert_string_equal(sums.name, "1-2");
	assert_string_equal(sums.product, "Cruzer");
	assert_int_equal(sums.drops, 1);
	assert_int_equal(sums.resets, 1);
	assert_int_equal(sums.sessions, 1);
	/* From 10 s to the end, without the second away. */
	assert_true(sums.seconds > 2988 && sums.seconds < 2990);
	assert_int_equal(n_gaps(bed), 3);
	assert_int_equal(store_imports(bed->fixture.store, &summary), 0);
	assert_int_equal(summary.boots, 1);
	assert_int_equal(summary.since_us, NOW_REAL - DAY_US + (int64_t)LS_SEC);
	assert_int_equal(summary.until_us, NOW_REAL - DAY_US + 3000 * (int64_t)LS_SEC);
}

static void
twice_adds_nothing(void **state)
{
	struct bed *bed = *state;
	struct sums sums;

	import_story(bed, BOOT_A, NOW_REAL - DAY_US);
	assert_int_equal(begin(bed, BOOT_A), 0);
	reopen(&bed->fixture, "boot-1", 10);
	renew_live(bed);
	assert_int_equal(begin(bed, BOOT_A), 0);
	sums = report(bed);
	assert_int_equal(sums.drops, 1);
	assert_int_equal(sums.sessions, 1);
	assert_int_equal(n_incidents(bed), 2);
}

static void
two_boots_in_any_order(void **state)
{
	struct bed *bed = *state;
	struct sample_seen *seen = &bed->fixture.seen;
	struct ls_engine_config config;
	const char *unknown;
	struct sums sums;

	import_story(bed, BOOT_B, NOW_REAL - DAY_US);
	import_story(bed, BOOT_A, NOW_REAL - 2 * DAY_US);
	sums = report(bed);
	assert_int_equal(sums.n, 1);
	assert_int_equal(sums.drops, 2);
	assert_int_equal(sums.sessions, 2);
	assert_true(sums.seconds > 2 * 2988 && sums.seconds < 2 * 2990);
	/* Lists are in the order of time, pages too. */
	assert_int_equal(store_incidents(bed->fixture.store, &ALL, see_incident, seen, &unknown),
			 0);
	assert_int_equal(seen->n, 4);
	assert_true(seen->first_id > seen->last_id);
	for (int n = 3; n >= 0; n--) {
		struct store_filter rest = ALL;

		rest.after_id = seen->first_id;
		*seen = (struct sample_seen){ 0 };
		assert_int_equal(
			store_incidents(bed->fixture.store, &rest, see_incident, seen, &unknown),
			0);
		assert_int_equal(seen->n, n);
	}
	/* The numbers that come next are those of the live engine, too. */
	assert_int_equal(store_next_ids(bed->fixture.store, &config), 0);
	assert_int_equal(config.next_session_id, ls_engine_next_session_id(bed->live));
	reopen(&bed->fixture, "boot-2", 1000);
	assert_int_equal(n_incidents(bed), 4);
}

/* As the hourly work does it. */
static void
undo(struct bed *bed)
{
	int r;

	do
		r = store_import_undo(bed->fixture.store);
	while (r == 1);
	assert_int_equal(r, 0);
}

static void
an_aborted_import_leaves_nothing(void **state)
{
	struct bed *bed = *state;
	struct sums sums;

	import_story(bed, BOOT_B, NOW_REAL - DAY_US);
	assert_int_equal(begin(bed, BOOT_A), 1);
	feed(bed, NOW_REAL - 2 * DAY_US, 0, 13);
	assert_int_equal(report(bed).sessions, 2);
	import_free(LS_STEAL(&bed->import));
	undo(bed);
	assert_int_equal(report(bed).sessions, 1);
	assert_int_equal(n_incidents(bed), 2);
	assert_int_equal(n_gaps(bed), 3);

	/* The same where linkstatd itself was killed. */
	assert_int_equal(begin(bed, BOOT_A), 1);
	feed(bed, NOW_REAL - 2 * DAY_US, 0, 13);
	sql(&bed->fixture, "CREATE TABLE kept AS SELECT * FROM sessions");
	sql(&bed->fixture, "CREATE TABLE kept_stays AS SELECT * FROM stays");
	import_free(LS_STEAL(&bed->import));
	undo(bed);
	sql(&bed->fixture, "INSERT INTO sessions SELECT * FROM kept"
			   " WHERE id NOT IN (SELECT id FROM sessions);"
			   " INSERT INTO stays SELECT * FROM kept_stays"
			   " WHERE id NOT IN (SELECT id FROM stays);"
			   " UPDATE boots SET imported = 1 WHERE imported = 3");
	assert_int_equal(report(bed).sessions, 2);
	reopen(&bed->fixture, "boot-2", 1000);
	renew_live(bed);
	undo(bed);
	assert_int_equal(report(bed).sessions, 1);

	import_story(bed, BOOT_A, NOW_REAL - 2 * DAY_US);
	sums = report(bed);
	assert_int_equal(sums.sessions, 2);
	assert_int_equal(sums.drops, 2);
}

/* linkstatd began at 500 s, and was there until 1600 s: the drop at 1000 s is its own. */
static const char *const sums_of[] = {
	"SELECT ifnull(sum(n), 0) FROM event_sums",
	"SELECT ifnull(sum(n + drops), 0) FROM incident_sums",
	"SELECT ifnull(sum(n + drops + connected_us), 0) FROM session_sums",
	"SELECT ifnull(sum(n + drops + connected_us), 0) FROM port_weeks",
	"SELECT count(*) FROM events",
};

static void
read_sums(struct bed *bed, int64_t ret[LS_COUNT(sums_of)])
{
	int r;

	do
		r = store_sum_up(bed->fixture.store, sample_instant(0));
	while (r == 1);
	assert_int_equal(r, 0);
	for (size_t i = 0; i < LS_COUNT(sums_of); i++)
		ret[i] = sql_number(&bed->fixture, sums_of[i]);
}

/* One session of it has ended. */
static void
half_an_import(struct bed *bed, int64_t boot_real)
{
	static const char later[] = "usb 1-3: new high-speed USB device number 4 using xhci_hcd";

	assert_int_equal(begin(bed, BOOT_A), 1);
	feed(bed, boot_real, 0, 8);
	assert_int_equal(import_begin(bed->import, instant_of(boot_real, 9000)), 0);
	import_line(bed->import, instant_of(boot_real, 9000), later, strlen(later));
	assert_int_equal(import_commit(bed->import), 0);
	assert_int_equal(sql_number(&bed->fixture, "SELECT count(*) FROM sessions"
						   " WHERE open = 0 AND sum IS NULL"),
			 1);
}

static void
killed_in_the_middle(struct bed *bed, int64_t boot_real)
{
	pid_t child;
	int status;

	store_close(bed->fixture.store);
	child = fork();
	if (child == 0) {
		bed->fixture.store = sample_open(bed->fixture.dir);
		half_an_import(bed, boot_real);
		read_sums(bed, (int64_t[LS_COUNT(sums_of)]){ 0 });
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	bed->fixture.store = sample_open(bed->fixture.dir);
}

/* The hourly summing and the limit of size fall into the middle of it. */
static void
an_aborted_import_leaves_no_sums(void **state)
{
	static const struct store_limits limits = { .days = 90, .bytes = 1 };
	int64_t before[LS_COUNT(sums_of)], after[LS_COUNT(sums_of)];
	const int64_t boot_real = NOW_REAL - 30 * DAY_US;
	struct bed *bed = *state;

	import_story(bed, BOOT_B, NOW_REAL - 40 * DAY_US);
	while (store_retain(bed->fixture.store, &limits, sample_instant(0)) == 1)
		continue;
	read_sums(bed, before);
	assert_true(before[0] > 0 && before[2] > 0);
	for (int i = 0; i < 3; i++) {
		if (i == 2)
			killed_in_the_middle(bed, boot_real);
		else
			half_an_import(bed, boot_real);
		while (store_retain(bed->fixture.store, &limits, sample_instant(0)) == 1)
			continue;
		read_sums(bed, after);
		import_free(LS_STEAL(&bed->import));
		undo(bed);
		read_sums(bed, after);
		for (size_t k = 0; k < LS_COUNT(sums_of); k++) {
			print_message("%s\n", sums_of[k]);
			assert_int_equal(after[k], before[k]);
		}
	}
	import_story(bed, BOOT_A, boot_real);
	read_sums(bed, after);
	assert_int_equal(report(bed).sessions, 2);
	assert_int_equal(report(bed).connects, 2 * 2);
	assert_int_equal(report(bed).drops, 2);
}

/* Who invents ports does not make the report of the true ones unreadable. */
static void
an_import_brings_no_more_ports_than_fit(void **state)
{
	struct bed *bed = *state;

	sql(&bed->fixture, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE"
			   " i < 4096) INSERT INTO ports (id_path, name, boot)"
			   " SELECT 'invented-' || i, 'x', 1 FROM n");
	import_story(bed, BOOT_A, NOW_REAL - DAY_US);
	assert_int_equal(sql_number(&bed->fixture, "SELECT count(*) FROM ports"), 4096);
	assert_int_equal(report(bed).n, 0);
	assert_int_equal(n_incidents(bed), 2);
}

/* A log of a clock that was years ahead would be "today's" for years. */
static void
the_future_is_left_out(void **state)
{
	struct bed *bed = *state;

	import_story(bed, BOOT_A, NOW_REAL + 100 * DAY_US);
	assert_int_equal(import_counts(bed->import)->unplaced, STORY_LINES);
	assert_int_equal(report(bed).n, 0);
	assert_int_equal(n_incidents(bed), 0);
	assert_int_equal(sql_number(&bed->fixture,
				    "SELECT count(*) FROM boots"
				    " WHERE last_seen_real > 1795356191000000 * 1.01"),
			 0);
}

/* A long one goes in pieces; meanwhile the same boot cannot be begun again. */
static void
a_long_import_is_undone_in_pieces(void **state)
{
	struct bed *bed = *state;
	int n = 0;

	assert_int_equal(begin(bed, BOOT_A), 1);
	feed(bed, NOW_REAL - 2 * DAY_US, 0, 13);
	sql(&bed->fixture,
	    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE"
	    " i < 3000) INSERT INTO events (boot, port, at_mono, at_real, name, kind,"
	    " source, what) SELECT e.boot, e.port, 1, e.at_real, e.name, e.kind,"
	    " e.source, e.what FROM n, (SELECT * FROM events WHERE boot < 0 LIMIT 1) e");
	import_free(LS_STEAL(&bed->import));
	assert_int_equal(begin(bed, BOOT_A), 1);
	assert_int_equal(import_begin(bed->import, instant_of(NOW_REAL - 2 * DAY_US, 1)),
			 -EALREADY);
	import_free(LS_STEAL(&bed->import));
	while (store_import_undo(bed->fixture.store) == 1)
		n++;
	assert_in_range(n, 3000 / 256 - 4, 3000 / 256 + 1);
	assert_int_equal(sql_number(&bed->fixture, "SELECT count(*) FROM events WHERE boot < 0"),
			 0);
	assert_int_equal(sql_number(&bed->fixture, "SELECT count(*) FROM event_sums"), 0);
	import_story(bed, BOOT_A, NOW_REAL - 2 * DAY_US);
	assert_int_equal(report(bed).sessions, 1);
}

static void
what_was_watched_is_left_out(void **state)
{
	struct bed *bed = *state;
	struct ls_instant first = instant_of(NOW_REAL - DAY_US, 500);
	struct ls_instant last = instant_of(NOW_REAL - DAY_US, 1600);
	const struct import_counts *counts;
	struct sums sums;

	store_close(bed->fixture.store);
	bed->fixture.store = sample_open_boot(bed->fixture.dir, BOOT_A, first);
	assert_int_equal(store_begin(bed->fixture.store), 0);
	assert_int_equal(store_set_alive(bed->fixture.store, last), 0);
	assert_int_equal(store_commit(bed->fixture.store), 0);
	renew_live(bed);

	/* While it still watches, all from 500 s on is its own. */
	assert_int_equal(begin_dry(bed, BOOT_A, true), 1);
	feed(bed, NOW_REAL - DAY_US, 0, STORY_LINES);
	assert_int_equal(import_end(bed->import, instant_of(NOW_REAL - DAY_US, 3000)), 0);
	assert_int_equal(import_counts(bed->import)->lines, 6);
	assert_int_equal(import_counts(bed->import)->watched, 6);
	assert_int_equal(report(bed).n, 0);

	reopen(&bed->fixture, "boot-2", 1000);
	renew_live(bed);
	import_story(bed, BOOT_A, NOW_REAL - DAY_US);
	counts = import_counts(bed->import);
	assert_int_equal(counts->lines, 7);
	assert_int_equal(counts->watched, 5);
	assert_int_equal(counts->drops, 0);
	sums = report(bed);
	assert_int_equal(sums.drops, 0);
	assert_int_equal(sums.resets, 1);
	assert_int_equal(sums.sessions, 1);
	assert_true(sums.seconds > 489 && sums.seconds < 491);
}

static void
a_dry_run_keeps_nothing(void **state)
{
	struct bed *bed = *state;
	int64_t next = ls_engine_next_session_id(bed->live);

	assert_int_equal(begin_dry(bed, BOOT_A, true), 1);
	feed(bed, NOW_REAL - DAY_US, 0, STORY_LINES);
	assert_int_equal(import_end(bed->import, instant_of(NOW_REAL - DAY_US, 3000)), 0);
	assert_int_equal(import_counts(bed->import)->drops, 1);
	assert_int_equal(import_counts(bed->import)->incidents, 2);
	assert_int_equal(import_counts(bed->import)->sessions, 1);
	assert_int_equal(report(bed).n, 0);
	assert_int_equal(n_gaps(bed), 0);
	assert_int_equal(ls_engine_next_session_id(bed->live), next + 1);
	assert_int_equal(begin(bed, BOOT_A), 1);
}

static void
a_log_that_was_read_twice_counts_once(void **state)
{
	struct bed *bed = *state;

	assert_int_equal(begin(bed, BOOT_A), 1);
	feed(bed, NOW_REAL - DAY_US, 0, STORY_LINES);
	feed(bed, NOW_REAL - DAY_US, 0, 13);
	assert_int_equal(import_end(bed->import, instant_of(NOW_REAL - DAY_US, 3000)), 0);
	assert_int_equal(import_counts(bed->import)->repeated, 13);
	assert_int_equal(report(bed).drops, 1);
}

/* The journal has forgotten how the boot began, and missed something later. */
static void
a_bus_is_not_guessed(void **state)
{
	static const char missed[] = "Missed 17 kernel messages";
	struct bed *bed = *state;

	assert_int_equal(begin(bed, BOOT_A), 1);
	feed(bed, NOW_REAL - DAY_US, 2, STORY_LINES);
	assert_int_equal(import_begin(bed->import, instant_of(NOW_REAL - DAY_US, 2500)), 0);
	import_line(bed->import, instant_of(NOW_REAL - DAY_US, 2500), missed, strlen(missed));
	assert_int_equal(import_commit(bed->import), 0);
	assert_int_equal(import_end(bed->import, instant_of(NOW_REAL - DAY_US, 3000)), 0);
	assert_int_equal(import_counts(bed->import)->unplaced, 10);
	assert_int_equal(import_counts(bed->import)->lines, 1);
	assert_int_equal(report(bed).n, 0);
	assert_int_equal(store_gaps(bed->fixture.store, &ALL, see_gap, &bed->fixture.seen), 0);
	assert_int_equal(bed->fixture.seen.n, 4);
}

static void
what_is_no_boot_is_refused(void **state)
{
	static const char *const ids[] = {
		"",
		"boot-1",
		"aaaaaaaa-0000-4000-8000-00000000000",
		"aaaaaaaa-0000-4000-8000-0000000000011",
		"AAAAAAAA-0000-4000-8000-000000000001",
		"aaaaaaaa00000-4000-8000-000000000001",
		"aaaaaaaa-0000-4000-8000-00000000000\n",
	};

	for (size_t i = 0; i < LS_COUNT(ids); i++)
		assert_int_equal(begin(*state, ids[i]), -EINVAL);
}

/* What linkstatd knows of ports is not made older. */
static void
a_port_keeps_its_latest_name(void **state)
{
	struct bed *bed = *state;
	struct ls_event event = sample_event(2, LS_EVENT_RESET, 1);

	snprintf(event.socket.name, sizeof(event.socket.name), "3-2");
	PUT_EVENT(bed->fixture.store, &event);
	import_story(bed, BOOT_A, NOW_REAL - DAY_US);
	assert_string_equal(report(bed).name, "3-2");
	assert_int_equal(report(bed).resets, 2);
}

int
main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, bed_setup, bed_teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_boot_becomes_history),
		TEST(twice_adds_nothing),
		TEST(two_boots_in_any_order),
		TEST(an_aborted_import_leaves_nothing),
		TEST(an_aborted_import_leaves_no_sums),
		TEST(an_import_brings_no_more_ports_than_fit),
		TEST(the_future_is_left_out),
		TEST(a_long_import_is_undone_in_pieces),
		TEST(what_was_watched_is_left_out),
		TEST(a_dry_run_keeps_nothing),
		TEST(a_log_that_was_read_twice_counts_once),
		TEST(a_bus_is_not_guessed),
		TEST(what_is_no_boot_is_refused),
		TEST(a_port_keeps_its_latest_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
