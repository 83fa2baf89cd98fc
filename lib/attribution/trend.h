#pragma once
/*
 * Since when it is worse, or better: the moment that best splits a history of drops into two
 * rates. Under "one rate" D drops in T hours have the Gamma-Poisson marginal likelihood of
 * lib/attribution/blame.h; under "it changed at t" each side has a rate of its own, and t is as likely at any
 * hour of exposure (Raftery and Akman 1986, Bayesian analysis of a Poisson process with a
 * change-point). Both use the prior Gamma(1/2, half the exposure per drop), so that the answer does
 * not depend on the unit of time.
 */
#include "lib/base/base.h"

struct ls_trend_span {		  /* of exposure, oldest first, not overlapping */
	int64_t start_us, end_us; /* the same clock */
	uint32_t drops;		  /* at its end */
};

#define LS_TREND_FACTOR_MIN 20 /* strong evidence (Kass and Raftery 1995) */

struct ls_trend {
	double factor;	  /* Bayes factor for a change against one rate */
	int64_t since_us; /* the likeliest moment: the start of a span */
	/* Before and since: drops, hours. */
	uint32_t drops_before, drops_since;
	double hours_before, hours_since;
};

/* True if a change is told: a factor of at least LS_TREND_FACTOR_MIN. *@ret is filled whenever
 * there are two spans with time in them; else false and *@ret is zero. */
bool ls_trend(const struct ls_trend_span *spans, size_t n_spans, struct ls_trend *ret);
