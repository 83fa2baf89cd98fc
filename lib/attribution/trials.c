#include "lib/attribution/trials.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/attribution/likelihood.h"
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
	trials->cell_table = calloc(TABLE_SIZE_FIRST, sizeof(uint32_t));
	if (!trials->component_table || !trials->combination_table || !trials->cell_table)
		return -ENOMEM;
	trials->component_table_size = TABLE_SIZE_FIRST;
	trials->combination_table_size = TABLE_SIZE_FIRST;
	trials->cell_table_size = TABLE_SIZE_FIRST;
	trials->slice_shift = SLICE_SHIFT_FIRST;
	trials->first_slice = INT32_MAX;
	trials->last_slice = INT32_MIN;
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
	ls_trials_free(trials->loaded);
	free(trials->components);
	free(trials->combinations);
	free(trials->cells);
	free(trials->unlabelled);
	free(trials->component_table);
	free(trials->combination_table);
	free(trials->cell_table);
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
		ls_text_copy(cut, sizeof(cut), text);
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
		bool built_in =
			kind == LS_COMPONENT_CABLE && name && strcmp(name, LS_CABLE_BUILT_IN) == 0;
		int r = name && *name && !built_in ? intern(trials, kind, name) : -ENOENT;

		if (built_in)
			slots[kind] = COMPONENT_BUILT_IN;
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

/* Drops of one session say the same of a side, so later ones of it weigh less. */
#define SIDE_WEIGHT_STEP 0.25

static void
weigh_sides(struct combination *combination, const struct ls_trial *trial, double each)
{
	const uint32_t by[N_TRIAL_SIDES] = {
		[TRIAL_SIDE_POWER] = trial->drops_by_power,
		[TRIAL_SIDE_HOST] = trial->drops_by_host,
		[TRIAL_SIDE_HUB] = trial->drops_by_hub,
		[TRIAL_SIDE_DEVICE] = trial->drops_by_device,
	};
	double weight = 1 / (1 + SIDE_WEIGHT_STEP * fmax(0, each - 1));

	combination->side_drops += (float)(weight * trial->drops);
	for (size_t side = 0; side < N_TRIAL_SIDES; side++)
		combination->by[side] += (float)(weight * by[side]);
}

/* ---- cells ---------------------------------------------------------------------------------- */

static uint64_t
hash_cell(const struct cell *cell)
{
	const uint32_t key[] = { cell->combination, (uint32_t)cell->slice, cell->bin };

	return hash_bytes(0, key, sizeof(key));
}

static int
grow_cell_table(struct ls_trials *trials)
{
	size_t size = 2 * trials->cell_table_size;
	uint32_t *table;

	if (2 * (trials->n_cells + 1) <= trials->cell_table_size)
		return 0;
	table = calloc(size, sizeof(*table));
	if (!table)
		return -ENOMEM;
	for (size_t i = 0; i < trials->n_cells; i++)
		table_put(table, size, hash_cell(&trials->cells[i]), i);
	free(trials->cell_table);
	trials->cell_table = table;
	trials->cell_table_size = size;
	return 0;
}

static bool
same_cell(const struct cell *a, const struct cell *b)
{
	return a->combination == b->combination && a->slice == b->slice && a->bin == b->bin;
}

/* Room for one more is there. */
static void
put_cell(struct ls_trials *trials, const struct cell *cell)
{
	size_t mask = trials->cell_table_size - 1;
	uint64_t hash = hash_cell(cell);

	for (size_t place = hash & mask; trials->cell_table[place]; place = (place + 1) & mask) {
		struct cell *found = &trials->cells[trials->cell_table[place] - 1];

		if (!same_cell(found, cell))
			continue;
		found->n += cell->n;
		found->hours += cell->hours;
		found->drops += cell->drops;
		found->spread += cell->spread;
		found->above += cell->above;
		found->longer += cell->longer;
		return;
	}
	table_put(trials->cell_table, trials->cell_table_size, hash, trials->n_cells);
	trials->cells[trials->n_cells++] = *cell;
}

