/* Forged kernel lines, and limits. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/lib/log_reading.h"

#define GONE "usb 1-4: USB disconnect, device number 5"

/* The kernel wrote none of this. */
static const char *const forged[] = {
	"Jul 22 19:16:14 host prog[12]: " GONE "\n",
	"Jul 22 19:16:14 host prog: " GONE "\n",
	"Jul 22 19:16:14 host kernel[1234]: " GONE "\n",
	"Jul 22 19:16:14 host 1-4: USB disconnect, device number 5\n",
	"Jul 22 19:16:14 host prog[12]: kernel: " GONE "\n",
	"Jul 22 19:16:14 host prog[12]: [   12.345678] " GONE "\n",
	"Jul 22 19:16:14 host prog[12]: Jul 22 19:16:14 host kernel: " GONE "\n",
	"Jul 22 19:16:14 host prog[12]: HC died; cleaning up\n",
	"Jul 22 19:16:14 host prog: first\n" GONE "\n",
	"Jul 22 19:16:14 host prog: first\nsecond\n" GONE "\n",
	"Jul 22 19:16:14 host prog: first\nst kernel: [   12.345678] " GONE "\n",
	"Jul 22 19:16:14 host prog: first\nuser@host:~$ [   12.345678] " GONE "\n",
	"Jul 22 19:16:14 host prog: first\n4: (second) " GONE "\n",
	"Jul 22 19:16:14 host prog: first\nkern.log-12-" GONE "\n",
	"Jul 22 19:16:14 host prog: first\n                   second\n                   " GONE
	"\n",
	"Jul 22 19:16:14 host prog: first\n\n                   " GONE "\n",
	"2022-08-21T23:18:57.123456+01:00 host prog[12]: " GONE "\n",
	"2022-08-21T23:18:57+0100 host prog[12]: " GONE "\n",
	"Sun 2022-08-21 23:18:57 CEST host prog[12]: " GONE "\n",
	"1661116292.123456 host prog[12]: " GONE "\n",
	"[ 5203.044043] host prog[12]: " GONE "\n",
	"[ 5203.044043] host prog[12]: HC died; cleaning up\n",
	"<14>1 2022-08-21T23:18:57+01:00 host prog - - - [   12.345678] " GONE "\n",
	"<6>1 2022-08-21T23:18:57+01:00 host prog - - - " GONE "\n",
	"<14>[   12.345678] " GONE "\n",
	"user  :info  : [   12.345678] " GONE "\n",
	"daemon:info  : [   12.345678] " GONE "\n",
	"14,1213,55546529788,-;" GONE "\n",
	"Sun Aug 21 23:18:57 2022 user.info prog[12]: " GONE "\n",
	"06-16 11:42:51.148  root  1234  1234 I usb 1-4 : USB disconnect, device number 5\n",
	"06-16 11:42:51.148 I/usb 1-4 ( 1234): USB disconnect, device number 5\n",
	"127.0.0.1 - - [22/Jul/2020:10:11:12 +0200] \"GET /" GONE " HTTP/1.1\" 200 1\n",
	"[Fri Apr 21 13:21:10.123456 2023] [error] [pid 12] " GONE "\n",
	"[   12.345678] prog[12]: " GONE "\n",
	/* Strings of a device. */
	"[   12.345678] usb 1-3: Product: " GONE "\n",
	"[   12.345678] usb 1-3: Product: x [   12.345679] " GONE "\n",
	"[   12.345678] usb 1-3: Product: x kernel: " GONE "\n",
	"[   12.345678] usb 1-3: SerialNumber:\n" GONE "\n",
	"[   12.345678] usb 1-3: Product: x\n               " GONE "\n",
	"[   12.345678] usb 1-3: Product: x\n" GONE "\n",
	"[   12.345678] usb 1-3: Manufacturer: x\\x0a" GONE "\n",
	"[   12.345678] input: " GONE " as /devices/pci0000:00\n",
	"[   12.345678] input: x [   12.345679] " GONE "\n",
	"[   12.345678] scsi 6:0:0:0: Direct-Access     x [   12.345679] " GONE "\n",
	"[   12.345678] hid-generic 0003:1:2.1: hidraw0: USB HID v1.10 [" GONE "] on usb\n",
	/* Prose and templates. */
	"I often see usb 1-4: USB disconnect, device number 5 in my log.\n",
	"usb X-Y.Z: USB disconnect, device number N\n",
	"usb 1-4: USB disconnect, device number N\n",
	"usb 0-4: USB disconnect, device number 5\n",
	"usb 1-4 USB disconnect, device number 5\n",
	"Something like: usb 1-4: USB disconnect\nhappens.\n",
	/* A journal with the transport of each entry. */
	"__CURSOR=x\n_TRANSPORT=syslog\nMESSAGE=" GONE "\n\n",
	"__CURSOR=x\nMESSAGE=" GONE "\n\n",
	"__CURSOR=x\n_TRANSPORT=kernel\nSYSLOG_FACILITY=3\nMESSAGE=" GONE "\n\n",
	"{\"_TRANSPORT\":\"syslog\",\"MESSAGE\":\"" GONE "\"}\n",
	"{\"MESSAGE\":\"x\\\",\\\"_TRANSPORT\\\":\\\"kernel\\\",\\\"MESSAGE\\\":\\\"" GONE "\"}\n",
	"{\"MESSAGE\":\"" GONE "\"}\n",
	"{\"x\":{\"_TRANSPORT\":\"kernel\",\"MESSAGE\":\"" GONE "\"}}\n",
	"{\n\t\"_TRANSPORT\" : \"journal\",\n\t\"MESSAGE\" : \"" GONE "\"\n}\n",
	"Sun 2022-08-21 23:18:57.123456 CEST [s=1;i=1;b=2;m=3;t=4;x=5]\n"
	"    _TRANSPORT=journal\n    MESSAGE=" GONE "\n",
	"Sun 2022-08-21 23:18:57.123456 CEST [s=1;i=1;b=2;m=3;t=4;x=5]\n"
	"    _TRANSPORT=journal\n    MESSAGE=x\n            _TRANSPORT=kernel\n            "
	"MESSAGE=" GONE "\n",
};

