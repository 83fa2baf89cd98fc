#pragma once
/* Inside of the traffic table: what traffic.c fills and traffic_read.c reads. Laid out for the
 * cache: a record touches one line each of the header, the slots, its device, its endpoint, the
 * URBs under way, the recorder, and two of the histogram. */
#include "lib/usbmon/traffic.h"

#define DEVNUMS	       128
#define N_SLOTS	       (LS_TRAFFIC_DEVICES + 1) /* slot 0 stands for none */
#define N_RECORDERS    128
#define N_BUCKETS      2048 /* a power of two */
#define BUCKET_BITS    11
#define WAYS	       8
#define N_RECENT       64
#define CACHE_LINE     64
#define EVIDENCE_WORDS ((N_SLOTS + 63) / 64)

/* A URB under way. @since: the moment, µs modulo 2^48, above 16 bits of whose it is. */
struct under_way {
	uint64_t id; /* 0: free, and so are the rest of the bucket */
	uint64_t since;
};

struct evidence {
	struct ls_traffic_evidence fresh; /* its numbers start again when told */
	bool any;
	uint32_t n_recent; /* ever; the newest is at (n_recent - 1) % N_RECENT */
	uint64_t recent_us[N_RECENT];
};

struct device {
	struct ls_traffic_counts since; /* the last take */
	struct ls_flight *flight;
	uint64_t last_used; /* in records of all devices */
	uint16_t bus;
	uint8_t devnum;
	uint8_t slot;
	struct evidence evidence;
	struct ls_traffic_counts before; /* the last take */
} __attribute__((aligned(CACHE_LINE)));

struct ls_traffic {
	struct ls_traffic_health health;
	uint64_t untold[EVIDENCE_WORDS]; /* slots with fresh evidence */
	uint8_t slot_of[LS_TRAFFIC_BUSES * DEVNUMS];
	struct under_way under_way[N_BUCKETS][WAYS] __attribute__((aligned(CACHE_LINE)));
	struct device devices[N_SLOTS];
	struct ls_flight flights[N_RECORDERS] __attribute__((aligned(CACHE_LINE)));
	struct device *flight_owners[N_RECORDERS];
	struct ls_traffic_counts scratch; /* for visits */
	void *allocation;		  /* that this lies in, aligned */
};

static inline unsigned int
place_of(unsigned int bus, unsigned int devnum)
{
	return bus * DEVNUMS + devnum;
}

static inline struct device *
device_find(const struct ls_traffic *traffic, unsigned int bus, unsigned int devnum)
{
	unsigned int slot;

	if (bus >= LS_TRAFFIC_BUSES || devnum >= DEVNUMS)
		return NULL;
	slot = traffic->slot_of[place_of(bus, devnum)];
	return slot ? (struct device *)(uintptr_t)&traffic->devices[slot] : NULL;
}
