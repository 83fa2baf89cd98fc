#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/engine/causes.h"
#include "tests/unit/lib/story.h"

/* What usbmon adds: the hub's word, data that flows, and answers that never come. */

static const struct ls_device phone = {
	.vid = 0x05ac, .pid = 0x12a8, .serial = "00008020", .product = "iPhone"
};

static const struct ls_device fast = { .vid = 0x0781, .pid = 0x5581, .serial = "S1" };

static const struct ls_observation went = {
	.kind = LS_OBS_PORT_STATUS,
	.devnum = 1,
	.hub_port = 1,
	.hub_event = LS_HUB_PORT_STATUS,
	.port_bits = LS_PORT_C_CONNECTION | LS_PORT_POWERED,
};
static const struct ls_observation disabled = {
	.kind = LS_OBS_PORT_STATUS,
	.devnum = 1,
	.hub_port = 1,
	.hub_event = LS_HUB_PORT_STATUS,
	.port_bits = LS_PORT_C_ENABLE | LS_PORT_CONNECTED | LS_PORT_POWERED,
};
static const struct ls_observation failed_link = {
	.kind = LS_OBS_PORT_STATUS,
	.devnum = 1,
	.hub_port = 1,
	.hub_event = LS_HUB_PORT_STATUS,
	.port_bits = LS_PORT_CONNECTED | LS_PORT_C_LINK_STATE,
	.link_state = LS_LINK_INACTIVE,
};
static const struct ls_observation over = {
	.kind = LS_OBS_PORT_STATUS,
	.devnum = 1,
	.hub_port = 1,
	.hub_event = LS_HUB_PORT_STATUS,
	.port_bits = LS_PORT_C_OVER_CURRENT | LS_PORT_OVER_CURRENT,
};
static const struct ls_observation power_off = {
	.kind = LS_OBS_PORT_STATUS, .devnum = 1, .hub_port = 1, .hub_event = LS_HUB_POWER_OFF
};
static const struct ls_observation port_disable = {
	.kind = LS_OBS_PORT_STATUS, .devnum = 1, .hub_port = 1, .hub_event = LS_HUB_DISABLE
};
static const struct ls_observation reset_asked = {
	.kind = LS_OBS_PORT_STATUS, .devnum = 1, .hub_port = 1, .hub_event = LS_HUB_RESET
};

static struct ls_observation
errors(unsigned int devnum, uint32_t n, uint32_t n_timeouts)
{
	return (struct ls_observation){
		.kind = LS_OBS_TRANSFER_ERRORS,
		.devnum = (uint16_t)devnum,
		.n_failed = n,
		.n_timeouts = n_timeouts,
		.status = n_timeouts ? -2 : -71,
	};
}

static struct ls_observation
flow(unsigned int devnum, uint32_t kib)
{
	return (struct ls_observation){
		.kind = LS_OBS_FLOW, .devnum = (uint16_t)devnum, .kib_per_s = kib, .n_pending = 3
	};
}

