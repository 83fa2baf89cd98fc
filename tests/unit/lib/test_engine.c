#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/engine/causes.h"
#include "tests/unit/lib/story.h"

static const struct ls_device phone = {
	.vid = 0x05ac, .pid = 0x12a8, .serial = "00008020", .product = "iPhone"
};
static const struct ls_device recovery = { .vid = 0x05ac, .pid = 0x1281, .serial = "CPID:8020" };
static const struct ls_device other = { .vid = 0x0403, .pid = 0x6001, .serial = "A1" };
static const struct ls_device twin = { .vid = 0x05ac, .pid = 0x12a8, .serial = "00008030" };
static const struct ls_device stick = { .vid = 0x0781, .pid = 0x5581 };
static const struct ls_device hub = { .vid = 0x2109, .pid = 0x0813, .device_class = 9 };

/* Stories share their beginning and end; the table of tests gives the middle. */
static int
setup(void **state)
{
	struct story *story = calloc(1, sizeof(*story));

	story_begin(story);
	*state = story;
	return 0;
}

static int
teardown(void **state)
{
	story_end(*state);
	free(*state);
	return 0;
}

static void
only(const struct story *story, enum ls_cause cause, bool drop)
{
	assert_int_equal(story->n_incidents, 1);
	assert_string_equal(ls_cause_name(story->incidents[0].cause), ls_cause_name(cause));
	assert_int_equal(story->incidents[0].drop, drop);
	assert_false(story->incidents[0].open);
	assert_true(story->incidents[0].settled);
}

static void
a_connect_is_one_event_and_one_session(void **state)
{
	struct story *story = *state;

	story_plug(story, 100, "1-1", 5, &phone);
	story_wait(story, 60000);
	assert_int_equal(story->n_events[LS_EVENT_CONNECT], 1);
	assert_int_equal(story->n_incidents, 0);
	assert_int_equal(story->n_sessions, 1);
	assert_string_equal(story->sessions[0].socket.id_path, "pci-0000:00:14.0-usb-0:1");
	assert_string_equal(story->sessions[0].device.serial, "00008020");
}

static void
a_device_that_returns_lost_its_link(void **state)
{
	struct story *story = *state;
	const struct ls_incident *incident = &story->incidents[0];

	story_plug(story, 100, "1-1", 5, &phone);
	story_pull(story, 5000, "1-1", 5);
	story_plug(story, 6300, "1-1", 6, &phone);
	story_wait(story, 60000);
	only(story, LS_CAUSE_LINK_LOSS, true);
	assert_int_equal(incident->back_after_us, 1300 * LS_MS);
	assert_int_equal(incident->n_disconnects, 1);
	assert_int_equal(incident->sources, 1U << LS_SOURCE_KERNEL_LOG | 1U << LS_SOURCE_UDEV |
						    1U << LS_SOURCE_LIBUSB);
	assert_true(incident->confidence > 0.75 && incident->confidence < 0.8);
	assert_int_equal(story->n_events[LS_EVENT_DISCONNECT], 1);
	assert_int_equal(story->n_sessions, 1);
	assert_true(story->sessions[0].present);
}

static void
a_device_that_stays_away_was_unplugged(void **state)
{
	struct story *story = *state;

	story_plug(story, 100, "1-1", 5, &phone);
	story_pull(story, 5100, "1-1", 5);
	story_wait(story, 14000);
	assert_int_equal(story->incidents[0].cause, LS_CAUSE_UNKNOWN);
	assert_false(story->incidents[0].drop);
	assert_true(story->incidents[0].settled);
	story_wait(story, 60000);
	only(story, LS_CAUSE_UNPLUGGED, false);
	assert_false(story->sessions[0].open);
	assert_int_equal(story->sessions[0].connected_us, 5000 * LS_MS);
}

static void
witnesses_in_any_order_are_one_event(void **state)
{
	static const enum ls_source orders[][3] = {
		{ LS_SOURCE_KERNEL_LOG, LS_SOURCE_UDEV, LS_SOURCE_LIBUSB },
		{ LS_SOURCE_UDEV, LS_SOURCE_LIBUSB, LS_SOURCE_KERNEL_LOG },
		{ LS_SOURCE_LIBUSB, LS_SOURCE_KERNEL_LOG, LS_SOURCE_UDEV },
	};
	struct story *story = *state;

	for (unsigned int i = 0; i < LS_COUNT(orders); i++) {
		uint64_t t = i * 60000;

		story_plug(story, t + 100, "1-1", 5 + i, &phone);
		for (unsigned int w = 0; w < 3; w++)
			story_tell(story, t + 30000 + w * 20, orders[i][w], LS_OBS_DISCONNECTED,
				   "1-1", 5 + i);
		story_wait(story, t + 59000);
		assert_int_equal(story->n_events[LS_EVENT_DISCONNECT], i + 1);
		assert_int_equal(story->n_incidents, i + 1);
	}
}

