#pragma once
/*
 * What to swap next: of the swaps that the known components allow, the one with the largest
 * expected gain of information about which part is at fault for each hour that it costs: its run,
 * the effort of the exchange, and a fixed part for making it at all.
 *
 * Each swap is one trial like the one that dropped most, with one or two things put in place of
 * others: a cable, a device (with its model), or a place to plug in (a port with all that is above
 * it; what differs furthest up names the swap: host, controller, hub, port). Two at once are advised
 * where that tells more, as it does where it halves the suspects. Its outcome, a drop or none within
 * the time it runs, has a probability under every hypothesis (foresight.h), and the gain is the
 * mutual information of outcome and hypothesis, in bits (Lindley 1956; MacKay, Information Theory,
 * section 8.1). A swap whose outcomes lead to the same verdict, or to the suspect who
 * is certain already, is not advised.
 */
#include "lib/attribution/answer.h"
#include "lib/attribution/priors.h"
#include "lib/attribution/trials.h"

/* Something put in place of something else, and all the rest as before. */
struct ls_swap {
	/* False: no known component would give more information (one of each, or all tried); or
	 * nothing at all is known yet. Then only @get, @run_hours and @gain_bits are set. */
	bool possible;
	/* The kind of which an untried one would give most; LS_N_COMPONENT_KINDS: none. */
	enum ls_component_kind get;
	double get_gain_bits;
	size_t n_exchanges; /* one or two */
	struct ls_exchange {
		enum ls_component_kind kind; /* what is swapped */
		char from[LS_COMPONENT_NAME_MAX], to[LS_COMPONENT_NAME_MAX];
	} exchanges[2];
	/* The trial to run: everything that takes part, @to included. "" where it is unknown. */
	char names[LS_N_COMPONENT_KINDS][LS_COMPONENT_NAME_MAX];
	char hubs[LS_TRIAL_HUBS_MAX][LS_COMPONENT_NAME_MAX]; /* from the root outward */
	size_t n_hubs;
	double run_hours; /* 5 minutes to 3 days */
	double gain_bits; /* expected */
	struct ls_swap_outcome {
		bool drop; /* this outcome: a drop within run_hours, or none */
		double probability;
		enum ls_verdict verdict; /* what it would mean … */
		/* … and the first suspect then, as in struct ls_suspect. False: none. */
		bool names;
		enum ls_component_kind kind;
		char name[LS_COMPONENT_NAME_MAX];
		char with[LS_COMPONENT_NAME_MAX];
		double certainty; /* … and how sure that would be */
	} outcomes[2];		  /* no drop, drop */
};

#define LS_SWAP_GAIN_MIN 0.01 /* bits; a swap that gains less is not advised */

/* 0, -EINVAL (priors) or -ENOMEM. The struct is big. */
int ls_swap_advise(const struct ls_trials *trials, const struct ls_blame_priors *priors,
		   struct ls_swap *ret);
