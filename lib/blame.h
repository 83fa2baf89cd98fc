#pragma once
/*
 * Who is to blame: hypotheses about which component is bad, their marginal likelihoods in closed
 * form, and the posterior of each suspect. Under "c is bad" the trials with c share one rate and
 * the others another one, each with a Gamma prior (DESIGN section 6 of the numbers).
 */
#include "lib/trials.h"

/* Documented in linkstat.1 and changeable by the person; weights are relative, not normalised. */
struct ls_blame_priors {
	double nothing;				/* that nothing is special */
	double component[LS_N_COMPONENT_KINDS]; /* that the bad one is of this kind */
	double pair;				/* that it is two together */
	double good_shape, good_hours;		/* Gamma prior of a good part's drops per hour */
	double bad_shape, bad_hours;		/* … of a bad one's */
};
void ls_blame_priors_default(struct ls_blame_priors *priors);

#define LS_MAX_SUSPECTS 64 /* the likeliest; the rest is summed in @others */

struct ls_suspect {
	enum ls_component_kind kind, with_kind; /* with_kind: of a pair */
	char name[LS_COMPONENT_NAME_MAX];
	char with[LS_COMPONENT_NAME_MAX]; /* the other one of a pair, else "" */
	double probability;
	uint32_t drops; /* with it */
	double hours;
	uint32_t
		drops_without; /* where at least one of the other components of its trials took part
				 * too: "the same sockets and devices without it" */
	double hours_without;
	uint32_t n_ports, n_cables, n_devices, n_hosts; /* that it was tried with */
	unsigned int group; /* suspects with the same number cannot be told apart; 0: on its own */
};

enum ls_verdict {
	LS_VERDICT_NOT_ENOUGH_DATA,
	LS_VERDICT_NOTHING_SPECIAL,
	LS_VERDICT_SUSPECT,	/* suspects[0], or its whole group */
	LS_VERDICT_INSEPARABLE, /* something is bad, and what was never varied apart shares it */
};

struct ls_never_varied {
	enum ls_component_kind kind;
	char name[LS_COMPONENT_NAME_MAX];
};

struct ls_blame {
	enum ls_verdict verdict;
	double probability;	/* of the verdict */
	double nothing, others; /* posteriors: nothing special; suspects not listed */
	size_t n_suspects;
	struct ls_suspect suspects[LS_MAX_SUSPECTS]; /* most probable first */
	size_t n_never_varied;
	struct ls_never_varied never_varied[LS_N_COMPONENT_KINDS + LS_TRIAL_HUBS_MAX];
	uint32_t drops;
	double hours;
};

/* 0 or -ENOMEM. The struct is big: the caller allocates it. */
int ls_blame_decide(const struct ls_trials *trials, const struct ls_blame_priors *priors,
		    struct ls_blame *ret);
