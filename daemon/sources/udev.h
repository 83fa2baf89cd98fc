#pragma once
/* Uevents, and what sysfs has at a scan, as observations. */
#include "daemon/sources/source.h"

struct event_base;
struct source_udev;

/*
 * udev monitor (group "udev", or "kernel" where udevd does not run). Device strings are read under
 * the kernel's lock of the device: a read may wait while that device is being reset. 0 or -errno.
 */
int source_udev_new(struct event_base *base, source_sink_fn sink, void *user,
		    struct source_udev **ret);
/* AVAILABLE or UNAVAILABLE; root hubs and devices that are there now, between SCAN_BEGIN and
 * SCAN_END, all initial. After a loss it scans again by itself. 0 or -errno. */
int source_udev_scan(struct source_udev *source);
/* The same for @sink alone, without a report of the source itself. 0 or -errno. */
int source_udev_show(struct source_udev *source, source_sink_fn sink, void *user);
void source_udev_free(struct source_udev *source);
LS_DEFINE_AUTO(source_udev)
