/* What goes when the history is too old or too large, and what stays. */
#include <time.h>

#include "tests/unit/daemon/store_sample.h"
#include "daemon/store/retention.h"

#define DAY    (24 * HOUR)
#define MINUTE (60 * (int64_t)LS_SEC)

static const struct store_limits roomy = { .days = 90, .bytes = INT64_MAX };

static struct ls_instant
at_real(int64_t real_us)
{
	return (struct ls_instant){ .mono_us = 1, .real_us = real_us };
}

/* An incident with its tail, an event, and a minute of traffic, all of @real_us. */
static void
put_moment(struct fixture *fixture, int64_t id, int64_t real_us)
{
	struct ls_incident *incident = calloc(1, sizeof(*incident));
	struct ls_event event = sample_event(1, LS_EVENT_RESET, id);
	struct ls_tail tail;
	struct ls_traffic_row row;

	*incident = sample_incident(id, 1, 0);
	incident->opened.real_us = real_us;
	event.at.real_us = real_us;
	sample_tail(&tail, id, LS_FLIGHT_RECORDS);
	sample_traffic(&row, 1, real_us / MINUTE * MINUTE);
	PUT_INCIDENT(fixture->store, incident);
	PUT_EVENT(fixture->store, &event);
	PUT_TAIL(fixture->store, &tail);
	PUT_TRAFFIC(fixture->store, &row);
	free(incident);
}

/* Runs all pieces; returns their number. */
static int
retain(struct fixture *fixture, const struct store_limits *limits, int64_t now_us)
{
	int n = 0, r;

	while ((r = store_retain(fixture->store, limits, at_real(now_us))) == 1)
		assert_true(++n < 10000);
	assert_int_equal(r, 0);
	return n;
}

static void
old_details_go_and_the_rest_stays(void **state)
{
	static const int64_t ages[] = { 400 * DAY, 91 * DAY, 90 * DAY + MINUTE, 89 * DAY, 0 };
	struct fixture *fixture = *state;
	struct ls_session session = sample_session(1, 1, 0);

	PUT_SESSION(fixture->store, &session);
	for (size_t i = 0; i < LS_COUNT(ages); i++)
		put_moment(fixture, (int64_t)i + 1, NOW_REAL - ages[i]);
	sql(fixture, "UPDATE traffic SET span_us = 3600000000"
		     " WHERE minute_us = (SELECT min(minute_us) FROM traffic)");
	assert_true(retain(fixture, &roomy, NOW_REAL) > 0);
	assert_int_equal(sql_number(fixture, "SELECT count(*) FROM tails"), 2);
	assert_int_equal(sql_number(fixture, "SELECT min(incident) FROM tails"), 4);
	assert_int_equal(sql_number(fixture, "SELECT count(*) FROM traffic"),
			 3); /* the hour, too */
	assert_int_equal(
		sql_number(fixture, "SELECT count(DISTINCT minute_us) FROM traffic_errors"), 3);
	assert_int_equal(
		sql_number(fixture, "SELECT count(DISTINCT minute_us) FROM traffic_latency"), 3);
	assert_int_equal(sql_number(fixture, "SELECT count(*) FROM incidents"), LS_COUNT(ages));
	assert_int_equal(sql_number(fixture, "SELECT count(*) FROM events"), LS_COUNT(ages));
	assert_int_equal(sql_number(fixture, "SELECT count(*) FROM sessions"), 1);
	assert_true(sql_number(fixture, "SELECT count(*) FROM evidence") > 0);
	assert_int_equal(retain(fixture, &roomy, NOW_REAL), 0);
}

static int64_t
used(struct fixture *fixture)
{
	return (sql_number(fixture, "PRAGMA page_count") -
		sql_number(fixture, "PRAGMA freelist_count")) *
	       sql_number(fixture, "PRAGMA page_size");
}

static void
a_history_that_is_too_large_loses_its_oldest_details(void **state)
{
	struct fixture *fixture = *state;
	struct store_limits tight = roomy;
	int64_t before;

	for (int64_t i = 0; i < 60; i++)
		put_moment(fixture, i + 1, NOW_REAL - (60 - i) * DAY);
	before = used(fixture);
	tight.bytes = before * 3 / 4;
	assert_true(retain(fixture, &tight, NOW_REAL) > 0);
	assert_true(used(fixture) <= tight.bytes);
	assert_true(used(fixture) > tight.bytes / 2); /* and not more than that */
	assert_in_range(sql_number(fixture, "SELECT min(incident) FROM tails"), 2, 50);
	assert_int_equal(sql_number(fixture, "SELECT max(incident) FROM tails"), 60);
	assert_int_equal(sql_number(fixture, "SELECT count(*) FROM tails"),
			 sql_number(fixture, "SELECT count(*) FROM events"));
	assert_int_equal(sql_number(fixture, "SELECT count(*) FROM tails"),
			 sql_number(fixture, "SELECT count(*) FROM traffic"));
	assert_int_equal(sql_number(fixture, "SELECT count(*) FROM incidents"), 60);
	assert_true(sql_number(fixture, "PRAGMA page_count") *
			    sql_number(fixture, "PRAGMA page_size") <
		    before);
}

