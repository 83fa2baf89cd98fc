/* Values of rules: lists of numbers, ranges, ids, interfaces and patterns. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/cursor.h"
#include "lib/families/internal.h"
#include "lib/base/text.h"

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
append(struct family_match *match, const struct family_condition *condition)
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
	r = append(match, &condition);
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
