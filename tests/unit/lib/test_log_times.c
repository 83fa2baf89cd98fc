/* When something was: dates without a year, clocks that are set, several boots in one file. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/lib/log_reading.h"

#define SEC INT64_C(1000000)
#define OUT "usb 1-4: USB disconnect, device number 5\n"

/* From `date -u -d … +%s`. */
#define NEW_YEAR_2023 (INT64_C(1672531200) * SEC)
#define AUG_21_2022   (INT64_C(1661040000) * SEC)

static void
read_with(struct log_reading *reading, int year, int64_t offset, const char *text)
{
	struct ls_log_text_options options = { .year = year, .utc_offset_us = offset };

	print_message("%s", text);
	log_read(reading, &options, text, strlen(text), 0);
}

static void
dates_what_has_a_date(void **state)
{
	static const struct {
		const char *text;
		int year;
		int64_t offset_s;
		int64_t real_us;
	} cases[] = {
		{ "2022-08-21T02:00:00,250000+02:00 " OUT, 0, 0, AUG_21_2022 + SEC / 4 },
		{ "2022-08-20T19:30:00-0430 host kernel: " OUT, 0, 0, AUG_21_2022 },
		{ "2022-08-21T00:00:00Z host kernel: " OUT, 0, 7200, AUG_21_2022 },
		{ "[Sun Aug 21 02:00:00 2022] " OUT, 0, 7200, AUG_21_2022 },
		{ "Sun 2022-08-21 00:00:00 UTC host kernel: " OUT, 0, 7200, AUG_21_2022 },
		{ "Sun 2022-08-21 02:00:00 CEST host kernel: " OUT, 0, 7200, AUG_21_2022 },
		{ "Aug 21 00:00:00 host kernel: " OUT, 2022, 0, AUG_21_2022 },
		{ "Aug 21 00:00:00.000250 host kernel: " OUT, 2022, 0, AUG_21_2022 + 250 },
		{ "Aug 21 00:00:00 host kernel: " OUT, 0, 0, 0 },
		{ "8月 21 00:00:00 host kernel: " OUT, 2022, 0, AUG_21_2022 },
		{ "1661040000.000001 host kernel: " OUT, 0, 7200, AUG_21_2022 + 1 },
		{ "Sun Aug 21 00:00:00 2022 kern.info kernel: [   1.000000] " OUT, 0, 0,
		  AUG_21_2022 },
		{ "[   1.000000] " OUT, 2022, 0, 0 },
		{ "[Aug21 00:00] " OUT, 2022, 0, AUG_21_2022 },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		struct log_reading reading;

		read_with(&reading, cases[i].year, cases[i].offset_s * SEC, cases[i].text);
		assert_int_equal(reading.n, 1);
		assert_int_equal(reading.at[0].real_us, cases[i].real_us);
		assert_int_equal(reading.summary.dated, cases[i].real_us != 0);
	}
}

/* The first line of a copy often lacks its beginning. */
static void
dates_a_first_line_by_the_next(void **state)
{
	static const struct {
		const char *text;
		int64_t real_us;
	} cases[] = {
		{ "ug 21 00:00:00 host kernel: " OUT "Aug 21 00:00:09 host kernel: " OUT,
		  AUG_21_2022 },
		{ "21 00:00:00 host kernel: [   5.000000] " OUT
		  "Aug 21 00:00:10 host kernel: [  15.000000] " OUT,
		  AUG_21_2022 },
		{ "00:00:00 host kernel: " OUT "Aug 21 00:00:09 host kernel: eth0: link up\n"
		  "Aug 23 00:00:09 host kernel: " OUT,
		  AUG_21_2022 },
		{ "st kernel: [   5.000000] " OUT "Aug 21 00:00:10 host kernel: [  15.000000] " OUT,
		  AUG_21_2022 },
		{ "23:59:58 host kernel: " OUT "2022-08-21T00:00:09Z host kernel: " OUT,
		  AUG_21_2022 - 2 * SEC },
		{ "st kernel: [   5.000000] " OUT
		  "2022-08-21T00:00:01Z host kernel: [   8.000000] " OUT,
		  AUG_21_2022 - 2 * SEC },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		struct log_reading reading;

		read_with(&reading, 2022, 0, cases[i].text);
		assert_int_equal(reading.n, 2);
		assert_int_equal(reading.at[0].real_us, cases[i].real_us);
		assert_true(reading.at[0].mono_us <= reading.at[1].mono_us);
		assert_int_equal(reading.boot[1], 0);
	}
}

static void
goes_over_new_year(void **state)
{
	static const char text[] =
		"Dec 31 23:59:59 host kernel: " OUT "Jan  1 00:00:01 host kernel: " OUT
		"Dec 31 23:59:59 host kernel: " OUT /* late */
		"Jan  2 00:00:00 host kernel: " OUT;
	struct log_reading reading;

	(void)state;
	read_with(&reading, 2022, 0, text);
	assert_int_equal(reading.at[0].real_us, NEW_YEAR_2023 - SEC);
	assert_int_equal(reading.at[1].real_us, NEW_YEAR_2023 + SEC);
	assert_int_equal(reading.at[2].real_us, NEW_YEAR_2023 + SEC);
	assert_int_equal(reading.at[3].real_us, NEW_YEAR_2023 + 86400 * SEC);
	assert_int_equal(reading.at[1].mono_us - reading.at[0].mono_us, 2 * SEC);
	assert_int_equal(reading.summary.boots, 1);
	read_with(&reading, 0, 0, text);
	assert_int_equal(reading.at[3].real_us, 0);
	assert_int_equal(reading.at[3].mono_us - reading.at[0].mono_us, 86401 * SEC);
}

