#include "lib/attribution/swap.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/attribution/conclusion.h"
#include "lib/attribution/foresight.h"
#include "lib/attribution/hypotheses.h"
#include "lib/attribution/moves.h"
#include "lib/attribution/suspect.h"

#define RUN_HOURS_MIN  (1.0 / 12)
#define RUN_HOURS_MAX  72
#define RUN_HOURS_STEP 1.6
/* To interrupt work, exchange something and look after it costs so much, whatever it is. */
#define EXCHANGE_HOURS 3.0

/* Hypotheses that weigh less do not change which swap is best. */
#define WEIGHT_MIN     1e-5
#define HYPOTHESES_MAX 256
/* Two exchanges are easier to get wrong, so they must tell clearly more. */
#define TWO_WORTH 0.85
/* The best of each dimension, for two at once; and the best of all, until one is worth it. */
#define JOINED_MAX     6
#define CANDIDATES_MAX 24

struct candidate {
	struct move move;
	double gain_bits, score;
};

struct plan {
	const struct hypotheses *hypotheses;
	const struct combination *base;
	size_t n; /* hypotheses that weigh anything */
	struct foresight *foresight;
	double run_hours;
	int n_moves;
	struct move *moves;
	size_t n_candidates;
	struct candidate candidates[CANDIDATES_MAX]; /* the best first */
};

static double
entropy_bits(double p)
{
	if (p <= 0 || p >= 1)
		return 0;
	return -(p * log2(p) + (1 - p) * log2(1 - p));
}

static double
none_of(const struct plan *plan, size_t i, const uint16_t slots[TRIAL_SLOTS])
{
	enum group group = foresight_group(plan->hypotheses, &plan->hypotheses->all[i], slots);

	return plan->foresight[i].none[group];
}

static double
gain_bits(const struct plan *plan, const uint16_t slots[TRIAL_SLOTS])
{
	double sum = 0, clean = 0, noise = 0;

	for (size_t i = 0; i < plan->n; i++) {
		double p = none_of(plan, i, slots);
		double weight = plan->hypotheses->all[i].probability;

		sum += weight;
		clean += weight * p;
		noise += weight * entropy_bits(p);
	}
	return sum > 0 ? fmax(0, entropy_bits(clean / sum) - noise / sum) : 0;
}

static double
score(const struct plan *plan, double gain, double effort_hours)
{
	return gain / (plan->run_hours + effort_hours + EXCHANGE_HOURS);
}

static void
consider(struct plan *plan, const struct move *move, double worth)
{
	struct candidate candidate = { .move = *move, .gain_bits = gain_bits(plan, move->slots) };
	size_t place = plan->n_candidates;

	candidate.score = worth * score(plan, candidate.gain_bits, move->effort_hours);
	if (candidate.gain_bits < LS_SWAP_GAIN_MIN)
		return;
	while (place > 0 && plan->candidates[place - 1].score < candidate.score * (1 - 1e-9))
		place--;
	if (place == CANDIDATES_MAX)
		return;
	if (plan->n_candidates < CANDIDATES_MAX)
		plan->n_candidates++;
	memmove(&plan->candidates[place + 1], &plan->candidates[place],
		(plan->n_candidates - place - 1) * sizeof(plan->candidates[0]));
	plan->candidates[place] = candidate;
}

/* Two at once, of the best of each dimension. */
static void
consider_two(struct plan *plan)
{
	struct move best[N_DIMENSIONS][JOINED_MAX];
	size_t n[N_DIMENSIONS] = { 0 };

	for (size_t i = 0; i < plan->n_candidates; i++) {
		const struct move *move = &plan->candidates[i].move;

		for (size_t d = 0; d < N_DIMENSIONS; d++) {
			if (move->exchanged == 1U << d && n[d] < JOINED_MAX)
				best[d][n[d]++] = *move;
		}
	}
	for (size_t a = 0; a < N_DIMENSIONS; a++) {
		for (size_t b = a + 1; b < N_DIMENSIONS; b++) {
			for (size_t i = 0; i < n[a] * n[b]; i++) {
				struct move both = moves_join(plan->base, &best[a][i / n[b]],
							      &best[b][i % n[b]]);

				consider(plan, &both, TWO_WORTH);
			}
		}
	}
}

/* The best there is for this time. */
static int
plan_for(struct plan *plan, double run_hours)
{
	plan->run_hours = run_hours;
	plan->n_candidates = 0;
	if (foresight_fill(plan->hypotheses, plan->n, run_hours, plan->foresight) < 0)
		return -ENOMEM;
	for (int i = 0; i < plan->n_moves; i++)
		consider(plan, &plan->moves[i], 1);
	return 0;
}

