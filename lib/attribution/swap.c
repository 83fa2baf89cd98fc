#include "lib/attribution/swap.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/attribution/conclusion.h"
#include "lib/attribution/hypotheses.h"
#include "lib/attribution/suspect.h"

/* In a slot: one that was never tried; matches no part. Above every component's number. */
#define COMPONENT_FRESH (COMPONENT_NONE - 1)

#define RUN_HOURS_MIN (1.0 / 12)
#define RUN_HOURS_MAX 72
#define MISSED	      0.05 /* that a bad part does not drop within the run */

/* Hypotheses that weigh less do not change which swap is best. */
#define WEIGHT_MIN     1e-5
#define HYPOTHESES_MAX 512

struct plan {
	const struct hypotheses *hypotheses;
	const struct combination *base;
	size_t n; /* hypotheses that weigh anything */
	double run_hours;
};

struct move {
	uint16_t slots[TRIAL_SLOTS];
	double gain_bits;
};

static const struct combination *
most_failing(const struct ls_trials *trials)
{
	const struct combination *most = NULL;

	for (size_t i = 0; i < trials->n_combinations; i++) {
		const struct combination *one = &trials->combinations[i];

		if (one->drops > 0 &&
		    (!most || one->drops > most->drops ||
		     (one->drops == most->drops && one->n_latest > most->n_latest)))
			most = one;
	}
	return most;
}

static enum group
group_of(const struct hypotheses *hypotheses, const struct hypothesis *hypothesis,
	 const uint16_t slots[TRIAL_SLOTS])
{
	bool in[2] = { false, false };

	for (size_t p = 0; p < 2; p++) {
		if (hypothesis->parts[p] != PART_NONE)
			in[p] = hypotheses_part_in(&hypotheses->parts[hypothesis->parts[p]], slots);
	}
	return hypotheses_group(hypothesis, in[0], in[1]);
}

/* The posterior of the rate of one group of trials: Gamma(@ret_shape, rate @ret_hours). */
static void
group_rate(const struct hypotheses *hypotheses, const struct hypothesis *hypothesis,
	   enum group group, double *ret_shape, double *ret_hours)
{
	const struct ls_blame_priors *priors = &hypotheses->priors;
	bool good = group == GROUP_GOOD;

	*ret_shape =
		(good ? priors->good_shape : priors->bad_shape) + hypothesis->groups[group].drops;
	*ret_hours =
		(good ? priors->good_hours : priors->bad_hours) + hypothesis->groups[group].hours;
}

static double
no_drop(const struct hypotheses *hypotheses, const struct hypothesis *hypothesis,
	const uint16_t slots[TRIAL_SLOTS], double run_hours)
{
	double shape, hours;

	group_rate(hypotheses, hypothesis, group_of(hypotheses, hypothesis, slots), &shape, &hours);
	return exp(-shape * log1p(run_hours / hours));
}

/* Until the likeliest culprit of the failing trials would have dropped again. */
static double
choose_run_hours(const struct plan *plan)
{
	for (size_t i = 0; i < plan->n; i++) {
		const struct hypothesis *hypothesis = &plan->hypotheses->all[i];
		enum group group = group_of(plan->hypotheses, hypothesis, plan->base->slots);
		double shape, hours;

		if (group == GROUP_GOOD)
			continue;
		group_rate(plan->hypotheses, hypothesis, group, &shape, &hours);
		return fmin(fmax(hours * (pow(MISSED, -1 / shape) - 1), RUN_HOURS_MIN),
			    RUN_HOURS_MAX);
	}
	return 1;
}

static double
entropy_bits(double p)
{
	if (p <= 0 || p >= 1)
		return 0;
	return -(p * log2(p) + (1 - p) * log2(1 - p));
}

