/* What the store keeps of transfers. */
#include "tests/unit/daemon/store_sample.h"
#include "daemon/store/report.h"
#include "daemon/store/retention.h"
#include "daemon/store/traffic.h"
#include "lib/wire/port_report.h"

#define MINUTE (60 * (int64_t)LS_SEC)

static int
keep_port(const struct ls_port_report *report, void *user)
{
	*(struct ls_port_report *)user = *report;
	return 0;
}

static void
roll_up(struct fixture *fixture)
{
	int r;

	do
		r = store_roll_up(fixture->store, sample_instant(0));
	while (r == 1);
	assert_int_equal(r, 0);
}

static struct ls_port_report
report_of(struct fixture *fixture, int64_t since_us, int64_t until_us)
{
	const struct store_filter filter = { .since_us = since_us, .until_us = until_us };
	struct ls_port_report report = { 0 };
	const char *unknown;

	assert_int_equal(store_report(fixture->store, &filter, sample_instant(10), keep_port,
				      &report, &unknown),
			 0);
	return report;
}

static void
put_minutes(struct fixture *fixture, int64_t session, const int64_t *minutes, size_t n)
{
	struct ls_traffic_row row;

	for (size_t i = 0; i < n; i++) {
		sample_traffic(&row, session, minutes[i]);
		PUT_TRAFFIC(fixture->store, &row);
	}
}

static void
assert_sample(const struct ls_port_report *report, int64_t times)
{
	static const struct ls_status_count statuses[] = {
		{ 0, 5 },
		{ -2, 3 },
		{ -71, 3 },
	};
	static const int64_t classes[LS_N_TRANSFER_CLASSES] = {
		[LS_TRANSFER_LINK] = 3,
		[LS_TRANSFER_TIMEOUT] = 2,
		[LS_TRANSFER_CANCELLED] = 1,
		[LS_TRANSFER_OTHER] = 5,
	};

	assert_int_equal(report->counts.transfers, times * SAMPLE_TRANSFERS);
	assert_int_equal(report->counts.bytes_out, times * 100);
	assert_int_equal(report->counts.bytes_in, times * 200);
	assert_int_equal(report->counts.submit_errors, times * 7);
	for (int i = 0; i < LS_N_TRANSFER_CLASSES; i++)
		assert_int_equal(report->counts.errors_by_class[i], times * classes[i]);
	for (unsigned int i = 0; i < LS_N_XFERS; i++) {
		const struct ls_latency_times *latency = &report->latency[i];
		bool any = times > 0 && i == LS_XFER_BULK;

		assert_int_equal(latency->n, any ? times * 20 : 0);
		assert_int_equal(latency->p99_us, any ? 20 : 0);
		assert_int_equal(latency->max_us, any ? 20 : 0);
		if (latency->has_p50)
			assert_int_equal(latency->p50_us, 10);
	}
	assert_int_equal(report->counts.n_statuses, times ? LS_COUNT(statuses) : 0);
	for (size_t i = 0; i < report->counts.n_statuses; i++) {
		assert_int_equal(report->counts.errors_by_status[i].status, statuses[i].status);
		assert_int_equal(report->counts.errors_by_status[i].n, times * statuses[i].n);
	}
}

static void
traffic_comes_back_counted(void **state)
{
	struct fixture *fixture = *state;
	struct ls_session session = sample_session(1, 1, 0);
	struct ls_port_report report;
	const int64_t minutes[] = { NOW_REAL };

	PUT_SESSION(fixture->store, &session);
	report = report_of(fixture, INT64_MIN, INT64_MAX);
	assert_sample(&report, 0);
	put_minutes(fixture, 1, minutes, 1);
	reopen(fixture, "boot-1", 5);
	report = report_of(fixture, INT64_MIN, INT64_MAX);
	assert_sample(&report, 1);
	assert_true(report.latency[LS_XFER_BULK].has_p50);
	assert_int_equal(sql_number(fixture, "SELECT count(*) FROM traffic_errors"), 5);
	assert_int_equal(sql_number(fixture, "SELECT n FROM traffic_errors"
					     " WHERE endpoint = 0x81 AND class = 'link'"),
			 2);
	assert_int_equal(sql_number(fixture,
				    "SELECT n = 20 AND p50_us = 10 AND p99_us = 20 AND max_us ="
				    " 20 AND type = 'bulk' FROM traffic_latency"),
			 1);
}

