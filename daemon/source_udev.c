#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>
#include <libudev.h>

#include "daemon/source.h"
#include "daemon/state.h"
#include "daemon/sysfs.h"
#include "lib/port.h"
#include "lib/text.h"

#define RECEIVE_BYTES	  (8 * 1024 * 1024) /* where the kernel's limit is lower, it wins */
#define EVENTS_PER_WAKEUP 64
#define MAX_FAILURES	  16 /* receives that fail one after the other: the socket is dead */
#define MAX_DEAUTHORISED  64 /* remembered; one more would be said more than once */

struct source_udev {
	struct udev *udev;
	struct udev_monitor *monitor; /* NULL: blind from the start */
	struct event *ready;
	source_sink_fn sink;
	void *user;
	bool udevd;
	bool started; /* SEES or BLIND was said */
	bool rescan;  /* events were lost: look again when the queue is empty */
	unsigned int n_failures;
	char blind[LS_TEXT_MAX];
	char deauthorised[MAX_DEAUTHORISED][LS_PORT_NAME_MAX]; /* "" is free */
};

static struct ls_observation
observation(enum ls_obs_kind kind)
{
	return (struct ls_observation){
		.at = state_now(),
		.source = LS_SOURCE_UDEV,
		.kind = kind,
	};
}

static void
say(struct source_udev *source, enum ls_obs_kind kind, const char *text)
{
	struct ls_observation obs = observation(kind);

	ls_text_clean(obs.text, sizeof(obs.text), text, strlen(text));
	source->sink(&obs, source->user);
}

static bool
is_root_hub(const char *port)
{
	return strncmp(port, "usb", 3) == 0;
}

static char *
find_deauthorised(struct source_udev *source, const char *port)
{
	for (size_t i = 0; i < LS_COUNT(source->deauthorised); i++) {
		if (strcmp(source->deauthorised[i], port) == 0)
			return source->deauthorised[i];
	}
	return NULL;
}

/* 1: *deauthorised is news, and remembered from now on. */
static int
note_authorised(struct source_udev *source, struct udev_device *dev, const char *port,
		bool *deauthorised)
{
	const char *value = sysfs_attribute(dev, "authorized");
	char *entry = find_deauthorised(source, port);
	char *unused = find_deauthorised(source, "");

	*deauthorised = strcmp(value, "0") == 0;
	if (!value[0] || *deauthorised == (entry != NULL))
		return 0;
	if (entry)
		entry[0] = '\0';
	else if (unused)
		ls_text_format(unused, LS_PORT_NAME_MAX, "%s", port);
	return 1;
}

/*
 * Only a device that can wake the host sends "change" when it is (de)authorised, but each one loses
 * or gets its interfaces, and the attribute is set before that.
 */
static void
check_authorised(struct source_udev *source, struct udev_device *dev)
{
	struct ls_observation obs = observation(LS_OBS_AUTHORISED);
	const char *name = udev_device_get_sysname(dev);
	bool deauthorised;

	if (ls_port_from_kernel(name, strlen(name), obs.port) < 0 ||
	    note_authorised(source, dev, obs.port, &deauthorised) == 0)
		return;
	if (deauthorised)
		obs.kind = LS_OBS_DEAUTHORISED;
	obs.bus = ls_port_bus(obs.port);
	obs.devnum = sysfs_devnum(dev);
	ls_text_format(obs.text, sizeof(obs.text), "%s %s",
		       deauthorised ? "deauthorised" : "authorised", obs.port);
	source->sink(&obs, source->user);
}

static void
say_connected(struct source_udev *source, struct udev_device *dev, struct ls_observation *obs)
{
	struct ls_device device;
	bool deauthorised;

	sysfs_describe(dev, &device);
	obs->device = &device;
	if (is_root_hub(obs->port)) {
		obs->kind = LS_OBS_BUS_ADDED;
		obs->port[0] = '\0';
		sysfs_controller(dev, obs->controller, obs->text);
	} else {
		obs->kind = LS_OBS_CONNECTED;
		sysfs_peer(dev, obs->peer);
		(void)note_authorised(source, dev, obs->port, &deauthorised);
		ls_text_format(obs->text, sizeof(obs->text), "%s %s (%04x:%04x)",
			       obs->initial ? "found" : "add", obs->port, device.vid, device.pid);
	}
	source->sink(obs, source->user);
}

