#include <stdio.h>

#include "tests/unit/lib/transfers.h"

static void
counts_by_endpoint(void **state)
{
	(void)state;
	transfer(LS_XFER_BULK, 0x81, 0, 250);
	transfer(LS_XFER_BULK, 0x81, -71, 300);
	transfer(LS_XFER_BULK, 0x02, -32, 10);
	transfer(LS_XFER_CONTROL, 0x80, 0, 10);
	add('S', 7, 5, 0);

	assert_int_equal(ls_traffic_total(traffic, 3, 5, &counts), 1);
	assert_int_equal(counts.endpoints[IN_1].n_submitted, 3);
	assert_int_equal(counts.endpoints[IN_1].n_pending, 1);
	assert_int_equal(counts.endpoints[IN_1].bytes, 200);
	assert_int_equal(ls_endpoint_completed(&counts.endpoints[IN_1]), 2);
	assert_int_equal(ls_endpoint_by_class(&counts.endpoints[IN_1], LS_TRANSFER_OK), 1);
	assert_int_equal(ls_endpoint_by_class(&counts.endpoints[IN_1], LS_TRANSFER_LINK), 1);
	assert_int_equal(ls_endpoint_by_class(&counts.endpoints[OUT_2], LS_TRANSFER_STALL), 1);
	assert_int_equal(counts.endpoints[16].n_submitted, 1);
	assert_int_equal(ls_latency_count(&counts.latency[LS_XFER_BULK]), 3);
	assert_int_equal(ls_latency_count(&counts.latency[LS_XFER_CONTROL]), 1);
	assert_int_equal(sum_of(5).bytes_in, 300);
	assert_int_equal(sum_of(5).bytes_out, 100);
	assert_int_equal(sum_of(5).n_completed, 4);
	assert_int_equal(sum_of(5).by_status[ls_status_find(-71)], 1);
	assert_int_equal(ls_traffic_total(traffic, 3, 6, &counts), 0);
	assert_int_equal(ls_traffic_total(traffic, 200, 6, &counts), 0);
}

static void
cancels_after_a_round_time_are_timeouts(void **state)
{
	static const struct {
		const char *what;
		uint8_t xfer, endpoint;
		int32_t status;
		uint64_t took_us;
		enum ls_transfer_class class;
		unsigned int n_evidence;
	} cases[] = {
		{ "control", LS_XFER_CONTROL, 0x80, -2, 5001000, LS_TRANSFER_TIMEOUT, 1 },
		{ "write", LS_XFER_BULK, 0x02, -2, 1001000, LS_TRANSFER_TIMEOUT, 1 },
		{ "a read that polls", LS_XFER_BULK, 0x81, -2, 1001000, LS_TRANSFER_TIMEOUT, 0 },
		{ "closed", LS_XFER_BULK, 0x02, -2, 137000, LS_TRANSFER_CANCELLED, 0 },
		{ "unlinked", LS_XFER_BULK, 0x02, -104, 1001000, LS_TRANSFER_CANCELLED, 0 },
		{ "emulator", LS_XFER_BULK, 0x02, -110, 10, LS_TRANSFER_TIMEOUT, 1 },
		{ "wire", LS_XFER_BULK, 0x81, -84, 10, LS_TRANSFER_LINK, 1 },
		{ "babble", LS_XFER_BULK, 0x81, -75, 10, LS_TRANSFER_BABBLE, 1 },
		{ "stall", LS_XFER_CONTROL, 0x80, -32, 10, LS_TRANSFER_STALL, 0 },
		{ "gone", LS_XFER_BULK, 0x81, -108, 10, LS_TRANSFER_GONE, 0 },
		{ "memory", LS_XFER_BULK, 0x81, -70, 10, LS_TRANSFER_HOST, 0 },
	};

	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		struct ls_traffic_evidence evidence = { 0 };
		unsigned int n_evidence = 0;

		print_message("%s\n", cases[i].what);
		transfer(cases[i].xfer, cases[i].endpoint, cases[i].status, cases[i].took_us);
		assert_int_equal(sum_of(5).by_class[cases[i].class], 1);
		while (ls_traffic_next_evidence(traffic, &evidence) > 0)
			n_evidence += evidence.n_link + evidence.n_babble + evidence.n_timeout;
		assert_int_equal(n_evidence, cases[i].n_evidence);
		if (n_evidence) {
			assert_int_equal(evidence.bus, 3);
			assert_int_equal(evidence.devnum, 5);
			assert_int_equal(evidence.status, cases[i].status);
			assert_int_equal(evidence.endpoint, cases[i].endpoint);
			assert_true(evidence.last_us == START + cases[i].took_us);
		}
		tear_down(state);
		set_up(state);
	}
	/* Without its submission its duration is unknown. */
	add('C', 1, 5, 0);
	struct ls_usbmon_record record = record_of('C', 2, 3, 5, 5000000);

	record.status = -2;
	ls_traffic_add(traffic, &record);
	assert_int_equal(sum_of(5).by_class[LS_TRANSFER_CANCELLED], 1);
	assert_int_equal(health().n_unmatched, 2);
}