/* The hour of which autumn has two; the kernel's clock knows nothing of it. */
static void
survives_clocks_that_are_set(void **state)
{
	static const char summer[] =
		"Oct 30 02:59:58 host kernel: " OUT "Oct 30 02:00:01 host kernel: " OUT
		"Oct 30 02:00:04 host kernel: " OUT;
	static const char set[] = "Oct 30 12:00:00 host kernel: [  10.000000] " OUT
				  "Oct 30 04:00:00 host kernel: [  20.000000] " OUT
				  "Oct 30 04:00:10 host kernel: [  30.000000] " OUT;
	struct log_reading reading;

	(void)state;
	read_with(&reading, 2022, 0, summer);
	assert_int_equal(reading.at[1].mono_us - reading.at[0].mono_us, 3 * SEC);
	assert_int_equal(reading.at[2].mono_us - reading.at[1].mono_us, 3 * SEC);
	assert_int_equal(reading.summary.boots, 1);
	read_with(&reading, 2022, 0, set);
	assert_int_equal(reading.summary.boots, 1);
	assert_int_equal(reading.at[1].mono_us, 20 * SEC);
	assert_int_equal(reading.at[2].mono_us, 30 * SEC);
	assert_true(reading.at[1].real_us >= reading.at[0].real_us);
}

static void
adds_up_deltas(void **state)
{
	static const char text[] = "[Aug21 00:00] something else\n"
				   "[  +1.500000] " OUT "[  +0,250000] something else\n"
				   "[ +10.000000] " OUT "[Aug21 00:05] something else\n"
				   "[  +2.000000] " OUT;
	struct log_reading reading;

	(void)state;
	read_with(&reading, 2022, 0, text);
	assert_int_equal(reading.n, 3);
	assert_int_equal(reading.at[0].real_us, AUG_21_2022 + 1500000);
	assert_int_equal(reading.at[1].mono_us - reading.at[0].mono_us, 10250000);
	assert_int_equal(reading.at[2].real_us, AUG_21_2022 + 302 * SEC);
	assert_int_equal(reading.at[2].mono_us - reading.at[0].mono_us, 300500000);
	assert_string_equal(reading.summary.format, "dmesg-reltime");
}

static void
counts_boots(void **state)
{
	static const struct {
		const char *text;
		uint32_t boots, last;
	} cases[] = {
		{ "[  10.000000] " OUT "[   9.999990] " OUT, 1, 0 },
		{ "[  10.000000] " OUT "[   2.000000] " OUT, 2, 1 },
		{ "[   2.000000] " OUT "[   0.000000] Linux version 6.1.0\n[   3.000000] " OUT, 2,
		  1 },
		{ "[   0.000000] Linux version 6.1.0\n[   3.000000] " OUT, 1, 0 },
		{ "Aug 21 00:00:00 h kernel: " OUT "-- Boot 0123456789abcdef --\n"
		  "Aug 21 00:00:10 h kernel: " OUT,
		  2, 1 },
		{ "Aug 21 00:00:00 h kernel: " OUT "-- Reboot --\n"
		  "Aug 21 00:00:09 h kernel: Linux version 6.1.0\nAug 21 00:00:10 h kernel: " OUT,
		  2, 1 },
		/* A program may talk of Linux, too. */
		{ "Aug 21 00:00:00 h kernel: " OUT "Aug 21 00:00:09 h prog: Linux version 6.1.0\n"
		  "Aug 21 00:00:10 h kernel: " OUT,
		  1, 0 },
		/* The date went on, the boot clock did not. */
		{ "Aug 21 00:00:00 h kernel: [  90.000000] " OUT
		  "Aug 21 00:01:00 h kernel: [  20.000000] " OUT,
		  2, 1 },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		struct log_reading reading;

		read_with(&reading, 2022, 0, cases[i].text);
		assert_true(reading.n >= 1);
		assert_int_equal(reading.summary.boots, cases[i].boots);
		assert_int_equal(reading.boot[reading.n - 1], cases[i].last);
	}
}

/* What has no stamp has its place. */
static void
orders_by_place(void **state)
{
	static const char text[] = "usb 1-4: USB disconnect, device number 5\n"
				   "usb 1-4: USB disconnect, device number 6\n"
				   "[ 7.000000] usb 1-4: USB disconnect, device number 7\n"
				   "\nusb 1-4: USB disconnect, device number 8\n";
	struct log_reading reading;

	(void)state;
	read_with(&reading, 0, 0, text);
	assert_int_equal(reading.n, 4);
	for (size_t i = 1; i < 4; i++)
		assert_true(reading.at[i].mono_us > reading.at[i - 1].mono_us);
	assert_int_equal(reading.at[2].mono_us, 7 * SEC);
}

/* One line with both clocks dates the others that have only one of them. */
static void
relates_both_clocks(void **state)
{
	static const char text[] = "2022-08-21T00:00:10Z host kernel: [  10.000000] " OUT
				   "[  20.000000] " OUT "2022-08-21T00:00:30Z host kernel: " OUT;
	struct log_reading reading;

	(void)state;
	read_with(&reading, 0, 0, text);
	assert_int_equal(reading.at[1].real_us, AUG_21_2022 + 20 * SEC);
	assert_int_equal(reading.at[2].mono_us, 30 * SEC);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dates_what_has_a_date),
		cmocka_unit_test(dates_a_first_line_by_the_next),
		cmocka_unit_test(goes_over_new_year),
		cmocka_unit_test(survives_clocks_that_are_set),
		cmocka_unit_test(adds_up_deltas),
		cmocka_unit_test(counts_boots),
		cmocka_unit_test(orders_by_place),
		cmocka_unit_test(relates_both_clocks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