static int
setup(void **state)
{
	struct story *story = calloc(1, sizeof(*story));

	story_begin(story);
	story_tell(story, 0, LS_SOURCE_USBMON, LS_OBS_SOURCE_SEES, "", 0);
	story_plug(story, 100, "1-1", 5, &phone);
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
only(struct story *story, enum ls_cause cause, enum ls_side side, bool drop)
{
	story_wait(story, 400000);
	assert_int_equal(story->n_incidents, 1);
	assert_string_equal(ls_cause_name(story->incidents[0].cause), ls_cause_name(cause));
	assert_string_equal(ls_side_name(story->incidents[0].side), ls_side_name(side));
	assert_int_equal(story->incidents[0].drop, drop);
	assert_false(story->incidents[0].open);
}

static void
the_hub_saw_it_go(void **state)
{
	struct story *story = *state;

	story_usbmon(story, 8990, &went);
	story_pull(story, 9000, "1-1", 5);
	only(story, LS_CAUSE_UNPLUGGED, LS_SIDE_UNKNOWN, false);
	assert_true(story->incidents[0].confidence >= 0.85);
}

static void
a_hub_that_saw_nothing_speaks_for_software(void **state)
{
	struct story *story = *state;

	story_pull(story, 9000, "1-1", 5);
	only(story, LS_CAUSE_SOFTWARE, LS_SIDE_SOFTWARE, false);
}

static void
silence_of_a_blind_usbmon_means_nothing(void **state)
{
	struct story *story = *state;

	story_tell(story, 5000, LS_SOURCE_USBMON, LS_OBS_SOURCE_BLIND, "", 0);
	story_pull(story, 9000, "1-1", 5);
	only(story, LS_CAUSE_UNPLUGGED, LS_SIDE_UNKNOWN, false);
}

static void
silence_after_lost_records_means_nothing(void **state)
{
	struct story *story = *state;

	story_tell(story, 7000, LS_SOURCE_USBMON, LS_OBS_LOST, "", 0);
	story_pull(story, 9000, "1-1", 5);
	only(story, LS_CAUSE_UNPLUGGED, LS_SIDE_UNKNOWN, false);
}

static void
a_port_switched_off_by_a_program(void **state)
{
	struct story *story = *state;

	story_usbmon(story, 8900, &power_off);
	story_usbmon(story, 8990, &went);
	story_pull(story, 9000, "1-1", 5);
	only(story, LS_CAUSE_SOFTWARE, LS_SIDE_SOFTWARE, false);
}

static void
power_switched_after_the_loss_is_the_kernels_reaction(void **state)
{
	struct story *story = *state;

	story_usbmon(story, 8900, &went);
	story_usbmon(story, 8990, &power_off);
	story_pull(story, 9000, "1-1", 5);
	only(story, LS_CAUSE_UNPLUGGED, LS_SIDE_UNKNOWN, false);
}

static void
the_kernel_disables_a_port_between_two_flaps(void **state)
{
	struct story *story = *state;

	for (unsigned int i = 0; i < 3; i++) {
		story_usbmon(story, 8990 + i * 2000, &went);
		story_pull(story, 9000 + i * 2000, "1-1", 5 + i);
		story_usbmon(story, 9100 + i * 2000, &port_disable);
		story_plug(story, 9500 + i * 2000, "1-1", 6 + i, &phone);
	}
	only(story, LS_CAUSE_LINK_LOSS, LS_SIDE_LINK, true);
	assert_int_equal(story->incidents[0].n_disconnects, 3);
}

static void
flaps_that_udev_hears_of_late_were_not_switched_off(void **state)
{
	struct ls_observation back = went;
	struct story *story = *state;

	back.port_bits |= LS_PORT_CONNECTED;
	story_tell(story, 5000, LS_SOURCE_KERNEL_LOG, LS_OBS_SOURCE_BLIND, "", 0);
	story_usbmon(story, 8990, &went);
	story_usbmon(story, 9100, &port_disable);
	story_usbmon(story, 9300, &back);
	story_tell(story, 9400, LS_SOURCE_UDEV, LS_OBS_DISCONNECTED, "1-1", 5);
	story_tell_device(story, 9500, LS_SOURCE_UDEV, LS_OBS_CONNECTED, "1-1", 6, &phone);
	only(story, LS_CAUSE_LINK_LOSS, LS_SIDE_LINK, true);
}

static void
removed_by_a_program(void **state)
{
	struct story *story = *state;

	story_tell(story, 8999, LS_SOURCE_UDEV, LS_OBS_REMOVED, "1-1", 5);
	story_pull(story, 9000, "1-1", 5);
	only(story, LS_CAUSE_SOFTWARE, LS_SIDE_SOFTWARE, false);
	assert_non_null(strstr(story->incidents[0].why, "a program removed the device"));
}

static void
without_the_hubs_word_a_device_without_a_configuration_may_just_be_leaving(void **state)
{
	struct story *story = *state;

	story_tell(story, 5000, LS_SOURCE_USBMON, LS_OBS_SOURCE_BLIND, "", 0);
	story_tell(story, 8999, LS_SOURCE_UDEV, LS_OBS_REMOVED, "1-1", 5);
	story_pull(story, 9000, "1-1", 5);
	only(story, LS_CAUSE_UNPLUGGED, LS_SIDE_UNKNOWN, false);
	assert_true(story->incidents[0].confidence < 0.8);
}

static void
a_disabled_port_is_emi_without_the_kernel_log(void **state)
{
	struct story *story = *state;

	story_usbmon(story, 8990, &disabled);
	story_tell(story, 9000, LS_SOURCE_UDEV, LS_OBS_DISCONNECTED, "1-1", 5);
	story_plug(story, 9300, "1-1", 6, &phone);
	only(story, LS_CAUSE_EMI, LS_SIDE_LINK, true);
}

static void
over_current_that_only_the_hub_tells(void **state)
{
	struct story *story = *state;

	story_usbmon(story, 9000, &over);
	only(story, LS_CAUSE_OVER_CURRENT, LS_SIDE_POWER, true);
	assert_int_equal(story->incidents[0].n_over_currents, 1);
	assert_int_equal(story->n_events[LS_EVENT_OVER_CURRENT], 1);
}

static void
over_current_is_told_once_by_the_hub_short_or_lasting(void **state)
{
	struct ls_observation ends = over;
	struct story *story = *state;

	ends.port_bits = LS_PORT_C_OVER_CURRENT | LS_PORT_CONNECTED;
	story_usbmon(story, 9000, &over);
	story_usbmon(story, 9001, &over); /* asked twice */
	story_usbmon(story, 9900, &ends);
	only(story, LS_CAUSE_OVER_CURRENT, LS_SIDE_POWER, true);
	assert_int_equal(story->n_events[LS_EVENT_OVER_CURRENT], 1);
	story_usbmon(story, 500000, &ends); /* over when the hub was asked */
	assert_int_equal(story->n_events[LS_EVENT_OVER_CURRENT], 2);
}

static void
over_current_told_by_hub_and_udev_counts_once(void **state)
{
	struct story *story = *state;

	story_usbmon(story, 9000, &over);
	story_tell(story, 9100, LS_SOURCE_UDEV, LS_OBS_OVER_CURRENT, "1-1", 0);
	only(story, LS_CAUSE_OVER_CURRENT, LS_SIDE_POWER, true);
	assert_int_equal(story->incidents[0].n_over_currents, 1);
}

static void
a_failed_superspeed_link_that_a_reset_revives(void **state)
{
	struct story *story = *state;

	story_usbmon(story, 8900, &failed_link);
	story_tell(story, 9000, LS_SOURCE_KERNEL_LOG, LS_OBS_RESET, "1-1", 5);
	only(story, LS_CAUSE_HOST_RESET, LS_SIDE_LINK, false);
}

static void
a_failed_superspeed_link_before_the_loss(void **state)
{
	struct story *story = *state;

	story_usbmon(story, 8000, &failed_link);
	story_usbmon(story, 8990, &went);
	story_pull(story, 9000, "1-1", 5);
	story_plug(story, 10000, "1-1", 6, &phone);
	only(story, LS_CAUSE_LINK_LOSS, LS_SIDE_LINK, true);
	assert_non_null(strstr(story->incidents[0].why, "SS.Inactive"));
}

static void
a_pulled_superspeed_plug_is_inactive_for_a_moment(void **state)
{
	struct story *story = *state;

	story_usbmon(story, 8900, &failed_link);
	story_usbmon(story, 8990, &went);
	story_pull(story, 9000, "1-1", 5);
	only(story, LS_CAUSE_UNPLUGGED, LS_SIDE_UNKNOWN, false);
}

static void
a_reset_that_fails_is_judged_by_what_went_before(void **state)
{
	static const struct {
		uint32_t n_timeouts;
		enum ls_cause cause;
		enum ls_side side;
	} cases[] = {
		{ 0, LS_CAUSE_LINK_LOSS, LS_SIDE_LINK },
		{ 5, LS_CAUSE_DEVICE_RESET, LS_SIDE_DEVICE },
	};

	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		struct ls_observation before = errors(5, 5, cases[i].n_timeouts);
		struct story *story;
		void *fresh;

		(void)state;
		setup(&fresh);
		story = fresh;
		story_usbmon(story, 7000, &before);
		story_tell(story, 8000, LS_SOURCE_KERNEL_LOG, LS_OBS_RESET, "1-1", 5);
		story_usbmon(story, 8001, &reset_asked);
		story_pull(story, 9000, "1-1", 5);
		only(story, cases[i].cause, cases[i].side, true);
		teardown(&fresh);
	}
}

