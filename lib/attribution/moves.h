#pragma once
/* Trials that could be run next: like the one that dropped most, with one or two things put in place
 * of others. Not for callers of the library. */
#include "lib/attribution/parts.h"

/* What is exchanged as a whole: a place has a port, and all that is above it. */
enum dimension {
	DIMENSION_CABLE,
	DIMENSION_PLACE,
	DIMENSION_DEVICE,
	N_DIMENSIONS,
};

struct move {
	uint16_t slots[TRIAL_SLOTS];
	unsigned int exchanged; /* a mask of 1 << dimension */
	double effort_hours;
};

/* The trial that failed most, or NULL. */
const struct combination *moves_base(const struct ls_trials *trials);
/* With each other known thing of each dimension, as it was used last. How many; *ret is freed by the
 * caller. -ENOMEM. */
int moves_known(const struct ls_trials *trials, const struct combination *base, struct move **ret);
/* Two of them at once; of different dimensions. */
struct move moves_join(const struct combination *base, const struct move *a, const struct move *b);
/* One of @kind that was never tried. False: there is no such place in @base. */
bool moves_fresh(const struct combination *base, enum ls_component_kind kind, struct move *ret);
/* The slot that names what was exchanged in @dimension: that which differs furthest up. */
size_t moves_slot(const struct combination *base, const struct move *move,
		  enum dimension dimension);
