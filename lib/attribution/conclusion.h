#pragma once
/* From the posterior of all hypotheses to the probability of each part, and to one verdict; for
 * attribution and advice. Not for callers of the library. */
#include "lib/attribution/answer.h"
#include "lib/attribution/parts.h"

struct decision {
	enum ls_verdict verdict;
	double probability;
	uint32_t part, with; /* the first suspect, PART_NONE if none; with: of a pair */
};

/* For each part that it alone, or with another one but each on its own, is bad; unknown ones of a
 * kind are summed in PART_UNKNOWN. @ret has n_parts entries. @probabilities: of all hypotheses in
 * their order. */
void conclusion_marginals(const struct hypotheses *hypotheses, const double *probabilities,
			  double *ret);

/* @drop_in: what took part in one more trial with a drop, or NULL. 0 or -ENOMEM. */
int conclusion_decide(const struct hypotheses *hypotheses, const double *probabilities,
		      const uint16_t *drop_in, struct decision *ret);

/* Unknown ones of a kind are one suspect: the part that stands for @part. */
uint32_t conclusion_gathered(const struct hypotheses *hypotheses, uint32_t part);
