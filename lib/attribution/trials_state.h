#pragma once
/* The inside of ls_trials, which attribution and advice read; shapes only. Not for callers of the
 * library. */
#include "lib/attribution/trial.h"

/* Slots of a combination: one for each kind but hubs, then the hubs from the root outward. */
#define TRIAL_SLOTS	   (LS_N_COMPONENT_KINDS + LS_TRIAL_HUBS_MAX)
#define COMPONENT_NONE	   UINT16_MAX
#define COMPONENT_BUILT_IN (UINT16_MAX - 1) /* a cable that is part of its device */
#define COMPONENT_FRESH	   (UINT16_MAX - 2) /* of advice: one that was never tried */
#define HUB_SLOT(place)	   (LS_N_COMPONENT_KINDS + (place))

/* Recorded time is cut into at most so many slices of equal length, a power of two of seconds. */
#define SLICES_MAX	  32
#define SLICE_SHIFT_FIRST 12

/* Sessions without the label of a cable whose order is kept: the last ones. */
#define UNLABELLED_MAX 4096

enum trial_side {
	TRIAL_SIDE_POWER,
	TRIAL_SIDE_HOST,
	TRIAL_SIDE_HUB,
	TRIAL_SIDE_DEVICE,
	N_TRIAL_SIDES,
};

struct component {
	uint64_t hash;
	enum ls_component_kind kind;
	char name[LS_COMPONENT_NAME_MAX];
};

/* Trials with exactly these components. The slot of HUB stays NONE. */
struct combination {
	uint16_t slots[TRIAL_SLOTS]; /* index of a component, NONE or BUILT_IN */
	uint64_t hash;
	double hours;
	double idle_hours, idle_drops; /* of ls_trials.loaded: what it leaves out */
	uint64_t drops, n_trials;
	float by[N_TRIAL_SIDES]; /* drops, weighed as are @side_drops: see trials.c */
	float side_drops;
	uint32_t n_latest; /* in which order it was added to last; the greater the later */
};

/*
 * Sessions of one combination, one slice and one length within half an octave. What they add to the
 * likelihood (lib/attribution/likelihood.h): sums over the sessions of
 * @spread  log Gamma(k + d) - log Gamma(k)
 * @above   k + d
 * @longer  (k + d) (T - T of the bin)
 */
struct cell {
	uint32_t combination;
	int32_t slice; /* start >> slice_shift; SLICE_UNKNOWN */
	uint8_t bin;
	float n;
	double hours, drops, spread, above, longer;
};
#define SLICE_UNKNOWN INT32_MIN

struct unlabelled {
	int64_t start_us;
	uint32_t n_added, combination;
	uint32_t drops;
	double hours;
};

struct ls_trials {
	size_t n_components, n_combinations, n_cells, n_unlabelled;
	struct component **components;
	struct combination *combinations;
	struct cell *cells;
	struct unlabelled *unlabelled; /* a ring of UNLABELLED_MAX, or NULL */
	/* Open addressing, sizes are powers of two, 0 is free, else index + 1. */
	uint32_t *component_table, *combination_table, *cell_table;
	size_t component_table_size, combination_table_size, cell_table_size;
	size_t combinations_room, components_room, cells_room;
	uint32_t n_added;
	uint64_t n_sessions;
	unsigned int slice_shift;
	int32_t first_slice, last_slice; /* first above last: none */
	bool undated;			 /* some start is not known */
	/*
	 * The same sessions, of each the hours and drops under load only where those are known, else
	 * all. NULL: of no session. Its components and combinations have the same numbers.
	 */
	struct ls_trials *loaded;
};

static inline bool
component_is_known(uint16_t slot)
{
	return slot < COMPONENT_FRESH;
}

static inline bool
combination_has(const struct combination *combination, uint16_t component)
{
	for (size_t i = 0; i < TRIAL_SLOTS; i++) {
		if (combination->slots[i] == component)
			return true;
	}
	return false;
}
