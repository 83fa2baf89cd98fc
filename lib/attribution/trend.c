#include "lib/attribution/trend.h"

#include <math.h>
#include <string.h>

#define SHAPE 0.5

struct piece {
	double drops, hours;
};

static double
hours_of(const struct ls_trend_span *span)
{
	double us = (double)span->end_us - (double)span->start_us;

	return us > 0 ? us / (3600 * (double)LS_SEC) : 0;
}

static double
log_marginal(const struct piece *part, double prior_hours)
{
	int sign;

	return SHAPE * log(prior_hours) - (SHAPE + part->drops) * log(prior_hours + part->hours) +
	       lgamma_r(SHAPE + part->drops, &sign) - lgamma_r(SHAPE, &sign);
}

static struct piece
sum(const struct ls_trend_span *spans, size_t n_spans)
{
	struct piece all = { 0 };

	for (size_t i = 0; i < n_spans; i++) {
		all.drops += spans[i].drops;
		all.hours += hours_of(&spans[i]);
	}
	return all;
}

static void
split_at(const struct ls_trend_span *spans, size_t i, const struct piece *before,
	 const struct piece *all, struct ls_trend *ret)
{
	ret->since_us = spans[i].start_us;
	ret->drops_before = (uint32_t)fmin(before->drops, UINT32_MAX);
	ret->drops_since = (uint32_t)fmin(all->drops - before->drops, UINT32_MAX);
	ret->hours_before = before->hours;
	ret->hours_since = all->hours - before->hours;
}

/* A change within a span is counted as one at its start: where the drops at its end belong. */
bool
ls_trend(const struct ls_trend_span *spans, size_t n_spans, struct ls_trend *ret)
{
	struct piece all = sum(spans, n_spans), before = { 0 };
	double prior_hours, one_rate, best = -HUGE_VAL, factor = 0, weights = 0;

	memset(ret, 0, sizeof(*ret));
	if (!(all.hours > 0) || !(all.drops > 0))
		return false;
	prior_hours = SHAPE * all.hours / all.drops;
	one_rate = log_marginal(&all, prior_hours);
	for (size_t i = 1; i < n_spans; i++) {
		struct piece since;
		double gain;

		before.drops += spans[i - 1].drops;
		before.hours += hours_of(&spans[i - 1]);
		since = (struct piece){ all.drops - before.drops, all.hours - before.hours };
		if (!(before.hours > 0) || !(since.hours > 0))
			continue;
		gain = log_marginal(&before, prior_hours) + log_marginal(&since, prior_hours) -
		       one_rate;
		factor += hours_of(&spans[i]) * exp(fmin(gain, 500));
		weights += hours_of(&spans[i]);
		if (gain > best) {
			best = gain;
			split_at(spans, i, &before, &all, ret);
		}
	}
	ret->factor = weights > 0 ? factor / weights : 0;
	return ret->factor >= LS_TREND_FACTOR_MIN;
}

void
ls_clean_run_add(struct ls_clean_run *run, double amount)
{
	const struct ls_clean_run later = {
		.all = amount, .head = amount, .tail = amount, .best = amount
	};

	ls_clean_run_join(run, &later);
}

void
ls_clean_run_drop(struct ls_clean_run *run)
{
	run->dropped = true;
	run->tail = 0;
}

void
ls_clean_run_join(struct ls_clean_run *run, const struct ls_clean_run *later)
{
	run->best = fmax(fmax(run->best, later->best), run->tail + later->head);
	if (!run->dropped)
		run->head += later->head;
	run->tail = later->dropped ? later->tail : run->tail + later->tail;
	run->all += later->all;
	run->dropped = run->dropped || later->dropped;
}
