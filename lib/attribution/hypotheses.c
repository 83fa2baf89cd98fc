#include "lib/attribution/hypotheses.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "lib/attribution/chain.h"
#include "lib/attribution/many.h"
#include "lib/attribution/sides.h"
#include "lib/attribution/since.h"
#include "lib/attribution/twos.h"
#include "lib/attribution/under_load.h"

struct hypothesis *
hypotheses_append(struct hypotheses *hypotheses, uint32_t first, uint32_t second, double prior)
{
	struct hypothesis *hypothesis;

	if (hypotheses->n == hypotheses->room) {
		size_t room = 2 * hypotheses->room + 256;
		struct hypothesis *all = reallocarray(hypotheses->all, room, sizeof(*all));

		if (!all)
			return NULL;
		hypotheses->all = all;
		hypotheses->room = room;
	}
	hypothesis = &hypotheses->all[hypotheses->n++];
	*hypothesis = (struct hypothesis){ .parts = { first, second }, .overlap = OVERLAP_NONE };
	for (size_t shape = 0; shape < N_SHAPES; shape++)
		hypothesis->by_shape[shape] = log(prior);
	return hypothesis;
}

static int
add_single(struct hypotheses *hypotheses, uint32_t index)
{
	const struct part *part = &hypotheses->parts[index];
	struct hypothesis *hypothesis = hypotheses_append(hypotheses, index, PART_NONE,
							  hypotheses->priors.one * part->prior);
	double chain[N_SHAPES], fixed;

	if (!hypothesis)
		return -ENOMEM;
	if (part->shape == PART_CHAIN) {
		if (chain_evidence(hypotheses, chain) < 0)
			return -ENOMEM;
		for (size_t shape = 0; shape < N_SHAPES; shape++)
			hypothesis->by_shape[shape] += chain[shape];
		return 0;
	}
	fixed = hypotheses_log_good(hypotheses, part->seen.exposure.drops,
				    part->seen.exposure.hours) +
		sides_evidence(hypotheses, part, NULL, &part->seen);
	for (size_t shape = 0; shape < N_SHAPES; shape++)
		hypothesis->by_shape[shape] +=
			fixed +
			rates_evidence(&hypotheses->rates, part->curve.log_likelihood[shape]);
	return 0;
}

static int
add_singles(struct hypotheses *hypotheses)
{
	struct hypothesis *nothing =
		hypotheses_append(hypotheses, PART_NONE, PART_NONE, hypotheses->priors.nothing);
	int r = nothing ? 0 : -ENOMEM;

	for (size_t shape = 0; shape < N_SHAPES && nothing; shape++)
		nothing->by_shape[shape] += hypotheses_log_good(hypotheses, 0, 0);
	for (uint32_t i = 0; i < hypotheses->n_parts && r == 0; i++) {
		if (hypotheses->parts[i].candidate && hypotheses->parts[i].prior > 0)
			r = add_single(hypotheses, i);
	}
	return r;
}

static int
compare_probability(const void *a, const void *b)
{
	const struct hypothesis *x = a, *y = b;

	if (x->probability != y->probability)
		return x->probability < y->probability ? 1 : -1;
	if (x->parts[0] != y->parts[0])
		return x->parts[0] < y->parts[0] ? -1 : 1;
	if (x->parts[1] != y->parts[1])
		return x->parts[1] < y->parts[1] ? -1 : 1;
	return (int)x->together - (int)y->together;
}

static void
sort(struct hypotheses *hypotheses)
{
	qsort(hypotheses->all, hypotheses->n, sizeof(hypotheses->all[0]), compare_probability);
}

/* Both shapes are as likely before: the mean over them is what counts. Sorts. */
static void
normalise(struct hypotheses *hypotheses)
{
	double most = -HUGE_VAL, sum = 0;

	for (size_t i = 0; i < hypotheses->n; i++) {
		struct hypothesis *hypothesis = &hypotheses->all[i];

		hypothesis->probability = log_sum(hypothesis->by_shape, N_SHAPES);
		most = fmax(most, hypothesis->probability);
	}
	for (size_t i = 0; i < hypotheses->n; i++) {
		hypotheses->all[i].probability = exp(hypotheses->all[i].probability - most);
		sum += hypotheses->all[i].probability;
	}
	for (size_t i = 0; i < hypotheses->n; i++)
		hypotheses->all[i].probability /= sum;
	hypotheses->log_evidence = most + log(sum);
	sort(hypotheses);
}

static int
fill(struct hypotheses *hypotheses)
{
	int r = hypotheses_find_parts(hypotheses);

	if (r == 0)
		r = add_singles(hypotheses);
	if (r == 0) {
		normalise(hypotheses);
		r = since_extend(hypotheses);
	}
	if (r == 0) {
		normalise(hypotheses);
		r = twos_add(hypotheses);
	}
	if (r == 0) {
		normalise(hypotheses);
		r = many_find(hypotheses);
	}
	return r;
}

static int
consider(const struct ls_trials *trials, const struct ls_blame_priors *priors,
	 struct hypotheses **ret)
{
	ls_auto(hypotheses) *hypotheses = calloc(1, sizeof(*hypotheses));

	if (!hypotheses)
		return -ENOMEM;
	hypotheses->trials = trials;
	hypotheses->priors = *priors;
	rates_init(&hypotheses->rates, priors->bad_shape, priors->bad_hours);
	if (fill(hypotheses) < 0)
		return -ENOMEM;
	*ret = LS_STEAL(&hypotheses);
	return 0;
}

int
hypotheses_new(const struct ls_trials *trials, const struct ls_blame_priors *priors,
	       struct hypotheses **ret)
{
	ls_auto(hypotheses) *hypotheses = NULL, *loaded = NULL;
	int r = ls_blame_priors_valid(priors) ? consider(trials, priors, &hypotheses) : -EINVAL;

	if (r == 0 && trials->loaded)
		r = consider(trials->loaded, priors, &loaded);
	if (r == 0 && loaded)
		r = under_load_mix(hypotheses, loaded);
	if (r < 0)
		return r;
	sort(hypotheses);
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
	free(hypotheses->overlaps);
	free(hypotheses->many);
	free(hypotheses);
}
