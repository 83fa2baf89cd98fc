#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/time.h"

static void
formats_times(void **state)
{
	static const struct {
		int64_t real_us;
		const char *text;
	} cases[] = {
		{ 0, "1970-01-01T00:00:00.000000Z" },
		{ -1, "1969-12-31T23:59:59.999999Z" },
		{ 951782400000000, "2000-02-29T00:00:00.000000Z" },
		{ 1795356191123456, "2026-11-22T14:03:11.123456Z" },
		{ 4107542399999999, "2100-02-28T23:59:59.999999Z" },
		{ 4107542400000000, "2100-03-01T00:00:00.000000Z" },
		{ 253402300799999999, "9999-12-31T23:59:59.999999Z" },
		{ 253402300800000000, "9999-12-31T23:59:59.999999Z" },
		{ INT64_MAX, "9999-12-31T23:59:59.999999Z" },
		{ -62167219200000000, "0000-01-01T00:00:00.000000Z" },
		{ -62167219200000001, "0000-01-01T00:00:00.000000Z" },
		{ INT64_MIN, "0000-01-01T00:00:00.000000Z" },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		char text[LS_TIME_MAX];

		ls_time_format(cases[i].real_us, text);
		assert_string_equal(text, cases[i].text);
	}
}

static void
parses_times(void **state)
{
	static const struct {
		const char *text;
		int want;
		int64_t real_us;
	} cases[] = {
		{ "1970-01-01T00:00:00Z", 1, 0 },
		{ "2026-11-22T14:03:11.123456Z", 1, 1795356191123456 },
		{ "2026-11-22t14:03:11.123456z", 1, 1795356191123456 },
		{ "2026-11-22 14:03:11.123456789Z", 1, 1795356191123456 },
		{ "2026-11-22T14:03:11.1Z", 1, 1795356191100000 },
		{ "2026-11-22T15:03:11.123456+01:00", 1, 1795356191123456 },
		{ "2026-11-22T08:33:11.123456-05:30", 1, 1795356191123456 },
		{ "2026-11-22T14:03:11.123456-00:00", 1, 1795356191123456 },
		{ "1970-01-01T00:00:00+23:59", 1, -86340000000 },
		{ "2016-12-31T23:59:60Z", 1, 1483228800000000 },
		{ "0000-01-01T00:00:00Z", 1, -62167219200000000 },
		{ "2000-02-29T00:00:00Z", 1, 951782400000000 },
		{ "2100-02-29T00:00:00Z", -EINVAL, 0 },
		{ "2026-02-29T00:00:00Z", -EINVAL, 0 },
		{ "2026-04-31T00:00:00Z", -EINVAL, 0 },
		{ "2026-00-01T00:00:00Z", -EINVAL, 0 },
		{ "2026-13-01T00:00:00Z", -EINVAL, 0 },
		{ "2026-11-00T00:00:00Z", -EINVAL, 0 },
		{ "2026-11-22T24:00:00Z", -EINVAL, 0 },
		{ "2026-11-22T14:60:00Z", -EINVAL, 0 },
		{ "2026-11-22T14:00:61Z", -EINVAL, 0 },
		{ "2026-11-22T14:00:00", -EINVAL, 0 },
		{ "2026-11-22T14:00:00.Z", -EINVAL, 0 },
		{ "2026-11-22T14:00:00Z ", -EINVAL, 0 },
		{ " 2026-11-22T14:00:00Z", -EINVAL, 0 },
		{ "2026-11-22T14:00:00+24:00", -EINVAL, 0 },
		{ "2026-11-22T14:00:00+0100", -EINVAL, 0 },
		{ "2026-11-22T14:00Z", -EINVAL, 0 },
		{ "2026-11-22", -EINVAL, 0 },
		{ "26-11-22T14:00:00Z", -EINVAL, 0 },
		{ "+2026-11-22T14:00:00Z", -EINVAL, 0 },
		{ "2026-1-22T14:00:00Z", -EINVAL, 0 },
		{ "", -EINVAL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		int64_t real_us = 0;

		print_message("%s\n", cases[i].text);
		assert_int_equal(ls_time_parse(cases[i].text, &real_us), cases[i].want);
		assert_true(real_us == cases[i].real_us);
	}
}

static void
times_survive_a_round_trip(void **state)
{
	(void)state;
	/* Odd steps, so that every field of the date takes many values. */
	for (int64_t us = -62167219200000000; us < 253402300799000000; us += 98765432109871) {
		char text[LS_TIME_MAX];
		int64_t back = 0;

		ls_time_format(us, text);
		assert_int_equal(ls_time_parse(text, &back), 1);
		assert_true(back == us);
	}
}

static void
knows_the_calendar(void **state)
{
	static const struct {
		int year, month, day;
		bool exists;
		int64_t days;
	} cases[] = {
		{ 1970, 1, 1, true, 0 },       { 1969, 12, 31, true, -1 },
		{ 2000, 2, 29, true, 11016 },  { 2100, 2, 29, false, 47541 },
		{ 2026, 4, 31, false, 20574 }, { 0, 1, 1, true, -719528 },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		assert_int_equal(ls_time_is_date(cases[i].year, cases[i].month, cases[i].day),
				 cases[i].exists);
		assert_true(ls_time_days(cases[i].year, cases[i].month, cases[i].day) ==
			    cases[i].days);
	}
	assert_false(ls_time_is_date(2026, 0, 1));
	assert_false(ls_time_is_date(2026, 13, 1));
	assert_false(ls_time_is_date(2026, 1, 0));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(formats_times),
		cmocka_unit_test(parses_times),
		cmocka_unit_test(times_survive_a_round_trip),
		cmocka_unit_test(knows_the_calendar),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
