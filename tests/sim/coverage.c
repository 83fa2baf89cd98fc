#include "coverage.h"

#include <math.h>
#include <stdio.h>

#include "lib/attribution/rate.h"
#include "room.h"

#define JOB_HOURS 0.25

static double
percent(double part, double of)
{
	return of > 0 ? 100 * part / of : 0;
}

/* A history of a bad part, @shape of its sessions; 0: Poisson. */
static size_t
make(struct rng *rng, double shape, double rate, struct ls_history_cell *cells)
{
	size_t n = (size_t)rng_log_uniform(rng, 3, 80);

	for (size_t i = 0; i < n; i++) {
		double hours = rng_log_uniform(rng, 0.1, 8);
		double now = rate * (shape > 0 ? rng_gamma(rng, shape) : 1);
		double first = -log(rng_uniform(rng)) / now;
		bool until_drop = rng_chance(rng, 0.5), ends = until_drop && first < hours;

		cells[i] = (struct ls_history_cell){
			.n = 1,
			.hours = ends ? first : hours,
			.drops = until_drop ? ends : rng_poisson(rng, now * hours),
		};
	}
	return n;
}

void
coverage_print(unsigned long first, unsigned long n, double shape)
{
	unsigned long covered = 0, n_low = 0, survived = 0, known = 0;
	double stated = 0;

	for (unsigned long seed = first; seed < first + n; seed++) {
		struct rng rng = rng_of(seed ^ 0xc07e);
		double rate = rng_log_uniform(&rng, BAD_SLOW, BAD_FAST);
		struct ls_history_cell cells[80];
		size_t n_cells = make(&rng, shape, rate, cells);
		struct ls_interval interval;
		double now = rate * (shape > 0 ? rng_gamma(&rng, shape) : 1);
		bool runs = -log(rng_uniform(&rng)) / now > JOB_HOURS;

		if (!ls_rate_of(cells, n_cells, &interval))
			continue;
		known++;
		covered += interval.low <= rate && rate <= interval.high;
		if (!ls_survival_of(cells, n_cells, JOB_HOURS, &interval) || interval.median > 0.9)
			continue;
		n_low++;
		stated += interval.median;
		survived += runs;
	}
	printf("bad parts, shape %.1f: 90 %% interval holds the rate in %.1f %%; a job survives: "
	       "stated %.1f %%, came true %.1f %%\n",
	       shape, percent((double)covered, (double)known), percent(stated, (double)n_low),
	       percent((double)survived, (double)n_low));
}
