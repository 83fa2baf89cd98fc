#pragma once
/* The result of linkstat diagnose. */
#include "cli/diagnose/histories.h"
#include "lib/attribution/pattern.h"
#include "lib/attribution/swap.h"

#define DIAGNOSE_WORDS_MAX (2 * HISTORIES_NAME_MAX + 64)

struct diagnosis {
	const struct histories *histories;
	const char *focus; /* a clean port or device, or NULL */
	const struct ls_blame *blame;
	const struct ls_swap *swap;
	uint64_t n_left_out; /* sessions without hours or drops */
	uint64_t n_sessions; /* that were looked at */
	uint64_t n_known;    /* that there are */
	size_t n_patterns;
	struct ls_pattern patterns[LS_N_PATTERNS];
};

/* What to diagnose; zero is everything that linkstatd has recorded. */
struct diagnose_request {
	const char *focus;	  /* a port or device; NULL: all */
	const char *const *files; /* tables of sessions; none: query linkstatd */
	int n_files;
	const char *priors; /* as typed, or NULL */
};
