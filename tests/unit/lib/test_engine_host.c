#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/engine/causes.h"
#include "tests/unit/lib/scenario.h"

/* What the machine around the link adds: Type-C, speed, sleep, and how the computer was. */

static const struct ls_device fast = {
	.vid = 0x0781, .pid = 0x5581, .serial = "S1", .speed = LS_SPEED_SUPER
};
static const struct ls_device fast_at_high = {
	.vid = 0x0781, .pid = 0x5581, .serial = "S1", .speed = LS_SPEED_HIGH
};

static void
an_empty_type_c_connector_is_sure(void **state)
{
	struct scenario *scenario = *state;

	scenario_usbmon(scenario, 8990, &scenario_connection_lost);
	scenario_unplug(scenario, 9000, "1-1", 5);
	scenario_observe(scenario, 9050, LS_SOURCE_UDEV, LS_OBS_PARTNER_GONE, "1-1", 0);
	scenario_only(scenario, LS_CAUSE_UNPLUGGED, LS_SIDE_UNKNOWN, false);
	assert_true(scenario->incidents[0].confidence > 0.95);
}

static void
a_connector_that_empties_before_the_device_leaves(void **state)
{
	struct scenario *scenario = *state;

	scenario_usbmon(scenario, 8990, &scenario_connection_lost);
	scenario_observe(scenario, 8995, LS_SOURCE_UDEV, LS_OBS_PARTNER_GONE, "1-1", 0);
	scenario_unplug(scenario, 9000, "1-1", 5);
	scenario_only(scenario, LS_CAUSE_UNPLUGGED, LS_SIDE_UNKNOWN, false);
	assert_true(scenario->incidents[0].confidence > 0.95);
}

static void
a_charger_that_is_pulled_is_no_incident(void **state)
{
	struct scenario *scenario = *state;

	scenario_observe(scenario, 5000, LS_SOURCE_UDEV, LS_OBS_PARTNER_GONE, "1-2", 0);
	scenario_observe(scenario, 6000, LS_SOURCE_UDEV, LS_OBS_PARTNER_GONE, "1-1", 0);
	scenario_wait(scenario, 60000);
	assert_int_equal(scenario->n_incidents, 0);
}

static void
a_connector_that_was_empty_once_says_nothing_of_the_next_loss(void **state)
{
	struct scenario *scenario = *state;

	scenario_usbmon(scenario, 8990, &scenario_connection_lost);
	scenario_observe(scenario, 8995, LS_SOURCE_UDEV, LS_OBS_PARTNER_GONE, "1-1", 0);
	scenario_unplug(scenario, 9000, "1-1", 5);
	scenario_plug(scenario, 10000, "1-1", 6, &scenario_phone);
	scenario_usbmon(scenario, 10990, &scenario_connection_lost);
	scenario_unplug(scenario, 11000, "1-1", 6);
	scenario_only(scenario, LS_CAUSE_LINK_LOSS, LS_SIDE_LINK, true);
	assert_false(scenario->incidents[0].facts & LS_FACT_PARTNER_GONE);
}

static void
a_device_that_comes_back_slower(void **state)
{
	struct scenario *scenario = *state;

	scenario_plug(scenario, 100, "1-2", 7, &fast);
	scenario_unplug(scenario, 9000, "1-2", 7);
	scenario_plug(scenario, 9500, "1-2", 8, &fast_at_high);
	scenario_wait(scenario, 60000);
	assert_int_equal(scenario->n_events[LS_EVENT_SPEED_DOWNGRADE], 1);
}

static const struct ls_device other_fast = {
	.vid = 0x0781, .pid = 0x5581, .serial = "S2", .speed = LS_SPEED_HIGH
};

