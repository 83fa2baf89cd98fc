#pragma once
/*
 * Which part is at fault: hypotheses about what is bad, their marginal likelihoods in closed form,
 * and the posterior of each suspect (DESIGN section 6). Drops are Poisson. Trials that share what a
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
 * Models, section 6.2.3). Without this, uneven rates accuse a good part in one of 25 simulated
 * setups.
 *
 * The hypotheses: nothing is special; one part is bad; two are, each on its own; two are together
 * and harmless apart; something that is not recorded and was always there (surroundings, software).
 *
 * What is unknown may be bad, too. An unlabelled cable is taken for one that was in all trials
 * without a label, or went along with any one device, port or host in them, or was a labelled one;
 * the same for ports and devices. Unrecorded hosts and controllers are taken for one each.
 *
 * A drop whose cause names a side (trial.h) is evidence for parts of that side, as far as it
 * happens more often than by mistake. m of n drops with a part name its side: by mistake at an
 * unknown rate that is Beta(1, 1/q - 1); if it is bad, three of four such faults never name their
 * side, and the others do at a rate that is Beta(1, 2). The likelihood of such a part is multiplied
 * by
 *
 *     3/4 + 1/4 * B(1 + m, 2 + n - m) / B(1, 2) * B(1, 1/q - 1) / B(1 + m, 1/q - 1 + n - m),
 *
 * at most by 50, because one fault repeats its symptoms, and the rules that name sides may err the
 * same way twice. A side that no drop names is no evidence: causes may not be recorded.
 *
 *     side     q      parts of it
 *     power    0.03   host, hub, port, device, model
 *     host     0.02   host, controller
 *     hub      0.05   hub
 *     device   0.1    device, model          (a bad cable makes devices time out, too)
 */
#include "lib/attribution/answer.h"
#include "lib/attribution/priors.h"
#include "lib/attribution/trials.h"

/* "not-enough-data", "nothing-special", "suspect", "inseparable". Never NULL. */
const char *ls_verdict_name(enum ls_verdict verdict);

/* 0, -EINVAL (a prior is negative or not finite, or a shape or hours is not > 0) or -ENOMEM. The
 * struct is big: the caller allocates it. */
int ls_blame_decide(const struct ls_trials *trials, const struct ls_blame_priors *priors,
		    struct ls_blame *ret);
