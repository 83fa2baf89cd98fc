#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/engine/causes.h"
#include "tests/unit/lib/scenario.h"

/* What usbmon adds: reports of hubs, data that flows, and answers that never come. */

static const struct ls_device fast = { .vid = 0x0781, .pid = 0x5581, .serial = "S1" };

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

static void
the_hub_saw_it_go(void **state)
{
	struct scenario *scenario = *state;

	scenario_usbmon(scenario, 8990, &scenario_connection_lost);
	scenario_unplug(scenario, 9000, "1-1", 5);
	scenario_only(scenario, LS_CAUSE_UNPLUGGED, LS_SIDE_UNKNOWN, false);
	assert_true(scenario->incidents[0].confidence >= 0.85);
}

/* Of 9 s data flowed for 3; then usbmon looked away. */
static void
a_session_knows_when_data_flowed(void **state)
{
	struct scenario *scenario = *state;
	struct ls_observation begins = flow(5, 30000), ends = flow(5, 0);
	const struct ls_session *session = &scenario->sessions[0];

	scenario_usbmon(scenario, 4000, &begins);
	scenario_usbmon(scenario, 7000, &ends);
	scenario_observe(scenario, 9000, LS_SOURCE_USBMON, LS_OBS_SOURCE_UNAVAILABLE, "", 0);
	scenario_unplug(scenario, 20000, "1-1", 5);
	assert_int_equal(session->flowing_us, 3000 * UINT64_C(1000));
	assert_int_equal(session->neighbour_us, 0);
	assert_int_equal(session->connected_us - session->metered_us, 11000 * UINT64_C(1000));
}

static void
data_of_a_neighbour_is_noticed(void **state)
{
	struct scenario *scenario = *state;
	struct ls_observation begins = flow(6, 30000);

	scenario_plug(scenario, 2000, "1-2", 6,
		      &(struct ls_device){ .vid = 0x0bda, .pid = 0x0316 });
	scenario_usbmon(scenario, 5000, &begins);
	scenario_unplug(scenario, 9000, "1-1", 5);
	assert_int_equal(scenario->sessions[0].neighbour_us, 4000 * UINT64_C(1000));
	assert_int_equal(scenario->sessions[0].flowing_us, 0);
	scenario_wait(scenario, 60000);
	assert_true(scenario->incidents[0].facts & LS_FACT_NEIGHBOUR);
	assert_false(scenario->incidents[0].facts & LS_FACT_FLOWING);
}

static void
a_hub_that_saw_nothing_speaks_for_software(void **state)
{
	struct scenario *scenario = *state;

	scenario_unplug(scenario, 9000, "1-1", 5);
	scenario_only(scenario, LS_CAUSE_SOFTWARE, LS_SIDE_SOFTWARE, false);
}

static void
silence_of_a_blind_usbmon_means_nothing(void **state)
{
	struct scenario *scenario = *state;

	scenario_observe(scenario, 5000, LS_SOURCE_USBMON, LS_OBS_SOURCE_UNAVAILABLE, "", 0);
	scenario_unplug(scenario, 9000, "1-1", 5);
	scenario_only(scenario, LS_CAUSE_UNPLUGGED, LS_SIDE_UNKNOWN, false);
}

static void
silence_after_lost_records_means_nothing(void **state)
{
	struct scenario *scenario = *state;

	scenario_observe(scenario, 7000, LS_SOURCE_USBMON, LS_OBS_LOST, "", 0);
	scenario_unplug(scenario, 9000, "1-1", 5);
	scenario_only(scenario, LS_CAUSE_UNPLUGGED, LS_SIDE_UNKNOWN, false);
}

static void
a_port_switched_off_by_a_program(void **state)
{
	struct scenario *scenario = *state;

	scenario_usbmon(scenario, 8900, &power_off);
	scenario_usbmon(scenario, 8990, &scenario_connection_lost);
	scenario_unplug(scenario, 9000, "1-1", 5);
	scenario_only(scenario, LS_CAUSE_SOFTWARE, LS_SIDE_SOFTWARE, false);
}