static void
another_device_in_the_same_port_is_no_drop(void **state)
{
	struct story *story = *state;

	story_plug(story, 100, "1-1", 5, &phone);
	story_pull(story, 5000, "1-1", 5);
	story_plug(story, 7000, "1-1", 6, &twin);
	story_wait(story, 60000);
	only(story, LS_CAUSE_UNPLUGGED, false);
	assert_int_equal(story->n_sessions, 2);
}

static void
a_move_to_another_port_is_no_drop(void **state)
{
	struct story *story = *state;

	story_plug(story, 100, "1-1", 5, &phone);
	story_pull(story, 5000, "1-1", 5);
	story_plug(story, 7000, "1-2", 6, &phone);
	story_wait(story, 60000);
	only(story, LS_CAUSE_UNPLUGGED, false);
	assert_true(story->incidents[0].confidence > 0.95);
	assert_false(story->sessions[0].open);
	assert_true(story->sessions[1].open);
}

static void
other_ids_on_the_same_port_are_a_mode_switch(void **state)
{
	struct story *story = *state;

	story_plug(story, 100, "1-1", 5, &phone);
	story_pull(story, 5000, "1-1", 5);
	story_plug(story, 9000, "1-1", 6, &recovery);
	story_wait(story, 60000);
	only(story, LS_CAUSE_MODE_SWITCH, false);
}

static void
retries_of_enumeration_are_one_incident(void **state)
{
	struct story *story = *state;

	for (unsigned int try = 0; try < 4; try++) {
		uint64_t t = 1000 + try * 5000;

		story_tell(story, t, LS_SOURCE_KERNEL_LOG, LS_OBS_ENUMERATING, "1-3", 5 + try);
		story_tell(story, t + 2000, LS_SOURCE_KERNEL_LOG, LS_OBS_ENUM_FAILED, "1-3", 0);
		story_tell(story, t + 4000, LS_SOURCE_KERNEL_LOG, LS_OBS_ENUM_FAILED, "1-3", 0);
	}
	assert_false(story->incidents[0].settled);
	story_tell(story, 21000, LS_SOURCE_KERNEL_LOG, LS_OBS_ENUM_GAVE_UP, "1-3", 0);
	story_wait(story, 90000);
	only(story, LS_CAUSE_ENUMERATION_FAILED, true);
	assert_int_equal(story->n_events[LS_EVENT_ENUMERATION_FAILURE], 1);
	assert_int_equal(story->n_events[LS_EVENT_CONNECT], 0);
}

static void
a_device_that_comes_up_late_is_no_drop(void **state)
{
	struct story *story = *state;

	story_tell(story, 1000, LS_SOURCE_KERNEL_LOG, LS_OBS_ENUMERATING, "1-3", 5);
	story_tell(story, 2000, LS_SOURCE_KERNEL_LOG, LS_OBS_ENUM_FAILED, "1-3", 0);
	story_plug(story, 2500, "1-3", 6, &stick);
	story_wait(story, 60000);
	only(story, LS_CAUSE_ENUMERATION_FAILED, false);
	assert_int_equal(story->n_sessions, 1);
}

static void
a_reset_that_is_survived_is_no_drop(void **state)
{
	struct story *story = *state;

	story_plug(story, 100, "1-1", 5, &phone);
	story_tell(story, 5000, LS_SOURCE_KERNEL_LOG, LS_OBS_RESET, "1-1", 5);
	story_wait(story, 60000);
	only(story, LS_CAUSE_HOST_RESET, false);
	assert_int_equal(story->n_events[LS_EVENT_RESET], 1);
	assert_true(story->sessions[0].present);
}

