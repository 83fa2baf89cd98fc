#pragma once
/*
 * What a run would show: the probability under each hypothesis that it has no drop, the posterior
 * predictive of the likelihood (likelihood.h). Where a part is likely to have begun to be bad, its
 * present rate counts. Not for callers of the library.
 */
#include "lib/attribution/parts.h"

enum group {
	GROUP_GOOD,
	GROUP_FIRST, /* with parts[0] only; of a pair: with both */
	GROUP_SECOND,
	GROUP_BOTH,
	N_GROUPS,
};

/* Of one hypothesis: that a run of such trials has no drop. */
struct foresight {
	double none[N_GROUPS];
};

/* Of the first @n hypotheses, for a run of @hours. 0 or -ENOMEM. */
int foresight_fill(const struct hypotheses *hypotheses, size_t n, double hours,
		   struct foresight *ret);
enum group foresight_group(const struct hypotheses *hypotheses, const struct hypothesis *hypothesis,
			   const uint16_t slots[TRIAL_SLOTS]);
