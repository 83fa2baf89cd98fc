#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/engine/causes.h"
#include "tests/unit/lib/scenario.h"

static const struct ls_device recovery = { .vid = 0x05ac, .pid = 0x1281, .serial = "CPID:8020" };
static const struct ls_device other = { .vid = 0x0403, .pid = 0x6001, .serial = "A1" };
static const struct ls_device twin = { .vid = 0x05ac, .pid = 0x12a8, .serial = "00008030" };
static const struct ls_device stick = { .vid = 0x0781, .pid = 0x5581 };
static const struct ls_device hub = { .vid = 0x2109, .pid = 0x0813, .device_class = 9 };

static void
only(const struct scenario *scenario, enum ls_cause cause, bool drop)
{
	assert_int_equal(scenario->n_incidents, 1);
	assert_string_equal(ls_cause_name(scenario->incidents[0].cause), ls_cause_name(cause));
	assert_int_equal(scenario->incidents[0].drop, drop);
	assert_false(scenario->incidents[0].open);
	assert_true(scenario->incidents[0].settled);
}

static void
a_connect_is_one_event_and_one_session(void **state)
{
	struct scenario *scenario = *state;

	scenario_plug(scenario, 100, "1-1", 5, &scenario_phone);
	scenario_wait(scenario, 60000);
	assert_int_equal(scenario->n_events[LS_EVENT_CONNECT], 1);
	assert_int_equal(scenario->n_incidents, 0);
	assert_int_equal(scenario->n_sessions, 1);
	assert_string_equal(scenario->sessions[0].socket.id_path, "pci-0000:00:14.0-usb-0:1");
	assert_string_equal(scenario->sessions[0].device.serial, "00008020");
}

static void
a_device_that_returns_lost_its_link(void **state)
{
	struct scenario *scenario = *state;
	const struct ls_incident *incident = &scenario->incidents[0];

	scenario_plug(scenario, 100, "1-1", 5, &scenario_phone);
	scenario_unplug(scenario, 5000, "1-1", 5);
	scenario_plug(scenario, 6300, "1-1", 6, &scenario_phone);
	scenario_wait(scenario, 60000);
	only(scenario, LS_CAUSE_LINK_LOSS, true);
	assert_int_equal(incident->back_after_us, 1300 * LS_MS);
	assert_int_equal(incident->n_disconnects, 1);
	assert_int_equal(incident->sources, 1U << LS_SOURCE_KERNEL_LOG | 1U << LS_SOURCE_UDEV |
						    1U << LS_SOURCE_LIBUSB);
	assert_true(incident->confidence > 0.8 && incident->confidence < 0.9);
	assert_int_equal(scenario->n_events[LS_EVENT_DISCONNECT], 1);
	assert_int_equal(scenario->n_sessions, 1);
	assert_true(scenario->sessions[0].present);
}

static void
a_device_that_stays_away_was_unplugged(void **state)
{
	struct scenario *scenario = *state;

	scenario_plug(scenario, 100, "1-1", 5, &scenario_phone);
	scenario_unplug(scenario, 5100, "1-1", 5);
	scenario_wait(scenario, 14000);
	assert_int_equal(scenario->incidents[0].cause, LS_CAUSE_UNKNOWN);
	assert_false(scenario->incidents[0].drop);
	assert_true(scenario->incidents[0].settled);
	scenario_wait(scenario, 60000);
	only(scenario, LS_CAUSE_UNPLUGGED, false);
	assert_false(scenario->sessions[0].open);
	assert_int_equal(scenario->sessions[0].connected_us, 5000 * LS_MS);
}

static void
sources_in_any_order_are_one_event(void **state)
{
	static const enum ls_source orders[][3] = {
		{ LS_SOURCE_KERNEL_LOG, LS_SOURCE_UDEV, LS_SOURCE_LIBUSB },
		{ LS_SOURCE_UDEV, LS_SOURCE_LIBUSB, LS_SOURCE_KERNEL_LOG },
		{ LS_SOURCE_LIBUSB, LS_SOURCE_KERNEL_LOG, LS_SOURCE_UDEV },
	};
	struct scenario *scenario = *state;

	for (unsigned int i = 0; i < LS_COUNT(orders); i++) {
		uint64_t t = i * 60000;

		scenario_plug(scenario, t + 100, "1-1", 5 + i, &scenario_phone);
		for (unsigned int w = 0; w < 3; w++)
			scenario_observe(scenario, t + 30000 + w * 20, orders[i][w],
					 LS_OBS_DISCONNECTED, "1-1", 5 + i);
		scenario_wait(scenario, t + 59000);
		assert_int_equal(scenario->n_events[LS_EVENT_DISCONNECT], i + 1);
		assert_int_equal(scenario->n_incidents, i + 1);
	}
}

static void
another_device_in_the_same_port_is_no_drop(void **state)
{
	struct scenario *scenario = *state;

	scenario_plug(scenario, 100, "1-1", 5, &scenario_phone);
	scenario_unplug(scenario, 5000, "1-1", 5);
	scenario_plug(scenario, 7000, "1-1", 6, &twin);
	scenario_wait(scenario, 60000);
	only(scenario, LS_CAUSE_UNPLUGGED, false);
	assert_int_equal(scenario->n_sessions, 2);
}