static void
tries_of_one_reset_count_once(void **state)
{
	struct story *story = *state;

	story_plug(story, 100, "1-1", 5, &phone);
	for (unsigned int try = 0; try < 4; try++) {
		story_tell(story, 5000 + try * 3000, LS_SOURCE_KERNEL_LOG, LS_OBS_RESET, "1-1", 5);
		story_tell(story, 6000 + try * 3000, LS_SOURCE_KERNEL_LOG, LS_OBS_ENUM_FAILED,
			   "1-1", 5);
	}
	story_wait(story, 90000);
	assert_int_equal(story->n_events[LS_EVENT_RESET], 1);
	assert_int_equal(story->incidents[0].n_resets, 1);
	only(story, LS_CAUSE_HOST_RESET, false);
}

static void
two_resets_count_twice(void **state)
{
	struct story *story = *state;

	story_plug(story, 100, "1-1", 5, &phone);
	story_tell(story, 5000, LS_SOURCE_KERNEL_LOG, LS_OBS_RESET, "1-1", 5);
	story_tell(story, 6000, LS_SOURCE_KERNEL_LOG, LS_OBS_RESET, "1-1", 5);
	story_wait(story, 60000);
	assert_int_equal(story->n_events[LS_EVENT_RESET], 2);
	only(story, LS_CAUSE_HOST_RESET, false);
}

static void
emi_explains_the_disconnect_behind_it(void **state)
{
	struct story *story = *state;

	story_plug(story, 100, "1-1", 5, &phone);
	story_tell(story, 5000, LS_SOURCE_KERNEL_LOG, LS_OBS_EMI, "1-1", 0);
	story_pull(story, 5010, "1-1", 5);
	story_plug(story, 5400, "1-1", 6, &phone);
	story_wait(story, 60000);
	only(story, LS_CAUSE_EMI, true);
}

static void
over_current_is_told_once_by_two_sources(void **state)
{
	struct story *story = *state;

	story_plug(story, 100, "1-1", 5, &phone);
	story_tell(story, 5000, LS_SOURCE_UDEV, LS_OBS_OVER_CURRENT, "1-1", 0);
	story_tell(story, 5110, LS_SOURCE_KERNEL_LOG, LS_OBS_OVER_CURRENT, "1-1", 0);
	story_wait(story, 60000);
	only(story, LS_CAUSE_OVER_CURRENT, true);
	assert_int_equal(story->n_events[LS_EVENT_OVER_CURRENT], 1);
	assert_int_equal(story->incidents[0].n_over_currents, 1);
}

static void
plug_hub_with_two(struct story *story)
{
	story_plug(story, 100, "1-1", 5, &hub);
	story_plug(story, 200, "2-1", 3, &hub);
	story_plug(story, 300, "1-1.1", 6, &phone);
	story_plug(story, 400, "1-1.4", 7, &other);
	assert_int_equal(story->n_sessions, 3);
	assert_int_equal(story->n_events[LS_EVENT_CONNECT], 3);
}

static void
a_hub_is_blamed_for_its_children_kernel_log_first(void **state)
{
	struct story *story = *state;

	plug_hub_with_two(story);
	story_pull(story, 9000, "1-1", 5);
	story_pull(story, 9020, "1-1.1", 6);
	story_pull(story, 9040, "1-1.4", 7);
	story_pull(story, 9060, "2-1", 3);
	story_wait(story, 60000);
	only(story, LS_CAUSE_UPSTREAM_LOSS, true);
	assert_string_equal(story->incidents[0].socket.name, "1-1");
	assert_int_equal(story->incidents[0].n_children, 2);
	assert_int_equal(story->incidents[0].n_disconnects, 1);
}

static void
a_hub_is_blamed_for_its_children_uevents_first(void **state)
{
	struct story *story = *state;

	plug_hub_with_two(story);
	story_tell(story, 9000, LS_SOURCE_UDEV, LS_OBS_DISCONNECTED, "1-1.1", 6);
	story_tell(story, 9005, LS_SOURCE_UDEV, LS_OBS_DISCONNECTED, "1-1.4", 7);
	story_tell(story, 9010, LS_SOURCE_UDEV, LS_OBS_DISCONNECTED, "1-1", 5);
	story_tell(story, 9015, LS_SOURCE_UDEV, LS_OBS_DISCONNECTED, "2-1", 3);
	story_pull(story, 8990, "1-1", 5);
	story_wait(story, 60000);
	only(story, LS_CAUSE_UPSTREAM_LOSS, true);
	assert_int_equal(story->incidents[0].id, 1);
	assert_int_equal(story->incidents[0].n_children, 2);
	assert_string_equal(story->incidents[0].socket.name, "1-1");
}