static void
ids_are_used_again(void **state)
{
	(void)state;
	add('S', 7, 5, 0);
	add('C', 7, 5, 10);
	add('S', 7, 5, 20); /* at once, by the same device … */
	add('C', 7, 5, 50);
	add('S', 7, 5, 60);   /* … whose completion is lost … */
	add('S', 7, 6, 1000); /* … and by another one */
	add('C', 7, 6, 1005);
	assert_int_equal(sum_of(5).n_pending, 0);
	assert_int_equal(sum_of(6).n_pending, 0);
	assert_int_equal(health().n_unmatched, 0);
	ls_traffic_total(traffic, 3, 5, &counts);
	assert_int_equal(counts.latency[LS_XFER_BULK].max_us, 30);
	ls_traffic_total(traffic, 3, 6, &counts);
	assert_int_equal(counts.latency[LS_XFER_BULK].max_us, 5);

	add('S', 7, 5, 2000); /* its completion and the next submission are lost */
	add('C', 7, 6, 9000);
	assert_int_equal(health().n_unmatched, 1);
	assert_int_equal(sum_of(5).n_pending, 0);
	assert_int_equal(sum_of(6).n_completed, 2);

	add('S', 0, 5, 0); /* no kernel's */
	assert_int_equal(sum_of(5).n_pending, 1);
	add('C', 0, 5, 1);
	add('C', 0, 5, 2);
	assert_int_equal(sum_of(5).n_pending, 0);
	assert_int_equal(health().n_unmatched, 2);
}

static void
refused_submissions_stand_apart(void **state)
{
	struct ls_usbmon_record record = record_of('E', 7, 3, 5, 10);

	(void)state;
	add('S', 7, 5, 0);
	record.status = -19;
	ls_traffic_add(traffic, &record);
	assert_int_equal(sum_of(5).n_refused, 1);
	assert_int_equal(sum_of(5).n_completed, 0);
	assert_int_equal(sum_of(5).n_pending, 0);
	assert_int_equal(sum_of(5).bytes_in, 0);
	assert_int_equal(counts.refused_by_status[ls_status_find(-19)], 1);
	assert_int_equal(ls_latency_count(&counts.latency[LS_XFER_BULK]), 0);

	record.endpoint = 0x84; /* alone: its submission was before our time */
	ls_traffic_add(traffic, &record);
	assert_int_equal(sum_of(5).n_refused, 2);
	ls_traffic_take(traffic, 3, 5, &counts);
	assert_int_equal(counts.endpoints[20].n_refused, 1);
	assert_int_equal(sum_of(5).n_refused, 2);
}

static void
takes_are_what_came_since(void **state)
{
	struct ls_traffic_counts taken;

	(void)state;
	assert_int_equal(ls_traffic_take(traffic, 3, 5, &taken), 0);
	add('S', 1, 5, 0);
	transfer(LS_XFER_BULK, 0x81, 0, 5000);
	transfer(LS_XFER_BULK, 0x81, -71, 10);
	assert_int_equal(ls_traffic_take(traffic, 3, 5, &taken), 1);
	assert_int_equal(taken.endpoints[IN_1].n_submitted, 3);
	assert_int_equal(taken.latency[LS_XFER_BULK].max_us, 5000);
	transfer(LS_XFER_BULK, 0x81, 0, 20);
	assert_int_equal(ls_traffic_take(traffic, 3, 5, &taken), 1);
	assert_int_equal(taken.endpoints[IN_1].n_submitted, 1);
	assert_int_equal(taken.endpoints[IN_1].n_pending, 1);
	assert_int_equal(taken.latency[LS_XFER_BULK].max_us, 20);
	assert_int_equal(ls_endpoint_by_class(&taken.endpoints[IN_1], LS_TRANSFER_LINK), 0);
	assert_int_equal(ls_traffic_take(traffic, 3, 5, &taken), 1);
	assert_int_equal(taken.endpoints[IN_1].n_submitted, 0);

	assert_int_equal(sum_of(5).n_submitted, 4);
	assert_int_equal(sum_of(5).n_pending, 1);
	assert_int_equal(sum_of(5).by_class[LS_TRANSFER_LINK], 1);
	assert_int_equal(ls_latency_count(&counts.latency[LS_XFER_BULK]), 3);
	assert_int_equal(counts.latency[LS_XFER_BULK].max_us, 5000);
}

