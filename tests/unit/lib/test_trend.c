#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/attribution/trend.h"

/* A digit is time without a drop, x is a drop. */
static struct ls_clean_run
run_of(const char *text, size_t len)
{
	struct ls_clean_run run = { 0 };

	for (size_t i = 0; i < len; i++) {
		if (text[i] == 'x')
			ls_clean_run_drop(&run);
		else
			ls_clean_run_add(&run, text[i] - '0');
	}
	return run;
}

static void
the_longest_is_found(void **state)
{
	static const struct {
		const char *text;
		double all, head, tail, best;
	} cases[] = {
		{ "", 0, 0, 0, 0 },	 { "3", 3, 3, 3, 3 },	       { "12", 3, 3, 3, 3 },
		{ "x", 0, 0, 0, 0 },	 { "3x", 3, 3, 0, 3 },	       { "x4", 4, 0, 4, 4 },
		{ "1x5x2", 8, 1, 2, 5 }, { "23x41x2x9", 21, 5, 9, 9 }, { "xx7xx", 7, 0, 0, 7 },
		{ "0x0", 0, 0, 0, 0 },	 { "9x1x12", 13, 9, 3, 9 },    { "11x22", 6, 2, 4, 4 },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		struct ls_clean_run run = run_of(cases[i].text, strlen(cases[i].text));

		print_message("\"%s\"\n", cases[i].text);
		assert_true(run.all == cases[i].all && run.head == cases[i].head);
		assert_true(run.tail == cases[i].tail && run.best == cases[i].best);
	}
}

/* Cut anywhere, even twice, and joined again it is the same. */
static void
pieces_join_to_the_whole(void **state)
{
	static const char text[] = "12x3xx4051x01x7x22";
	const size_t len = sizeof(text) - 1;

	(void)state;
	for (size_t a = 0; a <= len; a++) {
		for (size_t b = a; b <= len; b++) {
			struct ls_clean_run whole = run_of(text, len), run = run_of(text, a);
			struct ls_clean_run middle = run_of(text + a, b - a);
			struct ls_clean_run end = run_of(text + b, len - b);

			ls_clean_run_join(&run, &middle);
			ls_clean_run_join(&run, &end);
			assert_true(run.all == whole.all && run.head == whole.head);
			assert_true(run.tail == whole.tail && run.best == whole.best);
			assert_int_equal(run.dropped, whole.dropped);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_longest_is_found),
		cmocka_unit_test(pieces_join_to_the_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
