#pragma once
/* From facts to a cause, by evidence that adds up: the table is in weights.c. */
#include "lib/engine/facts.h"
#include "lib/model/record.h"

/*
 * Sets cause, side, drop, confidence and why from facts and sources. The cause is the one that the
 * weights of all facts together make the most probable, or unknown if none is probable enough.
 */
void ls_cause_decide(struct ls_incident *incident);

/* What was decided of one incident, and of what. Zero: nothing yet. */
struct ls_cause_decision {
	bool made;
	uint64_t facts;
	ls_source_set sources;
	bool has_children;
	enum ls_cause cause;
	enum ls_side side;
	bool drop;
	double confidence;
	char why[LS_TEXT_MAX];
};

/* The same, for an incident that is emitted again and again: unless something changed, as before. */
void ls_cause_decide_again(struct ls_incident *incident, struct ls_cause_decision *last);

struct weight_table;
/* The same by another table, as what fits one tries them; and the probability of each cause. */
void ls_cause_decide_by(const struct weight_table *table, struct ls_incident *incident);
void ls_cause_probabilities(const struct weight_table *table, const struct ls_incident *incident,
			    double ret[LS_N_CAUSES]);

#define LS_RULED_OUT_MAX 8
/*
 * What the evidence rules out, as static texts for people: "power: no over-current was
 * reported", the likeliest of them first. Only what would have been seen is ruled out. The number of texts; 0 where the cause
 * is plain anyway.
 */
size_t ls_cause_ruled_out(const struct ls_incident *incident, const char *ret[LS_RULED_OUT_MAX]);
