#pragma once
/*
 * One usbmon record: the kernel's header of a URB event, and what its status means. Nothing in a
 * record is trusted: captures may be forged.
 */
#include "lib/base/base.h"

#define LS_USBMON_HEADER_SHORT 48 /* read(2), MON_IOCX_GET, link type 189 */
#define LS_USBMON_HEADER       64 /* mmap, MON_IOCX_GETX, link type 220 */

#define LS_USBMON_SUBMIT	'S'
#define LS_USBMON_COMPLETE	'C'
#define LS_USBMON_SUBMIT_FAILED 'E' /* after an S of the same id; no C follows */
#define LS_USBMON_FILLER	'@' /* the unused end of a mapped ring; no event */

enum ls_xfer { LS_XFER_ISO, LS_XFER_INTERRUPT, LS_XFER_CONTROL, LS_XFER_BULK, LS_N_XFERS };

/*
 * Laid out as the kernel lays it out (drivers/usb/mon/mon_bin.c), so that a ring is read in
 * place, and a capture, in which a record may lie at any address.
 */
struct ls_usbmon_record {
	uint64_t id; /* the URB's address: unique only while it is in flight */
	uint8_t type;
	uint8_t xfer;	  /* enum ls_xfer */
	uint8_t endpoint; /* bit 7: IN; of control transfers the direction of the data */
	uint8_t devnum;	  /* 0 while the device has no address yet */
	uint16_t bus;
	uint8_t flag_setup; /* 0: @setup is one */
	uint8_t flag_data;  /* 0: data follows the header */
	int64_t real_sec;   /* CLOCK_REALTIME: jumps when the clock is set */
	int32_t real_usec;
	int32_t status;
	uint32_t length; /* wanted (S), actual (C) */
	uint32_t len_cap;
	union {
		uint8_t setup[8];
		struct {
			int32_t n_errors, n_packets;
		} iso;
	};
	int32_t interval, start_frame;
	uint32_t xfer_flags, n_descriptors;
} __attribute__((packed));
_Static_assert(sizeof(struct ls_usbmon_record) == LS_USBMON_HEADER, "the kernel's layout");

/*
 * Reads a header of @len bytes: a whole one, or a short one, whose last fields become 0. @swapped:
 * of a host of the other byte order. 1; -EBADMSG if it is cut or is none (a filler is none).
 */
int ls_usbmon_parse(const void *bytes, size_t len, bool swapped, struct ls_usbmon_record *ret);

/* The reverse of parsing a whole header, in this machine's byte order; for an export. */
void ls_usbmon_format(const struct ls_usbmon_record *record, void *bytes);

/* Is it an event of a known kind? Other members may be invalid. */
static inline bool
ls_usbmon_is_event(const struct ls_usbmon_record *record)
{
	return (record->type == LS_USBMON_SUBMIT || record->type == LS_USBMON_COMPLETE ||
		record->type == LS_USBMON_SUBMIT_FAILED) &&
	       record->xfer < LS_N_XFERS;
}

/* Microseconds since 1970. A hostile stamp wraps around. */
static inline uint64_t
ls_usbmon_real_us(const struct ls_usbmon_record *record)
{
	return (uint64_t)record->real_sec * LS_SEC + (uint64_t)(int64_t)record->real_usec;
}

/* Both clocks of a moment @real_us that was before @now; a clock set in between cannot make it
 * later than @now. */
struct ls_instant ls_usbmon_instant(int64_t real_us, struct ls_instant now);

/*
 * Records in a mapped ring, as MON_IOCX_MFETCH points to them, or in a piece of a capture. Valid
 * during the call only.
 */
struct ls_usbmon_batch {
	const uint8_t *ring;
	size_t ring_size;
	const uint32_t *offsets;
	size_t n;
	struct ls_instant now; /* when it was fetched */
	int64_t clock_step_us; /* CLOCK_REALTIME was set by so much since the batch before; mostly 0 */
	bool is_capture; /* pcap and pcapng have the captured length 8 bytes before a record */
};

static inline bool
ls_usbmon_is_within(const struct ls_usbmon_batch *batch, size_t i)
{
	return batch->offsets[i] + (uint64_t)LS_USBMON_HEADER <= batch->ring_size;
}

/* NULL: not within the ring. It may be a filler. */
static inline const struct ls_usbmon_record *
ls_usbmon_at(const struct ls_usbmon_batch *batch, size_t i)
{
	const uint8_t *record = batch->ring + batch->offsets[i];

	return ls_usbmon_is_within(batch, i) ? (const struct ls_usbmon_record *)(const void *)record
					     : NULL;
}

/* What was captured behind @record of @batch, *ret_len bytes; NULL if there is nothing. */
const uint8_t *ls_usbmon_data_of(const struct ls_usbmon_batch *batch,
				 const struct ls_usbmon_record *record, size_t *ret_len);

/* What the status of a transfer indicates (facts: drivers/usb/host, one mapping per driver). */
enum ls_transfer_class {
	LS_TRANSFER_OK,	       /* a short read (-121) is one, too */
	LS_TRANSFER_LINK,      /* no handshake, CRC or bit stuffing error, after all retries */
	LS_TRANSFER_BABBLE,    /* more data than requested: link or firmware fault */
	LS_TRANSFER_HOST,      /* memory, PCIe or bandwidth of the host */
	LS_TRANSFER_STALL,     /* a protocol answer from a link that works */
	LS_TRANSFER_CANCELLED, /* by a driver or a program */
	LS_TRANSFER_TIMEOUT,   /* cancelled after a round time: the device did not answer */
	LS_TRANSFER_GONE,      /* consequence of a disconnect, a reset, a new configuration */
	LS_TRANSFER_OTHER,
	LS_N_TRANSFER_CLASSES,
};
/* "ok", "link", …; names on the wire and in the store. Never NULL. */
const char *ls_transfer_class_name(enum ls_transfer_class class);

/*
 * Statuses that are counted one by one. The first row is for all the rest; the status -2 has two,
 * because after a round time it is a timeout.
 */
#define LS_N_STATUS_ROWS      26
#define LS_STATUS_ROW_OTHER   0
#define LS_STATUS_ROW_OK      1
#define LS_STATUS_ROW_TIMEOUT 2
struct ls_status_row {
	int status; /* of the row of the rest, 0 means nothing */
	enum ls_transfer_class class;
	const char *name;  /* "EPROTO"; "" of success and of the rest */
	const char *words; /* for people */
};
extern const struct ls_status_row ls_status_rows[LS_N_STATUS_ROWS];

#define LS_STATUS_MAX 127 /* of errno, in ls_status_row_of */
extern const uint8_t ls_status_row_of[LS_STATUS_MAX + 2];

/* The row of @status without regard to time: -2 is a cancel. */
static inline unsigned int
ls_status_find(int32_t status)
{
	uint32_t number = 0u - (uint32_t)status;

	return ls_status_row_of[number <= LS_STATUS_MAX ? number : LS_STATUS_MAX + 1];
}

/*
 * Does a synchronous cancel this long after the submission look like a timeout? 0.5, 1, 2, 3, 5, 10
 * and 30 s are what drivers and libusb programs wait; the timer is never early, and late when busy.
 */
bool ls_usbmon_is_timeout(uint64_t latency_us);

/* "EPROTO (-71)", "0", "status -200". Returns @text. */
#define LS_STATUS_TEXT_MAX 32
const char *ls_status_text(int32_t status, char text[LS_STATUS_TEXT_MAX]);

/* "bulk", "control", "interrupt", "isochronous"; "?" otherwise. */
const char *ls_xfer_name(unsigned int xfer);
