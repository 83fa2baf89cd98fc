#include "lib/observe/sleep_clock.h"

#include <inttypes.h>

#include "lib/base/text.h"

/* Less is how exactly the two clocks can be compared on a busy machine. */
#define SLEPT_MIN_US ((int64_t)(100 * LS_MS))

static void
describe(uint64_t slept_us, char text[LS_TEXT_MAX])
{
	uint64_t seconds = (slept_us + LS_SEC / 2) / LS_SEC;

	if (seconds < 120)
		ls_text_format(text, LS_TEXT_MAX, "the computer was asleep for %.3g s",
			       (double)slept_us / LS_SEC);
	else if (seconds < 7200)
		ls_text_format(text, LS_TEXT_MAX, "the computer was asleep for %" PRIu64 " min",
			       seconds / 60);
	else
		ls_text_format(text, LS_TEXT_MAX,
			       "the computer was asleep for %" PRIu64 " h %" PRIu64 " min",
			       seconds / 3600, seconds / 60 % 60);
}

int
ls_sleep_clock_look(struct ls_sleep_clock *clock, int64_t offset_us,
		    const struct ls_observation *obs, struct ls_observation *wake)
{
	int64_t slept_us = clock->known ? offset_us - clock->offset_us : 0;

	if (!clock->known || slept_us >= SLEPT_MIN_US)
		clock->offset_us = offset_us; /* small errors do not add up */
	clock->known = true;
	if (slept_us >= SLEPT_MIN_US)
		clock->pending_us += (uint64_t)slept_us;
	if (!clock->pending_us || obs->kind == LS_OBS_SLEEP)
		return 0;
	*wake = (struct ls_observation){
		.at = obs->at,
		.source = LS_SOURCE_HOST,
		.kind = LS_OBS_WAKE,
	};
	describe(clock->pending_us, wake->text);
	clock->pending_us = 0;
	return 1;
}
