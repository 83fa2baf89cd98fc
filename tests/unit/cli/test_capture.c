#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/analyze/json.h"
#include "cli/offline/capture.h"
#include "cli/offline/input.h"
#include "tests/unit/cli/capture_bytes.h"

static int
file_of(const void *bytes, size_t len)
{
	int fd = memfd_create("capture", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, len), len);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

/* The descriptor stays open. */
static struct input *
input_of(int fd)
{
	struct input *input;

	assert_int_equal(input_new(fd, "f", &input), 0);
	assert_int_equal(input_next(input), 1);
	return input;
}

static void
on_observation(const struct ls_observation *obs, void *user)
{
	(void)user;
	assert_true(obs->at.mono_us <= 86400 * LS_SEC);
}

static struct capture_watch *
new_watch(void)
{
	const struct capture_watch_options options = { .observe = on_observation };
	struct capture_watch *watch;

	assert_int_equal(capture_watch_new(&options, &watch), 0);
	return watch;
}

static int
read_by(struct capture *capture, size_t n, struct capture_watch *watch)
{
	int r;

	do
		r = capture_read(capture, n, watch);
	while (r > 0);
	return r;
}

static int
read_to_end(struct capture *capture, struct capture_watch *watch)
{
	return read_by(capture, 2, watch);
}

static void
check_counts(const struct capture *capture, const struct ls_traffic *traffic)
{
	const struct capture_counts *counts = capture_counts(capture);
	static struct ls_traffic_counts device;

	assert_int_equal(counts->n_records, CAPTURE_EVENTS);
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
	for (unsigned int i = 0; i < 32; i++) {
		const struct shape shape = { i & 1 ? "pcapng" : "pcap", i & 2 ? 189 : 220, i & 4,
					     (enum packing)(i / 8) };
		ls_auto(input) *input = NULL;
		ls_auto(capture) *capture = NULL;
		ls_auto(capture_watch) *watch = NULL;
		char why[CAPTURE_WHY_MAX];
		int fd;

		print_message("%s %u foreign %d packing %d\n", shape.format, shape.link_type,
			      shape.is_foreign, shape.packing);
		capture_bytes_build(&bytes, &shape);
		fd = file_of(bytes.at, bytes.len);
		watch = new_watch();
		input = input_of(fd);
		assert_int_equal(capture_new(input, why, &capture), 0);
		assert_string_equal(capture_format(capture), shape.format);
		assert_int_equal(capture_link_type(capture), shape.link_type);
		assert_int_equal(read_to_end(capture, watch), 0);
		check_counts(capture, capture_watch_traffic(watch));
		assert_int_equal(capture_n_read(capture), bytes.len);
		close(fd);
	}
}

/* Wherever it is cut: no crash, whole records count, and the reason is reported. */
static void
keeps_what_comes_before_a_cut(void **state)
{
	static struct bytes bytes;

	(void)state;
	for (unsigned int i = 0; i < 6; i++) {
		const struct shape shape = { i & 1 ? "pcapng" : "pcap", 220, false,
					     (enum packing)(i / 2) };

		capture_bytes_build(&bytes, &shape);
		for (size_t len = 0; len < bytes.len; len++) {
			ls_auto(input) *input = NULL;
			ls_auto(capture) *capture = NULL;
			ls_auto(capture_watch) *watch = NULL;
			char why[CAPTURE_WHY_MAX] = "";
			int fd = file_of(bytes.at, len), r;

			watch = new_watch();
			input = input_of(fd);
			r = capture_new(input, why, &capture);
			assert_true(r == 0 || (r == -EBADMSG && *why));
			if (r == 0 && read_to_end(capture, watch) < 0)
				assert_non_null(strstr(capture_why(capture), "read up to record"));
			else if (r == 0) /* cut between two records, so it looks whole */
				assert_int_equal(shape.packing, PLAIN);
			close(fd);
		}
	}
}

