#include "lib/attribution/twos.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "lib/attribution/sides.h"

/* Parts that are looked at in twos: the most suspect ones. */
#define TWOS_MAX 48
/* That something known, if bad, also took part where its kind is unknown. */
#define SAME_AS_KNOWN 0.5

struct twos {
	struct hypotheses *hypotheses;
	uint32_t chosen[TWOS_MAX];
	size_t n;
	uint8_t *rank;	       /* for each part: 1 + its place, or 0 */
	struct seen *overlaps; /* rows of TWOS_MAX */
	double pair_prior;     /* of all pairs that can be, to be shared */
};

/* The most suspect parts with a drop. A chain is no set of trials. */
static void
choose(struct twos *twos)
{
	const struct hypotheses *hypotheses = twos->hypotheses;

	for (size_t i = 0; i < hypotheses->n && twos->n < TWOS_MAX; i++) {
		uint32_t index = hypotheses->all[i].parts[0];

		if (index == PART_NONE || hypotheses->parts[index].shape == PART_CHAIN ||
		    !(hypotheses->parts[index].seen.exposure.drops > 0))
			continue;
		twos->chosen[twos->n++] = index;
		twos->rank[index] = (uint8_t)twos->n;
	}
}

static void
tally_combination(struct twos *twos, const struct combination *combination,
		  const struct exposure *exposure)
{
	uint32_t member[MEMBERS_MAX];
	size_t n = hypotheses_members(twos->hypotheses->trials, combination, member);
	size_t n_chosen = 0;

	for (size_t m = 0; m < n; m++) {
		if (twos->rank[member[m]])
			member[n_chosen++] = twos->rank[member[m]] - 1U;
	}
	for (size_t m = 0; m < n_chosen * n_chosen; m++) {
		size_t a = member[m / n_chosen], b = member[m % n_chosen];

		if (a < b)
			hypotheses_see(&twos->overlaps[a * TWOS_MAX + b], combination, exposure);
	}
}

/* Sums what each two of the chosen parts have in common. */
static int
tally(struct twos *twos)
{
	const struct ls_trials *trials = twos->hypotheses->trials;
	struct exposure *exposures = calloc(trials->n_combinations + 1, sizeof(*exposures));

	if (!exposures)
		return -ENOMEM;
	for (size_t i = 0; i < trials->n_cells; i++)
		exposure_add_cell(&exposures[trials->cells[i].combination], &trials->cells[i]);
	for (size_t i = 0; i < trials->n_combinations; i++) {
		if (hypotheses_is_evidence(&trials->combinations[i]))
			tally_combination(twos, &trials->combinations[i], &exposures[i]);
	}
	free(exposures);
	return 0;
}

enum dimension {
	DIMENSION_PLACE,
	DIMENSION_CABLE,
	DIMENSION_DEVICE,
	N_DIMENSIONS,
};

static enum dimension
dimension(const struct part *part)
{
	return part->kind == LS_COMPONENT_CABLE ? DIMENSION_CABLE
	       : part->kind == LS_COMPONENT_DEVICE || part->kind == LS_COMPONENT_MODEL
		       ? DIMENSION_DEVICE
		       : DIMENSION_PLACE;
}

static void
sum_pair_priors(struct twos *twos)
{
	double sums[N_DIMENSIONS] = { 0 };

	for (size_t i = 0; i < twos->hypotheses->n_parts; i++) {
		const struct part *part = &twos->hypotheses->parts[i];

		if (part->shape == PART_KNOWN)
			sums[dimension(part)] += part->prior;
	}
	twos->pair_prior = sums[0] * sums[1] + sums[0] * sums[2] + sums[1] * sums[2];
}

static struct seen
without(const struct seen *all, const struct seen *some)
{
	struct seen rest = { .n = all->n - some->n,
			     .side_drops = all->side_drops - some->side_drops };

	for (size_t side = 0; side < N_TRIAL_SIDES; side++)
		rest.by[side] = all->by[side] - some->by[side];
	return rest;
}

static int
add_together(struct twos *twos, uint32_t a, uint32_t b, const struct seen *both,
	     const struct rate_curve *curve)
{
	struct hypotheses *hypotheses = twos->hypotheses;
	const struct part *first = &hypotheses->parts[a], *second = &hypotheses->parts[b];
	struct hypothesis *hypothesis = hypotheses_append(hypotheses, a, b,
							  hypotheses->priors.pair * first->prior *
								  second->prior / twos->pair_prior);
	double fixed;

	if (!hypothesis)
		return -ENOMEM;
	hypothesis->together = true;
	hypothesis->overlap = (uint32_t)(both - twos->overlaps);
	fixed = hypotheses_log_good(hypotheses, both->exposure.drops, both->exposure.hours) +
		sides_evidence(hypotheses, first, second, both);
	for (size_t shape = 0; shape < N_SHAPES; shape++)
		hypothesis->by_shape[shape] +=
			fixed + rates_evidence(&hypotheses->rates, curve->log_likelihood[shape]);
	return 0;
}

