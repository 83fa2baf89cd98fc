#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "lib/usbmon/usbmon.h"

static struct ls_usbmon_record
a_record(void)
{
	return (struct ls_usbmon_record){
		.id = UINT64_C(0xffff888012345678),
		.type = LS_USBMON_COMPLETE,
		.xfer = LS_XFER_BULK,
		.endpoint = 0x81,
		.devnum = 8,
		.bus = 3,
		.flag_setup = '-',
		.real_sec = 1600000000,
		.real_usec = 123456,
		.status = -71,
		.length = 512,
		.len_cap = 64,
		.interval = 4,
		.start_frame = 5,
		.xfer_flags = 0x200,
		.n_descriptors = 7,
	};
}

/* Offsets of the kernel's layout, written independently. */
static void
reads_what_the_kernel_writes(void **state)
{
	static const uint8_t bytes[64] = {
		0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11, 'C', 1, 0x83, 42,   0x34,
		0x12, '-',  0,	  0x01, 0x02, 0,    0,	  0,	0,   0, 0,    0x40, 0x42,
		0x0f, 0,    0xb9, 0xff, 0xff, 0xff, 0x10, 0x20, 0,   0, 4,    0,    0,
		0,    1,    2,	  3,	4,    5,    6,	  7,	8,   9, 0,    0,    0,
		10,   0,    0,	  0,	11,   0,    0,	  0,	12,  0, 0,    0,
	};
	struct ls_usbmon_record record;

	(void)state;
	assert_int_equal(ls_usbmon_parse(bytes, sizeof(bytes), false, &record), 1);
	assert_true(record.id == UINT64_C(0x1122334455667788));
	assert_int_equal(record.type, LS_USBMON_COMPLETE);
	assert_int_equal(record.xfer, LS_XFER_INTERRUPT);
	assert_int_equal(record.endpoint, 0x83);
	assert_int_equal(record.devnum, 42);
	assert_int_equal(record.bus, 0x1234);
	assert_int_equal(record.flag_setup, '-');
	assert_int_equal(record.real_sec, 0x201);
	assert_int_equal(record.real_usec, 1000000);
	assert_int_equal(record.status, -71);
	assert_int_equal(record.length, 0x2010);
	assert_int_equal(record.len_cap, 4);
	assert_int_equal(record.setup[7], 8);
	assert_int_equal(record.interval, 9);
	assert_int_equal(record.start_frame, 10);
	assert_int_equal(record.xfer_flags, 11);
	assert_int_equal(record.n_descriptors, 12);
	assert_int_equal(ls_usbmon_real_us(&record), 514 * LS_SEC);
}

static void
writes_what_it_reads(void **state)
{
	struct ls_usbmon_record record = a_record(), again;
	uint8_t bytes[LS_USBMON_HEADER];

	(void)state;
	ls_usbmon_format(&record, bytes);
	assert_int_equal(ls_usbmon_parse(bytes, sizeof(bytes), false, &again), 1);
	assert_memory_equal(&record, &again, sizeof(record));
}

static void
reads_short_headers(void **state)
{
	struct ls_usbmon_record record = a_record(), again;

	(void)state;
	assert_int_equal(ls_usbmon_parse(&record, LS_USBMON_HEADER_SHORT, false, &again), 1);
	assert_int_equal(again.status, -71);
	assert_int_equal(again.length, 512);
	assert_int_equal(again.interval, 0);
	assert_int_equal(again.n_descriptors, 0);
}

static void
reverse(uint8_t *bytes, size_t n)
{
	for (size_t i = 0; i < n / 2; i++) {
		uint8_t kept = bytes[i];

		bytes[i] = bytes[n - 1 - i];
		bytes[n - 1 - i] = kept;
	}
}

static void
swap_all(uint8_t *bytes, bool is_iso)
{
	static const struct {
		size_t at, n;
	} fields[] = { { 0, 8 },  { 12, 2 }, { 16, 8 }, { 24, 4 }, { 28, 4 }, { 32, 4 },
		       { 36, 4 }, { 48, 4 }, { 52, 4 }, { 56, 4 }, { 60, 4 } };

	for (size_t i = 0; i < LS_COUNT(fields); i++)
		reverse(bytes + fields[i].at, fields[i].n);
	if (is_iso) {
		reverse(bytes + 40, 4);
		reverse(bytes + 44, 4);
	}
}