static void
the_clock_may_be_set(void **state)
{
	static const struct {
		int64_t step_us;
		bool reported;
		unsigned int n_times, n_jumps;
	} cases[] = {
		{ 0, false, 1, 0 },
		{ -10 * (int64_t)LS_SEC, false, 0, 1 },
		{ -10 * (int64_t)LS_SEC, true, 1, 0 },
		{ 90000 * (int64_t)LS_SEC, false, 0, 1 },
		{ 90000 * (int64_t)LS_SEC, true, 1, 0 },
		{ 1000000000 * (int64_t)LS_SEC, true, 1, 0 },
	};

	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		print_message("%zu\n", i);
		add('S', 7, 5, 0);
		if (cases[i].reported)
			ls_traffic_clock_step(traffic, cases[i].step_us);
		add('C', 7, 5, (uint64_t)cases[i].step_us + 500);
		assert_int_equal(sum_of(5).n_completed, 1);
		assert_int_equal(ls_latency_count(&counts.latency[LS_XFER_BULK]), cases[i].n_times);
		assert_int_equal(counts.latency[LS_XFER_BULK].max_us, cases[i].n_times * 500);
		assert_int_equal(health().n_jumps, cases[i].n_jumps);
		tear_down(state);
		set_up(state);
	}
}

static void
packets_are_counted(void **state)
{
	static const struct {
		int32_t n_errors, n_packets;
		unsigned int want_errors, want_packets;
	} cases[] = {
		{ 3, 8, 3, 8 }, { 0, 8, 0, 8 }, { 9, 8, 8, 8 }, { -1, 8, 0, 8 }, { 3, -8, 0, 0 },
	};
	unsigned int n_errors = 0, n_packets = 0;

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		struct ls_usbmon_record record = record_of('C', i + 1, 3, 5, 0);

		record.xfer = LS_XFER_ISO;
		record.iso.n_errors = cases[i].n_errors;
		record.iso.n_packets = cases[i].n_packets;
		ls_traffic_add(traffic, &record);
		n_errors += cases[i].want_errors;
		n_packets += cases[i].want_packets;
		assert_int_equal(sum_of(5).n_iso_errors, n_errors);
		assert_int_equal(sum_of(5).n_iso_packets, n_packets);
	}
}

static void
a_batch_is_added_in_order(void **state)
{
	struct ls_usbmon_record ring[4] = {
		record_of('S', 7, 3, 5, 0),
		record_of('@', 0, 0, 0, 0),
		record_of('C', 7, 3, 5, 10 * LS_SEC + 40),
		record_of('S', 8, 3, 5, 50),
	};
	const uint32_t offsets[] = { 0, 64, 4096, 128 };
	struct ls_usbmon_batch batch = {
		.ring = (const uint8_t *)ring, .ring_size = sizeof(ring), .offsets = offsets, .n = 1
	};

	(void)state;
	ls_traffic_add_batch(traffic, &batch);
	batch.offsets++;
	batch.n = 3;
	batch.now.real_us = (int64_t)(START + 11 * LS_SEC);
	batch.clock_step_us = 10 * (int64_t)LS_SEC;
	ls_traffic_add_batch(traffic, &batch);
	assert_int_equal(health().n_records, 2);
	assert_int_equal(health().n_nonsense, 0);
	assert_int_equal(sum_of(5).n_completed, 1);
	assert_int_equal(counts.latency[LS_XFER_BULK].max_us, 40);
}