static void
a_failed_reset_without_the_kernel_log(void **state)
{
	struct story *story = *state;

	story_usbmon(story, 8000, &reset_asked);
	story_tell(story, 9000, LS_SOURCE_UDEV, LS_OBS_DISCONNECTED, "1-1", 5);
	only(story, LS_CAUSE_LINK_LOSS, LS_SIDE_UNKNOWN, true);
}

static void
a_failed_reset_is_no_failed_enumeration(void **state)
{
	struct story *story = *state;
	struct ls_observation failing = errors(5, 5, 0);

	story_usbmon(story, 8000, &reset_asked);
	story_tell(story, 8001, LS_SOURCE_KERNEL_LOG, LS_OBS_RESET, "1-1", 5);
	story_usbmon(story, 8100, &failing);
	story_tell(story, 8200, LS_SOURCE_KERNEL_LOG, LS_OBS_ENUM_FAILED, "1-1", 5);
	story_pull(story, 9000, "1-1", 5);
	story_tell(story, 9800, LS_SOURCE_KERNEL_LOG, LS_OBS_ENUM_FAILED, "1-1", 0);
	story_tell(story, 9900, LS_SOURCE_KERNEL_LOG, LS_OBS_ENUM_GAVE_UP, "1-1", 0);
	only(story, LS_CAUSE_LINK_LOSS, LS_SIDE_UNKNOWN, true);
}

