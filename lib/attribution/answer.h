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
 * @name "" is an unknown one (an unlabelled cable): all unknown ones of the kind in one suspect,
 * whose drops and hours are those of all trials without a name for it.
 */
struct ls_suspect {
	enum ls_component_kind kind, with_kind; /* with_kind: of a pair */
	char name[LS_COMPONENT_NAME_MAX];
	char with[LS_COMPONENT_NAME_MAX]; /* the other one of a pair, else "" */
	double probability;		  /* that it is bad; two may be, so the sum can exceed 1 */
	uint32_t drops;			  /* with it */
	double hours;
	uint32_t drops_without; /* where at least one of the ports, cables and devices of its trials
				* took part too: "the same sockets and devices without it" */
	double hours_without;
	uint32_t n_ports, n_cables, n_devices, n_hosts; /* that it was tried with */
	unsigned int group; /* suspects with the same number cannot be separated; 0: on its own */
};

enum ls_verdict {
	/* Includes: something is certainly bad, but what was never varied. */
	LS_VERDICT_NOT_ENOUGH_DATA,
	LS_VERDICT_NOTHING_SPECIAL,
	/* suspects[0], and any other with LS_BLAME_SURE. If it cannot be separated from its model
	 * (a device) or its device (a model), those two count as one and share @probability. */
	LS_VERDICT_SUSPECT,
	/* One of the group of suspects[0], which was never varied apart: they share
	 * @probability. */
	LS_VERDICT_INSEPARABLE,
};
struct ls_never_varied {
	enum ls_component_kind kind;
	char name[LS_COMPONENT_NAME_MAX]; /* "": it was never recorded */
};

struct ls_blame {
	enum ls_verdict verdict;
	double probability; /* of the verdict; NOT_ENOUGH_DATA: that of suspects[0], if any */
	double nothing, surroundings, others; /* posteriors; others: of suspects not listed */
	size_t n_suspects;
	struct ls_suspect suspects[LS_MAX_SUSPECTS]; /* most probable first, at least 0.1 % */
	size_t n_never_varied;
	struct ls_never_varied never_varied[LS_N_COMPONENT_KINDS + LS_TRIAL_HUBS_MAX];
	uint32_t drops;
	double hours;
};
