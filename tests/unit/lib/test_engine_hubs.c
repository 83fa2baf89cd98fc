#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/engine/causes.h"
#include "tests/unit/lib/scenario.h"

/* One physical event is one incident: controllers, hubs with two halves, ports with one power switch. */

static void
only(struct scenario *scenario, enum ls_cause cause, bool drop)
{
	assert_int_equal(scenario->n_incidents, 1);
	assert_string_equal(ls_cause_name(scenario->incidents[0].cause), ls_cause_name(cause));
	assert_int_equal(scenario->incidents[0].drop, drop);
	assert_false(scenario->incidents[0].open);
}

/* ---- controllers ---- */

static void
a_controller_that_is_pulled(void **state)
{
	static const struct scenario_line lines[] = {
		{ 5000, "xhci_hcd 0000:07:00.3: remove, state 1" },
		{ 5001, "usb usb8: USB disconnect, device number 1" },
		{ 5002, "usb 8-2: USB disconnect, device number 3" },
		{ 5003, "xhci_hcd 0000:07:00.3: xHCI host controller not responding, assume dead" },
		{ 5040, "xhci_hcd 0000:07:00.3: USB bus 8 deregistered" },
		{ 5041, "xhci_hcd 0000:07:00.3: remove, state 4" },
		{ 5042, "usb usb7: USB disconnect, device number 1" },
		{ 5043, "usb 7-1: USB disconnect, device number 2" },
		{ 5044, "usb 7-1.3: USB disconnect, device number 5" },
		{ 5090, "xhci_hcd 0000:07:00.3: USB bus 7 deregistered" },
	};

	SCENARIO_READ(*state, lines);
	only(*state, LS_CAUSE_UNPLUGGED, false);
}

/* The driver may find it dead before the slot is found empty. */
static void
a_controller_that_does_not_start(void **state)
{
	static const struct scenario_line lines[] = {
		{ 5000, "xhci_hcd 0000:07:00.3: new USB bus registered, assigned bus number 7" },
		{ 5030, "xhci_hcd 0000:07:00.3: can't setup: -110" },
		{ 5031, "xhci_hcd 0000:07:00.3: USB bus 7 deregistered" },
		{ 5032, "xhci_hcd 0000:07:00.3: init 0000:07:00.3 fail, -110" },
	};
	struct scenario *scenario = *state;

	SCENARIO_READ(scenario, lines);
	assert_int_equal(scenario->n_incidents, 0);
	assert_int_equal(scenario->n_events[LS_EVENT_CONTROLLER_TROUBLE], 2);
}

static void
a_controller_that_is_found_dead_first(void **state)
{
	static const struct scenario_line lines[] = {
		{ 5000, "xhci_hcd 0000:07:00.3: xHCI host controller not responding, assume dead" },
		{ 5001, "xhci_hcd 0000:07:00.3: HC died; cleaning up" },
		{ 5002, "usb 8-2: USB disconnect, device number 3" },
		{ 6200, "xhci_hcd 0000:07:00.3: remove, state 4" },
		{ 6201, "usb usb8: USB disconnect, device number 1" },
		{ 6250, "xhci_hcd 0000:07:00.3: USB bus 8 deregistered" },
		{ 6251, "xhci_hcd 0000:07:00.3: remove, state 4" },
		{ 6252, "usb usb7: USB disconnect, device number 1" },
		{ 6290, "xhci_hcd 0000:07:00.3: USB bus 7 deregistered" },
	};
	struct scenario *scenario = *state;

	for (size_t i = 0; i < LS_COUNT(lines); i++) {
		scenario_read_line(scenario, &lines[i]);
		for (size_t n = 0; n < scenario->n_incidents; n++) /* nothing to alert of */
			assert_false(scenario->incidents[n].drop && scenario->incidents[n].settled);
	}
	scenario_wait(scenario, 300000);
	only(scenario, LS_CAUSE_UNPLUGGED, false);
}

/* One that does not answer takes its time, and its second bus with it. */
static void
a_controller_that_is_removed_slowly(void **state)
{
	static const struct scenario_line lines[] = {
		{ 1000, "xhci_hcd 0000:00:0d.0: new USB bus registered, assigned bus number 5" },
		{ 1001, "xhci_hcd 0000:00:0d.0: new USB bus registered, assigned bus number 6" },
		{ 90000, "xhci_hcd 0000:00:0d.0: remove, state 1" },
		{ 90001, "usb usb6: USB disconnect, device number 1" },
		{ 90002, "usb 6-2: USB disconnect, device number 2" },
		{ 95300, "xhci_hcd 0000:00:0d.0: USB bus 6 deregistered" },
		{ 95301, "xhci_hcd 0000:00:0d.0: remove, state 4" },
		{ 95302, "usb usb5: USB disconnect, device number 1" },
		{ 95350, "xhci_hcd 0000:00:0d.0: USB bus 5 deregistered" },
	};

	SCENARIO_READ(*state, lines);
	only(*state, LS_CAUSE_SOFTWARE, false);
}