/* A minute is written again and again: nothing of the earlier record is left. */
static void
a_minute_is_replaced(void **state)
{
	struct fixture *fixture = *state;
	struct ls_session session = sample_session(1, 1, 0);
	const int64_t minutes[] = { NOW_REAL, NOW_REAL + MINUTE, NOW_REAL };
	struct ls_port_report report;
	struct ls_traffic_row row;

	PUT_SESSION(fixture->store, &session);
	put_minutes(fixture, 1, minutes, LS_COUNT(minutes));
	report = report_of(fixture, INT64_MIN, INT64_MAX);
	assert_sample(&report, 2);
	memset(&row, 0, sizeof(row));
	row.session = 1;
	row.minute_us = NOW_REAL;
	row.counts.endpoints[3].by_status[ls_status_find(-32)] = UINT64_MAX;
	PUT_TRAFFIC(fixture->store, &row);
	assert_int_equal(sql_number(fixture, "SELECT count(*) FROM traffic_errors"), 6);
	assert_int_equal(sql_number(fixture, "SELECT count(*) FROM traffic_latency"), 1);
	report = report_of(fixture, NOW_REAL, NOW_REAL + 1);
	assert_true(report.counts.transfers > 0);
	assert_int_equal(report.counts.errors_by_class[LS_TRANSFER_STALL], report.counts.transfers);
	assert_int_equal(report.counts.bytes_in, 0);
}

static void
traffic_is_of_the_asked_span_and_port(void **state)
{
	struct fixture *fixture = *state;
	static const struct {
		int64_t since, until, want;
	} cases[] = {
		{ 0, 1, 1 },	       { 0, MINUTE, 1 },     { 0, MINUTE + 1, 2 },
		{ 1, MINUTE, 0 },      { 1, 3 * MINUTE, 2 }, { -MINUTE, 0, 0 },
		{ MINUTE, MINUTE, 0 }, { 0, 9 * MINUTE, 3 },
	};
	const int64_t minutes[] = { NOW_REAL, NOW_REAL + MINUTE, NOW_REAL + 2 * MINUTE };

	for (unsigned int port = 1; port <= 2; port++) {
		struct ls_session session = sample_session(port, port, -1000);

		PUT_SESSION(fixture->store, &session);
		put_minutes(fixture, port, minutes, LS_COUNT(minutes));
	}
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		struct ls_port_report report =
			report_of(fixture, NOW_REAL + cases[i].since, NOW_REAL + cases[i].until);

		print_message("case %zu\n", i);
		assert_sample(&report, cases[i].want);
	}
}

static void
hours_are_made_of_old_minutes(void **state)
{
	struct fixture *fixture = *state;
	const int64_t cut = NOW_REAL / HOUR * HOUR - 48 * HOUR;
	const int64_t minutes[] = {
		cut - HOUR, cut - HOUR + MINUTE,     cut - MINUTE, cut - 2 * HOUR, /* on its own */
		cut,	    cut - 3 * HOUR + MINUTE, NOW_REAL,
	};
	const int64_t late = cut - HOUR + 2 * MINUTE;
	struct ls_port_report report;

	for (unsigned int id = 1; id <= 2; id++) {
		struct ls_session session = sample_session(id, 1, -300 * 3600);

		PUT_SESSION(fixture->store, &session);
		put_minutes(fixture, id, minutes, id == 1 ? LS_COUNT(minutes) : 2);
	}
	for (int round = 0; round < 3; round++) {
		roll_up(fixture);
		assert_int_equal(sql_number(fixture, "SELECT count(*) FROM traffic"), 6);
		assert_int_equal(sql_number(fixture, "SELECT count(*) FROM traffic_errors"), 6 * 5);
		assert_int_equal(sql_number(fixture, "SELECT count(*) FROM traffic_latency"), 6);
		assert_int_equal(sql_number(fixture, "SELECT count(*) FROM traffic"
						     " WHERE span_us = 3600000000"),
				 4);
		assert_int_equal(sql_number(fixture, "SELECT count(*) FROM traffic_latency"
						     " WHERE p50_us IS NULL AND p99_us = 20"
						     " AND max_us = 20 AND n % 20 = 0"),
				 4);
		report = report_of(fixture, INT64_MIN, INT64_MAX);
		assert_sample(&report, LS_COUNT(minutes) + 2);
		assert_false(report.latency[LS_XFER_BULK].has_p50);
		report = report_of(fixture, cut - HOUR, cut);
		assert_sample(&report, 5);
	}
	put_minutes(fixture, 1, &late, 1);
	roll_up(fixture);
	assert_int_equal(sql_number(fixture, "SELECT count(*) FROM traffic"), 6);
	report = report_of(fixture, cut - HOUR, cut - HOUR + 1);
	assert_sample(&report, 6);
	assert_int_equal(store_roll_up(fixture->store, (struct ls_instant){ 0, 0 }), 0);
}

static void
an_hour_keeps_the_worst_times(void **state)
{
	struct fixture *fixture = *state;
	struct ls_traffic_row row;

	sample_traffic(&row, 1, HOUR + MINUTE);
	PUT_TRAFFIC(fixture->store, &row);
	sample_traffic(&row, 1, HOUR + 2 * MINUTE);
	ls_latency_add(&row.counts.latency[LS_XFER_BULK], 30);
	ls_latency_add(&row.counts.latency[LS_XFER_ISO], 3);
	PUT_TRAFFIC(fixture->store, &row);
	roll_up(fixture);
	assert_int_equal(sql_number(fixture, "SELECT count(*) FROM traffic_latency"), 2);
	assert_int_equal(sql_number(fixture,
				    "SELECT n = 41 AND p50_us IS NULL AND p99_us = 30"
				    " AND max_us = 30 FROM traffic_latency WHERE type = 'bulk'"),
			 1);
}

