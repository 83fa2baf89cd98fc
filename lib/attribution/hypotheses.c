#include "lib/attribution/hypotheses.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

/* Parts that are looked at in twos: the most suspect ones. */
#define TWOS_MAX 96
/* That something known, if bad, also took part where its kind is unknown. */
#define SAME_AS_KNOWN 0.5
/* Drops that name a side: the table and the formula of lib/attribution/blame.h. */
#define SIDE_FACTOR_MAX 50
#define SIDE_NAMED	0.25
#define KIND(kind)	(1U << LS_COMPONENT_##kind)
static const struct {
	double by_mistake;
	unsigned int kinds;
} sides[N_TRIAL_SIDES] = {
	[TRIAL_SIDE_POWER] = { 0.03,
			       KIND(HOST) | KIND(HUB) | KIND(PORT) | KIND(DEVICE) | KIND(MODEL) },
	[TRIAL_SIDE_HOST] = { 0.02, KIND(HOST) | KIND(CONTROLLER) },
	[TRIAL_SIDE_HUB] = { 0.05, KIND(HUB) },
	[TRIAL_SIDE_DEVICE] = { 0.1, KIND(DEVICE) | KIND(MODEL) },
};

/* The closed form of lib/attribution/blame.h. */
static double
log_marginal(double shape, double prior_hours, double drops, double hours)
{
	int sign;

	if (drops <= 0)
		return -shape * log1p(hours / prior_hours);
	return shape * log(prior_hours) - (shape + drops) * log(prior_hours + hours) +
	       lgamma_r(shape + drops, &sign) - lgamma_r(shape, &sign);
}

static double
log_rates(const struct ls_blame_priors *priors, const struct hypothesis *hypothesis)
{
	const struct tally *groups = hypothesis->groups;
	double sum = log_marginal(priors->good_shape, priors->good_hours, groups[GROUP_GOOD].drops,
				  groups[GROUP_GOOD].hours);

	for (size_t i = GROUP_FIRST; i < N_GROUPS; i++) {
		if (groups[i].hours > 0 || groups[i].drops > 0)
			sum += log_marginal(priors->bad_shape, priors->bad_hours, groups[i].drops,
					    groups[i].hours);
	}
	return sum;
}

static double
log_beta(double a, double b)
{
	int sign;

	return lgamma_r(a, &sign) + lgamma_r(b, &sign) - lgamma_r(a + b, &sign);
}

/* m of n by a fault with a side of its own, against all by mistake. */
static double
log_side(size_t side, double m, double n)
{
	double rest = 1 / sides[side].by_mistake - 1, own;

	m = fmin(m, n);
	own = log_beta(1 + m, 2 + n - m) - log_beta(1, 2) + log_beta(1, rest) -
	      log_beta(1 + m, rest + n - m);
	return own > log(SIDE_FACTOR_MAX / SIDE_NAMED)
		       ? log(SIDE_FACTOR_MAX)
		       : log(1 - SIDE_NAMED + SIDE_NAMED * exp(own));
}

/* @drops with @part, or with both. @with NULL: @part alone is bad, else the two are together. */
static double
log_sides(const struct hypotheses *hypotheses, const struct part *part, const struct part *with,
	  const struct seen *seen)
{
	unsigned int kinds = 1U << part->kind | (with ? 1U << with->kind : 0);
	double sum = 0;

	for (size_t side = 0; side < N_TRIAL_SIDES; side++) {
		if ((sides[side].kinds & kinds) && seen->drops > 0 &&
		    hypotheses->total.by[side] > 0)
			sum += log_side(side, fmax(0, seen->by[side]), seen->drops);
	}
	return sum;
}

static struct hypothesis *
add(struct hypotheses *hypotheses, uint32_t first, uint32_t second, double prior)
{
	struct hypothesis *hypothesis = &hypotheses->all[hypotheses->n++];

	*hypothesis = (struct hypothesis){
		.parts = { first, second },
		.probability = log(prior),
	};
	hypothesis->groups[GROUP_GOOD] = (struct tally){ .hours = hypotheses->total.hours,
							 .drops = hypotheses->total.drops };
	return hypothesis;
}

