#include <errno.h>
#include <getopt.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/options.h"
#include "lib/base/base.h"

static void
takes_what_is_right_and_refuses_the_rest(void **state)
{
	static const struct {
		const char *args[5];
		int want;
		unsigned int ring_kib;
	} cases[] = {
		{ { "linkstatd" }, 1, 0 },
		{ { "linkstatd", "--usbmon-ring", "512" }, 1, 512 },
		{ { "linkstatd", "--usbmon-ring", "7" }, -EINVAL, 0 },
		{ { "linkstatd", "--usbmon-ring", "8k" }, -EINVAL, 0 },
		{ { "linkstatd", "--usbmon-ring", "" }, -EINVAL, 0 },
		{ { "linkstatd", "--usbmon-ring", "-8" }, -EINVAL, 0 },
		{ { "linkstatd", "--keep-days=7", "--keep-size=8" }, 1, 0 },
		{ { "linkstatd", "--keep-days", "0" }, -EINVAL, 0 },
		{ { "linkstatd", "--keep-days", "1y" }, -EINVAL, 0 },
		{ { "linkstatd", "--keep-size", "7" }, -EINVAL, 0 },
		{ { "linkstatd", "--keep-size", "99999999999999999999" }, -EINVAL, 0 },
		{ { "linkstatd", "--socket" }, -EINVAL, 0 },
		{ { "linkstatd", "surplus" }, -EINVAL, 0 },
		{ { "linkstatd", "--families", "dir", "surplus" }, -EINVAL, 0 },
		{ { "linkstatd", "--nonsense" }, -EINVAL, 0 },
		{ { "linkstatd", "--version" }, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		struct options options = { 0 };
		char *argv[6] = { 0 };
		int argc = 0;

		for (; cases[i].args[argc]; argc++)
			argv[argc] = (char *)(uintptr_t)cases[i].args[argc];
		optind = 0; /* glibc: start over */
		print_message("case %zu\n", i);
		assert_int_equal(options_parse(argc, argv, &options), cases[i].want);
		assert_int_equal(options.usbmon_ring_kib, cases[i].ring_kib);
	}
}

static void
checks_the_files_that_are_named(void **state)
{
	char *argv[] = { (char *)(uintptr_t) "linkstatd", (char *)(uintptr_t) "--check-families",
			 (char *)(uintptr_t) "a.ini", (char *)(uintptr_t) "b.ini", NULL };
	struct options options = { 0 };

	(void)state;
	for (int argc = 1; argc <= 4; argc++) {
		optind = 0; /* glibc: start over */
		assert_int_equal(options_parse(argc, argv, &options), 1);
		assert_int_equal(options.check_families, argc > 1);
		assert_int_equal(options.n_check, argc > 2 ? argc - 2 : 0);
		assert_string_equal(options.families_dir, "/etc/linkstat/families.d");
	}
	assert_string_equal(options.check[1], "b.ini");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_what_is_right_and_refuses_the_rest),
		cmocka_unit_test(checks_the_files_that_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
