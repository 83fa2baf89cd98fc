/* Family files of users: what is accepted, and the messages for what is not. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/families/families.h"
#include "lib/families/ini.h"

#define BOARD                                                                                      \
	"[board app]\ntitle = in use\nid = 1209:0001\n"                                            \
	"[board loader]\ntitle = boot loader\nid = 1209:0002\n"
#define EDGE(keys) BOARD "[board app -> loader]\n" keys

static int
read_text(struct ls_families *families, const char *text, char why[LS_TEXT_MAX])
{
	/* A copy of exactly this size: the sanitizer sees each byte read beyond it. */
	size_t len = strlen(text);
	char *copy = malloc(len + 1);
	int r;

	assert_non_null(copy);
	memcpy(copy, text, len);
	copy = realloc(copy, len ? len : 1);
	r = ls_families_read(families, "my.ini", copy, len, why);
	free(copy);
	return r;
}

static void
names_the_line_that_is_wrong(void **state)
{
	static const struct {
		const char *text, *where, *says;
	} cases[] = {
		{ "nonsense\n", "my.ini:1: ", "neither [SECTION] nor" },
		{ "title = x\n", "my.ini:1: ", "belongs to no section" },
		{ "[board]\ntitle = x\n", "my.ini:1: ", "is no heading" },
		{ "[Board app]\ntitle = x\n", "my.ini:1: ", "is no heading" },
		{ "[board app -> ]\nwindow = 1 s\n", "my.ini:1: ", "is no heading" },
		{ "[board * -> *]\nwindow = 1 s\n", "my.ini:1: ", "is no heading" },
		{ "[board *]\ntitle = x\n", "my.ini:1: ", "is no heading" },
		{ "[board app x]\ntitle = x\n", "my.ini:1: ", "is no heading" },
		{ "[board app, ]\nvid = 1\n", "my.ini:1: ", "is no heading" },
		{ "[board app\ntitle = x\n", "my.ini:1: ", "lacks its ]" },
		{ "# fine\n\n[board app]\n[board loader]\ntitle = x\n", "my.ini:3: ", "is empty" },
		{ "\n\n[board app]\n", "my.ini:3: ", "is empty" },
		{ "[board app]\nid = 1209:0001\n", "my.ini:1: ", "lacks \"title\"" },
		{ "[board app]\ntitle = x\n", "my.ini:1: ", "which devices" },
		{ "[board app]\ntitle = x\ncolour = red\n",
		  "my.ini:3: ", "\"colour\" says nothing" },
		{ "[board app]\ntitle = x\nwindow = 3 s\n", "my.ini:3: ", "allowed are id, vid" },
		{ "[board app]\ntitle = x\ntitle = y\n", "my.ini:3: ", "said before" },
		{ "[board app]\ntitle =\n", "my.ini:2: ", "has no value" },
		{ "[board app]\nid = 1209\n", "my.ini:2: ", "VENDOR:PRODUCT in hex" },
		{ "[board app]\nid = 1209:0001, 12:x\n", "my.ini:2: ", "\"12:x\"" },
		{ "[board app]\nid = 1209:0002-0001\n", "my.ini:2: ", "VENDOR:PRODUCT" },
		{ "[board app]\nid = 11209:0001\n", "my.ini:2: ", "VENDOR:PRODUCT" },
		{ "[board app]\nid = 1209:0001,\n", "my.ini:2: ", "\"\" is not allowed" },
		{ "[board app]\nvid = 10000\n", "my.ini:2: ", "up to ffff" },
		{ "[board app]\nvid = *\n", "my.ini:2: ", "up to ffff" },
		{ "[board app]\ndevice_class = 100\n", "my.ini:2: ", "up to ff" },
		{ "[board app]\nn_configurations = 256\n", "my.ini:2: ", "up to 255" },
		{ "[board app]\ni_serial = -1\n", "my.ini:2: ", "up to 255" },
		{ "[board app]\ninterface = ff/42\n", "my.ini:2: ", "CLASS/SUBCLASS/PROTOCOL" },
		{ "[board app]\nbusy = maybe\n", "my.ini:2: ", "yes or no" },
		{ "[board app]\nstall = 30\n", "my.ini:2: ", "with its unit" },
		{ "[board app]\nstall = 30 hours\n", "my.ini:2: ", "with its unit" },
		{ "[board app]\nstall = 1441 min\n", "my.ini:2: ", "up to 24 hours" },
		{ "[board app]\nstall = 99999999999999999999 s\n", "my.ini:2: ", "up to 24 hours" },
		{ BOARD "[board  app]\ntitle = x\n", "my.ini:7: ", "in line 1 already" },
		{ BOARD "[board flash, x]\nvid = 1\n", "my.ini:7: ", "no mode \"flash\"" },
		{ BOARD "[board app -> flash]\nwindow = 1 s\nwhy = x\n",
		  "my.ini:7: ", "no mode \"flash\"" },
		{ BOARD "[other app -> loader]\nwindow = 1 s\nwhy = x\n",
		  "my.ini:7: ", "no mode \"app\" in the family \"other\"" },
		{ EDGE("why = x\n"), "my.ini:7: ", "lacks \"window\"" },
		{ EDGE("window = 1 s\n"), "my.ini:7: ", "lacks \"why\"" },
		{ EDGE("window = 1 s\nwhy = x\nmin = 2 s\n"), "my.ini:7: ", "longer than" },
		{ EDGE("meaning = bad\n"), "my.ini:8: ", "expected or reboot" },
		{ EDGE("title = x\n"), "my.ini:8: ", "a change of mode; allowed are window, min" },
		{ "[board identity, x]\nvid = 1\nkind = a\n", "my.ini:1: ", "lacks \"take\"" },
		{ "[board identity, x]\nvid = 1\nkind = A b\n", "my.ini:3: ", "one short name" },
		{ "[board identity, x]\ntake = last 65\n", "my.ini:2: ", "last N" },
		{ "[board identity, x]\ntake = last 0\n", "my.ini:2: ", "last N" },
		{ "[board identity, x]\ntake = after\n", "my.ini:2: ", "after TEXT" },
		{ "[a-family-with-a-long-name a-mode-with-a-name, and more]\nvid = 1\n",
		  "my.ini:1: ", "too long" },
		{ "[board app]\r\ntitle = x\r\nbusy = 1\r\n", "my.ini:3: ", "yes or no" },
		{ "[board app]\n  title = x\n\tbusy = 1\n", "my.ini:3: ", "yes or no" },
		{ "[board app]\nid = \x1b[31m\n", "my.ini:2: ", "\"\\x1b[31m\"" },
	};
	ls_auto(ls_families) *families = NULL;

	(void)state;
	assert_int_equal(ls_families_new(&families), 0);
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		char why[LS_TEXT_MAX] = "";

		print_message("%s", cases[i].text);
		assert_int_equal(read_text(families, cases[i].text, why), -EINVAL);
		print_message("-> %s\n", why);
		assert_int_equal(strncmp(why, cases[i].where, strlen(cases[i].where)), 0);
		assert_non_null(strstr(why, cases[i].says));
	}
}

