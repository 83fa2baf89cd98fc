#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>
#include <libudev.h>

#include "daemon/sources/udev.h"
#include "daemon/base/state.h"
#include "daemon/sources/sysfs.h"
#include "daemon/sources/udev_events.h"
#include "lib/base/text.h"

#define RECEIVE_BYTES	  (8 * 1024 * 1024) /* where the kernel's limit is lower, it wins */
#define EVENTS_PER_WAKEUP 64
#define MAX_FAILURES	  16 /* receives that fail one after the other: the socket is dead */

struct source_udev {
	struct udev *udev;
	struct udev_monitor *monitor; /* NULL: not available from the start */
	struct event *ready;
	source_sink_fn sink;
	void *user;
	bool udevd;
	bool started; /* AVAILABLE or UNAVAILABLE was reported */
	bool rescan;  /* events were lost: scan again when the queue is empty */
	unsigned int n_failures;
	char unavailable[LS_TEXT_MAX]; /* why; "": it is available */
	struct udev_events events;
};

static void
report(struct source_udev *source, enum ls_obs_kind kind, const char *text)
{
	struct ls_observation obs;

	source_observation(&obs, LS_SOURCE_UDEV, kind, text);
	source->sink(&obs, source->user);
}

/* True if the queue may hold more. */
static bool
receive(struct source_udev *source)
{
	struct udev_device *dev = udev_monitor_receive_device(source->monitor);

	if (dev) {
		source->n_failures = 0;
		udev_events_take(&source->events, dev);
		udev_device_unref(dev);
		return true;
	}
	if (errno == EAGAIN || errno == EINTR)
		return false;
	if (++source->n_failures == MAX_FAILURES) {
		ls_text_format(source->unavailable, sizeof(source->unavailable),
			       "the udev socket failed: %s", strerror(errno));
		event_del(source->ready);
		report(source, LS_OBS_SOURCE_UNAVAILABLE, source->unavailable);
		return false;
	}
	if (!source->rescan)
		report(source, LS_OBS_LOST, "uevents were lost: the socket's buffer was full");
	source->rescan = true;
	return true;
}

static void
on_readable(evutil_socket_t fd, short what, void *user)
{
	struct source_udev *source = user;
	int n = 0;

	(void)fd;
	(void)what;
	while (n < EVENTS_PER_WAKEUP &&
	       receive(source)) /* bounded: all sources share this thread */
		n++;
	/* Only on an empty queue is sysfs not ahead of the events that follow. */
	if (source->rescan && n < EVENTS_PER_WAKEUP && !source->unavailable[0])
		source->rescan = source_udev_scan(source) < 0;
}

static void
visit_all(struct source_udev *source, struct udev_enumerate *list, struct udev_events *events)
{
	struct udev_list_entry *entry;

	/* Sorted by path: a hub comes before what is plugged into it. */
	udev_list_entry_foreach(entry, udev_enumerate_get_list_entry(list))
	{
		struct udev_device *dev =
			udev_device_new_from_syspath(source->udev, udev_list_entry_get_name(entry));

		if (!dev)
			continue; /* left meanwhile */
		udev_events_found(events, dev);
		udev_device_unref(dev);
	}
}

static void
start(struct source_udev *source)
{
	const char *group = source->udevd ? "uevents through udev"
					  : "uevents straight from the kernel: udevd does not run";

	if (source->started)
		return;
	source->started = true;
	if (source->unavailable[0])
		report(source, LS_OBS_SOURCE_UNAVAILABLE, source->unavailable);
	else
		report(source, LS_OBS_SOURCE_AVAILABLE, group);
}

static void
mark(struct udev_events *events, enum ls_obs_kind kind)
{
	struct ls_observation obs;

	source_observation(&obs, LS_SOURCE_UDEV, kind, "");
	events->sink(&obs, events->user);
}

/* What is there now, for @events. 0 or -errno. */
static int
scan(struct source_udev *source, struct udev_events *events)
{
	struct udev_enumerate *list = udev_enumerate_new(source->udev);
	int r = list ? 0 : -ENOMEM;

	if (r == 0)
		r = udev_enumerate_add_match_subsystem(list, "usb");
	if (r >= 0)
		r = udev_enumerate_add_match_property(list, "DEVTYPE", "usb_device");
	if (r >= 0)
		r = udev_enumerate_scan_devices(list);
	if (r >= 0) {
		mark(events, LS_OBS_SCAN_BEGIN);
		visit_all(source, list, events);
		mark(events, LS_OBS_SCAN_END);
	}
	udev_enumerate_unref(list);
	return r < 0 ? r : 0;
}

int
source_udev_scan(struct source_udev *source)
{
	start(source);
	return scan(source, &source->events);
}

int
source_udev_show(struct source_udev *source, source_sink_fn sink, void *user)
{
	struct udev_events aside = { .sink = sink, .user = user };

	return scan(source, &aside);
}

/* 0, or -errno with the reason in source->unavailable, unless it is lack of memory. */
static int
open_monitor(struct source_udev *source, struct event_base *base)
{
	int r;

	source->udevd = sysfs_udevd_runs();
	source->monitor =
		udev_monitor_new_from_netlink(source->udev, source->udevd ? "udev" : "kernel");
	if (!source->monitor)
		return -errno;
	r = udev_monitor_filter_add_match_subsystem_devtype(source->monitor, "usb", NULL);
	if (r >= 0)
		r = udev_monitor_filter_add_match_subsystem_devtype(source->monitor, "typec", NULL);
	if (r < 0)
		return r;
	(void)udev_monitor_set_receive_buffer_size(source->monitor, RECEIVE_BYTES);
	r = udev_monitor_enable_receiving(source->monitor);
	if (r < 0)
		return r;
	source->ready = event_new(base, udev_monitor_get_fd(source->monitor), EV_READ | EV_PERSIST,
				  on_readable, source);
	return source->ready && event_add(source->ready, NULL) == 0 ? 0 : -ENOMEM;
}

int
source_udev_new(struct event_base *base, source_sink_fn sink, void *user, struct source_udev **ret)
{
	ls_auto(source_udev) *source = calloc(1, sizeof(*source));
	int r;

	if (!source)
		return -ENOMEM;
	*source = (struct source_udev){
		.udev = udev_new(),
		.sink = sink,
		.user = user,
		.events = { .sink = sink, .user = user },
	};
	if (!source->udev)
		return -ENOMEM;
	r = open_monitor(source, base);
	if (r == -ENOMEM)
		return r;
	if (r < 0)
		ls_text_format(source->unavailable, sizeof(source->unavailable), "no uevents: %s",
			       strerror(-r));
	*ret = LS_STEAL(&source);
	return 0;
}

void
source_udev_free(struct source_udev *source)
{
	if (!source)
		return;
	if (source->ready)
		event_free(source->ready);
	udev_monitor_unref(source->monitor);
	udev_unref(source->udev);
	free(source);
}
