/*
 * Properties and attributes of devices, as udev and sysfs have them. The input is texts that end in NUL, and
 * one of them is the value of each name; libudev's functions are those of this file.
 */
#include <libudev.h>

#include "daemon/sources/udev_events.h"
#include "lib/base/hash.h"
#include "tests/fuzz/check.h"

#define TEXTS_MAX 64
#define DEPTH	  8

/* A device and what it hangs on; what the pointers point to is nobody's business. */
static char devices[DEPTH];

static struct {
	char *at[TEXTS_MAX];
	size_t n;
	uint64_t seed;
} texts;

static const char *
value_of(const char *name)
{
	uint64_t i = (ls_hash_text(name) ^ texts.seed) % (TEXTS_MAX / 4 * 5);

	return texts.n && i < TEXTS_MAX ? texts.at[i % texts.n] : NULL;
}

const char *
udev_device_get_property_value(struct udev_device *dev, const char *name)
{
	(void)dev;
	return value_of(name);
}

const char *
udev_device_get_sysattr_value(struct udev_device *dev, const char *name)
{
	(void)dev;
	return value_of(name);
}

const char *
udev_device_get_action(struct udev_device *dev)
{
	static const char *const actions[] = { "add",	  "remove", "change", "bind",
					       "offline", NULL,	    "unbind", "" };

	(void)dev;
	return actions[texts.seed % LS_COUNT(actions)];
}

const char *
udev_device_get_devtype(struct udev_device *dev)
{
	static const char *const types[] = { "usb_device", "usb_interface", "typec_partner",
					     "usb_device" };

	(void)dev;
	return types[texts.seed / 8 % LS_COUNT(types)];
}

const char *
udev_device_get_subsystem(struct udev_device *dev)
{
	(void)dev;
	return value_of("SUBSYSTEM");
}

const char *
udev_device_get_sysname(struct udev_device *dev)
{
	static const char *const names[] = { "1-1.2", "usb2", "3-4", "port0-partner" };

	(void)dev;
	return texts.seed & 0x20 && texts.n ? texts.at[0] : names[texts.seed / 64 % 4];
}

const char *
udev_device_get_syspath(struct udev_device *dev)
{
	(void)dev;
	return "/sys/nowhere";
}

struct udev_device *
udev_device_get_parent(struct udev_device *dev)
{
	char *at = (char *)dev;

	return texts.seed & 0x10 && at < &devices[DEPTH - 1]
		       ? (struct udev_device *)(void *)(at + 1)
		       : NULL;
}

struct udev_device *
udev_device_get_parent_with_subsystem_devtype(struct udev_device *dev, const char *subsystem,
					      const char *devtype)
{
	(void)subsystem;
	(void)devtype;
	return udev_device_get_parent(dev);
}

static void
on_observation(const struct ls_observation *obs, void *user)
{
	(void)user;
	CHECK(obs->kind > LS_OBS_NONE && obs->kind < LS_N_OBS);
	check_clean(obs->port, sizeof(obs->port));
	check_clean(obs->peer, sizeof(obs->peer));
	check_clean(obs->controller, sizeof(obs->controller));
	check_clean(obs->text, sizeof(obs->text));
	if (!obs->device)
		return;
	check_clean(obs->device->serial, sizeof(obs->device->serial));
	check_clean(obs->device->product, sizeof(obs->device->product));
	check_clean(obs->device->manufacturer, sizeof(obs->device->manufacturer));
	CHECK(obs->device->n_interfaces <= LS_INTERFACES_MAX);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct udev_events events = { .sink = on_observation };
	char *copy = malloc(len + 1);

	CHECK(copy);
	memcpy(copy, data, len);
	copy[len] = '\0';
	texts.n = 0;
	texts.seed = len ? data[0] : 0;
	for (size_t at = 1; at < len && texts.n < TEXTS_MAX; at += strlen(copy + at) + 1)
		texts.at[texts.n++] = copy + at;
	udev_events_take(&events, (struct udev_device *)(void *)devices);
	udev_events_found(&events, (struct udev_device *)(void *)devices);
	free(copy);
	return 0;
}