static void
a_move_to_another_port_is_no_drop(void **state)
{
	struct scenario *scenario = *state;

	scenario_plug(scenario, 100, "1-1", 5, &scenario_phone);
	scenario_unplug(scenario, 5000, "1-1", 5);
	scenario_plug(scenario, 7000, "1-2", 6, &scenario_phone);
	scenario_wait(scenario, 60000);
	only(scenario, LS_CAUSE_UNPLUGGED, false);
	assert_true(scenario->incidents[0].confidence > 0.95);
	assert_false(scenario->sessions[0].open);
	assert_true(scenario->sessions[1].open);
}

static void
other_ids_on_the_same_port_are_a_mode_switch(void **state)
{
	struct scenario *scenario = *state;

	scenario_plug(scenario, 100, "1-1", 5, &scenario_phone);
	scenario_unplug(scenario, 5000, "1-1", 5);
	scenario_plug(scenario, 9000, "1-1", 6, &recovery);
	scenario_wait(scenario, 60000);
	only(scenario, LS_CAUSE_MODE_SWITCH, false);
}

static void
retries_of_enumeration_are_one_incident(void **state)
{
	struct scenario *scenario = *state;

	for (unsigned int try = 0; try < 4; try++) {
		uint64_t t = 1000 + try * 5000;

		scenario_observe(scenario, t, LS_SOURCE_KERNEL_LOG, LS_OBS_ENUMERATING, "1-3",
				 5 + try);
		scenario_observe(scenario, t + 2000, LS_SOURCE_KERNEL_LOG, LS_OBS_ENUM_FAILED,
				 "1-3", 0);
		scenario_observe(scenario, t + 4000, LS_SOURCE_KERNEL_LOG, LS_OBS_ENUM_FAILED,
				 "1-3", 0);
	}
	assert_false(scenario->incidents[0].settled);
	scenario_observe(scenario, 21000, LS_SOURCE_KERNEL_LOG, LS_OBS_ENUM_GAVE_UP, "1-3", 0);
	scenario_wait(scenario, 90000);
	only(scenario, LS_CAUSE_ENUMERATION_FAILED, true);
	assert_int_equal(scenario->n_events[LS_EVENT_ENUMERATION_FAILURE], 1);
	assert_int_equal(scenario->n_events[LS_EVENT_CONNECT], 0);
}

static void
a_device_that_comes_up_late_is_no_drop(void **state)
{
	struct scenario *scenario = *state;

	scenario_observe(scenario, 1000, LS_SOURCE_KERNEL_LOG, LS_OBS_ENUMERATING, "1-3", 5);
	scenario_observe(scenario, 2000, LS_SOURCE_KERNEL_LOG, LS_OBS_ENUM_FAILED, "1-3", 0);
	scenario_plug(scenario, 2500, "1-3", 6, &stick);
	scenario_wait(scenario, 60000);
	only(scenario, LS_CAUSE_ENUMERATION_FAILED, false);
	assert_int_equal(scenario->n_sessions, 1);
}

static void
a_reset_that_is_survived_is_no_drop(void **state)
{
	struct scenario *scenario = *state;

	scenario_plug(scenario, 100, "1-1", 5, &scenario_phone);
	scenario_observe(scenario, 5000, LS_SOURCE_KERNEL_LOG, LS_OBS_RESET, "1-1", 5);
	scenario_wait(scenario, 60000);
	only(scenario, LS_CAUSE_HOST_RESET, false);
	assert_int_equal(scenario->n_events[LS_EVENT_RESET], 1);
	assert_true(scenario->sessions[0].present);
}

static void
tries_of_one_reset_count_once(void **state)
{
	struct scenario *scenario = *state;

	scenario_plug(scenario, 100, "1-1", 5, &scenario_phone);
	for (unsigned int try = 0; try < 4; try++) {
		scenario_observe(scenario, 5000 + try * 3000, LS_SOURCE_KERNEL_LOG, LS_OBS_RESET,
				 "1-1", 5);
		scenario_observe(scenario, 6000 + try * 3000, LS_SOURCE_KERNEL_LOG,
				 LS_OBS_ENUM_FAILED, "1-1", 5);
	}
	scenario_wait(scenario, 90000);
	assert_int_equal(scenario->n_events[LS_EVENT_RESET], 1);
	assert_int_equal(scenario->incidents[0].n_resets, 1);
	only(scenario, LS_CAUSE_HOST_RESET, false);
}

static void
two_resets_count_twice(void **state)
{
	struct scenario *scenario = *state;

	scenario_plug(scenario, 100, "1-1", 5, &scenario_phone);
	scenario_observe(scenario, 5000, LS_SOURCE_KERNEL_LOG, LS_OBS_RESET, "1-1", 5);
	scenario_observe(scenario, 6000, LS_SOURCE_KERNEL_LOG, LS_OBS_RESET, "1-1", 5);
	scenario_wait(scenario, 60000);
	assert_int_equal(scenario->n_events[LS_EVENT_RESET], 2);
	only(scenario, LS_CAUSE_HOST_RESET, false);
}

