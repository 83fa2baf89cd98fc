#pragma once
/*
 * Devices that come, go, fail to come and are reset, out of what passes between the kernel and its
 * hubs and devices: for captures, where there is no other source. All memory is allocated at the
 * start.
 *
 *   buses      0 … 127    records of a higher bus are skipped
 *   devices    255        present ones; those that left give up their place to new ones
 *   ports      128        with recent events
 *   questions  64         GET_DESCRIPTOR and SET_ADDRESS under way
 *
 * A port is named where the capture shows how the device came there: the hub's port that was reset
 * last before it got its address. A device that was there before the capture began has no place:
 * it gets a port of its bus that no hub has, LS_UNPLACED plus its number. Device numbers are
 * used again: a reused number is reported as LS_OBS_ENUMERATING, and the device before it has gone.
 */
#include "lib/usbmon/hub.h"
#include "lib/model/observation.h"

#define LS_UNPLACED 128 /* USB hubs have at most 31 ports in Linux (USB_MAXCHILDREN) */

struct ls_enumerated {
	uint16_t bus;
	uint8_t devnum;
	bool present;
	bool placed;		     /* @port is its real port; otherwise a placeholder */
	bool announced;		     /* reported as CONNECTED */
	char port[LS_PORT_NAME_MAX]; /* a valid name in any case */
	struct ls_device device;     /* as far as its descriptors were captured */
};

struct ls_enumeration;

/* @report gets CONNECTED, DISCONNECTED, ENUMERATING, STRING, ENUM_FAILED and RESET, some of them
 * with a time slightly before the last one. 0 or -ENOMEM. */
int ls_enumeration_new(ls_observation_fn report, void *user, struct ls_enumeration **ret);
void ls_enumeration_free(struct ls_enumeration *enumeration);
LS_DEFINE_AUTO(ls_enumeration)

/*
 * One record with what was captured behind it, and before it what ls_hub_traffic_decode() made of
 * it. Records that matter: the submissions of ls_enumeration_asks() with their completions, those
 * that failed, the first of each device.
 */
static inline bool
ls_enumeration_asks(const struct ls_usbmon_record *record)
{
	return record->flag_setup == 0 &&
	       ((record->setup[0] == 0x80 && record->setup[1] == 6) || /* GET_DESCRIPTOR */
		(record->setup[0] == 0x00 && record->setup[1] == 5));  /* SET_ADDRESS */
}
void ls_enumeration_hub(struct ls_enumeration *enumeration, const struct ls_hub_event *event,
			struct ls_instant at);
void ls_enumeration_add(struct ls_enumeration *enumeration, const struct ls_usbmon_record *record,
			const uint8_t *data, size_t len, struct ls_instant at);

/* Another source knows the device with this number and its port: reported as CONNECTED. */
void ls_enumeration_place(struct ls_enumeration *enumeration, unsigned int bus, unsigned int devnum,
			  const char *port, struct ls_instant at);

/* The device that has, or had last, this number; NULL: none was seen. */
const struct ls_enumerated *ls_enumeration_find(const struct ls_enumeration *enumeration,
						unsigned int bus, unsigned int devnum);

/* A name for people: "1-1.2" as it is, "1-136" is "bus 1 device 8", "1-136.2" its port 2. */
void ls_enumeration_name(const char *port, char *text, size_t size);
