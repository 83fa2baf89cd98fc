#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/text.h"

static void
cleans(void **state)
{
	static const struct {
		const char *src, *want;
	} cases[] = {
		{ "", "" },
		{ "SanDisk 3.2Gen1", "SanDisk 3.2Gen1" },
		{ "Prüfgerät 東京 🔌", "Prüfgerät 東京 🔌" },
		{ "a\tb\nc\x1b[31m", "a\\x09b\\x0ac\\x1b[31m" },
		{ "\x7f", "\\x7f" },
		{ "\xc2\x9b", "\\u{009b}" }, /* CSI as one character */
		{ "\xe2\x80\xae"
		  "exe",
		  "\\u{202e}exe" },		 /* right-to-left override */
		{ "\xe2\x80\xa8", "\\u{2028}" }, /* line separator */
		{ "\xef\xbb\xbf", "\\u{feff}" },
		{ "\xf3\xa0\x81\x81", "\\u{e0041}" }, /* tag character */
		{ "\xf4\x8f\xbf\xbf", "\\u{10ffff}" },
		{ "\xff\xfe", "\\xff\\xfe" },
		{ "\xc0\xaf", "\\xc0\\xaf" },	       /* overlong "/" */
		{ "\xe0\x80\xaf", "\\xe0\\x80\\xaf" }, /* the same */
		{ "\xed\xa0\x80", "\\xed\\xa0\\x80" }, /* surrogate */
		{ "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80" },
		{ "x\xe2\x82", "x\\xe2\\x82" }, /* cut short */
		{ "\\x41", "\\x5cx41" },
		{ "\\u{41}", "\\x5cu{41}" },
		{ "\\\\x", "\\\\x5cx" },
		{ "C:\\usb\\", "C:\\x5cusb\\" },
		{ "\\y", "\\y" },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		char dst[64];

		print_message("%s\n", cases[i].want);
		ls_text_clean(dst, sizeof(dst), cases[i].src, strlen(cases[i].src));
		assert_string_equal(dst, cases[i].want);
	}
}

static void
keeps_nul_bytes_visible(void **state)
{
	char dst[16];

	(void)state;
	ls_text_clean(dst, sizeof(dst), "a\0b", 3);
	assert_string_equal(dst, "a\\x00b");
}

static void
cuts_at_whole_units(void **state)
{
	static const struct {
		const char *src, *want;
	} cases[] = {
		{ "12345678", "12345678" }, { "123456789", "12345…" }, { "123456€", "12345…" },
		{ "12345€", "12345€" },	    { "12345€6", "12345…" },   { "1234€€", "1234…" },
		{ "12\n\n", "12…" }, /* "\x0a" stays whole */
		{ "\n\n", "\\x0a\\x0a" },   { "\n\n\n", "\\x0a…" },    { "\xf3\xa0\x81\x81", "…" },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		char dst[9];

		print_message("%s\n", cases[i].want);
		ls_text_clean(dst, sizeof(dst), cases[i].src, strlen(cases[i].src));
		assert_string_equal(dst, cases[i].want);
	}
}

static void
formats_whole_characters(void **state)
{
	static const struct {
		const char *src, *want;
	} cases[] = {
		{ "1234567", "1234567" }, { "123456789", "12345678" }, { "12345€€", "12345€" },
		{ "123456€", "123456" },  { "1234567é", "1234567" },   { "123456éé", "123456é" },
		{ "12345🔌", "12345" },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		char dst[9];

		print_message("%s\n", cases[i].want);
		ls_text_format(dst, sizeof(dst), "%s", cases[i].src);
		assert_string_equal(dst, cases[i].want);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cleans),
		cmocka_unit_test(keeps_nul_bytes_visible),
		cmocka_unit_test(cuts_at_whole_units),
		cmocka_unit_test(formats_whole_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
