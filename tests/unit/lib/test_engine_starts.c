#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/engine/causes.h"
#include "tests/unit/lib/scenario.h"

/* Starts that fail slowly: the kernel is silent for up to 15 s in each of its tries. */

#define NEW(devnum)	"usb 2-3: new high-speed USB device number " #devnum " using ehci-pci"
#define FOUND		"usb 2-3: New USB device found, idVendor=1a86, idProduct=7523, bcdDevice= 2.54"
#define TIMED_OUT	"usb 2-3: device descriptor read/64, error -110"
#define NO_ADDRESS(dev) "usb 2-3: device not accepting address " #dev ", error -110"
#define POWER_CYCLE	"usb usb2-port3: attempt power cycle"
#define GAVE_UP		"usb usb2-port3: unable to enumerate USB device"
#define LEFT(devnum)	"usb 2-3: USB disconnect, device number " #devnum
#define RESET		"usb 2-3: reset high-speed USB device number 5 using ehci-pci"

/* Four tries, as slow as they get: 64.1 s. */
#define FAILS_TO_START(at, n)                                                                      \
	{ (at), NEW(n) }, { (at) + 15400, TIMED_OUT }, { (at) + 31000, TIMED_OUT },                \
		{ (at) + 31200, NEW(n) }, { (at) + 46600, TIMED_OUT },                             \
		{ (at) + 62200, TIMED_OUT }, { (at) + 62300, POWER_CYCLE },                        \
		{ (at) + 62900, NEW(n) }, { (at) + 73500, NO_ADDRESS(n) },                         \
		{ (at) + 73600, NEW(n) }, { (at) + 84200, NO_ADDRESS(n) },                         \
	{                                                                                          \
		(at) + 84210, GAVE_UP                                                              \
	}

static void
nobody_came_and_nobody_left(const struct scenario *scenario)
{
	assert_int_equal(scenario->n_events[LS_EVENT_CONNECT], 0);
	assert_int_equal(scenario->n_events[LS_EVENT_DISCONNECT], 0);
	assert_int_equal(scenario->n_sessions, 0);
}

static void
a_start_that_times_out(void **state)
{
	static const struct scenario_line lines[] = { FAILS_TO_START(3000, 7) };

	SCENARIO_READ(*state, lines);
	scenario_only(*state, LS_CAUSE_ENUMERATION_FAILED, LS_SIDE_DEVICE, true);
	nobody_came_and_nobody_left(*state);
}

/* Each try has a number of its own in most kernels. */
static void
tries_with_numbers_of_their_own(void **state)
{
	static const struct scenario_line lines[] = {
		{ 3000, NEW(11) },	{ 18400, TIMED_OUT },	   { 34000, TIMED_OUT },
		{ 34200, NEW(12) },	{ 49600, TIMED_OUT },	   { 65200, TIMED_OUT },
		{ 65300, POWER_CYCLE }, { 65900, NEW(13) },	   { 76500, NO_ADDRESS(13) },
		{ 76600, NEW(14) },	{ 87200, NO_ADDRESS(14) }, { 87210, GAVE_UP },
	};

	SCENARIO_READ(*state, lines);
	scenario_only(*state, LS_CAUSE_ENUMERATION_FAILED, LS_SIDE_DEVICE, true);
	nobody_came_and_nobody_left(*state);
}

static void
a_start_that_works_at_the_second_try(void **state)
{
	static const struct scenario_line lines[] = {
		{ 3000, NEW(7) },  { 18400, TIMED_OUT }, { 34000, TIMED_OUT },
		{ 34200, NEW(8) }, { 34400, FOUND },
	};
	struct scenario *scenario = *state;

	SCENARIO_READ(scenario, lines);
	scenario_only(scenario, LS_CAUSE_ENUMERATION_FAILED, LS_SIDE_DEVICE, false);
	assert_int_equal(scenario->n_events[LS_EVENT_CONNECT], 1);
	assert_int_equal(scenario->n_events[LS_EVENT_DISCONNECT], 0);
}

