#include "lib/families/match.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/cursor.h"
#include "lib/base/text.h"

/* ---- reading a rule ---------------------------------------------------------------------- */

static bool
take_hex(struct ls_cursor *cur, uint32_t max, uint32_t *ret)
{
	uint64_t value;

	(void)ls_take_literal(cur, "0x");
	if (!ls_take_hex(cur, max, &value))
		return false;
	*ret = (uint32_t)value;
	return true;
}

static bool
take_decimal(struct ls_cursor *cur, uint32_t max, uint32_t *ret)
{
	uint64_t value;

	if (!ls_take_uint(cur, max, &value))
		return false;
	*ret = (uint32_t)value;
	return true;
}

typedef bool (*take_fn)(struct ls_cursor *cur, uint32_t max, uint32_t *ret);

/* "12" or "12-15" */
static bool
take_range(struct ls_cursor *cur, take_fn take, uint32_t max, struct family_condition *ret)
{
	if (!take(cur, max, &ret->first))
		return false;
	ret->last = ret->first;
	if (ls_take_char(cur, '-') && !take(cur, max, &ret->last))
		return false;
	return ret->first <= ret->last;
}

static bool
take_hex4(struct ls_cursor *cur, struct family_condition *ret)
{
	return take_range(cur, take_hex, UINT16_MAX, ret);
}

static bool
take_hex2(struct ls_cursor *cur, struct family_condition *ret)
{
	return take_range(cur, take_hex, UINT8_MAX, ret);
}

static bool
take_small(struct ls_cursor *cur, struct family_condition *ret)
{
	return take_range(cur, take_decimal, UINT8_MAX, ret);
}

/* "05ac:1281", "05ac:1280-1283" or "05ac:*" */
static bool
take_id(struct ls_cursor *cur, struct family_condition *ret)
{
	struct family_condition pid = { .last = UINT16_MAX };

	if (!take_hex(cur, UINT16_MAX, &ret->first) || !ls_take_char(cur, ':'))
		return false;
	if (!ls_take_char(cur, '*') && !take_hex4(cur, &pid))
		return false;
	ret->last = pid.first << 16 | pid.last;
	return true;
}

/* "ff/42/01" or "fe/01/ *" */
static bool
take_interface(struct ls_cursor *cur, struct family_condition *ret)
{
	for (int i = 0; i < 3; i++) {
		uint32_t value = 0;
		bool any;

		if (i > 0 && !ls_take_char(cur, '/'))
			return false;
		any = ls_take_char(cur, '*');
		if (!any && !take_hex(cur, UINT8_MAX, &value))
			return false;
		ret->first = ret->first << 8 | value;
		ret->last = ret->last << 8 | (any ? 0 : UINT8_MAX);
	}
	return true;
}

static bool
take_glob(struct ls_cursor *cur, struct family_condition *ret)
{
	ret->glob = strndup(cur->at, ls_cursor_left(cur));
	cur->at = cur->end;
	return true;
}

static const struct {
	bool (*take)(struct ls_cursor *cur, struct family_condition *ret);
	const char *allowed;
} forms[FAMILY_N_SUBJECTS] = {
	[FAMILY_ID] = { take_id, "VENDOR:PRODUCT in hex, like 05ac:1281, 05ac:1280-1283, 1f3a:*" },
	[FAMILY_VID] = { take_hex4, "hex numbers up to ffff, like 05ac or 1280-1283" },
	[FAMILY_PID] = { take_hex4, "hex numbers up to ffff, like 12a8 or 1280-1283" },
	[FAMILY_BCD_DEVICE] = { take_hex4, "hex numbers up to ffff, like 0100 or 0000-04ff" },
	[FAMILY_DEVICE_CLASS] = { take_hex2, "hex numbers up to ff, like 08 or fe" },
	[FAMILY_N_CONFIGURATIONS] = { take_small, "numbers up to 255, like 1 or 2-4" },
	[FAMILY_I_MANUFACTURER] = { take_small, "numbers up to 255, like 1 or 2-4" },
	[FAMILY_I_PRODUCT] = { take_small, "numbers up to 255, like 1 or 2-4" },
	[FAMILY_I_SERIAL] = { take_small, "numbers up to 255, like 3 or 2-4" },
	[FAMILY_INTERFACE] = { take_interface,
			       "CLASS/SUBCLASS/PROTOCOL in hex, like ff/42/01 or fe/01/*" },
	[FAMILY_SERIAL_HEX] = { take_small, "a number of digits, like 24 or 8-16" },
	[FAMILY_SERIAL] = { take_glob, "patterns with * and ?" },
	[FAMILY_PRODUCT] = { take_glob, "patterns with * and ?" },
	[FAMILY_MANUFACTURER] = { take_glob, "patterns with * and ?" },
};

static int
add_condition(struct family_match *match, const struct family_condition *condition)
{
	struct family_condition *more =
		realloc(match->conditions, (match->n + 1) * sizeof(*match->conditions));

	if (!more)
		return -ENOMEM;
	match->conditions = more;
	match->conditions[match->n++] = *condition;
	return 1;
}

static int
add_one(struct family_match *match, enum family_subject subject, struct ls_cursor item,
	char why[LS_TEXT_MAX])
{
	struct family_condition condition = { .subject = subject };
	struct ls_cursor cur = item;
	char shown[80];
	int r;

	if (cur.at == cur.end || !forms[subject].take(&cur, &condition) || cur.at != cur.end) {
		ls_text_clean(shown, sizeof(shown), item.at, ls_cursor_left(&item));
		ls_text_format(why, LS_TEXT_MAX, "\"%s\" is not allowed here; allowed are %s",
			       shown, forms[subject].allowed);
		return -EINVAL;
	}
	if (forms[subject].take == take_glob && !condition.glob)
		return -ENOMEM;
	r = add_condition(match, &condition);
	if (r < 0)
		free(condition.glob);
	return r;
}

int
family_match_add(struct family_match *match, enum family_subject subject, const char *value,
		 char why[LS_TEXT_MAX])
{
	struct ls_cursor cur = ls_cursor_of(value, strlen(value));
	int r;

	do
		r = add_one(match, subject, ls_cursor_trim(ls_take_until(&cur, ',')), why);
	while (r > 0 && ls_take_char(&cur, ','));
	return r;
}

void
family_match_done(struct family_match *match)
{
	for (size_t i = 0; i < match->n; i++)
		free(match->conditions[i].glob);
	free(match->conditions);
}

/* ---- asking it --------------------------------------------------------------------------- */

static unsigned char
lower(char c)
{
	return (unsigned char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
}

/*
 * "*" any text, "?" any byte; without regard to case. Only the last "*" is ever tried again, so the
 * time is bounded by the product of the lengths.
 */
static bool
fits_glob(const char *glob, const char *text)
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

/* The number of hexadecimal digits that @text consists of, 0 if it has anything else. */
static unsigned int
hex_digits(const char *text)
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
		return within(hex_digits(device->serial), condition);
	case FAMILY_SERIAL:
		return device->serial[0] && fits_glob(condition->glob, device->serial);
	case FAMILY_PRODUCT:
		return device->product[0] && fits_glob(condition->glob, device->product);
	case FAMILY_MANUFACTURER:
		return device->manufacturer[0] && fits_glob(condition->glob, device->manufacturer);
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
