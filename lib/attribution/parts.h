#pragma once
/* Parts that may be bad, what each saw, and the hypotheses about them. Not for callers of the
 * library. */
#include "lib/attribution/likelihood.h"
#include "lib/attribution/priors.h"

#define PART_NONE    UINT32_MAX
#define OVERLAP_NONE UINT32_MAX

enum part_shape {
	PART_KNOWN,	   /* @component */
	PART_UNKNOWN,	   /* of @kind, in all trials without a record of it */
	PART_UNKNOWN_WITH, /* of @kind, in those of them in which @component took part */
	PART_CHAIN,	   /* an unlabelled cable, which stays or is exchanged (chain.h) */
	PART_SURROUNDINGS, /* in all trials */
};

/* Some trials. */
struct seen {
	uint32_t n;	     /* combinations */
	uint64_t membership; /* the same for the same trials, else different */
	double side_drops, by[N_TRIAL_SIDES];
	struct exposure exposure;
};

/* Something that may be bad. */
struct part {
	enum part_shape shape;
	enum ls_component_kind kind;
	uint16_t component;
	bool candidate; /* has a prior and took part in anything */
	double prior;	/* among all parts, untried ones too: sums to 1 at most */
	double share;	/* of its unknown kind; 0 for what is known */
	struct seen seen;
	struct rate_curve curve;
	/* Since when it may be bad (since.h): the likeliest slice, and how likely that it began at
	 * all. */
	double began;
	int32_t since;
	struct rate_curve since_curve;
};

/* No parts: nothing is special. */
struct hypothesis {
	uint32_t parts[2];	   /* PART_NONE */
	bool together;		   /* bad together only */
	uint32_t overlap;	   /* of two parts: index of what they have in common */
	double by_shape[N_SHAPES]; /* log of prior and evidence */
	double probability;
};

struct hypotheses {
	const struct ls_trials *trials;
	struct ls_blame_priors priors;
	struct rates rates;
	size_t n_parts, n, room;
	struct part *parts;
	struct hypothesis *all; /* most probable first */
	struct seen total;
	double idle_hours, idle_drops; /* of sessions, but not under load: nothing is bad then */
	size_t n_overlaps;
	struct seen *overlaps; /* of two parts */
	double *many;	       /* for each part, where more than two are bad (many.h); else NULL */
	double log_evidence;   /* of all hypotheses together */
	double under_load;     /* that what is bad is so under load only */
};

/* The parts of @hypotheses->trials, what each saw, and their priors. 0 or -ENOMEM. */
int hypotheses_find_parts(struct hypotheses *hypotheses);

/* @exposure: of all cells of @combination. */
void hypotheses_see(struct seen *seen, const struct combination *combination,
		    const struct exposure *exposure);
bool hypotheses_is_evidence(const struct combination *combination);

#define VARYING_KINDS 3 /* an unknown port, cable or device may have been used with anything */
#define MEMBERS_MAX   (2 + TRIAL_SLOTS * (1 + VARYING_KINDS))
/* Numbers of all parts that took part in @combination; how many. */
size_t hypotheses_members(const struct ls_trials *trials, const struct combination *combination,
			  uint32_t ret[MEMBERS_MAX]);
bool hypotheses_part_in(const struct part *part, const uint16_t slots[TRIAL_SLOTS]);

/* Number of the part for an unknown one of @kind, or for the surroundings. */
uint32_t hypotheses_unknown(const struct hypotheses *hypotheses, enum ls_component_kind kind);
uint32_t hypotheses_surroundings(const struct hypotheses *hypotheses);

/* Good trials: of all those without @bad. Their drops and hours add up, whatever their shape. */
double hypotheses_log_good(const struct hypotheses *hypotheses, double bad_drops, double bad_hours);
/* Adds one with its prior; its evidence is up to the caller. NULL: no memory. */
struct hypothesis *hypotheses_append(struct hypotheses *hypotheses, uint32_t first, uint32_t second,
				     double prior);
