#include "lib/usbmon/usbmon.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define TIMEOUT_EARLY (2 * LS_MS)   /* the clock may be slewed by 500 ppm of 5 s */
#define TIMEOUT_LATE  (150 * LS_MS) /* jiffies, the cancel itself, a busy machine … */
#define LATE_SHIFT    5		    /* … and 1/32 of the time */

const struct ls_status_row ls_status_rows[LS_N_STATUS_ROWS] = {
	{ 0, LS_TRANSFER_OTHER, "", "another error" },
	{ 0, LS_TRANSFER_OK, "", "completed" },
	{ -2, LS_TRANSFER_TIMEOUT, "ENOENT", "no answer in time, cancelled" },
	{ -2, LS_TRANSFER_CANCELLED, "ENOENT", "cancelled" },
	{ -104, LS_TRANSFER_CANCELLED, "ECONNRESET", "cancelled" },
	{ -32, LS_TRANSFER_STALL, "EPIPE", "stalled by the device" },
	{ -71, LS_TRANSFER_LINK, "EPROTO", "no valid answer on the wire" },
	{ -84, LS_TRANSFER_LINK, "EILSEQ", "CRC error or no answer on the wire" },
	{ -62, LS_TRANSFER_LINK, "ETIME", "no answer on the wire" },
	{ -75, LS_TRANSFER_BABBLE, "EOVERFLOW", "babble: more came than was asked for" },
	{ -63, LS_TRANSFER_HOST, "ENOSR", "the host could not take the data in time" },
	{ -70, LS_TRANSFER_HOST, "ECOMM", "the host could not give the data in time" },
	{ -108, LS_TRANSFER_GONE, "ESHUTDOWN", "endpoint or device gone" },
	{ -19, LS_TRANSFER_GONE, "ENODEV", "device gone" },
	{ -121, LS_TRANSFER_OK, "EREMOTEIO", "short read" },
	{ -110, LS_TRANSFER_TIMEOUT, "ETIMEDOUT", "no answer in time" },
	{ -18, LS_TRANSFER_OTHER, "EXDEV", "isochronous packets not served" },
	{ -22, LS_TRANSFER_OTHER, "EINVAL", "refused as invalid" },
	{ -113, LS_TRANSFER_OTHER, "EHOSTUNREACH", "device suspended" },
	{ -12, LS_TRANSFER_HOST, "ENOMEM", "no memory" },
	{ -28, LS_TRANSFER_HOST, "ENOSPC", "no bandwidth left" },
	{ -1, LS_TRANSFER_CANCELLED, "EPERM", "being cancelled" },
	{ -115, LS_TRANSFER_OTHER, "EINPROGRESS", "in progress" },
	{ -5, LS_TRANSFER_OTHER, "EIO", "input/output error" },
	{ -6, LS_TRANSFER_OTHER, "ENXIO", "nothing queued in time" },
	{ -90, LS_TRANSFER_OTHER, "EMSGSIZE", "too long for the endpoint" },
};

/* One byte per errno, because every failure looks it up; 0 is the row of the rest. The unit test
 * holds the two tables together. */
const uint8_t ls_status_row_of[LS_STATUS_MAX + 2] = {
	[0] = 1,   [1] = 21,  [2] = 3,	 [5] = 23,   [6] = 24,	 [12] = 19,  [18] = 16,	 [19] = 13,
	[22] = 17, [28] = 20, [32] = 5,	 [62] = 8,   [63] = 10,	 [70] = 11,  [71] = 6,	 [75] = 9,
	[84] = 7,  [90] = 25, [104] = 4, [108] = 12, [110] = 15, [113] = 18, [115] = 22, [121] = 14
};

static uint16_t
swap16(uint16_t value)
{
	return __builtin_bswap16(value);
}

static uint32_t
swap32(uint32_t value)
{
	return __builtin_bswap32(value);
}

