#pragma once
/* What is reported of one suspect: its name, and the drops with it and without it; for attribution
 * and advice. Not for callers of the library. */
#include "lib/attribution/answer.h"
#include "lib/attribution/parts.h"

struct accused {
	uint32_t part, with; /* with: PART_NONE unless a pair */
	double probability;
};

/* All of a suspect but its group. 0 or -ENOMEM. */
int suspect_describe(const struct hypotheses *hypotheses, const struct accused *accused,
		     struct ls_suspect *ret);
void suspect_name_part(const struct hypotheses *hypotheses, const struct part *part,
		       char ret[LS_COMPONENT_NAME_MAX]);
uint32_t suspect_clamp(double n);
