#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>
#include <libusb.h>

#include "daemon/sources/libusb.h"
#include "daemon/base/state.h"
#include "daemon/sources/sysfs.h"
#include "lib/base/port.h"
#include "lib/base/text.h"

/* No device is ever open, so libusb has no more than an eventfd and a timerfd. */
#define MAX_FDS	      8
#define REMOTE_WAKEUP 0x20 /* of bmAttributes */
#define MAX_TIERS     7	   /* USB 3.2, 8.2.2 */

struct source_libusb {
	struct event_base *base;
	libusb_context *context; /* NULL: not available from the start */
	struct event *ready[MAX_FDS];
	struct event *timeout;
	source_sink_fn sink;
	void *user;
	bool started;		       /* AVAILABLE or UNAVAILABLE was reported */
	char unavailable[LS_TEXT_MAX]; /* why; "": it is available */
};

static void
report(struct source_libusb *source, enum ls_obs_kind kind, const char *text)
{
	struct ls_observation obs;

	source_observation(&obs, LS_SOURCE_LIBUSB, kind, text);
	source->sink(&obs, source->user);
}

/* ---- what a device is -------------------------------------------------------------------- */

static enum ls_speed
speed_of(int speed)
{
	static const enum ls_speed speeds[] = {
		[LIBUSB_SPEED_LOW] = LS_SPEED_LOW,
		[LIBUSB_SPEED_FULL] = LS_SPEED_FULL,
		[LIBUSB_SPEED_HIGH] = LS_SPEED_HIGH,
		[LIBUSB_SPEED_SUPER] = LS_SPEED_SUPER,
		[LIBUSB_SPEED_SUPER_PLUS] = LS_SPEED_SUPER_PLUS,
	};

	return speed >= 0 && (size_t)speed < LS_COUNT(speeds) ? speeds[speed] : LS_SPEED_UNKNOWN;
}

static void
describe_interface(const struct libusb_interface *interface, struct ls_device *device)
{
	const struct libusb_interface_descriptor *first = interface->altsetting;

	if (interface->num_altsetting <= 0 || device->n_interfaces == LS_INTERFACES_MAX)
		return;
	device->interfaces[device->n_interfaces++] = (struct ls_interface){
		.class = first->bInterfaceClass,
		.subclass = first->bInterfaceSubClass,
		.protocol = first->bInterfaceProtocol,
	};
}

/*
 * libusb keeps the descriptors in memory. It reads from sysfs which configuration is active, which
 * may wait for a reset of the device: not done if there is only one.
 */
static void
describe_config(libusb_device *dev, struct ls_device *device)
{
	struct libusb_config_descriptor *config;
	unsigned int milliamps = device->speed >= LS_SPEED_SUPER ? 8 : 2;
	unsigned int n_endpoints = 0;
	int r = device->n_configurations == 1 ? libusb_get_config_descriptor(dev, 0, &config)
					      : libusb_get_active_config_descriptor(dev, &config);

	if (r < 0)
		return; /* not configured, or the descriptors are broken */
	for (uint8_t i = 0; i < config->bNumInterfaces; i++) {
		if (config->interface[i].num_altsetting > 0)
			n_endpoints += config->interface[i].altsetting[0].bNumEndpoints;
		describe_interface(&config->interface[i], device);
	}
	device->n_endpoints = (uint8_t)(n_endpoints < UINT8_MAX ? n_endpoints : UINT8_MAX);
	device->max_power_ma = (uint16_t)(config->MaxPower * milliamps);
	device->remote_wakeup = config->bmAttributes & REMOTE_WAKEUP;
	libusb_free_config_descriptor(config);
}

static void
describe(libusb_device *dev, struct ls_device *device)
{
	struct libusb_device_descriptor descriptor;

	*device = (struct ls_device){ .speed = speed_of(libusb_get_device_speed(dev)) };
	if (libusb_get_device_descriptor(dev, &descriptor) < 0)
		return;
	device->vid = descriptor.idVendor;
	device->pid = descriptor.idProduct;
	device->bcd_device = descriptor.bcdDevice;
	device->device_class = descriptor.bDeviceClass;
	device->n_configurations = descriptor.bNumConfigurations;
	device->i_manufacturer = descriptor.iManufacturer;
	device->i_product = descriptor.iProduct;
	device->i_serial = descriptor.iSerialNumber;
}

