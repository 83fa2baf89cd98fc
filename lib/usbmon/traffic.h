#pragma once
/*
 * Every transfer of every device, counted: bytes, failures by status, times, what is under way, and
 * the last ones in a recorder. Pure; all memory is taken at the beginning:
 *
 *   buses                   0 … 127     records of a higher bus are counted as untracked
 *   devices                 255         of all buses, the pseudo devices 0 among them; one more is
 *                                       untracked until a place is free
 *   URBs under way          16384       8 to a hash bucket; the oldest of a full one is forgotten
 *   recorders               128         of 256 records; the device silent for longest loses its own
 *                                       once it has been silent for 4096 records of others
 *
 * Device number 0 of a bus is whatever is being enumerated there: it is counted like a device of
 * its own and never belongs to one. Numbers are reused: callers report devices that have gone.
 */
#include "lib/usbmon/flight.h"
#include "lib/usbmon/traffic_counts.h"
#include "lib/usbmon/usbmon.h"

#define LS_TRAFFIC_BUSES   128
#define LS_TRAFFIC_DEVICES 255
/* What the table itself went through, since it was made. */
struct ls_traffic_health {
	uint64_t n_records;   /* all that were offered */
	uint64_t n_nonsense;  /* no events */
	uint64_t n_untracked; /* for want of a place: a cap was reached */
	uint64_t n_unmatched; /* completions whose submission was not seen */
	uint64_t n_forgotten; /* URBs that fell out of a full bucket */
	uint64_t n_jumps;     /* times discarded, below 0 or above a day: the clock was set */
	unsigned int n_devices, n_recorders;
};

struct ls_traffic;

/* 0 or -ENOMEM. Some 10 MB of address space; resident is what the devices present touch. */
int ls_traffic_new(struct ls_traffic **ret);
void ls_traffic_free(struct ls_traffic *traffic);
LS_DEFINE_AUTO(ls_traffic)

void ls_traffic_add(struct ls_traffic *traffic, const struct ls_usbmon_record *record);
void ls_traffic_add_batch(struct ls_traffic *traffic, const struct ls_usbmon_batch *batch);

/*
 * Called with the few events that are more than a number, each before it is counted: control
 * transfers, failures, the first one of a device, interrupt transfers of hubs. It may report
 * devices as gone. Returns whether the device of @record is a hub.
 */
typedef bool (*ls_traffic_notable_fn)(const struct ls_usbmon_record *record, void *user);
void ls_traffic_set_notable(struct ls_traffic *traffic, ls_traffic_notable_fn notable, void *user);
/* Another source knows it: changes what the last call returned. Ignores an unknown device. */
void ls_traffic_set_hub(struct ls_traffic *traffic, unsigned int bus, unsigned int devnum,
			bool is_hub);

/* CLOCK_REALTIME was set forward by @step_us: corrects the times of what is under way. */
void ls_traffic_clock_step(struct ls_traffic *traffic, int64_t step_us);

/* The device has gone, or its number was reused: drops all its state. */
void ls_traffic_device_gone(struct ls_traffic *traffic, unsigned int bus, unsigned int devnum);
void ls_traffic_bus_gone(struct ls_traffic *traffic, unsigned int bus);

/* What came since the last take, or the device's first record. 1; 0: nothing of it is known. */
int ls_traffic_take(struct ls_traffic *traffic, unsigned int bus, unsigned int devnum,
		    struct ls_traffic_counts *ret);

/* The same, and it is not taken. */
int ls_traffic_peek(const struct ls_traffic *traffic, unsigned int bus, unsigned int devnum,
		    struct ls_traffic_counts *ret);

/* All of a device since its first record, taken or not. 1; 0: nothing of it is known. */
int ls_traffic_total(const struct ls_traffic *traffic, unsigned int bus, unsigned int devnum,
		     struct ls_traffic_counts *ret);

/* Visits the devices with their totals by bus and number. @counts is borrowed. */
typedef void (*ls_traffic_fn)(unsigned int bus, unsigned int devnum,
			      const struct ls_traffic_counts *counts, void *user);
void ls_traffic_visit(struct ls_traffic *traffic, ls_traffic_fn visit, void *user);

/* The same devices in the same order, without adding up what nobody looks at. */
typedef void (*ls_traffic_device_fn)(unsigned int bus, unsigned int devnum, void *user);
void ls_traffic_each(struct ls_traffic *traffic, ls_traffic_device_fn visit, void *user);

/* Of a device since its first record: bytes both ways, and the transfers under way now. */
struct ls_traffic_moved {
	uint64_t bytes, n_pending;
};
/* 1; 0: nothing of it is known. */
int ls_traffic_moved(const struct ls_traffic *traffic, unsigned int bus, unsigned int devnum,
		     struct ls_traffic_moved *ret);

void ls_traffic_health(const struct ls_traffic *traffic, struct ls_traffic_health *ret);

/*
 * Evidence about a link: failures of class link and babble, and timeouts of control transfers and
 * of writes. A read that times out is counted, but programs poll that way in normal operation: it
 * is no evidence. All moments are CLOCK_REALTIME, of the records.
 */
struct ls_traffic_evidence {
	uint16_t bus;
	uint8_t devnum;
	uint32_t n_link, n_babble, n_timeout; /* since the last call */
	uint8_t endpoint;		      /* of the last one; bit 7: IN */
	int32_t status;			      /* of the last one */
	uint64_t last_us;
	uint64_t spell_us; /* the first one after LS_SPELL_QUIET without any */
};
#define LS_SPELL_QUIET (10 * LS_SEC)

/* The next device with unreported evidence: 1, or 0 if there is none. Cheap. */
int ls_traffic_next_evidence(struct ls_traffic *traffic, struct ls_traffic_evidence *ret);

/* The device's recorder; NULL: it has none. Valid until the next record is added. */
const struct ls_flight *ls_traffic_flight(const struct ls_traffic *traffic, unsigned int bus,
					  unsigned int devnum);
