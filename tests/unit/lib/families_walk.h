#pragma once
/* A device that goes through modes, step by step, against the shipped table. */
#include "lib/families/families.h"

#define S(seconds) ((uint64_t)((seconds)*1e6))

enum walk_verdict {
	WALK_EXPECTED = LS_EDGE_EXPECTED,
	WALK_REBOOT = LS_EDGE_REBOOT,
	WALK_NO_EDGE,
	WALK_FIRST, /* nothing was there before */
};

struct walk_step {
	struct ls_device device;
	uint64_t away_us;
	const char *mode; /* "family name", "" for none */
	enum walk_verdict verdict;
};

#define WALK_STEPS_MAX 10

struct walk {
	const char *title;
	struct walk_step steps[WALK_STEPS_MAX]; /* up to the first with .mode NULL */
};

/* Asserts every step of each walk. */
void walk_all(const struct walk *walks, size_t n);