static void
emi_explains_the_disconnect_behind_it(void **state)
{
	struct scenario *scenario = *state;

	scenario_plug(scenario, 100, "1-1", 5, &scenario_phone);
	scenario_observe(scenario, 5000, LS_SOURCE_KERNEL_LOG, LS_OBS_EMI, "1-1", 0);
	scenario_unplug(scenario, 5010, "1-1", 5);
	scenario_plug(scenario, 5400, "1-1", 6, &scenario_phone);
	scenario_wait(scenario, 60000);
	only(scenario, LS_CAUSE_EMI, true);
}

static void
over_current_of_two_sources_is_reported_once(void **state)
{
	struct scenario *scenario = *state;

	scenario_plug(scenario, 100, "1-1", 5, &scenario_phone);
	scenario_observe(scenario, 5000, LS_SOURCE_UDEV, LS_OBS_OVER_CURRENT, "1-1", 0);
	scenario_observe(scenario, 5110, LS_SOURCE_KERNEL_LOG, LS_OBS_OVER_CURRENT, "1-1", 0);
	scenario_wait(scenario, 60000);
	only(scenario, LS_CAUSE_OVER_CURRENT, true);
	assert_int_equal(scenario->n_events[LS_EVENT_OVER_CURRENT], 1);
	assert_int_equal(scenario->incidents[0].n_over_currents, 1);
}

static void
plug_hub_with_two(struct scenario *scenario)
{
	scenario_plug(scenario, 100, "1-1", 5, &hub);
	scenario_plug(scenario, 200, "2-1", 3, &hub);
	scenario_plug(scenario, 300, "1-1.1", 6, &scenario_phone);
	scenario_plug(scenario, 400, "1-1.4", 7, &other);
	assert_int_equal(scenario->n_sessions, 3);
	assert_int_equal(scenario->n_events[LS_EVENT_CONNECT], 3);
}

static void
a_hub_that_leaves_explains_its_children_kernel_log_first(void **state)
{
	struct scenario *scenario = *state;

	plug_hub_with_two(scenario);
	scenario_unplug(scenario, 9000, "1-1", 5);
	scenario_unplug(scenario, 9020, "1-1.1", 6);
	scenario_unplug(scenario, 9040, "1-1.4", 7);
	scenario_unplug(scenario, 9060, "2-1", 3);
	scenario_wait(scenario, 60000);
	only(scenario, LS_CAUSE_UNPLUGGED, false);
	assert_string_equal(scenario->incidents[0].socket.name, "1-1");
	assert_int_equal(scenario->incidents[0].n_children, 2);
	assert_int_equal(scenario->incidents[0].n_disconnects, 1);
}

static void
a_hub_that_comes_back_lost_its_link(void **state)
{
	struct scenario *scenario = *state;

	plug_hub_with_two(scenario);
	scenario_unplug(scenario, 9000, "1-1", 5);
	scenario_unplug(scenario, 9020, "1-1.1", 6);
	scenario_unplug(scenario, 9040, "1-1.4", 7);
	scenario_unplug(scenario, 9060, "2-1", 3);
	scenario_plug(scenario, 10500, "1-1", 8, &hub);
	scenario_wait(scenario, 60000);
	only(scenario, LS_CAUSE_UPSTREAM_LOSS, true);
	assert_int_equal(scenario->incidents[0].n_children, 2);
}

static void
a_hub_that_leaves_explains_its_children_uevents_first(void **state)
{
	struct scenario *scenario = *state;

	plug_hub_with_two(scenario);
	scenario_observe(scenario, 9000, LS_SOURCE_UDEV, LS_OBS_DISCONNECTED, "1-1.1", 6);
	scenario_observe(scenario, 9005, LS_SOURCE_UDEV, LS_OBS_DISCONNECTED, "1-1.4", 7);
	scenario_observe(scenario, 9010, LS_SOURCE_UDEV, LS_OBS_DISCONNECTED, "1-1", 5);
	scenario_observe(scenario, 9015, LS_SOURCE_UDEV, LS_OBS_DISCONNECTED, "2-1", 3);
	scenario_unplug(scenario, 8990, "1-1", 5);
	scenario_wait(scenario, 60000);
	only(scenario, LS_CAUSE_UNPLUGGED, false);
	assert_int_equal(scenario->incidents[0].id, 1);
	assert_int_equal(scenario->incidents[0].n_children, 2);
	assert_string_equal(scenario->incidents[0].socket.name, "1-1");
}

static void
a_hub_reset_explains_its_children(void **state)
{
	struct scenario *scenario = *state;

	plug_hub_with_two(scenario);
	scenario_observe(scenario, 9000, LS_SOURCE_KERNEL_LOG, LS_OBS_RESET, "1-1", 5);
	scenario_unplug(scenario, 9100, "1-1.1", 6);
	scenario_unplug(scenario, 9110, "1-1.4", 7);
	scenario_plug(scenario, 9500, "1-1.1", 8, &scenario_phone);
	scenario_plug(scenario, 9600, "1-1.4", 9, &other);
	scenario_wait(scenario, 60000);
	only(scenario, LS_CAUSE_UPSTREAM_LOSS, true);
	assert_int_equal(scenario->n_sessions, 3);
}

