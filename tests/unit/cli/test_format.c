#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "cli/print/format.h"

static void
writes_durations(void **state)
{
	static const struct {
		double seconds;
		const char *want;
	} cases[] = {
		{ -5, "0 s" },		 { 0, "0 s" },
		{ 0.0041, "0.004 s" },	 { 0.0999, "0.1 s" },
		{ 1.31, "1.3 s" },	 { 9.94, "9.9 s" },
		{ 9.96, "10 s" },	 { 59.4, "59 s" },
		{ 59.6, "1 min 0 s" },	 { 843, "14 min 3 s" },
		{ 3599.9, "1 h 0 min" }, { 11520, "3 h 12 min" },
		{ 187200, "2 d 4 h" },	 { 1e300, "11574074 d 1 h" },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		char text[FORMAT_MAX];

		assert_string_equal(format_duration(text, cases[i].seconds), cases[i].want);
	}
}

static void
writes_how_long_a_device_was_away(void **state)
{
	static const struct {
		double seconds;
		const char *away, *back;
	} cases[] = {
		{ 0, "< 1 s", "back within 1 s" }, /* of stamps of whole seconds */
		{ 1, "1 s", "back after 1 s" },
		{ 1.02, "1.0 s", "back after 1.0 s" },
		{ 0.35, "0.3 s", "back after 0.3 s" },
		{ 12, "12 s", "back after 12 s" },
		{ 70, "1 min 10 s", "back after 1 min 10 s" },
		{ 1e300, "11574074 d 1 h", "back after 11574074 d 1 h" },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		char text[FORMAT_MAX];

		assert_string_equal(format_away(text, cases[i].seconds), cases[i].away);
		assert_string_equal(format_return(text, cases[i].seconds), cases[i].back);
	}
}

static void
writes_offsets(void **state)
{
	static const struct {
		int64_t us;
		const char *want;
	} cases[] = {
		{ -2310000, "-2.310 s" }, { 0, "0" },		{ 499, "0" }, { -499, "0" },
		{ 500, "+0.001 s" },	  { 4000, "+0.004 s" },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		char text[FORMAT_MAX];

		print_message("%s\n", cases[i].want);
		assert_string_equal(format_offset(text, cases[i].us), cases[i].want);
	}
}

static void
calls_nothing_certain(void **state)
{
	static const struct {
		double fraction;
		const char *want;
	} cases[] = {
		{ -1, "0 %" },	   { 0, "0 %" },	{ 0.004, "< 1 %" }, { 0.93, "93 %" },
		{ 0.994, "99 %" }, { 0.995, "> 99 %" }, { 1, "> 99 %" },    { 7, "> 99 %" },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		char text[FORMAT_MAX];

		assert_string_equal(format_percent(text, cases[i].fraction), cases[i].want);
	}
}

static void
writes_sizes(void **state)
{
	static const struct {
		int64_t bytes;
		const char *want;
	} cases[] = {
		{ -1, "0 B" },		{ 0, "0 B" },
		{ 1023, "1023 B" },	{ 1024, "1.0 KiB" },
		{ 10240, "10 KiB" },	{ 1048575, "1.0 MiB" },
		{ 16 << 20, "16 MiB" }, { INT64_MAX, "8388608 TiB" },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		char text[FORMAT_MAX];

		assert_string_equal(format_size(text, cases[i].bytes), cases[i].want);
	}
}

static void
writes_local_times(void **state)
{
	const int64_t now_us = INT64_C(1795357800) * 1000000; /* Sun 2026-11-22 14:30 UTC */
	char text[FORMAT_MAX];

	(void)state;
	setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
	tzset();
	assert_string_equal(format_time(text, now_us, now_us), "15:30:00");
	assert_string_equal(format_time(text, now_us - INT64_C(86400000000), now_us),
			    "Sat 2026-11-21 15:30:00");
	assert_string_equal(format_short(text, now_us - INT64_C(86400000000), now_us),
			    "2026-11-21 15:30");
	assert_string_equal(format_stamp(text, now_us + 123456), "2026-11-22 15:30:00.123");
	assert_string_equal(format_stamp(text, -1), "1970-01-01 00:59:59.999");
	format_stamp(text, INT64_MAX); /* only has to end */
	format_stamp(text, INT64_MIN);
}

static void
counts_with_units(void **state)
{
	char text[FORMAT_MAX];

	(void)state;
	assert_string_equal(format_count(text, 0, "drop", "drops"), "0 drops");
	assert_string_equal(format_count(text, 1, "drop", "drops"), "1 drop");
	assert_string_equal(format_count(text, 2, "drop", "drops"), "2 drops");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_durations),
		cmocka_unit_test(writes_how_long_a_device_was_away),
		cmocka_unit_test(writes_offsets),
		cmocka_unit_test(calls_nothing_certain),
		cmocka_unit_test(writes_sizes),
		cmocka_unit_test(writes_local_times),
		cmocka_unit_test(counts_with_units),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
