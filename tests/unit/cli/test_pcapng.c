#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/base/cli.h"
#include "cli/offline/pcapng.h"
#include "cli/commands/transfers.h"
#include "lib/usbmon/usbmon.h"

#define HEX_MAX (2 * LS_USBMON_HEADER + 1)

static const char *
hex_of(const struct ls_usbmon_record *record, char hex[HEX_MAX])
{
	uint8_t bytes[LS_USBMON_HEADER];

	ls_usbmon_format(record, bytes);
	for (size_t i = 0; i < sizeof(bytes); i++)
		snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
	return hex;
}

static struct ls_usbmon_record
sample(void)
{
	return (struct ls_usbmon_record){
		.id = 0x1234,
		.type = LS_USBMON_COMPLETE,
		.xfer = LS_XFER_BULK,
		.endpoint = 0x04,
		.devnum = 9,
		.bus = 1,
		.flag_setup = '-',
		.flag_data = '>',
		.real_sec = 1795356188,
		.status = -71,
		.length = 16384,
		.len_cap = 4096,
	};
}

static uint32_t
word(const uint8_t *bytes, size_t offset)
{
	uint32_t value;

	memcpy(&value, bytes + offset, sizeof(value));
	return value;
}

static void
begins_a_section(void **state)
{
	static const uint32_t want[] = { 0x0a0d0d0a, 28, 0x1a2b3c4d, 0, UINT32_MAX, UINT32_MAX,
					 28,	     1,	 20,	     0, 0,	    20 };
	uint8_t bytes[PCAPNG_HEAD_BYTES];
	uint16_t half;

	(void)state;
	pcapng_head(bytes);
	for (size_t i = 0; i < LS_COUNT(want); i++) {
		if (i == 3 || i == 9) /* halves: the version, the link type */
			continue;
		print_message("%zu\n", i);
		assert_int_equal(word(bytes, 4 * i), want[i]);
	}
	memcpy(&half, bytes + 12, 2);
	assert_int_equal(half, 1);
	memcpy(&half, bytes + 36, 2);
	assert_int_equal(half, 220);
}

static void
writes_packets(void **state)
{
	struct ls_usbmon_record record = sample(), back;
	uint8_t bytes[PCAPNG_PACKET_BYTES];
	char hex[HEX_MAX];

	(void)state;
	assert_int_equal(pcapng_packet(INT64_C(0x0006789a12345678), hex_of(&record, hex), bytes),
			 1);
	assert_int_equal(word(bytes, 0), 6);
	assert_int_equal(word(bytes, 4), PCAPNG_PACKET_BYTES);
	assert_int_equal(word(bytes, 8), 0);
	assert_int_equal(word(bytes, 12), 0x0006789a);
	assert_int_equal(word(bytes, 16), 0x12345678);
	assert_int_equal(word(bytes, 20), 64);
	assert_int_equal(word(bytes, 24), 64);
	assert_int_equal(word(bytes, 92), PCAPNG_PACKET_BYTES);
	assert_int_equal(ls_usbmon_parse(bytes + 28, 64, false, &back), 1);
	record.len_cap = 0;
	assert_memory_equal(&back, &record, sizeof(record));
}

static void
keeps_lengths_within_bounds(void **state)
{
	static const struct {
		uint8_t xfer, flag_data;
		uint32_t length, n_descriptors, want;
	} cases[] = {
		{ LS_XFER_BULK, '<', 16384, 0, 64 },
		{ LS_XFER_BULK, 0, 16384, 0, 64 + 16384 },
		{ LS_XFER_BULK, 0, 16384, 7, 64 + 16384 },
		{ LS_XFER_BULK, 0, UINT32_MAX, 0, 64 + (1u << 30) },
		{ LS_XFER_ISO, '<', 1024, 8, 64 + 128 },
		{ LS_XFER_ISO, 0, UINT32_MAX, UINT32_MAX, 64 + (1u << 31) },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		struct ls_usbmon_record record = sample();
		uint8_t bytes[PCAPNG_PACKET_BYTES];
		char hex[HEX_MAX];

		print_message("%zu\n", i);
		record.xfer = cases[i].xfer;
		record.flag_data = cases[i].flag_data;
		record.length = cases[i].length;
		record.n_descriptors = cases[i].n_descriptors;
		assert_int_equal(pcapng_packet(-1, hex_of(&record, hex), bytes), 1);
		assert_int_equal(word(bytes, 12), 0);
		assert_int_equal(word(bytes, 16), 0);
		assert_int_equal(word(bytes, 24), cases[i].want);
	}
}

