#include <string.h>

#include "lib/observe/restore_log.h"
#include "tests/fuzz/check.h"

/* The output of a command can be anything: an unknown line is ignored. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct ls_restore_log whole, pieces;
	struct ls_job_place one, other;
	size_t first = len / 3;

	ls_restore_log_init(&whole);
	ls_restore_log_init(&pieces);
	ls_restore_log_feed(&whole, (const char *)data, len, 7);
	ls_restore_log_feed(&pieces, (const char *)data, first, 7);
	ls_restore_log_feed(&pieces, (const char *)data + first, len - first, 7);
	CHECK(ls_restore_log_place(&whole, 9 * 1000000, &one) ==
	      ls_restore_log_place(&pieces, 9 * 1000000, &other));
	CHECK(strcmp(one.text, other.text) == 0 && one.percent == other.percent);
	CHECK(one.percent <= 100 && (one.percent >= 0) == (one.phase[0] != '\0'));
	for (const char *c = one.text; *c; c++)
		CHECK((unsigned char)*c >= ' ' && *c != 0x7f);
	CHECK(ls_restore_log_place(&whole, 6, &one) == 0);
	return 0;
}
