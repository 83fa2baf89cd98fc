#pragma once
/* The last sessions with their times, for patterns in the drops: how long one had run when it
 * dropped, and how short others are. */
#include "lib/attribution/pattern.h"
#include "lib/attribution/trial.h"

#define STAYS_MAX 10000

struct stay {
	uint64_t port, device; /* any numbers that name them */
	int64_t start_us;      /* 0: unknown */
	double seconds;	       /* connected, until its end or its drop */
	uint32_t drops;
	struct ls_condition_share conditions[LS_N_CONDITIONS];
};

struct stays {
	uint64_t n; /* added; the last STAYS_MAX of them are kept */
	struct stay all[STAYS_MAX];
};

void stays_add(struct stays *stays, const struct ls_trial *trial);

/* The drops of sessions of @port or @device (0: of any), one for each session that dropped once, oldest
 * first. @ret has room for STAYS_MAX. */
size_t stays_drops(const struct stays *stays, uint64_t port, uint64_t device,
		   struct ls_pattern_drop *ret);
/* Sets how long the sessions had run in which these drops came. */
void stays_match(const struct stays *stays, struct ls_pattern_drop *drops, size_t n_drops);
/* Of the sessions of other ports and devices, the share that is shorter than LS_PATTERN_SHORT_S; or
 * LS_PATTERN_UNKNOWN where there are too few. */
double stays_short(const struct stays *stays, uint64_t port, uint64_t device);
/* Of the sessions of @port or @device (0: of all) of which it is known: what happened in @condition. */
struct ls_pattern_share stays_in(const struct stays *stays, uint64_t port, uint64_t device,
				 enum ls_condition condition);
