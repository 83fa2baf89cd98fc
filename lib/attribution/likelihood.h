#pragma once
/*
 * How likely sessions are at a rate. Sessions of something bad differ: one has heat, load or a
 * loose plug, the next has not. The rate x of each is multiplied by a Gamma variable of mean 1 and
 * shape k, so that d drops in T hours have the negative binomial probability
 *
 *     P(d | x, T, k) = Gamma(k+d) / (Gamma(k) d!) (xT/k)^d (1 + xT/k)^-(k+d)
 *
 * (Cameron and Trivedi, Regression Analysis of Count Data, section 3.3), which is Poisson where k is
 * infinite. Two shapes are considered: infinite, and UNEVEN_SHAPE. T^d / d! is common to all
 * hypotheses and left out. Times are in bins of half an octave; inside of one, log(1 + xT/k) is
 * taken as linear in T, which is off by at most 0.005 for each session and drop.
 *
 * Rates have the prior Gamma(shape, hours) on a grid even in log x. Not for callers of the library.
 */
#include "lib/attribution/trials_state.h"

#define UNEVEN_SHAPE 0.33
#define N_RATES	     40
#define RATE_LOW     0.03
#define RATE_HIGH    60.0
#define HOUR_BINS    36 /* centres are 2^(-9 + bin/2) hours: 7 seconds to 15 days */

enum shape {
	SHAPE_EVEN,   /* Poisson */
	SHAPE_UNEVEN, /* UNEVEN_SHAPE */
	N_SHAPES,
};

/* What some sessions add up to (trials_state.h). */
struct exposure {
	double n, hours, drops, spread;
	double above[HOUR_BINS], longer[HOUR_BINS];
};

struct rates {
	double rate[N_RATES], log_rate[N_RATES], log_prior[N_RATES];
	double log_per_bin[HOUR_BINS][N_RATES], slope[HOUR_BINS][N_RATES];
	/* Where x + y lies on the grid. */
	uint8_t sum_at[N_RATES][N_RATES];
	double sum_part[N_RATES][N_RATES];
};

struct rate_curve {
	double log_likelihood[N_SHAPES][N_RATES];
};

uint8_t likelihood_bin(double hours);
/* What @n like sessions of @hours and @drops, each, add. */
void likelihood_cell(struct cell *cell, double n, double hours, double drops);

void rates_init(struct rates *rates, double prior_shape, double prior_hours);

void exposure_add_cell(struct exposure *exposure, const struct cell *cell);
void exposure_add(struct exposure *exposure, const struct exposure *more);

void rates_curve(const struct rates *rates, const struct exposure *exposure,
		 struct rate_curve *ret);
void curve_subtract(const struct rate_curve *all, const struct rate_curve *some,
		    struct rate_curve *ret);
/* log of the mean likelihood over the prior of the rate. */
double rates_evidence(const struct rates *rates, const double log_likelihood[N_RATES]);
/* The same of two rates: x alone, y alone, and x + y where both took part. */
double rates_evidence_of_two(const struct rates *rates, const double x[N_RATES],
			     const double y[N_RATES], const double both[N_RATES]);
/* That a run of @hours has no drop, after what @curve has seen. */
double rates_no_drop(const struct rates *rates, const struct rate_curve *curve, enum shape shape,
		     double hours);
/* The mean of the rate after that. */
double rates_mean(const struct rates *rates, const double log_likelihood[N_RATES]);

double log_sum(const double *values, size_t n);