/* 1, or 0 for a root hub and for a device whose place libusb does not know. */
static int
name_port(libusb_device *dev, char port[LS_PORT_NAME_MAX])
{
	uint8_t chain[MAX_TIERS];
	int n = libusb_get_port_numbers(dev, chain, MAX_TIERS);
	char hub[LS_PORT_NAME_MAX];

	ls_text_format(port, LS_PORT_NAME_MAX, "usb%u", libusb_get_bus_number(dev));
	for (int i = 0; i < n; i++) {
		memcpy(hub, port, sizeof(hub));
		if (ls_port_child(hub, chain[i], port) < 0)
			return 0;
	}
	return n > 0;
}

static void
report_device(struct source_libusb *source, libusb_device *dev, enum ls_obs_kind kind, bool initial)
{
	struct ls_device device;
	struct ls_observation obs = {
		.at = state_now(),
		.source = LS_SOURCE_LIBUSB,
		.kind = kind,
		.bus = libusb_get_bus_number(dev),
		.devnum = libusb_get_device_address(dev),
		.initial = initial,
	};
	const char *verb = initial ? "found" : kind == LS_OBS_CONNECTED ? "arrived" : "left";

	if (name_port(dev, obs.port) == 0)
		return;
	describe(dev, &device);
	if (kind == LS_OBS_CONNECTED) {
		describe_config(dev, &device);
		obs.device = &device;
	}
	ls_text_format(obs.text, sizeof(obs.text), "%s %s (%04x:%04x)", verb, obs.port, device.vid,
		       device.pid);
	source->sink(&obs, source->user);
}

static int
on_hotplug(libusb_context *context, libusb_device *dev, libusb_hotplug_event event, void *user)
{
	bool arrived = event == LIBUSB_HOTPLUG_EVENT_DEVICE_ARRIVED;

	(void)context;
	report_device(user, dev, arrived ? LS_OBS_CONNECTED : LS_OBS_DISCONNECTED, false);
	return 0; /* 1 would end the registration */
}

/* ---- libusb inside the loop -------------------------------------------------------------- */

/* With a timerfd, as on Linux, there is no timeout to keep. */
static void
arm_timeout(struct source_libusb *source)
{
	struct timeval left;

	if (libusb_pollfds_handle_timeouts(source->context))
		return;
	if (libusb_get_next_timeout(source->context, &left) == 1)
		event_add(source->timeout, &left);
	else
		event_del(source->timeout);
}

static void
on_work(evutil_socket_t fd, short what, void *user)
{
	struct source_libusb *source = user;
	struct timeval no_time = { 0 };
	int r = libusb_handle_events_timeout_completed(source->context, &no_time, NULL);

	(void)fd;
	(void)what;
	if (r < 0 && r != LIBUSB_ERROR_INTERRUPTED && !source->unavailable[0]) {
		for (size_t i = 0; i < MAX_FDS; i++) {
			if (source->ready[i])
				event_del(source->ready[i]); /* it would not stop */
		}
		ls_text_format(source->unavailable, sizeof(source->unavailable),
			       "libusb failed: %s", libusb_strerror(r));
		report(source, LS_OBS_SOURCE_UNAVAILABLE, source->unavailable);
		return;
	}
	arm_timeout(source);
}

static int
watch_fd(struct source_libusb *source, int fd, short events)
{
	short what = (short)(EV_PERSIST | (events & POLLIN ? EV_READ : 0) |
			     (events & POLLOUT ? EV_WRITE : 0));
	struct event **slot = NULL;

	for (size_t i = 0; i < MAX_FDS && !slot; i++) {
		if (!source->ready[i])
			slot = &source->ready[i];
	}
	if (!slot)
		return -ENOSPC;
	*slot = event_new(source->base, fd, what, on_work, source);
	return *slot && event_add(*slot, NULL) == 0 ? 0 : -ENOMEM;
}

static void LIBUSB_CALL
on_fd_added(int fd, short events, void *user)
{
	struct source_libusb *source = user;

	if (watch_fd(source, fd, events) == 0 || source->unavailable[0])
		return;
	ls_text_format(source->unavailable, sizeof(source->unavailable),
		       "libusb has more file descriptors than expected");
	report(source, LS_OBS_SOURCE_UNAVAILABLE, source->unavailable);
}

