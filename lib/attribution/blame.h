#pragma once
/*
 * Who is to blame: hypotheses about what is bad, their marginal likelihoods in closed form, and the
 * posterior of each suspect (DESIGN section 6). Drops are Poisson. Trials that share what a
 * hypothesis calls bad share one rate, all others share another one, each with a Gamma prior, so D
 * drops in T hours have the marginal likelihood
 *
 *     h^a / Gamma(a) * Gamma(a + D) / (h + T)^(a + D)         (times what all hypotheses share)
 *
 * of the Gamma-Poisson, that is negative binomial, distribution (Gelman et al., Bayesian Data
 * Analysis, section 2.6) with the shape a and the hours h of the prior.
 *
 * Drops of one session share its circumstances (load, heat, how the plug sits), so a session with d
 * drops is weighed by 1 / (1 + (d - 1) / 4), drops and hours alike: that of a rate whose squared
 * coefficient of variation between sessions is 1/4 (McCullagh and Nelder, Generalized Linear
 * Models, section 6.2.3). Without this, uneven rates make one wrong accusation in 25 rooms.
 *
 * The hypotheses: nothing is special; one part is bad; two are, each on its own; two are together
 * and harmless apart; something that is not recorded and was always there (surroundings, software).
 *
 * What is unknown may be bad, too. An unlabelled cable is taken for one that was in all trials
 * without a label, or went along with any one device, port or host in them, or was a labelled one;
 * the same for ports and devices. Unrecorded hosts and controllers are taken for one each.
 *
 * A drop whose cause names a side (trials.h) speaks for parts of that side, as far as it happens
 * more often than by mistake. m of n drops with a part name its side: by mistake at an unknown rate
 * that is Beta(1, 1/q - 1); if it is bad, three of four such faults never name their side, and the
 * others do at a rate that is Beta(1, 2). The likelihood of such a part is multiplied by
 *
 *     3/4 + 1/4 * B(1 + m, 2 + n - m) / B(1, 2) * B(1, 1/q - 1) / B(1 + m, 1/q - 1 + n - m),
 *
 * at most by 50, because one fault repeats its symptoms, and the rules that name sides may err the
 * same way twice. A side that no drop at all names says nothing: causes may not be recorded.
 *
 *     side     q      parts of it
 *     power    0.03   host, hub, port, device, model
 *     host     0.02   host, controller
 *     hub      0.05   hub
 *     device   0.1    device, model          (a bad cable makes devices time out, too)
 */
#include "lib/attribution/trials.h"

/* Documented in linkstat.1 and changeable by the person. Weights are relative, not normalised. */
struct ls_blame_priors {
	double nothing;	     /* that nothing is special */
	double one;	     /* that one thing is bad */
	double two;	     /* that two are, each on its own */
	double pair;	     /* that two are together, and harmless apart */
	double surroundings; /* against @component: something that is not recorded */
	double component[LS_N_COMPONENT_KINDS]; /* a part of this kind; those of a kind share it */
	double good_shape, good_hours;		/* Gamma prior of the drops per hour without it */
	double bad_shape, bad_hours;		/* … of those with what is bad */
};
/* Weights after the causes of 52 public cases (facts/field.md), rates after the same. */
void ls_blame_priors_default(struct ls_blame_priors *priors);

#define LS_BLAME_SURE	   0.8 /* a verdict needs this probability … */
#define LS_BLAME_DROPS_MIN 2   /* … and an accusation so many drops: one is an accident */

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
	unsigned int group; /* suspects with the same number cannot be told apart; 0: on its own */
};

enum ls_verdict {
	/* Includes: something is bad for sure, but nothing was varied that could tell what. */
	LS_VERDICT_NOT_ENOUGH_DATA,
	LS_VERDICT_NOTHING_SPECIAL,
	/* suspects[0], and any other with LS_BLAME_SURE. If it cannot be told apart from its model
	 * (a device) or its device (a model), those two count as one and share @probability. */
	LS_VERDICT_SUSPECT,
	/* One of the group of suspects[0], which was never varied apart: they share @probability. */
	LS_VERDICT_INSEPARABLE,
};
/* "not-enough-data", "nothing-special", "suspect", "inseparable". Never NULL. */
const char *ls_verdict_name(enum ls_verdict verdict);

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

/* 0, -EINVAL (a prior is negative or not finite, or a shape or hours is not > 0) or -ENOMEM. The
 * struct is big: the caller allocates it. */
int ls_blame_decide(const struct ls_trials *trials, const struct ls_blame_priors *priors,
		    struct ls_blame *ret);
