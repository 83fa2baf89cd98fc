#include "lib/attribution/conclusion.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define LISTED_MIN 0.001
/* … and at least so much of its class: less is not worth a name. */
#define CLASS_SHARE_MIN	 0.01
#define CHAIN_MEMBERSHIP UINT64_C(0x5851f42d4c957f2d)
#define NEXT_MEMBERSHIP	 UINT64_C(0x14057b7ef767814f)

static void
list_put(struct conclusion *list, const struct accused *accused)
{
	size_t place = list->n;

	while (place > 0 && list->accused[place - 1].probability < accused->probability)
		place--;
	if (!(accused->probability >= LISTED_MIN) || place == LS_MAX_SUSPECTS)
		return;
	if (list->n < LS_MAX_SUSPECTS)
		list->n++;
	memmove(&list->accused[place + 1], &list->accused[place],
		(list->n - place - 1) * sizeof(list->accused[0]));
	list->accused[place] = *accused;
}

struct view {
	const struct hypotheses *hypotheses;
	const double *probabilities;
	const struct next_trial *next; /* or NULL */
};

static bool
in_next(const struct view *view, uint32_t part)
{
	return view->next && hypotheses_part_in(&view->hypotheses->parts[part], view->next->slots);
}

/* A chain of cables without a label is not just these trials, but where other trials are there, too,
 * nobody can tell it from one cable that was in all of them. */
static uint64_t
membership_of(const struct view *view, uint32_t part)
{
	const struct hypotheses *hypotheses = view->hypotheses;
	uint64_t membership = hypotheses->parts[part].seen.membership;

	if (in_next(view, part))
		membership += NEXT_MEMBERSHIP;
	if (hypotheses->parts[part].shape == PART_CHAIN &&
	    hypotheses->parts[part].seen.membership == hypotheses->total.membership)
		membership ^= CHAIN_MEMBERSHIP;
	return membership;
}

static void
list_pair(const struct view *view, const struct hypothesis *hypothesis, double probability,
	  struct conclusion *list)
{
	struct accused accused = {
		.part = hypothesis->parts[0],
		.with = hypothesis->parts[1],
		.probability = probability,
		.membership = view->hypotheses->overlaps[hypothesis->overlap].membership,
	};

	if (in_next(view, accused.part) && in_next(view, accused.with))
		accused.membership += NEXT_MEMBERSHIP;
	list_put(list, &accused);
}

/* A chain and one cable that was in all of its trials are named alike. */
static void
unite_cables(const struct view *view, double *marginals)
{
	uint32_t same = hypotheses_unknown(view->hypotheses, LS_COMPONENT_CABLE);

	for (uint32_t i = 0; i < view->hypotheses->n_parts; i++) {
		if (view->hypotheses->parts[i].shape != PART_CHAIN ||
		    membership_of(view, i) != membership_of(view, same))
			continue;
		marginals[same] += marginals[i];
		marginals[i] = 0;
	}
}

/* @marginals: for each part that it is bad, alone or with another one, but not as a pair. */
static void
list_fill(const struct view *view, double *marginals, struct conclusion *list)
{
	const struct hypotheses *hypotheses = view->hypotheses;

	for (size_t i = 0; i < hypotheses->n_parts && hypotheses->many; i++)
		marginals[i] = hypotheses->many[i];
	for (size_t i = 0; i < hypotheses->n && !hypotheses->many; i++) {
		const struct hypothesis *hypothesis = &hypotheses->all[i];

		if (hypothesis->parts[0] == PART_NONE)
			list->nothing = view->probabilities[i];
		if (hypothesis->together)
			list_pair(view, hypothesis, view->probabilities[i], list);
		for (size_t p = 0; p < 2 && !hypothesis->together; p++) {
			if (hypothesis->parts[p] != PART_NONE)
				marginals[hypothesis->parts[p]] += view->probabilities[i];
		}
	}
	unite_cables(view, marginals);
	for (uint32_t i = 0; i < hypotheses->n_parts; i++) {
		if (marginals[i] >= LISTED_MIN)
			list_put(list, &(struct accused){ .part = i,
							  .with = PART_NONE,
							  .probability = marginals[i],
							  .membership = membership_of(view, i) });
	}
}

static int
compare_accused(const void *a, const void *b)
{
	const struct accused *x = a, *y = b;

	if (x->class_sum != y->class_sum)
		return x->class_sum < y->class_sum ? 1 : -1;
	if (x->membership != y->membership)
		return x->membership < y->membership ? -1 : 1;
	if (x->probability != y->probability)
		return x->probability < y->probability ? 1 : -1;
	return (x->part > y->part) - (x->part < y->part);
}