static void
say_disconnected(struct source_udev *source, struct ls_observation *obs)
{
	char *deauthorised = find_deauthorised(source, obs->port);

	if (deauthorised)
		deauthorised[0] = '\0';
	obs->kind = LS_OBS_DISCONNECTED;
	ls_text_format(obs->text, sizeof(obs->text), "remove %s", obs->port);
	if (is_root_hub(obs->port)) {
		obs->kind = LS_OBS_BUS_REMOVED;
		obs->port[0] = '\0';
	}
	source->sink(obs, source->user);
}

static void
say_died(struct source_udev *source, struct ls_observation *obs)
{
	obs->kind = LS_OBS_CONTROLLER_DIED;
	ls_text_format(obs->text, sizeof(obs->text), "offline %s, ERROR=DEAD", obs->port);
	obs->port[0] = '\0';
	source->sink(obs, source->user);
}

/* @action "" is a device found by a scan. */
static void
on_device(struct source_udev *source, struct udev_device *dev, const char *action)
{
	const char *name = udev_device_get_sysname(dev);
	const char *devnum = sysfs_property(dev, "DEVNUM");
	struct ls_observation obs = observation(LS_OBS_NONE);

	if (!ls_port_name_valid(name))
		return;
	ls_text_format(obs.port, sizeof(obs.port), "%s", name);
	obs.bus = ls_port_bus(name);
	obs.devnum = (uint16_t)sysfs_number(devnum, 10, UINT16_MAX);
	obs.initial = !action[0];
	if (obs.initial || strcmp(action, "add") == 0)
		say_connected(source, dev, &obs);
	else if (strcmp(action, "remove") == 0)
		say_disconnected(source, &obs);
	else if (strcmp(action, "change") == 0 && obs.devnum != 0)
		check_authorised(source, dev); /* within a reset the number is 0 for a moment */
	else if (strcmp(action, "offline") == 0 &&
		 strcmp(sysfs_property(dev, "ERROR"), "DEAD") == 0)
		say_died(source, &obs);
}

/* OVER_CURRENT_PORT=/devices/…/1-0:1.0/usb1-port2 */
static void
on_hub_change(struct source_udev *source, struct udev_device *dev)
{
	const char *path = sysfs_property(dev, "OVER_CURRENT_PORT");
	const char *count = sysfs_property(dev, "OVER_CURRENT_COUNT");
	const char *name = strrchr(path, '/');
	struct ls_observation obs = observation(LS_OBS_OVER_CURRENT);

	if (!name || ls_port_from_kernel(name + 1, strlen(name + 1), obs.port) < 0)
		return;
	obs.bus = ls_port_bus(obs.port);
	obs.count = sysfs_number(count, 10, UINT_MAX);
	ls_text_format(obs.text, sizeof(obs.text), "over-current on %s, count %" PRIu32, obs.port,
		       obs.count);
	source->sink(&obs, source->user);
}

/* Written to sysfs, "remove" takes the configuration away before it takes the device off the bus:
 * for a moment it is there, authorised and without a configuration. */
static void
check_removed(struct source_udev *source, struct udev_device *dev)
{
	struct ls_observation obs = observation(LS_OBS_REMOVED);
	const char *name = udev_device_get_sysname(dev);

	obs.devnum = sysfs_devnum(dev);
	if (!obs.devnum || sysfs_attribute(dev, "bConfigurationValue")[0] ||
	    strcmp(sysfs_attribute(dev, "authorized"), "1") != 0 ||
	    ls_port_from_kernel(name, strlen(name), obs.port) < 0)
		return;
	obs.bus = ls_port_bus(obs.port);
	ls_text_format(obs.text, sizeof(obs.text),
		       "%s was there, authorised and without a configuration", obs.port);
	source->sink(&obs, source->user);
}

