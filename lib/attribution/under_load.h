#pragma once
/*
 * Under load only: what is bad may be so only while data flows, and hours without load are then no
 * evidence for or against it. Where it is known when data flowed, both possibilities are considered,
 * each with the prior 1/2 and for the whole table: with the hours and drops of each session, and with
 * those under load, while the rest of the time is good. What is left out of the likelihoods
 * (likelihood.h) is common to both, as the drops of a session fall under load in proportion to the
 * time if it makes no difference. Not for callers of the library.
 */
#include "lib/attribution/parts.h"

/*
 * Makes the probabilities of @all the means over both possibilities; @loaded: the hypotheses about
 * the same trials under load. Unsorted. 0 or -ENOMEM.
 */
int under_load_mix(struct hypotheses *all, const struct hypotheses *loaded);
