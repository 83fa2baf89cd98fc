#include <inttypes.h>
#include <limits.h>
#include <string.h>

#include <libudev.h>

#include "daemon/base/state.h"
#include "daemon/sources/sysfs.h"
#include "daemon/sources/udev_events.h"
#include "lib/base/port.h"
#include "lib/base/text.h"

static struct ls_observation
observation(enum ls_obs_kind kind)
{
	return (struct ls_observation){
		.at = state_now(),
		.source = LS_SOURCE_UDEV,
		.kind = kind,
	};
}

static bool
is_root_hub(const char *port)
{
	return strncmp(port, "usb", 3) == 0;
}

static char *
find_deauthorised(struct udev_events *events, const char *port)
{
	for (size_t i = 0; i < LS_COUNT(events->deauthorised); i++) {
		if (strcmp(events->deauthorised[i], port) == 0)
			return events->deauthorised[i];
	}
	return NULL;
}

/* 1: *deauthorised is news, and remembered from now on. */
static int
note_authorised(struct udev_events *events, struct udev_device *dev, const char *port,
		bool *deauthorised)
{
	const char *value = sysfs_attribute(dev, "authorized");
	char *entry = find_deauthorised(events, port);
	char *unused = find_deauthorised(events, "");

	*deauthorised = strcmp(value, "0") == 0;
	if (!value[0] || *deauthorised == (entry != NULL))
		return 0;
	if (entry)
		entry[0] = '\0';
	else if (unused)
		ls_text_copy(unused, LS_PORT_NAME_MAX, port);
	return 1;
}

/*
 * Only a device that can wake the host sends "change" when it is (de)authorised, but each one loses
 * or gets its interfaces, and the attribute is set before that.
 */
static void
check_authorised(struct udev_events *events, struct udev_device *dev)
{
	struct ls_observation obs = observation(LS_OBS_AUTHORISED);
	const char *name = udev_device_get_sysname(dev);
	bool deauthorised;

	if (ls_port_from_kernel(name, strlen(name), obs.port) < 0 ||
	    note_authorised(events, dev, obs.port, &deauthorised) == 0)
		return;
	if (deauthorised)
		obs.kind = LS_OBS_DEAUTHORISED;
	obs.bus = ls_port_bus(obs.port);
	obs.devnum = sysfs_devnum(dev);
	ls_text_format(obs.text, sizeof(obs.text), "%s %s",
		       deauthorised ? "deauthorised" : "authorised", obs.port);
	events->sink(&obs, events->user);
}

/* Which Type-C connector the port leads to; kept when the device leaves, for the connector may be
 * found empty a moment later. */
static void
note_connector(struct udev_events *events, struct udev_device *dev, const char *port)
{
	struct udev_connector *entry = NULL;
	char name[LS_PORT_NAME_MAX];

	sysfs_connector(dev, name);
	for (size_t i = 0; i < LS_COUNT(events->connectors) && !entry; i++) {
		if (strcmp(events->connectors[i].port, port) == 0)
			entry = &events->connectors[i];
	}
	if (!entry && !name[0])
		return;
	if (!entry)
		entry = &events->connectors[events->n_connectors++ % LS_COUNT(events->connectors)];
	memcpy(entry->name, name, sizeof(entry->name));
	ls_text_copy(entry->port, sizeof(entry->port), name[0] ? port : "");
}

static void
say_connected(struct udev_events *events, struct udev_device *dev, struct ls_observation *obs)
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
		note_connector(events, dev, obs->port);
		(void)note_authorised(events, dev, obs->port, &deauthorised);
		ls_text_format(obs->text, sizeof(obs->text), "%s %s (%04x:%04x)",
			       obs->initial ? "found" : "add", obs->port, device.vid, device.pid);
	}
	events->sink(obs, events->user);
}

static void
say_disconnected(struct udev_events *events, struct ls_observation *obs)
{
	char *deauthorised = find_deauthorised(events, obs->port);

	if (deauthorised)
		deauthorised[0] = '\0';
	obs->kind = LS_OBS_DISCONNECTED;
	ls_text_format(obs->text, sizeof(obs->text), "remove %s", obs->port);
	if (is_root_hub(obs->port)) {
		obs->kind = LS_OBS_BUS_REMOVED;
		obs->port[0] = '\0';
	}
	events->sink(obs, events->user);
}

static void
say_died(struct udev_events *events, struct ls_observation *obs)
{
	obs->kind = LS_OBS_CONTROLLER_DIED;
	ls_text_format(obs->text, sizeof(obs->text), "offline %s, ERROR=DEAD", obs->port);
	obs->port[0] = '\0';
	events->sink(obs, events->user);
}

