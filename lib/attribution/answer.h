#pragma once
/*
 * What attribution answers: suspects and one verdict; shapes only. lib/attribution/blame.h has the
 * model.
 */
#include "lib/attribution/trial.h"

#define LS_BLAME_SURE	   0.8 /* a verdict needs this probability … */
#define LS_BLAME_DROPS_MIN 2   /* … and a suspect so many drops: one may be chance */

#define LS_MAX_SUSPECTS 64 /* the likeliest; the rest is summed in @others */

/*
 * What may be bad: a part; a pair; an unknown part (@name ""), which may go along with a known one;
 * or the surroundings (@kind LS_N_COMPONENT_KINDS): something that is not recorded and was always
 * there.
 */
struct ls_suspect {
	enum ls_component_kind kind;
	enum ls_component_kind
		with_kind; /* of a pair, or of what an unknown part goes along with */
	char name[LS_COMPONENT_NAME_MAX];
	char with[LS_COMPONENT_NAME_MAX];
	double probability; /* that it is bad; two may be, so the sum can exceed 1 */
	uint32_t drops;	    /* with it */
	double hours;
	uint32_t drops_without; /* where at least one of the ports, cables and devices of its trials
				* took part too: "the same sockets and devices without it" */
	double hours_without;
	uint32_t n_ports, n_cables, n_devices, n_hosts; /* that it dropped with */
	int64_t since_us; /* it is likely to have begun then, CLOCK_REALTIME; 0: no such date */
	/* What took part with it since then and was never used before; "": nothing. */
	enum ls_component_kind came_kind;
	char came[LS_COMPONENT_NAME_MAX];
	/* Suspects with the same number are of exactly the same trials: no session tells them
	 * apart. From 1 on, the likeliest class first. */
	unsigned int group;
};

enum ls_verdict {
	/* Includes: something is certainly bad, but what was never varied. */
	LS_VERDICT_NOT_ENOUGH_DATA,
	LS_VERDICT_NOTHING_SPECIAL,
	/* The only suspect of the first class, or a device and its model. */
	LS_VERDICT_SUSPECT,
	/* One of the first class. */
	LS_VERDICT_INSEPARABLE,
	/* No part: it drops with all of them. */
	LS_VERDICT_SURROUNDINGS,
};
struct ls_never_varied {
	enum ls_component_kind kind;
	char name[LS_COMPONENT_NAME_MAX]; /* "": it was never recorded */
};

struct ls_blame {
	enum ls_verdict verdict;
	/* Of the verdict. If it accuses, the sum of the first @n_named suspects, which are named
	 * together or not at all. NOT_ENOUGH_DATA: that of the first class. */
	double probability;
	double nothing, surroundings, others; /* posteriors; others: of suspects not listed */
	/* That what is bad is so only while data flows; 0 where it is not known when it did. */
	double under_load;
	size_t n_named; /* of the first class */
	size_t n_suspects;
	/* Classes by their probability, in each the most probable first; at least 0.1 % each. */
	struct ls_suspect suspects[LS_MAX_SUSPECTS];
	size_t n_never_varied;
	struct ls_never_varied never_varied[LS_N_COMPONENT_KINDS + LS_TRIAL_HUBS_MAX];
	uint32_t drops;
	double hours;
};

/* Whether the verdict accuses: what it names is a class of suspects. */
static inline bool
ls_blame_accuses(const struct ls_blame *blame)
{
	return blame->verdict == LS_VERDICT_SUSPECT || blame->verdict == LS_VERDICT_INSEPARABLE ||
	       blame->verdict == LS_VERDICT_SURROUNDINGS;
}

/* That one of the suspects of @group is bad. */
static inline double
ls_blame_class(const struct ls_blame *blame, unsigned int group)
{
	double sum = 0;

	for (size_t i = 0; i < blame->n_suspects; i++)
		sum += blame->suspects[i].group == group ? blame->suspects[i].probability : 0;
	return sum;
}
