#include "cli/check/parse.h"

#include <ctype.h>

#include "lib/base/cursor.h"

#define BOS_HEADER	      5
#define DEVICE_CAPABILITY     0x10
#define CAPABILITY_SUPERSPEED 0x03
#define SPEED_5_GBPS	      0x08 /* of wSpeedsSupported */

int
check_parse_meminfo(const char *text, size_t len, const char *name, uint64_t *ret)
{
	struct ls_cursor all = ls_cursor_of(text, len);

	while (ls_cursor_left(&all) > 0) {
		struct ls_cursor line = ls_take_until(&all, '\n');
		uint64_t kib;

		(void)ls_take_char(&all, '\n');
		if (!ls_take_literal(&line, name) || !ls_take_char(&line, ':'))
			continue;
		(void)ls_take_spaces(&line);
		if (!ls_take_uint(&line, UINT64_MAX >> 10, &kib))
			return 0;
		*ret = kib << 10;
		return 1;
	}
	return 0;
}

bool
check_parse_superspeed(const unsigned char *bos, size_t len)
{
	size_t at = len >= BOS_HEADER && bos[0] >= BOS_HEADER ? bos[0] : len;

	while (at + 3 <= len) {
		size_t size = bos[at];

		if (size < 3 || at + size > len)
			return false;
		if (bos[at + 1] == DEVICE_CAPABILITY && bos[at + 2] == CAPABILITY_SUPERSPEED)
			return size >= 6 && (bos[at + 4] & SPEED_5_GBPS);
		at += size;
	}
	return false;
}

/* A word of a version: "1.1.1", "1.0.0-129-g405fcd1", "v1.2". */
static bool
is_version(const struct ls_cursor *word)
{
	const char *at = word->at;

	if (at < word->end && *at == 'v')
		at++;
	return at < word->end && isdigit((unsigned char)*at) &&
	       memchr(at, '.', (size_t)(word->end - at));
}

int
check_parse_version(const char *text, size_t len, char ret[CHECK_VERSION_MAX])
{
	struct ls_cursor all = ls_cursor_of(text, len);

	while (ls_cursor_left(&all) > 0) {
		struct ls_cursor word = { .at = all.at, .end = all.at };
		size_t n;

		while (all.at < all.end && isgraph((unsigned char)*all.at))
			all.at++;
		word.end = all.at;
		if (all.at < all.end)
			all.at++;
		n = ls_cursor_left(&word);
		while (n > 0 && strchr(",;)", word.at[n - 1]))
			n--;
		word.end = word.at + n;
		if (!is_version(&word) || n >= CHECK_VERSION_MAX)
			continue;
		memcpy(ret, word.at, n);
		ret[n] = '\0';
		return 1;
	}
	return 0;
}