static void
a_device_taken_off_soon_after_it_came_was_not_reset(void **state)
{
	struct story *story = *state;

	story_pull(story, 300, "1-1", 5);
	story_usbmon(story, 900, &reset_asked); /* every device that comes is reset */
	story_plug(story, 1000, "1-1", 6, &phone);
	story_wait(story, 3600);
	story_pull(story, 3600, "1-1", 6);
	story_wait(story, 400000);
	assert_string_equal(ls_cause_name(story->incidents[story->n_incidents - 1].cause),
			    "software");
}

static void
a_hub_is_reset_after_its_children_were_taken_off_slowly(void **state)
{
	static const struct ls_device hub = { .vid = 0x05e3, .pid = 0x0610, .device_class = 9 };
	struct story *story = *state;

	story_plug(story, 200, "1-2", 6, &hub);
	story_plug(story, 300, "1-2.1", 7, &fast);
	story_plug(story, 400, "1-2.2", 8, &phone);
	story_tell(story, 8000, LS_SOURCE_KERNEL_LOG, LS_OBS_DISCONNECTED, "1-2.1", 7);
	story_tell(story, 8400, LS_SOURCE_KERNEL_LOG, LS_OBS_DISCONNECTED, "1-2.2", 8);
	story_tell(story, 8900, LS_SOURCE_KERNEL_LOG, LS_OBS_RESET, "1-2", 6);
	story_plug(story, 9500, "1-2.1", 9, &fast);
	story_plug(story, 9700, "1-2.2", 10, &phone);
	story_wait(story, 400000);
	assert_string_equal(ls_cause_name(story_incident(story, LS_CAUSE_UPSTREAM_LOSS)->cause),
			    "upstream-loss");
	assert_string_equal(story_incident(story, LS_CAUSE_UPSTREAM_LOSS)->socket.name, "1-2");
	assert_int_equal(story_incident(story, LS_CAUSE_UPSTREAM_LOSS)->n_children, 2);
}