static void
a_dead_controller_is_one_incident(void **state)
{
	struct scenario *scenario = *state;

	scenario_plug(scenario, 100, "1-1", 5, &scenario_phone);
	scenario_plug(scenario, 200, "2-2", 3, &stick);
	scenario_unplug(scenario, 8995, "1-1", 5);
	scenario_observe(scenario, 9000, LS_SOURCE_KERNEL_LOG, LS_OBS_CONTROLLER_DIED, "usb1", 0);
	scenario_observe(scenario, 9010, LS_SOURCE_UDEV, LS_OBS_CONTROLLER_DIED, "usb1", 0);
	scenario_unplug(scenario, 9020, "2-2", 3);
	scenario_wait(scenario, 60000);
	only(scenario, LS_CAUSE_CONTROLLER_DIED, true);
	assert_string_equal(scenario->incidents[0].socket.id_path, "pci-0000:00:14.0");
	assert_int_equal(scenario->n_events[LS_EVENT_CONTROLLER_DIED], 1);
}

static void
an_unbound_controller_is_software(void **state)
{
	struct scenario *scenario = *state;

	scenario_plug(scenario, 100, "1-1", 5, &scenario_phone);
	scenario_observe(scenario, 9000, LS_SOURCE_KERNEL_LOG, LS_OBS_DISCONNECTED, "usb2", 1);
	scenario_observe(scenario, 9010, LS_SOURCE_KERNEL_LOG, LS_OBS_DISCONNECTED, "usb1", 1);
	scenario_unplug(scenario, 9020, "1-1", 5);
	scenario_observe(scenario, 9030, LS_SOURCE_UDEV, LS_OBS_DISCONNECTED, "usb1", 1);
	scenario_wait(scenario, 60000);
	only(scenario, LS_CAUSE_SOFTWARE, false);
	assert_int_equal(scenario->incidents[0].side, LS_SIDE_SOFTWARE);
}

static void
deauthorising_is_software(void **state)
{
	struct scenario *scenario = *state;

	scenario_plug(scenario, 100, "1-1", 5, &scenario_phone);
	scenario_observe(scenario, 9001, LS_SOURCE_UDEV, LS_OBS_DEAUTHORISED, "1-1", 5);
	scenario_wait(scenario, 60000);
	only(scenario, LS_CAUSE_SOFTWARE, false);
}

static void
a_flapping_device_is_one_incident(void **state)
{
	struct scenario *scenario = *state;

	scenario_plug(scenario, 100, "1-1", 2, &scenario_phone);
	for (unsigned int i = 0; i < 200; i++) {
		scenario_unplug(scenario, 5000 + i * 1500 + i % 3 * 120, "1-1", 2 + i % 120);
		scenario_plug(scenario, 5300 + i * 1500 + i % 3 * 120, "1-1", 3 + i % 120,
			      &scenario_phone);
	}
	assert_int_equal(scenario->n_incidents, 1);
	scenario_wait(scenario, 400000);
	only(scenario, LS_CAUSE_LINK_LOSS, true);
	assert_int_equal(scenario->incidents[0].n_disconnects, 200);
	assert_true(scenario->incidents[0].n_evidence > 1000);
	assert_int_equal(scenario->n_sessions, 1);
}

static void
late_reports_of_earlier_flaps_count_nothing(void **state)
{
	struct scenario *scenario = *state;

	scenario_plug(scenario, 100, "1-1", 2, &scenario_phone);
	for (unsigned int i = 0; i < 10; i++) {
		scenario_observe(scenario, 5000 + i * 500 + i % 3 * 70, LS_SOURCE_KERNEL_LOG,
				 LS_OBS_DISCONNECTED, "1-1", 2 + i);
		scenario_observe(scenario, 5200 + i * 500 + i % 3 * 70, LS_SOURCE_KERNEL_LOG,
				 LS_OBS_ENUMERATING, "1-1", 3 + i);
		scenario_observe_device(scenario, 5300 + i * 500 + i % 3 * 70, LS_SOURCE_KERNEL_LOG,
					LS_OBS_FOUND, "1-1", 0, &scenario_phone);
	}
	for (unsigned int i = 0; i < 10; i++) {
		scenario_observe(scenario, 10100 + i * 10, LS_SOURCE_UDEV, LS_OBS_DISCONNECTED,
				 "1-1", 2 + i);
		scenario_observe_device(scenario, 10105 + i * 10, LS_SOURCE_UDEV, LS_OBS_CONNECTED,
					"1-1", 3 + i, &scenario_phone);
	}
	scenario_wait(scenario, 60000);
	only(scenario, LS_CAUSE_LINK_LOSS, true);
	assert_int_equal(scenario->incidents[0].n_disconnects, 10);
	assert_int_equal(scenario->n_events[LS_EVENT_DISCONNECT], 10);
	assert_int_equal(scenario->n_events[LS_EVENT_CONNECT], 11);
	assert_true(scenario->sessions[0].present);
	assert_int_equal(scenario->sessions[0].devnum, 12);
}

