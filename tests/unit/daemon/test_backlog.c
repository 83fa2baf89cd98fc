/* Records that wait for a store that cannot write. */
#include "daemon/store/backlog.h"
#include "tests/unit/daemon/store_sample.h"

struct told {
	int n_events, n_incidents;
};

static void
on_announce(const struct ls_record *record, void *user)
{
	struct told *told = user;

	told->n_events += record->kind == LS_RECORD_EVENT;
	told->n_incidents += record->kind == LS_RECORD_INCIDENT;
}

static void
add_storm(struct backlog *backlog, int n)
{
	struct ls_session session = sample_session(1, 1, 0);
	struct ls_incident *incident = calloc(1, sizeof(*incident));

	*incident = sample_incident(1, 1, 0);
	for (int i = 0; i < n; i++) {
		struct ls_event event = sample_event(1 + i % 2, LS_EVENT_CONNECT, i);

		session.connected_us = (uint64_t)i;
		incident->n_disconnects = (uint32_t)i + 1;
		backlog_add(backlog, &RECORD_OF(EVENT, .event = &event), true);
		backlog_add(backlog, &RECORD_OF(SESSION, .session = &session), true);
		backlog_add(backlog, &RECORD_OF(INCIDENT, .incident = incident), true);
	}
	free(incident);
}

static void
write_out(struct fixture *fixture, struct backlog *backlog)
{
	assert_int_equal(store_begin(fixture->store), 0);
	assert_int_equal(backlog_put(backlog, fixture->store), 0);
	assert_int_equal(store_commit(fixture->store), 0);
	backlog_written(backlog);
}

/* Each event was announced and is counted, on its port; the details of the last ones are there. */
static void
counts_outlive_details(void **state)
{
	struct fixture *fixture = *state;
	struct backlog *backlog = calloc(1, sizeof(*backlog));
	struct told told = { 0 };

	backlog_init(backlog, on_announce, &told);
	add_storm(backlog, 5000);
	backlog_announce(backlog, backlog->n);
	assert_int_equal(told.n_events, 5000);
	assert_int_equal(backlog->n_lost, 0);
	assert_int_equal(backlog->n_details, 5000 + 2 - BACKLOG_MAX);
	write_out(fixture, backlog);
	assert_int_equal(sql_number(fixture, "SELECT sum(n) FROM event_sums"), 5000);
	assert_int_equal(sql_number(fixture, "SELECT count(*) FROM event_sums"), 2);
	assert_int_equal(count_all_events(fixture->store), BACKLOG_MAX - 2);
	assert_int_equal(sql_number(fixture, "SELECT n_disconnects FROM incidents"), 5000);
	assert_int_equal(sql_number(fixture, "SELECT connected_us FROM sessions"), 4999);

	/* A batch that fails leaves the counts for the next one; one that is written does not. */
	backlog_forget(backlog, backlog->n);
	add_storm(backlog, 3000);
	assert_int_equal(store_begin(fixture->store), 0);
	assert_int_equal(backlog_put(backlog, fixture->store), 0);
	store_rollback(fixture->store);
	write_out(fixture, backlog);
	write_out(fixture, backlog);
	assert_int_equal(sql_number(fixture, "SELECT sum(n) FROM event_sums"), 8000);
	backlog_done(backlog);
	free(backlog);
}

/* What is in the store already makes room first, and is announced by then. */
static void
what_is_written_is_not_counted_twice(void **state)
{
	struct fixture *fixture = *state;
	struct backlog *backlog = calloc(1, sizeof(*backlog));
	struct told told = { 0 };

	backlog_init(backlog, on_announce, &told);
	for (int i = 0; i < 3000; i++) {
		struct ls_event event = sample_event(1, LS_EVENT_RESET, i);

		backlog_add(backlog, &RECORD_OF(EVENT, .event = &event), false);
		if (i % 100 == 99)
			write_out(fixture, backlog);
	}
	assert_int_equal(backlog->n_details + backlog->n_lost, 0);
	assert_int_equal(told.n_events, 2000);
	backlog_announce(backlog, backlog->n);
	assert_int_equal(told.n_events, 3000);
	assert_int_equal(sql_number(fixture, "SELECT sum(n) FROM event_sums"), 3000);
	assert_int_equal(count_all_events(fixture->store), 3000);
	backlog_done(backlog);
	free(backlog);
}

/* Without events the oldest of the rest go, and are said to be lost. */
static void
what_cannot_be_counted_is_lost_and_said(void **state)
{
	struct backlog *backlog = calloc(1, sizeof(*backlog));
	struct ls_incident *incident = calloc(1, sizeof(*incident));
	struct told told = { 0 };

	(void)state;
	backlog_init(backlog, on_announce, &told);
	for (int64_t id = 1; id <= BACKLOG_MAX + 10; id++) {
		*incident = sample_incident(id, 1, id);
		backlog_add(backlog, &RECORD_OF(INCIDENT, .incident = incident), true);
	}
	assert_int_equal(backlog->n, BACKLOG_MAX);
	assert_int_equal(backlog->n_lost, 10);
	assert_int_equal(told.n_incidents, 10);
	assert_int_equal(backlog->entries[0].record.incident->id, 11);
	backlog_done(backlog);
	free(incident);
	free(backlog);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(counts_outlive_details),
		STORE_TEST(what_is_written_is_not_counted_twice),
		cmocka_unit_test(what_cannot_be_counted_is_lost_and_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