static void
reads_the_other_byte_order(void **state)
{
	struct ls_usbmon_record record = a_record(), again;
	uint8_t bytes[LS_USBMON_HEADER];

	(void)state;
	for (int is_iso = 0; is_iso < 2; is_iso++) {
		record.xfer = is_iso ? LS_XFER_ISO : LS_XFER_CONTROL;
		record.iso.n_errors = 3;
		record.iso.n_packets = 8;
		memcpy(bytes, &record, sizeof(bytes));
		swap_all(bytes, is_iso);
		assert_int_equal(ls_usbmon_parse(bytes, sizeof(bytes), true, &again), 1);
		assert_memory_equal(&record, &again, sizeof(record));
	}
}

static void
refuses_what_is_none(void **state)
{
	static const struct {
		const char *what;
		size_t len;
		uint8_t type, xfer;
	} cases[] = {
		{ "nothing", 0, 'C', 3 },	  { "one byte short", 47, 'C', 3 },
		{ "a filler", 64, '@', 3 },	  { "no type", 64, 0, 3 },
		{ "a small letter", 64, 'c', 3 }, { "no such transfer", 64, 'S', 4 },
		{ "garbage", 64, 0xff, 0xff },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		struct ls_usbmon_record record = a_record(), untouched = { .id = 42 };

		print_message("%s\n", cases[i].what);
		record.type = cases[i].type;
		record.xfer = cases[i].xfer;
		assert_int_equal(ls_usbmon_parse(&record, cases[i].len, false, &untouched),
				 -EBADMSG);
		assert_int_equal(untouched.id, 42);
	}
}

static void
classes_follow_the_status(void **state)
{
	static const struct {
		int32_t status;
		const char *text, *class;
	} cases[] = {
		{ 0, "0", "ok" },
		{ -121, "EREMOTEIO (-121)", "ok" },
		{ -71, "EPROTO (-71)", "link" },
		{ -84, "EILSEQ (-84)", "link" },
		{ -62, "ETIME (-62)", "link" },
		{ -75, "EOVERFLOW (-75)", "babble" },
		{ -63, "ENOSR (-63)", "host" },
		{ -70, "ECOMM (-70)", "host" },
		{ -32, "EPIPE (-32)", "stall" },
		{ -2, "ENOENT (-2)", "cancelled" },
		{ -104, "ECONNRESET (-104)", "cancelled" },
		{ -108, "ESHUTDOWN (-108)", "gone" },
		{ -19, "ENODEV (-19)", "gone" },
		{ -110, "ETIMEDOUT (-110)", "timeout" },
		{ -18, "EXDEV (-18)", "other" },
		{ -3, "status -3", "other" },
		{ 71, "status 71", "other" },
		{ -128, "status -128", "other" },
		{ INT32_MIN, "status -2147483648", "other" },
		{ INT32_MAX, "status 2147483647", "other" },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		const struct ls_status_row *row = &ls_status_rows[ls_status_find(cases[i].status)];
		char text[LS_STATUS_TEXT_MAX];

		print_message("%s\n", cases[i].text);
		assert_string_equal(ls_status_text(cases[i].status, text), cases[i].text);
		assert_string_equal(ls_transfer_class_name(row->class), cases[i].class);
	}
}

/* Two tables with the same content. */
static void
each_row_is_found_by_its_status(void **state)
{
	unsigned int n_found = 0;

	(void)state;
	for (unsigned int i = LS_STATUS_ROW_TIMEOUT + 1; i < LS_N_STATUS_ROWS; i++)
		assert_int_equal(ls_status_find(ls_status_rows[i].status), i);
	assert_int_equal(ls_status_find(0), LS_STATUS_ROW_OK);
	assert_int_equal(ls_status_rows[LS_STATUS_ROW_TIMEOUT].status, -2);
	for (int32_t status = 0; status >= -LS_STATUS_MAX - 2; status--)
		n_found += ls_status_find(status) != LS_STATUS_ROW_OTHER;
	assert_int_equal(n_found, LS_N_STATUS_ROWS - 2);
}

static void
timeouts_are_round(void **state)
{
	static const struct {
		uint64_t us;
		bool want;
	} cases[] = {
		{ 0, false },	       { 137000, false },  { 497999, false },  { 500100, true },
		{ 515000, true },      { 660000, true },   { 670000, false },  { 997999, false },
		{ 999000, true },      { 1000400, true },  { 1200000, false }, { 2003000, true },
		{ 3003000, true },     { 4000000, false }, { 5004000, true },  { 5300000, true },
		{ 5400000, false },    { 10004000, true }, { 30004000, true }, { 31100000, false },
		{ UINT64_MAX, false },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		print_message("%llu us\n", (unsigned long long)cases[i].us);
		assert_int_equal(ls_usbmon_is_timeout(cases[i].us), cases[i].want);
	}
}