static void
reports_how_far_it_read(void **state)
{
	static const struct shape shape = { "pcap", 220, false, PLAIN };
	static struct bytes bytes;
	ls_auto(input) *input = NULL;
	ls_auto(capture) *capture = NULL;
	ls_auto(capture_watch) *watch = NULL;
	char why[CAPTURE_WHY_MAX];
	int fd;

	(void)state;
	capture_bytes_build(&bytes, &shape);
	fd = file_of(bytes.at, 24 + 3 * 80 + 40);
	watch = new_watch();
	input = input_of(fd);
	assert_int_equal(capture_new(input, why, &capture), 0);
	assert_int_equal(read_to_end(capture, watch), -EBADMSG);
	print_message("%s\n", capture_why(capture));
	assert_non_null(strstr(capture_why(capture), "record 3, byte 304, and no further"));
	assert_int_equal(capture_counts(capture)->n_completions, 1);
	assert_int_equal(capture_read(capture, 2, watch), -EBADMSG); /* and stays so */
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
		{ "\xfd\x37zXZ\0", 6, "the xz data is cut off" },
		{ "BZh91AY", 7, "the bzip2 data is damaged" },
		{ "\x1f\x8b\x08", 3, "gzip data is cut off" },
		{ "\x1f\x8b\x08junkjunkjunkjunk", 19, "gzip data is damaged" },
		{ "\x28\xb5\x2f\xfdjunkjunkjunk", 16, "zstd data cannot be unpacked" },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		ls_auto(input) *input = NULL;
		ls_auto(capture) *capture = NULL;
		char why[CAPTURE_WHY_MAX] = "";
		int fd = file_of(cases[i].bytes, cases[i].len);

		input = input_of(fd);
		assert_int_equal(capture_new(input, why, &capture), -EBADMSG);
		print_message("%s\n", why);
		assert_non_null(strstr(why, cases[i].part));
		close(fd);
	}
}

static uint8_t *
put_block(uint8_t *at, uint32_t type, const void *body, uint32_t len)
{
	const uint32_t total = len + 12, head[2] = { type, total };

	at = mempcpy(at, head, sizeof(head));
	at = mempcpy(at, body, len);
	return mempcpy(at, &total, sizeof(total));
}

static uint8_t *
put_packet(uint8_t *at, uint32_t interface, const void *data, uint32_t len)
{
	uint8_t body[20 + LS_USBMON_HEADER];
	const uint32_t head[5] = { interface, 0, 0, len, len };

	memcpy(mempcpy(body, head, sizeof(head)), data, len);
	return put_block(at, 6, body, (uint32_t)sizeof(head) + len);
}

/* As Wireshark writes it when it records a network card and usbmon together. */
static void
other_interfaces_are_passed_over(void **state)
{
	const uint32_t section[4] = { 0x1a2b3c4d, 1, UINT32_MAX, UINT32_MAX };
	const uint32_t ethernet[2] = { 1, 0 }, usbmon[2] = { 220, 0 };
	struct ls_usbmon_record record = {
		.id = 64, .type = 'S', .xfer = 3, .devnum = 9, .bus = 4
	};
	ls_auto(input) *input = NULL;
	ls_auto(capture) *capture = NULL;
	ls_auto(capture_watch) *watch = new_watch();
	uint8_t bytes[1024], frame[60] = { 'S' }, *at = bytes;
	char why[CAPTURE_WHY_MAX];
	int fd;

	(void)state;
	at = put_block(at, 0x0a0d0d0a, section, sizeof(section));
	at = put_block(at, 1, ethernet, sizeof(ethernet));
	at = put_block(at, 1, usbmon, sizeof(usbmon));
	at = put_packet(at, 0, frame, sizeof(frame));
	at = put_packet(at, 1, &record, sizeof(record));
	at = put_packet(at, 0, frame, sizeof(frame));
	record.type = 'C';
	at = put_packet(at, 1, &record, sizeof(record));
	fd = file_of(bytes, (size_t)(at - bytes));
	input = input_of(fd);
	assert_int_equal(capture_new(input, why, &capture), 0);
	assert_int_equal(capture_link_type(capture), 220);
	assert_int_equal(read_to_end(capture, watch), 0);
	assert_int_equal(capture_counts(capture)->n_records, 2);
	assert_int_equal(capture_counts(capture)->n_submissions, 1);
	assert_int_equal(capture_counts(capture)->n_completions, 1);
	close(fd);
}

/* Transfers of one device, of which pages are given back while they are read. */
#define MANY	   50000
#define MANY_BYTES (24 + (size_t)MANY * (16 + LS_USBMON_HEADER))

static int
file_of_many(void)
{
	static uint8_t bytes[MANY_BYTES];
	const uint32_t header[6] = { 0xa1b2c3d4, 2 | 4 << 16, 0, 0, 65535, 220 };
	uint8_t *at = bytes;

	at = mempcpy(at, header, sizeof(header));
	for (uint32_t i = 0; i < MANY; i++) {
		const uint32_t head[4] = { 1000, i, LS_USBMON_HEADER, LS_USBMON_HEADER };
		const struct ls_usbmon_record record = {
			.id = 64 + i / 2 * 64,
			.type = i % 2 ? 'C' : 'S',
			.xfer = LS_XFER_BULK,
			.endpoint = 0x02,
			.devnum = 7,
			.bus = 1,
			.flag_setup = '-',
			.flag_data = '<',
			.real_sec = 1000,
			.real_usec = (int32_t)i,
			.status = i % 2 ? 0 : -115,
		};

		at = mempcpy(at, head, sizeof(head));
		at = mempcpy(at, &record, sizeof(record));
	}
	return file_of(bytes, sizeof(bytes));
}

