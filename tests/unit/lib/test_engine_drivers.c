#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/engine/causes.h"
#include "lib/observe/kernel_log.h"
#include "tests/unit/lib/scenario.h"

/* What drivers and controllers print: only a kernel log is there, as of a file. */

#define DISK                                                                                       \
	{ 1000, "usb 2-4: new SuperSpeed USB device number 3 using xhci_hcd" },                    \
		{ 1100, "usb 2-4: New USB device found, idVendor=174c, idProduct=55aa, "           \
			"bcdDevice= 1.00" },                                                       \
	{                                                                                          \
		1100, "usb 2-4: SerialNumber: 0042"                                                \
	}
#define RESET "usb 2-4: reset SuperSpeed USB device number 3 using xhci_hcd"
#define LEFT  "usb 2-4: USB disconnect, device number 3"

static void
errors_of_a_driver_are_a_warning(void **state)
{
	static const struct scenario_line lines[] = {
		DISK,
		{ 9000, "uvcvideo 2-4:1.1: Non-zero status (-71) in video completion handler." },
		{ 9500, "uvcvideo 2-4:1.1: Non-zero status (-84) in video completion handler." },
		{ 9900, "uvcvideo 2-4:1.1: Non-zero status (-71) in video completion handler." },
	};

	SCENARIO_READ(*state, lines);
	scenario_only(*state, LS_CAUSE_LINK_ERRORS, LS_SIDE_LINK, false);
}

static void
errors_as_a_plug_is_pulled_are_none(void **state)
{
	static const struct scenario_line lines[] = {
		DISK,
		{ 9000, "r8152 2-4:1.0 eth0: Tx status -71" },
		{ 9010, "r8152 2-4:1.0 eth0: Rx status -71" },
		{ 9020, "r8152 2-4:1.0 eth0: intr status -71" },
		{ 9150, LEFT },
		{ 9160, "r8152 2-4:1.0 eth0: Tx status -71" },
	};

	SCENARIO_READ(*state, lines);
	scenario_only(*state, LS_CAUSE_UNPLUGGED, LS_SIDE_UNKNOWN, false);
}

static void
errors_long_before_it_left_speak_of_the_link(void **state)
{
	static const struct scenario_line lines[] = {
		DISK,
		{ 1200, "usb 2-4: cp210x converter now attached to ttyUSB7" },
		{ 8000, "cp210x ttyUSB7: usb_serial_generic_read_bulk_callback - nonzero urb "
			"status: -71" },
		{ 8500, "cp210x ttyUSB7: usb_serial_generic_read_bulk_callback - nonzero urb "
			"status: -71" },
		{ 9150, LEFT },
	};
	struct scenario *scenario = *state;

	SCENARIO_READ(scenario, lines);
	scenario_only(scenario, LS_CAUSE_LINK_LOSS, LS_SIDE_LINK, true);
	assert_true(scenario->incidents[0].facts & LS_FACT_ERRORS_BEFORE);
}

static void
a_disk_whose_host_is_not_known_is_found_by_its_reset(void **state)
{
	static const struct scenario_line lines[] = {
		DISK,
		{ 39000, "sd 5:0:0:0: [sdb] tag#3 uas_eh_abort_handler 0 uas-tag 4 inflight: CMD" },
		{ 39001, "sd 5:0:0:0: [sdb] tag#4 uas_eh_abort_handler 0 uas-tag 5 inflight: CMD" },
		{ 39100, RESET },
		/* Now the host is known. */
		{ 99000, "sd 5:0:0:0: [sdb] tag#3 data cmplt err -71 uas-tag 4 inflight: CMD" },
		{ 99900, RESET },
	};
	struct scenario *scenario = *state;

	SCENARIO_READ(scenario, lines);
	assert_int_equal(scenario->n_incidents, 2);
	assert_int_equal(scenario->incidents[0].cause, LS_CAUSE_HOST_RESET);
	assert_int_equal(scenario->incidents[0].side, LS_SIDE_DEVICE);
	assert_int_equal(scenario->incidents[1].cause, LS_CAUSE_HOST_RESET);
	assert_int_equal(scenario->incidents[1].side, LS_SIDE_LINK);
}

