#pragma once
/*
 * What to swap next: of the swaps that the known components allow, the one with the largest
 * expected gain of information about who is to blame, and for how long it must run.
 */
#include "lib/blame.h"

/* One component of a trial put in place of another, everything else as before. */
struct ls_swap {
	bool possible; /* false: one of each; @get names the single kind to get another one of */
	enum ls_component_kind get;
	enum ls_component_kind kind; /* what is swapped */
	char from[LS_COMPONENT_NAME_MAX], to[LS_COMPONENT_NAME_MAX];
	/* The trial to run: everything that takes part, @to included. "" where it is unknown. */
	char names[LS_N_COMPONENT_KINDS][LS_COMPONENT_NAME_MAX];
	double run_hours;
	double gain_bits; /* expected */
	struct ls_swap_outcome {
		bool drop; /* this outcome: a drop within run_hours, or none */
		double probability;
		enum ls_verdict verdict; /* what it would mean … */
		enum ls_component_kind kind;
		char name[LS_COMPONENT_NAME_MAX];
		double certainty; /* … and how sure that would be */
	} outcomes[2];
};

/* 0 or -ENOMEM. */
int ls_swap_advise(const struct ls_trials *trials, const struct ls_blame_priors *priors,
		   struct ls_swap *ret);
