#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/engine/causes.h"
#include "lib/families/families.h"
#include "tests/unit/lib/scenario.h"

/* Devices that come and go, again and again. */

static const struct ls_device board = { .vid = 0x303a, .pid = 0x1001, .serial = "34:85:18" };

/* It lives for @life_ms and is back @away_ms after it left, @jitter_ms later each other time. */
static void
restart_one(struct scenario *scenario, const struct ls_device *device, unsigned int n,
	    uint64_t life_ms, uint64_t away_ms, uint64_t jitter_ms)
{
	uint64_t at = 50000;

	for (unsigned int i = 0; i < n; i++) {
		scenario_observe(scenario, at, LS_SOURCE_KERNEL_LOG, LS_OBS_ENUMERATING, "1-4",
				 5 + i);
		scenario_observe_device(scenario, at + 100, LS_SOURCE_KERNEL_LOG, LS_OBS_FOUND,
					"1-4", 0, device);
		at += life_ms + (i % 2) * jitter_ms;
		scenario_observe(scenario, at, LS_SOURCE_KERNEL_LOG, LS_OBS_DISCONNECTED, "1-4",
				 5 + i);
		at += away_ms;
	}
	scenario_wait(scenario, at + 600000);
}

static void
restart(struct scenario *scenario, unsigned int n, uint64_t life_ms, uint64_t away_ms,
	uint64_t jitter_ms)
{
	restart_one(scenario, &board, n, life_ms, away_ms, jitter_ms);
}

static void
a_short_loop_is_one_incident_of_the_device(void **state)
{
	struct scenario *scenario = *state;

	restart(scenario, 9, 1400, 231, 0);
	scenario_only(scenario, LS_CAUSE_DEVICE_RESET, LS_SIDE_DEVICE, true);
	assert_int_equal(scenario->incidents[0].n_disconnects, 9);
	assert_non_null(strstr(scenario->incidents[0].why, "9 times, every 1.63 s"));
}

/* Longer than an incident waits for the next departure: the first ones were closed already. */
static void
a_long_loop_is_one_incident_of_the_device(void **state)
{
	struct scenario *scenario = *state;

	restart(scenario, 12, 8500, 307, 0);
	scenario_only(scenario, LS_CAUSE_DEVICE_RESET, LS_SIDE_DEVICE, true);
	assert_int_equal(scenario->incidents[0].n_disconnects, 12);
	assert_int_equal(scenario->incidents[0].opened.mono_us,
			 scenario->incidents[0].gone.mono_us);
	assert_non_null(strstr(scenario->incidents[0].why, "12 times, every 8.81 s"));
}

/* A busy computer: 3 % either way, but eight times. */
static void
many_departures_may_vary_more(void **state)
{
	static const uint64_t lives_ms[] = { 3940, 3947, 4133, 3974, 3891, 3934, 4091, 4010 };
	struct scenario *scenario = *state;
	uint64_t at = 50000;

	for (unsigned int i = 0; i < LS_COUNT(lives_ms); i++) {
		scenario_observe(scenario, at, LS_SOURCE_KERNEL_LOG, LS_OBS_ENUMERATING, "1-4",
				 5 + i);
		scenario_observe_device(scenario, at + 100, LS_SOURCE_KERNEL_LOG, LS_OBS_FOUND,
					"1-4", 0, &board);
		at += lives_ms[i];
		scenario_observe(scenario, at, LS_SOURCE_KERNEL_LOG, LS_OBS_DISCONNECTED, "1-4",
				 5 + i);
		at += 1003;
	}
	scenario_only(scenario, LS_CAUSE_DEVICE_RESET, LS_SIDE_DEVICE, true);
	assert_int_equal(scenario->incidents[0].n_disconnects, 8);
}

