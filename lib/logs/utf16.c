/*
 * Own code, because iconv_open() reads gconv-modules.cache and loads UTF-16.so (glibc 2.36): lib/
 * does no I/O, and a log must not become unreadable where that module is not installed.
 */
#include "lib/logs/utf16.h"

#define BYTE_ORDER_MARK 0xfeff
#define UTF8_MAX	3

/* A byte order mark, or a first character of ASCII: one byte of it is 0. */
static enum ls_log_encoding
encoding_of(const unsigned char first[2])
{
	if ((first[0] == 0xff && first[1] == 0xfe) || (first[0] && !first[1]))
		return LS_LOG_UTF16_LE;
	if ((first[0] == 0xfe && first[1] == 0xff) || (!first[0] && first[1]))
		return LS_LOG_UTF16_BE;
	return LS_LOG_BYTES;
}

/* Halves of a pair become "?": what matters here is ASCII, and months. */
static size_t
encode(char *dst, unsigned int unit)
{
	if (unit == BYTE_ORDER_MARK)
		return 0;
	if (unit >= 0xd800 && unit < 0xe000)
		unit = '?';
	if (unit < 0x80) {
		dst[0] = (char)unit;
		return 1;
	}
	if (unit < 0x800) {
		dst[0] = (char)(0xc0 | unit >> 6);
		dst[1] = (char)(0x80 | (unit & 0x3f));
		return 2;
	}
	dst[0] = (char)(0xe0 | unit >> 12);
	dst[1] = (char)(0x80 | (unit >> 6 & 0x3f));
	dst[2] = (char)(0x80 | (unit & 0x3f));
	return 3;
}

static size_t
convert(struct ls_log_utf16 *utf16, struct ls_cursor *bytes)
{
	bool little = utf16->encoding == LS_LOG_UTF16_LE;
	size_t n = 0;

	while (n + UTF8_MAX <= sizeof(utf16->out)) {
		while (utf16->n_held < 2 && ls_cursor_left(bytes) > 0)
			utf16->held[utf16->n_held++] = (unsigned char)*bytes->at++;
		if (utf16->n_held < 2)
			break;
		n += encode(utf16->out + n,
			    (unsigned int)utf16->held[little] << 8 | utf16->held[!little]);
		utf16->n_held = 0;
	}
	return n;
}

void
ls_log_utf16_take(struct ls_log_utf16 *utf16, struct ls_cursor *bytes, struct ls_cursor *ret)
{
	*ret = ls_cursor_of(utf16->out, 0);
	if (utf16->encoding == LS_LOG_ENCODING_UNKNOWN) {
		while (utf16->n_held < 2 && ls_cursor_left(bytes) > 0)
			utf16->held[utf16->n_held++] = (unsigned char)*bytes->at++;
		if (utf16->n_held < 2)
			return;
		utf16->encoding = encoding_of(utf16->held);
		if (utf16->encoding == LS_LOG_BYTES) {
			memcpy(utf16->out, utf16->held, sizeof(utf16->held));
			utf16->n_held = 0;
			ret->end += sizeof(utf16->held);
			return;
		}
	}
	if (utf16->encoding == LS_LOG_BYTES) {
		*ret = *bytes;
		bytes->at = bytes->end;
		return;
	}
	ret->end += convert(utf16, bytes);
}