/* A known one and an unknown one of its kind may be the same. */
static double
prior_of_both(const struct hypotheses *hypotheses, const struct part *first,
	      const struct part *second)
{
	const struct ls_blame_priors *priors = &hypotheses->priors;
	double prior = priors->two * 2 * first->prior * second->prior;

	if (first->kind == second->kind && first->shape == PART_KNOWN)
		prior += priors->one * first->prior * second->share * SAME_AS_KNOWN;
	if (first->kind == second->kind && second->shape == PART_KNOWN)
		prior += priors->one * second->prior * first->share * SAME_AS_KNOWN;
	return prior;
}

static int
add_both(struct twos *twos, uint32_t a, uint32_t b, const struct seen *both,
	 const struct rate_curve *common)
{
	struct hypotheses *hypotheses = twos->hypotheses;
	const struct part *first = &hypotheses->parts[a], *second = &hypotheses->parts[b];
	struct seen first_only = without(&first->seen, both);
	struct seen second_only = without(&second->seen, both);
	struct rate_curve x, y;
	struct hypothesis *hypothesis =
		hypotheses_append(hypotheses, a, b, prior_of_both(hypotheses, first, second));
	double fixed;

	if (!hypothesis)
		return -ENOMEM;
	hypothesis->overlap = (uint32_t)(both - twos->overlaps);
	fixed = hypotheses_log_good(hypotheses,
				    first->seen.exposure.drops + second->seen.exposure.drops -
					    both->exposure.drops,
				    first->seen.exposure.hours + second->seen.exposure.hours -
					    both->exposure.hours) +
		sides_evidence(hypotheses, first, NULL, &first_only) +
		sides_evidence(hypotheses, second, NULL, &second_only) +
		sides_evidence(hypotheses, first, second, both);
	curve_subtract(&first->curve, common, &x);
	curve_subtract(&second->curve, common, &y);
	for (size_t shape = 0; shape < N_SHAPES; shape++) {
		const double *one = x.log_likelihood[shape], *other = y.log_likelihood[shape];

		hypothesis->by_shape[shape] +=
			fixed + (both->n ? rates_evidence_of_two(&hypotheses->rates, one, other,
								 common->log_likelihood[shape])
					 : rates_evidence(&hypotheses->rates, one) +
						   rates_evidence(&hypotheses->rates, other));
	}
	return 0;
}

static int
add_two(struct twos *twos, uint32_t a, uint32_t b, const struct seen *both)
{
	struct hypotheses *hypotheses = twos->hypotheses;
	const struct part *first = &hypotheses->parts[a], *second = &hypotheses->parts[b];
	bool known = first->shape == PART_KNOWN && second->shape == PART_KNOWN;
	struct rate_curve curve;
	int r = 0;

	if (first->shape != PART_KNOWN && second->shape != PART_KNOWN &&
	    first->kind == second->kind)
		return 0;
	if (both->n == first->seen.n && both->n == second->seen.n)
		return 0; /* the same trials: one of them explains as much */
	rates_curve(&hypotheses->rates, &both->exposure, &curve);
	if (hypotheses->priors.two > 0)
		r = add_both(twos, a, b, both, &curve);
	if (r == 0 && known && dimension(first) != dimension(second) && twos->pair_prior > 0 &&
	    hypotheses->priors.pair > 0 && both->exposure.drops > 0 && both->n < first->seen.n &&
	    both->n < second->seen.n)
		r = add_together(twos, a, b, both, &curve);
	return r;
}

int
twos_add(struct hypotheses *hypotheses)
{
	struct twos twos = { .hypotheses = hypotheses };
	int r = -ENOMEM;

	twos.rank = calloc(hypotheses->n_parts, sizeof(*twos.rank));
	twos.overlaps = calloc((size_t)TWOS_MAX * TWOS_MAX, sizeof(*twos.overlaps));
	hypotheses->overlaps = twos.overlaps;
	if (twos.rank && twos.overlaps) {
		choose(&twos);
		sum_pair_priors(&twos);
		r = tally(&twos);
	}
	for (size_t a = 0; a < twos.n && r == 0; a++) {
		for (size_t b = a + 1; b < twos.n && r == 0; b++)
			r = add_two(&twos, twos.chosen[a], twos.chosen[b],
				    &twos.overlaps[a * TWOS_MAX + b]);
	}
	free(twos.rank);
	return r;
}
