#pragma once
/* Parts that may be bad, what each saw, and the hypotheses about them. Not for callers of the
 * library. */
#include "lib/attribution/priors.h"
#include "lib/attribution/trials_state.h"

#define PART_NONE UINT32_MAX

enum part_shape {
	PART_KNOWN,	   /* @component */
	PART_UNKNOWN,	   /* of @kind, in all trials without a record of it */
	PART_UNKNOWN_WITH, /* of @kind, in those of them in which @component took part */
	PART_SURROUNDINGS, /* in all trials */
};

/* Of some trials. */
struct seen {
	uint32_t n;	/* combinations */
	double n_drops; /* as they were; all else is weighed (trials_state.h) */
	double hours, drops;
	double by[N_TRIAL_SIDES];
};

/* Something that may be bad. */
struct part {
	enum part_shape shape;
	enum ls_component_kind kind;
	uint16_t component;
	bool candidate;	     /* has a prior and took part in anything */
	double prior;	     /* among all parts, untried ones too: sums to 1 at most */
	double share;	     /* of its unknown kind; 0 for what is known */
	uint64_t membership; /* the same for parts of the same trials, else different */
	struct seen seen;
};

enum group {
	GROUP_GOOD,
	GROUP_FIRST, /* with parts[0] only; of a pair: with both */
	GROUP_SECOND,
	GROUP_BOTH,
	N_GROUPS,
};

struct tally {
	double hours, drops;
};

/* Trials of one group share one rate. No parts: nothing is special. */
struct hypothesis {
	uint32_t parts[2]; /* PART_NONE */
	bool together;	   /* bad together only */
	double probability;
	struct tally groups[N_GROUPS];
};

struct hypotheses {
	const struct ls_trials *trials;
	struct ls_blame_priors priors;
	size_t n_parts, n;
	struct part *parts;
	struct hypothesis *all; /* most probable first */
	struct seen total;
};

/* The parts of @hypotheses->trials, what each saw, and their priors. 0 or -ENOMEM. */
int hypotheses_find_parts(struct hypotheses *hypotheses);

void hypotheses_see(struct seen *seen, const struct combination *combination);
bool hypotheses_is_evidence(const struct combination *combination);

#define VARYING_KINDS 3 /* an unknown port, cable or device may have been used with anything */
#define MEMBERS_MAX   (1 + TRIAL_SLOTS * (1 + VARYING_KINDS))
/* Numbers of all parts that took part in @combination; how many. */
size_t hypotheses_members(const struct ls_trials *trials, const struct combination *combination,
			  uint32_t ret[MEMBERS_MAX]);
bool hypotheses_part_in(const struct part *part, const uint16_t slots[TRIAL_SLOTS]);
enum group hypotheses_group(const struct hypothesis *hypothesis, bool first, bool second);

/* Number of the part for a component, or for an unknown one of @kind (with COMPONENT_NONE). */
uint32_t hypotheses_part(const struct hypotheses *hypotheses, enum ls_component_kind kind,
			 uint16_t component);
