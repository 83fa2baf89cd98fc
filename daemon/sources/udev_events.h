#pragma once
/* From uevents, and devices found by a scan, to observations. Part of the udev source. */
#include "daemon/sources/source.h"
#include "lib/model/observation.h"

struct udev_device;

/* Of more, a deauthorised device is reported repeatedly; of connectors the oldest is dropped. */
#define UDEV_MAX_DEAUTHORISED 64
#define UDEV_MAX_CONNECTORS   64

/* Zeroed but for sink and user. */
struct udev_events {
	source_sink_fn sink;
	void *user;
	char deauthorised[UDEV_MAX_DEAUTHORISED][LS_PORT_NAME_MAX]; /* "" is free */
	struct udev_connector {
		char port[LS_PORT_NAME_MAX]; /* "" is free */
		char name[LS_PORT_NAME_MAX]; /* of the Type-C port, "port0" */
	} connectors[UDEV_MAX_CONNECTORS];
	size_t n_connectors; /* ever */
};

/* An event as the monitor gave it. */
void udev_events_take(struct udev_events *events, struct udev_device *dev);
/* A USB device that was there already. */
void udev_events_found(struct udev_events *events, struct udev_device *dev);