static double
gain_bits(const struct plan *plan, const uint16_t slots[TRIAL_SLOTS])
{
	double sum = 0, clean = 0, noise = 0;

	for (size_t i = 0; i < plan->n; i++) {
		const struct hypothesis *hypothesis = &plan->hypotheses->all[i];
		double p = no_drop(plan->hypotheses, hypothesis, slots, plan->run_hours);

		sum += hypothesis->probability;
		clean += hypothesis->probability * p;
		noise += hypothesis->probability * entropy_bits(p);
	}
	return sum > 0 ? fmax(0, entropy_bits(clean / sum) - noise / sum) : 0;
}

static void
consider(const struct plan *plan, const uint16_t slots[TRIAL_SLOTS], struct move *best)
{
	double gain = gain_bits(plan, slots);

	if (gain <= best->gain_bits * (1 + 1e-9))
		return;
	best->gain_bits = gain;
	memcpy(best->slots, slots, sizeof(best->slots));
}

static bool
is_place(size_t slot)
{
	return slot == LS_COMPONENT_HOST || slot == LS_COMPONENT_CONTROLLER ||
	       slot == LS_COMPONENT_PORT || slot >= HUB_SLOT(0);
}

/* The place of a trial: its port, else the nearest known part above. */
static uint16_t
place_key(const uint16_t slots[TRIAL_SLOTS])
{
	uint16_t key = slots[LS_COMPONENT_PORT];

	for (size_t slot = TRIAL_SLOTS; key == COMPONENT_NONE && slot-- > HUB_SLOT(0);)
		key = slots[slot];
	if (key == COMPONENT_NONE)
		key = slots[LS_COMPONENT_CONTROLLER];
	return key == COMPONENT_NONE ? slots[LS_COMPONENT_HOST] : key;
}

/* For each cable, device and place its latest trial shows what is used with it. */
static void
index_latest(const struct ls_trials *trials, const struct combination **latest)
{
	for (size_t i = 0; i < trials->n_combinations; i++) {
		const struct combination *one = &trials->combinations[i];
		const uint16_t keys[] = { one->slots[LS_COMPONENT_CABLE],
					  one->slots[LS_COMPONENT_DEVICE], place_key(one->slots) };

		for (size_t k = 0; k < LS_COUNT(keys); k++) {
			if (keys[k] != COMPONENT_NONE &&
			    (!latest[keys[k]] || latest[keys[k]]->n_latest < one->n_latest))
				latest[keys[k]] = one;
		}
	}
}

static bool
exchange(const struct plan *plan, uint16_t component, const struct combination *from,
	 uint16_t slots[TRIAL_SLOTS])
{
	enum ls_component_kind kind = plan->hypotheses->trials->components[component]->kind;

	memcpy(slots, plan->base->slots, TRIAL_SLOTS * sizeof(slots[0]));
	for (size_t slot = 0; slot < TRIAL_SLOTS; slot++) {
		bool along = kind == LS_COMPONENT_CABLE ? slot == LS_COMPONENT_CABLE
			     : kind == LS_COMPONENT_DEVICE
				     ? slot == LS_COMPONENT_DEVICE || slot == LS_COMPONENT_MODEL
				     : is_place(slot);

		if (along)
			slots[slot] = from->slots[slot];
	}
	return memcmp(slots, plan->base->slots, TRIAL_SLOTS * sizeof(slots[0])) != 0;
}

/* The cheapest first: of equal gains it stays. */
static int
try_known(const struct plan *plan, struct move *best)
{
	static const enum ls_component_kind order[] = {
		LS_COMPONENT_CABLE,  LS_COMPONENT_PORT,	      LS_COMPONENT_HUB,
		LS_COMPONENT_DEVICE, LS_COMPONENT_CONTROLLER, LS_COMPONENT_HOST,
	};
	const struct ls_trials *trials = plan->hypotheses->trials;
	const struct combination **latest = calloc(trials->n_components + 1, sizeof(*latest));
	uint16_t slots[TRIAL_SLOTS];

	if (!latest)
		return -ENOMEM;
	index_latest(trials, latest);
	for (size_t k = 0; k < LS_COUNT(order); k++) {
		for (uint16_t c = 0; c < trials->n_components; c++) {
			if (trials->components[c]->kind == order[k] && latest[c] &&
			    exchange(plan, c, latest[c], slots))
				consider(plan, slots, best);
		}
	}
	free(latest);
	return 0;
}