static void
power_switched_after_the_loss_is_the_kernels_reaction(void **state)
{
	struct scenario *scenario = *state;

	scenario_usbmon(scenario, 8900, &scenario_connection_lost);
	scenario_usbmon(scenario, 8990, &power_off);
	scenario_unplug(scenario, 9000, "1-1", 5);
	scenario_only(scenario, LS_CAUSE_UNPLUGGED, LS_SIDE_UNKNOWN, false);
}

static void
the_kernel_disables_a_port_between_two_flaps(void **state)
{
	struct scenario *scenario = *state;

	for (unsigned int i = 0; i < 3; i++) {
		scenario_usbmon(scenario, 8990 + i * 2000, &scenario_connection_lost);
		scenario_unplug(scenario, 9000 + i * 2000, "1-1", 5 + i);
		scenario_usbmon(scenario, 9100 + i * 2000, &port_disable);
		scenario_plug(scenario, 9500 + i * 2000, "1-1", 6 + i, &scenario_phone);
	}
	scenario_only(scenario, LS_CAUSE_LINK_LOSS, LS_SIDE_LINK, true);
	assert_int_equal(scenario->incidents[0].n_disconnects, 3);
}

static void
flaps_that_udev_hears_of_late_were_not_switched_off(void **state)
{
	struct ls_observation back = scenario_connection_lost;
	struct scenario *scenario = *state;

	back.port_bits |= LS_PORT_CONNECTED;
	scenario_observe(scenario, 5000, LS_SOURCE_KERNEL_LOG, LS_OBS_SOURCE_UNAVAILABLE, "", 0);
	scenario_usbmon(scenario, 8990, &scenario_connection_lost);
	scenario_usbmon(scenario, 9100, &port_disable);
	scenario_usbmon(scenario, 9300, &back);
	scenario_observe(scenario, 9400, LS_SOURCE_UDEV, LS_OBS_DISCONNECTED, "1-1", 5);
	scenario_observe_device(scenario, 9500, LS_SOURCE_UDEV, LS_OBS_CONNECTED, "1-1", 6,
				&scenario_phone);
	scenario_only(scenario, LS_CAUSE_LINK_LOSS, LS_SIDE_LINK, true);
}

static void
removed_by_a_program(void **state)
{
	struct scenario *scenario = *state;

	scenario_observe(scenario, 8999, LS_SOURCE_UDEV, LS_OBS_REMOVED, "1-1", 5);
	scenario_unplug(scenario, 9000, "1-1", 5);
	scenario_only(scenario, LS_CAUSE_SOFTWARE, LS_SIDE_SOFTWARE, false);
	assert_non_null(strstr(scenario->incidents[0].why, "a program removed the device"));
}

static void
without_a_hub_report_a_device_without_a_configuration_may_be_leaving(void **state)
{
	struct scenario *scenario = *state;

	scenario_observe(scenario, 5000, LS_SOURCE_USBMON, LS_OBS_SOURCE_UNAVAILABLE, "", 0);
	scenario_observe(scenario, 8999, LS_SOURCE_UDEV, LS_OBS_REMOVED, "1-1", 5);
	scenario_unplug(scenario, 9000, "1-1", 5);
	scenario_only(scenario, LS_CAUSE_UNPLUGGED, LS_SIDE_UNKNOWN, false);
	assert_true(scenario->incidents[0].confidence < 0.85);
}

static void
a_disabled_port_is_emi_without_the_kernel_log(void **state)
{
	struct scenario *scenario = *state;

	scenario_usbmon(scenario, 8990, &disabled);
	scenario_observe(scenario, 9000, LS_SOURCE_UDEV, LS_OBS_DISCONNECTED, "1-1", 5);
	scenario_plug(scenario, 9300, "1-1", 6, &scenario_phone);
	scenario_only(scenario, LS_CAUSE_EMI, LS_SIDE_LINK, true);
}

static void
over_current_that_only_the_hub_reports(void **state)
{
	struct scenario *scenario = *state;

	scenario_usbmon(scenario, 9000, &over);
	scenario_only(scenario, LS_CAUSE_OVER_CURRENT, LS_SIDE_POWER, true);
	assert_int_equal(scenario->incidents[0].n_over_currents, 1);
	assert_int_equal(scenario->n_events[LS_EVENT_OVER_CURRENT], 1);
}

