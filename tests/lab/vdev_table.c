/* The devices that there are, and their properties as text. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vdev.h"

struct device *devices[VDEV_MAX_DEVICES];
size_t n_devices;

/* ---- the table ---- */

struct device *
device_find(const char *name)
{
	for (size_t i = 0; i < n_devices; i++)
		if (strcmp(devices[i]->name, name) == 0)
			return devices[i];
	return NULL;
}

bool
device_is_hub(const struct device *dev)
{
	return dev->device_class[0] == 9;
}

static bool
is_name(const char *text)
{
	size_t length =
		strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");

	return length > 0 && length < sizeof(devices[0]->name) && !text[length];
}

struct device *
device_create(const char *name)
{
	struct device *dev;

	if (!is_name(name) || n_devices == VDEV_MAX_DEVICES)
		return NULL;
	dev = calloc(1, sizeof(*dev));
	if (!dev)
		return NULL;
	*dev = (struct device){
		.fd = -1,
		.speed = SPEED_HIGH,
		.vid = 0x1209,
		.pid = 0x0001,
		.bcd_device = 0x0100,
		.bcd_usb = 0x0200,
		.interface_class = { 0xff, 0xff, 0xff },
		.config_value = 1,
		.attributes = 0x80,
		.power_ma = 100,
	};
	strcpy(dev->name, name);
	devices[n_devices++] = dev;
	return dev;
}

/* ---- key=value ---- */

bool
parse_number(const char *text, int base, long min, long max, long *ret)
{
	char *end;

	errno = 0;
	*ret = strtol(text, &end, base);
	return !errno && end != text && !*end && *ret >= min && *ret <= max;
}

static bool
set_class(const char *text, uint8_t ret[3])
{
	unsigned parts[3] = { 0 };

	if (sscanf(text, "%2x/%2x/%2x", &parts[0], &parts[1], &parts[2]) < 1)
		return false;
	for (int i = 0; i < 3; i++)
		ret[i] = parts[i];
	return true;
}

static bool
set_speed(struct device *dev, const char *text)
{
	static const struct {
		const char *name;
		int speed;
		uint16_t bcd_usb;
	} speeds[] = { { "full", SPEED_FULL, 0x0110 },
		       { "high", SPEED_HIGH, 0x0200 },
		       { "super", SPEED_SUPER, 0x0300 } };

	for (size_t i = 0; i < VDEV_COUNT(speeds); i++) {
		if (strcmp(speeds[i].name, text) != 0)
			continue;
		dev->speed = speeds[i].speed;
		dev->bcd_usb = speeds[i].bcd_usb;
		return true;
	}
	return false;
}

static bool
set_number(struct device *dev, const char *key, const char *value)
{
	long number;

#define FIELD(name, base, max, field)                                                              \
	if (strcmp(key, name) == 0) {                                                              \
		if (!parse_number(value, base, 0, max, &number))                                   \
			return false;                                                              \
		dev->field = number;                                                               \
		return true;                                                                       \
	}
	FIELD("port", 10, 14, port)
	FIELD("controller", 10, 7, controller)
	FIELD("vid", 16, 0xffff, vid)
	FIELD("pid", 16, 0xffff, pid)
	FIELD("bcd", 16, 0xffff, bcd_device)
	FIELD("usb", 16, 0xffff, bcd_usb)
	FIELD("config", 0, 255, config_value)
	FIELD("attributes", 0, 255, attributes)
	FIELD("power", 10, 900, power_ma)
#undef FIELD
	return false;
}

bool
set_property(struct device *dev, const char *word)
{
	const char *value = strchr(word, '=');
	char key[32];

	if (!value || (size_t)(value - word) >= sizeof(key))
		return false;
	snprintf(key, sizeof(key), "%.*s", (int)(value - word), word);
	value++;
	if (strcmp(key, "speed") == 0)
		return set_speed(dev, value);
	if (strcmp(key, "class") == 0)
		return set_class(value, dev->interface_class);
	if (strcmp(key, "device-class") == 0)
		return set_class(value, dev->device_class);
	if (strcmp(key, "manufacturer") == 0)
		return text_parse(value, &dev->texts[TEXT_MANUFACTURER]) == 0;
	if (strcmp(key, "product") == 0)
		return text_parse(value, &dev->texts[TEXT_PRODUCT]) == 0;
	if (strcmp(key, "serial") == 0)
		return text_parse(value, &dev->texts[TEXT_SERIAL]) == 0;
	return set_number(dev, key, value);
}
