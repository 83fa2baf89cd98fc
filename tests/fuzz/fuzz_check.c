/* What linkstat check reads from files and programs; the first byte chooses the parser. */
#include "cli/check/parse.h"
#include "cli/check/versions.h"
#include "tests/fuzz/check.h"

static void
packages(const char *text, size_t len, bool joined)
{
	struct versions versions = { 0 };

	versions_read(&versions, text, len, joined);
	for (size_t i = 0; i < VERSIONS_PACKAGES; i++) {
		size_t n = strnlen(versions.of[i], CHECK_VERSION_MAX);

		CHECK(n < CHECK_VERSION_MAX);
		CHECK(n == 0 || memmem(text, len, versions.of[i], n));
	}
}

static void
version(const char *text, size_t len)
{
	char version[CHECK_VERSION_MAX];
	size_t n;

	if (check_parse_version(text, len, version) != 1)
		return;
	n = strnlen(version, sizeof(version));
	CHECK(n > 0 && n < sizeof(version));
	CHECK(memmem(text, len, version, n));
	for (size_t i = 0; i < n; i++)
		CHECK(version[i] > ' ' && version[i] < 0x7f);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const char *text = (const char *)data + 1;
	uint64_t bytes = 0;

	if (len == 0)
		return 0;
	len--;
	switch (data[0] % 5) {
	case 0:
		if (check_parse_meminfo(text, len, "MemAvailable", &bytes) == 1)
			CHECK(bytes % 1024 == 0);
		break;
	case 1:
		if (check_parse_superspeed(data + 1, len))
			CHECK(len >= 11);
		break;
	case 2:
		version(text, len);
		break;
	default:
		packages(text, len, data[0] % 5 == 4);
	}
	return 0;
}
