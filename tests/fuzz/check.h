#pragma once
/* What the fuzz targets demand of results. Written separately, so that lib/ does not check itself. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/base.h"

#define CHECK(condition)                                                                           \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);            \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static inline size_t
check_encode(uint32_t point, unsigned char *bytes)
{
	if (point < 0x80) {
		bytes[0] = (unsigned char)point;
		return 1;
	}
	if (point < 0x800) {
		bytes[0] = (unsigned char)(0xc0 | point >> 6);
		bytes[1] = (unsigned char)(0x80 | (point & 0x3f));
		return 2;
	}
	if (point < 0x10000) {
		bytes[0] = (unsigned char)(0xe0 | point >> 12);
		bytes[1] = (unsigned char)(0x80 | (point >> 6 & 0x3f));
		bytes[2] = (unsigned char)(0x80 | (point & 0x3f));
		return 3;
	}
	bytes[0] = (unsigned char)(0xf0 | point >> 18);
	bytes[1] = (unsigned char)(0x80 | (point >> 12 & 0x3f));
	bytes[2] = (unsigned char)(0x80 | (point >> 6 & 0x3f));
	bytes[3] = (unsigned char)(0x80 | (point & 0x3f));
	return 4;
}

/* Printable UTF-8 on one line, terminated within @size. */
static inline void
check_clean(const char *text, size_t size)
{
	size_t len = strnlen(text, size);

	CHECK(len < size);
	for (size_t i = 0; i < len;) {
		unsigned char lead = (unsigned char)text[i], again[4];
		size_t n = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
		uint32_t point = n == 1 ? lead : lead & (0x7fu >> n);

		CHECK(i + n <= len);
		for (size_t k = 1; k < n; k++)
			point = point << 6 | ((unsigned char)text[i + k] & 0x3fu);
		CHECK(check_encode(point, again) == n && memcmp(again, text + i, n) == 0);
		CHECK(point >= 0x20 && (point < 0x7f || point > 0x9f) && point <= 0x10ffff);
		CHECK(point < 0xd800 || point > 0xdfff);
		CHECK(point < 0x200b || point > 0x200f); /* zero width, marks of direction */
		CHECK(point < 0x2028 || point > 0x202e);
		CHECK(point < 0x2060 || point > 0x206f);
		CHECK(point != 0xad && point != 0x61c && point != 0xfeff);
		i += n;
	}
}
