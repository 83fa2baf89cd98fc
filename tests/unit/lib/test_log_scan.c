/* Keywords are found at any place, with nothing read past the text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/base.h"
#include "lib/logs/scan.h"

static const char *const keywords[] = {
	"usb",
	"USB",
	"Usb",
	" hub",
	"hci",
	"hcd",
	" HC died",
	"PM: ",
	" uas",
	" gspca",
	"resume error",
	" uvcvideo",
	" urb ",
	" dwc_otg",
	" Linux version",
	"cfgsel",
	"mfi-",
	" OOM killer",
	" Waking up",
	"printk messages",
	"kernel messages",
	"2:1.0",
	" Restarting tasks",
};

static const char *const others[] = {
	"github",      "us b",	    "u\0sb",	  "HC did",	    "PM:x",	    "linux version",
	"room killer", "resume ok", "10:11:12.5", "kernel message", "\xf5\xf3\xe2", "UsB",
};

/* At every place of texts that are as long as that, and some longer. */
static void
check(const char *word, size_t len, bool want)
{
	for (size_t before = 0; before < 100; before++)
		for (size_t after = 0; after < 80; after += 13) {
			size_t size = before + len + after, at;
			char *text = malloc(size); /* reading past it is found */

			assert_non_null(text);
			memset(text, '.', size);
			memcpy(text + before, word, len);
			at = ls_log_scan(text, size);
			if (want ? at < before || at >= before + len : at != size)
				fail_msg("\"%s\" behind %zu, before %zu: %zu", word, before, after,
					 at);
			free(text);
		}
}

static void
finds_keywords_at_every_place(void **state)
{
	(void)state;
	for (size_t i = 0; i < LS_COUNT(keywords); i++)
		check(keywords[i], strlen(keywords[i]), true);
}

static void
passes_over_what_is_alike(void **state)
{
	(void)state;
	for (size_t i = 0; i < LS_COUNT(others); i++)
		check(others[i], i == 2 ? 4 : strlen(others[i]), false);
}

static void
does_not_take_half_a_keyword(void **state)
{
	(void)state;
	for (size_t i = 0; i < LS_COUNT(keywords); i++)
		check(keywords[i], strlen(keywords[i]) - 1, false);
}

static void
finds_the_first_of_several(void **state)
{
	static const char text[] = "....................hub..........................usb..";

	(void)state;
	assert_int_equal(ls_log_scan(text, sizeof(text) - 1), 20);
	assert_int_equal(ls_log_scan(text + 21, sizeof(text) - 22), 28);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_keywords_at_every_place),
		cmocka_unit_test(passes_over_what_is_alike),
		cmocka_unit_test(does_not_take_half_a_keyword),
		cmocka_unit_test(finds_the_first_of_several),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
