#include <math.h>

#include "tests/unit/daemon/store_sample.h"
#include "daemon/store/relabel.h"
#include "daemon/store/report.h"
#include "daemon/store/sessions.h"
#include "daemon/store/statistics.h"
#include "lib/engine/facts.h"
#include "lib/wire/port_report.h"

#define DAY_S (24 * 3600)

struct total {
	int64_t n_rows, n, n_dropping, drops, by_power;
	double seconds;
	double metered, flowing; /* seconds */
	int64_t drops_flowing;
	int64_t n_sums, last_id;
};

static int
add(const struct store_session *row, void *user)
{
	struct total *total = user;

	total->n_rows++;
	total->n += row->n;
	total->n_dropping += row->n_dropping;
	total->drops += row->drops;
	total->by_power += row->drops_by_side[LS_SIDE_POWER];
	total->seconds += row->connected_seconds;
	if (row->conditions[LS_CONDITION_LOAD].known) {
		total->metered += row->connected_seconds;
		total->flowing += row->conditions[LS_CONDITION_LOAD].seconds;
		total->drops_flowing += row->conditions[LS_CONDITION_LOAD].drops;
	}
	total->n_sums += row->session.id < STORE_SUM_IDS;
	assert_true(row->session.id > total->last_id || row->session.id >= STORE_SUM_IDS);
	total->last_id = row->session.id;
	return 0;
}

static struct total
sum(struct store *store, struct store_filter filter)
{
	struct total total = { 0 };
	const char *unknown;

	assert_int_equal(
		store_session_sums(store, &filter, sample_instant(0), add, &total, &unknown), 0);
	return total;
}

/* The text of the cables ends with the visit. */
static int
keep(const struct ls_port_report *report, void *user)
{
	struct ls_port_report *kept = user;

	kept[report->socket.id_path[strlen(report->socket.id_path) - 1] - '1'] = *report;

	return 0;
}

static void
report(struct store *store, struct store_filter filter, struct ls_port_report ret[2])
{
	const char *unknown;

	memset(ret, 0, 2 * sizeof(*ret));
	assert_int_equal(store_report(store, &filter, sample_instant(0), keep, ret, &unknown), 0);
}

/*
 * Session @i: @hours on port 1 or 2 from the hour -@back on, with @drops that are 10 minutes apart. usbmon
 * watched the most of them, and data flowed for a quarter of the time, and before every second drop.
 */
static void
put(struct store *store, int64_t id, int64_t back, int hours, int drops)
{
	struct ls_session session = sample_session(id, 1 + id % 2, -back * 3600);
	struct ls_incident *incident = calloc(1, sizeof(*incident));
	struct ls_traffic_row row;
	struct ls_event event = sample_event(1 + id % 2, LS_EVENT_RESET, -back * 3600);

	session.present = session.open = false;
	session.connected_us = (uint64_t)hours * HOUR;
	session.metered_us = id % 5 ? session.connected_us : 0;
	session.flowing_us = session.metered_us / 4;
	session.neighbour_us = session.metered_us / 8;
	session.ended = sample_instant((hours - back) * 3600);
	PUT_SESSION(store, &session);
	PUT_EVENT(store, &event);
	for (int i = 0; i < drops; i++) {
		*incident = sample_incident(id * 10 + i, 1 + id % 2, 600 * (i + 1) - back * 3600);
		incident->session = id;
		incident->side = i % 2 ? LS_SIDE_POWER : LS_SIDE_HUB;
		incident->facts = i % 2 ? LS_FACT_FLOWING : LS_FACT_NEIGHBOUR;
		PUT_INCIDENT(store, incident);
	}
	sample_traffic(&row, id, sample_instant(-back * 3600).real_us);
	PUT_TRAFFIC(store, &row);
	free(incident);
}

static void
fill(struct store *store)
{
	for (int64_t id = 1; id <= 40; id++) /* the last one ends an hour ago */
		put(store, id, 24 * (40 - id) + 5, 4, id % 3 ? 0 : 2);
}

#define NOT_METERED "UPDATE sessions SET metered_us = 0, flowing_us = 0, neighbour_us = 0"