static void
a_hub_that_is_reset_takes_its_children_along(void **state)
{
	struct story *story = *state;

	plug_hub_with_two(story);
	story_tell(story, 9000, LS_SOURCE_KERNEL_LOG, LS_OBS_RESET, "1-1", 5);
	story_pull(story, 9100, "1-1.1", 6);
	story_pull(story, 9110, "1-1.4", 7);
	story_plug(story, 9500, "1-1.1", 8, &phone);
	story_plug(story, 9600, "1-1.4", 9, &other);
	story_wait(story, 60000);
	only(story, LS_CAUSE_UPSTREAM_LOSS, true);
	assert_int_equal(story->n_sessions, 3);
}

static void
a_dead_controller_is_blamed_once(void **state)
{
	struct story *story = *state;

	story_plug(story, 100, "1-1", 5, &phone);
	story_plug(story, 200, "2-2", 3, &stick);
	story_pull(story, 8995, "1-1", 5);
	story_tell(story, 9000, LS_SOURCE_KERNEL_LOG, LS_OBS_CONTROLLER_DIED, "usb1", 0);
	story_tell(story, 9010, LS_SOURCE_UDEV, LS_OBS_CONTROLLER_DIED, "usb1", 0);
	story_pull(story, 9020, "2-2", 3);
	story_wait(story, 60000);
	only(story, LS_CAUSE_CONTROLLER_DIED, true);
	assert_string_equal(story->incidents[0].socket.id_path, "pci-0000:00:14.0");
	assert_int_equal(story->n_events[LS_EVENT_CONTROLLER_DIED], 1);
}

static void
an_unbound_controller_is_software(void **state)
{
	struct story *story = *state;

	story_plug(story, 100, "1-1", 5, &phone);
	story_tell(story, 9000, LS_SOURCE_KERNEL_LOG, LS_OBS_DISCONNECTED, "usb2", 1);
	story_tell(story, 9010, LS_SOURCE_KERNEL_LOG, LS_OBS_DISCONNECTED, "usb1", 1);
	story_pull(story, 9020, "1-1", 5);
	story_tell(story, 9030, LS_SOURCE_UDEV, LS_OBS_DISCONNECTED, "usb1", 1);
	story_wait(story, 60000);
	only(story, LS_CAUSE_SOFTWARE, false);
	assert_int_equal(story->incidents[0].side, LS_SIDE_HOST);
}

static void
deauthorising_is_software(void **state)
{
	struct story *story = *state;

	story_plug(story, 100, "1-1", 5, &phone);
	story_tell(story, 9001, LS_SOURCE_UDEV, LS_OBS_DEAUTHORISED, "1-1", 5);
	story_wait(story, 60000);
	only(story, LS_CAUSE_SOFTWARE, false);
}

static void
a_flapping_device_is_one_incident(void **state)
{
	struct story *story = *state;

	story_plug(story, 100, "1-1", 2, &phone);
	for (unsigned int i = 0; i < 200; i++) {
		story_pull(story, 5000 + i * 1500, "1-1", 2 + i % 120);
		story_plug(story, 5300 + i * 1500, "1-1", 3 + i % 120, &phone);
	}
	assert_int_equal(story->n_incidents, 1);
	story_wait(story, 400000);
	only(story, LS_CAUSE_LINK_LOSS, true);
	assert_int_equal(story->incidents[0].n_disconnects, 200);
	assert_true(story->incidents[0].n_evidence > 1000);
	assert_int_equal(story->n_sessions, 1);
}

static void
late_witnesses_of_earlier_flaps_count_nothing(void **state)
{
	struct story *story = *state;

	story_plug(story, 100, "1-1", 2, &phone);
	for (unsigned int i = 0; i < 10; i++) {
		story_tell(story, 5000 + i * 500, LS_SOURCE_KERNEL_LOG, LS_OBS_DISCONNECTED, "1-1",
			   2 + i);
		story_tell(story, 5200 + i * 500, LS_SOURCE_KERNEL_LOG, LS_OBS_ENUMERATING, "1-1",
			   3 + i);
		story_tell_device(story, 5300 + i * 500, LS_SOURCE_KERNEL_LOG, LS_OBS_FOUND, "1-1",
				  0, &phone);
	}
	for (unsigned int i = 0; i < 10; i++) {
		story_tell(story, 10100 + i * 10, LS_SOURCE_UDEV, LS_OBS_DISCONNECTED, "1-1",
			   2 + i);
		story_tell_device(story, 10105 + i * 10, LS_SOURCE_UDEV, LS_OBS_CONNECTED, "1-1",
				  3 + i, &phone);
	}
	story_wait(story, 60000);
	only(story, LS_CAUSE_LINK_LOSS, true);
	assert_int_equal(story->incidents[0].n_disconnects, 10);
	assert_int_equal(story->n_events[LS_EVENT_DISCONNECT], 10);
	assert_int_equal(story->n_events[LS_EVENT_CONNECT], 11);
	assert_true(story->sessions[0].present);
	assert_int_equal(story->sessions[0].devnum, 12);
}