static void
swap(struct ls_usbmon_record *record)
{
	record->id = __builtin_bswap64(record->id);
	record->bus = swap16(record->bus);
	record->real_sec = (int64_t)__builtin_bswap64((uint64_t)record->real_sec);
	record->real_usec = (int32_t)swap32((uint32_t)record->real_usec);
	record->status = (int32_t)swap32((uint32_t)record->status);
	record->length = swap32(record->length);
	record->len_cap = swap32(record->len_cap);
	if (record->xfer == LS_XFER_ISO) {
		record->iso.n_errors = (int32_t)swap32((uint32_t)record->iso.n_errors);
		record->iso.n_packets = (int32_t)swap32((uint32_t)record->iso.n_packets);
	}
	record->interval = (int32_t)swap32((uint32_t)record->interval);
	record->start_frame = (int32_t)swap32((uint32_t)record->start_frame);
	record->xfer_flags = swap32(record->xfer_flags);
	record->n_descriptors = swap32(record->n_descriptors);
}

int
ls_usbmon_parse(const void *bytes, size_t len, bool swapped, struct ls_usbmon_record *ret)
{
	struct ls_usbmon_record record = { 0 };

	if (len < LS_USBMON_HEADER_SHORT)
		return -EBADMSG;
	memcpy(&record, bytes, len < sizeof(record) ? LS_USBMON_HEADER_SHORT : sizeof(record));
	if (!ls_usbmon_is_event(&record))
		return -EBADMSG;
	if (swapped)
		swap(&record);
	*ret = record;
	return 1;
}

void
ls_usbmon_format(const struct ls_usbmon_record *record, void *bytes)
{
	memcpy(bytes, record, sizeof(*record));
}

struct ls_instant
ls_usbmon_instant(int64_t real_us, struct ls_instant now)
{
	uint64_t ago = (uint64_t)now.real_us - (uint64_t)real_us;

	if (ago > INT64_MAX) /* from the future */
		return now;
	return (struct ls_instant){
		.mono_us = now.mono_us > ago ? now.mono_us - ago : 0,
		.real_us = real_us,
	};
}

const uint8_t *
ls_usbmon_data_of(const struct ls_usbmon_batch *batch, const struct ls_usbmon_record *record,
		  size_t *ret_len)
{
	const uint8_t *data = (const uint8_t *)record + LS_USBMON_HEADER;
	size_t room = (size_t)(batch->ring + batch->ring_size - data);
	uint32_t len_captured;

	if (record->flag_data != 0 || record->len_cap == 0)
		return NULL;
	if (!batch->is_capture) {
		*ret_len = record->len_cap;
		return record->len_cap <= room ? data : NULL;
	}
	memcpy(&len_captured, (const uint8_t *)record - 8, sizeof(len_captured));
	room = len_captured - LS_USBMON_HEADER < room ? len_captured - LS_USBMON_HEADER : room;
	*ret_len = record->len_cap < room ? record->len_cap : room;
	return *ret_len > 0 ? data : NULL;
}

const char *ls_transfer_class_name(enum ls_transfer_class class)
{
	static const char *const names[LS_N_TRANSFER_CLASSES] = {
		"ok", "link", "babble", "host", "stall", "cancelled", "timeout", "gone", "other",
	};

	return (size_t) class < LS_COUNT(names) ? names[class] : "other";
}

bool
ls_usbmon_is_timeout(uint64_t latency_us)
{
	static const uint64_t round_times[] = {
		500 * LS_MS, 1 * LS_SEC,  2 * LS_SEC,  3 * LS_SEC,
		5 * LS_SEC,  10 * LS_SEC, 30 * LS_SEC,
	};

	for (size_t i = 0; i < LS_COUNT(round_times); i++) {
		uint64_t early = round_times[i] - TIMEOUT_EARLY;
		uint64_t late = round_times[i] + TIMEOUT_LATE + (round_times[i] >> LATE_SHIFT);

		if (latency_us >= early && latency_us <= late)
			return true;
	}
	return false;
}

const char *
ls_status_text(int32_t status, char text[LS_STATUS_TEXT_MAX])
{
	const struct ls_status_row *row = &ls_status_rows[ls_status_find(status)];

	if (status == 0)
		snprintf(text, LS_STATUS_TEXT_MAX, "0");
	else if (*row->name)
		snprintf(text, LS_STATUS_TEXT_MAX, "%s (%d)", row->name, status);
	else
		snprintf(text, LS_STATUS_TEXT_MAX, "status %d", status);
	return text;
}

const char *
ls_xfer_name(unsigned int xfer)
{
	static const char *const names[LS_N_XFERS] = { "isochronous", "interrupt", "control",
						       "bulk" };

	return xfer < LS_COUNT(names) ? names[xfer] : "?";
}