static void
sum_all(struct store *store)
{
	int r, n = 0;

	do
		r = store_sum_up(store, sample_instant(0));
	while (r == 1 && n++ < 10);
	assert_int_equal(r, 0);
}

/* Sums and sessions may be in other cells, and one may be split, but they are the same hours. */
static struct ls_history_cell
all_of(const struct ls_history *history)
{
	struct ls_history_cell all = { 0 };

	for (size_t i = 0; i < history->n_cells; i++) {
		all.n += history->cells[i].n;
		all.drops += history->cells[i].drops;
		all.hours += history->cells[i].hours;
	}
	return all;
}

static void
same_history(const struct ls_history *a, const struct ls_history *b)
{
	struct ls_history_cell left = all_of(a), right = all_of(b);

	assert_int_equal(left.drops, right.drops);
	assert_float_equal(left.hours, right.hours, 1e-6);
}

static void
same_report(const struct ls_port_report *a, const struct ls_port_report *b)
{
	assert_float_equal(a->counts.connected_seconds, b->counts.connected_seconds, 1e-3);
	assert_float_equal(a->longest_clean_seconds, b->longest_clean_seconds, 1e-3);
	assert_int_equal(a->counts.sessions, b->counts.sessions);
	assert_int_equal(a->counts.drops, b->counts.drops);
	assert_int_equal(a->counts.resets, b->counts.resets);
	assert_int_equal(a->counts.transfers, b->counts.transfers);
	assert_int_equal(a->counts.bytes_in, b->counts.bytes_in);
	assert_int_equal(a->counts.submit_errors, b->counts.submit_errors);
	assert_int_equal(a->counts.n_statuses, b->counts.n_statuses);
	for (size_t i = 0; i < a->counts.n_statuses; i++)
		assert_int_equal(a->counts.errors_by_status[i].n, b->counts.errors_by_status[i].n);
	same_history(&a->history, &b->history);
	assert_int_equal(a->latency[LS_XFER_BULK].n, b->latency[LS_XFER_BULK].n);
	assert_int_equal(a->latency[LS_XFER_BULK].max_us, b->latency[LS_XFER_BULK].max_us);
}

/* The sums equal the sessions one by one. */
static void
sums_change_no_answer(void **state)
{
	struct fixture *fixture = *state;
	struct ls_port_report before[2], after[2];
	struct total one_by_one, summed;

	fill(fixture->store);
	report(fixture->store, ALL, before);
	one_by_one = sum(fixture->store, ALL);
	assert_int_equal(one_by_one.n_rows, 40);
	assert_int_equal(one_by_one.n_sums, 0);
	assert_int_equal(one_by_one.drops, 26);
	assert_int_equal(one_by_one.by_power, 13);
	assert_float_equal(one_by_one.metered, 32 * 4 * 3600, 1e-3);
	assert_float_equal(one_by_one.flowing, 32 * 3600, 1e-3);
	assert_int_equal(one_by_one.drops_flowing, 11);
	assert_float_equal(before[0].counts.connected_seconds, 80 * 3600, 1e-3);
	assert_int_equal(before[0].counts.resets, 20);
	assert_int_equal(before[0].history.n_cells, 2); /* sessions with two drops, and without */
	assert_int_equal(all_of(&before[0].history).n, 20);
	assert_float_equal(all_of(&before[0].history).hours, 80, 1e-6);

	sum_all(fixture->store);
	summed = sum(fixture->store, ALL);
	/* Two ports, with drops and without, metered or not, six days each. */
	assert_int_equal(summed.n_sums, 30);
	assert_int_equal(summed.n_rows, 33); /* and the last three days */
	assert_int_equal(summed.n, 40);
	assert_int_equal(summed.n_dropping, one_by_one.n_dropping);
	assert_int_equal(summed.drops, 26);
	assert_int_equal(summed.by_power, 13);
	assert_float_equal(summed.seconds, one_by_one.seconds, 1e-3);
	assert_float_equal(summed.metered, one_by_one.metered, 1e-3);
	assert_float_equal(summed.flowing, one_by_one.flowing, 1e-3);
	assert_int_equal(summed.drops_flowing, one_by_one.drops_flowing);
	report(fixture->store, ALL, after);
	for (int i = 0; i < 2; i++)
		same_report(&before[i], &after[i]);
}

