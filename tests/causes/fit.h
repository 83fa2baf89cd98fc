#pragma once
/* Fits the weights of the table of evidence to labelled incidents. */
#include "lib/engine/weights.h"

struct example {
	const struct ls_incident *incident; /* its facts and sources */
	unsigned int causes;		    /* those that an expert accepts, as bits */
	double weight;
	int file; /* of the same file: left out together */
};

/*
 * Moves the weights of @rows, which begin as the table's own, towards what makes the examples the
 * most probable, but not far: each cell that is not 0 is free, those that exclude stay. The
 * examples of file @but are left out; -1: none.
 */
void fit(struct weights rows[WEIGHTS_MAX], const struct example *examples, size_t n, int but);