static void
late_reports_of_a_removed_bus_are_no_incident(void **state)
{
	struct scenario *scenario = *state;

	scenario_observe(scenario, 9000, LS_SOURCE_KERNEL_LOG, LS_OBS_DISCONNECTED, "usb2", 1);
	scenario_observe(scenario, 9010, LS_SOURCE_KERNEL_LOG, LS_OBS_DISCONNECTED, "usb1", 1);
	scenario_observe(scenario, 14000, LS_SOURCE_UDEV, LS_OBS_DISCONNECTED, "usb1", 1);
	scenario_wait(scenario, 60000);
	only(scenario, LS_CAUSE_SOFTWARE, false);
}

static void
a_hub_behind_a_hub_is_its_child(void **state)
{
	struct scenario *scenario = *state;

	scenario_plug(scenario, 1000, "1-1", 2, &hub);
	scenario_plug(scenario, 1500, "1-1.2", 3, &hub);
	scenario_unplug(scenario, 20000, "1-1", 2);
	scenario_unplug(scenario, 20001, "1-1.2", 3);
	scenario_wait(scenario, 60000);
	only(scenario, LS_CAUSE_UNPLUGGED, false);
	assert_int_equal(scenario->incidents[0].n_children, 1);
	assert_int_equal(scenario->n_events[LS_EVENT_DISCONNECT], 2);
}

static void
an_incident_of_the_port_itself_is_not_absorbed_by_its_hub(void **state)
{
	struct scenario *scenario = *state;

	scenario_plug(scenario, 1000, "1-1", 2, &hub);
	scenario_plug(scenario, 1500, "1-1.2", 3, &stick);
	scenario_observe(scenario, 20000, LS_SOURCE_KERNEL_LOG, LS_OBS_EMI, "1-1.2", 0);
	scenario_observe(scenario, 20050, LS_SOURCE_KERNEL_LOG, LS_OBS_RESET, "1-1", 2);
	scenario_wait(scenario, 60000);
	assert_int_equal(scenario->n_incidents, 2);
	assert_true(scenario_incident(scenario, LS_CAUSE_EMI)->drop);
	assert_non_null(scenario_incident(scenario, LS_CAUSE_HOST_RESET));
}

static void
an_id_in_events_is_not_used_again(void **state)
{
	struct scenario *scenario = *state;

	scenario_plug(scenario, 1000, "1-1", 2, &hub);
	scenario_plug(scenario, 1500, "1-1.2", 3, &stick);
	scenario_plug(scenario, 1800, "1-3", 4, &scenario_phone);
	scenario_observe(scenario, 20000, LS_SOURCE_UDEV, LS_OBS_DISCONNECTED, "1-1.2", 3);
	scenario_observe(scenario, 20050, LS_SOURCE_KERNEL_LOG, LS_OBS_RESET, "1-1", 2);
	assert_int_equal(scenario->last_event.kind, LS_EVENT_RESET);
	assert_int_equal(scenario->last_event.incident, scenario->incidents[0].id);
	scenario_wait(scenario, 60000);
	assert_int_equal(scenario->n_incidents, 1);
}

static void
a_scan_keeps_a_device_that_is_arriving(void **state)
{
	static const struct ls_device ids = { .vid = 0x05ac, .pid = 0x12a8 };
	struct scenario *scenario = *state;

	scenario_observe(scenario, 20000, LS_SOURCE_KERNEL_LOG, LS_OBS_ENUMERATING, "1-2", 6);
	scenario_observe_device(scenario, 20100, LS_SOURCE_KERNEL_LOG, LS_OBS_FOUND, "1-2", 0,
				&ids);
	scenario_observe(scenario, 20102, LS_SOURCE_UDEV, LS_OBS_SCAN_BEGIN, "", 0);
	scenario_observe(scenario, 20103, LS_SOURCE_UDEV, LS_OBS_SCAN_END, "", 0);
	scenario_observe_device(scenario, 20110, LS_SOURCE_UDEV, LS_OBS_CONNECTED, "1-2", 6,
				&scenario_phone);
	scenario_wait(scenario, 60000);
	assert_int_equal(scenario->n_incidents, 0);
	assert_true(scenario->sessions[0].present);
}