/* A busy computer, or a start that took longer once: it is the same loop. */
static void
one_late_departure_does_not_end_a_loop(void **state)
{
	struct scenario *scenario = *state;
	uint64_t at = 50000;

	for (unsigned int i = 0; i < 9; i++) {
		scenario_observe(scenario, at, LS_SOURCE_KERNEL_LOG, LS_OBS_ENUMERATING, "1-4",
				 5 + i);
		scenario_observe_device(scenario, at + 100, LS_SOURCE_KERNEL_LOG, LS_OBS_FOUND,
					"1-4", 0, &board);
		at += i == 6 ? 4907 : 4007;
		scenario_observe(scenario, at, LS_SOURCE_KERNEL_LOG, LS_OBS_DISCONNECTED, "1-4",
				 5 + i);
		at += 1000;
	}
	scenario_only(scenario, LS_CAUSE_DEVICE_RESET, LS_SIDE_DEVICE, true);
	assert_int_equal(scenario->incidents[0].n_disconnects, 9);
	assert_non_null(strstr(scenario->incidents[0].why, "9 times, every 5.01 s"));
}

/* Its family has a mode that it can be led to; this one is everyday use. */
static void
a_board_of_a_known_family_may_loop(void **state)
{
	static const struct ls_device pico = { .vid = 0x2e8a, .pid = 0x000a, .serial = "E661" };
	struct ls_families *families;
	struct scenario scenario;

	(void)state;
	assert_int_equal(ls_families_new(&families), 0);
	scenario_begin_with(&scenario, families);
	restart_one(&scenario, &pico, 9, 4000, 1000, 0);
	scenario_only(&scenario, LS_CAUSE_DEVICE_RESET, LS_SIDE_DEVICE, true);
	scenario_end(&scenario);
	ls_families_free(families);
}

/* A boot mode, in which it waits to be led on; nothing leads it from there to the same mode. */
static void
a_boot_mode_may_loop(void **state)
{
	static const struct ls_device fel = { .vid = 0x1f3a, .pid = 0xefe8 };
	struct ls_families *families;
	struct scenario scenario;

	(void)state;
	assert_int_equal(ls_families_new(&families), 0);
	scenario_begin_with(&scenario, families);
	restart_one(&scenario, &fel, 9, 3100, 12400, 0);
	scenario_only(&scenario, LS_CAUSE_DEVICE_RESET, LS_SIDE_DEVICE, true);
	assert_non_null(strstr(scenario.incidents[0].why, "9 times, every 15.5 s"));
	scenario_end(&scenario);
	ls_families_free(families);
}

static void
a_loop_without_a_beat_is_of_the_link(void **state)
{
	struct scenario *scenario = *state;

	restart(scenario, 9, 1100, 231, 330);
	scenario_only(scenario, LS_CAUSE_LINK_LOSS, LS_SIDE_LINK, true);
	assert_int_equal(scenario->incidents[0].n_disconnects, 9);
	assert_non_null(strstr(scenario->incidents[0].why, "9 times; "));
}

static void
four_departures_are_no_beat(void **state)
{
	struct scenario *scenario = *state;

	restart(scenario, 4, 1400, 231, 0);
	scenario_only(scenario, LS_CAUSE_LINK_LOSS, LS_SIDE_LINK, true);
	assert_null(strstr(scenario->incidents[0].why, "every"));
}

/* Of stamps of whole seconds, five that are equal may be chance. */
static void
whole_seconds_take_longer(void **state)
{
	struct scenario *scenario = *state;

	restart(scenario, 7, 1000, 1000, 0);
	scenario_only(scenario, LS_CAUSE_LINK_LOSS, LS_SIDE_LINK, true);
}

/* Seconds cut a beat of 3.3 s into intervals of 3 s and 4 s. */
static const uint64_t beat_in_seconds[] = { 52, 56, 59, 62, 66, 69, 72, 75, 79, 82 };
/* The mean is the same: a loose contact. */
static const uint64_t no_beat_in_seconds[] = { 52, 54, 60, 62, 66, 68, 74, 75, 80, 82 };