static void
refuses_long_lines_and_zero_bytes(void **state)
{
	ls_auto(ls_families) *families = NULL;
	char text[512], why[LS_TEXT_MAX];
	int len;

	(void)state;
	assert_int_equal(ls_families_new(&families), 0);
	for (int width = 180; width < 240; width++) {
		len = snprintf(text, sizeof(text), "[board app]\nid = 1209:1\ntitle = %0*d\n",
			       width - 8, 7);
		assert_int_equal(ls_families_read(families, "x", text, (size_t)len, why),
				 width <= 190 ? 1 : -EINVAL);
	}
	assert_int_equal(strncmp(why, "x:3: this line is too long", 26), 0);
	assert_int_equal(ls_families_read(families, "x", "[a b]\nvid\0 = 1\n", 15, why), -EINVAL);
	assert_int_equal(strncmp(why, "x:2: there is a zero byte", 25), 0);
}

static void
takes_what_is_right(void **state)
{
	static const char *const cases[] = {
		"",
		"\n; nothing\n# at all\n",
		BOARD,
		"\xef\xbb\xbf" BOARD,
		"[board app]\r\ntitle = x\r\nvid = 0x1209 ; a remark\r\n",
		"  [board   app]\n  title: x\n  id = 1209:*",
		EDGE("window = 1500 ms\nmin=1s\nmeaning = reboot\nwhy = x\n"),
		BOARD "[board loader -> *]\nwindow = 1 min\nwhy = x\n",
		BOARD "[board loader->app]\nwindow = 1 min\nwhy = x\n",
		BOARD "[board loader, the first ones]\nproduct = *boot*, ?oader\n",
		"[board identity]\nmanufacturer = me\nkind = sn\ntake = all\n",
		"[apple normal, of a future]\nid = 05ac:1290\n",
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		ls_auto(ls_families) *families = NULL;
		char why[LS_TEXT_MAX] = "";

		print_message("%s\n", cases[i]);
		assert_int_equal(ls_families_new(&families), 0);
		assert_int_equal(read_text(families, cases[i], why), 1);
	}
}

static const char *
mode_of(const struct ls_families *families, uint16_t vid, uint16_t pid)
{
	const struct ls_device device = { .vid = vid, .pid = pid };
	const struct ls_mode *mode = ls_families_mode(families, &device, NULL, 0);

	return mode ? mode->title : "";
}