static void
late_words_about_a_removed_bus_are_no_incident(void **state)
{
	struct story *story = *state;

	story_tell(story, 9000, LS_SOURCE_KERNEL_LOG, LS_OBS_DISCONNECTED, "usb2", 1);
	story_tell(story, 9010, LS_SOURCE_KERNEL_LOG, LS_OBS_DISCONNECTED, "usb1", 1);
	story_tell(story, 14000, LS_SOURCE_UDEV, LS_OBS_DISCONNECTED, "usb1", 1);
	story_wait(story, 60000);
	only(story, LS_CAUSE_SOFTWARE, false);
}

static void
a_hub_behind_a_hub_is_its_child(void **state)
{
	struct story *story = *state;

	story_plug(story, 1000, "1-1", 2, &hub);
	story_plug(story, 1500, "1-1.2", 3, &hub);
	story_pull(story, 20000, "1-1", 2);
	story_pull(story, 20001, "1-1.2", 3);
	story_wait(story, 60000);
	only(story, LS_CAUSE_UPSTREAM_LOSS, true);
	assert_int_equal(story->incidents[0].n_children, 1);
	assert_int_equal(story->n_events[LS_EVENT_DISCONNECT], 2);
}

static void
what_a_port_reported_itself_is_not_swallowed_by_its_hub(void **state)
{
	struct story *story = *state;

	story_plug(story, 1000, "1-1", 2, &hub);
	story_plug(story, 1500, "1-1.2", 3, &stick);
	story_tell(story, 20000, LS_SOURCE_KERNEL_LOG, LS_OBS_EMI, "1-1.2", 0);
	story_tell(story, 20050, LS_SOURCE_KERNEL_LOG, LS_OBS_RESET, "1-1", 2);
	story_wait(story, 60000);
	assert_int_equal(story->n_incidents, 2);
	assert_true(story_incident(story, LS_CAUSE_EMI)->drop);
	assert_non_null(story_incident(story, LS_CAUSE_HOST_RESET));
}

static void
a_number_that_events_bear_is_not_given_out_again(void **state)
{
	struct story *story = *state;

	story_plug(story, 1000, "1-1", 2, &hub);
	story_plug(story, 1500, "1-1.2", 3, &stick);
	story_plug(story, 1800, "1-3", 4, &phone);
	story_tell(story, 20000, LS_SOURCE_UDEV, LS_OBS_DISCONNECTED, "1-1.2", 3);
	story_tell(story, 20050, LS_SOURCE_KERNEL_LOG, LS_OBS_RESET, "1-1", 2);
	assert_int_equal(story->last_event.kind, LS_EVENT_RESET);
	assert_int_equal(story->last_event.incident, story->incidents[0].id);
	story_wait(story, 60000);
	assert_int_equal(story->n_incidents, 1);
}

static void
a_scan_does_not_lose_what_is_just_coming(void **state)
{
	static const struct ls_device ids = { .vid = 0x05ac, .pid = 0x12a8 };
	struct story *story = *state;

	story_tell(story, 20000, LS_SOURCE_KERNEL_LOG, LS_OBS_ENUMERATING, "1-2", 6);
	story_tell_device(story, 20100, LS_SOURCE_KERNEL_LOG, LS_OBS_FOUND, "1-2", 0, &ids);
	story_tell(story, 20102, LS_SOURCE_UDEV, LS_OBS_SCAN_BEGIN, "", 0);
	story_tell(story, 20103, LS_SOURCE_UDEV, LS_OBS_SCAN_END, "", 0);
	story_tell_device(story, 20110, LS_SOURCE_UDEV, LS_OBS_CONNECTED, "1-2", 6, &phone);
	story_wait(story, 60000);
	assert_int_equal(story->n_incidents, 0);
	assert_true(story->sessions[0].present);
}