static void
moments_are_never_in_the_future(void **state)
{
	const struct ls_instant now = { .mono_us = 5 * LS_SEC, .real_us = 1000 * (int64_t)LS_SEC };
	static const struct {
		int64_t real_us;
		uint64_t mono_us;
	} cases[] = {
		{ 999 * (int64_t)LS_SEC, 4 * LS_SEC },
		{ 1000 * (int64_t)LS_SEC, 5 * LS_SEC },
		{ 1001 * (int64_t)LS_SEC, 5 * LS_SEC },
		{ 900 * (int64_t)LS_SEC, 0 },
		{ INT64_MIN, 5 * LS_SEC },
		{ INT64_MAX, 5 * LS_SEC },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++)
		assert_int_equal(ls_usbmon_instant(cases[i].real_us, now).mono_us,
				 cases[i].mono_us);
}

static void
a_batch_stays_in_its_ring(void **state)
{
	static union {
		uint8_t bytes[256];
		struct ls_usbmon_record records[4];
	} ring;
	static const uint32_t offsets[] = { 0, 64, 192, 7, 193, 256, UINT32_MAX };
	struct ls_usbmon_batch batch = {
		.ring = ring.bytes, .ring_size = sizeof(ring), .offsets = offsets, .n = 7
	};
	size_t len = 0;

	(void)state;
	for (size_t i = 0; i < 3; i++)
		assert_ptr_equal(ls_usbmon_at(&batch, i), &ring.records[offsets[i] / 64]);
	assert_ptr_equal(ls_usbmon_at(&batch, 3), ring.bytes + 7);
	for (size_t i = 4; i < 7; i++)
		assert_null(ls_usbmon_at(&batch, i));
	ring.records[0].len_cap = 4;
	assert_ptr_equal(ls_usbmon_data_of(&batch, &ring.records[0], &len), ring.bytes + 64);
	assert_int_equal(len, 4);
	ring.records[0].flag_data = '<';
	assert_null(ls_usbmon_data_of(&batch, &ring.records[0], &len));
	ring.records[1].len_cap = 129;
	assert_null(ls_usbmon_data_of(&batch, &ring.records[1], &len));
	ring.records[1].len_cap = 128;
	assert_non_null(ls_usbmon_data_of(&batch, &ring.records[1], &len));
	ring.records[3].len_cap = 1;
	assert_null(ls_usbmon_data_of(&batch, &ring.records[3], &len));
}

/* In a capture the file says how much of the data is there. */
static void
data_of_a_capture_may_be_cut(void **state)
{
	static struct {
		uint32_t captured, original;
		uint8_t record[LS_USBMON_HEADER], data[16];
	} file;
	static const struct {
		uint32_t captured, len_cap;
		size_t want;
	} cases[] = { { 64, 8, 0 }, { 68, 8, 4 }, { 80, 8, 8 }, { 1000, 1000, 16 }, { 80, 0, 0 } };
	struct ls_usbmon_record *record = (void *)file.record;
	const struct ls_usbmon_batch batch = { .ring = (const uint8_t *)&file,
					       .ring_size = sizeof(file),
					       .is_capture = true };

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		size_t len = 0;

		file.captured = cases[i].captured;
		record->len_cap = cases[i].len_cap;
		assert_ptr_equal(ls_usbmon_data_of(&batch, record, &len),
				 cases[i].want ? file.data : NULL);
		assert_int_equal(len, cases[i].want);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_the_kernel_writes),
		cmocka_unit_test(writes_what_it_reads),
		cmocka_unit_test(reads_short_headers),
		cmocka_unit_test(reads_the_other_byte_order),
		cmocka_unit_test(refuses_what_is_none),
		cmocka_unit_test(classes_follow_the_status),
		cmocka_unit_test(each_row_is_found_by_its_status),
		cmocka_unit_test(timeouts_are_round),
		cmocka_unit_test(moments_are_never_in_the_future),
		cmocka_unit_test(a_batch_stays_in_its_ring),
		cmocka_unit_test(data_of_a_capture_may_be_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