static void
the_hub_reports_over_current_once_short_or_lasting(void **state)
{
	struct ls_observation ends = over;
	struct scenario *scenario = *state;

	ends.port_bits = LS_PORT_C_OVER_CURRENT | LS_PORT_CONNECTED;
	scenario_usbmon(scenario, 9000, &over);
	scenario_usbmon(scenario, 9001, &over); /* asked twice */
	scenario_usbmon(scenario, 9900, &ends);
	scenario_only(scenario, LS_CAUSE_OVER_CURRENT, LS_SIDE_POWER, true);
	assert_int_equal(scenario->n_events[LS_EVENT_OVER_CURRENT], 1);
	scenario_usbmon(scenario, 500000, &ends); /* over when the hub was asked */
	assert_int_equal(scenario->n_events[LS_EVENT_OVER_CURRENT], 2);
}

static void
over_current_reported_by_hub_and_udev_counts_once(void **state)
{
	struct scenario *scenario = *state;

	scenario_usbmon(scenario, 9000, &over);
	scenario_observe(scenario, 9100, LS_SOURCE_UDEV, LS_OBS_OVER_CURRENT, "1-1", 0);
	scenario_only(scenario, LS_CAUSE_OVER_CURRENT, LS_SIDE_POWER, true);
	assert_int_equal(scenario->incidents[0].n_over_currents, 1);
}

static void
a_failed_superspeed_link_that_a_reset_revives(void **state)
{
	struct scenario *scenario = *state;

	scenario_usbmon(scenario, 8900, &failed_link);
	scenario_observe(scenario, 9000, LS_SOURCE_KERNEL_LOG, LS_OBS_RESET, "1-1", 5);
	scenario_only(scenario, LS_CAUSE_HOST_RESET, LS_SIDE_LINK, false);
}

static void
a_failed_superspeed_link_before_the_loss(void **state)
{
	struct scenario *scenario = *state;

	scenario_usbmon(scenario, 8000, &failed_link);
	scenario_usbmon(scenario, 8990, &scenario_connection_lost);
	scenario_unplug(scenario, 9000, "1-1", 5);
	scenario_plug(scenario, 10000, "1-1", 6, &scenario_phone);
	scenario_only(scenario, LS_CAUSE_LINK_LOSS, LS_SIDE_LINK, true);
	assert_non_null(strstr(scenario->incidents[0].why, "SS.Inactive"));
}

static void
a_pulled_superspeed_plug_is_inactive_for_a_moment(void **state)
{
	struct scenario *scenario = *state;

	scenario_usbmon(scenario, 8900, &failed_link);
	scenario_usbmon(scenario, 8990, &scenario_connection_lost);
	scenario_unplug(scenario, 9000, "1-1", 5);
	scenario_only(scenario, LS_CAUSE_UNPLUGGED, LS_SIDE_UNKNOWN, false);
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
		struct scenario *scenario;
		void *fresh;

		(void)state;
		scenario_set_up_with_phone(&fresh);
		scenario = fresh;
		scenario_usbmon(scenario, 7000, &before);
		scenario_observe(scenario, 8000, LS_SOURCE_KERNEL_LOG, LS_OBS_RESET, "1-1", 5);
		scenario_usbmon(scenario, 8001, &reset_asked);
		scenario_unplug(scenario, 9000, "1-1", 5);
		scenario_only(scenario, cases[i].cause, cases[i].side, true);
		scenario_tear_down(&fresh);
	}
}

static void
a_failed_reset_without_the_kernel_log(void **state)
{
	struct scenario *scenario = *state;

	scenario_usbmon(scenario, 8000, &reset_asked);
	scenario_observe(scenario, 9000, LS_SOURCE_UDEV, LS_OBS_DISCONNECTED, "1-1", 5);
	scenario_only(scenario, LS_CAUSE_LINK_LOSS, LS_SIDE_UNKNOWN, true);
}