static void
move_to(struct hypothesis *hypothesis, enum group group, const struct seen *seen)
{
	struct tally *good = &hypothesis->groups[GROUP_GOOD];

	hypothesis->groups[group] = (struct tally){ .hours = seen->hours, .drops = seen->drops };
	good->hours = fmax(0, good->hours - seen->hours);
	good->drops = fmax(0, good->drops - seen->drops);
}

static void
add_singles(struct hypotheses *hypotheses)
{
	const struct ls_blame_priors *priors = &hypotheses->priors;
	struct hypothesis *hypothesis = add(hypotheses, PART_NONE, PART_NONE, priors->nothing);

	hypothesis->probability += log_rates(priors, hypothesis);
	for (uint32_t i = 0; i < hypotheses->n_parts; i++) {
		const struct part *part = &hypotheses->parts[i];

		if (!part->candidate || !(part->prior > 0))
			continue;
		hypothesis = add(hypotheses, i, PART_NONE, priors->one * part->prior);
		move_to(hypothesis, GROUP_FIRST, &part->seen);
		hypothesis->probability += log_rates(priors, hypothesis) +
					   log_sides(hypotheses, part, NULL, &part->seen);
	}
}

static int
compare_probability(const void *a, const void *b)
{
	const struct hypothesis *x = a, *y = b;

	if (x->probability != y->probability)
		return x->probability < y->probability ? 1 : -1;
	return (x->parts[0] > y->parts[0]) - (x->parts[0] < y->parts[0]);
}

/* The most suspect parts with a drop. @ret_rank: 1 + place in @ret for each part, else 0. */
static size_t
choose_for_twos(struct hypotheses *hypotheses, uint32_t ret[TWOS_MAX], uint8_t *ret_rank)
{
	size_t n = 0;

	qsort(hypotheses->all, hypotheses->n, sizeof(hypotheses->all[0]), compare_probability);
	for (size_t i = 0; i < hypotheses->n && n < TWOS_MAX; i++) {
		uint32_t index = hypotheses->all[i].parts[0];

		if (index == PART_NONE || !(hypotheses->parts[index].seen.drops > 0))
			continue;
		ret[n++] = index;
		ret_rank[index] = (uint8_t)n;
	}
	return n;
}

/* Sums what each two of the chosen parts have in common. @overlaps: TWOS_MAX rows of TWOS_MAX. */
static void
tally_overlaps(const struct hypotheses *hypotheses, const uint8_t *rank, struct seen *overlaps)
{
	const struct ls_trials *trials = hypotheses->trials;
	uint32_t member[MEMBERS_MAX];

	for (size_t i = 0; i < trials->n_combinations; i++) {
		const struct combination *combination = &trials->combinations[i];
		size_t n, n_chosen = 0;

		if (!hypotheses_is_evidence(combination))
			continue;
		n = hypotheses_members(trials, combination, member);
		for (size_t m = 0; m < n; m++) {
			if (rank[member[m]])
				member[n_chosen++] = rank[member[m]] - 1U;
		}
		for (size_t m = 0; m < n_chosen * n_chosen; m++) {
			size_t a = member[m / n_chosen], b = member[m % n_chosen];

			if (a < b)
				hypotheses_see(&overlaps[a * TWOS_MAX + b], combination);
		}
	}
}

static void
add_together(struct hypotheses *hypotheses, uint32_t a, uint32_t b, const struct seen *both)
{
	const struct part *first = &hypotheses->parts[a], *second = &hypotheses->parts[b];
	struct hypothesis *hypothesis;

	hypothesis =
		add(hypotheses, a, b, hypotheses->priors.pair * 2 * first->prior * second->prior);
	hypothesis->together = true;
	move_to(hypothesis, GROUP_FIRST, both);
	hypothesis->probability += log_rates(&hypotheses->priors, hypothesis) +
				   log_sides(hypotheses, first, second, both);
}