/* One that was never tried, and everything that would be new with it. */
static bool
make_fresh(const struct combination *base, enum ls_component_kind kind, uint16_t slots[TRIAL_SLOTS])
{
	bool above = kind == LS_COMPONENT_HOST || kind == LS_COMPONENT_CONTROLLER;

	memcpy(slots, base->slots, TRIAL_SLOTS * sizeof(slots[0]));
	if (kind == LS_COMPONENT_HUB && slots[HUB_SLOT(0)] == COMPONENT_NONE)
		return false;
	if (kind != LS_COMPONENT_HUB)
		slots[kind] = COMPONENT_FRESH;
	if (kind == LS_COMPONENT_DEVICE)
		slots[LS_COMPONENT_MODEL] = COMPONENT_FRESH;
	if (above || kind == LS_COMPONENT_HUB)
		slots[LS_COMPONENT_PORT] = COMPONENT_FRESH;
	if (kind == LS_COMPONENT_HOST)
		slots[LS_COMPONENT_CONTROLLER] = COMPONENT_FRESH;
	for (size_t i = 0; (above || kind == LS_COMPONENT_HUB) && i < LS_TRIAL_HUBS_MAX; i++)
		slots[HUB_SLOT(i)] = COMPONENT_NONE;
	return true;
}

static void
try_fresh(const struct plan *plan, struct ls_swap *ret)
{
	static const enum ls_component_kind order[] = {
		LS_COMPONENT_CABLE,  LS_COMPONENT_PORT,	      LS_COMPONENT_HUB,
		LS_COMPONENT_DEVICE, LS_COMPONENT_CONTROLLER, LS_COMPONENT_HOST,
	};
	uint16_t slots[TRIAL_SLOTS];

	for (size_t k = 0; k < LS_COUNT(order); k++) {
		double gain = 0;

		if (make_fresh(plan->base, order[k], slots))
			gain = gain_bits(plan, slots);
		if (gain < LS_SWAP_GAIN_MIN || gain <= ret->get_gain_bits * (1 + 1e-9))
			continue;
		ret->get = order[k];
		ret->get_gain_bits = gain;
	}
}

static void
name_of(const struct ls_trials *trials, uint16_t component, char ret[LS_COMPONENT_NAME_MAX])
{
	ret[0] = '\0';
	if (component != COMPONENT_NONE)
		memcpy(ret, trials->components[component]->name, LS_COMPONENT_NAME_MAX);
}

/* The difference furthest up names the swap. */
static size_t
swapped_slot(const uint16_t from[TRIAL_SLOTS], const uint16_t to[TRIAL_SLOTS])
{
	static const size_t order[] = {
		LS_COMPONENT_HOST,   LS_COMPONENT_CONTROLLER,
		HUB_SLOT(0),	     HUB_SLOT(1),
		HUB_SLOT(2),	     HUB_SLOT(3),
		HUB_SLOT(4),	     HUB_SLOT(5),
		LS_COMPONENT_PORT,   LS_COMPONENT_CABLE,
		LS_COMPONENT_DEVICE,
	};

	for (size_t i = 0; i < LS_COUNT(order); i++) {
		bool known = order[i] >= HUB_SLOT(0) || to[order[i]] != COMPONENT_NONE;

		if (known && from[order[i]] != to[order[i]])
			return order[i];
	}
	return LS_COMPONENT_PORT;
}