static void
on_interface(struct source_udev *source, struct udev_device *dev, const char *action)
{
	struct udev_device *parent =
		udev_device_get_parent_with_subsystem_devtype(dev, "usb", "usb_device");
	const char *name = udev_device_get_sysname(dev);
	bool removed = strcmp(action, "remove") == 0;
	struct ls_observation obs;

	if (strcmp(action, "change") == 0) {
		on_hub_change(source, dev);
		return;
	}
	if (!removed && strcmp(action, "add") != 0 && strcmp(action, "bind") != 0)
		return;
	if (parent)
		check_authorised(source, parent);
	if (parent && removed)
		check_removed(source, parent);
	obs = observation(removed ? LS_OBS_UNCONFIGURED : LS_OBS_CONFIGURED);
	if (ls_port_from_kernel(name, strlen(name), obs.port) < 0)
		return;
	obs.bus = ls_port_bus(obs.port);
	obs.devnum = sysfs_devnum(parent);
	ls_text_format(obs.text, sizeof(obs.text), "%s an interface of %s", action, obs.port);
	source->sink(&obs, source->user);
}

static void
on_event(struct source_udev *source, struct udev_device *dev)
{
	const char *action = udev_device_get_action(dev);
	const char *devtype = udev_device_get_devtype(dev);

	if (!action || !devtype)
		return;
	/* `udevadm trigger` says "add" of what has been there all the time. */
	if (sysfs_property(dev, "SYNTH_UUID")[0] && strcmp(action, "change") != 0)
		return;
	if (strcmp(devtype, "usb_device") == 0)
		on_device(source, dev, action);
	else if (strcmp(devtype, "usb_interface") == 0)
		on_interface(source, dev, action);
}

/* True if the queue may hold more. */
static bool
receive(struct source_udev *source)
{
	struct udev_device *dev = udev_monitor_receive_device(source->monitor);

	if (dev) {
		source->n_failures = 0;
		on_event(source, dev);
		udev_device_unref(dev);
		return true;
	}
	if (errno == EAGAIN || errno == EINTR)
		return false;
	if (++source->n_failures == MAX_FAILURES) {
		ls_text_format(source->blind, sizeof(source->blind), "the udev socket failed: %s",
			       strerror(errno));
		event_del(source->ready);
		say(source, LS_OBS_SOURCE_BLIND, source->blind);
		return false;
	}
	if (!source->rescan)
		say(source, LS_OBS_LOST, "uevents were lost: the socket's buffer was full");
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
	if (source->rescan && n < EVENTS_PER_WAKEUP && !source->blind[0])
		source->rescan = source_udev_scan(source) < 0;
}

static void
visit_all(struct source_udev *source, struct udev_enumerate *list)
{
	struct udev_list_entry *entry;

	/* Sorted by path: a hub comes before what is plugged into it. */
	udev_list_entry_foreach(entry, udev_enumerate_get_list_entry(list))
	{
		struct udev_device *dev =
			udev_device_new_from_syspath(source->udev, udev_list_entry_get_name(entry));

		if (!dev)
			continue; /* left meanwhile */
		on_device(source, dev, "");
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
	if (source->blind[0])
		say(source, LS_OBS_SOURCE_BLIND, source->blind);
	else
		say(source, LS_OBS_SOURCE_SEES, group);
}

int
source_udev_scan(struct source_udev *source)
{
	struct udev_enumerate *list = udev_enumerate_new(source->udev);
	int r = list ? 0 : -ENOMEM;

	start(source);
	if (r == 0)
		r = udev_enumerate_add_match_subsystem(list, "usb");
	if (r >= 0)
		r = udev_enumerate_add_match_property(list, "DEVTYPE", "usb_device");
	if (r >= 0)
		r = udev_enumerate_scan_devices(list);
	if (r >= 0) {
		say(source, LS_OBS_SCAN_BEGIN, "");
		visit_all(source, list);
		say(source, LS_OBS_SCAN_END, "");
	}
	udev_enumerate_unref(list);
	return r < 0 ? r : 0;
}

/* 0, or -errno with the reason in source->blind, unless it is lack of memory. */
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
	*source = (struct source_udev){ .udev = udev_new(), .sink = sink, .user = user };
	if (!source->udev)
		return -ENOMEM;
	r = open_monitor(source, base);
	if (r == -ENOMEM)
		return r;
	if (r < 0)
		ls_text_format(source->blind, sizeof(source->blind), "no uevents: %s",
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
