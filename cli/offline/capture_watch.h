#pragma once
/*
 * What happened in a capture: the records that tell of ports, links and devices that come and go,
 * as observations; and all transfers, counted by device. A number that is given out again begins a
 * new device: the counts of the one before are closed and handed out.
 */
#include "lib/observe/enumeration.h"
#include "lib/usbmon/traffic.h"

struct capture_watch;

struct capture_watch_options {
	ls_observation_fn tell; /* observations; times on the mono clock count from the beginning */
	/* A device whose number is given out again, with all that it moved. True: it was taken;
	 * false, or if this is NULL: what follows is counted with it. */
	bool (*on_past)(const struct ls_enumerated *device, const struct ls_traffic_counts *counts,
			void *user);
	void *user;
};

/* Copies @options. 0 or -ENOMEM. */
int capture_watch_new(const struct capture_watch_options *options, struct capture_watch **ret);
void capture_watch_free(struct capture_watch *watch); /* NULL is fine */
LS_DEFINE_AUTO(capture_watch)

/* One record that ls_usbmon_is_event(), with the @len bytes captured behind it. */
void capture_watch_add(struct capture_watch *watch, const struct ls_usbmon_record *record,
		       const uint8_t *data, size_t len);
/* The last record was of @real_us: tells what was held back. */
void capture_watch_finish(struct capture_watch *watch, uint64_t real_us);

struct ls_traffic *capture_watch_traffic(struct capture_watch *watch);
struct ls_enumeration *capture_watch_enumeration(struct capture_watch *watch);
/* The moment of the last record. */
struct ls_instant capture_watch_now(const struct capture_watch *watch);
