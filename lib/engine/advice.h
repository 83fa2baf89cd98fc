#pragma once
/*
 * What to do about an incident. A cause has general advice (lib/model/causes.def); where the side
 * or the facts of an incident make it another case for the person who has to act, a row says so.
 */
#include "lib/model/record.h"

struct ls_advice {
	enum ls_cause cause;
	/* The row is for incidents that have all of @all and none of @none, and … */
	uint64_t all, none;
	enum ls_side side;  /* … point to this side; LS_SIDE_UNKNOWN: to any. */
	enum ls_side first; /* where to look first; LS_SIDE_UNKNOWN: there is nothing to mend */
	const char *next;   /* for people: whole sentences */
};

/* The rows of a cause stand in the order in which they are asked: the first that fits counts. */
extern const struct ls_advice ls_advice_rows[];
extern const size_t ls_n_advice_rows;

/* The row for @incident, whose cause and side are decided; NULL: the general advice is right. */
const struct ls_advice *ls_advice_find(const struct ls_incident *incident);
/* What to do next. Never NULL. */
const char *ls_advice_next(const struct ls_incident *incident);
