#pragma once
/*
 * Sources: each turns what one part of the kernel says into observations for a sink. A source that
 * cannot see says so itself (SOURCE_BLIND with the reason in .text) and when it sees again
 * (SOURCE_SEES); what it lost is LOST. The sink copies what it wants to keep. A constructor is
 * silent: the first word, SEES or BLIND, comes with replay or scan, so that main decides when.
 * An -errno of a constructor is only ever lack of memory: a source that cannot see is still one.
 */
#include "lib/base/base.h"
#include "lib/model/observation.h"

struct event_base;

typedef void (*source_sink_fn)(const struct ls_observation *obs, void *user);

struct source_kmsg;
struct source_udev;
struct source_libusb;

/*
 * Kernel log from @fd (/dev/kmsg, nonblocking, or a stand-in of the same record semantics); owns
 * it on success. With @resume, records up to sequence number @after_seq were taken before and are
 * skipped, and those that are there already are replayed with their own time; without, it begins
 * after the last record. @on_seq is told the number of every record taken. 0 or -errno.
 */
typedef void (*source_seq_fn)(uint64_t seq, void *user);
struct source_kmsg_options {
	int fd;
	bool resume;
	uint64_t after_seq;
	source_sink_fn sink;
	source_seq_fn on_seq;
	void *user;
};
int source_kmsg_new(struct event_base *base, const struct source_kmsg_options *options,
		    struct source_kmsg **ret);
/* Takes all records that are there already, before the loop runs; then SEES. */
void source_kmsg_replay(struct source_kmsg *source);
void source_kmsg_free(struct source_kmsg *source);
LS_DEFINE_AUTO(source_kmsg)

/*
 * udev monitor (group "udev", or "kernel" where udevd does not run). Device strings are read under
 * the kernel's lock of the device: a read may wait while that device is being reset. 0 or -errno.
 */
int source_udev_new(struct event_base *base, source_sink_fn sink, void *user,
		    struct source_udev **ret);
/* SEES or BLIND; root hubs and devices that are there now, between SCAN_BEGIN and SCAN_END, all
 * initial. After a loss it scans again by itself. 0 or -errno. */
int source_udev_scan(struct source_udev *source);
void source_udev_free(struct source_udev *source);
LS_DEFINE_AUTO(source_udev)

/*
 * libusb hotplug, its descriptors and timeouts driven by @base; never opens a device. libusb starts
 * a thread that sleeps on its udev socket: block signals before. 0 or -errno.
 */
int source_libusb_new(struct event_base *base, source_sink_fn sink, void *user,
		      struct source_libusb **ret);
/* SEES or BLIND; CONNECTED (initial) for all that libusb knows now; then hotplug. 0 or -errno. */
int source_libusb_scan(struct source_libusb *source);
void source_libusb_free(struct source_libusb *source);
LS_DEFINE_AUTO(source_libusb)
