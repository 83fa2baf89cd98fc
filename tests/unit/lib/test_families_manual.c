/* linkstat-families(5) matches the program: the example works, and no key is missing. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/families/families.h"
#include "lib/families/ini.h"

static char manual[32768];

static int
read_manual(void **state)
{
	char path[512];
	FILE *file;

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/cli/linkstat-families.5", getenv("SOURCE_DIR"));
	file = fopen(path, "r");
	assert_non_null(file);
	assert_true(fread(manual, 1, sizeof(manual) - 1, file) > 1000);
	assert_true(feof(file));
	assert_int_equal(fclose(file), 0);
	return 0;
}

static const struct ls_mode *
mode_of(const struct ls_families *families, uint16_t pid, const struct ls_mode *before)
{
	const struct ls_device device = { .vid = 0x1209, .pid = pid };

	return ls_families_mode(families, &device, before, LS_SEC);
}

static void
read_example(struct ls_families *families)
{
	static const char begin[] = ".nf\n.RS\n";
	const char *text = strstr(manual, begin), *end = text ? strstr(text, ".RE\n.fi") : NULL;
	char why[LS_TEXT_MAX] = "";

	assert_non_null(end);
	text += strlen(begin);
	if (ls_families_read(families, "example", text, (size_t)(end - text), why) < 0)
		fail_msg("%s", why);
}

static void
the_example_works(void **state)
{
	static const struct ls_device running = { .vid = 0x1209,
						  .pid = 0x7001,
						  .serial = "W-0042" };
	static const struct ls_device loading = {
		.vid = 0x1209,
		.pid = 0x7002,
		.serial = "BOOT W-0042",
	};
	ls_auto(ls_families) *families = NULL;
	char identity[2][LS_IDENTITY_MAX];
	const struct ls_mode *app, *loader;

	(void)state;
	assert_int_equal(ls_families_new(&families), 0);
	read_example(families);
	app = mode_of(families, 0x7001, NULL);
	loader = mode_of(families, 0x7002, app);
	assert_string_equal(loader->title, "boot loader");
	assert_int_equal(loader->stall_us, 60 * LS_SEC);
	assert_true(loader->busy);
	assert_non_null(ls_families_edge(families, app, loader, 2 * LS_SEC));
	assert_null(ls_families_edge(families, app, loader, 6 * LS_SEC));
	assert_non_null(ls_families_edge(families, loader, app, 20 * LS_SEC));
	assert_null(ls_families_edge(families, loader, loader, 3 * LS_SEC));
	assert_int_equal(ls_families_edge(families, loader, loader, 4 * LS_SEC)->meaning,
			 LS_EDGE_REBOOT);
	ls_families_identity(families, &running, identity[0]);
	ls_families_identity(families, &loading, identity[1]);
	assert_string_equal(identity[0], "widget:serial:0042");
	assert_int_equal(ls_families_match_identities(identity[0], identity[1]), LS_IDENTITY_SAME);
}

/* The refusal of a wrong key lists those that are allowed. */
static void
every_key_is_in_the_manual(void **state)
{
	static const char *const sections[] = { "[a b]", "[a b, c]", "[a b -> c]", "[a identity]" };
	ls_auto(ls_families) *families = NULL;
	unsigned int n_keys = 0;

	(void)state;
	assert_int_equal(ls_families_new(&families), 0);
	for (size_t i = 0; i < LS_COUNT(sections); i++) {
		char text[64], why[LS_TEXT_MAX], *rest;
		int len = snprintf(text, sizeof(text), "%s\nx = y\n", sections[i]);

		assert_int_equal(ls_families_read(families, "x", text, (size_t)len, why), -EINVAL);
		rest = strstr(why, "allowed are ");
		assert_non_null(rest);
		rest += strlen("allowed are ");
		for (char *key = strtok(rest, ", "); key; key = strtok(NULL, ", ")) {
			print_message("%s\n", key);
			assert_null(strstr(key, "…"));
			(void)snprintf(text, sizeof(text), "%s", key);
			assert_non_null(strstr(manual, text));
			n_keys++;
		}
	}
	assert_int_equal(n_keys, 19 + 14 + 4 + 17);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_example_works),
		cmocka_unit_test(every_key_is_in_the_manual),
	};

	return cmocka_run_group_tests(tests, read_manual, NULL);
}
