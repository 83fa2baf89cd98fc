#pragma once
/* What the simulated worlds add up to. */
#include "room.h"

enum answer {
	ANSWER_RIGHT,
	ANSWER_WRONG,
	ANSWER_RIGHT_GROUP,
	ANSWER_WRONG_GROUP,
	ANSWER_CLEARED, /* "nothing special", and so it is */
	ANSWER_MISSED,
	ANSWER_NOT_ENOUGH,
	N_ANSWERS,
};

#define N_TRUTHS (TRUTH_SURROUNDINGS + 1)
#define N_BINS	 12

struct calibration {
	unsigned int n[N_BINS], n_true[N_BINS];
	double stated[N_BINS];
};

enum strategy {
	STRATEGY_ADVICE,
	STRATEGY_RANDOM,
	STRATEGY_ORDER, /* cable, port, device */
	N_STRATEGIES,
};

#define SESSIONS_MAX 40

struct race {
	unsigned int n, n_right, n_wrong;
	unsigned int
		sessions[SESSIONS_MAX + 1]; /* how many worlds needed so many; the last: more */
	double hours;
};

struct figures {
	unsigned int n, answers[N_TRUTHS][N_ANSWERS];
	unsigned int n_sure, n_sure_wrong, n_sure_half; /* accusations over 90 % */
	struct calibration suspects, verdicts, nothing;
	struct race races[N_STRATEGIES];
	unsigned int n_intervals, n_covered;
};

void figures_verdict(struct figures *figures, const struct room *room, enum answer answer,
		     const struct ls_blame *blame);
void figures_calibrate(struct calibration *calibration, double stated, bool is_true);
void figures_cover(struct figures *figures, uint64_t seed);
void figures_print(const struct figures *figures);
bool figures_hold(const struct figures *figures); /* prints which goals are missed */

/* advice.c: how many sessions each strategy needs in one world. */
void advice_one_world(uint64_t seed, struct figures *figures);
