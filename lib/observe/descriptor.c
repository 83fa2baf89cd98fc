#include "lib/observe/descriptor.h"

#include <errno.h>

#include "lib/base/text.h"

#define STRING_HEADER 2
#define UNITS_MAX     126 /* of UTF-16 in a string descriptor: bLength is a byte */
#define UTF8_PER_UNIT 3	  /* a pair of surrogates takes 4 for two */

static uint16_t
u16(const uint8_t *bytes)
{
	return (uint16_t)(bytes[0] | bytes[1] << 8);
}

int
ls_descriptor_device(const uint8_t *bytes, size_t len, struct ls_device *ret)
{
	if (len < LS_DESCRIPTOR_DEVICE_LEN || bytes[0] < LS_DESCRIPTOR_DEVICE_LEN ||
	    bytes[1] != LS_DESCRIPTOR_DEVICE)
		return -EBADMSG;
	ret->device_class = bytes[4];
	ret->vid = u16(bytes + 8);
	ret->pid = u16(bytes + 10);
	ret->bcd_device = u16(bytes + 12);
	ret->i_manufacturer = bytes[14];
	ret->i_product = bytes[15];
	ret->i_serial = bytes[16];
	ret->n_configurations = bytes[17];
	return 1;
}

/* The character that begins at unit @i of @n; a lone surrogate stays what it is. */
static uint32_t
take_character(const uint8_t *units, size_t n, size_t *i)
{
	uint32_t high = u16(units + 2 * *i), low;

	++*i;
	if (high < 0xd800 || high > 0xdbff || *i == n)
		return high;
	low = u16(units + 2 * *i);
	if (low < 0xdc00 || low > 0xdfff)
		return high;
	++*i;
	return 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
}

/* Lone surrogates come out as invalid UTF-8, which is made visible like all that is invalid. */
static size_t
put_utf8(char *text, uint32_t c)
{
	if (c < 0x80) {
		text[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		text[0] = (char)(0xc0 | c >> 6);
		text[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		text[0] = (char)(0xe0 | c >> 12);
		text[1] = (char)(0x80 | (c >> 6 & 0x3f));
		text[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	text[0] = (char)(0xf0 | c >> 18);
	text[1] = (char)(0x80 | (c >> 12 & 0x3f));
	text[2] = (char)(0x80 | (c >> 6 & 0x3f));
	text[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

int
ls_descriptor_string(const uint8_t *bytes, size_t len, char ret[LS_STRING_MAX])
{
	char utf8[UNITS_MAX * UTF8_PER_UNIT + 1];
	size_t n_units, n = 0;

	if (len < STRING_HEADER || bytes[0] < STRING_HEADER || bytes[0] > len ||
	    bytes[1] != LS_DESCRIPTOR_STRING)
		return -EBADMSG;
	n_units = (bytes[0] - (size_t)STRING_HEADER) / 2;
	for (size_t i = 0; i < n_units;)
		n += put_utf8(utf8 + n, take_character(bytes + STRING_HEADER, n_units, &i));
	while (n > 0 && (utf8[n - 1] == ' ' || utf8[n - 1] == '\0'))
		n--; /* many devices fill up what they do not need */
	ls_text_clean(ret, LS_STRING_MAX, utf8, n);
	return 1;
}