/* Kernels and excerpts that do not name devices: silence is a success once no try can last so long. */
static void
a_start_that_nothing_is_heard_of(void **state)
{
	static const struct scenario_line lines[] = { { 3000, NEW(7) } };
	struct scenario *scenario = *state;

	SCENARIO_READ(scenario, lines);
	assert_int_equal(scenario->n_incidents, 0);
	assert_int_equal(scenario->n_events[LS_EVENT_CONNECT], 1);
	assert_int_equal(scenario->n_sessions, 1);
}

/* The kernel names only a device that had come up when it leaves. */
static void
a_device_without_a_name_that_leaves_soon(void **state)
{
	static const struct scenario_line lines[] = {
		{ 3000, NEW(7) },
		{ 8000, LEFT(7) },
		{ 9000, NEW(8) },
	};
	struct scenario *scenario = *state;

	SCENARIO_READ(scenario, lines);
	assert_int_equal(scenario->n_incidents, 1);
	assert_true(scenario->incidents[0].drop);
	assert_int_equal(scenario->n_events[LS_EVENT_CONNECT], 2);
	assert_int_equal(scenario->n_events[LS_EVENT_DISCONNECT], 1);
}

static void
a_device_that_is_lost_and_never_starts_again(void **state)
{
	static const struct scenario_line lines[] = {
		{ 3000, NEW(5) },
		{ 3200, FOUND },
		{ 400000, LEFT(5) },
		FAILS_TO_START(400300, 6),
	};
	struct scenario *scenario = *state;

	SCENARIO_READ(scenario, lines);
	assert_int_equal(scenario->n_incidents, 1);
	assert_true(scenario->incidents[0].drop);
	assert_false(scenario->incidents[0].back);
	assert_int_equal(scenario->n_events[LS_EVENT_DISCONNECT], 1);
}

/* A reset is four tries, too, and one reset. */
static void
a_reset_that_times_out(void **state)
{
	static const struct scenario_line lines[] = {
		{ 3000, NEW(5) },	   { 3200, FOUND },	      { 400000, RESET },
		{ 415300, TIMED_OUT },	   { 430900, TIMED_OUT },     { 431100, RESET },
		{ 446300, TIMED_OUT },	   { 461900, TIMED_OUT },     { 462100, RESET },
		{ 472500, NO_ADDRESS(5) }, { 472700, RESET },	      { 483100, NO_ADDRESS(5) },
		{ 483110, LEFT(5) },	   FAILS_TO_START(483300, 6),
	};
	struct scenario *scenario = *state;

	SCENARIO_READ(scenario, lines);
	assert_int_equal(scenario->n_incidents, 1);
	assert_true(scenario->incidents[0].drop);
	assert_false(scenario->incidents[0].back);
	assert_int_equal(scenario->incidents[0].n_resets, 1);
	assert_int_equal(scenario->n_events[LS_EVENT_RESET], 1);
}

static void
a_slow_reset_that_works(void **state)
{
	static const struct scenario_line lines[] = {
		{ 3000, NEW(5) },      { 3200, FOUND },	      { 400000, RESET },
		{ 415300, TIMED_OUT }, { 430900, TIMED_OUT }, { 431100, RESET },
		{ 900000, LEFT(5) },
	};
	struct scenario *scenario = *state;

	SCENARIO_READ(scenario, lines);
	assert_int_equal(scenario->n_incidents, 2);
	assert_int_equal(scenario->incidents[0].cause, LS_CAUSE_HOST_RESET);
	assert_int_equal(scenario->incidents[0].n_resets, 1);
	assert_int_equal(scenario->incidents[1].cause, LS_CAUSE_UNPLUGGED);
}