/* Records that wait in the ring while the clock is set are of both times. */
static void
the_clock_is_set_within_a_batch(void **state)
{
	static const int64_t steps_us[] = { -3600 * (int64_t)LS_SEC, 3600 * (int64_t)LS_SEC };

	for (size_t i = 0; i < LS_COUNT(steps_us); i++) {
		uint64_t step_us = (uint64_t)steps_us[i];
		struct ls_usbmon_record ring[] = {
			record_of('C', 7, 3, 5, 500), /* before it was set, … */
			record_of('S', 8, 3, 5, 600),
			record_of('C', 8, 3, 5, 900 + step_us), /* … and after */
			record_of('S', 9, 3, 5, 1000 + step_us),
			record_of('C', 9, 3, 5, 1200 + step_us),
		};
		const uint32_t offsets[] = { 0, 64, 128, 192, 256 };
		struct ls_usbmon_batch batch = {
			.ring = (const uint8_t *)ring,
			.ring_size = sizeof(ring),
			.offsets = offsets,
			.n = LS_COUNT(offsets),
			.now = { .real_us = (int64_t)(START + 5000 + step_us) },
			.clock_step_us = steps_us[i],
		};

		print_message("%zu\n", i);
		add('S', 7, 5, 0);
		ls_traffic_add_batch(traffic, &batch);
		assert_int_equal(sum_of(5).n_completed, 3);
		assert_int_equal(ls_latency_count(&counts.latency[LS_XFER_BULK]), 3);
		assert_int_equal(counts.latency[LS_XFER_BULK].max_us, 500);
		assert_int_equal(health().n_jumps, 0);
		tear_down(state);
		set_up(state);
	}
}

struct notables {
	char log[64];
	bool is_hub;
	bool drops;
};

static bool
on_notable(const struct ls_usbmon_record *record, void *user)
{
	struct notables *notables = user;
	size_t len = strlen(notables->log);

	snprintf(notables->log + len, sizeof(notables->log) - len, "%c%u ", record->type,
		 (unsigned int)record->id);
	if (notables->drops)
		ls_traffic_device_gone(traffic, record->bus, record->devnum);
	return notables->is_hub;
}

static void
add_kind(char type, uint64_t id, uint8_t xfer, int32_t status)
{
	struct ls_usbmon_record record = record_of(type, id, 3, 5, id);

	record.xfer = xfer;
	record.status = status;
	ls_traffic_add(traffic, &record);
}

static void
only_notable_records_are_announced(void **state)
{
	struct notables notables = { .log = "" };

	(void)state;
	ls_traffic_set_notable(traffic, on_notable, &notables);
	add_kind('S', 1, LS_XFER_BULK, -115); /* the first of a device */
	add_kind('C', 1, LS_XFER_BULK, 0);
	add_kind('S', 2, LS_XFER_INTERRUPT, -115);
	add_kind('C', 2, LS_XFER_INTERRUPT, 0);
	add_kind('S', 3, LS_XFER_BULK, -115);
	add_kind('C', 3, LS_XFER_BULK, -71);
	add_kind('S', 4, LS_XFER_ISO, -115);
	add_kind('E', 4, LS_XFER_ISO, -28);
	notables.is_hub = true;
	add_kind('S', 5, LS_XFER_CONTROL, -115);
	add_kind('S', 6, LS_XFER_INTERRUPT, -115);
	notables.is_hub = false;
	add_kind('C', 6, LS_XFER_INTERRUPT, 0);
	add_kind('S', 7, LS_XFER_INTERRUPT, -115);
	ls_traffic_set_hub(traffic, 3, 5, true);
	add_kind('C', 7, LS_XFER_INTERRUPT, 0);
	add_kind('?', 8, LS_XFER_BULK, 0);
	assert_string_equal(notables.log, "S1 C3 E4 S5 S6 C6 C7 ");
	assert_int_equal(health().n_nonsense, 1);
	assert_int_equal(sum_of(5).n_submitted, 7);
	assert_int_equal(sum_of(5).n_completed, 5);
}

static void
what_is_announced_may_drop_its_device(void **state)
{
	struct notables notables = { .log = "" };

	(void)state;
	add('S', 1, 5, 0);
	notables.drops = true;
	ls_traffic_set_notable(traffic, on_notable, &notables);
	add_kind('C', 1, LS_XFER_BULK, -71);
	assert_int_equal(sum_of(5).n_submitted, 0);
	assert_int_equal(sum_of(5).n_completed, 1);
	assert_int_equal(health().n_unmatched, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(counts_by_endpoint, set_up, tear_down),
		cmocka_unit_test_setup_teardown(cancels_after_a_round_time_are_timeouts, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(ids_are_used_again, set_up, tear_down),
		cmocka_unit_test_setup_teardown(only_notable_records_are_announced, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(what_is_announced_may_drop_its_device, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(refused_submissions_stand_apart, set_up, tear_down),
		cmocka_unit_test_setup_teardown(takes_are_what_came_since, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_clock_may_be_set, set_up, tear_down),
		cmocka_unit_test_setup_teardown(packets_are_counted, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_batch_is_added_in_order, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_clock_is_set_within_a_batch, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