/* A dock has devices on a bus of another controller, too, and they may leave before its own do. */
static void
a_dock_that_is_pulled_with_its_controller(void **state)
{
	static const struct scenario_line lines[] = {
		{ 5000, "xhci_hcd 0000:2c:00.0: xHCI host controller not responding, assume dead" },
		{ 5001, "xhci_hcd 0000:2c:00.0: HC died; cleaning up" },
		{ 5020, "usb 3-6: USB disconnect, device number 9" },
		{ 5021, "usb 3-6.1: USB disconnect, device number 10" },
		{ 5080, "xhci_hcd 0000:2c:00.0: remove, state 1" },
		{ 5080, "usb usb6: USB disconnect, device number 1" },
		{ 5081, "usb 6-2: USB disconnect, device number 2" },
		{ 5130, "xhci_hcd 0000:2c:00.0: USB bus 6 deregistered" },
		{ 5131, "xhci_hcd 0000:2c:00.0: remove, state 4" },
		{ 5131, "usb usb5: USB disconnect, device number 1" },
		{ 5140, "xhci_hcd 0000:2c:00.0: USB bus 5 deregistered" },
	};

	SCENARIO_READ(*state, lines);
	only(*state, LS_CAUSE_UNPLUGGED, false);
}

static void
what_dies_with_a_controller(void **state)
{
	static const struct scenario_line lines[] = {
		{ 5000, "ehci-orion f1058000.usb: HC died; cleaning up" },
		{ 5001, "usb 3-1: USB disconnect, device number 2" },
		{ 5002, "usb 3-1.1: USB disconnect, device number 3" },
	};

	SCENARIO_READ(*state, lines);
	only(*state, LS_CAUSE_CONTROLLER_DIED, true);
}

static void
a_controller_whose_name_has_no_digit(void **state)
{
	static const struct scenario_line lines[] = {
		{ 5000, "dwc_otg dwc_otg: HC died; cleaning up" },
		{ 5010, "usb 9-1: USB disconnect, device number 2" },
	};

	SCENARIO_READ(*state, lines);
	only(*state, LS_CAUSE_CONTROLLER_DIED, true);
}

/* Devices of a bus that is another controller's have nothing to do with it. */
static void
another_controller_at_the_same_moment(void **state)
{
	static const struct scenario_line lines[] = {
		{ 1000, "xhci_hcd 0000:00:14.0: new USB bus registered, assigned bus number 5" },
		{ 5000, "xhci_hcd 0000:07:00.3: HC died; cleaning up" },
		{ 5100, "usb 5-3: USB disconnect, device number 4" },
	};
	struct scenario *scenario = *state;

	SCENARIO_READ(scenario, lines);
	assert_int_equal(scenario->n_incidents, 2);
	assert_non_null(scenario_incident(scenario, LS_CAUSE_CONTROLLER_DIED));
	assert_non_null(scenario_incident(scenario, LS_CAUSE_UNPLUGGED));
}

/* ---- halves of a hub ---- */

static void
both_halves_of_a_dock(void **state)
{
	static const struct scenario_line lines[] = {
		{ 5000, "usb 4-3: USB disconnect, device number 2" },
		{ 5001, "usb 4-3.1: USB disconnect, device number 3" },
		{ 5020, "usb 1-7: USB disconnect, device number 9" },
		{ 5021, "usb 1-7.1: USB disconnect, device number 10" },
		{ 5060, "usb 1-7.5: USB disconnect, device number 12" },
		{ 5065, "usb 4-3.4: USB disconnect, device number 6" },
	};
	struct scenario *scenario = *state;

	SCENARIO_READ(scenario, lines);
	only(scenario, LS_CAUSE_UNPLUGGED, false);
	assert_int_equal(scenario->incidents[0].n_children, 4);
}

