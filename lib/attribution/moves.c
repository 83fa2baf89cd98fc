#include "lib/attribution/moves.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Hours that an exchange costs, beside the run: another socket is there, another computer is to be
 * fetched and set up. */
static const double efforts[LS_N_COMPONENT_KINDS] = {
	[LS_COMPONENT_CABLE] = 0.05,	 [LS_COMPONENT_PORT] = 0.05,  [LS_COMPONENT_HUB] = 0.1,
	[LS_COMPONENT_CONTROLLER] = 0.1, [LS_COMPONENT_DEVICE] = 0.2, [LS_COMPONENT_MODEL] = 0.5,
	[LS_COMPONENT_HOST] = 0.75,
};

const struct combination *
moves_base(const struct ls_trials *trials)
{
	const struct combination *most = NULL;

	for (size_t i = 0; i < trials->n_combinations; i++) {
		const struct combination *one = &trials->combinations[i];

		if (one->drops > 0 &&
		    (!most || one->drops > most->drops ||
		     (one->drops == most->drops && one->n_latest > most->n_latest)))
			most = one;
	}
	return most;
}

static enum dimension
dimension_of(size_t slot)
{
	return slot == LS_COMPONENT_CABLE				   ? DIMENSION_CABLE
	       : slot == LS_COMPONENT_DEVICE || slot == LS_COMPONENT_MODEL ? DIMENSION_DEVICE
									   : DIMENSION_PLACE;
}

/* The place of a trial: its port, else the nearest known part above. */
static uint16_t
place_key(const uint16_t slots[TRIAL_SLOTS])
{
	uint16_t key = slots[LS_COMPONENT_PORT];

	for (size_t slot = TRIAL_SLOTS; key == COMPONENT_NONE && slot-- > HUB_SLOT(0);)
		key = slots[slot];
	if (key == COMPONENT_NONE)
		key = slots[LS_COMPONENT_CONTROLLER];
	return key == COMPONENT_NONE ? slots[LS_COMPONENT_HOST] : key;
}

/* For each cable, device and place its latest trial shows what is used with it. */
static void
index_latest(const struct ls_trials *trials, const struct combination **latest)
{
	for (size_t i = 0; i < trials->n_combinations; i++) {
		const struct combination *one = &trials->combinations[i];
		const uint16_t keys[] = { one->slots[LS_COMPONENT_CABLE],
					  one->slots[LS_COMPONENT_DEVICE], place_key(one->slots) };

		for (size_t k = 0; k < LS_COUNT(keys); k++) {
			if (component_is_known(keys[k]) &&
			    (!latest[keys[k]] || latest[keys[k]]->n_latest < one->n_latest))
				latest[keys[k]] = one;
		}
	}
}

/* The difference furthest up names the exchange. */
size_t
moves_slot(const struct combination *base, const struct move *move, enum dimension dimension)
{
	static const size_t order[] = {
		LS_COMPONENT_HOST,   LS_COMPONENT_CONTROLLER,
		HUB_SLOT(0),	     HUB_SLOT(1),
		HUB_SLOT(2),	     HUB_SLOT(3),
		HUB_SLOT(4),	     HUB_SLOT(5),
		LS_COMPONENT_PORT,   LS_COMPONENT_CABLE,
		LS_COMPONENT_DEVICE,
	};

	for (size_t i = 0; i < LS_COUNT(order); i++) {
		size_t slot = order[i];
		bool known = slot >= HUB_SLOT(0) || move->slots[slot] != COMPONENT_NONE;

		if (dimension_of(slot) == dimension && known &&
		    base->slots[slot] != move->slots[slot])
			return slot;
	}
	return dimension == DIMENSION_CABLE    ? LS_COMPONENT_CABLE
	       : dimension == DIMENSION_DEVICE ? LS_COMPONENT_DEVICE
					       : LS_COMPONENT_PORT;
}

static void
take_dimension(const uint16_t from[TRIAL_SLOTS], enum dimension dimension, struct move *move)
{
	for (size_t slot = 0; slot < TRIAL_SLOTS; slot++) {
		if (dimension_of(slot) == dimension)
			move->slots[slot] = from[slot];
	}
	move->exchanged |= 1U << dimension;
}