/* One stay at @first on @port, long over; then one of @then on 1-3. */
static unsigned int
n_slower(struct scenario *scenario, const char *port, const struct ls_device *first,
	 const struct ls_device *then)
{
	struct ls_observation peer = { .kind = LS_OBS_CONNECTED, .device = then, .devnum = 8 };

	scenario_plug(scenario, 1000, port, 7, first);
	scenario_unplug(scenario, 9000, port, 7);
	scenario_wait(scenario, 90000);
	memcpy(peer.port, "1-3", 4);
	memcpy(peer.peer, "2-3", 4);
	scenario_observe_as(scenario, 100000, LS_SOURCE_UDEV, &peer);
	scenario_wait(scenario, 200000);
	return scenario->n_events[LS_EVENT_SPEED_DOWNGRADE];
}

static void
a_device_that_was_faster_in_an_earlier_stay(void **state)
{
	static const struct ls_device slow_hub = {
		.vid = 0x0781, .pid = 0x5581, .device_class = 9, .speed = LS_SPEED_HIGH
	};
	static const struct {
		const char *port;
		const struct ls_device *first, *then;
		unsigned int want;
	} cases[] = {
		{ "1-3", &fast, &fast_at_high, 1 },
		{ "2-3", &fast, &fast_at_high, 1 }, /* on the other half of the socket */
		{ "2-4", &fast, &fast_at_high, 0 }, /* on another socket */
		{ "1-3", &fast_at_high, &fast, 0 },
		{ "2-3", &fast, &other_fast, 0 },
		{ "2-3", &scenario_phone, &fast_at_high, 0 },
		{ "2-3", &fast, &slow_hub, 0 },
	};

	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		void *fresh;

		(void)state;
		print_message("%zu\n", i);
		scenario_set_up_with_phone(&fresh);
		assert_int_equal(n_slower(fresh, cases[i].port, cases[i].first, cases[i].then),
				 cases[i].want);
		scenario_tear_down(&fresh);
	}
}

static void
each_slow_session_is_reported(void **state)
{
	struct scenario *scenario = *state;

	scenario_plug(scenario, 1000, "1-3", 7, &fast);
	for (unsigned int i = 0; i < 3; i++) {
		scenario_unplug(scenario, 20000 * (i + 1), "1-3", 7 + i);
		scenario_plug(scenario, 20000 * (i + 1) + 15000, "1-3", 8 + i, &fast_at_high);
	}
	scenario_wait(scenario, 200000);
	assert_int_equal(scenario->n_events[LS_EVENT_SPEED_DOWNGRADE], 3);
}

/* The time of the second source is relative to that of the first. */
static void
one_sleep_is_reported_once(void **state)
{
	static const struct {
		enum ls_source first, second;
		enum ls_obs_kind kind;
		uint64_t apart_ms;
		unsigned int want;
	} cases[] = {
		{ LS_SOURCE_KERNEL_LOG, LS_SOURCE_HOST, LS_OBS_WAKE, 40, 1 },
		{ LS_SOURCE_HOST, LS_SOURCE_KERNEL_LOG, LS_OBS_WAKE, 40, 1 },
		{ LS_SOURCE_HOST, LS_SOURCE_KERNEL_LOG, LS_OBS_SLEEP, 5000, 1 },
		{ LS_SOURCE_KERNEL_LOG, LS_SOURCE_KERNEL_LOG, LS_OBS_WAKE, 4000, 2 },
		{ LS_SOURCE_KERNEL_LOG, LS_SOURCE_HOST, LS_OBS_WAKE, 60000, 2 },
	};

	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		struct scenario *scenario;
		void *fresh;

		(void)state;
		print_message("%zu\n", i);
		scenario_set_up_with_phone(&fresh);
		scenario = fresh;
		scenario_observe(scenario, 5000, cases[i].first, cases[i].kind, "", 0);
		scenario_observe(scenario, 5000 + cases[i].apart_ms, cases[i].second, cases[i].kind,
				 "", 0);
		assert_int_equal(scenario->n_events[cases[i].kind == LS_OBS_SLEEP ? LS_EVENT_SLEEP
										  : LS_EVENT_WAKE],
				 cases[i].want);
		scenario_tear_down(&fresh);
	}
}

