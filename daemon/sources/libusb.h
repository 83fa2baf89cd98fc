#pragma once
/* Hotplug of libusb as observations: a second source of what udev reports. */
#include "daemon/sources/source.h"

struct event_base;
struct source_libusb;

/*
 * libusb hotplug, its descriptors and timeouts driven by @base; never opens a device. libusb starts
 * a thread that sleeps on its udev socket: block signals before. 0 or -errno.
 */
int source_libusb_new(struct event_base *base, source_sink_fn sink, void *user,
		      struct source_libusb **ret);
/* AVAILABLE or UNAVAILABLE; CONNECTED (initial) for all that libusb knows now; then hotplug. 0 or
 * -errno. */
int source_libusb_scan(struct source_libusb *source);
void source_libusb_free(struct source_libusb *source);
LS_DEFINE_AUTO(source_libusb)
