#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "cli/base/when.h"
#include "lib/base/time.h"
#include "lib/wire/wire.h"

/* Sunday 2026-11-22 15:30:00 in Berlin, which is 14:30 UTC. */
#define NOW_US (INT64_C(1795357800) * 1000000)

static int
in_berlin(void **state)
{
	(void)state;
	setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
	tzset();
	return 0;
}

static void
understands_journalctl_times(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "now", "2026-11-22T14:30:00.000000Z" },
		{ " NOW", "2026-11-22T14:30:00.000000Z" },
		{ "today", "2026-11-21T23:00:00.000000Z" },
		{ "yesterday", "2026-11-20T23:00:00.000000Z" },
		{ "tomorrow", "2026-11-22T23:00:00.000000Z" },
		{ "yesterday 14:00", "2026-11-21T13:00:00.000000Z" },
		{ "-1h", "2026-11-22T13:30:00.000000Z" },
		{ "-30min", "2026-11-22T14:00:00.000000Z" },
		{ "- 30 min", NULL },
		{ "-1h30min", "2026-11-22T13:00:00.000000Z" },
		{ "-1h 30 min", "2026-11-22T13:00:00.000000Z" },
		{ "-1.5h", "2026-11-22T13:00:00.000000Z" },
		{ "+2d", "2026-11-24T14:30:00.000000Z" },
		{ "-1w", "2026-11-15T14:30:00.000000Z" },
		{ "-1M", "2026-10-23T04:00:00.000000Z" },
		{ "-250ms", "2026-11-22T14:29:59.750000Z" },
		{ "2 days ago", "2026-11-20T14:30:00.000000Z" },
		{ "1h left", "2026-11-22T15:30:00.000000Z" },
		{ "14:00", "2026-11-22T13:00:00.000000Z" },
		{ "9:05", "2026-11-22T08:05:00.000000Z" },
		{ "14:00:11.5", "2026-11-22T13:00:11.500000Z" },
		{ "2026-11-22", "2026-11-21T23:00:00.000000Z" },
		{ "2026-11-22 14:00", "2026-11-22T13:00:00.000000Z" },
		{ "2026-11-22 14:00:11", "2026-11-22T13:00:11.000000Z" },
		{ "2026-11-22T14:00:11", "2026-11-22T13:00:11.000000Z" },
		{ "2026-07-01 14:00", "2026-07-01T12:00:00.000000Z" }, /* summer time */
		{ "2026-11-22 14:00 UTC", "2026-11-22T14:00:00.000000Z" },
		{ "2026-11-22T14:00:11Z", "2026-11-22T14:00:11.000000Z" },
		{ "2026-11-22T14:00:11.25+05:30", "2026-11-22T08:30:11.250000Z" },
		{ "2024-02-29", "2024-02-28T23:00:00.000000Z" },
		{ "@1795357800", "2026-11-22T14:30:00.000000Z" },
		{ "@0.5", "1970-01-01T00:00:00.500000Z" },
		{ "@-1", "1969-12-31T23:59:59.000000Z" },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		char text[LS_TIME_MAX];
		const char *why = "";
		int64_t us = 0;

		print_message("%s\n", cases[i].text);
		if (!cases[i].want) {
			assert_int_equal(when_parse(cases[i].text, NOW_US, &us, &why), -EINVAL);
			continue;
		}
		assert_int_equal(when_parse(cases[i].text, NOW_US, &us, &why), 1);
		ls_time_format(us, text);
		assert_string_equal(text, cases[i].want);
	}
}

static void
reports_what_is_wrong(void **state)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
		{ "", "empty" },
		{ "   ", "empty" },
		{ "soon", "no time" },
		{ "todayish", "no time" },
		{ "-1", "unit" },
		{ "-1 parsec", "unit" },
		{ "-h", "number" },
		{ "-", "number" },
		{ "-1h ago", "follows" },
		{ "1h", "\"-\"" },
		{ "1", "unit" },
		{ "-999999999999999y", "too far" },
		{ "-99999y", "too far" },
		{ "-9999999999999999h", "number" },
		{ "2026-02-29", "calendar" },
		{ "2026-13-01", "calendar" },
		{ "2026-00-01", "calendar" },
		{ "2026-11-31", "calendar" },
		{ "0000-01-01", "calendar" },
		{ "2026-1-1", "form" },
		{ "2026-11-22 24:00", "time of day" },
		{ "12:60", "time of day" },
		{ "12:5", "form" },
		{ "12:00:", "form" },
		{ "12:00 noon", "follows" },
		{ "2026-11-22 noon", "wanted" },
		{ "today-1h", "wanted" },
		{ "@", "1970" },
		{ "@x", "1970" },
		{ "@12 ", "follows" },
		{ "@999999999999", "too far" },
		{ "2026-11-22T14:00:11Zjunk", "follows" },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		const char *why = "";
		int64_t us = 42;

		print_message("\"%s\"\n", cases[i].text);
		assert_int_equal(when_parse(cases[i].text, NOW_US, &us, &why), -EINVAL);
		print_message("  %s\n", why);
		assert_non_null(strstr(why, cases[i].why));
		assert_int_equal(us, 42);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(understands_journalctl_times, in_berlin),
		cmocka_unit_test_setup(reports_what_is_wrong, in_berlin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