static void
describe_move(const struct plan *plan, const struct move *move, struct ls_swap *ret)
{
	const struct ls_trials *trials = plan->hypotheses->trials;
	size_t slot = swapped_slot(plan->base->slots, move->slots);

	ret->possible = true;
	ret->gain_bits = move->gain_bits;
	ret->kind = slot >= HUB_SLOT(0) ? LS_COMPONENT_HUB : (enum ls_component_kind)slot;
	name_of(trials, plan->base->slots[slot], ret->from);
	name_of(trials, move->slots[slot], ret->to);
	for (size_t kind = 0; kind < LS_N_COMPONENT_KINDS; kind++)
		name_of(trials, move->slots[kind], ret->names[kind]);
	for (size_t i = 0; i < LS_TRIAL_HUBS_MAX; i++) {
		if (move->slots[HUB_SLOT(i)] != COMPONENT_NONE)
			name_of(trials, move->slots[HUB_SLOT(i)], ret->hubs[ret->n_hubs++]);
	}
}

static int
foresee(const struct plan *plan, const struct move *move, double *probabilities,
	struct ls_swap_outcome *outcome)
{
	const struct hypotheses *hypotheses = plan->hypotheses;
	struct decision decision;
	double sum = 0;

	for (size_t i = 0; i < hypotheses->n; i++) {
		double p = no_drop(hypotheses, &hypotheses->all[i], move->slots, plan->run_hours);

		probabilities[i] = hypotheses->all[i].probability * (outcome->drop ? 1 - p : p);
		sum += probabilities[i];
	}
	for (size_t i = 0; i < hypotheses->n && sum > 0; i++)
		probabilities[i] /= sum;
	outcome->probability = sum;
	outcome->kind = LS_N_COMPONENT_KINDS;
	if (conclusion_decide(hypotheses, probabilities, outcome->drop ? move->slots : NULL,
			      &decision) < 0)
		return -ENOMEM;
	outcome->verdict = decision.verdict;
	outcome->certainty = decision.probability;
	if (decision.verdict == LS_VERDICT_NOTHING_SPECIAL || decision.part == PART_NONE)
		return 0;
	outcome->kind = hypotheses->parts[decision.part].kind;
	suspect_name_part(hypotheses, &hypotheses->parts[decision.part], outcome->name);
	if (decision.with != PART_NONE)
		suspect_name_part(hypotheses, &hypotheses->parts[decision.with], outcome->with);
	return 0;
}

static int
advise(struct plan *plan, struct ls_swap *ret)
{
	struct move best = { .gain_bits = 0 };
	double *probabilities;
	int r;

	plan->run_hours = choose_run_hours(plan);
	ret->run_hours = plan->run_hours;
	if (try_known(plan, &best) < 0)
		return -ENOMEM;
	try_fresh(plan, ret);
	if (best.gain_bits < LS_SWAP_GAIN_MIN)
		return 0;
	describe_move(plan, &best, ret);
	probabilities = calloc(plan->hypotheses->n, sizeof(*probabilities));
	if (!probabilities)
		return -ENOMEM;
	ret->outcomes[1].drop = true;
	r = foresee(plan, &best, probabilities, &ret->outcomes[0]);
	if (r >= 0)
		r = foresee(plan, &best, probabilities, &ret->outcomes[1]);
	free(probabilities);
	return r;
}

int
ls_swap_advise(const struct ls_trials *trials, const struct ls_blame_priors *priors,
	       struct ls_swap *ret)
{
	ls_auto(hypotheses) *hypotheses = NULL;
	struct plan plan = { 0 };
	int r = hypotheses_new(trials, priors, &hypotheses);

	if (r < 0)
		return r;
	memset(ret, 0, sizeof(*ret));
	ret->get = LS_N_COMPONENT_KINDS;
	plan.hypotheses = hypotheses;
	plan.base = most_failing(trials);
	if (!plan.base)
		return 0;
	while (plan.n < hypotheses->n && plan.n < HYPOTHESES_MAX &&
	       hypotheses->all[plan.n].probability >= WEIGHT_MIN)
		plan.n++;
	return advise(&plan, ret);
}
