#include "farm.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define HOSTS	20
#define PORTS	200
#define PHONES	200
#define CABLES	50
#define N_PARTS (HOSTS * 3 + PORTS + PHONES + CABLES)

static struct ls_blame blame;

struct farm {
	struct rng rng;
	double rate[N_PARTS]; /* 0: good */
};

/* Computers, their controllers and hubs, ports, phones, cables: numbered in this order. */
static void
find_path(unsigned int port, unsigned int phone, unsigned int cable, unsigned int ret[6])
{
	unsigned int host = port % HOSTS;

	ret[0] = host;
	ret[1] = HOSTS + host;
	ret[2] = 2 * HOSTS + host;
	ret[3] = 3 * HOSTS + port;
	ret[4] = 3 * HOSTS + PORTS + phone;
	ret[5] = 3 * HOSTS + PORTS + PHONES + cable;
}

static void
add_session(struct farm *farm, double start_h, struct ls_trials *trials)
{
	static const enum ls_component_kind kinds[] = {
		LS_COMPONENT_HOST, LS_COMPONENT_CONTROLLER, LS_COMPONENT_HUB,
		LS_COMPONENT_PORT, LS_COMPONENT_DEVICE,	    LS_COMPONENT_CABLE,
	};
	struct ls_trial trial = { .start_us = (int64_t)((400000 + start_h) * 3600e6) };
	double rate = 1.0 / 1000, first;
	char names[LS_COUNT(kinds)][16];
	unsigned int path[LS_COUNT(kinds)];
	int r;

	find_path(rng_below(&farm->rng, PORTS), rng_below(&farm->rng, PHONES),
		  rng_below(&farm->rng, CABLES), path);
	trial.hours = rng_log_uniform(&farm->rng, 0.1, 8);
	for (size_t i = 0; i < LS_COUNT(kinds); i++) {
		snprintf(names[i], sizeof(names[i]), "p%u", path[i]);
		rate += farm->rate[path[i]];
		if (kinds[i] == LS_COMPONENT_HUB)
			trial.hubs[trial.n_hubs++] = names[i];
		else
			trial.names[kinds[i]] = names[i];
	}
	first = -log(rng_uniform(&farm->rng)) / rate;
	if (rng_chance(&farm->rng, 0.5)) {
		trial.drops = first < trial.hours;
		trial.hours = fmin(first, trial.hours);
	} else {
		trial.drops = rng_poisson(&farm->rng, rate * trial.hours);
	}
	r = ls_trials_add(trials, &trial);
	assert(r == 1);
	(void)r;
}

static double
cpu_ms(void)
{
	return 1000.0 * (double)clock() / CLOCKS_PER_SEC;
}

/* A hub, its controller and its computer are in just the same sessions. */
static bool
is_bad(const struct farm *farm, const struct ls_suspect *suspect)
{
	unsigned int part = (unsigned int)atoi(suspect->name + 1);

	if (part >= 3 * HOSTS)
		return farm->rate[part] > 0;
	return farm->rate[part % HOSTS] > 0 || farm->rate[HOSTS + part % HOSTS] > 0 ||
	       farm->rate[2 * HOSTS + part % HOSTS] > 0;
}

static void
count(const struct farm *farm, struct farm_figures *figures)
{
	unsigned int group = 0;

	for (size_t i = 0; i < blame.n_suspects && ls_blame_accuses(&blame); i++) {
		double probability = ls_blame_class(&blame, blame.suspects[i].group);

		if (blame.suspects[i].group == group || probability < LS_BLAME_SURE)
			continue;
		group = blame.suspects[i].group;
		figures->n_named++;
		figures->n_false += !is_bad(farm, &blame.suspects[i]);
	}
	for (unsigned int part = 0; part < N_PARTS; part++) {
		bool twin = part < 3 * HOSTS && part >= HOSTS &&
			    (farm->rate[part % HOSTS] > 0 ||
			     (part >= 2 * HOSTS && farm->rate[HOSTS + part % HOSTS] > 0));

		figures->n_bad += farm->rate[part] > 0 && !twin;
	}
}

void
farm_judge(uint64_t seed, unsigned int n_sessions, double n_bad, struct farm_figures *figures)
{
	static struct farm farm;
	ls_auto(ls_trials) *trials = NULL;
	struct ls_blame_priors priors;
	double before_ms;
	int r = ls_trials_new(&trials);

	assert(r == 0);
	farm = (struct farm){ .rng = rng_of(seed ^ 0xfa43) };
	for (size_t i = 0; i < N_PARTS; i++) {
		if (rng_chance(&farm.rng, n_bad / N_PARTS))
			farm.rate[i] = rng_log_uniform(&farm.rng, 0.3, 12);
	}
	for (unsigned int i = 0; i < n_sessions; i++)
		add_session(&farm, i * 0.1, trials);
	ls_blame_priors_default(&priors);
	before_ms = cpu_ms();
	r = ls_blame_decide(trials, &priors, &blame);
	figures->cpu_ms += cpu_ms() - before_ms;
	assert(r == 0);
	(void)r;
	figures->n++;
	count(&farm, figures);
}

/* A lab: 10 ports of 2 computers, 12 cables, 12 phones; one phone is bad. */
double
farm_lab_ms(unsigned int n_sessions)
{
	struct rng rng = rng_of(7);
	ls_auto(ls_trials) *trials = NULL;
	struct ls_blame_priors priors;
	double before_ms;
	int r = ls_trials_new(&trials);

	for (unsigned int i = 0; i < n_sessions && r >= 0; i++) {
		unsigned int port = rng_below(&rng, 10), phone = rng_below(&rng, 12);
		char names[4][16];
		struct ls_trial trial = {
			.start_us = (int64_t)((400000 + i * 0.01) * 3600e6),
			.names = { [LS_COMPONENT_HOST] = names[0],
				   [LS_COMPONENT_PORT] = names[1],
				   [LS_COMPONENT_CABLE] = names[2],
				   [LS_COMPONENT_DEVICE] = names[3] },
			.hours = rng_log_uniform(&rng, 0.1, 8),
		};

		snprintf(names[0], sizeof(names[0]), "h%u", port % 2);
		snprintf(names[1], sizeof(names[1]), "p%u", port);
		snprintf(names[2], sizeof(names[2]), "c%u", rng_below(&rng, 12));
		snprintf(names[3], sizeof(names[3]), "d%u", phone);
		trial.drops = rng_poisson(&rng, trial.hours * (phone == 3 ? 0.5 : 0.001));
		r = ls_trials_add(trials, &trial);
	}
	ls_blame_priors_default(&priors);
	before_ms = cpu_ms();
	r = ls_blame_decide(trials, &priors, &blame);
	assert(r == 0 && strcmp(blame.suspects[0].name, "d3") == 0);
	(void)r;
	return cpu_ms() - before_ms;
}