static void
two_hubs_of_two_makers(void **state)
{
	static const struct scenario_line lines[] = {
		{ 1000, "usb 4-3: new SuperSpeed USB device number 2 using xhci_hcd" },
		{ 1001, "usb 4-3: New USB device found, idVendor=2109, idProduct=0817" },
		{ 1100, "usb 1-7: new high-speed USB device number 9 using xhci_hcd" },
		{ 1101, "usb 1-7: New USB device found, idVendor=05e3, idProduct=0608" },
		{ 900000, "usb 4-3: USB disconnect, device number 2" },
		{ 900001, "usb 4-3.1: USB disconnect, device number 3" },
		{ 900020, "usb 1-7: USB disconnect, device number 9" },
		{ 900021, "usb 1-7.1: USB disconnect, device number 10" },
	};
	struct scenario *scenario = *state;

	SCENARIO_READ(scenario, lines);
	assert_int_equal(scenario->n_incidents, 2);
}

static void
two_devices_at_the_same_moment(void **state)
{
	static const struct scenario_line lines[] = {
		{ 5000, "usb 1-3: USB disconnect, device number 4" },
		{ 5300, "usb 1-6: USB disconnect, device number 7" },
	};
	struct scenario *scenario = *state;

	SCENARIO_READ(scenario, lines);
	assert_int_equal(scenario->n_incidents, 2);
}

/* ---- power ---- */

static void
a_neighbour_loses_its_power(void **state)
{
	static const struct scenario_line lines[] = {
		{ 5000, "usb 3-2-port1: over-current condition" },
		{ 5150, "usb 3-2.4: USB disconnect, device number 8" },
		{ 5400, "usb 3-2.4: new full-speed USB device number 9 using xhci_hcd" },
		{ 5600, "usb 3-2.4: New USB device found, idVendor=1a86, idProduct=7523" },
		{ 5900, "usb 3-2-port1: over-current condition" },
		{ 6050, "usb 3-2.4: USB disconnect, device number 9" },
	};

	SCENARIO_READ(*state, lines);
	only(*state, LS_CAUSE_OVER_CURRENT, true);
}

static void
a_neighbour_that_leaves_minutes_later(void **state)
{
	static const struct scenario_line lines[] = {
		{ 5000, "usb 3-2-port1: over-current condition" },
		{ 185150, "usb 3-2.4: USB disconnect, device number 8" },
	};
	struct scenario *scenario = *state;

	SCENARIO_READ(scenario, lines);
	assert_int_equal(scenario->n_incidents, 2);
	assert_non_null(scenario_incident(scenario, LS_CAUSE_UNPLUGGED));
}

static void
a_board_that_reports_over_current_everywhere(void **state)
{
	static const struct scenario_line lines[] = {
		{ 5000, "usb 2-1-port2: over-current change" },
		{ 5010, "usb 2-1.4-port3: over-current change" },
		{ 5240, "usb 2-1-port3: over-current change" },
		{ 5250, "usb 2-1.4-port2: over-current change" },
		{ 5480, "usb 2-1-port2: over-current change" },
	};

	SCENARIO_READ(*state, lines);
	only(*state, LS_CAUSE_OVER_CURRENT, false);
}

/* One after the other, on both root hubs; what is plugged in loses its power with them. */
static void
a_controller_that_reports_over_current_on_all_ports(void **state)
{
	static const struct scenario_line lines[] = {
		{ 5000, "usb usb7-port1: over-current condition" },
		{ 5220, "usb usb8-port2: over-current condition" },
		{ 5430, "usb usb7-port2: over-current condition" },
		{ 5900, "usb usb7-port3: over-current condition" },
		{ 5901, "usb 7-3: USB disconnect, device number 5" },
		{ 6400, "usb usb7-port4: over-current condition" },
		{ 6401, "usb 7-4: USB disconnect, device number 6" },
		{ 7600, "usb 7-3: new high-speed USB device number 7 using xhci_hcd" },
	};

	SCENARIO_READ(*state, lines);
	only(*state, LS_CAUSE_OVER_CURRENT, true);
}

#define TEST(name)                                                                                 \
	cmocka_unit_test_setup_teardown(name, scenario_set_up_with_log, scenario_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_controller_that_is_pulled),
		TEST(a_controller_that_does_not_start),
		TEST(a_controller_that_is_found_dead_first),
		TEST(a_controller_that_is_removed_slowly),
		TEST(a_dock_that_is_pulled_with_its_controller),
		TEST(what_dies_with_a_controller),
		TEST(a_controller_whose_name_has_no_digit),
		TEST(another_controller_at_the_same_moment),
		TEST(both_halves_of_a_dock),
		TEST(two_hubs_of_two_makers),
		TEST(two_devices_at_the_same_moment),
		TEST(a_neighbour_loses_its_power),
		TEST(a_neighbour_that_leaves_minutes_later),
		TEST(a_board_that_reports_over_current_everywhere),
		TEST(a_controller_that_reports_over_current_on_all_ports),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
