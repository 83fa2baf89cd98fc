/*
 * How good the verdicts are, in rooms with known truth: how often right, wrong, or not enough data;
 * whether 90 % means 90 %; how many sessions the advice saves; what the intervals cover.
 * Usage: simulate [--worlds N] [--first SEED] [--uneven] [--check]. --uneven breaks the model on purpose: rates
 * change from one session to the next. --check fails when a goal is missed.
 */
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "figures.h"
#include "room.h"

static struct ls_blame blame;

/* In these shares; users run linkstat when there is a problem. */
static enum truth
draw_truth(struct rng *rng)
{
	double roll = rng_uniform(rng);

	if (roll < 0.30)
		return TRUTH_NOTHING;
	if (roll < 0.75)
		return TRUTH_ONE;
	if (roll < 0.90)
		return TRUTH_TWO;
	return roll < 0.95 ? TRUTH_PAIR : TRUTH_SURROUNDINGS;
}

/* A bad model cannot be found if the model is not recorded. */
static bool
is_of_bad_model(const struct room *room, int part)
{
	return part / ROOM_MAX == LS_COMPONENT_DEVICE && !room->models_known &&
	       room->bad[LS_COMPONENT_MODEL * ROOM_MAX + room->device_model[part % ROOM_MAX]];
}

/* One whose partner was never apart from it stands for both. */
static bool
is_bad_pair(const struct room *room, const struct ls_suspect *suspect)
{
	int part = room_part(suspect->kind, suspect->name);
	int with = suspect->with[0] ? room_part(suspect->with_kind, suspect->with) : NO_PART;

	for (size_t i = 0; i < 2; i++) {
		if (part == room->bad_parts[i] && part != NO_PART &&
		    (suspect->with[0] ? with == room->bad_parts[1 - i] : !room->apart[i]))
			return true;
	}
	return false;
}

static bool
is_bad(const struct room *room, const struct ls_suspect *suspect)
{
	int part = room_part(suspect->kind, suspect->name);

	if (suspect->with[0] || room->truth == TRUTH_PAIR)
		return room->truth == TRUTH_PAIR && is_bad_pair(room, suspect);
	if (part != NO_PART)
		return room->bad[part] || is_of_bad_model(room, part);
	for (size_t i = 0; i < 2; i++) { /* an unlabelled one */
		if (room->bad_parts[i] != NO_PART &&
		    room->bad_parts[i] / ROOM_MAX == (int)suspect->kind &&
		    room->used[room->bad_parts[i]])
			return true;
	}
	return false;
}

static bool
anything_bad(const struct room *room)
{
	if (room->truth == TRUTH_SURROUNDINGS)
		return true;
	if (room->truth == TRUTH_PAIR)
		return room->pair_used;
	for (size_t i = 0; i < 2; i++) {
		if (room->bad_parts[i] != NO_PART && room->used[room->bad_parts[i]])
			return true;
	}
	return false;
}

/* A model that all devices had and that is not recorded counts as surroundings. */
static bool
has_bad_model_only(const struct room *room)
{
	for (unsigned int i = 0; i < room->n[LS_COMPONENT_DEVICE]; i++) {
		int device = LS_COMPONENT_DEVICE * ROOM_MAX + (int)i;

		if (room->used[device] && !is_of_bad_model(room, device))
			return false;
	}
	return true;
}

static bool
group_is_right(const struct room *room)
{
	unsigned int group = blame.suspects[0].group;
	bool right = is_bad(room, &blame.suspects[0]);

	for (size_t i = 1; group && i < blame.n_suspects; i++)
		right |= blame.suspects[i].group == group && is_bad(room, &blame.suspects[i]);
	if (room->truth == TRUTH_SURROUNDINGS || has_bad_model_only(room))
		right |= blame.suspects[0].hours >= blame.hours * (1 - 1e-9);
	return right;
}

/* A device that cannot be separated from its model counts for it. */
static bool
accusation_is_right(const struct room *room)
{
	const struct ls_suspect *first = &blame.suspects[0];
	bool right = is_bad(room, first);

	for (size_t i = 1; first->group && i < blame.n_suspects; i++) {
		const struct ls_suspect *other = &blame.suspects[i];
		bool side =
			(first->kind == LS_COMPONENT_DEVICE || first->kind == LS_COMPONENT_MODEL) &&
			(other->kind == LS_COMPONENT_DEVICE || other->kind == LS_COMPONENT_MODEL);

		right |= other->group == first->group && side && is_bad(room, other);
	}
	return right;
}

static enum answer
judge(const struct room *room)
{
	switch (blame.verdict) {
	case LS_VERDICT_NOTHING_SPECIAL:
		return anything_bad(room) ? ANSWER_MISSED : ANSWER_CLEARED;
	case LS_VERDICT_SUSPECT:
		return accusation_is_right(room) ? ANSWER_RIGHT : ANSWER_WRONG;
	case LS_VERDICT_INSEPARABLE:
		return group_is_right(room) ? ANSWER_RIGHT_GROUP : ANSWER_WRONG_GROUP;
	default:
		return ANSWER_NOT_ENOUGH;
	}
}

static void
decide(const struct ls_trials *trials)
{
	struct ls_blame_priors priors;
	int r;

	ls_blame_priors_default(&priors);
	r = ls_blame_decide(trials, &priors, &blame);
	assert(r == 0);
	(void)r;
}

static void
live_one_world(uint64_t seed, bool uneven, struct figures *figures)
{
	static struct room room;
	ls_auto(ls_trials) *trials = NULL;
	const struct ls_suspect *first = &blame.suspects[0];
	unsigned int n;

	room_make(&room, seed);
	room.uneven = uneven;
	room_make_bad(&room, draw_truth(&room.rng), (1U << LS_N_COMPONENT_KINDS) - 1);
	n = (unsigned int)rng_log_uniform(&room.rng, 3, 80);
	if (ls_trials_new(&trials) < 0)
		abort();
	room_live(&room, n, trials);
	decide(trials);
	figures_verdict(figures, &room, judge(&room), &blame);
	if (blame.n_suspects && blame.drops >= LS_BLAME_DROPS_MIN)
		figures_calibrate(&figures->suspects, first->probability, is_bad(&room, first));
	figures_calibrate(&figures->nothing, blame.nothing, !anything_bad(&room));
}

int
main(int argc, char **argv)
{
	static struct figures figures;
	unsigned long worlds = 1000, first = 1;
	bool check = false, uneven = false;

	for (int i = 1; i < argc; i++) {
		check |= strcmp(argv[i], "--check") == 0;
		uneven |= strcmp(argv[i], "--uneven") == 0;
		if (strcmp(argv[i], "--worlds") == 0 && i + 1 < argc)
			worlds = strtoul(argv[++i], NULL, 10);
		if (strcmp(argv[i], "--first") == 0 && i + 1 < argc)
			first = strtoul(argv[++i], NULL, 10);
	}
	for (uint64_t seed = first; seed < first + worlds; seed++)
		live_one_world(seed, uneven, &figures);
	for (uint64_t seed = first; seed < first + worlds; seed++)
		figures_cover(&figures, seed);
	for (uint64_t seed = first; seed < first + worlds; seed++)
		advice_one_world(seed, &figures);
	figures_print(&figures);
	return check && !figures_hold(&figures) ? 1 : 0;
}