static void
a_kernel_log_that_is_read_last_counts_nothing_twice(void **state)
{
	struct scenario *scenario = *state;

	scenario_plug(scenario, 1000, "1-2", 2, &scenario_phone);
	for (unsigned int i = 0; i < 2; i++) {
		scenario_observe(scenario, 20000 + i * 900, LS_SOURCE_UDEV, LS_OBS_DISCONNECTED,
				 "1-2", 2 + i);
		scenario_observe_device(scenario, 20300 + i * 900, LS_SOURCE_UDEV, LS_OBS_CONNECTED,
					"1-2", 3 + i, &scenario_phone);
	}
	for (unsigned int i = 0; i < 2; i++) {
		scenario_observe(scenario, 19990 + i * 900, LS_SOURCE_KERNEL_LOG,
				 LS_OBS_DISCONNECTED, "1-2", 2 + i);
		scenario_observe(scenario, 20250 + i * 900, LS_SOURCE_KERNEL_LOG,
				 LS_OBS_ENUMERATING, "1-2", 3 + i);
		scenario_observe_device(scenario, 20290 + i * 900, LS_SOURCE_KERNEL_LOG,
					LS_OBS_FOUND, "1-2", 0, &scenario_phone);
	}
	scenario_wait(scenario, 60000);
	only(scenario, LS_CAUSE_LINK_LOSS, true);
	assert_int_equal(scenario->n_events[LS_EVENT_DISCONNECT], 2);
	assert_int_equal(scenario->n_events[LS_EVENT_CONNECT], 3);
}

static void
an_overloaded_root_hub_is_counted(void **state)
{
	struct scenario *scenario = *state;

	scenario_observe(scenario, 20000, LS_SOURCE_KERNEL_LOG, LS_OBS_OVER_CURRENT, "usb1", 0);
	scenario_wait(scenario, 60000);
	only(scenario, LS_CAUSE_OVER_CURRENT, true);
	assert_int_equal(scenario->incidents[0].n_over_currents, 1);
}

static void
transfer_errors(struct scenario *scenario, uint64_t at_ms, unsigned int devnum, uint32_t n)
{
	scenario_usbmon(scenario, at_ms,
			&(const struct ls_observation){
				.kind = LS_OBS_TRANSFER_ERRORS,
				.devnum = (uint16_t)devnum,
				.n_failed = n,
			});
}

static void
a_burst_of_errors_that_is_survived_is_a_warning(void **state)
{
	struct scenario *scenario = *state;

	scenario_plug(scenario, 100, "1-1", 5, &scenario_phone);
	transfer_errors(scenario, 5000, 5, 1);
	assert_int_equal(scenario->n_incidents, 0);
	transfer_errors(scenario, 5010, 5, 4);
	for (unsigned int i = 0; i < 20; i++)
		transfer_errors(scenario, 6000 + i * 10000, 5, 1);
	scenario_wait(scenario, 500000);
	only(scenario, LS_CAUSE_LINK_ERRORS, false);
	assert_int_equal(scenario->n_events[LS_EVENT_LINK_ERRORS], 1);
}

static void
errors_long_before_a_drop_are_of_the_link(void **state)
{
	struct scenario *scenario = *state;

	scenario_plug(scenario, 100, "1-1", 5, &scenario_phone);
	transfer_errors(scenario, 5000, 5, 1);
	transfer_errors(scenario, 6900, 5, 1);
	scenario_unplug(scenario, 7000, "1-1", 5);
	scenario_wait(scenario, 60000);
	only(scenario, LS_CAUSE_LINK_LOSS, true);
	assert_true(scenario->incidents[0].facts & LS_FACT_ERRORS_BEFORE);
}

static void
errors_just_before_a_disconnect_are_normal(void **state)
{
	struct scenario *scenario = *state;

	scenario_plug(scenario, 100, "1-1", 5, &scenario_phone);
	transfer_errors(scenario, 6800, 5, 2);
	scenario_unplug(scenario, 7000, "1-1", 5);
	scenario_wait(scenario, 60000);
	only(scenario, LS_CAUSE_UNPLUGGED, false);
}

static void
a_hub_reports_the_state_of_its_port(void **state)
{
	struct scenario *scenario = *state;

	scenario_plug(scenario, 100, "1-1", 5, &scenario_phone);
	scenario_usbmon(scenario, 6990,
			&(const struct ls_observation){
				.kind = LS_OBS_PORT_STATUS, .devnum = 1, .hub_port = 1 });
	scenario_unplug(scenario, 7000, "1-1", 5);
	scenario_wait(scenario, 60000);
	only(scenario, LS_CAUSE_UNPLUGGED, false);
	assert_int_equal(scenario->incidents[0].evidence[0].source, LS_SOURCE_USBMON);
}

/* Another one took the port of the device that left: what comes up below it did not leave with that. */
static void
a_hub_that_replaces_a_device_did_not_lose_its_ports(void **state)
{
	static const struct ls_device named = { .vid = 0x2109, .pid = 0x0813 };
	struct scenario *scenario = *state;

	scenario_observe_device(scenario, 100, LS_SOURCE_KERNEL_LOG, LS_OBS_FOUND, "1-1", 0,
				&named);
	scenario_observe(scenario, 150, LS_SOURCE_KERNEL_LOG, LS_OBS_ENUMERATING, "1-1", 6);
	scenario_observe_device(scenario, 500, LS_SOURCE_LIBUSB, LS_OBS_CONNECTED, "1-1", 6, &hub);
	scenario_observe(scenario, 600, LS_SOURCE_KERNEL_LOG, LS_OBS_SLOW, "1-1.1", 0);
	assert_int_equal(scenario->last_event.kind, LS_EVENT_SPEED_DOWNGRADE);
	assert_int_equal(scenario->last_event.incident, 0);
}