static void LIBUSB_CALL
on_fd_removed(int fd, void *user)
{
	struct source_libusb *source = user;

	for (size_t i = 0; i < MAX_FDS; i++) {
		if (!source->ready[i] || event_get_fd(source->ready[i]) != fd)
			continue;
		event_free(source->ready[i]);
		source->ready[i] = NULL;
	}
}

static int
watch_all(struct source_libusb *source)
{
	const struct libusb_pollfd **fds = libusb_get_pollfds(source->context);
	int r = fds ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && fds[i]; i++)
		r = watch_fd(source, fds[i]->fd, fds[i]->events);
	libusb_free_pollfds(fds);
	libusb_set_pollfd_notifiers(source->context, on_fd_added, on_fd_removed, source);
	return r;
}

/* A libusb error; whether libusb can be used is decided here. */
static int
open_libusb(struct source_libusb *source)
{
	int events = LIBUSB_HOTPLUG_EVENT_DEVICE_ARRIVED | LIBUSB_HOTPLUG_EVENT_DEVICE_LEFT;
	int any = LIBUSB_HOTPLUG_MATCH_ANY;
	int r = libusb_init(&source->context);

	if (r < 0) {
		source->context = NULL;
		return r;
	}
	if (!libusb_has_capability(LIBUSB_CAP_HAS_HOTPLUG))
		return LIBUSB_ERROR_NOT_SUPPORTED;
	return libusb_hotplug_register_callback(source->context, events, 0, any, any, any,
						on_hotplug, source, NULL);
}

/* 0, with the reason in source->unavailable if it is not available, or -ENOMEM. */
static int
start(struct source_libusb *source)
{
	int r = open_libusb(source);

	if (r == LIBUSB_ERROR_NO_MEM)
		return -ENOMEM;
	if (r < 0) {
		ls_text_format(source->unavailable, sizeof(source->unavailable),
			       "libusb has no hotplug: %s", libusb_strerror(r));
		return 0;
	}
	/* Debian's libusb listens to udevd and is silent without it. */
	if (!sysfs_udevd_runs()) {
		ls_text_format(source->unavailable, sizeof(source->unavailable),
			       "udevd does not run, and libusb hears of devices through it");
		return 0;
	}
	if (watch_all(source) < 0)
		return -ENOMEM;
	arm_timeout(source);
	return 0;
}

int
source_libusb_new(struct event_base *base, source_sink_fn sink, void *user,
		  struct source_libusb **ret)
{
	ls_auto(source_libusb) *source = calloc(1, sizeof(*source));
	int r;

	if (!source)
		return -ENOMEM;
	*source = (struct source_libusb){ .base = base, .sink = sink, .user = user };
	source->timeout = event_new(base, -1, 0, on_work, source);
	if (!source->timeout)
		return -ENOMEM;
	r = start(source);
	if (r < 0)
		return r;
	*ret = LS_STEAL(&source);
	return 0;
}

int
source_libusb_scan(struct source_libusb *source)
{
	libusb_device **list;
	ssize_t n;

	if (!source->started)
		report(source,
		       source->unavailable[0] ? LS_OBS_SOURCE_UNAVAILABLE : LS_OBS_SOURCE_AVAILABLE,
		       source->unavailable[0] ? source->unavailable : "libusb hotplug");
	source->started = true;
	if (source->unavailable[0])
		return 0;
	n = libusb_get_device_list(source->context, &list);
	if (n < 0)
		return n == LIBUSB_ERROR_NO_MEM ? -ENOMEM : -EIO;
	for (ssize_t i = 0; i < n; i++)
		report_device(source, list[i], LS_OBS_CONNECTED, true);
	libusb_free_device_list(list, 1);
	return 0;
}

void
source_libusb_free(struct source_libusb *source)
{
	if (!source)
		return;
	for (size_t i = 0; i < MAX_FDS; i++) {
		if (source->ready[i])
			event_free(source->ready[i]);
	}
	if (source->context) {
		libusb_set_pollfd_notifiers(source->context, NULL, NULL, NULL);
		libusb_exit(source->context);
	}
	if (source->timeout)
		event_free(source->timeout);
	free(source);
}
