#include "lib/usbmon/traffic_mark.h"
#include "tests/unit/lib/transfers.h"

static struct ls_traffic_mark mark;
static struct ls_traffic_change change;

static void
peek(void)
{
	assert_int_equal(ls_traffic_peek(traffic, 3, 5, &counts), 1);
}

static void
take(void)
{
	assert_int_equal(ls_traffic_take(traffic, 3, 5, &counts), 1);
	ls_traffic_mark_taken(&mark, &counts);
}

static void
set_mark(void)
{
	peek();
	ls_traffic_mark_set(&mark, &counts);
}

static const struct ls_traffic_change *
since_mark(void)
{
	peek();
	ls_traffic_change(&mark, &counts, &change);
	return &change;
}

static void
errors_are_those_of_the_link(void **state)
{
	static const struct {
		uint8_t xfer, endpoint;
		int32_t status;
		uint64_t took_us;
		uint64_t n_errors, n_stalls;
	} cases[] = {
		{ LS_XFER_BULK, 0x81, 0, 10, 0, 0 },
		{ LS_XFER_BULK, 0x81, -71, 10, 1, 0 },
		{ LS_XFER_BULK, 0x02, -84, 10, 1, 0 },
		{ LS_XFER_INTERRUPT, 0x83, -75, 10, 1, 0 },
		{ LS_XFER_BULK, 0x81, -32, 10, 0, 1 },
		{ LS_XFER_BULK, 0x81, -2, 10, 0, 0 },
		{ LS_XFER_BULK, 0x81, -2, 1000 * LS_MS, 0, 0 }, /* a read may wait in vain */
		{ LS_XFER_BULK, 0x02, -2, 1000 * LS_MS, 1, 0 },
		{ LS_XFER_CONTROL, 0x80, -2, 1000 * LS_MS, 1, 0 },
		{ LS_XFER_BULK, 0x81, -108, 10, 0, 0 },
		{ LS_XFER_BULK, 0x81, -63, 10, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		const struct ls_traffic_change *moved;

		print_message("case %zu\n", i);
		transfer(LS_XFER_BULK, 0x81, 0, 1); /* so that it is known */
		set_mark();
		transfer(cases[i].xfer, cases[i].endpoint, cases[i].status, cases[i].took_us);
		moved = since_mark();
		assert_int_equal(moved->tally.n_completed, 1);
		assert_int_equal(moved->tally.n_errors, cases[i].n_errors);
		assert_int_equal(moved->tally.n_stalls, cases[i].n_stalls);
		assert_int_equal(moved->tally.bytes_in, cases[i].endpoint & 0x80 ? 100 : 0);
		assert_int_equal(moved->tally.bytes_out, cases[i].endpoint & 0x80 ? 0 : 100);
	}
}

/* Whoever takes the counts, and however often, a change is what came since the mark. */
static void
takes_do_not_matter(void **state)
{
	(void)state;
	for (int n_takes = 0; n_takes < 4; n_takes++) {
		const struct ls_traffic_change *moved;

		print_message("%d takes\n", n_takes);
		transfer(LS_XFER_BULK, 0x81, 0, 5000);
		transfer(LS_XFER_BULK, 0x02, -71, 7);
		set_mark();
		for (int i = 0; i < 3; i++) {
			transfer(LS_XFER_BULK, 0x81, 0, 20);
			if (i < n_takes)
				take();
		}
		transfer(LS_XFER_BULK, 0x02, -32, 30);
		if (n_takes == 3)
			take();
		moved = since_mark();
		assert_int_equal(moved->tally.n_completed, 4);
		assert_int_equal(moved->tally.bytes_in, 300);
		assert_int_equal(moved->tally.bytes_out, 100);
		assert_int_equal(moved->tally.n_errors, 0);
		assert_int_equal(moved->tally.n_stalls, 1);
		assert_int_equal(ls_latency_count(&moved->latency[LS_XFER_BULK]), 4);
		assert_int_equal(ls_latency_quantile(&moved->latency[LS_XFER_BULK], 500), 20);
		assert_int_equal(ls_latency_quantile(&moved->latency[LS_XFER_BULK], 990), 30);
		assert_int_equal(moved->latency[LS_XFER_BULK].max_us, 30);
	}
}

static void
the_longest_outlives_a_take(void **state)
{
	(void)state;
	transfer(LS_XFER_BULK, 0x81, 0, 10);
	set_mark();
	transfer(LS_XFER_BULK, 0x81, 0, 90001);
	take();
	transfer(LS_XFER_BULK, 0x81, 0, 12);
	assert_int_equal(since_mark()->latency[LS_XFER_BULK].max_us, 90001);
	set_mark();
	transfer(LS_XFER_BULK, 0x81, 0, 12);
	assert_int_equal(since_mark()->latency[LS_XFER_BULK].max_us, 12);
	assert_int_equal(change.latency[LS_XFER_CONTROL].max_us, 0);
}

static void
a_mark_of_zeros_is_the_beginning(void **state)
{
	(void)state;
	memset(&mark, 0, sizeof(mark));
	transfer(LS_XFER_BULK, 0x81, -71, 10);
	assert_int_equal(since_mark()->tally.n_completed, 1);
	assert_int_equal(change.tally.n_errors, 1);
	assert_int_equal(change.latency[LS_XFER_BULK].max_us, 10);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(errors_are_those_of_the_link, set_up, tear_down),
		cmocka_unit_test_setup_teardown(takes_do_not_matter, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_longest_outlives_a_take, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_mark_of_zeros_is_the_beginning, set_up,
						tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
