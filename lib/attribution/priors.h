#pragma once
/* Prior probabilities and rates, before any trial (lib/attribution/blame.h). */
#include "lib/attribution/trial.h"

/* Documented in linkstat.1 and configurable. Weights are relative, not normalised. */
struct ls_blame_priors {
	double nothing;	     /* that nothing is special */
	double one;	     /* that one thing is bad */
	double two;	     /* that two are, each on its own */
	double pair;	     /* that two are together, and harmless apart */
	double surroundings; /* against @component: something that is not recorded */
	double component[LS_N_COMPONENT_KINDS]; /* a part of this kind; those of a kind share it */
	double good_shape, good_hours;		/* Gamma prior of the drops per hour without it */
	double bad_shape, bad_hours;		/* … of those with what is bad */
};
/* Weights after the causes of 52 public cases (facts/field.md), rates after the same. */
void ls_blame_priors_default(struct ls_blame_priors *priors);
/* False: a prior is negative or not finite, or a shape or hours is not > 0. */
bool ls_blame_priors_valid(const struct ls_blame_priors *priors);