static void
spans_and_pages(void **state)
{
	struct fixture *fixture = *state;
	struct store_filter week = ALL, page = ALL;
	struct total all = { 0 };
	const char *unknown;
	int n = 0;

	fill(fixture->store);
	sum_all(fixture->store);
	week.since_us = sample_instant(-7 * DAY_S).real_us;
	assert_int_equal(sum(fixture->store, week).n_rows, 7);
	assert_int_equal(sum(fixture->store, week).n_sums, 0);
	page.limit = 3;
	for (; n < 20; n++) {
		int64_t before = all.n_rows;

		page.after_id = all.last_id;
		assert_int_equal(store_session_sums(fixture->store, &page, sample_instant(0), add,
						    &all, &unknown),
				 0);
		if (all.n_rows == before)
			break;
		assert_true(all.n_rows - before <= 3);
	}
	assert_int_equal(n, 11);
	assert_int_equal(all.n, 40);
}

/* From the middle of a session, from a whole week, from before all of it: sums and rows fit together. */
static void
sums_of_a_span_change_no_answer(void **state)
{
	static const int64_t hours_back[] = { 24 * 5 + 3, 24 * 12 + 3, 24 * 13, 24 * 20 + 3,
					      24 * 60 };
	struct fixture *fixture = *state;
	struct ls_port_report before[LS_COUNT(hours_back)][2], after[2];
	struct total one_by_one[LS_COUNT(hours_back)], summed;
	struct store_filter span = ALL;
	int64_t n_sums = 0;

	fill(fixture->store);
	for (size_t i = 0; i < LS_COUNT(hours_back); i++) {
		span.since_us = sample_instant(-hours_back[i] * 3600).real_us;
		report(fixture->store, span, before[i]);
		one_by_one[i] = sum(fixture->store, span);
		assert_int_equal(one_by_one[i].n_sums, 0);
	}
	sum_all(fixture->store);
	for (size_t i = 0; i < LS_COUNT(hours_back); i++) {
		print_message("%d hours\n", (int)hours_back[i]);
		span.since_us = sample_instant(-hours_back[i] * 3600).real_us;
		report(fixture->store, span, after);
		for (int port = 0; port < 2; port++)
			same_report(&before[i][port], &after[port]);
		summed = sum(fixture->store, span);
		n_sums += summed.n_sums;
		assert_int_equal(summed.n, one_by_one[i].n);
		assert_int_equal(summed.drops, one_by_one[i].drops);
		assert_int_equal(summed.by_power, one_by_one[i].by_power);
		assert_float_equal(summed.seconds, one_by_one[i].seconds, 1e-3);
	}
	assert_true(n_sums > 20);
}

static void
a_history_without_weeks_of_transfers_gets_them(void **state)
{
	static const char *const back_to_4[] = {
		"CREATE TABLE port_traffic AS SELECT * FROM week_traffic",
		"CREATE TABLE port_errors AS SELECT * FROM week_errors",
		"CREATE TABLE port_latency AS SELECT * FROM week_latency",
		"DROP TABLE week_traffic",
		"DROP TABLE week_errors",
		"DROP TABLE week_latency",
		"DROP INDEX sessions_not_summed_began",
		"DROP INDEX sessions_cable",
	};
	struct fixture *fixture = *state;
	struct ls_port_report before[2], after[2];

	fill(fixture->store);
	sql(fixture, NOT_METERED);
	sum_all(fixture->store);
	report(fixture->store, ALL, before);
	assert_true(before[0].counts.transfers > 0);
	for (size_t i = 0; i < LS_COUNT(back_to_4); i++)
		sql(fixture, back_to_4[i]);
	sample_back_to_5(fixture, 4);
	reopen(fixture, "boot-next", 0);
	report(fixture->store, ALL, after);
	for (int i = 0; i < 2; i++)
		same_report(&before[i], &after[i]);
}

