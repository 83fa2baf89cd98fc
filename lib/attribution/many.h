#pragma once
/*
 * More than two bad parts, as in a farm. Starting from the likeliest hypothesis, the part that
 * explains most of what is left is added as long as it gains more than its prior odds; then each is
 * taken out, and its place is offered to itself, to any other part, or to none, until nothing
 * changes. Without that exchange a computer or hub that was taken first would stand for its bad
 * ports. Each place is shared in the end among all parts that could fill it, given the others.
 * Deterministic. Not for callers of the library.
 */
#include "lib/attribution/parts.h"

/* Sets @hypotheses->many where three or more are found; they are sorted. 0 or -ENOMEM. */
int many_find(struct hypotheses *hypotheses);
