#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "lib/observe/sleep_clock.h"

#define HOUR_US (3600 * (int64_t)LS_SEC)

/* One observation after the other, and how far the clocks are apart at it. */
static void
reports_a_suspend_before_later_events(void **state)
{
	static const struct {
		int64_t offset_us;
		enum ls_source source;
		enum ls_obs_kind kind;
		const char *want; /* NULL: nothing is reported */
	} steps[] = {
		{ 5 * HOUR_US, LS_SOURCE_UDEV, LS_OBS_CONNECTED, NULL }, /* it slept before us */
		{ 5 * HOUR_US + 900, LS_SOURCE_UDEV, LS_OBS_RESET, NULL },
		{ 5 * HOUR_US - 900, LS_SOURCE_UDEV, LS_OBS_RESET, NULL },
		{ 5 * HOUR_US + 40 * (int64_t)LS_SEC, LS_SOURCE_UDEV, LS_OBS_DISCONNECTED,
		  "the computer was asleep for 40 s" },
		{ 5 * HOUR_US + 40 * (int64_t)LS_SEC, LS_SOURCE_UDEV, LS_OBS_CONNECTED, NULL },
		/* The kernel's report of the beginning is read after the end. */
		{ 12 * HOUR_US + 20 * 60 * (int64_t)LS_SEC, LS_SOURCE_KERNEL_LOG, LS_OBS_SLEEP,
		  NULL },
		{ 12 * HOUR_US + 20 * 60 * (int64_t)LS_SEC, LS_SOURCE_KERNEL_LOG, LS_OBS_WAKE,
		  "the computer was asleep for 7 h 19 min" },
		{ 12 * HOUR_US + 20 * 60 * (int64_t)LS_SEC, LS_SOURCE_KERNEL_LOG, LS_OBS_RESET,
		  NULL },
		/* The clocks do not go back; if they seemed to, nothing is reported twice. */
		{ 12 * HOUR_US, LS_SOURCE_UDEV, LS_OBS_RESET, NULL },
		{ 12 * HOUR_US + 20 * 60 * (int64_t)LS_SEC, LS_SOURCE_UDEV, LS_OBS_RESET, NULL },
		{ 12 * HOUR_US + 25 * 60 * (int64_t)LS_SEC, LS_SOURCE_LIBUSB, LS_OBS_DISCONNECTED,
		  "the computer was asleep for 5 min" },
	};
	struct ls_sleep_clock clock = { 0 };

	(void)state;
	for (size_t i = 0; i < LS_COUNT(steps); i++) {
		struct ls_observation wake, obs = {
			.at = { .mono_us = 1000 + i, .real_us = 5000 },
			.source = steps[i].source,
			.kind = steps[i].kind,
		};
		int r = ls_sleep_clock_look(&clock, steps[i].offset_us, &obs, &wake);

		print_message("%zu\n", i);
		assert_int_equal(r, steps[i].want != NULL);
		if (r == 0)
			continue;
		assert_string_equal(wake.text, steps[i].want);
		assert_int_equal(wake.kind, LS_OBS_WAKE);
		assert_int_equal(wake.source, LS_SOURCE_HOST);
		assert_int_equal(wake.at.mono_us, obs.at.mono_us);
		assert_int_equal(wake.at.real_us, obs.at.real_us);
	}
}

/* Each reading may be off by a fraction of a millisecond, and there are many. */
static void
small_errors_do_not_add_up(void **state)
{
	struct ls_sleep_clock clock = { 0 };
	struct ls_observation wake, obs = { .kind = LS_OBS_RESET };

	(void)state;
	for (int64_t i = 0; i < 100000; i++)
		assert_int_equal(ls_sleep_clock_look(&clock, i % 90 * 1000, &obs, &wake), 0);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(reports_a_suspend_before_later_events),
		cmocka_unit_test(small_errors_do_not_add_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
