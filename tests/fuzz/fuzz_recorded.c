/* A file that begins like a recording, in pieces whose length is the first byte. */
#include "cli/analyze/recorded.h"
#include "tests/fuzz/check.h"

static void
on_observation(const struct ls_observation *obs, void *user)
{
	uint64_t *n = user;

	CHECK(obs->kind < LS_N_OBS && obs->source < LS_N_SOURCES);
	check_clean(obs->port, sizeof(obs->port));
	check_clean(obs->text, sizeof(obs->text));
	if (obs->device)
		check_clean(obs->device->serial, sizeof(obs->device->serial));
	++*n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct ls_log_text_summary summary;
	struct recorded *recorded;
	uint64_t n = 0;
	size_t piece = len && data[0] ? data[0] : len;

	CHECK(recorded_new(on_observation, &n, &recorded) == 0);
	for (size_t at = 1; at < len; at += piece)
		recorded_feed(recorded, (const char *)data + at,
			      len - at < piece ? len - at : piece);
	recorded_finish(recorded, &summary);
	recorded_free(recorded);
	CHECK(summary.usb_lines == n);
	CHECK(summary.lines == n + summary.unread.n);
	check_clean(summary.unread.first, sizeof(summary.unread.first));
	return 0;
}