/* A reset of which no failure is logged has worked: what comes later is not its doing. */
static void
a_reset_some_seconds_before_the_device_is_pulled(void **state)
{
	static const struct scenario_line lines[] = {
		{ 3000, NEW(5) },
		{ 3200, FOUND },
		{ 400000, RESET },
		{ 410000, LEFT(5) },
	};
	struct scenario *scenario = *state;

	SCENARIO_READ(scenario, lines);
	assert_int_equal(scenario->n_incidents, 2);
	assert_int_equal(scenario->incidents[0].cause, LS_CAUSE_HOST_RESET);
	assert_int_equal(scenario->incidents[1].cause, LS_CAUSE_UNPLUGGED);
}

/* ---- devices behind a hub ---- */

#define HUB "usb 2-1: New USB device found, idVendor=2109, idProduct=2812, bcdDevice= b.e0"

/* What was about to start behind a hub that has left is not that hub. */
static void
a_start_behind_a_hub_that_left(void **state)
{
	static const struct scenario_line lines[] = {
		{ 3000, "usb 2-1: new high-speed USB device number 2 using ehci-pci" },
		{ 3200, HUB },
		{ 4000, "usb 2-1.2: new full-speed USB device number 3 using ehci-pci" },
		{ 4200, "usb 2-1.2: New USB device found, idVendor=1a86, idProduct=7523, "
			"bcdDevice= 2.54" },
		{ 900000, "usb 2-1: USB disconnect, device number 2" },
		{ 900001, "usb 2-1.2: USB disconnect, device number 3" },
		{ 900020, "usb 2-1.4: new full-speed USB device number 4 using ehci-pci" },
	};
	struct scenario *scenario = *state;

	SCENARIO_READ(scenario, lines);
	assert_int_equal(scenario->n_incidents, 1);
	assert_false(scenario->incidents[0].back);
	assert_int_equal(scenario->n_sessions, 2);
}

static void
a_start_behind_a_hub_that_leaves(void **state)
{
	static const struct scenario_line lines[] = {
		{ 3000, "usb 2-1: new high-speed USB device number 2 using ehci-pci" },
		{ 3200, HUB },
		{ 899990, "usb 2-1.4: new full-speed USB device number 4 using ehci-pci" },
		{ 900000, "usb 2-1: USB disconnect, device number 2" },
	};
	struct scenario *scenario = *state;

	SCENARIO_READ(scenario, lines);
	assert_int_equal(scenario->n_incidents, 1);
	assert_false(scenario->incidents[0].back);
	assert_int_equal(scenario->n_sessions, 1);
}

/* It came up just before, and its own disconnect is logged after that of the hub. */
static void
a_device_that_came_up_behind_a_hub_that_leaves(void **state)
{
	static const struct scenario_line lines[] = {
		{ 899000, "usb 2-1.4: new full-speed USB device number 4 using ehci-pci" },
		{ 899200, "usb 2-1.4: New USB device found, idVendor=1a86, idProduct=7523, "
			  "bcdDevice= 2.54" },
		{ 899900, "usb 2-1: USB disconnect, device number 2" },
		{ 900000, "usb 2-1.4: USB disconnect, device number 4" },
	};
	struct scenario *scenario = *state;

	SCENARIO_READ(scenario, lines);
	assert_int_equal(scenario->n_incidents, 1);
	assert_false(scenario->incidents[0].back);
}

#define TEST(name)                                                                                 \
	cmocka_unit_test_setup_teardown(name, scenario_set_up_with_log, scenario_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_start_that_times_out),
		TEST(tries_with_numbers_of_their_own),
		TEST(a_start_that_works_at_the_second_try),
		TEST(a_start_that_nothing_is_heard_of),
		TEST(a_device_without_a_name_that_leaves_soon),
		TEST(a_device_that_is_lost_and_never_starts_again),
		TEST(a_reset_that_times_out),
		TEST(a_slow_reset_that_works),
		TEST(a_reset_some_seconds_before_the_device_is_pulled),
		TEST(a_start_behind_a_hub_that_left),
		TEST(a_start_behind_a_hub_that_leaves),
		TEST(a_device_that_came_up_behind_a_hub_that_leaves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
