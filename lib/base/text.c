#include "lib/base/text.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define ELLIPSIS "…"

struct output {
	char *dst;
	size_t size, len;
	size_t cut; /* longest prefix of whole units that leaves room for the ellipsis */
};

/*
 * What must not reach a terminal: Unicode's Cc, Cf, Zl, Zp, Co, non-characters and
 * Default_Ignorable_Code_Point, and the planes without characters. Sorted.
 */
static const struct {
	uint32_t first, last;
} silent[] = {
	{ 0x0000, 0x001f },   { 0x007f, 0x009f },   { 0x00ad, 0x00ad },	  { 0x034f, 0x034f },
	{ 0x0600, 0x0605 },   { 0x061c, 0x061c },   { 0x06dd, 0x06dd },	  { 0x070f, 0x070f },
	{ 0x0890, 0x0891 },   { 0x08e2, 0x08e2 },   { 0x115f, 0x1160 },	  { 0x17b4, 0x17b5 },
	{ 0x180b, 0x180f },   { 0x200b, 0x200f },   { 0x2028, 0x202e },	  { 0x2060, 0x206f },
	{ 0x3164, 0x3164 },   { 0xe000, 0xf8ff },   { 0xfdd0, 0xfdef },	  { 0xfe00, 0xfe0f },
	{ 0xfeff, 0xfeff },   { 0xffa0, 0xffa0 },   { 0xfff0, 0xfffb },	  { 0xfffe, 0xffff },
	{ 0x110bd, 0x110bd }, { 0x110cd, 0x110cd }, { 0x13430, 0x1343f }, { 0x1bca0, 0x1bca3 },
	{ 0x1d173, 0x1d17a }, { 0x1fffe, 0x1ffff }, { 0x2fffe, 0x2ffff }, { 0x3fffe, 0x10ffff },
};

static bool
prints(uint32_t point)
{
	for (size_t i = 0; i < LS_COUNT(silent) && point >= silent[i].first; i++) {
		if (point <= silent[i].last)
			return false;
	}
	return true;
}

/* Length of the valid UTF-8 sequence at @src, 0 if there is none. */
static size_t
decode(const unsigned char *src, size_t len, uint32_t *point)
{
	static const struct {
		unsigned char mask, lead;
		uint32_t smallest; /* below it the sequence is overlong */
	} forms[] = {
		{ 0x80, 0x00, 0 },
		{ 0xe0, 0xc0, 0x80 },
		{ 0xf0, 0xe0, 0x800 },
		{ 0xf8, 0xf0, 0x10000 },
	};
	size_t n = 0;

	while (n < LS_COUNT(forms) && (src[0] & forms[n].mask) != forms[n].lead)
		n++;
	if (n == LS_COUNT(forms) || n >= len)
		return 0;
	*point = (uint32_t)(src[0] & ~forms[n].mask);
	for (size_t i = 1; i <= n; i++) {
		if ((src[i] & 0xc0) != 0x80)
			return 0;
		*point = *point << 6 | (src[i] & 0x3f);
	}
	if (*point < forms[n].smallest || *point > 0x10ffff ||
	    (*point >= 0xd800 && *point <= 0xdfff))
		return 0;
	return n + 1;
}

static bool
put(struct output *out, const char *unit, size_t len)
{
	if (out->len + len >= out->size)
		return false;
	memcpy(out->dst + out->len, unit, len);
	out->len += len;
	if (out->len + strlen(ELLIPSIS) < out->size)
		out->cut = out->len;
	return true;
}

/* One character, or one byte that is none, from @src; how much of @src that was, 0 if full. */
static size_t
put_next(struct output *out, const unsigned char *src, size_t len)
{
	char escape[sizeof("\\u{10ffff}")];
	uint32_t point = 0;
	size_t n = decode(src, len, &point);
	bool imitates = point == '\\' && len > 1 && (src[1] == 'x' || src[1] == 'u');
	int escape_len;

	if (n > 0 && !imitates && prints(point))
		return put(out, (const char *)src, n) ? n : 0;
	if (n <= 1)
		escape_len = snprintf(escape, sizeof(escape), "\\x%02x", src[0]);
	else
		escape_len = snprintf(escape, sizeof(escape), "\\u{%04x}", (unsigned int)point);
	if (!put(out, escape, (size_t)escape_len))
		return 0;
	return n > 0 ? n : 1;
}

/* Printable ASCII stands for itself; only a backslash may have to be escaped. */
static size_t
plain_run(const char *src, size_t len)
{
	size_t n = 0;

	while (n < len && src[n] >= ' ' && src[n] <= '~' && src[n] != '\\')
		n++;
	return n;
}

/* Most text is plain: it is copied at once. Returns how much of @src fitted. */
static size_t
put_plain(struct output *out, const char *src, size_t len)
{
	size_t room = out->size - 1 - out->len, n = plain_run(src, len < room ? len : room);
	size_t cut_max = out->size - 1 - strlen(ELLIPSIS);

	if (n == 0)
		return 0;
	memcpy(out->dst + out->len, src, n);
	if (out->len < cut_max)
		out->cut = out->len + n < cut_max ? out->len + n : cut_max;
	out->len += n;
	return n;
}

void
ls_text_clean(char *dst, size_t size, const char *src, size_t len)
{
	struct output out = { .dst = dst, .size = size };

	assert(size > 8);
	for (size_t done = put_plain(&out, src, len); done < len;) {
		size_t n = put_next(&out, (const unsigned char *)src + done, len - done);

		if (n > 0)
			n += put_plain(&out, src + done + n, len - done - n);
		if (n == 0) {
			memcpy(dst + out.cut, ELLIPSIS, strlen(ELLIPSIS));
			out.len = out.cut + strlen(ELLIPSIS);
			break;
		}
		done += n;
	}
	dst[out.len] = '\0';
}

/* @dst is full: the rest of a character whose tail was cut off goes, too. */
static void
cut(char *dst, size_t size)
{
	uint32_t point;
	size_t end = size - 1;

	while (end > 0 && ((unsigned char)dst[end - 1] & 0xc0) == 0x80)
		end--;
	if (end > 0 && decode((unsigned char *)dst + end - 1, size - end, &point) == 0)
		dst[end - 1] = '\0';
}

static void
format_cut(char *dst, size_t size, const char *format, va_list args)
{
	int len;

	assert(size > 0);
	len = vsnprintf(dst, size, format, args);
	if (len < 0)
		dst[0] = '\0';
	else if ((size_t)len >= size)
		cut(dst, size);
}

void
ls_text_copy(char *dst, size_t size, const char *src)
{
	size_t len = strnlen(src, size);

	assert(size > 0);
	memcpy(dst, src, len < size ? len : size - 1);
	dst[len < size ? len : size - 1] = '\0';
	if (len == size)
		cut(dst, size);
}

void
ls_text_format(char *dst, size_t size, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	format_cut(dst, size, format, args);
	va_end(args);
}

void
ls_text_append(char *dst, size_t size, const char *format, ...)
{
	size_t len = strlen(dst);
	va_list args;

	va_start(args, format);
	format_cut(dst + len, size - len, format, args);
	va_end(args);
}