static void
count_effort(const struct combination *base, struct move *move)
{
	move->effort_hours = 0;
	for (unsigned int dimension = 0; dimension < N_DIMENSIONS; dimension++) {
		size_t slot = moves_slot(base, move, dimension);

		if (move->exchanged & 1U << dimension)
			move->effort_hours +=
				efforts[slot >= HUB_SLOT(0) ? LS_COMPONENT_HUB : slot];
	}
}

/* A cable that is part of its device goes where that goes. */
static bool
exchange(const struct combination *base, const struct combination *from, enum dimension dimension,
	 struct move *ret)
{
	*ret = (struct move){ .exchanged = 0 };
	memcpy(ret->slots, base->slots, sizeof(ret->slots));
	take_dimension(from->slots, dimension, ret);
	if (dimension == DIMENSION_DEVICE &&
	    (base->slots[LS_COMPONENT_CABLE] == COMPONENT_BUILT_IN ||
	     from->slots[LS_COMPONENT_CABLE] == COMPONENT_BUILT_IN))
		ret->slots[LS_COMPONENT_CABLE] = from->slots[LS_COMPONENT_CABLE];
	count_effort(base, ret);
	return memcmp(ret->slots, base->slots, sizeof(ret->slots)) != 0;
}

int
moves_known(const struct ls_trials *trials, const struct combination *base, struct move **ret)
{
	const struct combination **latest = calloc(trials->n_components + 1, sizeof(*latest));
	struct move *moves = calloc(trials->n_components + 1, sizeof(*moves));
	int n = 0;

	if (!latest || !moves) {
		free(latest);
		free(moves);
		return -ENOMEM;
	}
	index_latest(trials, latest);
	for (uint16_t c = 0; c < trials->n_components; c++) {
		enum dimension dimension = dimension_of(trials->components[c]->kind);

		if (dimension == DIMENSION_CABLE &&
		    base->slots[LS_COMPONENT_CABLE] == COMPONENT_BUILT_IN)
			continue;
		if (latest[c] && exchange(base, latest[c], dimension, &moves[n]))
			n++;
	}
	free(latest);
	*ret = moves;
	return n;
}

struct move
moves_join(const struct combination *base, const struct move *a, const struct move *b)
{
	struct move both = *a;

	for (unsigned int dimension = 0; dimension < N_DIMENSIONS; dimension++) {
		if (b->exchanged & 1U << dimension)
			take_dimension(b->slots, dimension, &both);
	}
	count_effort(base, &both);
	return both;
}

bool
moves_fresh(const struct combination *base, enum ls_component_kind kind, struct move *ret)
{
	bool above = kind == LS_COMPONENT_HOST || kind == LS_COMPONENT_CONTROLLER;
	uint16_t *slots = ret->slots;

	memcpy(slots, base->slots, sizeof(ret->slots));
	if (kind == LS_COMPONENT_HUB && slots[HUB_SLOT(0)] == COMPONENT_NONE)
		return false;
	if (kind == LS_COMPONENT_CABLE && slots[kind] == COMPONENT_BUILT_IN)
		return false;
	if (kind != LS_COMPONENT_HUB)
		slots[kind] = COMPONENT_FRESH;
	if (kind == LS_COMPONENT_DEVICE)
		slots[LS_COMPONENT_MODEL] = COMPONENT_FRESH;
	if (above || kind == LS_COMPONENT_HUB)
		slots[LS_COMPONENT_PORT] = COMPONENT_FRESH;
	if (kind == LS_COMPONENT_HOST)
		slots[LS_COMPONENT_CONTROLLER] = COMPONENT_FRESH;
	for (size_t i = 0; (above || kind == LS_COMPONENT_HUB) && i < LS_TRIAL_HUBS_MAX; i++)
		slots[HUB_SLOT(i)] = COMPONENT_NONE;
	ret->effort_hours = efforts[kind];
	return true;
}
