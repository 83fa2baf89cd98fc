#pragma once
/*
 * Hypotheses with two parts: each bad on its own, where both took part with the sum of their rates;
 * or bad together and harmless apart, which only a place, a cable and a device can be with each
 * other. Among the likeliest parts. Not for callers of the library.
 */
#include "lib/attribution/parts.h"

/* @hypotheses are single and sorted. 0 or -ENOMEM. */
int twos_add(struct hypotheses *hypotheses);
