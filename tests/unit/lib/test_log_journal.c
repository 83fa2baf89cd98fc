/* The journal's own formats. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/lib/log_reading.h"

#define GONE "usb 1-4: USB disconnect, device number 5"
#define REAL INT64_C(1661116292123456)

static const struct {
	const char *format;
	const char *text;
} records[] = {
	{ "journal-export", "__CURSOR=s=1;i=2\n__REALTIME_TIMESTAMP=1661116292123456\n"
			    "__MONOTONIC_TIMESTAMP=12345678\n_BOOT_ID=0123456789abcdef\n"
			    "_TRANSPORT=kernel\nPRIORITY=6\nSYSLOG_FACILITY=0\nMESSAGE=" GONE "\n"
			    "_SOURCE_MONOTONIC_TIMESTAMP=12000000\n\n" },
	/* The last record of a file that was cut. */
	{ "journal-export", "__CURSOR=s=1;i=2\n__REALTIME_TIMESTAMP=1661116292123456\n"
			    "_SOURCE_MONOTONIC_TIMESTAMP=12000000\n"
			    "_TRANSPORT=kernel\nMESSAGE=" GONE },
	{ "journal-json",
	  "{ \"__CURSOR\" : \"x\", \"__REALTIME_TIMESTAMP\" : \"1661116292123456\", "
	  "\"_TRANSPORT\" : \"kernel\", \"_SOURCE_MONOTONIC_TIMESTAMP\" : \"12000000\", "
	  "\"_UDEV_DEVLINK\" : [ \"a\", \"b}\" ], \"x\" : null, "
	  "\"MESSAGE\" : \"" GONE "\" }\n" },
	{ "journal-json",
	  "data: {\"MESSAGE\":\"" GONE "\",\"__REALTIME_TIMESTAMP\":1661116292123456,"
	  "\"_SOURCE_MONOTONIC_TIMESTAMP\":\"12000000\",\"_TRANSPORT\":\"kernel\"}\n\n" },
	{ "journal-json",
	  "\x1e{\"MESSAGE\":\"usb 1-4: USB \\u0064isconnect, device number 5\","
	  "\"__REALTIME_TIMESTAMP\":\"1661116292123456\","
	  "\"_SOURCE_MONOTONIC_TIMESTAMP\":\"12000000\",\"_TRANSPORT\":\"kernel\"}\n" },
	{ "journal-json", "{\n\t\"__REALTIME_TIMESTAMP\" : \"1661116292123456\",\n"
			  "\t\"_SOURCE_MONOTONIC_TIMESTAMP\" : \"12000000\",\n"
			  "\t\"MESSAGE\" : \"" GONE "\",\n"
			  "\t\"_UDEV_DEVLINK\" : [\n\t\t\"{\",\n\t\t\"b\"\n\t],\n"
			  "\t\"_TRANSPORT\" : \"kernel\"\n}\n" },
	{ "journal-json",
	  "[\n  {\n    \"__REALTIME_TIMESTAMP\": \"1661116292123456\",\n"
	  "    \"_SOURCE_MONOTONIC_TIMESTAMP\": \"12000000\",\n"
	  "    \"MESSAGE\": \"" GONE "\",\n    \"_TRANSPORT\": \"kernel\"\n  }\n]\n" },
	{ "journal-verbose",
	  "So 2022-08-21 23:11:32.123456 CEST [s=1;i=2;b=0123;m=b71b00;t=5e6c6c685cb40;x=3]\n"
	  "    _TRANSPORT=kernel\n    PRIORITY=6\n"
	  "    MESSAGE=" GONE "\n"
	  "    __REALTIME_TIMESTAMP=1661116292123456\n"
	  "    _SOURCE_MONOTONIC_TIMESTAMP=12000000\n" },
	{ "journal-verbose",
	  "> Sun 2022-08-21 21:11:32.123456 UTC [s=1;i=2;b=0123;m=b71b00;x=3]\r\n"
	  ">     MESSAGE=" GONE "\r\n"
	  ">     _TRANSPORT=kernel\r\n>     SYSLOG_FACILITY=0\r\n"
	  "> Sun 2022-08-21 21:11:33.123456 UTC [s=1;i=3;b=0123;m=b71b00;x=3]\r\n"
	  ">     MESSAGE=" GONE "\r\n>     _TRANSPORT=stdout\r\n" },
};