static void
a_wake_up_reported_by_the_host_explains_a_loss(void **state)
{
	struct scenario *scenario = *state;

	scenario_observe(scenario, 9000, LS_SOURCE_HOST, LS_OBS_WAKE, "", 0);
	scenario_usbmon(scenario, 9090, &scenario_connection_lost);
	scenario_unplug(scenario, 9100, "1-1", 5);
	scenario_plug(scenario, 10000, "1-1", 6, &scenario_phone);
	scenario_only(scenario, LS_CAUSE_SUSPEND, LS_SIDE_HOST, false);
}

/* A log with dates, in which the night counts: the loss is the first thing reported after it. */
static void
a_loss_that_is_reported_before_the_wake_up(void **state)
{
	static const struct scenario_line lines[] = {
		{ 1000, "usb 2-6: new high-speed USB device number 4 using xhci_hcd" },
		{ 1100,
		  "usb 2-6: New USB device found, idVendor=0bda, idProduct=8153, bcdDevice=30.00" },
		{ 600000, "PM: suspend entry (s2idle)" },
		{ 9000000, "usb 2-6: USB disconnect, device number 4" },
		{ 9002000, "PM: suspend exit" },
		{ 9003000, "usb 2-6: new high-speed USB device number 5 using xhci_hcd" },
		{ 9003100,
		  "usb 2-6: New USB device found, idVendor=0bda, idProduct=8153, bcdDevice=30.00" },
	};

	SCENARIO_READ(*state, lines);
	scenario_only(*state, LS_CAUSE_SUSPEND, LS_SIDE_HOST, false);
}

/* The log begins during the sleep. */
static void
a_wake_up_explains_what_left_just_before(void **state)
{
	static const struct scenario_line lines[] = {
		{ 1000, "usb 2-6: USB disconnect, device number 4" },
		{ 1500, "PM: suspend exit" },
		{ 2500, "usb 2-6: new high-speed USB device number 5 using xhci_hcd" },
		{ 2600,
		  "usb 2-6: New USB device found, idVendor=0bda, idProduct=8153, bcdDevice=30.00" },
	};

	SCENARIO_READ(*state, lines);
	scenario_only(*state, LS_CAUSE_SUSPEND, LS_SIDE_HOST, false);
}

/* The line about the wake-up is missing; what is reported says that it woke up. */
static void
a_sleep_does_not_explain_what_left_long_after(void **state)
{
	static const struct scenario_line lines[] = {
		{ 1000, "usb 2-6: new high-speed USB device number 4 using xhci_hcd" },
		{ 1100,
		  "usb 2-6: New USB device found, idVendor=0bda, idProduct=8153, bcdDevice=30.00" },
		{ 590000, "PM: suspend entry (deep)" },
		{ 650000, "usb 1-1: reset high-speed USB device number 2 using xhci_hcd" },
		{ 9000000, "usb 2-6: USB disconnect, device number 4" },
		{ 9003000, "usb 2-6: new high-speed USB device number 5 using xhci_hcd" },
		{ 9003100,
		  "usb 2-6: New USB device found, idVendor=0bda, idProduct=8153, bcdDevice=30.00" },
	};
	struct scenario *scenario = *state;

	SCENARIO_READ(scenario, lines);
	assert_null(scenario_incident(scenario, LS_CAUSE_SUSPEND));
	assert_non_null(scenario_incident(scenario, LS_CAUSE_LINK_LOSS));
}

