/* Descriptors of a virtual device: what it says it is. */
#include <errno.h>
#include <string.h>

#include "vdev.h"

enum {
	DESCRIPTOR_DEVICE = 1,
	DESCRIPTOR_CONFIG = 2,
	DESCRIPTOR_STRING = 3,
	DESCRIPTOR_QUALIFIER = 6,
	DESCRIPTOR_OTHER_SPEED = 7,
	DESCRIPTOR_BOS = 15,
	DESCRIPTOR_HUB = 0x29,
	DESCRIPTOR_HUB_SUPER = 0x2a,
};

/* Two directions of bulk, a second bulk OUT as Apple's recovery mode has it, and an interrupt IN. */
static const struct layout {
	uint8_t address, type;
} device_layout[] = { { 0x81, 2 }, { 0x02, 2 }, { 0x04, 2 }, { 0x83, 3 } };
/* A hub reports changes of its ports on an interrupt endpoint. */
static const struct layout hub_layout[] = { { HUB_ENDPOINT, 3 } };

struct writer {
	uint8_t *buffer;
	size_t size, length;
};

static void
put(struct writer *out, const uint8_t *bytes, size_t length)
{
	if (length > out->size - out->length)
		length = out->size - out->length;
	memcpy(out->buffer + out->length, bytes, length);
	out->length += length;
}

static uint8_t
low(unsigned value)
{
	return value & 0xff;
}

static uint8_t
high(unsigned value)
{
	return value >> 8 & 0xff;
}

static void
put_device(const struct device *dev, struct writer *out)
{
	uint8_t bytes[18] = {
		[0] = 18,
		[1] = DESCRIPTOR_DEVICE,
		[2] = low(dev->bcd_usb),
		[3] = high(dev->bcd_usb),
		[4] = dev->device_class[0],
		[5] = dev->device_class[1],
		[6] = dev->device_class[2],
		[7] = dev->speed == SPEED_SUPER ? 9 : 64, /* SuperSpeed: 2 to the power of 9 */
		[8] = low(dev->vid),
		[9] = high(dev->vid),
		[10] = low(dev->pid),
		[11] = high(dev->pid),
		[12] = low(dev->bcd_device),
		[13] = high(dev->bcd_device),
		[17] = 1,
	};

	for (int i = TEXT_MANUFACTURER; i < N_TEXTS; i++)
		bytes[13 + i] = dev->texts[i].length ? i : 0;
	put(out, bytes, sizeof(bytes));
}

static void
put_endpoint(int speed, uint8_t address, uint8_t type, struct writer *out)
{
	static const uint16_t bulk_size[] = {
		[SPEED_FULL] = 64, [SPEED_HIGH] = 512, [SPEED_SUPER] = 1024
	};
	uint16_t packet = type == 3 ? 64 : bulk_size[speed];
	uint8_t interval = type == 3 ? 8 : 0;
	uint8_t bytes[] = { 7, 5, address, type, low(packet), high(packet), interval };
	uint8_t companion[] = { 6, 48, 0, 0, type == 3 ? low(packet) : 0, 0 };

	put(out, bytes, sizeof(bytes));
	if (speed == SPEED_SUPER)
		put(out, companion, sizeof(companion));
}

static void
put_config(const struct device *dev, int speed, uint8_t type, struct writer *out)
{
	const struct layout *layout = device_is_hub(dev) ? hub_layout : device_layout;
	size_t n = device_is_hub(dev) ? VDEV_COUNT(hub_layout) : VDEV_COUNT(device_layout);
	size_t total = 9 + 9 + n * (speed == SPEED_SUPER ? 13 : 7);
	uint8_t power = dev->power_ma / (speed == SPEED_SUPER ? 8 : 2);
	uint8_t config[] = {
		9, type, low(total), high(total), 1, dev->config_value, 0, dev->attributes, power
	};
	uint8_t interface[] = { 9,
				4,
				0,
				0,
				n,
				dev->interface_class[0],
				dev->interface_class[1],
				dev->interface_class[2],
				0 };

	put(out, config, sizeof(config));
	put(out, interface, sizeof(interface));
	for (size_t i = 0; i < n; i++)
		put_endpoint(speed, layout[i].address, layout[i].type, out);
}

static int
put_string(const struct device *dev, unsigned index, struct writer *out)
{
	const struct text *text = &dev->texts[index < N_TEXTS ? index : 0];
	uint8_t english[] = { 4, DESCRIPTOR_STRING, 0x09, 0x04 };
	uint8_t head[] = { low(2 + 2 * text->length), DESCRIPTOR_STRING };

	if (index == 0) {
		put(out, english, sizeof(english));
		return 0;
	}
	if (!text->length)
		return -EPIPE;
	put(out, head, sizeof(head));
	for (size_t i = 0; i < text->length; i++) {
		uint8_t unit[] = { low(text->units[i]), high(text->units[i]) };

		put(out, unit, sizeof(unit));
	}
	return 0;
}