static void
a_failed_reset_is_no_failed_enumeration(void **state)
{
	struct scenario *scenario = *state;
	struct ls_observation failing = errors(5, 5, 0);

	scenario_usbmon(scenario, 8000, &reset_asked);
	scenario_observe(scenario, 8001, LS_SOURCE_KERNEL_LOG, LS_OBS_RESET, "1-1", 5);
	scenario_usbmon(scenario, 8100, &failing);
	scenario_observe(scenario, 8200, LS_SOURCE_KERNEL_LOG, LS_OBS_ENUM_FAILED, "1-1", 5);
	scenario_unplug(scenario, 9000, "1-1", 5);
	scenario_observe(scenario, 9800, LS_SOURCE_KERNEL_LOG, LS_OBS_ENUM_FAILED, "1-1", 0);
	scenario_observe(scenario, 9900, LS_SOURCE_KERNEL_LOG, LS_OBS_ENUM_GAVE_UP, "1-1", 0);
	scenario_only(scenario, LS_CAUSE_LINK_LOSS, LS_SIDE_UNKNOWN, true);
}

static void
a_device_taken_off_soon_after_it_came_was_not_reset(void **state)
{
	struct scenario *scenario = *state;

	scenario_unplug(scenario, 300, "1-1", 5);
	scenario_usbmon(scenario, 900, &reset_asked); /* every device that comes is reset */
	scenario_plug(scenario, 1000, "1-1", 6, &scenario_phone);
	scenario_wait(scenario, 3600);
	scenario_unplug(scenario, 3600, "1-1", 6);
	scenario_wait(scenario, 400000);
	assert_string_equal(ls_cause_name(scenario->incidents[scenario->n_incidents - 1].cause),
			    "software");
}

static void
a_hub_is_reset_after_its_children_were_taken_off_slowly(void **state)
{
	static const struct ls_device hub = { .vid = 0x05e3, .pid = 0x0610, .device_class = 9 };
	struct scenario *scenario = *state;

	scenario_plug(scenario, 200, "1-2", 6, &hub);
	scenario_plug(scenario, 300, "1-2.1", 7, &fast);
	scenario_plug(scenario, 400, "1-2.2", 8, &scenario_phone);
	scenario_observe(scenario, 8000, LS_SOURCE_KERNEL_LOG, LS_OBS_DISCONNECTED, "1-2.1", 7);
	scenario_observe(scenario, 8400, LS_SOURCE_KERNEL_LOG, LS_OBS_DISCONNECTED, "1-2.2", 8);
	scenario_observe(scenario, 8900, LS_SOURCE_KERNEL_LOG, LS_OBS_RESET, "1-2", 6);
	scenario_plug(scenario, 9500, "1-2.1", 9, &fast);
	scenario_plug(scenario, 9700, "1-2.2", 10, &scenario_phone);
	scenario_wait(scenario, 400000);
	assert_string_equal(
		ls_cause_name(scenario_incident(scenario, LS_CAUSE_UPSTREAM_LOSS)->cause),
		"upstream-loss");
	assert_string_equal(scenario_incident(scenario, LS_CAUSE_UPSTREAM_LOSS)->socket.name,
			    "1-2");
	assert_int_equal(scenario_incident(scenario, LS_CAUSE_UPSTREAM_LOSS)->n_children, 2);
}

static void
a_hub_resets_without_the_kernel_log(void **state)
{
	static const struct ls_device hub = { .vid = 0x05e3, .pid = 0x0610, .device_class = 9 };
	struct ls_observation hub_reset = reset_asked;
	struct scenario *scenario = *state;

	scenario_observe(scenario, 0, LS_SOURCE_KERNEL_LOG, LS_OBS_SOURCE_UNAVAILABLE, "", 0);
	hub_reset.hub_port = 2;
	scenario_observe_device(scenario, 200, LS_SOURCE_UDEV, LS_OBS_CONNECTED, "1-2", 6, &hub);
	scenario_observe_device(scenario, 300, LS_SOURCE_UDEV, LS_OBS_CONNECTED, "1-2.1", 7, &fast);
	scenario_usbmon(scenario, 8000, &hub_reset);
	scenario_observe(scenario, 8300, LS_SOURCE_UDEV, LS_OBS_DISCONNECTED, "1-2.1", 7);
	scenario_observe_device(scenario, 8900, LS_SOURCE_UDEV, LS_OBS_CONNECTED, "1-2.1", 8,
				&fast);
	scenario_only(scenario, LS_CAUSE_UPSTREAM_LOSS, LS_SIDE_HUB, true);
	assert_string_equal(scenario->incidents[0].socket.name, "1-2");
}

