#include "advice.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/attribution/blame.h"
#include "lib/attribution/swap.h"
#include "room.h"

#define SWAPS_MAX 40
#define SURE	  0.9

static struct ls_blame blame;
static struct ls_swap swap;

enum strategy {
	STRATEGY_ADVICE,
	STRATEGY_RANDOM,
	STRATEGY_ORDER, /* cable, port, device */
	N_STRATEGIES,
};

struct race {
	unsigned int n, n_sessions, n_never, n_wrong;
	double hours;
};

struct choice {
	size_t port, cable, device;
};

struct story {
	struct room room;
	struct choice base; /* dropped */
	unsigned int n;	    /* swaps made */
};

static struct session
live(struct story *story, struct choice choice, double hours, struct ls_trials *trials)
{
	struct session session;

	room_session(&story->room, choice.port, choice.cable, choice.device, hours, true, &session);
	session.start_h = 10.0 * story->n;
	room_add(&story->room, &session, trials);
	return session;
}

/* The ports whose way to the computer leads through @part. */
static uint64_t
ports_through(struct room *room, int part)
{
	uint64_t ports = 0;

	for (size_t i = 0; i < room->n[LS_COMPONENT_PORT]; i++) {
		struct session session;

		room_session(room, i, 0, 0, 0, true, &session);
		ports |= (uint64_t)session_has(&session, part) << i;
	}
	return ports;
}

/* Whether swaps can separate the bad part from all others: no other is on the path of just the same
 * ports. */
static bool
is_separable(struct room *room)
{
	int bad = room->bad[0];
	uint64_t ports = ports_through(room, bad);

	if (room->kind[bad] == LS_COMPONENT_CABLE || room->kind[bad] == LS_COMPONENT_DEVICE)
		return true;
	if (!ports || ports == (UINT64_C(1) << room->n[LS_COMPONENT_PORT]) - 1)
		return false;
	for (int part = 0; part < (int)room->first[LS_COMPONENT_CABLE]; part++) {
		if (part != bad && ports_through(room, part) == ports)
			return false;
	}
	return true;
}

static size_t
another(struct room *room, enum ls_component_kind kind, size_t than)
{
	size_t other;

	do
		other = rng_below(&room->rng, (unsigned int)room->n[kind]);
	while (other == than);
	return other;
}

static struct choice
swap_one(struct story *story, unsigned int which)
{
	struct choice choice = story->base;

	if (which == 0)
		choice.cable = another(&story->room, LS_COMPONENT_CABLE, choice.cable);
	else if (which == 1)
		choice.port = another(&story->room, LS_COMPONENT_PORT, choice.port);
	else
		choice.device = another(&story->room, LS_COMPONENT_DEVICE, choice.device);
	return choice;
}

static size_t
number_of(const struct room *room, enum ls_component_kind kind)
{
	return (size_t)part_of_name(room, swap.names[kind]) - room->first[kind];
}

static struct choice
choose(struct story *story, enum strategy strategy)
{
	if (strategy == STRATEGY_ORDER)
		return swap_one(story, story->n % 3);
	if (strategy == STRATEGY_RANDOM || !swap.possible)
		return swap_one(story, rng_below(&story->room.rng, 3));
	return (struct choice){
		.port = number_of(&story->room, LS_COMPONENT_PORT),
		.cable = number_of(&story->room, LS_COMPONENT_CABLE),
		.device = number_of(&story->room, LS_COMPONENT_DEVICE),
	};
}

/* Whether @trials make anything a suspect at 90 %; and rightly. */
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
	*ret_right = !blame.suspects[0].with[0] &&
		     part_of_name(room, blame.suspects[0].name) == room->bad[0];
	return blame.verdict == LS_VERDICT_SUSPECT && blame.probability >= SURE;
}

static void
run(struct story story, enum strategy strategy, struct race *race)
{
	ls_auto(ls_trials) *trials = NULL;
	bool right = false;

	if (ls_trials_new(&trials) < 0)
		abort();
	for (size_t i = 0; i < PARTS_MAX; i++) { /* all that is there, as trials of no time */
		struct session session;

		room_session(&story.room, i % story.room.n[LS_COMPONENT_PORT],
			     i % story.room.n[LS_COMPONENT_CABLE],
			     i % story.room.n[LS_COMPONENT_DEVICE], 0, true, &session);
		room_add(&story.room, &session, trials);
	}
	live(&story, story.base, 1000, trials); /* until it drops */
	race->n++;
	while (story.n < SWAPS_MAX && !is_decided(&story.room, trials, &right)) {
		story.n++;
		race->hours += live(&story, choose(&story, strategy), swap.run_hours, trials).hours;
	}
	race->n_sessions += story.n;
	race->n_never += story.n == SWAPS_MAX;
	race->n_wrong += story.n < SWAPS_MAX && !right;
}

/* One bad part that can be separated in this room, and a first drop with it. */
static void
one_world(enum family family, uint64_t seed, struct race races[N_STRATEGIES])
{
	static struct story story;
	struct session session;

	memset(&story, 0, sizeof(story));
	room_make(&story.room, family, seed ^ 0xad71ce);
	room_make_bad(&story.room, TRUTH_ONE);
	if (!is_separable(&story.room))
		return;
	do {
		story.base = (struct choice){
			.port = rng_below(&story.room.rng,
					  (unsigned int)story.room.n[LS_COMPONENT_PORT]),
			.cable = rng_below(&story.room.rng,
					   (unsigned int)story.room.n[LS_COMPONENT_CABLE]),
			.device = rng_below(&story.room.rng,
					    (unsigned int)story.room.n[LS_COMPONENT_DEVICE]),
		};
		room_session(&story.room, story.base.port, story.base.cable, story.base.device, 0,
			     true, &session);
	} while (!session_has(&session, story.room.bad[0]));
	for (unsigned int i = 0; i < N_STRATEGIES; i++)
		run(story, i, &races[i]);
}

double
advice_print(unsigned long first, unsigned long n, bool uneven)
{
	static const char *const names[N_STRATEGIES] = { "advice", "at random",
							 "cable, port, device" };
	struct race races[N_STRATEGIES] = { 0 };

	for (unsigned long seed = first; seed < first + n; seed++)
		one_world(uneven ? FAMILY_GAMMA_1 : FAMILY_POISSON, seed, races);
	for (size_t i = 0; i < N_STRATEGIES && races[i].n; i++)
		printf("%s: %-20s %4u worlds, %.2f sessions until 90 %% sure, %.1f h, never %.1f "
		       "%%, wrong %.1f %%\n",
		       uneven ? "gamma-1" : "poisson", names[i], races[i].n,
		       (double)races[i].n_sessions / races[i].n, races[i].hours / races[i].n,
		       100.0 * races[i].n_never / races[i].n,
		       100.0 * races[i].n_wrong / races[i].n);
	return races[STRATEGY_ORDER].n_sessions ? (double)races[STRATEGY_ADVICE].n_sessions /
							  races[STRATEGY_ORDER].n_sessions
						: 0;
}