static void
try_fresh(const struct plan *plan, struct ls_swap *ret, double *ret_score)
{
	static const enum ls_component_kind order[] = {
		LS_COMPONENT_CABLE,  LS_COMPONENT_PORT,	      LS_COMPONENT_HUB,
		LS_COMPONENT_DEVICE, LS_COMPONENT_CONTROLLER, LS_COMPONENT_HOST,
	};

	for (size_t k = 0; k < LS_COUNT(order); k++) {
		double gain = 0, value;
		struct move move;

		if (moves_fresh(plan->base, order[k], &move))
			gain = gain_bits(plan, move.slots);
		value = score(plan, gain, move.effort_hours);
		if (gain < LS_SWAP_GAIN_MIN || value <= *ret_score * (1 + 1e-9))
			continue;
		*ret_score = value;
		ret->get = order[k];
		ret->get_gain_bits = gain;
	}
}

/* The time in which the best swap gains most for each hour. */
static int
choose_run_hours(struct plan *plan, struct ls_swap *ret)
{
	double best = 0, fresh = 0, best_hours = 1, fresh_hours = 1;

	for (double hours = RUN_HOURS_MIN; hours < RUN_HOURS_MAX * RUN_HOURS_STEP;
	     hours *= RUN_HOURS_STEP) {
		double before = fresh;

		if (plan_for(plan, fmin(hours, RUN_HOURS_MAX)) < 0)
			return -ENOMEM;
		if (plan->n_candidates && plan->candidates[0].score > best) {
			best = plan->candidates[0].score;
			best_hours = plan->run_hours;
		}
		try_fresh(plan, ret, &fresh);
		if (fresh > before)
			fresh_hours = plan->run_hours;
	}
	return plan_for(plan, best > 0 ? best_hours : fresh_hours);
}

static void
name_of(const struct ls_trials *trials, uint16_t component, char ret[LS_COMPONENT_NAME_MAX])
{
	ret[0] = '\0';
	if (component_is_known(component))
		memcpy(ret, trials->components[component]->name, LS_COMPONENT_NAME_MAX);
}

static void
describe_move(const struct plan *plan, const struct candidate *candidate, struct ls_swap *ret)
{
	const struct ls_trials *trials = plan->hypotheses->trials;
	const struct move *move = &candidate->move;

	ret->possible = true;
	ret->gain_bits = candidate->gain_bits;
	for (unsigned int d = 0; d < N_DIMENSIONS; d++) {
		struct ls_exchange *exchange = &ret->exchanges[ret->n_exchanges];
		size_t slot = moves_slot(plan->base, move, d);

		if (!(move->exchanged & 1U << d))
			continue;
		exchange->kind =
			slot >= HUB_SLOT(0) ? LS_COMPONENT_HUB : (enum ls_component_kind)slot;
		name_of(trials, plan->base->slots[slot], exchange->from);
		name_of(trials, move->slots[slot], exchange->to);
		ret->n_exchanges++;
	}
	for (size_t kind = 0; kind < LS_N_COMPONENT_KINDS; kind++)
		name_of(trials, move->slots[kind], ret->names[kind]);
	for (size_t i = 0; i < LS_TRIAL_HUBS_MAX; i++) {
		if (component_is_known(move->slots[HUB_SLOT(i)]))
			name_of(trials, move->slots[HUB_SLOT(i)], ret->hubs[ret->n_hubs++]);
	}
}

static void
describe_outcome(const struct hypotheses *hypotheses, const struct conclusion *conclusion,
		 struct ls_swap_outcome *outcome)
{
	const struct accused *first = &conclusion->accused[0];

	outcome->verdict = conclusion->verdict;
	outcome->certainty = conclusion->probability;
	if (conclusion->verdict == LS_VERDICT_NOTHING_SPECIAL || conclusion->n == 0)
		return;
	outcome->names = true;
	outcome->kind = hypotheses->parts[first->part].kind;
	suspect_name(hypotheses, first, outcome->name, outcome->with);
}

/* @probabilities has room for all hypotheses. */
static int
foresee(const struct plan *plan, const struct move *move, double *probabilities,
	struct ls_swap_outcome *outcome)
{
	const struct hypotheses *hypotheses = plan->hypotheses;
	const struct next_trial next = { move->slots, outcome->drop };
	struct conclusion conclusion;
	double sum = 0, all = 0;