static void
a_device_that_stopped_answering_was_reset(void **state)
{
	struct scenario *scenario = *state;
	struct ls_observation silence = errors(5, 2, 2);

	scenario_usbmon(scenario, 6000, &silence);
	scenario_usbmon(scenario, 8990, &scenario_connection_lost);
	scenario_unplug(scenario, 9000, "1-1", 5);
	scenario_plug(scenario, 11000, "1-1", 6, &scenario_phone);
	scenario_only(scenario, LS_CAUSE_DEVICE_RESET, LS_SIDE_DEVICE, true);
}

static void
link_errors_before_a_disconnect_are_of_the_link(void **state)
{
	struct scenario *scenario = *state;
	struct ls_observation broken = errors(5, 4, 1);

	scenario_usbmon(scenario, 6000, &broken);
	scenario_usbmon(scenario, 8990, &scenario_connection_lost);
	scenario_unplug(scenario, 9000, "1-1", 5);
	scenario_plug(scenario, 11000, "1-1", 6, &scenario_phone);
	scenario_only(scenario, LS_CAUSE_LINK_LOSS, LS_SIDE_LINK, true);
}

static void
errors_just_before_a_disconnect_are_normal(void **state)
{
	struct scenario *scenario = *state;
	struct ls_observation last = errors(5, 2, 0);

	scenario_usbmon(scenario, 8800, &last);
	scenario_usbmon(scenario, 8990, &scenario_connection_lost);
	scenario_unplug(scenario, 9000, "1-1", 5);
	scenario_only(scenario, LS_CAUSE_UNPLUGGED, LS_SIDE_UNKNOWN, false);
}

static void
data_that_flowed_makes_it_more_than_an_unplug(void **state)
{
	struct scenario *scenario = *state;
	struct ls_observation begins = flow(5, 30000);

	scenario_usbmon(scenario, 5000, &begins);
	scenario_usbmon(scenario, 8990, &scenario_connection_lost);
	scenario_unplug(scenario, 9000, "1-1", 5);
	scenario_only(scenario, LS_CAUSE_LINK_LOSS, LS_SIDE_UNKNOWN, true);
	assert_true(scenario->incidents[0].confidence < 0.7);
}

static void
data_that_had_ended_does_not(void **state)
{
	struct scenario *scenario = *state;
	struct ls_observation begins = flow(5, 30000), ends = flow(5, 0);

	scenario_usbmon(scenario, 5000, &begins);
	scenario_usbmon(scenario, 7000, &ends);
	scenario_usbmon(scenario, 8990, &scenario_connection_lost);
	scenario_unplug(scenario, 9000, "1-1", 5);
	scenario_only(scenario, LS_CAUSE_UNPLUGGED, LS_SIDE_UNKNOWN, false);
}

static void
a_device_that_does_not_wake_up(void **state)
{
	struct scenario *scenario = *state;

	scenario_observe(scenario, 8990, LS_SOURCE_KERNEL_LOG, LS_OBS_RESUME_FAILED, "1-1", 0);
	scenario_unplug(scenario, 9000, "1-1", 5);
	scenario_only(scenario, LS_CAUSE_DEVICE_RESET, LS_SIDE_DEVICE, true);
}

static void
a_burst_before_a_reset_is_its_reason(void **state)
{
	struct scenario *scenario = *state;
	struct ls_observation broken = errors(5, 2, 0);

	scenario_usbmon(scenario, 8000, &broken);
	scenario_observe(scenario, 9000, LS_SOURCE_KERNEL_LOG, LS_OBS_RESET, "1-1", 5);
	scenario_only(scenario, LS_CAUSE_HOST_RESET, LS_SIDE_LINK, false);
}

