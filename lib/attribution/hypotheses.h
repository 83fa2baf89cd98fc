#pragma once
/* All hypotheses about what is bad and their posterior, for attribution and advice. Not for callers
 * of the library. lib/attribution/blame.h describes the model. */
#include "lib/attribution/parts.h"

/* Borrows @trials. 0, -EINVAL (priors) or -ENOMEM. */
int hypotheses_new(const struct ls_trials *trials, const struct ls_blame_priors *priors,
		   struct hypotheses **ret);
void hypotheses_free(struct hypotheses *hypotheses);
LS_DEFINE_AUTO(hypotheses)