static void
a_kernel_log_that_is_read_last_counts_nothing_twice(void **state)
{
	struct story *story = *state;

	story_plug(story, 1000, "1-2", 2, &phone);
	for (unsigned int i = 0; i < 2; i++) {
		story_tell(story, 20000 + i * 900, LS_SOURCE_UDEV, LS_OBS_DISCONNECTED, "1-2",
			   2 + i);
		story_tell_device(story, 20300 + i * 900, LS_SOURCE_UDEV, LS_OBS_CONNECTED, "1-2",
				  3 + i, &phone);
	}
	for (unsigned int i = 0; i < 2; i++) {
		story_tell(story, 19990 + i * 900, LS_SOURCE_KERNEL_LOG, LS_OBS_DISCONNECTED, "1-2",
			   2 + i);
		story_tell(story, 20250 + i * 900, LS_SOURCE_KERNEL_LOG, LS_OBS_ENUMERATING, "1-2",
			   3 + i);
		story_tell_device(story, 20290 + i * 900, LS_SOURCE_KERNEL_LOG, LS_OBS_FOUND, "1-2",
				  0, &phone);
	}
	story_wait(story, 60000);
	only(story, LS_CAUSE_LINK_LOSS, true);
	assert_int_equal(story->n_events[LS_EVENT_DISCONNECT], 2);
	assert_int_equal(story->n_events[LS_EVENT_CONNECT], 3);
}

static void
an_overloaded_root_hub_is_counted(void **state)
{
	struct story *story = *state;

	story_tell(story, 20000, LS_SOURCE_KERNEL_LOG, LS_OBS_OVER_CURRENT, "usb1", 0);
	story_wait(story, 60000);
	only(story, LS_CAUSE_OVER_CURRENT, true);
	assert_int_equal(story->incidents[0].n_over_currents, 1);
}

static void
transfer_errors(struct story *story, uint64_t at_ms, unsigned int devnum, uint32_t n)
{
	story_usbmon(story, at_ms,
		     &(const struct ls_observation){
			     .kind = LS_OBS_TRANSFER_ERRORS,
			     .devnum = (uint16_t)devnum,
			     .n_failed = n,
		     });
}

static void
a_burst_of_errors_that_is_survived_is_a_warning(void **state)
{
	struct story *story = *state;

	story_plug(story, 100, "1-1", 5, &phone);
	transfer_errors(story, 5000, 5, 1);
	assert_int_equal(story->n_incidents, 0);
	transfer_errors(story, 5010, 5, 4);
	for (unsigned int i = 0; i < 20; i++)
		transfer_errors(story, 6000 + i * 10000, 5, 1);
	story_wait(story, 500000);
	only(story, LS_CAUSE_LINK_ERRORS, false);
	assert_int_equal(story->n_events[LS_EVENT_LINK_ERRORS], 1);
}

static void
errors_long_before_a_drop_speak_of_the_link(void **state)
{
	struct story *story = *state;

	story_plug(story, 100, "1-1", 5, &phone);
	transfer_errors(story, 5000, 5, 1);
	transfer_errors(story, 6900, 5, 1);
	story_pull(story, 7000, "1-1", 5);
	story_wait(story, 60000);
	only(story, LS_CAUSE_LINK_LOSS, true);
	assert_true(story->incidents[0].facts & LS_FACT_ERRORS_BEFORE);
}

static void
errors_of_the_last_moment_are_what_any_unplug_looks_like(void **state)
{
	struct story *story = *state;

	story_plug(story, 100, "1-1", 5, &phone);
	transfer_errors(story, 6800, 5, 2);
	story_pull(story, 7000, "1-1", 5);
	story_wait(story, 60000);
	only(story, LS_CAUSE_UNPLUGGED, false);
}

static void
a_hub_says_what_happened_at_its_port(void **state)
{
	struct story *story = *state;

	story_plug(story, 100, "1-1", 5, &phone);
	story_usbmon(story, 6990,
		     &(const struct ls_observation){
			     .kind = LS_OBS_PORT_STATUS, .devnum = 1, .hub_port = 1 });
	story_pull(story, 7000, "1-1", 5);
	story_wait(story, 60000);
	only(story, LS_CAUSE_UNPLUGGED, false);
	assert_int_equal(story->incidents[0].evidence[0].source, LS_SOURCE_USBMON);
}