/* Half of it is not done: nothing would count twice, or not at all. */
static void
a_roll_up_is_all_or_nothing(void **state)
{
	struct fixture *fixture = *state;
	const int64_t minutes[] = { HOUR + MINUTE, HOUR + 2 * MINUTE };

	put_minutes(fixture, 1, minutes, LS_COUNT(minutes));
	sql(fixture, "CREATE TRIGGER refuse BEFORE DELETE ON traffic_latency BEGIN"
		     " SELECT raise(ABORT, 'no'); END");
	assert_true(store_roll_up(fixture->store, sample_instant(0)) < 0);
	assert_string_not_equal(store_problem(fixture->store), "");
	assert_int_equal(sql_number(fixture, "SELECT count(*) FROM traffic_errors"), 10);
	sql(fixture, "DROP TRIGGER refuse");
	roll_up(fixture);
	assert_string_equal(store_problem(fixture->store), "");
	assert_int_equal(sql_number(fixture, "SELECT count(*) FROM traffic_errors"), 5);
	assert_int_equal(sql_number(fixture, "SELECT transfers FROM traffic"),
			 2 * SAMPLE_TRANSFERS);
}

static void
the_first_tail_counts(void **state)
{
	struct fixture *fixture = *state;
	struct ls_engine_config config;
	struct ls_tail first, later, kept = { 0 };

	sample_tail(&first, 3, LS_FLIGHT_RECORDS);
	sample_tail(&later, 3, 2);
	later.n = 0; /* nothing was seen: no tail */
	PUT_TAIL(fixture->store, &later);
	assert_int_equal(store_tail(fixture->store, 3, &kept), 0);
	PUT_TAIL(fixture->store, &first);
	later.n = 2;
	PUT_TAIL(fixture->store, &later);
	assert_int_equal(store_tail(fixture->store, 3, &kept), 1);
	assert_memory_equal(&kept, &first, sizeof(kept));
	assert_int_equal(store_tail(fixture->store, 4, &kept), 0);
	assert_int_equal(store_next_ids(fixture->store, &config), 0);
	assert_int_equal(config.next_incident_id, 4); /* no incident inherits it */
}

static void
absorbed_incidents_hand_on_their_tail(void **state)
{
	struct fixture *fixture = *state;
	struct ls_tail tail, kept = { 0 };

	sample_tail(&tail, 2, 5);
	PUT_TAIL(fixture->store, &tail);
	sample_put(fixture->store, RECORD_OF(ABSORBED, .absorbed = { .id = 2, .into = 1 }));
	assert_int_equal(store_tail(fixture->store, 2, &kept), 0);
	assert_int_equal(store_tail(fixture->store, 1, &kept), 1);
	assert_memory_equal(kept.records, tail.records, sizeof(kept.records));
	sample_tail(&tail, 3, 7);
	PUT_TAIL(fixture->store, &tail);
	sample_put(fixture->store, RECORD_OF(ABSORBED, .absorbed = { .id = 3, .into = 1 }));
	assert_int_equal(store_tail(fixture->store, 3, &kept), 0);
	assert_int_equal(store_tail(fixture->store, 1, &kept), 1);
	assert_int_equal(kept.n, 5);
	assert_int_equal(sql_number(fixture, "SELECT count(*) FROM tails"), 1);
}

static void
a_tail_of_invalid_length_is_ignored(void **state)
{
	static const struct {
		int len, want;
	} cases[] = {
		{ 0, 0 },     { 1, 0 },	    { 39, 0 },	  { 40, 1 },	  { 41, 0 },
		{ 10240, 1 }, { 10241, 0 }, { 10280, 0 }, { 1 << 20, 0 },
	};
	struct fixture *fixture = *state;
	struct ls_tail tail;

	sample_tail(&tail, 1, 1);
	PUT_TAIL(fixture->store, &tail);
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		char text[96];

		print_message("%d bytes\n", cases[i].len);
		snprintf(text, sizeof(text), "UPDATE tails SET records = zeroblob(%d)",
			 cases[i].len);
		sql(fixture, text);
		assert_int_equal(store_tail(fixture->store, 1, &tail), cases[i].want);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(traffic_comes_back_counted),
		STORE_TEST(a_minute_is_replaced),
		STORE_TEST(traffic_is_of_the_asked_span_and_port),
		STORE_TEST(hours_are_made_of_old_minutes),
		STORE_TEST(an_hour_keeps_the_worst_times),
		STORE_TEST(a_roll_up_is_all_or_nothing),
		STORE_TEST(the_first_tail_counts),
		STORE_TEST(absorbed_incidents_hand_on_their_tail),
		STORE_TEST(a_tail_of_invalid_length_is_ignored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
