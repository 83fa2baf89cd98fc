#pragma once
/* What linkstat, or an observer who knows more, answers about a room: how likely each class of what
 * is in just the same sessions is bad. And what that answer is worth. */
#include "room.h"
#include "lib/attribution/blame.h"

#define CLASSES_MAX 1024

/* Of sessions. */
struct set {
	uint64_t bits[(SESSIONS_MAX + 63) / 64];
};

struct class
{
	struct set set;
	bool any_cable; /* a cable without a label */
	double probability;
};

struct answer {
	double nothing;
	size_t n;
	struct class classes[CLASSES_MAX]; /* the likeliest first */
	bool accuses;			   /* the first class, with its probability */
};

struct figures {
	unsigned int n, n_right, n_sure_wrong, n_accused, n_accused_right;
	double stated, log_loss;
	unsigned int n_of[N_TRUTHS], n_right_of[N_TRUTHS]; /* where it shows: */
	unsigned int n_broken; /* answers whose number is not that of what is named */
};

struct set set_of_part(const struct room *room, int part); /* as recorded */
struct set set_of_pair(const struct room *room, int a, int b);
struct set set_of_all(const struct room *room);
bool set_is(const struct set *a, const struct set *b);
bool set_is_empty(const struct set *set);
uint32_t set_drops(const struct room *room, const struct set *set);

void answer_put(struct answer *answer, const struct set *set, double probability);
/* Sorts, and decides by the rules of linkstat: 80 %, two drops, something outside. */
void answer_decide(const struct room *room, struct answer *answer);
void answer_of_blame(const struct room *room, const struct ls_blame *blame, struct answer *ret);

void figures_add(struct figures *figures, const struct room *room, const struct answer *answer);

/* observer.c: exact Bayes by quadrature, for one who knows the generating model. Cables have labels.
 */
void observer_answer(const struct room *room, struct answer *ret);
