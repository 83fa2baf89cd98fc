#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "figures.h"
#include "lib/attribution/swap.h"

static struct ls_blame blame;
static struct ls_swap swap;

/* A trial by its port, cable and device. */
struct trial {
	int port, cable, device;
};

struct story {
	struct room room;
	struct trial base; /* dropped */
	unsigned int n;	   /* swaps made */
};

static void
add_session(struct room *room, struct trial trial, double hours, struct ls_trials *trials,
	    struct session *ret)
{
	struct setup setup = room_setup(room, trial.port, trial.cable, trial.device);

	*ret = room_session(room, &setup, hours, true);
	room_add(room, ret, true, trials);
}

static bool
involves_bad(const struct room *room, struct trial trial)
{
	struct setup setup = room_setup(room, trial.port, trial.cable, trial.device);

	return room_has(&setup, room->bad_parts[0]);
}

/* The ports whose way to the host leads through @part. */
static unsigned int
ports_through(const struct room *room, int part)
{
	unsigned int ports = 0;

	for (unsigned int i = 0; i < room->n[LS_COMPONENT_PORT]; i++) {
		struct setup setup = room_setup(room, (int)i, 0, 0);

		if (room_has(&setup, part))
			ports |= 1U << i;
	}
	return ports;
}

/* Whether swaps can separate the bad part from all others: no other is on the path of just the same
 * ports. A cable and a device can always be separated. */
static bool
is_separable(const struct room *room)
{
	int bad = room->bad_parts[0];
	unsigned int ports = ports_through(room, bad);

	if (bad / ROOM_MAX >= LS_COMPONENT_CABLE)
		return true;
	if (!ports || ports == (1U << room->n[LS_COMPONENT_PORT]) - 1)
		return false;
	for (int part = 0; part < LS_COMPONENT_CABLE * ROOM_MAX; part++) {
		if (part != bad && ports_through(room, part) == ports)
			return false;
	}
	return true;
}

static struct trial
any_trial(struct room *room)
{
	return (struct trial){
		.port = (int)rng_below(&room->rng, room->n[LS_COMPONENT_PORT]),
		.cable = (int)rng_below(&room->rng, room->n[LS_COMPONENT_CABLE]),
		.device = (int)rng_below(&room->rng, room->n[LS_COMPONENT_DEVICE]),
	};
}

static int
another(struct room *room, enum ls_component_kind kind, int than)
{
	int other;

	do
		other = (int)rng_below(&room->rng, room->n[kind]);
	while (other == than);
	return other;
}

static struct trial
swap_one(struct story *story, enum ls_component_kind kind)
{
	struct trial trial = story->base;

	if (kind == LS_COMPONENT_CABLE)
		trial.cable = another(&story->room, kind, trial.cable);
	else if (kind == LS_COMPONENT_PORT)
		trial.port = another(&story->room, kind, trial.port);
	else
		trial.device = another(&story->room, kind, trial.device);
	return trial;
}

static struct trial
next_trial(struct story *story, enum strategy strategy)
{
	static const enum ls_component_kind order[] = {
		LS_COMPONENT_CABLE,
		LS_COMPONENT_PORT,
		LS_COMPONENT_DEVICE,
	};

	if (strategy == STRATEGY_ORDER)
		return swap_one(story, order[story->n % LS_COUNT(order)]);
	if (strategy == STRATEGY_RANDOM || !swap.possible)
		return swap_one(story, order[rng_below(&story->room.rng, LS_COUNT(order))]);
	return (struct trial){
		.port = room_part(LS_COMPONENT_PORT, swap.names[LS_COMPONENT_PORT]) % ROOM_MAX,
		.cable = room_part(LS_COMPONENT_CABLE, swap.names[LS_COMPONENT_CABLE]) % ROOM_MAX,
		.device =
			room_part(LS_COMPONENT_DEVICE, swap.names[LS_COMPONENT_DEVICE]) % ROOM_MAX,
	};
}

/* Whether @trials make anybody a suspect at 90 %; and rightly. */
static bool
is_decided(const struct room *room, const struct ls_trials *trials, bool *ret_right)
{
	struct ls_blame_priors priors;
	int r;

	ls_blame_priors_default(&priors);
	r = ls_blame_decide(trials, &priors, &blame);
	assert(r == 0);
	r = ls_swap_advise(trials, &priors, &swap);
	assert(r == 0);
	(void)r;
	*ret_right =
		!blame.suspects[0].with[0] &&
		room_part(blame.suspects[0].kind, blame.suspects[0].name) == room->bad_parts[0];
	return blame.verdict == LS_VERDICT_SUSPECT && blame.probability >= 0.9;
}

static void
run(struct story story, enum strategy strategy, struct race *race)
{
	ls_auto(ls_trials) *trials = NULL;
	struct session session;
	bool right = false;

	if (ls_trials_new(&trials) < 0)
		abort();
	room_inventory(&story.room, trials);
	add_session(&story.room, story.base, 1000, trials, &session); /* until it drops */
	race->n++;
	while (story.n < SESSIONS_MAX && !is_decided(&story.room, trials, &right)) {
		add_session(&story.room, next_trial(&story, strategy), swap.run_hours, trials,
			    &session);
		race->hours += session.hours;
		story.n++;
	}
	race->sessions[story.n]++;
	if (story.n < SESSIONS_MAX)
		right ? race->n_right++ : race->n_wrong++;
}

/* One bad part that can be separated in this room, and a first drop with it. */
void
advice_one_world(uint64_t seed, struct figures *figures)
{
	static struct story story;
	unsigned int kinds = 1U << LS_COMPONENT_CABLE | 1U << LS_COMPONENT_PORT |
			     1U << LS_COMPONENT_DEVICE | 1U << LS_COMPONENT_HUB |
			     1U << LS_COMPONENT_CONTROLLER | 1U << LS_COMPONENT_HOST;

	memset(&story, 0, sizeof(story));
	room_make(&story.room, seed ^ UINT64_C(0xad71ce));
	room_make_bad(&story.room, TRUTH_ONE, kinds);
	story.room.models_known = false;
	if (!is_separable(&story.room))
		return;
	do
		story.base = any_trial(&story.room);
	while (!involves_bad(&story.room, story.base));
	for (size_t i = 0; i < N_STRATEGIES; i++)
		run(story, i, &figures->races[i]);
}