static void
reads_records(void **state)
{
	(void)state;
	for (size_t i = 0; i < LS_COUNT(records); i++) {
		for (size_t step = 0; step < 8; step++) {
			struct log_reading reading;

			log_read(&reading, NULL, records[i].text, strlen(records[i].text), step);
			print_message("%zu, %zu bytes at a time: %s\n", i, step, reading.observed);
			assert_string_equal(reading.observed, "1-4 disconnect");
			assert_string_equal(reading.summary.format, records[i].format);
			assert_int_equal(reading.summary.usb_lines, 1);
			assert_int_equal(reading.at[0].mono_us, 12000000);
			assert_int_equal(reading.at[0].real_us, REAL);
			assert_true(reading.summary.dated);
		}
	}
}

/* The rest of the file is read, whatever a brace or a field name looked like. */
static void
goes_on_after_records(void **state)
{
	static const char *const texts[] = {
		"{\n[ 1.000000] " GONE "\n",
		"struct x {\n\tint y;\n[ 1.000000] " GONE "\n",
		"__CURSOR=x\nand then:\n[ 1.000000] " GONE "\n",
		"__CURSOR=x\nMESSAGE=y\n\n[ 1.000000] " GONE "\n",
		"{\n\"x\"\n}\n[ 1.000000] " GONE "\n",
		"{\"usb\": \n[ 1.000000] " GONE "\n",
		"Sun 2022-08-21 21:11:32.123456 UTC [s=1;i=2;b=0123]\n    MESSAGE=x\n[ "
		"1.000000] " GONE "\n",
		"__CURSOR=x\nFOO\n\xff\xff\xff\xff\xff\xff\xff\xff\n[ 1.000000] " GONE "\n",
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(texts); i++) {
		for (size_t step = 0; step < 8; step++) {
			struct log_reading reading;

			log_read(&reading, NULL, texts[i], strlen(texts[i]), step);
			print_message("%zu, %zu bytes at a time: %s\n", i, step, reading.observed);
			assert_string_equal(reading.observed, "1-4 disconnect");
		}
	}
}

static void
distinguishes_boots_by_id(void **state)
{
	static const char text[] =
		"__CURSOR=1\n_BOOT_ID=aa\n__MONOTONIC_TIMESTAMP=5000000\n_TRANSPORT="
		"kernel\nMESSAGE=" GONE "\n\n__CURSOR=2\n_BOOT_ID=bb\n__MONOTONIC_TIMESTAMP="
		"9000000\n_TRANSPORT=kernel\nMESSAGE=" GONE
		"\n\n__CURSOR=3\n_BOOT_ID=bb\n__MONOTONIC_TIMESTAMP=8999999\n_TRANSPORT="
		"kernel\nMESSAGE=" GONE "\n\n";
	struct log_reading reading;

	(void)state;
	log_read(&reading, NULL, text, sizeof(text) - 1, 0);
	assert_int_equal(reading.n, 3);
	assert_int_equal(reading.summary.boots, 2);
	assert_int_equal(reading.boot[0], 0);
	assert_int_equal(reading.boot[1], 1);
	assert_int_equal(reading.boot[2], 1);
	assert_int_equal(reading.at[1].mono_us, 9000000);
	assert_int_equal(reading.at[2].mono_us, 9000000);
	assert_false(reading.summary.dated);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_records),
		cmocka_unit_test(goes_on_after_records),
		cmocka_unit_test(distinguishes_boots_by_id),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