static void
a_device_that_does_not_answer_is_not_the_wire(void **state)
{
	static const struct scenario_line lines[] = {
		DISK,
		{ 60000, "smsc95xx 2-4:1.0 eth0: Failed to read reg index 0x00000114: -110" },
		{ 60500, "smsc95xx 2-4:1.0 eth0: Failed to write reg index 0x00000114: -110" },
		{ 61000, "smsc95xx 2-4:1.0 eth0: Failed to write reg index 0x00000114: -110" },
	};

	SCENARIO_READ(*state, lines);
	scenario_only(*state, LS_CAUSE_LINK_ERRORS, LS_SIDE_DEVICE, false);
}

static void
a_controller_without_slots(void **state)
{
	static const struct scenario_line lines[] = {
		{ 9000, "xhci_hcd 0000:00:14.0: Error while assigning device slot ID: No Slots "
			"Available Error" },
		{ 9000, "xhci_hcd 0000:00:14.0: Max number of devices this xHCI host supports is "
			"32." },
		{ 9001, "usb usb1-port9: couldn't allocate usb_device" },
	};

	SCENARIO_READ(*state, lines);
	scenario_only(*state, LS_CAUSE_HOST_LIMIT, LS_SIDE_HOST, false);
}

static void
a_stall_is_no_error(void **state)
{
	struct ls_observation obs = { 0 };
	struct ls_device device;
	static const char text[] = "ch341-uart ttyUSB0: usb_serial_generic_read_bulk_callback - "
				   "urb stopped: -32";

	(void)state;
	assert_int_equal(ls_kernel_log_parse(text, strlen(text), &obs, &device), 0);
}

static void
a_bus_without_room_is_no_drop(void **state)
{
	static const struct scenario_line lines[] = {
		DISK,
		{ 9000, "usb 2-4: Not enough bandwidth for new device state." },
		{ 9001, "usb 2-4: Not enough bandwidth for altsetting 5" },
		{ 15000, "uvcvideo 2-4:1.1: Failed to submit URB 0 (-28)." },
	};
	struct scenario *scenario = *state;

	SCENARIO_READ(scenario, lines);
	scenario_only(scenario, LS_CAUSE_HOST_LIMIT, LS_SIDE_HOST, false);
	assert_int_equal(scenario->n_events[LS_EVENT_HOST_LIMIT], 1);
}

static void
a_configuration_without_room_is_no_failed_start(void **state)
{
	static const struct scenario_line lines[] = {
		DISK,
		{ 1200, "usb 2-4: can't set config #1, error -28" },
	};

	SCENARIO_READ(*state, lines);
	scenario_only(*state, LS_CAUSE_HOST_LIMIT, LS_SIDE_HOST, false);
}

static void
a_configuration_that_fails_counts_though_it_returns(void **state)
{
	static const struct scenario_line lines[] = {
		DISK,
		{ 1200, "usb 2-4: can't set config #1, error -110" },
		{ 1300, LEFT },
		{ 1600, "usb 2-4: new SuperSpeed USB device number 4 using xhci_hcd" },
		{ 1700, "usb 2-4: New USB device found, idVendor=174c, idProduct=55aa" },
		{ 1700, "usb 2-4: SerialNumber: 0042" },
	};

	SCENARIO_READ(*state, lines);
	scenario_only(*state, LS_CAUSE_ENUMERATION_FAILED, LS_SIDE_UNKNOWN, true);
}