/* Slices of twice the length. */
static void
widen_slices(struct ls_trials *trials)
{
	size_t n = trials->n_cells;

	memset(trials->cell_table, 0, trials->cell_table_size * sizeof(trials->cell_table[0]));
	trials->n_cells = 0;
	trials->slice_shift++;
	trials->first_slice >>= 1;
	trials->last_slice >>= 1;
	for (size_t i = 0; i < n; i++) {
		struct cell cell = trials->cells[i];

		if (cell.slice != SLICE_UNKNOWN)
			cell.slice >>= 1;
		put_cell(trials, &cell);
	}
}

static int32_t
slice_of(struct ls_trials *trials, int64_t start_us)
{
	int64_t start_s = start_us / (int64_t)LS_SEC;
	int32_t slice;

	if (start_us <= 0)
		return SLICE_UNKNOWN;
	while ((start_s >> trials->slice_shift) > INT32_MAX)
		widen_slices(trials);
	for (;;) {
		int32_t first, last;

		slice = (int32_t)(start_s >> trials->slice_shift);
		first = slice < trials->first_slice ? slice : trials->first_slice;
		last = slice > trials->last_slice ? slice : trials->last_slice;
		if (last - first < SLICES_MAX) {
			trials->first_slice = first;
			trials->last_slice = last;
			return slice;
		}
		widen_slices(trials);
	}
}

static int
add_cell(struct ls_trials *trials, uint32_t combination, const struct ls_trial *trial, double n)
{
	struct cell cell = { .combination = combination };

	if (grow((void **)&trials->cells, &trials->cells_room, trials->n_cells,
		 sizeof(trials->cells[0])) < 0 ||
	    grow_cell_table(trials) < 0)
		return -ENOMEM;
	if (!(trial->hours > 0) && trial->drops == 0)
		return 0;
	likelihood_cell(&cell, n, trial->hours / n, trial->drops / n);
	cell.slice = slice_of(trials, trial->start_us);
	trials->undated |= cell.slice == SLICE_UNKNOWN;
	put_cell(trials, &cell);
	return 0;
}

/* A cable without a label mostly stays where it is, so the order of these counts. */
static int
keep_unlabelled(struct ls_trials *trials, uint32_t combination, const struct ls_trial *trial,
		double n)
{
	if (!trials->unlabelled)
		trials->unlabelled = calloc(UNLABELLED_MAX, sizeof(trials->unlabelled[0]));
	if (!trials->unlabelled)
		return -ENOMEM;
	for (size_t i = 0; i < n && i < UNLABELLED_MAX; i++)
		trials->unlabelled[trials->n_unlabelled++ % UNLABELLED_MAX] = (struct unlabelled){
			.start_us = trial->start_us,
			.n_added = trials->n_added,
			.combination = combination,
			.hours = trial->hours / n,
			.drops = (uint32_t)lround(trial->drops / n),
		};
	return 0;
}

static int
add_evidence(struct ls_trials *trials, struct combination *combination,
	     const struct ls_trial *trial)
{
	uint32_t index = (uint32_t)(combination - trials->combinations);
	double n = trial->n_sessions ? trial->n_sessions : 1;
	int r = add_cell(trials, index, trial, n);

	if (r == 0 && combination->slots[LS_COMPONENT_CABLE] == COMPONENT_NONE &&
	    (trial->hours > 0 || trial->drops > 0))
		r = keep_unlabelled(trials, index, trial, n);
	if (r < 0)
		return r;
	combination->hours += trial->hours;
	combination->drops += trial->drops;
	combination->n_trials += (uint64_t)n;
	trials->n_sessions += (uint64_t)n;
	weigh_sides(combination, trial, trial->drops / n);
	return 0;
}

/* ---- copies --------------------------------------------------------------------------------- */

static bool
has_any(const struct combination *combination, const bool *components)
{
	for (size_t slot = 0; slot < TRIAL_SLOTS; slot++) {
		uint16_t c = combination->slots[slot];

		if (component_is_known(c) && components[c])
			return true;
	}
	return false;
}