static void
sleep_explains_what_leaves_with_it(void **state)
{
	struct story *story = *state;

	story_plug(story, 100, "1-1", 5, &phone);
	story_tell(story, 9000, LS_SOURCE_KERNEL_LOG, LS_OBS_SLEEP, "", 0);
	story_tell(story, 9500, LS_SOURCE_KERNEL_LOG, LS_OBS_WAKE, "", 0);
	story_tell(story, 9600, LS_SOURCE_KERNEL_LOG, LS_OBS_RESET, "1-1", 5);
	story_pull(story, 9700, "1-1", 5);
	story_plug(story, 10000, "1-1", 6, &phone);
	story_wait(story, 60000);
	only(story, LS_CAUSE_SUSPEND, false);
}

static void
a_missing_source_lowers_the_confidence_only(void **state)
{
	struct story *story = *state;

	story_tell(story, 50, LS_SOURCE_UDEV, LS_OBS_SOURCE_BLIND, "", 0);
	story_tell(story, 50, LS_SOURCE_LIBUSB, LS_OBS_SOURCE_BLIND, "", 0);
	for (unsigned int i = 0; i < 2; i++) {
		uint64_t t = 100 + i * 6000;

		story_tell(story, t, LS_SOURCE_KERNEL_LOG, LS_OBS_ENUMERATING, "1-1", 5 + i);
		story_tell_device(story, t, LS_SOURCE_KERNEL_LOG, LS_OBS_FOUND, "1-1", 0, &phone);
		story_wait(story, t + 5000);
		if (i == 0)
			story_tell(story, t + 5000, LS_SOURCE_KERNEL_LOG, LS_OBS_DISCONNECTED,
				   "1-1", 5);
	}
	story_wait(story, 60000);
	only(story, LS_CAUSE_LINK_LOSS, true);
	assert_true(story->incidents[0].confidence < 0.85);
	assert_int_equal(story->n_gaps, 2);
	assert_true(story->gap.open);
}

static void
a_scan_finds_what_left_unseen(void **state)
{
	struct story *story = *state;

	story_plug(story, 100, "1-1", 5, &phone);
	story_plug(story, 100, "1-2", 6, &stick);
	story_tell(story, 9000, LS_SOURCE_UDEV, LS_OBS_LOST, "", 0);
	story_tell(story, 9000, LS_SOURCE_UDEV, LS_OBS_SCAN_BEGIN, "", 0);
	story_tell_device(story, 9001, LS_SOURCE_UDEV, LS_OBS_CONNECTED, "1-2", 6, &stick);
	story_tell(story, 9002, LS_SOURCE_UDEV, LS_OBS_SCAN_END, "", 0);
	story_wait(story, 60000);
	only(story, LS_CAUSE_UNPLUGGED, false);
	assert_string_equal(story->incidents[0].socket.name, "1-1");
	assert_int_equal(story->n_events[LS_EVENT_CONNECT], 2);
	assert_int_equal(story->n_gaps, 1);
}

static void
a_reused_number_is_a_new_device(void **state)
{
	struct story *story = *state;

	story_plug(story, 100, "1-1", 5, &phone);
	story_pull(story, 5000, "1-1", 5);
	story_wait(story, 30000);
	story_plug(story, 31000, "1-1", 5, &phone);
	story_pull(story, 40000, "1-1", 5);
	story_wait(story, 60000);
	assert_int_equal(story->n_events[LS_EVENT_CONNECT], 2);
	assert_int_equal(story->n_events[LS_EVENT_DISCONNECT], 2);
	assert_int_equal(story->n_incidents, 2);
	assert_int_equal(story->n_sessions, 2);
}

static void
a_witness_that_saw_nothing_is_questioned(void **state)
{
	struct story *story = *state;

	story_tell(story, 100, LS_SOURCE_KERNEL_LOG, LS_OBS_ENUMERATING, "1-1", 5);
	story_tell_device(story, 105, LS_SOURCE_UDEV, LS_OBS_CONNECTED, "1-1", 5, &phone);
	story_wait(story, 60000);
	assert_int_equal(story->n_events[LS_EVENT_WITNESS_MISSING], 1);
}

static void
more_ports_than_places_are_said(void **state)
{
	struct story *story = *state;
	char port[LS_PORT_NAME_MAX];

	for (unsigned int i = 0; i < LS_MAX_LINKS + 10; i++) {
		snprintf(port, sizeof(port), "1-%u.%u", 1 + i / 200, 1 + i % 200);
		story_tell_device(story, 100 + i, LS_SOURCE_UDEV, LS_OBS_ENUMERATING, port, 1,
				  NULL);
	}
	assert_int_equal(story->n_gaps, 0); /* quiet ones are forgotten */
}