static void
the_last_day_stays_whatever_the_size(void **state)
{
	struct fixture *fixture = *state;
	struct store_limits none = { .days = 90, .bytes = 1 };

	for (int64_t i = 0; i < 10; i++)
		put_moment(fixture, i + 1, NOW_REAL - (10 - i) * 8 * HOUR);
	retain(fixture, &none, NOW_REAL);
	assert_int_equal(sql_number(fixture, "SELECT count(*) FROM tails"), 3);
	assert_int_equal(sql_number(fixture, "SELECT count(*) FROM events"), 3);
	assert_int_equal(sql_number(fixture, "SELECT count(*) FROM incidents"), 10);
}

/* Of a clock that was wrong once: time decides, not the order of numbers. */
static void
a_clock_that_jumped_stops_nothing(void **state)
{
	struct fixture *fixture = *state;
	struct store_limits none = { .days = 90, .bytes = 1 };

	put_moment(fixture, 1, NOW_REAL + 400 * DAY);
	put_moment(fixture, 2, NOW_REAL - 20 * DAY);
	put_moment(fixture, 3, 5 * HOUR); /* 1970 */
	retain(fixture, &none, NOW_REAL);
	assert_int_equal(sql_number(fixture, "SELECT count(*) FROM tails"), 1);
	assert_int_equal(sql_number(fixture, "SELECT incident FROM tails"), 1);
	assert_int_equal(store_retain(fixture->store, &none, at_real(1)), 0);
}

/* 100 days ahead for a moment, a night asleep, and a computer that was off for a year. */
static void
a_clock_is_believed_when_it_was_right_for_long(void **state)
{
	const int64_t minute = 60 * (int64_t)LS_SEC;
	struct clock_trust trust = { 0 };
	int64_t boot = HOUR;

	(void)state;
	assert_true(clock_trust(&trust, NOW_REAL, boot, NOW_REAL - DAY));
	assert_true(clock_trust(&trust, NOW_REAL + minute, boot + minute, 0));
	assert_false(clock_trust(&trust, NOW_REAL + 100 * DAY, boot + 2 * minute, 0));
	assert_false(clock_trust(&trust, NOW_REAL + 3 * minute, boot + 3 * minute, 0));
	assert_false(clock_trust(&trust, NOW_REAL + 62 * minute, boot + 62 * minute, 0));
	assert_true(clock_trust(&trust, NOW_REAL + 64 * minute, boot + 64 * minute, 0));
	assert_true(clock_trust(&trust, NOW_REAL + 8 * HOUR, boot + 8 * HOUR, 0));

	trust = (struct clock_trust){ 0 };
	assert_false(clock_trust(&trust, NOW_REAL, boot, NOW_REAL - 365 * DAY));
	assert_true(clock_trust(&trust, NOW_REAL + HOUR, boot + HOUR, 0));
	trust = (struct clock_trust){ 0 };
	assert_false(clock_trust(&trust, NOW_REAL, boot, NOW_REAL + DAY));
}

/* However late it is: the next pass begins an hour later. */
static void
age_alone_takes_a_day_at_a_time(void **state)
{
	struct fixture *fixture = *state;
	struct store_limits limits = roomy;

	for (int64_t i = 0; i < 20; i++)
		put_moment(fixture, i + 1, NOW_REAL + i * DAY);
	assert_int_equal(store_limit_age(fixture->store, &limits), 0);
	retain(fixture, &limits, NOW_REAL + 1000 * DAY);
	assert_int_equal(sql_number(fixture, "SELECT count(*) FROM tails"), 19);
	assert_int_equal(store_limit_age(fixture->store, &limits), 0);
	retain(fixture, &limits, NOW_REAL + 1000 * DAY);
	assert_int_equal(sql_number(fixture, "SELECT count(*) FROM tails"), 18);
}

static void
pieces_are_small(void **state)
{
	struct fixture *fixture = *state;
	struct timespec began, ended;
	int n;

	sql(fixture, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
		     "3000) INSERT INTO traffic SELECT i, i * 60000000, 60000000, 1, 1, 1, 1 "
		     "FROM n");
	clock_gettime(CLOCK_MONOTONIC, &began);
	n = retain(fixture, &roomy, NOW_REAL);
	clock_gettime(CLOCK_MONOTONIC, &ended);
	print_message("%d pieces, %.1f ms each\n", n,
		      ((double)(ended.tv_sec - began.tv_sec) * 1e3 +
		       (double)(ended.tv_nsec - began.tv_nsec) / 1e6) /
			      n);
	assert_in_range(n, 3000 / 64, 3000 / 64 + 2);
	assert_int_equal(sql_number(fixture, "SELECT count(*) FROM traffic"), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(old_details_go_and_the_rest_stays),
		STORE_TEST(a_history_that_is_too_large_loses_its_oldest_details),
		STORE_TEST(the_last_day_stays_whatever_the_size),
		STORE_TEST(a_clock_that_jumped_stops_nothing),
		STORE_TEST(a_clock_is_believed_when_it_was_right_for_long),
		STORE_TEST(age_alone_takes_a_day_at_a_time),
		STORE_TEST(pieces_are_small),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