/* @action "" is a device found by a scan. */
static void
on_device(struct udev_events *events, struct udev_device *dev, const char *action)
{
	const char *name = udev_device_get_sysname(dev);
	const char *devnum = sysfs_property(dev, "DEVNUM");
	struct ls_observation obs = observation(LS_OBS_NONE);

	if (!ls_port_name_valid(name))
		return;
	ls_text_copy(obs.port, sizeof(obs.port), name);
	obs.bus = ls_port_bus(name);
	obs.devnum = (uint16_t)sysfs_number(devnum, 10, UINT16_MAX);
	obs.initial = !action[0];
	if (obs.initial || strcmp(action, "add") == 0)
		say_connected(events, dev, &obs);
	else if (strcmp(action, "remove") == 0)
		say_disconnected(events, &obs);
	else if (strcmp(action, "change") == 0 && obs.devnum != 0)
		check_authorised(events, dev); /* within a reset the number is 0 for a moment */
	else if (strcmp(action, "offline") == 0 &&
		 strcmp(sysfs_property(dev, "ERROR"), "DEAD") == 0)
		say_died(events, &obs);
}

/* OVER_CURRENT_PORT=/devices/…/1-0:1.0/usb1-port2 */
static void
on_hub_change(struct udev_events *events, struct udev_device *dev)
{
	const char *path = sysfs_property(dev, "OVER_CURRENT_PORT");
	const char *count = sysfs_property(dev, "OVER_CURRENT_COUNT");
	const char *name = strrchr(path, '/');
	struct ls_observation obs = observation(LS_OBS_OVER_CURRENT);

	if (!name || ls_port_from_kernel(name + 1, strlen(name + 1), obs.port) < 0)
		return;
	obs.bus = ls_port_bus(obs.port);
	obs.n_over_currents = sysfs_number(count, 10, UINT_MAX);
	ls_text_format(obs.text, sizeof(obs.text), "over-current on %s, count %" PRIu32, obs.port,
		       obs.n_over_currents);
	events->sink(&obs, events->user);
}

/* Written to sysfs, "remove" takes the configuration away before it takes the device off the bus:
 * for a moment it is there, authorised and without a configuration. */
static void
check_removed(struct udev_events *events, struct udev_device *dev)
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
	events->sink(&obs, events->user);
}

static void
on_interface(struct udev_events *events, struct udev_device *dev, const char *action)
{
	struct udev_device *parent =
		udev_device_get_parent_with_subsystem_devtype(dev, "usb", "usb_device");
	bool removed = strcmp(action, "remove") == 0;

	if (strcmp(action, "change") == 0) {
		on_hub_change(events, dev);
		return;
	}
	if (!removed && strcmp(action, "add") != 0 && strcmp(action, "bind") != 0)
		return;
	if (parent)
		check_authorised(events, parent);
	if (parent && removed)
		check_removed(events, parent);
}

/* "port0-partner" left: nothing is plugged into the connector "port0" any more. */
static void
on_partner_removed(struct udev_events *events, struct udev_device *dev)
{
	const char *name = udev_device_get_sysname(dev);
	const char *end = strchr(name, '-');
	size_t len = end ? (size_t)(end - name) : 0;

	if (!end || strcmp(end, "-partner") != 0)
		return;
	for (size_t i = 0; i < LS_COUNT(events->connectors); i++) {
		const struct udev_connector *entry = &events->connectors[i];
		struct ls_observation obs = observation(LS_OBS_PARTNER_GONE);

		if (!entry->port[0] || strlen(entry->name) != len ||
		    memcmp(entry->name, name, len) != 0)
			continue;
		memcpy(obs.port, entry->port, sizeof(obs.port));
		obs.bus = ls_port_bus(obs.port);
		ls_text_format(obs.text, sizeof(obs.text), "the Type-C connector %s of %s is empty",
			       entry->name, obs.port);
		events->sink(&obs, events->user);
	}
}

void
udev_events_take(struct udev_events *events, struct udev_device *dev)
{
	const char *action = udev_device_get_action(dev);
	const char *devtype = udev_device_get_devtype(dev);

	if (!action || !devtype)
		return;
	/* `udevadm trigger` sends "add" for what was connected before. */
	if (sysfs_property(dev, "SYNTH_UUID")[0] && strcmp(action, "change") != 0)
		return;
	if (strcmp(devtype, "usb_device") == 0)
		on_device(events, dev, action);
	else if (strcmp(devtype, "usb_interface") == 0)
		on_interface(events, dev, action);
	else if (strcmp(devtype, "typec_partner") == 0 && strcmp(action, "remove") == 0)
		on_partner_removed(events, dev);
}

void
udev_events_found(struct udev_events *events, struct udev_device *dev)
{
	on_device(events, dev, "");
}
