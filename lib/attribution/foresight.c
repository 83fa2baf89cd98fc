#include "lib/attribution/foresight.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

enum group
foresight_group(const struct hypotheses *hypotheses, const struct hypothesis *hypothesis,
		const uint16_t slots[TRIAL_SLOTS])
{
	bool in[2] = { false, false };

	for (size_t p = 0; p < 2; p++) {
		if (hypothesis->parts[p] != PART_NONE)
			in[p] = hypotheses_part_in(&hypotheses->parts[hypothesis->parts[p]], slots);
	}
	if (hypothesis->together)
		return in[0] && in[1] ? GROUP_FIRST : GROUP_GOOD;
	if (in[0])
		return in[1] ? GROUP_BOTH : GROUP_FIRST;
	return in[1] ? GROUP_SECOND : GROUP_GOOD;
}

struct scope {
	const struct hypotheses *hypotheses;
	double hours;
	double (*parts)[N_SHAPES]; /* of each part, if it is bad; < 0: not yet known */
};

static double
part_none(const struct scope *scope, uint32_t index, enum shape shape)
{
	const struct part *part = &scope->hypotheses->parts[index];
	double *known = &scope->parts[index][shape];

	if (*known < 0)
		*known = rates_no_drop(&scope->hypotheses->rates,
				       part->began > 0.5 ? &part->since_curve : &part->curve, shape,
				       scope->hours);
	return *known;
}

static double
good_none(const struct scope *scope, const struct hypothesis *hypothesis)
{
	const struct hypotheses *hypotheses = scope->hypotheses;
	const struct ls_blame_priors *priors = &hypotheses->priors;
	double drops = hypotheses->total.exposure.drops, hours = hypotheses->total.exposure.hours;

	for (size_t p = 0; p < 2 && hypothesis->parts[p] != PART_NONE && !hypothesis->together;
	     p++) {
		const struct part *part = &hypotheses->parts[hypothesis->parts[p]];

		drops -= part->seen.exposure.drops;
		hours -= part->seen.exposure.hours;
	}
	if (hypothesis->overlap != OVERLAP_NONE) {
		const struct exposure *both = &hypotheses->overlaps[hypothesis->overlap].exposure;

		drops += hypothesis->together ? -both->drops : both->drops;
		hours += hypothesis->together ? -both->hours : both->hours;
	}
	return exp(-(priors->good_shape + fmax(0, drops)) *
		   log1p(scope->hours / (priors->good_hours + fmax(0, hours))));
}

static void
fill_one(const struct scope *scope, const struct hypothesis *hypothesis, struct foresight *ret)
{
	double all = log_sum(hypothesis->by_shape, N_SHAPES);
	struct rate_curve curve;

	*ret = (struct foresight){ .none = { good_none(scope, hypothesis) } };
	if (hypothesis->parts[0] == PART_NONE)
		return;
	if (hypothesis->together)
		rates_curve(&scope->hypotheses->rates,
			    &scope->hypotheses->overlaps[hypothesis->overlap].exposure, &curve);
	for (unsigned int shape = 0; shape < N_SHAPES; shape++) {
		double weight = exp(hypothesis->by_shape[shape] - all), second = 1;
		double first = hypothesis->together ? rates_no_drop(&scope->hypotheses->rates,
								    &curve, shape, scope->hours)
						    : part_none(scope, hypothesis->parts[0], shape);

		if (!hypothesis->together && hypothesis->parts[1] != PART_NONE)
			second = part_none(scope, hypothesis->parts[1], shape);
		ret->none[GROUP_FIRST] += weight * first;
		ret->none[GROUP_SECOND] += weight * second;
		ret->none[GROUP_BOTH] += weight * first * second;
	}
}

int
foresight_fill(const struct hypotheses *hypotheses, size_t n, double hours, struct foresight *ret)
{
	struct scope scope = {
		.hypotheses = hypotheses,
		.hours = hours,
		.parts = calloc(hypotheses->n_parts, sizeof(*scope.parts)),
	};

	if (!scope.parts)
		return -ENOMEM;
	for (size_t i = 0; i < hypotheses->n_parts; i++)
		scope.parts[i][SHAPE_EVEN] = scope.parts[i][SHAPE_UNEVEN] = -1;
	for (size_t i = 0; i < n; i++)
		fill_one(&scope, &hypotheses->all[i], &ret[i]);
	free(scope.parts);
	return 0;
}
