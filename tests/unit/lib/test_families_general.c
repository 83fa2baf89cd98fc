/* What needs no table: is it the same device in another mode, and are two identities one? */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "lib/families/families.h"

#define NORMAL .vid = 0x05ac, .pid = 0x12a8, .bcd_device = 0x1502, .n_configurations = 4

static void
tells_a_mode_from_a_flap_and_from_another_device(void **state)
{
	static const struct {
		struct ls_device before, after;
		enum ls_change change;
		const char *what;
	} cases[] = {
		{ { NORMAL }, { NORMAL }, LS_CHANGE_NONE, "" },
		{ { NORMAL, .serial = "A1" }, { NORMAL, .serial = "A1" }, LS_CHANGE_NONE, "" },
		{ { NORMAL, .serial = "A1" }, { NORMAL }, LS_CHANGE_NONE, "" },
		{ { NORMAL, .serial = "A1" },
		  { NORMAL, .serial = "B7" },
		  LS_CHANGE_SPECIMEN,
		  "serial number" },
		{ { NORMAL, .serial = "12345678" },
		  { NORMAL, .serial = "1234abcd" },
		  LS_CHANGE_SPECIMEN,
		  "serial number" },
		{ { NORMAL, .serial = "1234abcd" },
		  { NORMAL, .serial = "CPID:10 A" },
		  LS_CHANGE_MODE,
		  "format of the serial number" },
		{ { NORMAL, .serial = "1234-678" },
		  { NORMAL, .serial = "12345678" },
		  LS_CHANGE_MODE,
		  "format of the serial number" },
		{ { .vid = 1, .pid = 2 }, { .vid = 1, .pid = 3 }, LS_CHANGE_MODE, "product id" },
		{ { .vid = 1, .pid = 2 }, { .vid = 4, .pid = 2 }, LS_CHANGE_VENDOR, "vendor id" },
		{ { .vid = 1, .pid = 2, .serial = "A1" },
		  { .vid = 4, .pid = 2, .serial = "A1" },
		  LS_CHANGE_MODE,
		  "vendor id" },
		{ { .vid = 1, .bcd_device = 1 },
		  { .vid = 1, .bcd_device = 2 },
		  LS_CHANGE_MODE,
		  "device version" },
		{ { .vid = 1, .bcd_device = 1 }, { .vid = 1 }, LS_CHANGE_NONE, "" },
		{ { .vid = 1, .bcd_device = 1, .n_configurations = 1 },
		  { .vid = 1, .n_configurations = 1 },
		  LS_CHANGE_MODE,
		  "device version" },
		{ { NORMAL },
		  { .vid = 0x05ac, .pid = 0x12a8, .bcd_device = 0x1502, .n_configurations = 5 },
		  LS_CHANGE_MODE,
		  "number of configurations" },
		{ { .vid = 1, .i_serial = 3 },
		  { .vid = 1, .i_serial = 4 },
		  LS_CHANGE_MODE,
		  "string indices" },
		{ { .vid = 1, .i_serial = 3 }, { .vid = 1 }, LS_CHANGE_NONE, "" },
		{ { .vid = 1, .product = "Loader" },
		  { .vid = 1, .product = "Board" },
		  LS_CHANGE_MODE,
		  "product name" },
		{ { .vid = 1, .product = "Loader" }, { .vid = 1 }, LS_CHANGE_NONE, "" },
		{ { .vid = 1, .n_interfaces = 1, .interfaces = { { 8, 6, 80 } } },
		  { .vid = 1, .n_interfaces = 1, .interfaces = { { 255, 6, 80 } } },
		  LS_CHANGE_MODE,
		  "interfaces" },
		{ { .vid = 1, .n_interfaces = 1, .interfaces = { { 8, 6, 80 } } },
		  { .vid = 1, .n_interfaces = 2, .interfaces = { { 8, 6, 80 }, { 8, 6, 80 } } },
		  LS_CHANGE_NONE,
		  "" },
		{ { .vid = 1, .n_interfaces = 1, .interfaces = { { 8, 6, 80 } } },
		  { .vid = 1, .n_interfaces = 2, .interfaces = { { 8, 6, 80 }, { 3, 1, 1 } } },
		  LS_CHANGE_MODE,
		  "interfaces" },
		{ { .vid = 1, .n_interfaces = 1, .interfaces = { { 8, 6, 80 } } },
		  { .vid = 1 },
		  LS_CHANGE_NONE,
		  "" },
		{ { .pid = 1 }, { .vid = 1, .pid = 2 }, LS_CHANGE_NONE, "" },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		const char *what = NULL;

		print_message("case %zu\n", i);
		assert_int_equal(ls_families_other_mode(&cases[i].before, &cases[i].after, &what),
				 cases[i].change);
		assert_string_equal(what, cases[i].what);
		assert_int_equal(ls_families_other_mode(&cases[i].after, &cases[i].before, &what),
				 cases[i].change);
		assert_string_equal(what, cases[i].what);
	}
}

static void
compares_identities_of_one_kind_only(void **state)
{
	static const struct {
		const char *before, *after;
		enum ls_kinship kinship;
	} cases[] = {
		{ "apple:ecid:01", "apple:ecid:01", LS_KIN_SAME },
		{ "apple:ecid:01", "apple:ecid:02", LS_KIN_OTHER },
		{ "apple:ecid:01", "apple:udid:01", LS_KIN_UNKNOWN },
		{ "apple:ecid:01", "android:ecid:01", LS_KIN_UNKNOWN },
		{ "apple:ecid:01", "", LS_KIN_UNKNOWN },
		{ "", "apple:ecid:01", LS_KIN_UNKNOWN },
		{ "", "", LS_KIN_UNKNOWN },
		{ "apple:ecid", "apple:ecid", LS_KIN_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		print_message("%s, %s\n", cases[i].before, cases[i].after);
		assert_int_equal(ls_families_kinship(cases[i].before, cases[i].after),
				 cases[i].kinship);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_a_mode_from_a_flap_and_from_another_device),
		cmocka_unit_test(compares_identities_of_one_kind_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