/* Kernels without USB_ANNOUNCE_NEW_DEVICES, and excerpts by grep. */
static void
a_return_that_the_log_does_not_name(void **state)
{
	struct scenario *scenario = *state;

	scenario_observe(scenario, 2000, LS_SOURCE_UDEV, LS_OBS_SOURCE_UNAVAILABLE, "", 0);
	scenario_observe(scenario, 2000, LS_SOURCE_LIBUSB, LS_OBS_SOURCE_UNAVAILABLE, "", 0);
	scenario_observe(scenario, 2000, LS_SOURCE_USBMON, LS_OBS_SOURCE_UNAVAILABLE, "", 0);
	scenario_observe(scenario, 9000, LS_SOURCE_KERNEL_LOG, LS_OBS_DISCONNECTED, "1-4", 5);
	scenario_observe(scenario, 11000, LS_SOURCE_KERNEL_LOG, LS_OBS_ENUMERATING, "1-4", 6);
	scenario_only(scenario, LS_CAUSE_LINK_LOSS, LS_SIDE_LINK, true);
	assert_true(scenario->incidents[0].confidence < 0.8);
	assert_int_equal(scenario->incidents[0].back_after_us, 2 * LS_SEC);
}

static void
errors_before_a_disconnect_are_reported_immediately(void **state)
{
	struct scenario *scenario = *state;
	struct ls_observation broken = errors(5, 4, 0);

	scenario_usbmon(scenario, 6000, &broken);
	scenario_usbmon(scenario, 8990, &scenario_connection_lost);
	scenario_unplug(scenario, 9000, "1-1", 5);
	scenario_wait(scenario, 9500);
	assert_string_equal(ls_cause_name(scenario->incidents[0].cause), "link-loss");
	assert_true(scenario->incidents[0].settled);
}

#define SCENARIO(name)                                                                             \
	cmocka_unit_test_setup_teardown(name, scenario_set_up_with_phone, scenario_tear_down)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		SCENARIO(the_hub_saw_it_go),
		SCENARIO(a_session_knows_when_data_flowed),
		SCENARIO(data_of_a_neighbour_is_noticed),
		SCENARIO(a_hub_that_saw_nothing_speaks_for_software),
		SCENARIO(silence_of_a_blind_usbmon_means_nothing),
		SCENARIO(silence_after_lost_records_means_nothing),
		SCENARIO(a_port_switched_off_by_a_program),
		SCENARIO(power_switched_after_the_loss_is_the_kernels_reaction),
		SCENARIO(the_kernel_disables_a_port_between_two_flaps),
		SCENARIO(flaps_that_udev_hears_of_late_were_not_switched_off),
		SCENARIO(removed_by_a_program),
		SCENARIO(without_a_hub_report_a_device_without_a_configuration_may_be_leaving),
		SCENARIO(a_disabled_port_is_emi_without_the_kernel_log),
		SCENARIO(over_current_that_only_the_hub_reports),
		SCENARIO(the_hub_reports_over_current_once_short_or_lasting),
		SCENARIO(over_current_reported_by_hub_and_udev_counts_once),
		SCENARIO(a_failed_superspeed_link_that_a_reset_revives),
		SCENARIO(a_failed_superspeed_link_before_the_loss),
		SCENARIO(a_pulled_superspeed_plug_is_inactive_for_a_moment),
		SCENARIO(a_reset_that_fails_is_judged_by_what_went_before),
		SCENARIO(a_failed_reset_without_the_kernel_log),
		SCENARIO(a_failed_reset_is_no_failed_enumeration),
		SCENARIO(a_device_taken_off_soon_after_it_came_was_not_reset),
		SCENARIO(a_hub_is_reset_after_its_children_were_taken_off_slowly),
		SCENARIO(a_hub_resets_without_the_kernel_log),
		SCENARIO(a_device_that_stopped_answering_was_reset),
		SCENARIO(link_errors_before_a_disconnect_are_of_the_link),
		SCENARIO(errors_just_before_a_disconnect_are_normal),
		SCENARIO(data_that_flowed_makes_it_more_than_an_unplug),
		SCENARIO(data_that_had_ended_does_not),
		SCENARIO(a_device_that_does_not_wake_up),
		SCENARIO(a_return_that_the_log_does_not_name),
		SCENARIO(errors_before_a_disconnect_are_reported_immediately),
		SCENARIO(a_burst_before_a_reset_is_its_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