static void
a_suspend_explains_its_disconnects(void **state)
{
	struct scenario *scenario = *state;

	scenario_plug(scenario, 100, "1-1", 5, &scenario_phone);
	scenario_observe(scenario, 9000, LS_SOURCE_KERNEL_LOG, LS_OBS_SLEEP, "", 0);
	scenario_observe(scenario, 9500, LS_SOURCE_KERNEL_LOG, LS_OBS_WAKE, "", 0);
	scenario_observe(scenario, 9600, LS_SOURCE_KERNEL_LOG, LS_OBS_RESET, "1-1", 5);
	scenario_unplug(scenario, 9700, "1-1", 5);
	scenario_plug(scenario, 10000, "1-1", 6, &scenario_phone);
	scenario_wait(scenario, 60000);
	only(scenario, LS_CAUSE_SUSPEND, false);
}

static void
a_missing_source_lowers_the_confidence_only(void **state)
{
	struct scenario *scenario = *state;

	scenario_observe(scenario, 50, LS_SOURCE_UDEV, LS_OBS_SOURCE_UNAVAILABLE, "", 0);
	scenario_observe(scenario, 50, LS_SOURCE_LIBUSB, LS_OBS_SOURCE_UNAVAILABLE, "", 0);
	for (unsigned int i = 0; i < 2; i++) {
		uint64_t t = 100 + i * 6000;

		scenario_observe(scenario, t, LS_SOURCE_KERNEL_LOG, LS_OBS_ENUMERATING, "1-1",
				 5 + i);
		scenario_observe_device(scenario, t, LS_SOURCE_KERNEL_LOG, LS_OBS_FOUND, "1-1", 0,
					&scenario_phone);
		scenario_wait(scenario, t + 5000);
		if (i == 0)
			scenario_observe(scenario, t + 5000, LS_SOURCE_KERNEL_LOG,
					 LS_OBS_DISCONNECTED, "1-1", 5);
	}
	scenario_wait(scenario, 60000);
	only(scenario, LS_CAUSE_LINK_LOSS, true);
	assert_true(scenario->incidents[0].confidence < 0.9);
	assert_int_equal(scenario->n_gaps, 2);
	assert_true(scenario->gap.open);
}

static void
a_scan_finds_missed_removals(void **state)
{
	struct scenario *scenario = *state;

	scenario_plug(scenario, 100, "1-1", 5, &scenario_phone);
	scenario_plug(scenario, 100, "1-2", 6, &stick);
	scenario_observe(scenario, 9000, LS_SOURCE_UDEV, LS_OBS_LOST, "", 0);
	scenario_observe(scenario, 9000, LS_SOURCE_UDEV, LS_OBS_SCAN_BEGIN, "", 0);
	scenario_observe_device(scenario, 9001, LS_SOURCE_UDEV, LS_OBS_CONNECTED, "1-2", 6, &stick);
	scenario_observe(scenario, 9002, LS_SOURCE_UDEV, LS_OBS_SCAN_END, "", 0);
	scenario_wait(scenario, 60000);
	only(scenario, LS_CAUSE_UNPLUGGED, false);
	assert_string_equal(scenario->incidents[0].socket.name, "1-1");
	assert_int_equal(scenario->n_events[LS_EVENT_CONNECT], 2);
	assert_int_equal(scenario->n_gaps, 1);
}

static void
a_reused_number_is_a_new_device(void **state)
{
	struct scenario *scenario = *state;

	scenario_plug(scenario, 100, "1-1", 5, &scenario_phone);
	scenario_unplug(scenario, 5000, "1-1", 5);
	scenario_wait(scenario, 30000);
	scenario_plug(scenario, 31000, "1-1", 5, &scenario_phone);
	scenario_unplug(scenario, 40000, "1-1", 5);
	scenario_wait(scenario, 60000);
	assert_int_equal(scenario->n_events[LS_EVENT_CONNECT], 2);
	assert_int_equal(scenario->n_events[LS_EVENT_DISCONNECT], 2);
	assert_int_equal(scenario->n_incidents, 2);
	assert_int_equal(scenario->n_sessions, 2);
}

static void
a_source_without_a_report_lowers_the_confidence(void **state)
{
	struct scenario *scenario = *state;

	scenario_observe(scenario, 100, LS_SOURCE_KERNEL_LOG, LS_OBS_ENUMERATING, "1-1", 5);
	scenario_observe_device(scenario, 105, LS_SOURCE_UDEV, LS_OBS_CONNECTED, "1-1", 5,
				&scenario_phone);
	scenario_wait(scenario, 60000);
	assert_int_equal(scenario->n_events[LS_EVENT_SOURCE_MISSING], 1);
}