/* A log names speeds, and no peers. It left at 9 s and came back on @port. */
static void
read_slower(struct scenario *scenario, const char *before, const char *port, uint64_t at_ms,
	    const char *now)
{
	char line[128];
	struct scenario_line came = { at_ms, line };
	static const struct scenario_line serial = { 1200, "usb 4-3: SerialNumber: K9" };
	static const struct scenario_line left = { 9000,
						   "usb 4-3: USB disconnect, device number 2" };

	snprintf(line, sizeof(line), "usb 4-3: new %s USB device number 2 using xhci_hcd", before);
	scenario_read_line(scenario, &(struct scenario_line){ 1000, line });
	snprintf(line, sizeof(line),
		 "usb 4-3: New USB device found, idVendor=174c, idProduct=55aa, bcdDevice= 1.00");
	scenario_read_line(scenario, &(struct scenario_line){ 1100, line });
	scenario_read_line(scenario, &serial);
	scenario_read_line(scenario, &left);
	snprintf(line, sizeof(line), "usb %s: new %s USB device number 7 using xhci_hcd", port,
		 now);
	scenario_read_line(scenario, &came);
	came.at_ms += 100;
	snprintf(line, sizeof(line),
		 "usb %s: New USB device found, idVendor=174c, idProduct=55aa, bcdDevice= 1.00",
		 port);
	scenario_read_line(scenario, &came);
	came.at_ms += 1;
	snprintf(line, sizeof(line), "usb %s: SerialNumber: K9", port);
	scenario_read_line(scenario, &came);
	scenario_wait(scenario, 600000);
}

static void
a_log_shows_that_a_device_came_back_slower(void **state)
{
	struct scenario *scenario = *state;

	read_slower(scenario, "high-speed", "4-3", 9400, "full-speed");
	scenario_only(scenario, LS_CAUSE_LINK_LOSS, LS_SIDE_LINK, true);
	assert_non_null(strstr(scenario->incidents[0].why, "full speed"));
}

static void
a_log_shows_that_a_device_came_back_as_fast(void **state)
{
	struct scenario *scenario = *state;

	read_slower(scenario, "high-speed", "4-3", 9400, "high-speed");
	scenario_only(scenario, LS_CAUSE_LINK_LOSS, LS_SIDE_LINK, true);
	assert_false(scenario->incidents[0].facts & LS_FACT_SLOWER);
}

/* Other numbers of its two ports, as of most controllers. */
static void
a_log_shows_that_superspeed_fell_back_to_usb_2(void **state)
{
	struct scenario *scenario = *state;

	read_slower(scenario, "SuperSpeed", "3-7", 9900, "high-speed");
	scenario_only(scenario, LS_CAUSE_LINK_LOSS, LS_SIDE_LINK, true);
	assert_non_null(strstr(scenario->incidents[0].why, "SuperSpeed before"));
	assert_int_equal(scenario->incidents[0].back_after_us, 900 * LS_MS);
}

#define DISK_CAME                                                                                  \
	{ 1000, "usb 3-4: new high-speed USB device number 7 using xhci_hcd" },                    \
		{ 1100, "usb 3-4: New USB device found, idVendor=19d2, idProduct=2000, "           \
			"bcdDevice= 1.00" },                                                       \
		{ 1101, "usb 3-4: Product: Driver CD" },                                           \
	{                                                                                          \
		4000, "usb 3-4: USB disconnect, device "                                           \
		      "number 7"                                                                   \
	}
#define ADAPTER_CAME(at)                                                                           \
	{ (at), "usb 3-4: new high-speed USB device number 8 using xhci_hcd" },                    \
	{                                                                                          \
		(at) + 100, "usb 3-4: New USB device found, idVendor=2c7c, idProduct=0125, "       \
			    "bcdDevice= 3.18"                                                      \
	}

/* With other ids altogether, of which no family tells. */
static void
another_device_that_comes_at_once_is_another_mode(void **state)
{
	static const struct scenario_line lines[] = { DISK_CAME, ADAPTER_CAME(4800) };

	SCENARIO_READ(*state, lines);
	scenario_only(*state, LS_CAUSE_MODE_SWITCH, LS_SIDE_DEVICE, false);
}

