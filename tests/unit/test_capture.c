#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <zlib.h>
#include <zstd.h>

#include <cmocka.h>

#include "cli/analyze.h"
#include "cli/capture.h"

#define BYTES_MAX 8192
#define N_EVENTS  6

enum packing { PLAIN, GZIP, ZSTD };

struct bytes {
	uint8_t at[BYTES_MAX];
	size_t len;
};

/* What the captures below hold: two transfers that end, and one refused. */
static const struct ls_usbmon_record events[N_EVENTS] = {
	{ .id = 7,
	  .type = 'S',
	  .xfer = 3,
	  .endpoint = 0x81,
	  .devnum = 5,
	  .bus = 2,
	  .real_sec = 1000,
	  .status = -115,
	  .length = 512 },
	{ .id = 8,
	  .type = 'S',
	  .xfer = 3,
	  .endpoint = 0x02,
	  .devnum = 5,
	  .bus = 2,
	  .real_sec = 1000,
	  .status = -115,
	  .length = 31,
	  .interval = 3 },
	{ .id = 7,
	  .type = 'C',
	  .xfer = 3,
	  .endpoint = 0x81,
	  .devnum = 5,
	  .bus = 2,
	  .real_sec = 1000,
	  .real_usec = 250,
	  .status = 0,
	  .length = 100 },
	{ .id = 8,
	  .type = 'C',
	  .xfer = 3,
	  .endpoint = 0x02,
	  .devnum = 5,
	  .bus = 2,
	  .real_sec = 1001,
	  .status = -71 },
	{ .id = 9,
	  .type = 'S',
	  .xfer = 0,
	  .endpoint = 0x83,
	  .devnum = 6,
	  .bus = 2,
	  .real_sec = 1002,
	  .status = -115,
	  .iso = { 0, 8 } },
	{ .id = 9,
	  .type = 'E',
	  .xfer = 0,
	  .endpoint = 0x83,
	  .devnum = 6,
	  .bus = 2,
	  .real_sec = 1002,
	  .status = -28,
	  .iso = { 0, 8 } },
};

static void
append(struct bytes *bytes, const void *what, size_t len)
{
	assert_true(bytes->len + len <= sizeof(bytes->at));
	memcpy(bytes->at + bytes->len, what, len);
	bytes->len += len;
}

static void
append_number(struct bytes *bytes, uint64_t value, size_t size, bool is_foreign)
{
	for (size_t i = 0; i < size; i++) {
		size_t shift = is_foreign ? size - 1 - i : i; /* tests run on little endian only */
		uint8_t byte = (uint8_t)(value >> shift * 8);

		append(bytes, &byte, 1);
	}
}

static void
append_usbmon(struct bytes *bytes, const struct ls_usbmon_record *record, bool is_foreign)
{
	append_number(bytes, record->id, 8, is_foreign);
	append(bytes, &record->type, 4);
	append_number(bytes, record->bus, 2, is_foreign);
	append(bytes, &record->flag_setup, 2);
	append_number(bytes, (uint64_t)record->real_sec, 8, is_foreign);
	append_number(bytes, (uint32_t)record->real_usec, 4, is_foreign);
	append_number(bytes, (uint32_t)record->status, 4, is_foreign);
	append_number(bytes, record->length, 4, is_foreign);
	append_number(bytes, record->len_cap, 4, is_foreign);
	if (record->xfer == LS_XFER_ISO) {
		append_number(bytes, (uint32_t)record->iso.n_errors, 4, is_foreign);
		append_number(bytes, (uint32_t)record->iso.n_packets, 4, is_foreign);
	} else {
		append(bytes, record->setup, 8);
	}
	append_number(bytes, (uint32_t)record->interval, 4, is_foreign);
	append_number(bytes, (uint32_t)record->start_frame, 4, is_foreign);
	append_number(bytes, record->xfer_flags, 4, is_foreign);
	append_number(bytes, record->n_descriptors, 4, is_foreign);
}

struct shape {
	const char *format;
	uint32_t link_type;
	bool is_foreign;
	enum packing packing;
};