static void
too_many_ports_are_reported(void **state)
{
	struct scenario *scenario = *state;
	char port[LS_PORT_NAME_MAX];

	for (unsigned int i = 0; i < LS_MAX_LINKS + 10; i++) {
		snprintf(port, sizeof(port), "1-%u.%u", 1 + i / 200, 1 + i % 200);
		scenario_observe_device(scenario, 100 + i, LS_SOURCE_UDEV, LS_OBS_ENUMERATING, port,
					1, NULL);
	}
	assert_int_equal(scenario->n_gaps, 0); /* quiet ones are forgotten */
}

static void
play_a_mixed_scenario(struct scenario *scenario)
{
	plug_hub_with_two(scenario);
	scenario_unplug(scenario, 9000, "1-1", 5);
	scenario_unplug(scenario, 9020, "1-1.1", 6);
	scenario_plug(scenario, 11000, "1-1", 8, &hub);
	scenario_observe(scenario, 20000, LS_SOURCE_KERNEL_LOG, LS_OBS_ENUM_FAILED, "1-9", 5);
}

static void
late_or_early_calls_change_nothing(void **state)
{
	struct scenario *scenario = *state, again;

	play_a_mixed_scenario(scenario);
	scenario_wait(scenario, 90000);
	scenario_begin(&again);
	play_a_mixed_scenario(&again);
	for (uint64_t t = 20000; t <= 90000; t += 37)
		scenario_wait(&again, t);
	scenario_wait(&again, 90000);
	assert_int_equal(scenario->hash, again.hash);
	scenario_end(&again);
}

static void
a_restart_continues_sessions_and_incidents(void **state)
{
	struct scenario *scenario = *state, after;

	scenario_plug(scenario, 100, "1-1", 5, &scenario_phone);
	scenario_unplug(scenario, 5000, "1-1", 5);
	scenario_begin(&after);
	assert_int_equal(ls_engine_restore_session(after.engine, &scenario->sessions[0]), 1);
	assert_int_equal(ls_engine_restore_incident(after.engine, &scenario->incidents[0]), 1);
	scenario_plug(&after, 6300, "1-1", 6, &scenario_phone);
	scenario_wait(&after, 60000);
	only(&after, LS_CAUSE_LINK_LOSS, true);
	assert_int_equal(after.incidents[0].id, scenario->incidents[0].id);
	assert_int_equal(after.incidents[0].back_after_us, 1300 * LS_MS);
	assert_int_equal(after.n_sessions, 1);
	assert_int_equal(after.sessions[0].id, scenario->sessions[0].id);
	scenario_end(&after);
}

#define TEST(function)                                                                             \
	cmocka_unit_test_setup_teardown(function, scenario_set_up, scenario_tear_down)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(a_connect_is_one_event_and_one_session),
		TEST(a_device_that_returns_lost_its_link),
		TEST(a_device_that_stays_away_was_unplugged),
		TEST(sources_in_any_order_are_one_event),
		TEST(another_device_in_the_same_port_is_no_drop),
		TEST(a_move_to_another_port_is_no_drop),
		TEST(other_ids_on_the_same_port_are_a_mode_switch),
		TEST(retries_of_enumeration_are_one_incident),
		TEST(a_device_that_comes_up_late_is_no_drop),
		TEST(a_reset_that_is_survived_is_no_drop),
		TEST(tries_of_one_reset_count_once),
		TEST(two_resets_count_twice),
		TEST(emi_explains_the_disconnect_behind_it),
		TEST(over_current_of_two_sources_is_reported_once),
		TEST(a_hub_that_leaves_explains_its_children_kernel_log_first),
		TEST(a_hub_that_comes_back_lost_its_link),
		TEST(a_hub_that_leaves_explains_its_children_uevents_first),
		TEST(a_hub_reset_explains_its_children),
		TEST(a_dead_controller_is_one_incident),
		TEST(an_unbound_controller_is_software),
		TEST(deauthorising_is_software),
		TEST(a_flapping_device_is_one_incident),
		TEST(late_reports_of_earlier_flaps_count_nothing),
		TEST(late_reports_of_a_removed_bus_are_no_incident),
		TEST(a_burst_of_errors_that_is_survived_is_a_warning),
		TEST(errors_long_before_a_drop_are_of_the_link),
		TEST(errors_just_before_a_disconnect_are_normal),
		TEST(a_hub_reports_the_state_of_its_port),
		TEST(a_hub_that_replaces_a_device_did_not_lose_its_ports),
		TEST(a_hub_behind_a_hub_is_its_child),
		TEST(an_incident_of_the_port_itself_is_not_absorbed_by_its_hub),
		TEST(an_id_in_events_is_not_used_again),
		TEST(a_scan_keeps_a_device_that_is_arriving),
		TEST(a_kernel_log_that_is_read_last_counts_nothing_twice),
		TEST(an_overloaded_root_hub_is_counted),
		TEST(a_suspend_explains_its_disconnects),
		TEST(a_missing_source_lowers_the_confidence_only),
		TEST(a_scan_finds_missed_removals),
		TEST(a_reused_number_is_a_new_device),
		TEST(a_source_without_a_report_lowers_the_confidence),
		TEST(too_many_ports_are_reported),
		TEST(late_or_early_calls_change_nothing),
		TEST(a_restart_continues_sessions_and_incidents),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