/* What another program takes away meanwhile cannot be read; what was read counts. */
static void
a_file_may_be_shortened_meanwhile(void **state)
{
	static const size_t lens[] = { 0, 24, 24 + 80 * 100, 70000, 4096 * 200, 3000000 };

	(void)state;
	for (size_t i = 0; i < LS_COUNT(lens); i++) {
		ls_auto(input) *input = NULL;
		ls_auto(capture) *capture = NULL;
		ls_auto(capture_watch) *watch = new_watch();
		size_t n_whole = lens[i] < 24 ? 0 : (lens[i] - 24) / 80;
		char why[CAPTURE_WHY_MAX];
		int fd = file_of_many();

		input = input_of(fd);
		assert_int_equal(capture_new(input, why, &capture), 0);
		assert_int_equal(capture_read(capture, 1000, watch), 1);
		assert_int_equal(ftruncate(fd, (off_t)lens[i]), 0);
		assert_int_equal(read_by(capture, 1000, watch), -EBADMSG);
		print_message("%zu: %s\n", lens[i], capture_why(capture));
		assert_non_null(strstr(capture_why(capture), "shortened while it was read"));
		/* Of the one in which it ends, zeros may stand for the rest. */
		n_whole = n_whole > 1000 ? n_whole : 1000;
		assert_in_range(capture_counts(capture)->n_records, n_whole, n_whole + 1);
		assert_int_equal(capture_counts(capture)->n_nonsense, 0);
		close(fd);
	}
}

static void
gives_pages_back(void **state)
{
	ls_auto(input) *input = NULL;
	ls_auto(capture) *capture = NULL;
	ls_auto(capture_watch) *watch = new_watch();
	char why[CAPTURE_WHY_MAX];
	int fd = file_of_many();

	(void)state;
	input = input_of(fd);
	assert_int_equal(capture_new(input, why, &capture), 0);
	assert_int_equal(read_by(capture, 1000, watch), 0);
	assert_int_equal(capture_counts(capture)->n_submissions, MANY / 2);
	assert_int_equal(capture_counts(capture)->n_completions, MANY / 2);
	assert_int_equal(capture_n_read(capture), MANY_BYTES);
	close(fd);
}

/* A pipe gives what it has, be it a byte. */
static void
reads_from_a_slow_pipe(void **state)
{
	static const struct shape shape = { "pcapng", 220, false, GZIP };
	static struct bytes bytes;
	ls_auto(input) *input = NULL;
	ls_auto(capture) *capture = NULL;
	ls_auto(capture_watch) *watch = NULL;
	char why[CAPTURE_WHY_MAX];
	int ends[2];

	(void)state;
	capture_bytes_build(&bytes, &shape);
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
	watch = new_watch();
	input = input_of(ends[0]);
	assert_int_equal(capture_new(input, why, &capture), 0);
	assert_int_equal(read_to_end(capture, watch), 0);
	check_counts(capture, capture_watch_traffic(watch));
	close(ends[0]);
}

static void
gives_the_same_members_for_any_file(void **state)
{
	static const struct shape shape = { "pcap", 220, false, PLAIN };
	static struct bytes bytes;
	ls_auto(input) *input = NULL;
	ls_auto(capture) *capture = NULL;
	ls_auto(capture_watch) *watch = NULL;
	ls_json_auto json_t *full = NULL, *nothing = analyze_nothing("f", "is empty");
	char why[CAPTURE_WHY_MAX];
	const json_t *device;
	const char *key;
	json_t *value;
	int fd;

	(void)state;
	capture_bytes_build(&bytes, &shape);
	fd = file_of(bytes.at, bytes.len);
	watch = new_watch();
	input = input_of(fd);
	assert_int_equal(capture_new(input, why, &capture), 0);
	assert_int_equal(read_to_end(capture, watch), 0);
	full = analyze_capture("f", capture, watch, NULL, NULL);
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
		cmocka_unit_test(reports_how_far_it_read),
		cmocka_unit_test(refuses_what_is_no_usbmon_capture),
		cmocka_unit_test(other_interfaces_are_passed_over),
		cmocka_unit_test(a_file_may_be_shortened_meanwhile),
		cmocka_unit_test(gives_pages_back),
		cmocka_unit_test(reads_from_a_slow_pipe),
		cmocka_unit_test(gives_the_same_members_for_any_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
