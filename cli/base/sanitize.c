#include "cli/base/sanitize.h"

#include <errno.h>
#include <string.h>

#include "lib/base/text.h"

/* longer than any text of the contract; the rest is cut */
#define TEXT_BYTES 2048
/* reply, list, port, device, string: anything deeper is never shown */
#define DEPTH_MAX 8

/* True if ls_text_clean() would change nothing but backslashes, which it escapes again. */
static bool
is_clean(const char *text, size_t len)
{
	char plain[TEXT_BYTES], cleaned[TEXT_BYTES];

	if (len >= sizeof(plain))
		return false;
	for (size_t i = 0; i <= len; i++)
		plain[i] = text[i] == '\\' ? '/' : text[i];
	ls_text_clean(cleaned, sizeof(cleaned), plain, len);
	return strcmp(plain, cleaned) == 0;
}

/* For a terminal without UTF-8: "…" and dashes become ASCII, other characters a "?". */
static void
replace_unicode(char *text)
{
	char *out = text;

	for (const char *p = text; *p; p++) {
		unsigned char byte = (unsigned char)*p;

		if (strncmp(p, "…", 3) == 0 || strncmp(p, "–", 3) == 0) {
			const char *ascii = p[2] == '\xa6' ? "..." : "-";
			size_t len = strlen(ascii);

			memmove(out, ascii, len); /* 3 bytes or fewer for 3 */
			out += len;
			p += 2;
		} else if (byte < 0x80) {
			*out++ = *p;
		} else if (byte >= 0xc0) { /* one "?" per character: skip continuation bytes */
			*out++ = '?';
		}
	}
	*out = '\0';
}

void
sanitize_text(char *dst, size_t size, const char *src, bool utf8)
{
	size_t len = strlen(src);

	if (len < size && is_clean(src, len))
		memcpy(dst, src, len + 1);
	else
		ls_text_clean(dst, size, src, len);
	if (!utf8)
		replace_unicode(dst);
}

/* noinline: its buffer must not be in every frame of the recursion. */
__attribute__((noinline)) static int
sanitize_string(json_t *string, bool utf8)
{
	char text[TEXT_BYTES];

	sanitize_text(text, sizeof(text), json_string_value(string), utf8);
	if (strcmp(text, json_string_value(string)) == 0)
		return 0;
	return json_string_set(string, text) < 0 ? -ENOMEM : 0;
}

static int
sanitize_tree(json_t *tree, bool utf8, int depth)
{
	const char *key;
	json_t *value;
	size_t i;
	int r = 0;

	if (json_is_string(tree))
		return sanitize_string(tree, utf8);
	if (depth >= DEPTH_MAX)
		return 0;
	json_array_foreach(tree, i, value)
	{
		r = sanitize_tree(value, utf8, depth + 1);
		if (r < 0)
			return r;
	}
	json_object_foreach(tree, key, value)
	{
		r = sanitize_tree(value, utf8, depth + 1);
		if (r < 0)
			return r;
	}
	return r;
}

int
sanitize_json(json_t *tree, bool utf8)
{
	return sanitize_tree(tree, utf8, 0);
}
