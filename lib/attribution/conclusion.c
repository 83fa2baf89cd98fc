#include "lib/attribution/conclusion.h"

#include <errno.h>
#include <stdlib.h>

uint32_t
conclusion_gathered(const struct hypotheses *hypotheses, uint32_t part)
{
	if (part == PART_NONE || hypotheses->parts[part].shape != PART_UNKNOWN_WITH)
		return part;
	return hypotheses_part(hypotheses, hypotheses->parts[part].kind, COMPONENT_NONE);
}

void
conclusion_marginals(const struct hypotheses *hypotheses, const double *probabilities, double *ret)
{
	for (size_t i = 0; i < hypotheses->n_parts; i++)
		ret[i] = 0;
	for (size_t i = 0; i < hypotheses->n; i++) {
		const struct hypothesis *hypothesis = &hypotheses->all[i];

		for (size_t p = 0; p < 2 && !hypothesis->together; p++) {
			if (hypothesis->parts[p] != PART_NONE)
				ret[conclusion_gathered(hypotheses, hypothesis->parts[p])] +=
					probabilities[i];
		}
	}
}

/* The likeliest part or pair; the surroundings are no suspect. */
static void
find_first(const struct hypotheses *hypotheses, const double *probabilities,
	   const double *marginals, struct decision *ret)
{
	*ret = (struct decision){ .part = PART_NONE, .with = PART_NONE };
	for (uint32_t i = 0; i < hypotheses->n_parts; i++) {
		if (hypotheses->parts[i].shape == PART_SURROUNDINGS ||
		    !(marginals[i] > ret->probability))
			continue;
		ret->probability = marginals[i];
		ret->part = i;
	}
	for (size_t i = 0; i < hypotheses->n; i++) {
		const struct hypothesis *hypothesis = &hypotheses->all[i];

		if (!hypothesis->together || !(probabilities[i] > ret->probability))
			continue;
		ret->probability = probabilities[i];
		ret->part = hypothesis->parts[0];
		ret->with = hypothesis->parts[1];
	}
}

/* A device and its model are one thing to a user who has one of that model. */
static bool
same_side(const struct part *a, const struct part *b)
{
	return (a->kind == LS_COMPONENT_DEVICE && b->kind == LS_COMPONENT_MODEL) ||
	       (a->kind == LS_COMPONENT_MODEL && b->kind == LS_COMPONENT_DEVICE);
}

struct group_sum {
	double side, all; /* probability of the first suspect with its side; of the whole group */
	size_t n, n_outside;
};

static struct group_sum
sum_group(const struct hypotheses *hypotheses, const double *marginals, uint32_t first)
{
	const struct part *suspect = &hypotheses->parts[first];
	struct group_sum sum = { .side = marginals[first], .all = marginals[first], .n = 1 };

	for (uint32_t i = 0; i < hypotheses->n_parts; i++) {
		const struct part *part = &hypotheses->parts[i];
		bool separable = part->shape == PART_KNOWN || part->shape == PART_SURROUNDINGS;

		if (i == first || !part->candidate || !separable)
			continue;
		if (part->membership != suspect->membership) {
			sum.n_outside += part->shape == PART_KNOWN;
			continue;
		}
		sum.n++;
		sum.all += marginals[i];
		if (same_side(part, suspect))
			sum.side += marginals[i];
	}
	return sum;
}

/* Of a pair, the drops of the part with fewer: enough to separate one drop from two. */
static double
drops_with(const struct hypotheses *hypotheses, const struct decision *decision,
	   const uint16_t *drop_in)
{
	const struct part *part = &hypotheses->parts[decision->part];
	bool in = drop_in && hypotheses_part_in(part, drop_in);
	double drops = part->seen.n_drops;

	if (decision->with != PART_NONE) {
		const struct part *with = &hypotheses->parts[decision->with];

		in = in && hypotheses_part_in(with, drop_in);
		drops = with->seen.n_drops < drops ? with->seen.n_drops : drops;
	}
	return drops + in;
}

static void
judge(const struct hypotheses *hypotheses, const double *marginals, double nothing, bool accident,
      struct decision *ret)
{
	struct group_sum sum = { 0 };

	if (nothing >= LS_BLAME_SURE) {
		ret->verdict = LS_VERDICT_NOTHING_SPECIAL;
		ret->probability = nothing;
		return;
	}
	ret->verdict = LS_VERDICT_NOT_ENOUGH_DATA;
	if (ret->part == PART_NONE || accident)
		return;
	sum.side = ret->probability;
	if (ret->with == PART_NONE)
		sum = sum_group(hypotheses, marginals, ret->part);
	if (sum.side >= LS_BLAME_SURE) {
		ret->verdict = LS_VERDICT_SUSPECT;
		ret->probability = sum.side;
	} else if (sum.n > 1 && sum.n_outside > 0 && sum.all >= LS_BLAME_SURE) {
		ret->verdict = LS_VERDICT_INSEPARABLE;
		ret->probability = sum.all;
	}
}

int
conclusion_decide(const struct hypotheses *hypotheses, const double *probabilities,
		  const uint16_t *drop_in, struct decision *ret)
{
	double *marginals = calloc(hypotheses->n_parts, sizeof(*marginals));
	double nothing = 0;
	bool accident = true;

	if (!marginals)
		return -ENOMEM;
	conclusion_marginals(hypotheses, probabilities, marginals);
	for (size_t i = 0; i < hypotheses->n; i++) {
		if (hypotheses->all[i].parts[0] == PART_NONE)
			nothing = probabilities[i];
	}
	find_first(hypotheses, probabilities, marginals, ret);
	if (ret->part != PART_NONE)
		accident = drops_with(hypotheses, ret, drop_in) < LS_BLAME_DROPS_MIN;
	judge(hypotheses, marginals, nothing, accident, ret);
	free(marginals);
	return 0;
}