static void
a_controller_in_trouble_is_named(void **state)
{
	static const struct scenario_line lines[] = {
		DISK,
		{ 1200, "xhci_hcd 0000:00:14.0: Timeout while waiting for configure endpoint "
			"command" },
		{ 1201, "usb 2-4: can't set config #1, error -62" },
		{ 1300, LEFT },
	};
	/* It does not matter which of both is logged first. */
	static const struct scenario_line reversed[] = {
		DISK,
		{ 1200, "usb 2-4: can't set config #1, error -62" },
		{ 1201, "xhci_hcd 0000:00:14.0: Timeout while waiting for configure endpoint "
			"command" },
		{ 1300, LEFT },
	};
	struct scenario *scenario = *state;

	SCENARIO_READ(scenario, lines);
	scenario_only(scenario, LS_CAUSE_ENUMERATION_FAILED, LS_SIDE_HOST, true);
	assert_non_null(strstr(scenario->incidents[0].why, "0000:00:14.0"));
	assert_int_equal(scenario_tear_down(state), 0);
	assert_int_equal(scenario_set_up_with_log(state), 0);
	scenario = *state;
	SCENARIO_READ(scenario, reversed);
	scenario_only(scenario, LS_CAUSE_ENUMERATION_FAILED, LS_SIDE_HOST, true);
	assert_non_null(strstr(scenario->incidents[0].why, "0000:00:14.0"));
}

static void
another_controller_has_nothing_to_do_with_it(void **state)
{
	static const struct scenario_line lines[] = {
		DISK,
		{ 1150, "xhci_hcd 0000:05:00.0: new USB bus registered, assigned bus number 5" },
		{ 1200, "xhci_hcd 0000:05:00.0: Timeout while waiting for setup device command" },
		{ 1201, "usb 2-4: can't set config #1, error -62" },
		{ 1300, LEFT },
	};

	SCENARIO_READ(*state, lines);
	scenario_only(*state, LS_CAUSE_ENUMERATION_FAILED, LS_SIDE_UNKNOWN, true);
}

static void
what_a_controller_finds_after_a_pulled_plug_is_none(void **state)
{
	static const struct scenario_line lines[] = {
		DISK,
		{ 9000, LEFT },
		{ 9001, "xhci_hcd 0000:00:14.0: WARN Set TR Deq Ptr cmd failed due to incorrect "
			"slot or ep state." },
	};

	SCENARIO_READ(*state, lines);
	scenario_only(*state, LS_CAUSE_UNPLUGGED, LS_SIDE_UNKNOWN, false);
}

static void
a_driver_that_lets_go_is_a_departure_where_the_log_begins_later(void **state)
{
	static const struct scenario_line lines[] = {
		{ 5000, "cdc_ncm 1-3:1.0 usb0: unregister 'cdc_ncm' usb-0000:00:14.0-3, CDC NCM" },
		{ 5001, "option 1-3:1.2: device disconnected" },
		{ 5002, "option 1-3:1.3: device disconnected" },
	};
	struct scenario *scenario = *state;

	SCENARIO_READ(scenario, lines);
	scenario_only(scenario, LS_CAUSE_UNPLUGGED, LS_SIDE_UNKNOWN, false);
	assert_string_equal(scenario->incidents[0].socket.name, "1-3");
	assert_int_equal(scenario->n_events[LS_EVENT_DISCONNECT], 1);
}

static void
a_log_of_a_driver_alone_tells_of_each_departure(void **state)
{
	static const struct scenario_line lines[] = {
		{ 5000, "cp210x 1-3:1.0: device disconnected" },
		{ 8000, "usb 1-3: cp210x converter now attached to ttyUSB0" },
		{ 95000, "cp210x ttyUSB0: cp210x converter now disconnected from ttyUSB0" },
		{ 95001, "cp210x 1-3:1.0: device disconnected" },
		{ 98000, "usb 1-3: cp210x converter now attached to ttyUSB0" },
	};
	struct scenario *scenario = *state;

	SCENARIO_READ(scenario, lines);
	assert_int_equal(scenario->n_incidents, 2);
	assert_int_equal(scenario->n_events[LS_EVENT_DISCONNECT], 2);
	for (size_t i = 0; i < 2; i++) {
		assert_true(scenario->incidents[i].back);
		assert_int_equal(scenario->incidents[i].back_after_us, 3 * LS_SEC);
	}
}