static void
another_device_that_comes_later_was_plugged_in(void **state)
{
	static const struct scenario_line lines[] = { DISK_CAME, ADAPTER_CAME(7500) };

	SCENARIO_READ(*state, lines);
	scenario_only(*state, LS_CAUSE_UNPLUGGED, LS_SIDE_UNKNOWN, false);
}

/* A companion controller: a bus of its own, with numbers of its own. */
static void
a_log_shows_that_ehci_handed_over_to_its_companion(void **state)
{
	struct scenario *scenario = *state;

	read_slower(scenario, "high-speed", "6-1", 9600, "full-speed");
	scenario_only(scenario, LS_CAUSE_LINK_LOSS, LS_SIDE_LINK, true);
	assert_non_null(strstr(scenario->incidents[0].why, "full speed, it had high speed before"));
}

/* As when a plug goes in slowly, or as a driver asks for. */
static void
a_log_shows_that_a_device_went_on_to_superspeed(void **state)
{
	struct scenario *scenario = *state;

	read_slower(scenario, "high-speed", "3-4", 9400, "SuperSpeed");
	scenario_only(scenario, LS_CAUSE_MODE_SWITCH, LS_SIDE_DEVICE, false);
	assert_non_null(strstr(scenario->incidents[0].why, "from USB 2 to USB 3"));
}

/* Time for a hand. */
static void
a_log_shows_that_a_device_was_moved(void **state)
{
	struct scenario *scenario = *state;

	read_slower(scenario, "SuperSpeed", "3-7", 11900, "high-speed");
	scenario_only(scenario, LS_CAUSE_UNPLUGGED, LS_SIDE_UNKNOWN, false);
}

static void
the_hosts_state_is_evidence(void **state)
{
	struct scenario *scenario = *state;

	scenario_usbmon(scenario, 8990, &scenario_connection_lost);
	scenario_unplug(scenario, 9000, "1-1", 5);
	scenario_observe(scenario, 9050, LS_SOURCE_HOST, LS_OBS_HOST, "1-1", 0);
	scenario_only(scenario, LS_CAUSE_UNPLUGGED, LS_SIDE_UNKNOWN, false);
	assert_true(scenario->incidents[0].sources & 1U << LS_SOURCE_HOST);
}

#define SCENARIO(name)                                                                             \
	cmocka_unit_test_setup_teardown(name, scenario_set_up_with_phone, scenario_tear_down)
#define LOG(name)                                                                                  \
	cmocka_unit_test_setup_teardown(name, scenario_set_up_with_log, scenario_tear_down)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		SCENARIO(an_empty_type_c_connector_is_sure),
		SCENARIO(a_connector_that_empties_before_the_device_leaves),
		SCENARIO(a_charger_that_is_pulled_is_no_incident),
		SCENARIO(a_connector_that_was_empty_once_says_nothing_of_the_next_loss),
		SCENARIO(a_device_that_comes_back_slower),
		SCENARIO(a_device_that_was_faster_in_an_earlier_stay),
		SCENARIO(each_slow_session_is_reported),
		SCENARIO(one_sleep_is_reported_once),
		SCENARIO(a_wake_up_reported_by_the_host_explains_a_loss),
		LOG(a_loss_that_is_reported_before_the_wake_up),
		LOG(a_wake_up_explains_what_left_just_before),
		LOG(a_sleep_does_not_explain_what_left_long_after),
		LOG(a_log_shows_that_a_device_came_back_slower),
		LOG(a_log_shows_that_a_device_came_back_as_fast),
		LOG(a_log_shows_that_superspeed_fell_back_to_usb_2),
		LOG(a_log_shows_that_a_device_went_on_to_superspeed),
		LOG(another_device_that_comes_at_once_is_another_mode),
		LOG(another_device_that_comes_later_was_plugged_in),
		LOG(a_log_shows_that_ehci_handed_over_to_its_companion),
		LOG(a_log_shows_that_a_device_was_moved),
		SCENARIO(the_hosts_state_is_evidence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
