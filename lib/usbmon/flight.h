#pragma once
/* The flight recorder: the last transfers of one device, headers only. */
#include "lib/base/base.h"
#include "lib/usbmon/usbmon.h"

#define LS_FLIGHT_RECORDS 256 /* a power of two */

/* What of a record is worth keeping. The first 16 bytes are those of the header. */
struct ls_flight_record {
	uint64_t id;
	uint8_t type, xfer, endpoint, devnum;
	uint16_t bus;
	uint8_t flag_setup, flag_data;
	uint64_t real_us;
	int32_t status;
	uint32_t length;
	uint8_t setup[8]; /* of isochronous transfers the counts, as in the header */
};
_Static_assert(sizeof(struct ls_flight_record) == 40, "one moves five words");
_Static_assert(offsetof(struct ls_flight_record, real_us) ==
		       offsetof(struct ls_usbmon_record, real_sec),
	       "the first words are the same");

struct ls_flight {
	uint64_t n; /* ever; the newest is at (n - 1) % LS_FLIGHT_RECORDS */
	struct ls_flight_record records[LS_FLIGHT_RECORDS];
};

static inline void
ls_flight_add(struct ls_flight *flight, const struct ls_usbmon_record *record, uint64_t real_us)
{
	struct ls_flight_record *kept = &flight->records[flight->n++ % LS_FLIGHT_RECORDS];

	__builtin_memcpy(kept, record, offsetof(struct ls_flight_record, real_us));
	kept->real_us = real_us;
	__builtin_memcpy(&kept->status, &record->status, 8); /* and the length */
	__builtin_memcpy(kept->setup, record->setup, 8);
}

/* The header again, for a pcapng export. Interval, frame and flags of the URB were not kept. */
void ls_flight_restore(const struct ls_flight_record *kept, struct ls_usbmon_record *ret);

typedef void (*ls_flight_fn)(const struct ls_flight_record *record, void *user);
/* Visits, oldest first, what was recorded at or after @since_us (CLOCK_REALTIME). */
void ls_flight_visit(const struct ls_flight *flight, uint64_t since_us, ls_flight_fn visit,
		     void *user);