static int
copy_cells(const struct ls_trials *all, const uint32_t *numbers, struct ls_trials *ret)
{
	for (size_t i = 0; i < all->n_cells; i++) {
		struct cell cell = all->cells[i];

		if (!numbers[cell.combination])
			continue;
		cell.combination = numbers[cell.combination] - 1;
		if (grow((void **)&ret->cells, &ret->cells_room, ret->n_cells,
			 sizeof(ret->cells[0])) < 0 ||
		    grow_cell_table(ret) < 0)
			return -ENOMEM;
		put_cell(ret, &cell);
	}
	return 0;
}

static int
copy_unlabelled(const struct ls_trials *all, const uint32_t *numbers, struct ls_trials *ret)
{
	size_t n = all->n_unlabelled < UNLABELLED_MAX ? all->n_unlabelled : UNLABELLED_MAX;

	if (n == 0)
		return 0;
	ret->unlabelled = calloc(UNLABELLED_MAX, sizeof(ret->unlabelled[0]));
	if (!ret->unlabelled)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		struct unlabelled session = all->unlabelled[i];

		if (!numbers[session.combination])
			continue;
		session.combination = numbers[session.combination] - 1;
		ret->unlabelled[ret->n_unlabelled++] = session;
	}
	return 0;
}

/* @wanted: NULL for all. @numbers: for each combination of @all the one of @ret, plus 1; 0: not wanted. */
static int
copy_combinations(const struct ls_trials *all, const bool *wanted, uint32_t *numbers,
		  struct ls_trials *ret)
{
	for (size_t c = 0; c < all->n_components; c++) {
		int r = intern(ret, all->components[c]->kind, all->components[c]->name);

		if (r < 0)
			return r;
	}
	for (size_t i = 0; i < all->n_combinations; i++) {
		struct combination *copy;
		int r;

		if (wanted && !has_any(&all->combinations[i], wanted))
			continue;
		r = find_combination(ret, all->combinations[i].slots, &copy);
		if (r < 0)
			return r;
		*copy = all->combinations[i];
		numbers[i] = (uint32_t)(copy - ret->combinations) + 1;
		ret->n_sessions += copy->n_trials;
	}
	return 0;
}

/* @wanted: components, one of which is in each combination that is copied; NULL: all are. */
static int
copy_wanted(const struct ls_trials *all, const bool *wanted, struct ls_trials **ret)
{
	ls_auto(ls_trials) *trials = NULL;
	uint32_t *numbers = calloc(all->n_combinations + 1, sizeof(*numbers));
	int r = numbers ? ls_trials_new(&trials) : -ENOMEM;

	if (r == 0)
		r = copy_combinations(all, wanted, numbers, trials);
	if (r == 0) {
		trials->slice_shift = all->slice_shift;
		trials->first_slice = all->first_slice;
		trials->last_slice = all->last_slice;
		trials->undated = all->undated;
		trials->n_added = all->n_added;
		r = copy_cells(all, numbers, trials);
	}
	if (r == 0)
		r = copy_unlabelled(all, numbers, trials);
	free(numbers);
	if (r == 0)
		*ret = LS_STEAL(&trials);
	return r;
}

/* ---- adding --------------------------------------------------------------------------------- */

static int
add(struct ls_trials *trials, const struct ls_trial *trial, struct combination **ret)
{
	uint16_t slots[TRIAL_SLOTS];
	int r = fill_slots(trials, trial, slots);

	if (r >= 0)
		r = find_combination(trials, slots, ret);
	if (r >= 0)
		r = add_evidence(trials, *ret, trial);
	if (r < 0)
		return r;
	(*ret)->n_latest = trials->n_added++;
	return 1;
}

