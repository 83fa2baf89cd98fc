#include "lib/attribution/clean_run.h"

#include <math.h>

void
ls_clean_run_add(struct ls_clean_run *run, double amount)
{
	const struct ls_clean_run later = {
		.all = amount, .head = amount, .tail = amount, .best = amount
	};

	ls_clean_run_join(run, &later);
}

void
ls_clean_run_drop(struct ls_clean_run *run)
{
	run->dropped = true;
	run->tail = 0;
}

void
ls_clean_run_join(struct ls_clean_run *run, const struct ls_clean_run *later)
{
	run->best = fmax(fmax(run->best, later->best), run->tail + later->head);
	if (!run->dropped)
		run->head += later->head;
	run->tail = later->dropped ? later->tail : run->tail + later->tail;
	run->all += later->all;
	run->dropped = run->dropped || later->dropped;
}