static void
sum_classes(struct conclusion *list)
{
	for (size_t i = 0; i < list->n; i++) {
		list->accused[i].class_sum = 0;
		for (size_t j = 0; j < list->n; j++) {
			if (list->accused[j].membership == list->accused[i].membership)
				list->accused[i].class_sum += list->accused[j].probability;
		}
	}
}

static void
sort_by_class(struct conclusion *list)
{
	size_t n = 0;

	sum_classes(list);
	for (size_t i = 0; i < list->n; i++) {
		const struct accused *accused = &list->accused[i];

		if (accused->probability >= CLASS_SHARE_MIN * accused->class_sum)
			list->accused[n++] = *accused;
	}
	list->n = n;
	sum_classes(list); /* of the same numbers in the same order: the same sums */
	qsort(list->accused, list->n, sizeof(list->accused[0]), compare_accused);
	while (list->n_named < list->n &&
	       list->accused[list->n_named].membership == list->accused[0].membership)
		list->n_named++;
}

/* Of a pair, the drops of the part with fewer: enough to separate one drop from two. */
static double
drops_with(const struct view *view, const struct accused *accused)
{
	const struct part *parts = view->hypotheses->parts;
	bool in = in_next(view, accused->part) && view->next->drop;
	double drops = parts[accused->part].seen.exposure.drops;

	if (accused->with != PART_NONE) {
		double with = parts[accused->with].seen.exposure.drops;

		in = in && in_next(view, accused->with);
		drops = with < drops ? with : drops;
	}
	return drops + in;
}

/* What is in all trials has nothing to be compared with. */
static bool
has_known_outside(const struct view *view, uint64_t of)
{
	for (uint32_t i = 0; i < view->hypotheses->n_parts; i++) {
		const struct part *part = &view->hypotheses->parts[i];

		if (part->shape == PART_KNOWN && part->candidate && membership_of(view, i) != of)
			return true;
	}
	return false;
}

/* A device and its model are one thing to a user who has one of that model. */
static bool
is_device(const struct hypotheses *hypotheses, const struct accused *accused)
{
	const struct part *part = &hypotheses->parts[accused->part];

	return accused->with == PART_NONE && part->shape == PART_KNOWN &&
	       (part->kind == LS_COMPONENT_DEVICE || part->kind == LS_COMPONENT_MODEL);
}

static enum ls_verdict
accuse(const struct hypotheses *hypotheses, const struct conclusion *list)
{
	bool devices = true, surroundings = false, known = false;

	for (size_t i = 0; i < list->n_named; i++) {
		const struct accused *accused = &list->accused[i];
		enum part_shape shape = hypotheses->parts[accused->part].shape;

		devices = devices && is_device(hypotheses, accused);
		surroundings = surroundings || shape == PART_SURROUNDINGS;
		known = known || shape == PART_KNOWN;
	}
	if (surroundings && !known)
		return LS_VERDICT_SURROUNDINGS;
	return list->n_named == 1 || devices ? LS_VERDICT_SUSPECT : LS_VERDICT_INSEPARABLE;
}

static void
judge(const struct view *view, struct conclusion *ret)
{
	ret->verdict = LS_VERDICT_NOT_ENOUGH_DATA;
	if (ret->nothing >= LS_BLAME_SURE) {
		ret->verdict = LS_VERDICT_NOTHING_SPECIAL;
		ret->probability = ret->nothing;
		return;
	}
	for (size_t i = 0; i < ret->n_named; i++)
		ret->probability += ret->accused[i].probability;
	if (ret->probability >= LS_BLAME_SURE &&
	    drops_with(view, &ret->accused[0]) >= LS_BLAME_DROPS_MIN &&
	    has_known_outside(view, ret->accused[0].membership))
		ret->verdict = accuse(view->hypotheses, ret);
}

int
conclusion_decide(const struct hypotheses *hypotheses, const double *probabilities,
		  const struct next_trial *next, struct conclusion *ret)
{
	const struct view view = { hypotheses, probabilities, next };
	double *marginals = calloc(hypotheses->n_parts, sizeof(*marginals));

	if (!marginals)
		return -ENOMEM;
	*ret = (struct conclusion){ 0 };
	list_fill(&view, marginals, ret);
	sort_by_class(ret);
	judge(&view, ret);
	free(marginals);
	return 0;
}