static void
append_beginning(struct bytes *bytes, const struct shape *shape)
{
	bool foreign = shape->is_foreign;

	if (strcmp(shape->format, "pcapng") == 0) {
		const uint32_t numbers[] = {
			0x0a0d0d0a, 28, 0x1a2b3c4d, foreign ? 1u << 16 : 1u, UINT32_MAX, UINT32_MAX,
			28,	    1,	20
		};

		for (size_t i = 0; i < LS_COUNT(numbers); i++)
			append_number(bytes, numbers[i], 4, foreign);
		append_number(bytes, shape->link_type, 2, foreign);
		append_number(bytes, 0, 2, foreign);
		append_number(bytes, 65535, 4, foreign);
		append_number(bytes, 20, 4, foreign);
		return;
	}
	append_number(bytes, 0xa1b2c3d4, 4, foreign);
	append_number(bytes, 2, 2, foreign);
	append_number(bytes, 4, 2, foreign);
	append_number(bytes, 0, 8, foreign);
	append_number(bytes, 65535, 4, foreign);
	append_number(bytes, shape->link_type, 4, foreign);
}

static void
append_event(struct bytes *bytes, const struct shape *shape, size_t i)
{
	bool is_ng = strcmp(shape->format, "pcapng") == 0, foreign = shape->is_foreign;
	uint32_t len = shape->link_type == 189 ? LS_USBMON_HEADER_SHORT : LS_USBMON_HEADER;
	struct bytes header = { .len = 0 };

	append_usbmon(&header, &events[i], foreign);
	if (is_ng) {
		append_number(bytes, 6, 4, foreign);
		append_number(bytes, 32 + len, 4, foreign);
		append_number(bytes, 0, 4, foreign);
	}
	append_number(bytes, 1000, 4, foreign); /* moments of the file, which nobody reads */
	append_number(bytes, 0, 4, foreign);
	append_number(bytes, len, 4, foreign);
	append_number(bytes, len, 4, foreign);
	append(bytes, header.at, len);
	if (is_ng)
		append_number(bytes, 32 + len, 4, foreign);
}

static void
pack(struct bytes *bytes, enum packing packing)
{
	static struct bytes packed;
	z_stream gzip = { .next_in = bytes->at, .avail_in = (unsigned int)bytes->len };

	if (packing == PLAIN)
		return;
	if (packing == ZSTD) {
		packed.len = ZSTD_compress(packed.at, BYTES_MAX, bytes->at, bytes->len, 1);
		assert_false(ZSTD_isError(packed.len));
	} else {
		gzip.next_out = packed.at;
		gzip.avail_out = BYTES_MAX;
		assert_int_equal(deflateInit2(&gzip, 1, Z_DEFLATED, 15 + 16, 8, 0), Z_OK);
		assert_int_equal(deflate(&gzip, Z_FINISH), Z_STREAM_END);
		deflateEnd(&gzip);
		packed.len = BYTES_MAX - gzip.avail_out;
	}
	*bytes = packed;
}

static void
build(struct bytes *bytes, const struct shape *shape)
{
	bytes->len = 0;
	append_beginning(bytes, shape);
	for (size_t i = 0; i < N_EVENTS; i++)
		append_event(bytes, shape, i);
	pack(bytes, shape->packing);
}

static int
file_of(const void *bytes, size_t len)
{
	int fd = memfd_create("capture", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, len), len);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

static int
read_to_end(struct capture *capture, struct ls_traffic *traffic)
{
	int r;

	do
		r = capture_read(capture, 2, traffic);
	while (r > 0);
	return r;
}

static void
check_counts(const struct capture *capture, const struct ls_traffic *traffic)
{
	const struct capture_counts *counts = capture_counts(capture);
	static struct ls_traffic_counts device;

	assert_int_equal(counts->n_records, N_EVENTS);
	assert_int_equal(counts->n_submissions, 3);
	assert_int_equal(counts->n_completions, 2);
	assert_int_equal(counts->n_refused, 1);
	assert_int_equal(counts->n_nonsense, 0);
	assert_int_equal(counts->completions_by_status[0], 1);
	assert_int_equal(counts->completions_by_status[71], 1);
	assert_int_equal(counts->first_us, 1000 * LS_SEC);
	assert_int_equal(counts->last_us, 1002 * LS_SEC);
	assert_int_equal(ls_traffic_total(traffic, 2, 5, &device), 1);
	assert_int_equal(device.endpoints[16 + 1].bytes, 100);
	assert_int_equal(device.latency[LS_XFER_BULK].max_us, LS_SEC);
	assert_int_equal(ls_traffic_total(traffic, 2, 6, &device), 1);
	assert_int_equal(device.endpoints[16 + 3].n_refused, 1);
}

