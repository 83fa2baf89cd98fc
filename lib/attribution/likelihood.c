#include "lib/attribution/likelihood.h"

#include <math.h>

#define BIN_FIRST	(-9)
#define BINS_PER_OCTAVE 2
/* Terms this far below the greatest change nothing. */
#define NEGLIGIBLE 25

static double
bin_hours(size_t bin)
{
	return exp2(BIN_FIRST + (double)bin / BINS_PER_OCTAVE);
}

uint8_t
likelihood_bin(double hours)
{
	double bin = hours > 0 ? round(BINS_PER_OCTAVE * (log2(hours) - BIN_FIRST)) : 0;

	return (uint8_t)fmin(fmax(bin, 0), HOUR_BINS - 1);
}

void
likelihood_cell(struct cell *cell, double n, double hours, double drops)
{
	double longest = bin_hours(HOUR_BINS - 1);
	double above = n * (UNEVEN_SHAPE + drops);
	int sign;

	cell->n = (float)n;
	cell->bin = likelihood_bin(hours);
	cell->hours = n * hours;
	cell->drops = n * drops;
	cell->above = above;
	cell->longer = above * (fmin(hours, longest) - bin_hours(cell->bin));
	cell->spread = drops > 0 ? n * (lgamma_r(UNEVEN_SHAPE + drops, &sign) -
					lgamma_r(UNEVEN_SHAPE, &sign))
				 : 0;
}

/* Where log(x + y) lies between two points of the grid; above the last one it is the last. */
static void
place_sums(struct rates *rates, double step)
{
	for (size_t i = 0; i < N_RATES; i++) {
		for (size_t j = 0; j < N_RATES; j++) {
			double at = log((rates->rate[i] + rates->rate[j]) / RATE_LOW) / step;

			at = fmin(at, N_RATES - 1.001);
			rates->sum_at[i][j] = (uint8_t)at;
			rates->sum_part[i][j] = at - floor(at);
		}
	}
}

void
rates_init(struct rates *rates, double prior_shape, double prior_hours)
{
	const double step = log(RATE_HIGH / RATE_LOW) / (N_RATES - 1);
	double sum;

	for (size_t i = 0; i < N_RATES; i++) {
		double x = RATE_LOW * exp(step * (double)i);

		rates->rate[i] = x;
		rates->log_rate[i] = log(x);
		rates->log_prior[i] = prior_shape * log(x) - prior_hours * x;
		for (size_t bin = 0; bin < HOUR_BINS; bin++) {
			double u = x * bin_hours(bin) / UNEVEN_SHAPE;

			rates->log_per_bin[bin][i] = log1p(u);
			rates->slope[bin][i] = x / UNEVEN_SHAPE / (1 + u);
		}
	}
	sum = log_sum(rates->log_prior, N_RATES);
	for (size_t i = 0; i < N_RATES; i++)
		rates->log_prior[i] -= sum;
	place_sums(rates, step);
}

void
exposure_add_cell(struct exposure *exposure, const struct cell *cell)
{
	exposure->n += (double)cell->n;
	exposure->hours += cell->hours;
	exposure->drops += cell->drops;
	exposure->spread += cell->spread;
	exposure->above[cell->bin] += cell->above;
	exposure->longer[cell->bin] += cell->longer;
}

void
exposure_add(struct exposure *exposure, const struct exposure *more)
{
	exposure->n += more->n;
	exposure->hours += more->hours;
	exposure->drops += more->drops;
	exposure->spread += more->spread;
	for (size_t bin = 0; bin < HOUR_BINS; bin++) {
		exposure->above[bin] += more->above[bin];
		exposure->longer[bin] += more->longer[bin];
	}
}

