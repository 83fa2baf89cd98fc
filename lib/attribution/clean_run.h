#pragma once
/*
 * The longest time without a drop, told piece by piece and joined in any size of pieces: what a
 * week, a session or ten years know of it. Amounts are of any unit, and >= 0. Zero is empty.
 */
#include "lib/base/base.h"

struct ls_clean_run {
	double all;	   /* of exposure */
	double head, tail; /* before the first drop, after the last one; all where there was none */
	double best;	   /* the longest between two drops, the beginning or the end */
	bool dropped;
};

/* More without a drop, at the end. */
void ls_clean_run_add(struct ls_clean_run *run, double amount);
/* A drop at the end. */
void ls_clean_run_drop(struct ls_clean_run *run);
/* What came after it. */
void ls_clean_run_join(struct ls_clean_run *run, const struct ls_clean_run *later);