static void
reads_every_shape(void **state)
{
	static struct bytes bytes;

	(void)state;
	for (unsigned int i = 0; i < 24; i++) {
		const struct shape shape = { i & 1 ? "pcapng" : "pcap", i & 2 ? 189 : 220, i & 4,
					     (enum packing)(i / 8) };
		ls_auto(capture) *capture = NULL;
		ls_auto(ls_traffic) *traffic = NULL;
		char why[CAPTURE_WHY_MAX];
		int fd;

		print_message("%s %u foreign %d packing %d\n", shape.format, shape.link_type,
			      shape.is_foreign, shape.packing);
		build(&bytes, &shape);
		fd = file_of(bytes.at, bytes.len);
		assert_int_equal(ls_traffic_new(&traffic), 0);
		assert_int_equal(capture_new(fd, why, &capture), 0);
		assert_string_equal(capture_format(capture), shape.format);
		assert_int_equal(capture_link_type(capture), shape.link_type);
		assert_int_equal(read_to_end(capture, traffic), 0);
		check_counts(capture, traffic);
		assert_int_equal(capture_n_read(capture), bytes.len);
		close(fd);
	}
}

/* Wherever it is cut: no crash, whole records count, and the reason is told. */
static void
keeps_what_comes_before_a_cut(void **state)
{
	static struct bytes bytes;

	(void)state;
	for (unsigned int i = 0; i < 6; i++) {
		const struct shape shape = { i & 1 ? "pcapng" : "pcap", 220, false,
					     (enum packing)(i / 2) };

		build(&bytes, &shape);
		for (size_t len = 0; len < bytes.len; len++) {
			ls_auto(capture) *capture = NULL;
			ls_auto(ls_traffic) *traffic = NULL;
			char why[CAPTURE_WHY_MAX] = "";
			int fd = file_of(bytes.at, len), r;

			assert_int_equal(ls_traffic_new(&traffic), 0);
			r = capture_new(fd, why, &capture);
			assert_true(r == 0 || (r == -EBADMSG && *why));
			if (r == 0 && read_to_end(capture, traffic) < 0)
				assert_non_null(strstr(capture_why(capture), "read up to record"));
			else if (r == 0) /* cut between two records, so it looks whole */
				assert_int_equal(shape.packing, PLAIN);
			close(fd);
		}
	}
}

static void
says_how_far_it_read(void **state)
{
	static const struct shape shape = { "pcap", 220, false, PLAIN };
	static struct bytes bytes;
	ls_auto(capture) *capture = NULL;
	ls_auto(ls_traffic) *traffic = NULL;
	char why[CAPTURE_WHY_MAX];
	int fd;

	(void)state;
	build(&bytes, &shape);
	fd = file_of(bytes.at, 24 + 3 * 80 + 40);
	assert_int_equal(ls_traffic_new(&traffic), 0);
	assert_int_equal(capture_new(fd, why, &capture), 0);
	assert_int_equal(read_to_end(capture, traffic), -EBADMSG);
	print_message("%s\n", capture_why(capture));
	assert_non_null(strstr(capture_why(capture), "record 3, byte 304, and no further"));
	assert_int_equal(capture_counts(capture)->n_completions, 1);
	assert_int_equal(capture_read(capture, 2, traffic), -EBADMSG); /* and stays so */
	close(fd);
}