/* @combination has @trial already. */
static int
add_loaded(struct ls_trials *trials, const struct ls_trial *trial,
	   const struct combination *combination)
{
	const struct ls_condition_share *load = &trial->conditions[LS_CONDITION_LOAD];
	struct ls_trial under_load = *trial;
	struct combination *twin;
	int r;

	if (load->known) {
		under_load.hours = fmin(load->hours, trial->hours);
		under_load.drops = load->drops < trial->drops ? load->drops : trial->drops;
	}
	r = add(trials->loaded, &under_load, &twin);
	if (r < 0)
		return r;
	twin->idle_hours += trial->hours - under_load.hours;
	twin->idle_drops += trial->drops - under_load.drops;
	/* Which side a drop names does not depend on its time. */
	memcpy(twin->by, combination->by, sizeof(twin->by));
	twin->side_drops = combination->side_drops;
	return r;
}

static bool
is_valid(const struct ls_trial *trial)
{
	bool valid = trial->hours >= 0 && trial->hours <= HOURS_MAX &&
		     trial->n_hubs <= LS_TRIAL_HUBS_MAX;

	for (size_t i = 0; i < LS_N_CONDITIONS; i++)
		valid = valid && (!trial->conditions[i].known || trial->conditions[i].hours >= 0);
	return valid;
}

int
ls_trials_add(struct ls_trials *trials, const struct ls_trial *trial)
{
	struct combination *combination;
	int r = is_valid(trial) ? 0 : -EINVAL;

	/* Until now there was no difference. */
	if (r == 0 && trial->conditions[LS_CONDITION_LOAD].known && !trials->loaded)
		r = copy_wanted(trials, NULL, &trials->loaded);
	if (r == 0)
		r = add(trials, trial, &combination);
	if (r > 0 && trials->loaded)
		r = add_loaded(trials, trial, combination);
	return r;
}

int
ls_trial_length(double hours)
{
	return likelihood_bin(hours);
}

uint64_t
ls_trials_n_sessions(const struct ls_trials *trials)
{
	return trials->n_sessions;
}

/* ---- those that are linked ------------------------------------------------------------------ */

/* Ports, hubs, cables and devices are what links sessions: a computer is in too many. */
static bool
links(const struct ls_trials *trials, uint16_t component)
{
	enum ls_component_kind kind = trials->components[component]->kind;

	return kind == LS_COMPONENT_PORT || kind == LS_COMPONENT_HUB ||
	       kind == LS_COMPONENT_CABLE || kind == LS_COMPONENT_DEVICE;
}

/* *ret: for each component whether its trials are wanted. */
static int
find_links(const struct ls_trials *all, const char *const *names, size_t n_names, bool *ret)
{
	bool *named = calloc(all->n_components + 1, sizeof(*named));

	if (!named)
		return -ENOMEM;
	for (size_t c = 0; c < all->n_components; c++) {
		enum ls_component_kind kind = all->components[c]->kind;

		for (size_t i = 0; i < n_names; i++)
			named[c] |= (kind == LS_COMPONENT_PORT || kind == LS_COMPONENT_DEVICE) &&
				    strcmp(all->components[c]->name, names[i]) == 0;
	}
	for (size_t i = 0; i < all->n_combinations; i++) {
		const struct combination *combination = &all->combinations[i];

		if (!has_any(combination, named))
			continue;
		for (size_t slot = 0; slot < TRIAL_SLOTS; slot++) {
			uint16_t c = combination->slots[slot];

			if (component_is_known(c) && links(all, c))
				ret[c] = true;
		}
	}
	free(named);
	return 0;
}

int
ls_trials_linked(const struct ls_trials *all, const char *const *names, size_t n_names,
		 struct ls_trials **ret)
{
	ls_auto(ls_trials) *trials = NULL;
	bool *wanted = calloc(all->n_components + 1, sizeof(*wanted));
	int r = wanted ? find_links(all, names, n_names, wanted) : -ENOMEM;

	if (r == 0)
		r = copy_wanted(all, wanted, &trials);
	if (r == 0 && all->loaded)
		r = copy_wanted(all->loaded, wanted, &trials->loaded);
	free(wanted);
	if (r == 0)
		*ret = LS_STEAL(&trials);
	return r;
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