static void
leave_at(struct scenario *scenario, const uint64_t *seconds, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint64_t came_ms = (seconds[i] - 1) * 1000;

		scenario_observe(scenario, came_ms, LS_SOURCE_KERNEL_LOG, LS_OBS_ENUMERATING, "1-4",
				 5 + i);
		scenario_observe_device(scenario, came_ms, LS_SOURCE_KERNEL_LOG, LS_OBS_FOUND,
					"1-4", 0, &board);
		scenario_observe(scenario, came_ms + 1000, LS_SOURCE_KERNEL_LOG,
				 LS_OBS_DISCONNECTED, "1-4", 5 + i);
	}
	scenario_wait(scenario, 600000);
}

static void
whole_seconds_keep_a_beat(void **state)
{
	struct scenario *scenario = *state;

	leave_at(scenario, beat_in_seconds, LS_COUNT(beat_in_seconds));
	scenario_only(scenario, LS_CAUSE_DEVICE_RESET, LS_SIDE_DEVICE, true);
	assert_int_equal(scenario->incidents[0].n_disconnects, 10);
}

static void
whole_seconds_hide_no_contact(void **state)
{
	struct scenario *scenario = *state;

	leave_at(scenario, no_beat_in_seconds, LS_COUNT(no_beat_in_seconds));
	assert_null(scenario_incident(scenario, LS_CAUSE_DEVICE_RESET));
}

/* Among fine stamps some are of a whole second. */
static void
a_whole_second_among_others(void **state)
{
	struct scenario *scenario = *state;

	restart(scenario, 9, 1400, 300, 0);
	scenario_only(scenario, LS_CAUSE_DEVICE_RESET, LS_SIDE_DEVICE, true);
	assert_int_equal(scenario->incidents[0].n_disconnects, 9);
}

/* The log ends when it has left again: that it comes back is what the beat says. */
static void
a_loop_that_goes_on(void **state)
{
	static const struct scenario_line lines[] = {
		{ 50000, "usb 2-3: USB disconnect, device number 11" },
		{ 50210, "usb 2-3: new full-speed USB device number 12 using xhci_hcd" },
		{ 57110, "usb 2-3: USB disconnect, device number 12" },
		{ 57330, "usb 2-3: new full-speed USB device number 13 using xhci_hcd" },
		{ 64230, "usb 2-3: USB disconnect, device number 13" },
		{ 64440, "usb 2-3: new full-speed USB device number 14 using xhci_hcd" },
		{ 71340, "usb 2-3: USB disconnect, device number 14" },
		{ 71550, "usb 2-3: new full-speed USB device number 15 using xhci_hcd" },
		{ 78450, "usb 2-3: USB disconnect, device number 15" },
	};
	struct scenario *scenario = *state;

	for (size_t i = 0; i < LS_COUNT(lines); i++)
		scenario_read_line(scenario, &lines[i]);
	ls_engine_end(scenario->engine);
	assert_int_equal(scenario->incidents[scenario->n_incidents - 1].cause,
			 LS_CAUSE_DEVICE_RESET);
	assert_true(scenario->incidents[scenario->n_incidents - 1].drop);
}

#define LOOP(name)                                                                                 \
	cmocka_unit_test_setup_teardown(name, scenario_set_up_with_log, scenario_tear_down)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		LOOP(a_short_loop_is_one_incident_of_the_device),
		LOOP(a_long_loop_is_one_incident_of_the_device),
		LOOP(one_late_departure_does_not_end_a_loop),
		LOOP(many_departures_may_vary_more),
		cmocka_unit_test(a_board_of_a_known_family_may_loop),
		cmocka_unit_test(a_boot_mode_may_loop),
		LOOP(a_loop_without_a_beat_is_of_the_link),
		LOOP(four_departures_are_no_beat),
		LOOP(a_loop_that_goes_on),
		LOOP(whole_seconds_take_longer),
		LOOP(a_whole_second_among_others),
		LOOP(whole_seconds_keep_a_beat),
		LOOP(whole_seconds_hide_no_contact),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