static void
play_a_mixed_story(struct story *story)
{
	plug_hub_with_two(story);
	story_pull(story, 9000, "1-1", 5);
	story_pull(story, 9020, "1-1.1", 6);
	story_plug(story, 11000, "1-1", 8, &hub);
	story_tell(story, 20000, LS_SOURCE_KERNEL_LOG, LS_OBS_ENUM_FAILED, "1-9", 5);
}

static void
late_or_early_calls_change_nothing(void **state)
{
	struct story *story = *state, again;

	play_a_mixed_story(story);
	story_wait(story, 90000);
	story_begin(&again);
	play_a_mixed_story(&again);
	for (uint64_t t = 20000; t <= 90000; t += 37)
		story_wait(&again, t);
	story_wait(&again, 90000);
	assert_int_equal(story->hash, again.hash);
	story_end(&again);
}

static void
a_restart_continues_sessions_and_incidents(void **state)
{
	struct story *story = *state, after;

	story_plug(story, 100, "1-1", 5, &phone);
	story_pull(story, 5000, "1-1", 5);
	story_begin(&after);
	assert_int_equal(ls_engine_restore_session(after.engine, &story->sessions[0]), 1);
	assert_int_equal(ls_engine_restore_incident(after.engine, &story->incidents[0]), 1);
	story_plug(&after, 6300, "1-1", 6, &phone);
	story_wait(&after, 60000);
	only(&after, LS_CAUSE_LINK_LOSS, true);
	assert_int_equal(after.incidents[0].id, story->incidents[0].id);
	assert_int_equal(after.incidents[0].back_after_us, 1300 * LS_MS);
	assert_int_equal(after.n_sessions, 1);
	assert_int_equal(after.sessions[0].id, story->sessions[0].id);
	story_end(&after);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(a_connect_is_one_event_and_one_session),
		TEST(a_device_that_returns_lost_its_link),
		TEST(a_device_that_stays_away_was_unplugged),
		TEST(witnesses_in_any_order_are_one_event),
		TEST(another_device_in_the_same_port_is_no_drop),
		TEST(a_move_to_another_port_is_no_drop),
		TEST(other_ids_on_the_same_port_are_a_mode_switch),
		TEST(retries_of_enumeration_are_one_incident),
		TEST(a_device_that_comes_up_late_is_no_drop),
		TEST(a_reset_that_is_survived_is_no_drop),
		TEST(tries_of_one_reset_count_once),
		TEST(two_resets_count_twice),
		TEST(emi_explains_the_disconnect_behind_it),
		TEST(over_current_is_told_once_by_two_sources),
		TEST(a_hub_is_blamed_for_its_children_kernel_log_first),
		TEST(a_hub_is_blamed_for_its_children_uevents_first),
		TEST(a_hub_that_is_reset_takes_its_children_along),
		TEST(a_dead_controller_is_blamed_once),
		TEST(an_unbound_controller_is_software),
		TEST(deauthorising_is_software),
		TEST(a_flapping_device_is_one_incident),
		TEST(late_witnesses_of_earlier_flaps_count_nothing),
		TEST(late_words_about_a_removed_bus_are_no_incident),
		TEST(a_burst_of_errors_that_is_survived_is_a_warning),
		TEST(errors_long_before_a_drop_speak_of_the_link),
		TEST(errors_of_the_last_moment_are_what_any_unplug_looks_like),
		TEST(a_hub_says_what_happened_at_its_port),
		TEST(a_hub_behind_a_hub_is_its_child),
		TEST(what_a_port_reported_itself_is_not_swallowed_by_its_hub),
		TEST(a_number_that_events_bear_is_not_given_out_again),
		TEST(a_scan_does_not_lose_what_is_just_coming),
		TEST(a_kernel_log_that_is_read_last_counts_nothing_twice),
		TEST(an_overloaded_root_hub_is_counted),
		TEST(sleep_explains_what_leaves_with_it),
		TEST(a_missing_source_lowers_the_confidence_only),
		TEST(a_scan_finds_what_left_unseen),
		TEST(a_reused_number_is_a_new_device),
		TEST(a_witness_that_saw_nothing_is_questioned),
		TEST(more_ports_than_places_are_said),
		TEST(late_or_early_calls_change_nothing),
		TEST(a_restart_continues_sessions_and_incidents),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
