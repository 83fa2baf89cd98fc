#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/observe/restore_log.h"

static void
places_are_reported(void **state)
{
	static const struct {
		const char *output, *want; /* "": not known */
	} cases[] = {
		{ "", "" },
		{ "hello\n", "" },
		{ "progress: 2 0.370000\n", "at 37 % of the file system" },
		{ "progress: 3 1.0\n", "at 100 % of verifying the file system" },
		{ "progress: 2 0.37", "" }, /* half a line */
		{ "progress: 9 0.5\n", "" },
		{ "progress: 2 1.5\n", "" },
		{ "progress: 2 99999999999999999999\n", "" },
		{ "Sending filesystem now...\n", "in the file system" },
		{ "Sending filesystem now...\n\r[==   ]  12.0%\r[==   ]  37.9%",
		  "at 37 % of the file "
		  "system" },
		{ "[==   ]  5%", "at 5 %" },
		{ "Sending filesystem\n 57%|#####    | 31190/54272 [02:04<01:16, 303.59it/s]\r",
		  "at 57 % of the file system" },
		{ "[==   ]  500%\n", "" },
		{ "Verifying restore (14)\n", "in \"Verifying restore\"" },
		{ "Verifying restore (14)\n\r[= ]  3.0%", "at 3 % of \"Verifying restore\"" },
		{ "14:03:11.123 <info> Flashing firmware (18)\n", "in \"Flashing firmware\"" },
		{ "Device: iPhone (14)\n", "" },
		{ "Something (2014)\n", "" },
		{ "lower (14)\n", "" },
		{ "Device failed to enter restore mode.\n", "" },
		{ "Device 00 has successfully entered restore mode\n", "5 s into restore mode" },
		{ "14:03:11.123 <info> Device 00 has successfully entered restore mode\n"
		  "progress: 2 0.01\n",
		  "at 1 % of the file system, 5 s into restore mode" },
	};
	struct ls_restore_log *log = calloc(1, sizeof(*log));

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		struct ls_job_place place;

		print_message("%s\n", cases[i].output);
		ls_restore_log_init(log);
		for (const char *at = cases[i].output; *at; at++) /* any cut gives the same */
			ls_restore_log_feed(log, at, 1, 1000);
		assert_int_equal(ls_restore_log_place(log, 1000 + 5 * (int64_t)LS_SEC, &place),
				 cases[i].want[0] != '\0');
		assert_string_equal(place.text, cases[i].want);
		assert_string_equal(place.phase, strstr(cases[i].want, "% of the file system")
							 ? "file system"
							 : "");
		assert_int_equal(place.percent >= 0, place.phase[0] != '\0');
		if (place.percent >= 0)
			assert_int_equal(atoi(cases[i].want + strlen("at ")), place.percent);
		assert_int_equal(ls_restore_log_place(log, 999, &place), 0); /* before all that */
	}
	free(log);
}

/* Of several moments that one counts. */
static void
the_moment_counts(void **state)
{
	struct ls_restore_log *log = calloc(1, sizeof(*log));
	struct ls_job_place place;
	char line[64];

	(void)state;
	ls_restore_log_init(log);
	for (int i = 0; i < 4000; i++) { /* more than are kept */
		int len = snprintf(line, sizeof(line), "progress: %d 0.%03d000\n", i % 7, i % 1000);

		ls_restore_log_feed(log, line, (size_t)len, i);
	}
	assert_int_equal(ls_restore_log_place(log, 3996, &place), 1);
	assert_string_equal(place.text, "at 99 % of sending FUD data");
	assert_int_equal(ls_restore_log_place(log, 5000, &place), 1);
	assert_string_equal(place.text, "at 99 % of the file system");
	assert_int_equal(ls_restore_log_place(log, 10, &place), 0); /* forgotten */
	free(log);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(places_are_reported),
		cmocka_unit_test(the_moment_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
