#include "tests/unit/lib/transfers.h"

static void
on_device(unsigned int bus, unsigned int devnum, const struct ls_traffic_counts *totals, void *user)
{
	struct ls_traffic_sum sum;
	unsigned int *n = user;

	ls_traffic_sum(totals, &sum);
	assert_int_equal(sum.n_submitted, 1);
	n[0]++;
	n[1] = n[1] * 100 + bus * 10 + devnum; /* shows the order */
}

static void
on_each(unsigned int bus, unsigned int devnum, void *user)
{
	unsigned int *shown = user;

	*shown = *shown * 100 + bus * 10 + devnum;
}

static void
what_a_device_moved(void **state)
{
	struct ls_traffic_moved moved;
	unsigned int shown = 0;

	(void)state;
	assert_int_equal(ls_traffic_moved(traffic, 3, 5, &moved), 0);
	transfer(LS_XFER_BULK, 0x81, 0, 0);
	assert_int_equal(ls_traffic_moved(traffic, 3, 5, &moved), 1);
	assert_true(moved.bytes > 0);
	assert_int_equal(moved.bytes, sum_of(5).bytes_in);
	assert_int_equal(moved.n_pending, 0);
	assert_int_equal(ls_traffic_take(traffic, 3, 5, &counts), 1); /* it counts what was taken */
	add('S', 7, 5, 200);
	assert_int_equal(ls_traffic_moved(traffic, 3, 5, &moved), 1);
	assert_int_equal(moved.bytes, sum_of(5).bytes_in);
	assert_int_equal(moved.n_pending, 1);

	add('S', 8, 2, 300);
	ls_traffic_each(traffic, on_each, &shown);
	assert_int_equal(shown, 3235);
}

static void
numbers_are_used_again(void **state)
{
	unsigned int visited[2] = { 0, 0 };

	(void)state;
	add('S', 1, 5, 0);
	add('S', 2, 5, 0);
	add('S', 3, 6, 0);
	add('S', 4, 0, 0); /* being enumerated */
	ls_traffic_device_gone(traffic, 3, 5);
	assert_int_equal(ls_traffic_total(traffic, 3, 5, &counts), 0);
	assert_null(ls_traffic_flight(traffic, 3, 5));
	assert_int_equal(health().n_devices, 2);

	add('S', 8, 5, 100);
	add('C', 1, 5, 5000000); /* the old one's: no time of this one's */
	assert_int_equal(health().n_unmatched, 1);
	assert_int_equal(sum_of(5).n_pending, 1);
	assert_int_equal(ls_latency_count(&counts.latency[LS_XFER_BULK]), 0);
	assert_int_equal(sum_of(6).n_pending, 1);
	assert_int_equal(sum_of(0).n_submitted, 1);
	ls_traffic_visit(traffic, on_device, visited);
	assert_int_equal(visited[0], 3);
	assert_int_equal(visited[1], 303536);

	ls_traffic_bus_gone(traffic, 3);
	ls_traffic_bus_gone(traffic, 65535);
	assert_int_equal(health().n_devices, 0);
	assert_int_equal(health().n_recorders, 0);
	add('S', 8, 5, 100);
	assert_int_equal(sum_of(5).n_pending, 1);
}

static void
a_full_table_is_reported(void **state)
{
	struct ls_usbmon_record record;

	(void)state;
	for (unsigned int i = 0; i < LS_TRAFFIC_DEVICES + 10; i++) {
		record = record_of('S', 1000 + i, i / 127, 1 + i % 127, i);
		ls_traffic_add(traffic, &record);
	}
	assert_int_equal(health().n_devices, LS_TRAFFIC_DEVICES);
	assert_int_equal(health().n_untracked, 10);
	assert_int_equal(health().n_recorders, 128);
	record = record_of('S', 1, 128, 1, 0); /* no such bus */
	ls_traffic_add(traffic, &record);
	record = record_of('S', 1, 1, 200, 0);
	ls_traffic_add(traffic, &record);
	assert_int_equal(health().n_untracked, 12);
	record = record_of('X', 1, 1, 1, 0);
	ls_traffic_add(traffic, &record);
	assert_int_equal(health().n_nonsense, 1);

	ls_traffic_device_gone(traffic, 0, 1);
	record = record_of('S', 1, 3, 100, 0);
	ls_traffic_add(traffic, &record);
	assert_int_equal(health().n_untracked, 12);
	assert_int_equal(health().n_devices, LS_TRAFFIC_DEVICES);
}

static void
urbs_under_way_are_bounded(void **state)
{
	const uint64_t n = 40000;
	struct ls_traffic_health now;

	(void)state;
	for (uint64_t i = 0; i < n; i++)
		add('S', UINT64_C(0xffff888000000000) + i * 192, 5, i);
	now = health();
	assert_true(now.n_forgotten >= n - 16384);
	assert_int_equal(sum_of(5).n_pending, n - now.n_forgotten);
	assert_true(sum_of(5).n_pending > 15000);
	for (uint64_t i = 0; i < n; i++)
		add('C', UINT64_C(0xffff888000000000) + i * 192, 5, n + i);
	assert_int_equal(sum_of(5).n_pending, 0);
	assert_int_equal(sum_of(5).n_completed, n);
	assert_int_equal(health().n_unmatched, now.n_forgotten);
	/* The oldest were forgotten: the newest is matched. */
	assert_int_equal(ls_latency_count(&counts.latency[LS_XFER_BULK]), n - now.n_forgotten);
}

