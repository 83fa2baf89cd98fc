#pragma once
/*
 * Since when it is worse, or better: the moment that best splits a history of drops into two rates.
 * Under "one rate" D drops in T hours have the Gamma-Poisson marginal likelihood of
 * lib/attribution/blame.h; under "it changed at t" each side has a rate of its own, and t is as
 * likely at any hour of exposure (Raftery and Akman 1986, Bayesian analysis of a Poisson process
 * with a change-point). Both use the prior Gamma(1/2, half the exposure per drop), so that the
 * answer does not depend on the unit of time.
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

/* True if a change is reported: a factor of at least LS_TREND_FACTOR_MIN. *@ret is filled whenever
 * there are two spans with time in them; else false and *@ret is zero. */
bool ls_trend(const struct ls_trend_span *spans, size_t n_spans, struct ls_trend *ret);

/*
 * The longest time without a drop, built from pieces of any size: weeks, sessions or years. Amounts
 * are of any unit, and >= 0. Zero is empty.
 */
struct ls_clean_run {
	double all;	   /* of exposure */
	double head, tail; /* before the first drop, after the last one; all where there was none */
	double best;	   /* the longest between two drops, the beginning or the end */
	bool dropped;
};

/* More without a drop, at the end. */
void ls_clean_run_add(struct ls_clean_run *run, double amount);
/* A drop at the end. */
void ls_clean_run_drop(struct ls_clean_run *run);
/* What came after it. */
void ls_clean_run_join(struct ls_clean_run *run, const struct ls_clean_run *later);
