#include "lib/attribution/trials.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/attribution/trials_state.h"
#include "lib/base/hash.h"
#include "lib/base/text.h"

#define TABLE_SIZE_FIRST 256
#define HOURS_MAX	 1e6

int
ls_trials_new(struct ls_trials **ret)
{
	ls_auto(ls_trials) *trials = calloc(1, sizeof(*trials));

	if (!trials)
		return -ENOMEM;
	trials->component_table = calloc(TABLE_SIZE_FIRST, sizeof(uint32_t));
	trials->combination_table = calloc(TABLE_SIZE_FIRST, sizeof(uint32_t));
	if (!trials->component_table || !trials->combination_table)
		return -ENOMEM;
	trials->component_table_size = TABLE_SIZE_FIRST;
	trials->combination_table_size = TABLE_SIZE_FIRST;
	*ret = LS_STEAL(&trials);
	return 0;
}

void
ls_trials_free(struct ls_trials *trials)
{
	if (!trials)
		return;
	for (size_t i = 0; i < trials->n_components; i++)
		free(trials->components[i]);
	free(trials->components);
	free(trials->combinations);
	free(trials->component_table);
	free(trials->combination_table);
	free(trials);
}

/* Its bits are mixed once more: the tables use the lowest ones. */
static uint64_t
hash_bytes(uint64_t hash, const void *bytes, size_t len)
{
	hash = ls_hash(hash, bytes, len);
	hash ^= hash >> 32;
	hash *= UINT64_C(0xd6e8feb86659fd93);
	return hash ^ hash >> 32;
}

/* Room for one more in an array and its table, which is at most half full. 0 or -ENOMEM. */
static int
grow(void **array, size_t *room, size_t n, size_t size)
{
	size_t more = *room ? 2 * *room : 64;
	void *bigger;

	if (n < *room)
		return 0;
	bigger = reallocarray(*array, more, size);
	if (!bigger)
		return -ENOMEM;
	*array = bigger;
	*room = more;
	return 0;
}

static void
table_put(uint32_t *table, size_t size, uint64_t hash, size_t index)
{
	size_t place = hash & (size - 1);

	while (table[place])
		place = (place + 1) & (size - 1);
	table[place] = (uint32_t)index + 1;
}

static int
grow_component_table(struct ls_trials *trials)
{
	size_t size = 2 * trials->component_table_size;
	uint32_t *table;

	if (2 * (trials->n_components + 1) <= trials->component_table_size)
		return 0;
	table = calloc(size, sizeof(*table));
	if (!table)
		return -ENOMEM;
	for (size_t i = 0; i < trials->n_components; i++)
		table_put(table, size, trials->components[i]->hash, i);
	free(trials->component_table);
	trials->component_table = table;
	trials->component_table_size = size;
	return 0;
}

static int
grow_combination_table(struct ls_trials *trials)
{
	size_t size = 2 * trials->combination_table_size;
	uint32_t *table;

	if (2 * (trials->n_combinations + 1) <= trials->combination_table_size)
		return 0;
	table = calloc(size, sizeof(*table));
	if (!table)
		return -ENOMEM;
	for (size_t i = 0; i < trials->n_combinations; i++)
		table_put(table, size, trials->combinations[i].hash, i);
	free(trials->combination_table);
	trials->combination_table = table;
	trials->combination_table_size = size;
	return 0;
}

static int
find_component(const struct ls_trials *trials, uint64_t hash, enum ls_component_kind kind,
	       const char *name)
{
	size_t mask = trials->component_table_size - 1;

	for (size_t place = hash & mask; trials->component_table[place];
	     place = (place + 1) & mask) {
		uint32_t index = trials->component_table[place] - 1;
		const struct component *component = trials->components[index];

		if (component->hash == hash && component->kind == kind &&
		    strcmp(component->name, name) == 0)
			return (int)index;
	}
	return -ENOENT;
}

/* The number of a component, which is a new one if need be, or -errno. */
static int
intern(struct ls_trials *trials, enum ls_component_kind kind, const char *text)
{
	char cut[LS_COMPONENT_NAME_MAX];
	struct component *component;
	const char *name = text;
	uint64_t hash;
	int r;

	if (strnlen(text, sizeof(cut)) == sizeof(cut)) {
		ls_text_format(cut, sizeof(cut), "%s", text);
		name = cut;
	}
	hash = hash_bytes((uint64_t)kind + 1, name, strlen(name));
	r = find_component(trials, hash, kind, name);
	if (r >= 0)
		return r;
	if (trials->n_components == LS_MAX_COMPONENTS)
		return -ENOSPC;
	if (grow((void **)&trials->components, &trials->components_room, trials->n_components,
		 sizeof(trials->components[0])) < 0 ||
	    grow_component_table(trials) < 0)
		return -ENOMEM;
	component = malloc(sizeof(*component));
	if (!component)
		return -ENOMEM;
	component->hash = hash;
	component->kind = kind;
	strcpy(component->name, name); /* shorter than that, see above */
	table_put(trials->component_table, trials->component_table_size, hash,
		  trials->n_components);
	trials->components[trials->n_components] = component;
	return (int)trials->n_components++;
}