static void
put_qualifier(const struct device *dev, struct writer *out)
{
	uint8_t bytes[] = { 10,
			    DESCRIPTOR_QUALIFIER,
			    low(dev->bcd_usb),
			    high(dev->bcd_usb),
			    dev->device_class[0],
			    dev->device_class[1],
			    dev->device_class[2],
			    64,
			    1,
			    0 };

	put(out, bytes, sizeof(bytes));
}

static void
put_bos(struct writer *out)
{
	static const uint8_t bytes[] = {
		5,    DESCRIPTOR_BOS,
		22,   0,
		2, /* two capabilities follow */
		7,    16,
		2,    0x00,
		0,    0,
		0, /* USB 2.0 extension, no LPM */
		10,   16,
		3,    0,
		0x0e, 0,
		1,    10,
		32,   0, /* SuperSpeed; exit latencies of U1 and U2 */
	};

	put(out, bytes, sizeof(bytes));
}

/* Its ports are powered together and are always empty: nothing can be plugged behind it. */
static void
put_hub(const struct device *dev, struct writer *out)
{
	static const uint8_t usb2[] = { 9, DESCRIPTOR_HUB, 4, 0, 0, 50, 100, 0, 0xff };
	static const uint8_t super[] = { 12, DESCRIPTOR_HUB_SUPER, 4, 0, 0, 50, 25, 0, 0, 0, 0, 0 };

	if (dev->speed == SPEED_SUPER)
		put(out, super, sizeof(super));
	else
		put(out, usb2, sizeof(usb2));
}

int
descriptor_get(const struct device *dev, uint16_t value, uint8_t *buffer, size_t size)
{
	struct writer out = { .buffer = buffer, .size = size };
	bool is_high = dev->speed == SPEED_HIGH;
	int r = 0;

	switch (value >> 8) {
	case DESCRIPTOR_DEVICE:
		put_device(dev, &out);
		break;
	case DESCRIPTOR_CONFIG:
		put_config(dev, dev->speed, DESCRIPTOR_CONFIG, &out);
		break;
	case DESCRIPTOR_STRING:
		r = put_string(dev, value & 0xff, &out);
		break;
	case DESCRIPTOR_BOS:
		if (dev->bcd_usb < 0x0201)
			return -EPIPE;
		put_bos(&out);
		break;
	case DESCRIPTOR_QUALIFIER:
		if (!is_high)
			return -EPIPE;
		put_qualifier(dev, &out);
		break;
	case DESCRIPTOR_OTHER_SPEED:
		if (!is_high)
			return -EPIPE;
		put_config(dev, SPEED_FULL, DESCRIPTOR_OTHER_SPEED, &out);
		break;
	case DESCRIPTOR_HUB:
	case DESCRIPTOR_HUB_SUPER:
		if (!device_is_hub(dev))
			return -EPIPE;
		put_hub(dev, &out);
		break;
	default:
		return -EPIPE;
	}
	return r < 0 ? r : (int)out.length;
}

/* ---- strings ---- */

static int
hex(const char *text, int n_digits)
{
	int value = 0;

	for (int i = 0; i < n_digits; i++) {
		const char *digits = "0123456789abcdef";
		const char *found = text[i] ? strchr(digits, text[i] | 0x20) : NULL;

		if (!found)
			return -EINVAL;
		value = value * 16 + (int)(found - digits);
	}
	return value;
}

/* One escape after the backslash: how many bytes it took, or -EINVAL. */
static int
take_escape(const char *text, uint32_t *ret)
{
	int n_digits = *text == 'x' ? 2 : *text == 'u' ? 4 : 0;
	int value = *text == '\\' ? '\\' : -EINVAL;

	if (n_digits)
		value = hex(text + 1, n_digits);
	if (value < 0)
		return -EINVAL;
	*ret = value;
	return 1 + n_digits;
}

/* One UTF-8 character. Bytes that are none stand for themselves. */
static int
take_utf8(const char *text, uint32_t *ret)
{
	unsigned char first = *text;
	int n_more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc0 ? 1 : 0;
	uint32_t value = n_more ? first & (0x3f >> n_more) : first;

	for (int i = 1; i <= n_more; i++) {
		if ((text[i] & 0xc0) != 0x80) {
			*ret = first;
			return 1;
		}
		value = value << 6 | (text[i] & 0x3f);
	}
	*ret = value;
	return 1 + n_more;
}

int
text_parse(const char *escaped, struct text *ret)
{
	*ret = (struct text){ 0 };
	while (*escaped) {
		uint32_t value;
		bool is_escape = *escaped == '\\';
		int taken =
			is_escape ? take_escape(escaped + 1, &value) : take_utf8(escaped, &value);

		if (taken < 0 || ret->length + 2 > VDEV_MAX_UNITS + (value < 0x10000))
			return -EINVAL;
		escaped += taken + is_escape;
		if (value >= 0x10000) {
			ret->units[ret->length++] = 0xd800 + ((value - 0x10000) >> 10);
			value = 0xdc00 + ((value - 0x10000) & 0x3ff);
		}
		ret->units[ret->length++] = value;
	}
	return 0;
}
