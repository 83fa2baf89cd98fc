#include "lib/attribution/blame.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/attribution/hypotheses.h"
#include "lib/attribution/suspect.h"

const char *
ls_verdict_name(enum ls_verdict verdict)
{
	static const char *const names[] = {
		[LS_VERDICT_NOT_ENOUGH_DATA] = "not-enough-data",
		[LS_VERDICT_NOTHING_SPECIAL] = "nothing-special",
		[LS_VERDICT_SUSPECT] = "suspect",
		[LS_VERDICT_INSEPARABLE] = "inseparable",
		[LS_VERDICT_SURROUNDINGS] = "surroundings",
	};

	return (size_t)verdict < LS_COUNT(names) ? names[verdict] : "unknown";
}

static bool
is_listed(const struct conclusion *list, const struct hypothesis *hypothesis)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct accused *accused = &list->accused[i];

		if (hypothesis->together ? accused->part == hypothesis->parts[0] &&
						   accused->with == hypothesis->parts[1]
					 : accused->with == PART_NONE &&
						   (accused->part == hypothesis->parts[0] ||
						    accused->part == hypothesis->parts[1]))
			return true;
	}
	return false;
}

static void
sum_rest(const struct hypotheses *hypotheses, const struct conclusion *list, struct ls_blame *blame)
{
	for (size_t i = 0; i < hypotheses->n && !hypotheses->many; i++) {
		const struct hypothesis *hypothesis = &hypotheses->all[i];
		uint32_t first = hypothesis->parts[0], second = hypothesis->parts[1];
		uint32_t surroundings = hypotheses_surroundings(hypotheses);

		if (first == PART_NONE)
			blame->nothing += hypothesis->probability;
		else if (first == surroundings || second == surroundings)
			blame->surroundings += hypothesis->probability;
		else if (!is_listed(list, hypothesis))
			blame->others += hypothesis->probability;
	}
}

static void
number_groups(const struct conclusion *list, struct ls_blame *blame)
{
	unsigned int group = 0;

	for (size_t i = 0; i < list->n; i++) {
		if (i == 0 || list->accused[i].membership != list->accused[i - 1].membership)
			group++;
		blame->suspects[i].group = group;
	}
}

static void
say_never_varied(const struct hypotheses *hypotheses, const struct part *part,
		 struct ls_blame *blame)
{
	struct ls_never_varied *never = &blame->never_varied[blame->n_never_varied];

	if (blame->n_never_varied == LS_COUNT(blame->never_varied))
		return;
	never->kind = part->kind;
	suspect_name_part(hypotheses, part, never->name);
	blame->n_never_varied++;
}

/* A device that never varied covers its model; what is in all trials was never varied. */
static void
find_never_varied(const struct hypotheses *hypotheses, struct ls_blame *blame)
{
	for (uint32_t i = 0; i < hypotheses->n_parts; i++) {
		const struct part *part = &hypotheses->parts[i];
		bool listed = part->shape == PART_KNOWN || part->shape == PART_UNKNOWN;

		if (listed && part->candidate && part->kind != LS_COMPONENT_MODEL &&
		    part->seen.n == hypotheses->total.n)
			say_never_varied(hypotheses, part, blame);
	}
}

static int
fill(const struct hypotheses *hypotheses, const double *probabilities, struct ls_blame *ret)
{
	struct conclusion list;

	if (conclusion_decide(hypotheses, probabilities, NULL, &list) < 0)
		return -ENOMEM;
	ret->verdict = list.verdict;
	ret->probability = list.probability;
	ret->drops = suspect_clamp(hypotheses->total.exposure.drops);
	ret->hours = hypotheses->total.exposure.hours;
	ret->under_load = hypotheses->under_load;
	for (size_t i = 0; i < list.n; i++) {
		if (suspect_describe(hypotheses, &list.accused[i], &ret->suspects[i]) < 0)
			return -ENOMEM;
	}
	ret->n_suspects = list.n;
	ret->n_named = list.n_named;
	number_groups(&list, ret);
	sum_rest(hypotheses, &list, ret);
	find_never_varied(hypotheses, ret);
	return 0;
}

int
ls_blame_decide(const struct ls_trials *trials, const struct ls_blame_priors *priors,
		struct ls_blame *ret)
{
	ls_auto(hypotheses) *hypotheses = NULL;
	double *probabilities;
	int r = hypotheses_new(trials, priors, &hypotheses);

	if (r < 0)
		return r;
	memset(ret, 0, sizeof(*ret));
	probabilities = calloc(hypotheses->n, sizeof(*probabilities));
	if (!probabilities)
		return -ENOMEM;
	for (size_t i = 0; i < hypotheses->n; i++)
		probabilities[i] = hypotheses->all[i].probability;
	r = fill(hypotheses, probabilities, ret);
	free(probabilities);
	return r;
}
