#pragma once
/*
 * What happened in a capture: records about ports, links and devices become observations, and all
 * transfers are counted by device. When a device number is reused, the counts of the previous
 * device are closed and handed out.
 */
#include "lib/observe/enumeration.h"
#include "lib/usbmon/traffic.h"

struct capture_watch;

struct capture_watch_options {
	ls_observation_fn observe; /* mono times count from the beginning of the capture */
	/*
	 * A device whose number is reused, with all its traffic. True: taken; false, or NULL here:
	 * the next device is counted together with it.
	 */
	bool (*on_past)(const struct ls_enumerated *device, const struct ls_traffic_counts *counts,
			void *user);
	void *user;
};

/* Copies @options. 0 or -ENOMEM. */
int capture_watch_new(const struct capture_watch_options *options, struct capture_watch **ret);
void capture_watch_free(struct capture_watch *watch); /* NULL is fine */
LS_DEFINE_AUTO(capture_watch)

/* One record for which ls_usbmon_is_event() holds, with the @len bytes captured after it. */
void capture_watch_add(struct capture_watch *watch, const struct ls_usbmon_record *record,
		       const uint8_t *data, size_t len);
/* The same of many, as they lie in the file. */
void capture_watch_add_batch(struct capture_watch *watch, const struct ls_usbmon_batch *batch);
/* The last record was at @real_us: reports what is still pending. */
void capture_watch_finish(struct capture_watch *watch, uint64_t real_us);

struct ls_traffic *capture_watch_traffic(struct capture_watch *watch);
struct ls_enumeration *capture_watch_enumeration(struct capture_watch *watch);
/* The time of the last record. */
struct ls_instant capture_watch_now(const struct capture_watch *watch);
