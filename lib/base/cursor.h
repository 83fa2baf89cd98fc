#pragma once
/*
 * A text that is consumed from its front. Every ls_take_* moves @cur past what it took;
 * one that returns false took nothing. Nothing here needs a final NUL, nothing reads past the end.
 */
#include <string.h>

#include "lib/base/base.h"

struct ls_cursor {
	const char *at;
	const char *end;
};

static inline struct ls_cursor
ls_cursor_of(const char *text, size_t len)
{
	return (struct ls_cursor){ .at = text, .end = text + len };
}

static inline size_t
ls_cursor_left(const struct ls_cursor *cur)
{
	return (size_t)(cur->end - cur->at);
}

static inline bool
ls_take_char(struct ls_cursor *cur, char c)
{
	if (cur->at == cur->end || *cur->at != c)
		return false;
	cur->at++;
	return true;
}

static inline bool
ls_take_literal(struct ls_cursor *cur, const char *literal)
{
	size_t len = strlen(literal);

	if (ls_cursor_left(cur) < len || memcmp(cur->at, literal, len) != 0)
		return false;
	cur->at += len;
	return true;
}

/* Zero or more blanks; returns how many. */
static inline size_t
ls_take_spaces(struct ls_cursor *cur)
{
	const char *start = cur->at;

	while (cur->at < cur->end && *cur->at == ' ')
		cur->at++;
	return (size_t)(cur->at - start);
}

/* Without blanks and tabs on either side. */
static inline struct ls_cursor
ls_cursor_trim(struct ls_cursor cur)
{
	while (cur.at < cur.end && (*cur.at == ' ' || *cur.at == '\t'))
		cur.at++;
	while (cur.at < cur.end && (cur.end[-1] == ' ' || cur.end[-1] == '\t'))
		cur.end--;
	return cur;
}

static inline bool
ls_cursor_contains(const struct ls_cursor *cur, const char *literal)
{
	return memmem(cur->at, ls_cursor_left(cur), literal, strlen(literal)) != NULL;
}

/* Up to, not with, the first @stop, or all that is left. */
static inline struct ls_cursor
ls_take_until(struct ls_cursor *cur, char stop)
{
	struct ls_cursor taken = { .at = cur->at, .end = cur->end };
	const char *found = ls_cursor_left(cur) ? memchr(cur->at, stop, ls_cursor_left(cur)) : NULL;

	if (found)
		taken.end = found;
	cur->at = taken.end;
	return taken;
}

/* All digits in @base (10 or 16, either case) as one number; false if none or above @max. */
static inline bool
ls_take_number(struct ls_cursor *cur, unsigned int base, uint64_t max, uint64_t *ret)
{
	uint64_t value = 0;
	const char *at = cur->at;

	for (; at < cur->end; at++) {
		unsigned char c = (unsigned char)*at;
		unsigned int digit = base;

		if (c >= '0' && c <= '9')
			digit = c - '0';
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			digit = (c | 0x20) - 'a' + 10u;
		if (digit >= base)
			break;
		if (digit > max || value > (max - digit) / base)
			return false;
		value = value * base + digit;
	}
	if (at == cur->at)
		return false;
	cur->at = at;
	*ret = value;
	return true;
}

/* Decimal without a sign. */
static inline bool
ls_take_uint(struct ls_cursor *cur, uint64_t max, uint64_t *ret)
{
	return ls_take_number(cur, 10, max, ret);
}

/* Decimal with or without a minus, -@max … @max. */
static inline bool
ls_take_int(struct ls_cursor *cur, int max, int *ret)
{
	struct ls_cursor next = *cur;
	bool negative = ls_take_char(&next, '-');
	uint64_t value;

	if (!ls_take_uint(&next, (uint64_t)max, &value))
		return false;
	*cur = next;
	*ret = negative ? -(int)value : (int)value;
	return true;
}

/* "12" or "12.5": decimal without a sign or an exponent; each half at most @max. */
static inline bool
ls_take_decimal(struct ls_cursor *cur, uint64_t max, double *ret)
{
	struct ls_cursor next = *cur;
	uint64_t whole, part = 0;
	const char *digits;
	double scale = 1;

	if (!ls_take_uint(&next, max, &whole))
		return false;
	digits = next.at;
	if (ls_take_char(&next, '.')) {
		digits = next.at;
		if (!ls_take_uint(&next, max, &part))
			return false;
	}
	for (; digits < next.at; digits++)
		scale *= 10;
	*cur = next;
	*ret = (double)whole + (double)part / scale;
	return true;
}

/* Hexadecimal without "0x". */
static inline bool
ls_take_hex(struct ls_cursor *cur, uint64_t max, uint64_t *ret)
{
	return ls_take_number(cur, 16, max, ret);
}
