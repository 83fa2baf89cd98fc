/* Does a device look as a rule says? */
#include <string.h>

#include "lib/families/internal.h"

static unsigned char
lower(char c)
{
	return (unsigned char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
}

/* Only the last "*" is ever tried again, so the time is bounded by the product of the lengths. */
bool
family_glob(const char *glob, const char *text)
{
	const char *star = NULL, *retry = NULL;

	while (*text) {
		if (*glob == '*') {
			star = ++glob;
			retry = text;
		} else if (*glob && (*glob == '?' || lower(*glob) == lower(*text))) {
			glob++;
			text++;
		} else if (star) {
			glob = star;
			text = ++retry;
		} else {
			return false;
		}
	}
	while (*glob == '*')
		glob++;
	return !*glob;
}

unsigned int
family_hex_digits(const char *text)
{
	size_t n = strspn(text, "0123456789abcdefABCDEF");

	return text[n] ? 0 : (unsigned int)n;
}

static bool
has_interface(const struct ls_device *device, uint32_t triple, uint32_t mask)
{
	for (size_t i = 0; i < device->n_interfaces && i < LS_INTERFACES_MAX; i++) {
		const struct ls_interface *one = &device->interfaces[i];
		uint32_t is =
			(uint32_t)one->class << 16 | (uint32_t)one->subclass << 8 | one->protocol;

		if ((is & mask) == triple)
			return true;
	}
	return false;
}

/* A source that knows the string indices knows all three; one device in a thousand has no text. */
static bool
index_is(const struct ls_device *device, uint8_t index, const struct family_condition *condition)
{
	bool known = device->i_manufacturer || device->i_product || device->i_serial;

	return known && index >= condition->first && index <= condition->last;
}

static bool
within(uint32_t value, const struct family_condition *condition)
{
	return value >= condition->first && value <= condition->last;
}

static bool
id_is(const struct ls_device *device, const struct family_condition *condition)
{
	return device->vid && device->vid == condition->first &&
	       device->pid >= condition->last >> 16 && device->pid <= (condition->last & 0xffff);
}

static bool
holds(const struct family_condition *condition, const struct ls_device *device)
{
	switch (condition->subject) {
	case FAMILY_ID:
		return id_is(device, condition);
	case FAMILY_VID:
		return device->vid && within(device->vid, condition);
	case FAMILY_PID:
		return device->vid && within(device->pid, condition);
	case FAMILY_BCD_DEVICE:
		return device->vid && within(device->bcd_device, condition);
	case FAMILY_DEVICE_CLASS:
		return device->vid && within(device->device_class, condition);
	case FAMILY_N_CONFIGURATIONS:
		return device->n_configurations && within(device->n_configurations, condition);
	case FAMILY_I_MANUFACTURER:
		return index_is(device, device->i_manufacturer, condition);
	case FAMILY_I_PRODUCT:
		return index_is(device, device->i_product, condition);
	case FAMILY_I_SERIAL:
		return index_is(device, device->i_serial, condition);
	case FAMILY_INTERFACE:
		return has_interface(device, condition->first, condition->last);
	case FAMILY_SERIAL_HEX:
		return within(family_hex_digits(device->serial), condition);
	case FAMILY_SERIAL:
		return device->serial[0] && family_glob(condition->glob, device->serial);
	case FAMILY_PRODUCT:
		return device->product[0] && family_glob(condition->glob, device->product);
	case FAMILY_MANUFACTURER:
		return device->manufacturer[0] &&
		       family_glob(condition->glob, device->manufacturer);
	case FAMILY_N_SUBJECTS:
		break;
	}
	return false;
}

bool
family_matches(const struct family_match *match, const struct ls_device *device)
{
	unsigned int asked = 0, held = 0;

	for (size_t i = 0; i < match->n; i++) {
		unsigned int bit = 1u << match->conditions[i].subject;

		asked |= bit;
		if (!(held & bit) && holds(&match->conditions[i], device))
			held |= bit;
	}
	return asked && asked == held;
}
