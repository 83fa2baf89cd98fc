#include <stdlib.h>

#include "lib/base/text.h"
#include "tests/fuzz/check.h"

/* What ls_text_clean() wrote, back to what it was given. */
static size_t
restore(const char *clean, unsigned char *bytes)
{
	size_t n = 0;

	while (*clean) {
		char *end;

		if (clean[0] == '\\' && clean[1] == 'x') {
			char digits[] = { clean[2], clean[3], '\0' };

			bytes[n++] = (unsigned char)strtoul(digits, NULL, 16);
			clean += 4;
		} else if (clean[0] == '\\' && clean[1] == 'u') {
			n += check_encode((uint32_t)strtoul(clean + 3, &end, 16), bytes + n);
			CHECK(*end == '}');
			clean = end + 1;
		} else {
			bytes[n++] = (unsigned char)*clean++;
		}
	}
	return n;
}

static void
check_all_of_it(const char *data, size_t len)
{
	size_t size = 4 * len + 9; /* "\xHH" for every byte */
	char *clean = malloc(size);
	unsigned char *restored = malloc(size);

	CHECK(clean && restored);
	ls_text_clean(clean, size, data, len);
	check_clean(clean, size);
	CHECK(restore(clean, restored) == len);
	CHECK(len == 0 || memcmp(restored, data, len) == 0);
	free(restored);
	free(clean);
}

static void
check_cut(const char *data, size_t len, size_t size)
{
	char *clean = malloc(size), *formatted = malloc(size);

	CHECK(clean && formatted);
	ls_text_clean(clean, size, data, len);
	check_clean(clean, size);
	ls_text_format(formatted, size, "%s%s", clean, clean);
	check_clean(formatted, size);
	free(formatted);
	free(clean);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	if (len < 1)
		return 0;
	check_all_of_it((const char *)data + 1, len - 1);
	check_cut((const char *)data + 1, len - 1, 9 + data[0] % 64u);
	return 0;
}
