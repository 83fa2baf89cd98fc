#pragma once
/* The inside of ls_trials, which attribution and advice read; shapes only. Not for callers of the
 * library. */
#include "lib/attribution/trial.h"

/* Slots of a combination: one for each kind but hubs, then the hubs from the root outward. */
#define TRIAL_SLOTS	(LS_N_COMPONENT_KINDS + LS_TRIAL_HUBS_MAX)
#define COMPONENT_NONE	UINT16_MAX
#define HUB_SLOT(place) (LS_N_COMPONENT_KINDS + (place))

/* How much the rate of one thing differs from trial to trial (load, heat, how the plug sits): the
 * squared coefficient of variation. */
#define TRIAL_UNEVEN 0.25

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

/* What trials with exactly these components add up to. The slot of HUB stays NONE. */
struct combination {
	uint16_t slots[TRIAL_SLOTS]; /* index of a component, or COMPONENT_NONE */
	uint64_t hash;
	double hours;
	uint64_t drops;
	uint64_t by[N_TRIAL_SIDES];
	/* The same as evidence: a trial with d drops weighs 1 / (1 + TRIAL_UNEVEN (d - 1)). */
	double weighed_hours, weighed_drops, weighed_by[N_TRIAL_SIDES];
	uint64_t n_trials;
	int64_t latest_us;
	uint32_t n_latest; /* in which order it was added to last; the greater the later */
};

struct ls_trials {
	size_t n_components, n_combinations;
	struct component **components;
	struct combination *combinations;
	/* Open addressing, sizes are powers of two, 0 is free, else index + 1. */
	uint32_t *component_table, *combination_table;
	size_t component_table_size, combination_table_size;
	size_t combinations_room, components_room;
	uint32_t n_added;
};

static inline bool
combination_has(const struct combination *combination, uint16_t component)
{
	for (size_t i = 0; i < TRIAL_SLOTS; i++) {
		if (combination->slots[i] == component)
			return true;
	}
	return false;
}
