#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "lib/observe/kmsg.h"

static void
reads_records(void **state)
{
	static const struct {
		const char *record;
		unsigned int facility, level;
		uint64_t seq, usec;
		const char *text;
	} cases[] = {
		{ "6,339,5140900,-;usb 1-1: authorized to connect\n SUBSYSTEM=usb\n "
		  "DEVICE=c189:5\n",
		  0, 6, 339, 5140900, "usb 1-1: authorized to connect" },
		{ "3,1,2,-;usb usb1-port2: over-current condition\n", 0, 3, 1, 2,
		  "usb usb1-port2: over-current condition" },
		{ "12,7,8,-;usb 1-1: forged\n", 1, 4, 7, 8, "usb 1-1: forged" },
		{ "4,5,6,-,caller=T123;text\n", 0, 4, 5, 6, "text" },
		{ "4,5,6,c,next=field,and=more;text\n", 0, 4, 5, 6, "text" },
		{ "4,5,6;Linux 3.5\n", 0, 4, 5, 6, "Linux 3.5" },
		{ "4,5,6,-;a;b\n", 0, 4, 5, 6, "a;b" },
		{ "4,5,6,-;no newline", 0, 4, 5, 6, "no newline" },
		{ "4,5,6,-;\n", 0, 4, 5, 6, "" },
		{ "4,5,6,-;", 0, 4, 5, 6, "" },
		{ "2047,18446744073709551615,18446744073709551615,-;x", 255, 7, UINT64_MAX,
		  UINT64_MAX, "x" },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		struct ls_kmsg_record record;

		print_message("%s\n", cases[i].record);
		assert_int_equal(ls_kmsg_parse(cases[i].record, strlen(cases[i].record), &record),
				 1);
		assert_int_equal(record.facility, cases[i].facility);
		assert_int_equal(record.level, cases[i].level);
		assert_int_equal(record.seq, cases[i].seq);
		assert_int_equal(record.usec, cases[i].usec);
		assert_int_equal(record.text_len, strlen(cases[i].text));
		assert_memory_equal(record.text, cases[i].text, record.text_len);
	}
}

static void
refuses_what_is_none(void **state)
{
	static const char *const cases[] = {
		"",
		";",
		"6;text",
		"6,3;text",
		"6,3,;text",
		"6,,4,-;text",
		",3,4,-;text",
		"6,3,4,-",
		"6,3,4x,-;text",
		"6 ,3,4,-;text",
		"-6,3,4,-;text",
		"<6>usb 1-1: text",
		" SUBSYSTEM=usb\n",
		"usb 1-1: a;b",
		"4294967296,3,4,-;text",
		"6,18446744073709551616,4,-;text",
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		struct ls_kmsg_record record = { .seq = 42 };

		print_message("%s\n", cases[i]);
		assert_int_equal(ls_kmsg_parse(cases[i], strlen(cases[i]), &record), -EBADMSG);
		assert_int_equal(record.seq, 42);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_records),
		cmocka_unit_test(refuses_what_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
