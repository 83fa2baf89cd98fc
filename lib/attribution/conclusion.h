#pragma once
/* From the posterior of all hypotheses to classes of suspects, and to one verdict; for attribution
 * and advice. Parts, unknown parts, pairs and the surroundings of exactly the same trials are one
 * class, and its probability is their sum. Not for callers of the library. */
#include "lib/attribution/answer.h"
#include "lib/attribution/parts.h"

struct accused {
	uint32_t part, with; /* with: PART_NONE unless a pair */
	double probability;
	uint64_t membership;
	double class_sum;
};

struct conclusion {
	enum ls_verdict verdict;
	double probability;
	double nothing;
	size_t n, n_named; /* n_named: of the first class */
	struct accused accused[LS_MAX_SUSPECTS];
};

/* One more trial, after those of the hypotheses. */
struct next_trial {
	const uint16_t *slots; /* what takes part */
	bool drop;
};

/* @probabilities: of all hypotheses in their order, after @next if that is one. 0 or -ENOMEM. */
int conclusion_decide(const struct hypotheses *hypotheses, const double *probabilities,
		      const struct next_trial *next, struct conclusion *ret);
