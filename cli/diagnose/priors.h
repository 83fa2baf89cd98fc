#pragma once
/* The prior probabilities of linkstat, which the user can change. */
#include "lib/attribution/blame.h"

#define PRIORS_WHY_MAX 600

/* "cable=3,bad_hours=0.5" on top of what is in @priors. 1, or -EINVAL with a clause in @why. */
int priors_parse(const char *text, struct ls_blame_priors *priors, char why[PRIORS_WHY_MAX]);