static void
a_hub_resets_without_the_kernel_log(void **state)
{
	static const struct ls_device hub = { .vid = 0x05e3, .pid = 0x0610, .device_class = 9 };
	struct ls_observation hub_reset = reset_asked;
	struct story *story = *state;

	story_tell(story, 0, LS_SOURCE_KERNEL_LOG, LS_OBS_SOURCE_BLIND, "", 0);
	hub_reset.hub_port = 2;
	story_tell_device(story, 200, LS_SOURCE_UDEV, LS_OBS_CONNECTED, "1-2", 6, &hub);
	story_tell_device(story, 300, LS_SOURCE_UDEV, LS_OBS_CONNECTED, "1-2.1", 7, &fast);
	story_usbmon(story, 8000, &hub_reset);
	story_tell(story, 8300, LS_SOURCE_UDEV, LS_OBS_DISCONNECTED, "1-2.1", 7);
	story_tell_device(story, 8900, LS_SOURCE_UDEV, LS_OBS_CONNECTED, "1-2.1", 8, &fast);
	only(story, LS_CAUSE_UPSTREAM_LOSS, LS_SIDE_HUB, true);
	assert_string_equal(story->incidents[0].socket.name, "1-2");
}

static void
a_device_that_stopped_answering_died(void **state)
{
	struct story *story = *state;
	struct ls_observation silence = errors(5, 2, 2);

	story_usbmon(story, 6000, &silence);
	story_usbmon(story, 8990, &went);
	story_pull(story, 9000, "1-1", 5);
	story_plug(story, 11000, "1-1", 6, &phone);
	only(story, LS_CAUSE_DEVICE_RESET, LS_SIDE_DEVICE, true);
}

static void
broken_transfers_before_it_left_speak_of_the_wire(void **state)
{
	struct story *story = *state;
	struct ls_observation broken = errors(5, 4, 1);

	story_usbmon(story, 6000, &broken);
	story_usbmon(story, 8990, &went);
	story_pull(story, 9000, "1-1", 5);
	story_plug(story, 11000, "1-1", 6, &phone);
	only(story, LS_CAUSE_LINK_LOSS, LS_SIDE_LINK, true);
}

static void
errors_in_the_last_moment_are_what_any_unplug_looks_like(void **state)
{
	struct story *story = *state;
	struct ls_observation last = errors(5, 2, 0);

	story_usbmon(story, 8800, &last);
	story_usbmon(story, 8990, &went);
	story_pull(story, 9000, "1-1", 5);
	only(story, LS_CAUSE_UNPLUGGED, LS_SIDE_UNKNOWN, false);
}

static void
data_that_flowed_makes_it_more_than_an_unplug(void **state)
{
	struct story *story = *state;
	struct ls_observation begins = flow(5, 30000);

	story_usbmon(story, 5000, &begins);
	story_usbmon(story, 8990, &went);
	story_pull(story, 9000, "1-1", 5);
	only(story, LS_CAUSE_LINK_LOSS, LS_SIDE_UNKNOWN, true);
	assert_true(story->incidents[0].confidence < 0.7);
}

static void
data_that_had_ended_does_not(void **state)
{
	struct story *story = *state;
	struct ls_observation begins = flow(5, 30000), ends = flow(5, 0);

	story_usbmon(story, 5000, &begins);
	story_usbmon(story, 7000, &ends);
	story_usbmon(story, 8990, &went);
	story_pull(story, 9000, "1-1", 5);
	only(story, LS_CAUSE_UNPLUGGED, LS_SIDE_UNKNOWN, false);
}

static void
a_device_that_does_not_wake_up(void **state)
{
	struct story *story = *state;

	story_tell(story, 8990, LS_SOURCE_KERNEL_LOG, LS_OBS_RESUME_FAILED, "1-1", 0);
	story_pull(story, 9000, "1-1", 5);
	only(story, LS_CAUSE_DEVICE_RESET, LS_SIDE_DEVICE, true);
}

