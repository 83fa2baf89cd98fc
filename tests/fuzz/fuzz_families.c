/*
 * Family files, and devices against them. The input is a text, and after a first zero byte a serial
 * number: what is read must hold together, and what is refused must say where.
 */
#include <errno.h>

#include "lib/families/families.h"
#include "lib/base/text.h"
#include "lib/families/ini.h"
#include "tests/fuzz/check.h"

static void
check_why(const char *why)
{
	check_clean(why, LS_TEXT_MAX);
	CHECK(strncmp(why, "fuzz.ini:", 9) == 0);
	CHECK(why[9] >= '1' && why[9] <= '9');
}

static void
check_mode(const struct ls_mode *mode)
{
	check_clean(mode->title, LS_TEXT_MAX);
	CHECK(mode->family[0] && mode->name[0]);
	CHECK(mode->return_us <= 24 * 3600 * LS_SEC && mode->stall_us <= 24 * 3600 * LS_SEC);
}

static void
check_device(const struct ls_families *families, const struct ls_device *device)
{
	static const uint64_t times[] = { 0, LS_SEC, 11 * LS_SEC, 100 * LS_SEC, LS_NEVER };
	char identity[LS_IDENTITY_MAX];
	const struct ls_mode *mode = NULL;

	ls_families_identity(families, device, identity);
	check_clean(identity, sizeof(identity));
	CHECK(ls_families_match_identities(identity, identity) ==
	      (identity[0] ? LS_IDENTITY_SAME : LS_IDENTITY_UNKNOWN));
	for (size_t i = 0; i < LS_COUNT(times); i++) {
		const struct ls_mode *next = ls_families_mode(families, device, mode, times[i]);
		const struct ls_edge *edge = ls_families_edge(families, mode, next, times[i]);

		if (next)
			check_mode(next);
		CHECK(!edge || (times[i] >= edge->min_us && times[i] <= edge->max_us));
		CHECK(!edge || edge->from == mode || !edge->from);
		CHECK(!edge || edge->to == next || !edge->to);
		mode = next;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const uint16_t ids[][2] = { { 0x05ac, 0x12a8 }, { 0x1209, 1 }, { 1, 2 } };
	const char *text = (const char *)data;
	const char *zero = len ? memchr(text, '\0', len) : NULL;
	size_t n = zero ? (size_t)(zero - text) : len;
	struct ls_device device = { .n_interfaces = 1, .interfaces = { { 0xff, 0x42, 1 } } };
	struct ls_families *families;
	char why[LS_TEXT_MAX];
	int r;

	if (ls_families_new(&families) < 0)
		return 0;
	if (zero)
		ls_text_clean(device.serial, sizeof(device.serial), zero + 1, len - n - 1);
	r = ls_families_read(families, "fuzz.ini", text, n, why);
	CHECK(r == 1 || r == -EINVAL);
	if (r < 0)
		check_why(why);
	for (size_t i = 0; i < LS_COUNT(ids); i++) {
		device.vid = ids[i][0];
		device.pid = ids[i][1];
		check_device(families, &device);
	}
	ls_families_free(families);
	return 0;
}
