#pragma once
/*
 * What a text states twice, because its author pasted the same span in two forms: dmesg, and the
 * journal with dates. Within one form nothing is taken for a repetition.
 */
#include "lib/logs/clock.h"
#include "lib/model/observation.h"

#define LS_LOG_REPEAT_MAX 128 /* so far back */

struct ls_log_repeat {
	struct ls_log_stated {
		uint64_t text; /* its hash; 0: nothing */
		enum ls_log_clock_form form;
		int64_t boot_us, wall_us; /* as far as the form has them */
	} stated[LS_LOG_REPEAT_MAX];
	size_t next;
	uint32_t n[LS_N_LOG_CLOCK_FORMS];
	bool is_placed;	     /* something was stated by both clocks … */
	int64_t distance_us; /* … that are so far apart */
};

/* True: @obs was stated before, in another form; @clock has placed its line last. */
bool ls_log_repeat_is_one(struct ls_log_repeat *repeat, const struct ls_observation *obs,
			  const struct ls_log_clock *clock);