/* Sums of sessions of which nothing was known stay, and are still taken back with their sessions. */
static void
sums_without_load_stay(void **state)
{
	struct fixture *fixture = *state;
	struct total before, after;

	fill(fixture->store);
	sql(fixture, NOT_METERED);
	sum_all(fixture->store);
	before = sum(fixture->store, ALL);
	sample_back_to_5(fixture, 5);
	reopen(fixture, "boot-next", 0);
	after = sum(fixture->store, ALL);
	assert_int_equal(after.n, before.n);
	assert_int_equal(after.drops, before.drops);
	assert_float_equal(after.metered, 0, 1e-3);
	sql(fixture, "UPDATE sessions SET cable = NULL, ended_real = ended_real + 1");
	assert_int_equal(sql_number(fixture, "SELECT count(*) FROM session_sums"), 0);
	sum_all(fixture->store);
	assert_int_equal(sum(fixture->store, ALL).drops, before.drops);
}

/* A corrected session is subtracted and added again; the port keeps its sums. */
static void
a_corrected_cable_is_summed_again(void **state)
{
	struct fixture *fixture = *state;
	struct store_relabelling it = {
		.socket = sample_socket(2),
		.since_us = sample_instant(-20 * DAY_S).real_us,
		.cable = "other",
		.spare_id = 100,
	};
	struct ls_port_report before[2], after[2];
	struct total total;

	fill(fixture->store);
	sum_all(fixture->store);
	report(fixture->store, ALL, before);
	it.since_us = sample_instant(-3600 * (24 * 21 + 3)).real_us; /* within session 19 */
	assert_int_equal(store_relabel(fixture->store, &it), 1);
	assert_int_equal(it.split, 19);
	total = sum(fixture->store, ALL);
	assert_int_equal(total.n, 41);
	assert_int_equal(total.drops, 26);
	assert_float_equal(total.seconds, 160 * 3600, 1e-3);
	sum_all(fixture->store);
	total = sum(fixture->store, ALL);
	assert_int_equal(total.n, 41);
	assert_int_equal(total.drops, 26);
	assert_float_equal(total.seconds, 160 * 3600, 1e-3);
	assert_true(total.n_sums > 4);
	report(fixture->store, ALL, after);
	after[1].counts.sessions = before[1].counts.sessions;
	same_report(&before[0], &after[0]);
	same_report(&before[1], &after[1]);
}

/* Twenty clean days, then another cable, and a drop a day: seen to the session, also of old times. */
static void
a_change_has_a_time_and_a_companion(void **state)
{
	struct fixture *fixture = *state;
	struct ls_port_report at_once[2], summed[2];

	for (int64_t id = 2; id <= 120; id += 2) {
		struct ls_session session = sample_session(id, 1, -3600 * 24 * (100 - id / 2));
		struct ls_incident *incident = calloc(1, sizeof(*incident));
		bool bad = id > 60;

		session.present = session.open = false;
		session.connected_us = 10 * HOUR;
		session.ended = sample_instant(-3600 * (24 * (100 - id / 2) - 10));
		snprintf(session.cable, sizeof(session.cable), bad ? "red" : "white");
		PUT_SESSION(fixture->store, &session);
		*incident = sample_incident(id, 1, -3600 * (24 * (100 - id / 2) - 5));
		incident->session = id;
		if (bad)
			PUT_INCIDENT(fixture->store, incident);
		free(incident);
	}
	report(fixture->store, ALL, at_once);
	sum_all(fixture->store);
	report(fixture->store, ALL, summed);
	assert_true(at_once[0].has_trend && summed[0].has_trend);
	assert_int_equal(at_once[0].trend.drops_before, 0);
	assert_int_equal(at_once[0].trend.drops_since, 30);
	assert_int_equal(summed[0].trend.since_us, at_once[0].trend.since_us);
	assert_int_equal(summed[0].trend.since_us, sample_instant(-3600 * 24 * 69).real_us);
	assert_string_equal(summed[0].came_kind, "cable");
	assert_string_equal(summed[0].came, "red");
	assert_float_equal(summed[0].longest_clean_seconds, 305 * 3600, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(sums_change_no_answer),
		STORE_TEST(sums_of_a_span_change_no_answer),
		STORE_TEST(a_history_without_weeks_of_transfers_gets_them),
		STORE_TEST(sums_without_load_stay),
		STORE_TEST(spans_and_pages),
		STORE_TEST(a_corrected_cable_is_summed_again),
		STORE_TEST(a_change_has_a_time_and_a_companion),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