static void
a_later_file_comes_first(void **state)
{
	ls_auto(ls_families) *families = NULL;
	char why[LS_TEXT_MAX];

	(void)state;
	assert_int_equal(ls_families_new(&families), 0);
	assert_string_equal(mode_of(families, 0x05ac, 0x1281), "recovery mode");
	assert_int_equal(read_text(families, "[mine phone]\ntitle = mine\nid = 05ac:1281\n", why),
			 1);
	assert_string_equal(mode_of(families, 0x05ac, 0x1281), "mine");
	assert_int_equal(read_text(families, "[mine phone]\ntitle = mine\nid = 05ac:9999\n", why),
			 1);
	assert_string_equal(mode_of(families, 0x05ac, 0x1281), "recovery mode");
	assert_int_equal(read_text(families,
				   "[apple recovery]\ntitle = R\nid = 05ac:1281\nbusy = yes\n",
				   why),
			 1);
	assert_string_equal(mode_of(families, 0x05ac, 0x1281), "R");
}

static void
edges_follow_a_mode_that_was_replaced(void **state)
{
	static const struct ls_device recovery = { .vid = 0x05ac, .pid = 0x1281 };
	static const struct ls_device normal = { .vid = 0x05ac, .pid = 0x12a8 };
	ls_auto(ls_families) *families = NULL;
	const struct ls_mode *from, *to;
	char why[LS_TEXT_MAX];

	(void)state;
	assert_int_equal(ls_families_new(&families), 0);
	assert_int_equal(read_text(families,
				   "[apple recovery]\ntitle = R\nid = 05ac:1281\n"
				   "[apple recovery -> normal]\nwindow = 500 s\nwhy = mine\n",
				   why),
			 1);
	from = ls_families_mode(families, &recovery, NULL, 0);
	to = ls_families_mode(families, &normal, from, 400 * LS_SEC);
	assert_int_equal(from->return_us, 500 * LS_SEC);
	assert_string_equal(ls_families_edge(families, from, to, 400 * LS_SEC)->why, "mine");
	assert_null(ls_families_edge(families, from, to, 501 * LS_SEC));
}

static void
a_wrong_file_changes_nothing(void **state)
{
	ls_auto(ls_families) *families = NULL;
	char why[LS_TEXT_MAX];

	(void)state;
	assert_int_equal(ls_families_new(&families), 0);
	assert_int_equal(read_text(families,
				   "[apple recovery]\ntitle = mine\nid = 05ac:1281\n"
				   "[board app]\ntitle = x\nid = 1209:1\nbusy = 2\n",
				   why),
			 -EINVAL);
	assert_string_equal(mode_of(families, 0x05ac, 0x1281), "recovery mode");
	assert_string_equal(mode_of(families, 0x1209, 0x0001), "");
}

static const char looks[] =
	"[t glob]\ntitle = glob\nserial = AB*9?, x\n"
	"[t two]\ntitle = two\nvid = 0002\nproduct = *boot*\n"
	"[t class]\ntitle = class\nvid = 3\ndevice_class = e0-ef\n"
	"[t version]\ntitle = version\nvid = 4\nbcd_device = 0-04ff\n"
	"[t configs]\ntitle = configs\nvid = 5\nn_configurations = 2-3\n"
	"[t indices]\ntitle = indices\nvid = 6\ni_manufacturer = 1\ni_product = 2\ni_serial = 0\n"
	"[t interface]\ntitle = interface\nvid = 7\ninterface = fe/*/02\n"
	"[t hex]\ntitle = hex\nvid = 8\nserial_hex = 8, 12-16\n"
	"[t maker]\ntitle = maker\npid = 77\nmanufacturer = acme*\n";