static int
fill_slots(struct ls_trials *trials, const struct ls_trial *trial, uint16_t slots[TRIAL_SLOTS])
{
	size_t n_hubs = 0;

	for (size_t i = 0; i < TRIAL_SLOTS; i++)
		slots[i] = COMPONENT_NONE;
	for (unsigned int kind = 0; kind < LS_N_COMPONENT_KINDS; kind++) {
		const char *name = kind == LS_COMPONENT_HUB ? NULL : trial->names[kind];
		int r = name && *name ? intern(trials, kind, name) : -ENOENT;

		if (r >= 0)
			slots[kind] = (uint16_t)r;
		else if (r != -ENOENT)
			return r;
	}
	for (size_t i = 0; i < trial->n_hubs; i++) {
		const char *name = trial->hubs[i];
		int r = name && *name ? intern(trials, LS_COMPONENT_HUB, name) : -ENOENT;

		if (r >= 0)
			slots[HUB_SLOT(n_hubs++)] = (uint16_t)r;
		else if (r != -ENOENT)
			return r;
	}
	return 0;
}

static int
find_combination(struct ls_trials *trials, const uint16_t slots[TRIAL_SLOTS],
		 struct combination **ret)
{
	uint64_t hash = hash_bytes(0, slots, TRIAL_SLOTS * sizeof(slots[0]));
	size_t mask = trials->combination_table_size - 1;
	struct combination *combination;

	for (size_t place = hash & mask; trials->combination_table[place];
	     place = (place + 1) & mask) {
		combination = &trials->combinations[trials->combination_table[place] - 1];
		if (memcmp(combination->slots, slots, sizeof(combination->slots)) == 0) {
			*ret = combination;
			return 0;
		}
	}
	if (trials->n_combinations == LS_MAX_COMBINATIONS)
		return -ENOSPC;
	if (grow((void **)&trials->combinations, &trials->combinations_room, trials->n_combinations,
		 sizeof(trials->combinations[0])) < 0 ||
	    grow_combination_table(trials) < 0)
		return -ENOMEM;
	table_put(trials->combination_table, trials->combination_table_size, hash,
		  trials->n_combinations);
	combination = &trials->combinations[trials->n_combinations++];
	*combination = (struct combination){ .hash = hash };
	memcpy(combination->slots, slots, sizeof(combination->slots));
	*ret = combination;
	return 1;
}

static void
weigh(struct combination *combination, const struct ls_trial *trial)
{
	const uint32_t by[N_TRIAL_SIDES] = {
		[TRIAL_SIDE_POWER] = trial->drops_by_power,
		[TRIAL_SIDE_HOST] = trial->drops_by_host,
		[TRIAL_SIDE_HUB] = trial->drops_by_hub,
		[TRIAL_SIDE_DEVICE] = trial->drops_by_device,
	};
	double each = trial->n_dropping ? (double)trial->drops / trial->n_dropping : trial->drops;
	double weight = 1 / (1 + TRIAL_UNEVEN * fmax(0, each - 1));

	combination->hours += trial->hours;
	combination->drops += trial->drops;
	combination->weighed_hours += weight * trial->hours;
	combination->weighed_drops += weight * trial->drops;
	for (size_t side = 0; side < N_TRIAL_SIDES; side++) {
		combination->by[side] += by[side];
		combination->weighed_by[side] += weight * by[side];
	}
}

int
ls_trials_add(struct ls_trials *trials, const struct ls_trial *trial)
{
	struct combination *combination;
	uint16_t slots[TRIAL_SLOTS];
	int r;

	if (!(trial->hours >= 0 && trial->hours <= HOURS_MAX) || trial->n_hubs > LS_TRIAL_HUBS_MAX)
		return -EINVAL;
	r = fill_slots(trials, trial, slots);
	if (r >= 0)
		r = find_combination(trials, slots, &combination);
	if (r < 0)
		return r;
	weigh(combination, trial);
	combination->n_trials++;
	combination->n_latest = trials->n_added++;
	if (trial->start_us > combination->latest_us)
		combination->latest_us = trial->start_us;
	return 1;
}

const char *
ls_component_kind_name(enum ls_component_kind kind)
{
	static const char *const names[] = {
		[LS_COMPONENT_HOST] = "host",	[LS_COMPONENT_CONTROLLER] = "controller",
		[LS_COMPONENT_HUB] = "hub",	[LS_COMPONENT_PORT] = "port",
		[LS_COMPONENT_CABLE] = "cable", [LS_COMPONENT_DEVICE] = "device",
		[LS_COMPONENT_MODEL] = "model",
	};

	return (size_t)kind < LS_COUNT(names) ? names[kind] : "component";
}
