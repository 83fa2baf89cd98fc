#include "lib/attribution/blame.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/attribution/conclusion.h"
#include "lib/attribution/hypotheses.h"
#include "lib/attribution/suspect.h"

#define LISTED_MIN 0.001

const char *
ls_verdict_name(enum ls_verdict verdict)
{
	static const char *const names[] = {
		[LS_VERDICT_NOT_ENOUGH_DATA] = "not-enough-data",
		[LS_VERDICT_NOTHING_SPECIAL] = "nothing-special",
		[LS_VERDICT_SUSPECT] = "suspect",
		[LS_VERDICT_INSEPARABLE] = "inseparable",
	};

	return (size_t)verdict < LS_COUNT(names) ? names[verdict] : "unknown";
}

/* The likeliest parts and pairs, most probable first. */
struct list {
	size_t n;
	struct accused accused[LS_MAX_SUSPECTS];
};

static void
list_put(struct list *list, uint32_t part, uint32_t with, double probability)
{
	size_t place = list->n;

	while (place > 0 && list->accused[place - 1].probability < probability)
		place--;
	if (probability < LISTED_MIN || place == LS_MAX_SUSPECTS)
		return;
	if (list->n < LS_MAX_SUSPECTS)
		list->n++;
	memmove(&list->accused[place + 1], &list->accused[place],
		(list->n - place - 1) * sizeof(list->accused[0]));
	list->accused[place] =
		(struct accused){ .part = part, .with = with, .probability = probability };
}

static void
list_fill(const struct hypotheses *hypotheses, const double *marginals, struct list *list)
{
	for (uint32_t i = 0; i < hypotheses->n_parts; i++) {
		if (hypotheses->parts[i].shape != PART_SURROUNDINGS)
			list_put(list, i, PART_NONE, marginals[i]);
	}
	for (size_t i = 0; i < hypotheses->n; i++) {
		const struct hypothesis *hypothesis = &hypotheses->all[i];

		if (hypothesis->together)
			list_put(list, hypothesis->parts[0], hypothesis->parts[1],
				 hypothesis->probability);
	}
}

static bool
list_has(const struct list *list, const struct hypotheses *hypotheses,
	 const struct hypothesis *hypothesis)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct accused *accused = &list->accused[i];
		uint32_t first = conclusion_gathered(hypotheses, hypothesis->parts[0]);
		uint32_t second = conclusion_gathered(hypotheses, hypothesis->parts[1]);

		if (hypothesis->together ? accused->part == hypothesis->parts[0] &&
						   accused->with == hypothesis->parts[1]
					 : accused->with == PART_NONE && (accused->part == first ||
									  accused->part == second))
			return true;
	}
	return false;
}

static void
sum_rest(const struct hypotheses *hypotheses, const struct list *list, struct ls_blame *blame)
{
	for (size_t i = 0; i < hypotheses->n; i++) {
		const struct hypothesis *hypothesis = &hypotheses->all[i];
		uint32_t first = hypothesis->parts[0];

		if (first == PART_NONE)
			blame->nothing += hypothesis->probability;
		else if (hypothesis->parts[1] == PART_NONE &&
			 hypotheses->parts[first].shape == PART_SURROUNDINGS)
			blame->surroundings += hypothesis->probability;
		else if (!list_has(list, hypotheses, hypothesis))
			blame->others += hypothesis->probability;
	}
}

/* Numbers those that are not alone with their trials. */
static void
number_groups(const struct hypotheses *hypotheses, const struct list *list, struct ls_blame *blame)
{
	unsigned int next = 0;

	for (size_t i = 0; i < list->n; i++) {
		const struct part *a = &hypotheses->parts[list->accused[i].part];
		unsigned int *group = &blame->suspects[i].group;

		if (*group || list->accused[i].with != PART_NONE || a->shape != PART_KNOWN)
			continue;
		for (size_t j = i + 1; j < list->n; j++) {
			const struct part *b = &hypotheses->parts[list->accused[j].part];

			if (b->shape != PART_KNOWN || list->accused[j].with != PART_NONE ||
			    a->membership != b->membership)
				continue;
			*group = *group ? *group : ++next;
			blame->suspects[j].group = *group;
		}
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
fill(const struct hypotheses *hypotheses, const double *probabilities, double *marginals,
     struct ls_blame *ret)
{
	struct decision decision;
	struct list list = { 0 };

	if (conclusion_decide(hypotheses, probabilities, NULL, &decision) < 0)
		return -ENOMEM;
	conclusion_marginals(hypotheses, probabilities, marginals);
	list_fill(hypotheses, marginals, &list);
	ret->verdict = decision.verdict;
	ret->probability = decision.probability;
	ret->drops = suspect_clamp(hypotheses->total.n_drops);
	for (size_t i = 0; i < hypotheses->trials->n_combinations; i++)
		ret->hours += hypotheses->trials->combinations[i].hours;
	for (size_t i = 0; i < list.n; i++) {
		if (suspect_describe(hypotheses, &list.accused[i], &ret->suspects[i]) < 0)
			return -ENOMEM;
	}
	ret->n_suspects = list.n;
	sum_rest(hypotheses, &list, ret);
	number_groups(hypotheses, &list, ret);
	find_never_varied(hypotheses, ret);
	return 0;
}

int
ls_blame_decide(const struct ls_trials *trials, const struct ls_blame_priors *priors,
		struct ls_blame *ret)
{
	ls_auto(hypotheses) *hypotheses = NULL;
	double *probabilities, *marginals;
	int r = hypotheses_new(trials, priors, &hypotheses);

	if (r < 0)
		return r;
	memset(ret, 0, sizeof(*ret));
	probabilities = calloc(hypotheses->n, sizeof(*probabilities));
	marginals = calloc(hypotheses->n_parts, sizeof(*marginals));
	r = -ENOMEM;
	for (size_t i = 0; probabilities && i < hypotheses->n; i++)
		probabilities[i] = hypotheses->all[i].probability;
	if (probabilities && marginals)
		r = fill(hypotheses, probabilities, marginals, ret);
	free(probabilities);
	free(marginals);
	return r;
}