static void
a_rule_requires_all_its_keys(void **state)
{
	static const struct {
		struct ls_device device;
		const char *mode;
	} cases[] = {
		{ { .vid = 1, .serial = "abcd90" }, "glob" },
		{ { .vid = 1, .serial = "AB9x" }, "glob" },
		{ { .vid = 1, .serial = "AB9x9y9" }, "" },
		{ { .vid = 1, .serial = "X" }, "glob" },
		{ { .vid = 1, .serial = "xx" }, "" },
		{ { .vid = 2, .product = "My Bootloader" }, "two" },
		{ { .vid = 2, .product = "My Loader" }, "" },
		{ { .vid = 1, .product = "My Bootloader" }, "" },
		{ { .vid = 2 }, "" },
		{ { .vid = 3, .device_class = 0xe5 }, "class" },
		{ { .vid = 3, .device_class = 0xdf }, "" },
		{ { .vid = 4, .bcd_device = 0x04ff }, "version" },
		{ { .vid = 4, .bcd_device = 0x0500 }, "" },
		{ { .vid = 5, .n_configurations = 3 }, "configs" },
		{ { .vid = 5, .n_configurations = 1 }, "" },
		{ { .vid = 6, .i_manufacturer = 1, .i_product = 2 }, "indices" },
		{ { .vid = 6, .i_manufacturer = 1, .i_product = 2, .i_serial = 3 }, "" },
		{ { .vid = 6 }, "" },
		{ { .vid = 7, .n_interfaces = 1, .interfaces = { { 0xfe, 9, 2 } } }, "interface" },
		{ { .vid = 7, .n_interfaces = 1, .interfaces = { { 0xfe, 9, 1 } } }, "" },
		{ { .vid = 7, .interfaces = { { 0xfe, 9, 2 } } }, "" },
		{ { .vid = 8, .serial = "0123cdef" }, "hex" },
		{ { .vid = 8, .serial = "0123456789ab" }, "hex" },
		{ { .vid = 8, .serial = "0123cdeg" }, "" },
		{ { .vid = 8, .serial = "0123cde" }, "" },
		{ { .vid = 9, .pid = 0x77, .manufacturer = "ACME Ltd" }, "maker" },
		{ { .vid = 9, .pid = 0x78, .manufacturer = "ACME Ltd" }, "" },
		{ { .pid = 0x77, .manufacturer = "ACME Ltd" }, "" },
	};
	ls_auto(ls_families) *families = NULL;
	char why[LS_TEXT_MAX] = "";

	(void)state;
	assert_int_equal(ls_families_new(&families), 0);
	assert_int_equal(read_text(families, looks, why), 1);
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		const struct ls_mode *mode = ls_families_mode(families, &cases[i].device, NULL, 0);

		print_message("case %zu\n", i);
		assert_string_equal(mode ? mode->title : "", cases[i].mode);
	}
}

static void
takes_an_identity_as_defined(void **state)
{
	static const char rules[] =
		"[t identity, 1]\nvid = 1\nkind = a\ntake = last 4\n"
		"[t identity, 2]\nvid = 2\nkind = b\ntake = after SN=\nexcept = none, ?\n"
		"[t identity, 3]\nvid = 3\nkind = c\ntake = all\n";
	static const struct {
		uint16_t vid;
		const char *serial, *identity;
	} cases[] = {
		{ 1, "AABBCCDD", "t:a:ccdd" },
		{ 1, "ABC", "" },
		{ 2, "x sn=Zz9 y", "t:b:zz9" },
		{ 2, "sn=NONE", "" },
		{ 2, "sn=7", "" },
		{ 2, "sn=", "" },
		{ 2, "zz9", "" },
		{ 3, "a b", "t:c:a b" },
		{ 4, "abcd", "" },
	};
	ls_auto(ls_families) *families = NULL;
	char why[LS_TEXT_MAX] = "";

	(void)state;
	assert_int_equal(ls_families_new(&families), 0);
	assert_int_equal(read_text(families, rules, why), 1);
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		struct ls_device device = { .vid = cases[i].vid };
		char identity[LS_IDENTITY_MAX] = "?";

		print_message("%s\n", cases[i].serial);
		(void)snprintf(device.serial, sizeof(device.serial), "%s", cases[i].serial);
		ls_families_identity(families, &device, identity);
		assert_string_equal(identity, cases[i].identity);
	}
}

static void
an_identity_that_is_too_long_is_none(void **state)
{
	struct ls_device device = { .vid = 1 };
	ls_auto(ls_families) *families = NULL;
	char why[LS_TEXT_MAX] = "", identity[LS_IDENTITY_MAX];

	(void)state;
	assert_int_equal(ls_families_new(&families), 0);
	assert_int_equal(read_text(families, "[t identity]\nvid = 1\nkind = a\ntake = all\n", why),
			 1);
	for (size_t len = 1; len < LS_STRING_MAX; len++) {
		memset(device.serial, 'x', len);
		ls_families_identity(families, &device, identity);
		assert_int_equal(strlen(identity), len + 4 < LS_IDENTITY_MAX ? len + 4 : 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_the_line_that_is_wrong),
		cmocka_unit_test(refuses_long_lines_and_zero_bytes),
		cmocka_unit_test(takes_what_is_right),
		cmocka_unit_test(a_later_file_comes_first),
		cmocka_unit_test(edges_follow_a_mode_that_was_replaced),
		cmocka_unit_test(a_wrong_file_changes_nothing),
		cmocka_unit_test(a_rule_requires_all_its_keys),
		cmocka_unit_test(takes_an_identity_as_defined),
		cmocka_unit_test(an_identity_that_is_too_long_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