static void
a_burst_before_a_reset_is_its_reason(void **state)
{
	struct story *story = *state;
	struct ls_observation broken = errors(5, 2, 0);

	story_usbmon(story, 8000, &broken);
	story_tell(story, 9000, LS_SOURCE_KERNEL_LOG, LS_OBS_RESET, "1-1", 5);
	only(story, LS_CAUSE_HOST_RESET, LS_SIDE_LINK, false);
}

/* Kernels without USB_ANNOUNCE_NEW_DEVICES, and excerpts by grep. */
static void
a_return_that_the_log_does_not_name(void **state)
{
	struct story *story = *state;

	story_tell(story, 2000, LS_SOURCE_UDEV, LS_OBS_SOURCE_BLIND, "", 0);
	story_tell(story, 2000, LS_SOURCE_LIBUSB, LS_OBS_SOURCE_BLIND, "", 0);
	story_tell(story, 2000, LS_SOURCE_USBMON, LS_OBS_SOURCE_BLIND, "", 0);
	story_tell(story, 9000, LS_SOURCE_KERNEL_LOG, LS_OBS_DISCONNECTED, "1-4", 5);
	story_tell(story, 11000, LS_SOURCE_KERNEL_LOG, LS_OBS_ENUMERATING, "1-4", 6);
	only(story, LS_CAUSE_LINK_LOSS, LS_SIDE_LINK, true);
	assert_true(story->incidents[0].confidence < 0.7);
	assert_int_equal(story->incidents[0].back_after_us, 2 * LS_SEC);
}

static void
errors_before_it_left_are_told_at_once(void **state)
{
	struct story *story = *state;
	struct ls_observation broken = errors(5, 4, 0);

	story_usbmon(story, 6000, &broken);
	story_usbmon(story, 8990, &went);
	story_pull(story, 9000, "1-1", 5);
	story_wait(story, 9500);
	assert_string_equal(ls_cause_name(story->incidents[0].cause), "link-loss");
	assert_true(story->incidents[0].settled);
}

#define STORY(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		STORY(the_hub_saw_it_go),
		STORY(a_hub_that_saw_nothing_speaks_for_software),
		STORY(silence_of_a_blind_usbmon_means_nothing),
		STORY(silence_after_lost_records_means_nothing),
		STORY(a_port_switched_off_by_a_program),
		STORY(power_switched_after_the_loss_is_the_kernels_reaction),
		STORY(the_kernel_disables_a_port_between_two_flaps),
		STORY(flaps_that_udev_hears_of_late_were_not_switched_off),
		STORY(removed_by_a_program),
		STORY(without_the_hubs_word_a_device_without_a_configuration_may_just_be_leaving),
		STORY(a_disabled_port_is_emi_without_the_kernel_log),
		STORY(over_current_that_only_the_hub_tells),
		STORY(over_current_is_told_once_by_the_hub_short_or_lasting),
		STORY(over_current_told_by_hub_and_udev_counts_once),
		STORY(a_failed_superspeed_link_that_a_reset_revives),
		STORY(a_failed_superspeed_link_before_the_loss),
		STORY(a_pulled_superspeed_plug_is_inactive_for_a_moment),
		STORY(a_reset_that_fails_is_judged_by_what_went_before),
		STORY(a_failed_reset_without_the_kernel_log),
		STORY(a_failed_reset_is_no_failed_enumeration),
		STORY(a_device_taken_off_soon_after_it_came_was_not_reset),
		STORY(a_hub_is_reset_after_its_children_were_taken_off_slowly),
		STORY(a_hub_resets_without_the_kernel_log),
		STORY(a_device_that_stopped_answering_died),
		STORY(broken_transfers_before_it_left_speak_of_the_wire),
		STORY(errors_in_the_last_moment_are_what_any_unplug_looks_like),
		STORY(data_that_flowed_makes_it_more_than_an_unplug),
		STORY(data_that_had_ended_does_not),
		STORY(a_device_that_does_not_wake_up),
		STORY(a_return_that_the_log_does_not_name),
		STORY(errors_before_it_left_are_told_at_once),
		STORY(a_burst_before_a_reset_is_its_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