static void
a_driver_that_lets_go_is_no_second_departure(void **state)
{
	static const struct scenario_line lines[] = {
		{ 5000, "usb 1-3: USB disconnect, device number 9" },
		{ 5001, "option 1-3:1.2: device disconnected" },
	};
	struct scenario *scenario = *state;

	SCENARIO_READ(scenario, lines);
	scenario_only(scenario, LS_CAUSE_UNPLUGGED, LS_SIDE_UNKNOWN, false);
	assert_int_equal(scenario->incidents[0].n_disconnects, 1);
	assert_int_equal(scenario->n_events[LS_EVENT_DISCONNECT], 1);
}

static void
a_driver_that_is_unbound_or_reset_is_no_departure(void **state)
{
	static const struct scenario_line unbound[] = {
		DISK,
		{ 5000, "ftdi_sio 2-4:1.0: device disconnected" },
	};
	static const struct scenario_line reset[] = {
		{ 305000, "option 1-3:1.2: device disconnected" },
		{ 305300, "usb 1-3: reset high-speed USB device number 9 using xhci_hcd" },
	};
	struct scenario *scenario = *state;

	SCENARIO_READ(scenario, unbound);
	assert_int_equal(scenario->n_incidents, 0);
	SCENARIO_READ(scenario, reset);
	scenario_wait(scenario, 600000);
	scenario_only(scenario, LS_CAUSE_HOST_RESET, LS_SIDE_UNKNOWN, false);
}

static void
a_driver_lets_go_where_lines_were_lost(void **state)
{
	struct scenario *scenario = *state;
	static const struct scenario_line before[] = { DISK };
	static const struct scenario_line after[] = {
		{ 305000, "usb-storage 2-4:1.0: device disconnected" },
	};

	SCENARIO_READ(scenario, before);
	scenario_observe(scenario, 304000, LS_SOURCE_KERNEL_LOG, LS_OBS_LOST, "", 0);
	SCENARIO_READ(scenario, after);
	scenario_wait(scenario, 600000);
	scenario_only(scenario, LS_CAUSE_UNPLUGGED, LS_SIDE_UNKNOWN, false);
}

static void
a_discharge_is_no_over_current(void **state)
{
	static const struct scenario_line lines[] = {
		{ 5000, "hub 1-0:1.0: over-current change on port 3" },
		{ 5001, "hub 1-0:1.0: port 3 disabled by hub (EMI?), re-enabling..." },
		{ 5100, "usb 1-3: USB disconnect, address 9" },
		{ 5400, "usb 1-3: new low speed USB device using uhci_hcd and address 10" },
		{ 5500, "usb 1-3: New USB device found, idVendor=046d, idProduct=c018" },
	};

	SCENARIO_READ(*state, lines);
	scenario_only(*state, LS_CAUSE_EMI, LS_SIDE_LINK, true);
}

#define TEST(name)                                                                                 \
	cmocka_unit_test_setup_teardown(name, scenario_set_up_with_log, scenario_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(errors_of_a_driver_are_a_warning),
		TEST(errors_as_a_plug_is_pulled_are_none),
		TEST(errors_long_before_it_left_speak_of_the_link),
		TEST(a_disk_whose_host_is_not_known_is_found_by_its_reset),
		TEST(a_stall_is_no_error),
		TEST(a_bus_without_room_is_no_drop),
		TEST(a_configuration_without_room_is_no_failed_start),
		TEST(a_configuration_that_fails_counts_though_it_returns),
		TEST(a_controller_in_trouble_is_named),
		TEST(another_controller_has_nothing_to_do_with_it),
		TEST(what_a_controller_finds_after_a_pulled_plug_is_none),
		TEST(a_driver_that_lets_go_is_a_departure_where_the_log_begins_later),
		TEST(a_log_of_a_driver_alone_tells_of_each_departure),
		TEST(a_driver_that_lets_go_is_no_second_departure),
		TEST(a_device_that_does_not_answer_is_not_the_wire),
		TEST(a_controller_without_slots),
		TEST(a_driver_that_is_unbound_or_reset_is_no_departure),
		TEST(a_driver_lets_go_where_lines_were_lost),
		TEST(a_discharge_is_no_over_current),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
