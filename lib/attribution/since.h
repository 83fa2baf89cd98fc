#pragma once
/*
 * Since when: a fault may have begun. With the prior share ONSET_SHARE n / (n + ONSET_SESSIONS) of n
 * sessions a part is bad only from one of the slices of recorded time on, each as likely; before
 * that it is good (Raftery and Akman 1986). Done for the likeliest parts and the surroundings, and
 * not where a start is unknown. Not for callers of the library.
 */
#include "lib/attribution/parts.h"

#define ONSET_PARTS_MAX 48
#define ONSET_SHARE	0.7
#define ONSET_SESSIONS	20

/* Adds this to the single hypotheses of @hypotheses, which are sorted. 0 or -ENOMEM. */
int since_extend(struct hypotheses *hypotheses);
/* The start of a slice, CLOCK_REALTIME. */
int64_t since_start_us(const struct ls_trials *trials, int32_t slice);