static void
refuses_what_is_no_usbmon_capture(void **state)
{
	static const uint8_t ethernet[24] = { 0xd4, 0xc3, 0xb2, 0xa1,	     2,
					      0,    4,	  0,	[16] = 0xff, [20] = 1 };
	static const struct {
		const char *bytes;
		size_t len;
		const char *part;
	} cases[] = {
		{ "", 0, "is empty" },
		{ "abc", 3, "is no capture" },
		{ "Nov 22 14:00:11 kernel: usb 1-2: reset\n", 39, "is no capture" },
		{ (const char *)ethernet, 24, "link type 1 (Ethernet)" },
		{ "\xd4\xc3\xb2\xa1", 4, "damaged at its beginning" },
		{ "\x0a\x0d\x0d\x0a\xff\xff\xff\xff\x4d\x3c\x2b\x1a", 12, "damaged" },
		{ "\xfd\x37zXZ\0", 6, "packed with xz" },
		{ "\x1f\x8b\x08", 3, "gzip data is cut off" },
		{ "\x1f\x8b\x08junkjunkjunkjunk", 19, "gzip data is damaged" },
		{ "\x28\xb5\x2f\xfdjunkjunkjunk", 16, "zstd data is damaged" },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		ls_auto(capture) *capture = NULL;
		char why[CAPTURE_WHY_MAX] = "";
		int fd = file_of(cases[i].bytes, cases[i].len);

		assert_int_equal(capture_new(fd, why, &capture), -EBADMSG);
		print_message("%s\n", why);
		assert_non_null(strstr(why, cases[i].part));
		close(fd);
	}
}

/* A pipe gives what it has, be it a byte. */
static void
reads_from_a_slow_pipe(void **state)
{
	static const struct shape shape = { "pcapng", 220, false, GZIP };
	static struct bytes bytes;
	ls_auto(capture) *capture = NULL;
	ls_auto(ls_traffic) *traffic = NULL;
	char why[CAPTURE_WHY_MAX];
	int ends[2];

	(void)state;
	build(&bytes, &shape);
	assert_int_equal(pipe(ends), 0);
	if (fork() == 0) {
		for (size_t i = 0; i < bytes.len; i++) {
			if (write(ends[1], &bytes.at[i], 1) != 1)
				_exit(1);
			usleep(100);
		}
		_exit(0);
	}
	close(ends[1]);
	assert_int_equal(ls_traffic_new(&traffic), 0);
	assert_int_equal(capture_new(ends[0], why, &capture), 0);
	assert_int_equal(read_to_end(capture, traffic), 0);
	check_counts(capture, traffic);
	close(ends[0]);
}

static void
gives_the_same_members_for_any_file(void **state)
{
	static const struct shape shape = { "pcap", 220, false, PLAIN };
	static struct bytes bytes;
	ls_auto(capture) *capture = NULL;
	ls_auto(ls_traffic) *traffic = NULL;
	ls_json_auto json_t *full = NULL, *nothing = analyze_nothing("f", "is empty");
	char why[CAPTURE_WHY_MAX];
	const json_t *device;
	const char *key;
	json_t *value;
	int fd;

	(void)state;
	build(&bytes, &shape);
	fd = file_of(bytes.at, bytes.len);
	assert_int_equal(ls_traffic_new(&traffic), 0);
	assert_int_equal(capture_new(fd, why, &capture), 0);
	assert_int_equal(read_to_end(capture, traffic), 0);
	full = analyze_capture("f", capture, traffic, NULL);
	assert_non_null(full);
	assert_non_null(nothing);
	assert_int_equal(json_object_size(full), json_object_size(nothing));
	json_object_foreach(full, key, value)
	{
		assert_non_null(json_object_get(nothing, key));
	}
	device = json_array_get(json_object_get(full, "devices"), 0);
	assert_int_equal(json_integer_value(json_object_get(device, "link_evidence")), 1);
	assert_int_equal(json_integer_value(json_object_get(device, "bytes_in")), 100);
	close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_every_shape),
		cmocka_unit_test(keeps_what_comes_before_a_cut),
		cmocka_unit_test(says_how_far_it_read),
		cmocka_unit_test(refuses_what_is_no_usbmon_capture),
		cmocka_unit_test(reads_from_a_slow_pipe),
		cmocka_unit_test(gives_the_same_members_for_any_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
