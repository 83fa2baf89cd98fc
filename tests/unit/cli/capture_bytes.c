#include "tests/unit/cli/capture_bytes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <archive.h>
#include <archive_entry.h>
#include <cmocka.h>

#include "lib/usbmon/usbmon.h"

static const struct ls_usbmon_record events[CAPTURE_EVENTS] = {
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
	append_number(bytes, 1000, 4, foreign); /* times of the file, which are not read */
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
	static const int filters[] = {
		[GZIP] = ARCHIVE_FILTER_GZIP, [ZSTD] = ARCHIVE_FILTER_ZSTD, [XZ] = ARCHIVE_FILTER_XZ
	};
	static struct bytes packed;
	struct archive *archive;
	struct archive_entry *entry;

	if (packing == PLAIN)
		return;
	archive = archive_write_new();
	entry = archive_entry_new();
	packed.len = 0;
	archive_entry_set_filetype(entry, AE_IFREG);
	assert_int_equal(archive_write_set_format_raw(archive), ARCHIVE_OK);
	assert_int_equal(archive_write_add_filter(archive, filters[packing]), ARCHIVE_OK);
	archive_write_set_bytes_in_last_block(archive, 1);
	assert_int_equal(
		archive_write_open_memory(archive, packed.at, sizeof(packed.at), &packed.len),
		ARCHIVE_OK);
	assert_int_equal(archive_write_header(archive, entry), ARCHIVE_OK);
	assert_int_equal(archive_write_data(archive, bytes->at, bytes->len), bytes->len);
	assert_int_equal(archive_write_close(archive), ARCHIVE_OK);
	archive_write_free(archive);
	archive_entry_free(entry);
	*bytes = packed;
}

void
capture_bytes_build(struct bytes *bytes, const struct shape *shape)
{
	bytes->len = 0;
	append_beginning(bytes, shape);
	for (size_t i = 0; i < CAPTURE_EVENTS; i++)
		append_event(bytes, shape, i);
	pack(bytes, shape->packing);
}