static void
evidence_is_reported_once(void **state)
{
	struct ls_traffic_evidence evidence;

	(void)state;
	assert_int_equal(ls_traffic_next_evidence(traffic, &evidence), 0);
	for (uint64_t i = 0; i < 100; i++)
		transfer(LS_XFER_BULK, 0x81, -71, i * 10 * LS_MS);
	assert_int_equal(ls_traffic_next_evidence(traffic, &evidence), 1);
	assert_int_equal(evidence.n_link, 100);
	assert_true(evidence.spell_us == START);
	assert_true(evidence.last_us == START + 990 * LS_MS);
	assert_int_equal(ls_traffic_next_evidence(traffic, &evidence), 0);

	transfer(LS_XFER_BULK, 0x81, -71, 5 * LS_SEC);
	transfer(LS_XFER_BULK, 0x81, -75, 6 * LS_SEC);
	assert_int_equal(ls_traffic_next_evidence(traffic, &evidence), 1);
	assert_int_equal(evidence.n_link, 1);
	assert_int_equal(evidence.n_babble, 1);
	assert_true(evidence.spell_us == START);
	transfer(LS_XFER_BULK, 0x81, -71, 17 * LS_SEC);
	assert_int_equal(ls_traffic_next_evidence(traffic, &evidence), 1);
	assert_true(evidence.spell_us == START + 17 * LS_SEC);

	transfer(LS_XFER_BULK, 0x81, -71, 18 * LS_SEC);
	ls_traffic_device_gone(traffic, 3, 5);
	assert_int_equal(ls_traffic_next_evidence(traffic, &evidence), 0);
}

struct replay {
	unsigned int n;
	uint64_t first, last;
};

static void
on_flight(const struct ls_flight_record *record, void *user)
{
	struct replay *replay = user;

	replay->first = replay->n++ ? replay->first : record->id;
	replay->last = record->id;
}

static struct replay
replay_of(unsigned int devnum, uint64_t since_us)
{
	const struct ls_flight *flight = ls_traffic_flight(traffic, 3, devnum);
	struct replay replay = { 0 };

	if (flight)
		ls_flight_visit(flight, since_us, on_flight, &replay);
	return replay;
}

static void
the_recorder_keeps_the_last(void **state)
{
	struct ls_usbmon_record record = record_of('S', 1, 3, 5, 1234567), again;
	const uint8_t setup[8] = { 0x80, 6, 0, 1, 0, 0, 18, 0 };

	(void)state;
	record.xfer = LS_XFER_CONTROL;
	record.flag_setup = 0;
	memcpy(record.setup, setup, 8);
	ls_traffic_add(traffic, &record);
	ls_flight_restore(&ls_traffic_flight(traffic, 3, 5)->records[0], &again);
	assert_memory_equal(&record, &again, sizeof(record));

	for (uint64_t i = 2; i <= 1000; i++)
		add('S', i, 5, i * LS_MS);
	assert_int_equal(replay_of(5, 0).n, 256);
	assert_int_equal(replay_of(5, 0).first, 745);
	assert_int_equal(replay_of(5, 0).last, 1000);
	assert_int_equal(replay_of(5, START + 990 * LS_MS).n, 11);
}

static void
recorders_go_to_active_devices(void **state)
{
	(void)state;
	for (unsigned int devnum = 0; devnum < 127; devnum++)
		add('S', 100 + devnum, devnum, 0);
	for (unsigned int i = 0; i < 2; i++) {
		struct ls_usbmon_record record = record_of('S', 300 + i, 4, 1 + i, 0);

		ls_traffic_add(traffic, &record);
	}
	assert_int_equal(health().n_recorders, 128);
	assert_non_null(ls_traffic_flight(traffic, 4, 1));
	assert_null(ls_traffic_flight(traffic, 4, 2)); /* all others spoke a moment ago */
	for (unsigned int i = 0; i < 4096; i++)
		add('S', 100, 0, i);
	struct ls_usbmon_record record = record_of('C', 301, 4, 2, 0);

	ls_traffic_add(traffic, &record);
	assert_non_null(ls_traffic_flight(traffic, 4, 2));
	assert_int_equal(ls_traffic_flight(traffic, 4, 2)->n, 1);
	assert_null(ls_traffic_flight(traffic, 3, 1)); /* silent for longest */
	assert_int_equal(health().n_recorders, 128);
	assert_int_equal(replay_of(0, 0).n, 256);
	assert_int_equal(sum_of(1).n_submitted, 1);
}

static void
a_device_that_leaves_gives_up_its_recorder_at_once(void **state)
{
	struct ls_usbmon_record record = record_of('S', 300, 4, 1, 0);

	(void)state;
	for (unsigned int devnum = 0; devnum < 128; devnum++)
		add('S', 100 + devnum, devnum, 0);
	ls_traffic_add(traffic, &record);
	assert_null(ls_traffic_flight(traffic, 4, 1));
	ls_traffic_device_gone(traffic, 3, 7);
	ls_traffic_add(traffic, &record);
	assert_non_null(ls_traffic_flight(traffic, 4, 1));
	assert_int_equal(health().n_recorders, 128);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_a_device_moved, set_up, tear_down),
		cmocka_unit_test_setup_teardown(numbers_are_used_again, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_full_table_is_reported, set_up, tear_down),
		cmocka_unit_test_setup_teardown(urbs_under_way_are_bounded, set_up, tear_down),
		cmocka_unit_test_setup_teardown(evidence_is_reported_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_recorder_keeps_the_last, set_up, tear_down),
		cmocka_unit_test_setup_teardown(recorders_go_to_active_devices, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_device_that_leaves_gives_up_its_recorder_at_once,
						set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