static void
rejects_forged_lines(void **state)
{
	int n_wrong = 0;

	(void)state;
	for (size_t i = 0; i < LS_COUNT(forged); i++) {
		struct log_reading reading;

		for (size_t step = 0; step < 3; step++) {
			log_read(&reading, NULL, forged[i], strlen(forged[i]), step);
			if (reading.n > 0)
				print_message("%s  read as \"%s\"\n", forged[i], reading.observed);
			n_wrong += reading.n > 0;
		}
	}
	assert_int_equal(n_wrong, 0);
}

/* A message of several lines may hold a whole export; its length gives its end. */
static void
uses_the_length_of_a_field(void **state)
{
	static const char forgery[] = "x\n\n__CURSOR=y\n_TRANSPORT=kernel\nMESSAGE=" GONE "\n\n";
	static const char tail[] =
		"\n_TRANSPORT=syslog\n\n"
		"__CURSOR=z\n_TRANSPORT=kernel\nMESSAGE=usb 1-2: USB disconnect, "
		"device number 7\n\n";
	char text[1024];
	struct log_reading reading;
	size_t len = (size_t)sprintf(text, "__CURSOR=x\nMESSAGE\n");

	(void)state;
	memset(text + len, 0, 8);
	text[len] = (char)(sizeof(forgery) - 1);
	len += 8;
	memcpy(text + len, forgery, sizeof(forgery) - 1);
	len += sizeof(forgery) - 1;
	memcpy(text + len, tail, sizeof(tail) - 1);
	len += sizeof(tail) - 1;
	for (size_t step = 0; step < 5; step++) {
		log_read(&reading, NULL, text, len, step);
		assert_string_equal(reading.observed, "1-2 disconnect");
		assert_string_equal(reading.summary.format, "journal-export");
	}
}

/* Long lines, and what comes after them. */
static void
cuts_long_lines(void **state)
{
	static const char first[] = "[ 1.000000] " GONE "\n";
	size_t len = 1 << 20;
	char *text = malloc(len);
	struct log_reading reading;

	(void)state;
	assert_non_null(text);
	memset(text, 'x', len);
	text[len / 2] = '\n';
	memcpy(text + len - sizeof(first), "\n", 1);
	memcpy(text + len - sizeof(first) + 1, first, sizeof(first) - 1);
	for (size_t step = 0; step < 40000; step = step * 3 + 4001) {
		log_read(&reading, NULL, text, len, step);
		assert_string_equal(reading.observed, "1-4 disconnect");
		assert_int_equal(reading.summary.cut_lines, 2);
		assert_int_equal(reading.summary.lines, 3);
		assert_int_equal(reading.summary.usb_lines, 1);
	}
	free(text);
}

/* Old editors end lines with a carriage return alone. */
static void
reads_a_long_file_without_newlines(void **state)
{
	static const char line[] = "[ 1.000000] " GONE "\r";
	size_t n = 1000, len = n * (sizeof(line) - 1);
	char *text = malloc(len);
	struct log_reading reading;

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < n; i++)
		memcpy(text + i * (sizeof(line) - 1), line, sizeof(line) - 1);
	for (size_t step = 0; step < 2000; step += 777) {
		log_read(&reading, NULL, text, len, step);
		assert_int_equal(reading.n, n);
	}
	free(text);
}

static void
ends_in_the_middle(void **state)
{
	struct log_reading reading;

	(void)state;
	log_read(&reading, NULL, "[ 1.000000] " GONE, strlen("[ 1.000000] " GONE), 0);
	assert_string_equal(reading.observed, "1-4 disconnect");
	assert_int_equal(reading.summary.lines, 1);
	log_read(&reading, NULL, "", 0, 0);
	assert_int_equal(reading.summary.lines, 0);
	assert_string_equal(reading.summary.format, "plain");
	log_read(&reading, NULL, "\n", 1, 0);
	assert_int_equal(reading.summary.lines, 1);
	log_read(&reading, NULL, "[", 1, 0);
	assert_int_equal(reading.summary.lines, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rejects_forged_lines),
		cmocka_unit_test(uses_the_length_of_a_field),
		cmocka_unit_test(cuts_long_lines),
		cmocka_unit_test(reads_a_long_file_without_newlines),
		cmocka_unit_test(ends_in_the_middle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
