#pragma once
/*
 * A bad cable without a label. Cables without a label are told apart by nothing but the order of
 * sessions: a cable mostly stays where it is from one session to the next. So the bad one is a
 * hidden state: it stays with probability 3/4, and otherwise any of 4 cables is next. The likelihood
 * of all sessions without a label is that of the forward algorithm (Rabiner 1989), over the last
 * UNLABELLED_MAX of them. Not for callers of the library.
 */
#include "lib/attribution/parts.h"

/* log evidence for each shape. False where no session is without a label. 0 or -ENOMEM. */
int chain_evidence(const struct hypotheses *hypotheses, double ret[N_SHAPES]);
