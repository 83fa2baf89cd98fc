#include <math.h>
#include <stdlib.h>

#include "lib/attribution/likelihood.h"
#include "lib/attribution/rate.h"

#define POINTS	   400
#define SPAN	   14.0 /* of log x, to either side of drops per hour */
#define NEGLIGIBLE 18	/* in log density: nothing beyond counts */

struct point {
	double rate, weight;
	enum shape shape;
};

struct posterior {
	struct point points[N_SHAPES * POINTS]; /* by their rate; weights sum to 1 */
};

static bool
alike(const struct ls_history_cell *a, const struct ls_history_cell *b)
{
	return a->drops * (uint64_t)b->n == b->drops * (uint64_t)a->n &&
	       likelihood_bin(a->hours / a->n) == likelihood_bin(b->hours / b->n);
}

void
ls_history_add(struct ls_history *history, const struct ls_history_cell *cell)
{
	size_t i = 0;

	if (cell->n == 0)
		return;
	while (i < history->n_cells && i < LS_HISTORY_CELLS - 1 && !alike(&history->cells[i], cell))
		i++;
	if (i == history->n_cells)
		history->n_cells++;
	history->cells[i].n += cell->n;
	history->cells[i].drops += cell->drops;
	history->cells[i].hours += cell->hours;
}

static double
sum_drops(const struct ls_history_cell *cells, size_t n_cells, double *ret_hours)
{
	double drops = 0;

	*ret_hours = 0;
	for (size_t i = 0; i < n_cells; i++) {
		drops += cells[i].drops;
		*ret_hours += cells[i].hours;
	}
	return drops;
}

/* log of the density of log x, for the prior x^-1/2. */
static double
log_density(const struct ls_history_cell *cells, size_t n_cells, enum shape shape, double log_rate)
{
	double x = exp(log_rate), sum = log_rate / 2, k = UNEVEN_SHAPE;

	for (size_t i = 0; i < n_cells; i++) {
		double n = fmax(1, cells[i].n), drops = cells[i].drops / n;
		double hours = cells[i].hours / n;
		int sign;

		if (shape == SHAPE_EVEN)
			sum += n * (drops * log_rate - x * hours);
		else
			sum += n *
			       (lgamma_r(k + drops, &sign) - lgamma_r(k, &sign) +
				drops * (log_rate - log(k)) - (k + drops) * log1p(x * hours / k));
	}
	return sum;
}

/* Where the density is not negligible. */
static void
find_span(const struct ls_history_cell *cells, size_t n_cells, enum shape shape, double *low,
	  double *high)
{
	double from = *low, step = (*high - from) / POINTS, most = -HUGE_VAL;
	double density[POINTS + 1];

	for (size_t i = 0; i <= POINTS; i++) {
		density[i] = log_density(cells, n_cells, shape, from + step * (double)i);
		most = fmax(most, density[i]);
	}
	for (size_t i = 0; i <= POINTS && density[i] < most - NEGLIGIBLE; i++)
		*low = from + step * ((double)i);
	for (size_t i = POINTS; i > 0 && density[i] < most - NEGLIGIBLE; i--)
		*high = from + step * ((double)i);
}

static int
compare_points(const void *a, const void *b)
{
	const struct point *x = a, *y = b;

	return (x->rate > y->rate) - (x->rate < y->rate);
}

static void
fill(const struct ls_history_cell *cells, size_t n_cells, double middle, struct posterior *ret)
{
	double most = -HUGE_VAL, sum = 0;

	for (unsigned int shape = 0; shape < N_SHAPES; shape++) {
		double low = middle - SPAN, high = middle + SPAN, step;

		find_span(cells, n_cells, shape, &low, &high);
		find_span(cells, n_cells, shape, &low, &high);
		step = (high - low) / POINTS;
		for (size_t i = 0; i < POINTS; i++) {
			double at = low + step * ((double)i + 0.5);
			struct point *point = &ret->points[shape * POINTS + i];

			point->shape = shape;
			point->rate = exp(at);
			point->weight = log_density(cells, n_cells, shape, at) + log(step);
			most = fmax(most, point->weight);
		}
	}
	for (size_t i = 0; i < LS_COUNT(ret->points); i++) {
		ret->points[i].weight = exp(ret->points[i].weight - most);
		sum += ret->points[i].weight;
	}
	for (size_t i = 0; i < LS_COUNT(ret->points); i++)
		ret->points[i].weight /= sum;
	qsort(ret->points, LS_COUNT(ret->points), sizeof(ret->points[0]), compare_points);
}

static double
quantile(const struct posterior *posterior, double p)
{
	double sum = 0;

	for (size_t i = 0; i < LS_COUNT(posterior->points); i++) {
		sum += posterior->points[i].weight;
		if (sum >= p)
			return posterior->points[i].rate;
	}
	return posterior->points[LS_COUNT(posterior->points) - 1].rate;
}

static double
survives(const struct point *point, double job_hours)
{
	double mean = point->rate * job_hours;

	return point->shape == SHAPE_EVEN ? exp(-mean)
					  : exp(-UNEVEN_SHAPE * log1p(mean / UNEVEN_SHAPE));
}

bool
ls_rate_of(const struct ls_history_cell *cells, size_t n_cells, struct ls_interval *ret)
{
	struct posterior posterior;
	double hours, drops = sum_drops(cells, n_cells, &hours);

	if (!(drops > 0) || !(hours > 0) || !isfinite(hours))
		return ls_rate(0, hours, ret);
	fill(cells, n_cells, log(drops / hours), &posterior);
	ret->low = quantile(&posterior, 0.05);
	ret->median = quantile(&posterior, 0.5);
	ret->high = quantile(&posterior, 0.95);
	return true;
}

static int
compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Both shapes have chances of their own at a rate, so the bounds are those of all chances. */
bool
ls_survival_of(const struct ls_history_cell *cells, size_t n_cells, double job_hours,
	       struct ls_interval *ret)
{
	struct posterior posterior;
	double hours, drops = sum_drops(cells, n_cells, &hours), mean = 0, sum = 0;
	double pairs[N_SHAPES * POINTS][2];

	if (!(drops > 0) || !(hours > 0) || !isfinite(hours))
		return ls_survival(0, hours, job_hours, ret);
	if (!(job_hours >= 0) || !isfinite(job_hours))
		return false;
	fill(cells, n_cells, log(drops / hours), &posterior);
	for (size_t i = 0; i < LS_COUNT(posterior.points); i++) {
		pairs[i][0] = survives(&posterior.points[i], job_hours);
		pairs[i][1] = posterior.points[i].weight;
		mean += pairs[i][0] * pairs[i][1];
	}
	qsort(pairs, LS_COUNT(pairs), sizeof(pairs[0]), compare_doubles);
	*ret = (struct ls_interval){ .median = mean, .low = -1, .high = pairs[0][0] };
	for (size_t i = 0; i < LS_COUNT(pairs); i++) {
		sum += pairs[i][1];
		if (sum >= 0.05 && ret->low < 0)
			ret->low = pairs[i][0];
		if (sum <= 0.95)
			ret->high = pairs[i][0];
	}
	return true;
}