static struct seen
without(const struct seen *all, const struct seen *some)
{
	struct seen rest = { .n = all->n - some->n,
			     .n_drops = all->n_drops - some->n_drops,
			     .hours = fmax(0, all->hours - some->hours),
			     .drops = fmax(0, all->drops - some->drops) };

	for (size_t side = 0; side < N_TRIAL_SIDES; side++)
		rest.by[side] = all->by[side] - some->by[side];
	return rest;
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

static void
add_both(struct hypotheses *hypotheses, uint32_t a, uint32_t b, const struct seen *both)
{
	const struct part *first = &hypotheses->parts[a], *second = &hypotheses->parts[b];
	struct seen first_only = without(&first->seen, both);
	struct seen second_only = without(&second->seen, both);
	struct hypothesis *hypothesis;

	hypothesis = add(hypotheses, a, b, prior_of_both(hypotheses, first, second));
	move_to(hypothesis, GROUP_FIRST, &first_only);
	move_to(hypothesis, GROUP_SECOND, &second_only);
	move_to(hypothesis, GROUP_BOTH, both);
	hypothesis->probability += log_rates(&hypotheses->priors, hypothesis) +
				   log_sides(hypotheses, first, NULL, &first_only) +
				   log_sides(hypotheses, second, NULL, &second_only) +
				   log_sides(hypotheses, first, second, both);
}

static void
add_two(struct hypotheses *hypotheses, uint32_t a, uint32_t b, const struct seen *both)
{
	const struct part *first = &hypotheses->parts[a], *second = &hypotheses->parts[b];
	bool unknown = first->shape != PART_KNOWN && second->shape != PART_KNOWN;

	if (unknown && first->kind == second->kind)
		return;
	if (both->n == first->seen.n && both->n == second->seen.n)
		return; /* the same trials: one of them explains as much */
	if (hypotheses->priors.two > 0)
		add_both(hypotheses, a, b, both);
	if (hypotheses->priors.pair > 0 && both->drops > 0 && both->n < first->seen.n &&
	    both->n < second->seen.n)
		add_together(hypotheses, a, b, both);
}

static int
add_twos(struct hypotheses *hypotheses)
{
	struct seen *overlaps = calloc((size_t)TWOS_MAX * TWOS_MAX, sizeof(*overlaps));
	uint8_t *rank = calloc(hypotheses->n_parts, sizeof(*rank));
	uint32_t chosen[TWOS_MAX];
	size_t n;

	if (!overlaps || !rank) {
		free(overlaps);
		free(rank);
		return -ENOMEM;
	}
	n = choose_for_twos(hypotheses, chosen, rank);
	tally_overlaps(hypotheses, rank, overlaps);
	for (size_t a = 0; a < n; a++) {
		for (size_t b = a + 1; b < n; b++)
			add_two(hypotheses, chosen[a], chosen[b], &overlaps[a * TWOS_MAX + b]);
	}
	free(overlaps);
	free(rank);
	return 0;
}

static void
normalise(struct hypotheses *hypotheses)
{
	double sum = 0, most;

	qsort(hypotheses->all, hypotheses->n, sizeof(hypotheses->all[0]), compare_probability);
	most = hypotheses->all[0].probability;
	for (size_t i = 0; i < hypotheses->n; i++) {
		hypotheses->all[i].probability = exp(hypotheses->all[i].probability - most);
		sum += hypotheses->all[i].probability;
	}
	for (size_t i = 0; i < hypotheses->n; i++)
		hypotheses->all[i].probability /= sum;
}

int
hypotheses_new(const struct ls_trials *trials, const struct ls_blame_priors *priors,
	       struct hypotheses **ret)
{
	ls_auto(hypotheses) *hypotheses = NULL;

	if (!ls_blame_priors_valid(priors))
		return -EINVAL;
	hypotheses = calloc(1, sizeof(*hypotheses));
	if (!hypotheses)
		return -ENOMEM;
	hypotheses->trials = trials;
	hypotheses->priors = *priors;
	if (hypotheses_find_parts(hypotheses) < 0)
		return -ENOMEM;
	hypotheses->all =
		calloc(1 + hypotheses->n_parts + TWOS_MAX * TWOS_MAX, sizeof(hypotheses->all[0]));
	if (!hypotheses->all)
		return -ENOMEM;
	add_singles(hypotheses);
	if (add_twos(hypotheses) < 0)
		return -ENOMEM;
	normalise(hypotheses);
	*ret = LS_STEAL(&hypotheses);
	return 0;
}

void
hypotheses_free(struct hypotheses *hypotheses)
{
	if (!hypotheses)
		return;
	free(hypotheses->parts);
	free(hypotheses->all);
	free(hypotheses);
}
