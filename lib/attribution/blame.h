#pragma once
/*
 * Which part is at fault: hypotheses about what is bad, how likely the sessions are under each, and
 * the posterior of each class of suspects.
 *
 * All good sessions share one rate of Poisson drops, with the prior Gamma(0.7, 300 h). Sessions of
 * something bad share another one, x, with the prior Gamma(1.3, 0.35 h), but differ from each other:
 * lib/attribution/likelihood.h has the formula. Either all sessions are alike or they differ much,
 * each with probability 1/2 and for the whole table, so that a hypothesis has the mean of both. Ten
 * drops in one session then say less than ten in ten, and one long session without a drop clears
 * nobody.
 *
 * The hypotheses: nothing is special; one part is bad; two are, each on its own (with the sum of
 * their rates where both took part); two are together and harmless apart (a place, a cable and a
 * device can be); something that is not recorded and was always there (surroundings, software). A
 * single one may have begun on a date: lib/attribution/since.h.
 *
 * Where it is known when data flowed, what is bad may be so under load only:
 * lib/attribution/under_load.h.
 *
 * What is unknown may be bad, too. An unlabelled cable is taken for one that mostly stays where it
 * is from one session to the next (lib/attribution/chain.h), for one that goes along with a device or
 * port, for one that was in all sessions without a label, or for a labelled one. The same, but the
 * first, for ports, devices and computers.
 *
 * Parts, unknown parts, pairs and surroundings of exactly the same sessions are one class: no session
 * tells them apart. Its probability is their sum, and they are named together or not at all.
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

/* "not-enough-data", "nothing-special", "suspect", "inseparable", "surroundings". Never NULL. */
const char *ls_verdict_name(enum ls_verdict verdict);

/* 0, -EINVAL (a prior is negative or not finite, or a shape or hours is not > 0) or -ENOMEM. The
 * struct is big: the caller allocates it. */
int ls_blame_decide(const struct ls_trials *trials, const struct ls_blame_priors *priors,
		    struct ls_blame *ret);