void
rates_curve(const struct rates *rates, const struct exposure *exposure, struct rate_curve *ret)
{
	double *even = ret->log_likelihood[SHAPE_EVEN], *uneven = ret->log_likelihood[SHAPE_UNEVEN];
	double fixed = exposure->spread - exposure->drops * log(UNEVEN_SHAPE);

	for (size_t i = 0; i < N_RATES; i++) {
		double drops = exposure->drops * rates->log_rate[i];

		even[i] = drops - exposure->hours * rates->rate[i];
		uneven[i] = fixed + drops;
	}
	for (size_t bin = 0; bin < HOUR_BINS; bin++) {
		double above = exposure->above[bin], longer = exposure->longer[bin];

		if (!(above > 0))
			continue;
		for (size_t i = 0; i < N_RATES; i++)
			uneven[i] -=
				above * rates->log_per_bin[bin][i] + longer * rates->slope[bin][i];
	}
}

void
curve_subtract(const struct rate_curve *all, const struct rate_curve *some, struct rate_curve *ret)
{
	for (size_t shape = 0; shape < N_SHAPES; shape++) {
		for (size_t i = 0; i < N_RATES; i++)
			ret->log_likelihood[shape][i] =
				all->log_likelihood[shape][i] - some->log_likelihood[shape][i];
	}
}

double
log_sum(const double *values, size_t n)
{
	double most = -HUGE_VAL, sum = 0;

	for (size_t i = 0; i < n; i++)
		most = fmax(most, values[i]);
	if (isinf(most))
		return most;
	for (size_t i = 0; i < n; i++) {
		if (values[i] > most - NEGLIGIBLE)
			sum += exp(values[i] - most);
	}
	return most + log(sum);
}

static void
weigh(const struct rates *rates, const double log_likelihood[N_RATES], double ret[N_RATES])
{
	for (size_t i = 0; i < N_RATES; i++)
		ret[i] = rates->log_prior[i] + log_likelihood[i];
}

double
rates_evidence(const struct rates *rates, const double log_likelihood[N_RATES])
{
	double weighed[N_RATES];

	weigh(rates, log_likelihood, weighed);
	return log_sum(weighed, N_RATES);
}

double
rates_evidence_of_two(const struct rates *rates, const double x[N_RATES], const double y[N_RATES],
		      const double both[N_RATES])
{
	double first[N_RATES], second[N_RATES], all[N_RATES * N_RATES];

	weigh(rates, x, first);
	weigh(rates, y, second);
	for (size_t i = 0; i < N_RATES; i++) {
		for (size_t j = 0; j < N_RATES; j++) {
			const double *at = &both[rates->sum_at[i][j]];

			all[i * N_RATES + j] = first[i] + second[j] + at[0] +
					       rates->sum_part[i][j] * (at[1] - at[0]);
		}
	}
	return log_sum(all, LS_COUNT(all));
}

/* Mean over the posterior of the rate of what @weights has for each. */
static double
posterior_mean(const struct rates *rates, const double log_likelihood[N_RATES],
	       const double weights[N_RATES])
{
	double weighed[N_RATES], most = -HUGE_VAL, sum = 0, all = 0;

	weigh(rates, log_likelihood, weighed);
	for (size_t i = 0; i < N_RATES; i++)
		most = fmax(most, weighed[i]);
	for (size_t i = 0; i < N_RATES; i++) {
		double p = exp(weighed[i] - most);

		all += p;
		sum += p * weights[i];
	}
	return sum / all;
}

double
rates_mean(const struct rates *rates, const double log_likelihood[N_RATES])
{
	return posterior_mean(rates, log_likelihood, rates->rate);
}

double
rates_no_drop(const struct rates *rates, const struct rate_curve *curve, enum shape shape,
	      double hours)
{
	double none[N_RATES];

	for (size_t i = 0; i < N_RATES; i++) {
		double mean = rates->rate[i] * hours;

		none[i] = shape == SHAPE_EVEN ? exp(-mean)
					      : exp(-UNEVEN_SHAPE * log1p(mean / UNEVEN_SHAPE));
	}
	return posterior_mean(rates, curve->log_likelihood[shape], none);
}