static void
refuses_what_is_no_header(void **state)
{
	static const struct {
		size_t at;
		char c;
	} cases[] = {
		{ 0, '\0' }, { 1, '\0' },   { 127, '\0' },  { 0, 'g' }, { 3, ' ' },
		{ 5, '-' },  { 127, '\n' }, { 64, '\xff' }, { 17, '0' } /* the type is "@" */
	};
	struct ls_usbmon_record record = sample();
	uint8_t bytes[PCAPNG_PACKET_BYTES];
	char hex[HEX_MAX + 2];

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		hex_of(&record, hex);
		hex[cases[i].at] = cases[i].c;
		print_message("%zu\n", i);
		assert_int_equal(pcapng_packet(0, hex, bytes), -EBADMSG);
	}
	strcat((char *)(uintptr_t)hex_of(&record, hex), "00");
	assert_int_equal(pcapng_packet(0, hex, bytes), -EBADMSG);
	record.xfer = 4;
	assert_int_equal(pcapng_packet(0, hex_of(&record, hex), bytes), -EBADMSG);
}

static json_t *
two_transfers(const char *last_header)
{
	struct ls_usbmon_record record = sample();
	char hex[HEX_MAX];
	json_t *list;

	hex_of(&record, hex);
	list = json_pack("[{s:s, s:s}, {s:s, s:s}]", "at", "2026-11-22T14:03:08.7Z", "header", hex,
			 "at", "2026-11-22T14:03:09Z", "header", last_header ? last_header : hex);
	assert_non_null(list);
	return list;
}

static void
writes_new_files_only(void **state)
{
	struct cli cli = { .style = { .out = stdout, .dash = "-" } };
	ls_json_auto json_t *list = two_transfers(NULL), *hostile = two_transfers("../../etc");
	ls_json_auto json_t *none = json_array();
	char dir[] = "/tmp/linkstat-pcapng-XXXXXX", path[64], dangling[64], missing[64];
	struct stat st;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/a.pcapng", dir);
	snprintf(dangling, sizeof(dangling), "%s/b", dir);
	snprintf(missing, sizeof(missing), "%s/none/a", dir);
	assert_int_equal(transfers_export(&cli, none, path), CLI_USAGE);
	assert_int_equal(transfers_export(&cli, json_null(), path), CLI_USAGE);
	assert_int_equal(transfers_export(&cli, hostile, path), CLI_UNREACHABLE);
	assert_int_equal(stat(path, &st), -1);
	assert_int_equal(transfers_export(&cli, list, path), CLI_FINE);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, PCAPNG_HEAD_BYTES + 2 * PCAPNG_PACKET_BYTES);

	assert_int_equal(truncate(path, 1), 0);
	assert_int_equal(transfers_export(&cli, list, path), CLI_USAGE);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, 1);
	assert_int_equal(symlink("c", dangling), 0);
	assert_int_equal(transfers_export(&cli, list, dangling), CLI_USAGE);
	assert_int_equal(transfers_export(&cli, list, missing), CLI_UNREACHABLE);
	unlink(path);
	unlink(dangling);
	assert_int_equal(rmdir(dir), 0);
}

static void
writes_to_a_pipe_but_not_to_a_terminal(void **state)
{
	ls_json_auto json_t *list = two_transfers(NULL);
	struct cli cli = { .style = { .dash = "-" } };
	char *text = NULL;
	size_t len;

	(void)state;
	cli.style.out = open_memstream(&text, &len);
	assert_int_equal(transfers_export(&cli, list, "-"), CLI_FINE);
	fflush(cli.style.out);
	assert_int_equal(len, PCAPNG_HEAD_BYTES + 2 * PCAPNG_PACKET_BYTES);
	cli.style.terminal = true;
	assert_int_equal(transfers_export(&cli, list, "-"), CLI_USAGE);
	fclose(cli.style.out);
	assert_int_equal(len, PCAPNG_HEAD_BYTES + 2 * PCAPNG_PACKET_BYTES);
	free(text);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(begins_a_section),
		cmocka_unit_test(writes_packets),
		cmocka_unit_test(keeps_lengths_within_bounds),
		cmocka_unit_test(refuses_what_is_no_header),
		cmocka_unit_test(writes_new_files_only),
		cmocka_unit_test(writes_to_a_pipe_but_not_to_a_terminal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
