#pragma once
/*
 * How reliable: drops per hour, and the chance of a job to run through.
 *
 * Without a drop a link is taken for good: Poisson with a Jeffreys prior Gamma(1/2, 0), so 0 drops in
 * T hours leave the posterior Gamma(1/2, rate T) (Gelman et al., Bayesian Data Analysis, section 2.6;
 * Jeffreys prior 2.8). The same where sessions are not known: n drops make the shape n + 1/2.
 *
 * With drops its sessions may differ, as those of bad parts do (lib/attribution/likelihood.h): half
 * the prior is on Poisson, half on the negative binomial of that file, both with x^-1/2 as the prior
 * of the rate x. A job of t hours runs through with exp(-xt) or (1 + xt/k)^-k.
 */
#include "lib/base/base.h"

struct ls_interval {
	double low, median, high; /* 5 %, 50 % and 95 % of the posterior */
};

/* Drops per hour. False if there is no exposure (@hours not a finite number > 0): no exposure, no
 * number. */
bool ls_rate(uint32_t drops, double hours, struct ls_interval *ret);

/* The chance that a job of @job_hours runs without a drop: ret->median is the expectation
 * E[exp(-rate t)] = (T/(T+t))^(n+1/2), the bounds are exp(-rate t) at those of the rate. False as
 * above, and for a @job_hours that is negative or not a finite number. */
bool ls_survival(uint32_t drops, double hours, double job_hours, struct ls_interval *ret);

/* Sessions that are alike: @n of them, their hours and drops in sum. */
struct ls_history_cell {
	uint32_t n, drops;
	double hours;
};

/*
 * A history in so many cells as are needed: sessions of about the same length and number of drops are
 * one. What there is no room for joins the last cell. Zero is an empty one.
 */
#define LS_HISTORY_CELLS 128
struct ls_history {
	size_t n_cells;
	struct ls_history_cell cells[LS_HISTORY_CELLS];
};

/* Adds like sessions. Drops without a session: a cell of 0 hours. */
void ls_history_add(struct ls_history *history, const struct ls_history_cell *cell);

/* The same of a history. ret->median of survival is its expectation. */
bool ls_rate_of(const struct ls_history_cell *cells, size_t n_cells, struct ls_interval *ret);
bool ls_survival_of(const struct ls_history_cell *cells, size_t n_cells, double job_hours,
		    struct ls_interval *ret);

/*
 * A grade by the pessimistic end (95 %) of the drops per hour, documented in linkstat.1:
 *
 *   grade   drops per hour at most   a 15-minute job survives even then
 *   A       0.08                     98 %    (without a drop: 24 hours seen)
 *   B       0.25                     94 %    (8 hours)
 *   C       0.6                      86 %    (3 h 12 min)
 *   D       1.2                      74 %
 *   E       2.5                      54 %
 *   F       more
 *
 * '?' is not enough data: no @rate (NULL), or no drop in less time than a C needs. A drop is never
 * '?'.
 */
char ls_grade(uint32_t drops, const struct ls_interval *rate);

/* P(shape, x), the regularised lower incomplete gamma function: the share of Gamma(shape, rate 1)
 * below @x. @shape > 0, @x >= 0; to about 1e-9 for shapes up to 1e6. */
double ls_gamma_below(double shape, double x);

/* Quantile of Gamma(shape, rate 1), @p in (0, 1), @shape > 0; to about 1e-9 relative, for shapes
 * from 0.1 to 1e9. 0 or infinity at the ends of @p. */
double ls_gamma_quantile(double p, double shape);