	for (size_t i = 0; i < hypotheses->n; i++) {
		double p = i < plan->n ? none_of(plan, i, move->slots) : 0;
		double weight = i < plan->n ? hypotheses->all[i].probability : 0;

		probabilities[i] = weight * (outcome->drop ? 1 - p : p);
		sum += probabilities[i];
		all += weight;
	}
	for (size_t i = 0; i < plan->n && sum > 0; i++)
		probabilities[i] /= sum;
	outcome->probability = all > 0 ? sum / all : 0;
	if (conclusion_decide(hypotheses, probabilities, &next, &conclusion) < 0)
		return -ENOMEM;
	describe_outcome(hypotheses, &conclusion, outcome);
	return 0;
}

static bool
names_the_same(const struct ls_swap_outcome *a, const struct ls_swap_outcome *b)
{
	return a->names && b->names && a->kind == b->kind && strcmp(a->name, b->name) == 0 &&
	       strcmp(a->with, b->with) == 0;
}

/*
 * Whatever comes out, there is the same to do. As long as nothing is certain, one of the outcomes may
 * make it so; what is certain already is not asked again.
 */
static bool
changes_nothing(const struct ls_swap_outcome *now, const struct ls_swap_outcome outcomes[2])
{
	bool same = names_the_same(&outcomes[0], &outcomes[1]) ||
		    (!outcomes[0].names && !outcomes[1].names);

	return same && (outcomes[0].verdict == outcomes[1].verdict ||
			(now->verdict == LS_VERDICT_SUSPECT && names_the_same(now, &outcomes[0])));
}

/* What is known without another trial. */
static int
conclude_now(const struct plan *plan, double *probabilities, struct ls_swap_outcome *ret)
{
	const struct hypotheses *hypotheses = plan->hypotheses;
	struct conclusion conclusion;

	for (size_t i = 0; i < hypotheses->n; i++)
		probabilities[i] = hypotheses->all[i].probability;
	if (conclusion_decide(hypotheses, probabilities, NULL, &conclusion) < 0)
		return -ENOMEM;
	describe_outcome(hypotheses, &conclusion, ret);
	return 0;
}

static int
advise(struct plan *plan, double *probabilities, struct ls_swap *ret)
{
	struct ls_swap_outcome now = { 0 };
	int r = conclude_now(plan, probabilities, &now);

	if (r == 0)
		r = choose_run_hours(plan, ret);
	if (r < 0)
		return r;
	consider_two(plan);
	ret->run_hours = plan->run_hours;
	for (size_t i = 0; i < plan->n_candidates; i++) {
		struct ls_swap_outcome outcomes[2] = { { .drop = false }, { .drop = true } };

		for (size_t k = 0; k < 2 && r == 0; k++)
			r = foresee(plan, &plan->candidates[i].move, probabilities, &outcomes[k]);
		if (r < 0)
			return r;
		if (changes_nothing(&now, outcomes))
			continue;
		memcpy(ret->outcomes, outcomes, sizeof(outcomes));
		describe_move(plan, &plan->candidates[i], ret);
		return 0;
	}
	return 0;
}

static int
prepare(struct plan *plan, struct ls_swap *ret)
{
	const struct hypotheses *hypotheses = plan->hypotheses;
	double *probabilities = calloc(hypotheses->n, sizeof(*probabilities));
	int r = -ENOMEM;

	while (plan->n < hypotheses->n && plan->n < HYPOTHESES_MAX &&
	       hypotheses->all[plan->n].probability >= WEIGHT_MIN)
		plan->n++;
	plan->foresight = calloc(plan->n, sizeof(*plan->foresight));
	plan->n_moves = moves_known(hypotheses->trials, plan->base, &plan->moves);
	if (probabilities && plan->foresight && plan->n_moves >= 0)
		r = advise(plan, probabilities, ret);
	free(plan->foresight);
	free(plan->moves);
	free(probabilities);
	return r;
}

int
ls_swap_advise(const struct ls_trials *trials, const struct ls_blame_priors *priors,
	       struct ls_swap *ret)
{
	ls_auto(hypotheses) *hypotheses = NULL;
	struct plan *plan;
	int r = hypotheses_new(trials, priors, &hypotheses);

	if (r < 0)
		return r;
	memset(ret, 0, sizeof(*ret));
	ret->get = LS_N_COMPONENT_KINDS;
	plan = calloc(1, sizeof(*plan));
	if (!plan)
		return -ENOMEM;
	plan->hypotheses = hypotheses;
	plan->base = moves_base(trials);
	/* Of more than two bad parts each is to be exchanged; there is no next thing to ask. */
	r = plan->base && !hypotheses->many ? prepare(plan, ret) : 0;
	free(plan);
	return r;
}
