#pragma once
/* Drops whose own cause names a side, as evidence for parts of that side: the formula of
 * lib/attribution/blame.h. Not for callers of the library. */
#include "lib/attribution/parts.h"

/* What drops of @seen with @part add to its log likelihood; with both if @with is one. */
double sides_evidence(const struct hypotheses *hypotheses, const struct part *part,
		      const struct part *with, const struct seen *seen);
