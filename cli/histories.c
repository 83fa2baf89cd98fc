#include "cli/histories.h"

#include <errno.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/text.h"

#define HOURS_AT_ONCE	1e6 /* more is no trial */
#define NAME_NUMBER_MAX 16

#define N_SLOTS (LS_N_COMPONENT_KINDS + LS_TRIAL_HUBS_MAX)

/* In whose realm a name holds. */
enum realm {
	REALM_HOST,
	REALM_CONTROLLER,
	REALM_HUB,
	N_REALMS,
};

struct part {
	enum ls_component_kind kind;
	char name[LS_COMPONENT_NAME_MAX];
	char realm[N_REALMS][LS_COMPONENT_NAME_MAX];
	char shown[LS_COMPONENT_NAME_MAX], too[LS_COMPONENT_NAME_MAX];
	uint32_t number; /* from 1; 0 is unknown */
};

struct combination {
	uint32_t parts[N_SLOTS]; /* numbers; hubs at the end */
	double hours;
	uint64_t n_rows, drops, by_power, by_host, by_hub, by_device;
};

struct histories {
	void *part_tree, *combination_tree; /* of tsearch(3) */
	void **parts, **combinations;	    /* of struct part and struct combination */
	size_t n_parts, n_combinations;
	uint64_t n_rows, n_taken;
};

int
histories_new(struct histories **ret)
{
	*ret = calloc(1, sizeof(**ret));
	return *ret ? 0 : -ENOMEM;
}

static void
keep(void *node)
{
	(void)node; /* the arrays own all */
}

void
histories_free(struct histories *histories)
{
	if (!histories)
		return;
	tdestroy(histories->part_tree, keep);
	tdestroy(histories->combination_tree, keep);
	for (size_t i = 0; i < histories->n_parts; i++)
		free(histories->parts[i]);
	for (size_t i = 0; i < histories->n_combinations; i++)
		free(histories->combinations[i]);
	free(histories->parts);
	free(histories->combinations);
	free(histories);
}

uint64_t
histories_n_rows(const struct histories *histories)
{
	return histories->n_rows;
}

uint64_t
histories_n_taken(const struct histories *histories)
{
	return histories->n_taken;
}

static int
compare_parts(const void *a, const void *b)
{
	const struct part *left = a, *right = b;
	int r = (int)left->kind - (int)right->kind;

	if (r == 0)
		r = strcmp(left->name, right->name);
	for (int i = 0; r == 0 && i < N_REALMS; i++)
		r = strcmp(left->realm[i], right->realm[i]);
	return r;
}

static int
compare_combinations(const void *a, const void *b)
{
	const struct combination *left = a, *right = b;

	return memcmp(left->parts, right->parts, sizeof(left->parts));
}

/* Puts a copy of @wanted in the tree unless it is there. @array grows by doubling. NULL: -ENOMEM. */
static void *
find_or_add(void **tree, const void *wanted, size_t size,
	    int (*compare)(const void *, const void *), void ***array, size_t *n)
{
	void **node = tfind(wanted, tree, compare), *copy;

	if (node)
		return *node;
	if ((*n & (*n - 1)) == 0) {
		void **more = reallocarray(*array, *n ? *n * 2 : 1, sizeof(**array));

		if (!more)
			return NULL;
		*array = more;
	}
	copy = malloc(size);
	if (!copy)
		return NULL;
	memcpy(copy, wanted, size);
	if (!tsearch(copy, tree, compare)) {
		free(copy);
		return NULL;
	}
	(*array)[(*n)++] = copy;
	return copy;
}

static const char *
or_empty(const char *text)
{
	return text ? text : "";
}

static const struct part *
part_at(const struct histories *histories, size_t i)
{
	return histories->parts[i];
}

static const struct combination *
combination_at(const struct histories *histories, size_t i)
{
	return histories->combinations[i];
}

/* Ports and controllers always are; others where their name says so. */
static bool
is_named_by_place(enum ls_component_kind kind, const char *name)
{
	return kind == LS_COMPONENT_CONTROLLER || kind == LS_COMPONENT_PORT ||
	       ((kind == LS_COMPONENT_HUB || kind == LS_COMPONENT_DEVICE) && strstr(name, " at "));
}

static void
fill_realms(struct part *part, const struct ls_trial *trial)
{
	const char *hub = trial->n_hubs > 0 ? trial->hubs[trial->n_hubs - 1] : NULL;
	const char *const realms[N_REALMS] = {
		[REALM_HOST] = trial->names[LS_COMPONENT_HOST],
		[REALM_CONTROLLER] = trial->names[LS_COMPONENT_CONTROLLER],
		[REALM_HUB] = hub,
	};
	int n = part->kind == LS_COMPONENT_PORT		? N_REALMS
		: part->kind == LS_COMPONENT_CONTROLLER ? REALM_CONTROLLER
							: REALM_HUB;

	if (!is_named_by_place(part->kind, part->name))
		return;
	for (int i = 0; i < n; i++)
		ls_text_format(part->realm[i], sizeof(part->realm[i]), "%s", or_empty(realms[i]));
}

static void
fill_aliases(struct part *part, const struct histories_aliases *aliases)
{
	const char *shown = NULL;

	if (aliases && part->kind == LS_COMPONENT_PORT) {
		shown = aliases->port;
		ls_text_format(part->too, sizeof(part->too), "%s", or_empty(aliases->port_too));
	} else if (aliases && part->kind == LS_COMPONENT_DEVICE) {
		shown = aliases->device;
	}
	ls_text_format(part->shown, sizeof(part->shown), "%s",
		       shown && *shown ? shown : part->name);
}

/* *ret: its number, 0 where it has no name. */
static int
number_part(struct histories *histories, enum ls_component_kind kind, const char *name,
	    const struct ls_trial *trial, const struct histories_aliases *aliases, uint32_t *ret)
{
	struct part part = { .kind = kind }, *found;

	*ret = 0;
	if (!name || !*name)
		return 0;
	ls_text_format(part.name, sizeof(part.name), "%s", name);
	fill_realms(&part, trial);
	fill_aliases(&part, aliases);
	part.number = (uint32_t)histories->n_parts + 1;
	found = find_or_add(&histories->part_tree, &part, sizeof(part), compare_parts,
			    &histories->parts, &histories->n_parts);
	if (!found)
		return -ENOMEM;
	*ret = found->number;
	return histories->n_parts > LS_MAX_COMPONENTS ? -ENOSPC : 0;
}

int
histories_add(struct histories *histories, const struct ls_trial *trial,
	      const struct histories_aliases *aliases)
{
	struct combination wanted = { 0 }, *found;
	int r = trial->n_hubs > LS_TRIAL_HUBS_MAX || !(trial->hours >= 0) ? -EINVAL : 0;

	for (int kind = 0; r == 0 && kind < LS_N_COMPONENT_KINDS; kind++)
		r = number_part(histories, (enum ls_component_kind)kind, trial->names[kind], trial,
				aliases, &wanted.parts[kind]);
	for (size_t i = 0; r == 0 && i < trial->n_hubs; i++)
		r = number_part(histories, LS_COMPONENT_HUB, trial->hubs[i], trial, aliases,
				&wanted.parts[LS_N_COMPONENT_KINDS + i]);
	if (r < 0)
		return r;
	found = find_or_add(&histories->combination_tree, &wanted, sizeof(wanted),
			    compare_combinations, &histories->combinations,
			    &histories->n_combinations);
	if (!found)
		return -ENOMEM;
	histories->n_rows++;
	found->n_rows++;
	found->hours += trial->hours;
	found->drops += trial->drops;
	found->by_power += trial->drops_by_power;
	found->by_host += trial->drops_by_host;
	found->by_hub += trial->drops_by_hub;
	found->by_device += trial->drops_by_device;
	return histories->n_combinations > LS_MAX_COMBINATIONS ? -ENOSPC : 0;
}

/* ---- as trials ------------------------------------------------------------------------------ */

/* Which parts, by number; [0] is unknown and never of them. */
static bool
has_any(const struct combination *combination, const bool *parts)
{
	for (size_t i = 0; i < N_SLOTS; i++)
		if (parts[combination->parts[i]])
			return true;
	return false;
}

/* Ports, hubs, cables and devices of @combination: what links sessions. */
static void
mark_links(const struct histories *histories, const struct combination *combination, bool *parts)
{
	for (size_t i = 0; i < N_SLOTS; i++) {
		uint32_t number = combination->parts[i];
		enum ls_component_kind kind =
			number ? part_at(histories, number - 1)->kind : LS_COMPONENT_HOST;

		if (kind == LS_COMPONENT_PORT || kind == LS_COMPONENT_HUB ||
		    kind == LS_COMPONENT_CABLE || kind == LS_COMPONENT_DEVICE)
			parts[number] = true;
	}
}

static bool
mark_focus(const struct histories *histories, const char *focus, bool *parts)
{
	char text[HISTORIES_NAME_MAX], number[NAME_NUMBER_MAX];
	bool found = false;

	for (size_t i = 0; i < histories->n_parts; i++) {
		const struct part *part = part_at(histories, i);

		if (part->kind != LS_COMPONENT_PORT && part->kind != LS_COMPONENT_DEVICE)
			continue;
		snprintf(number, sizeof(number), "%u", part->number);
		parts[part->number] =
			strcmp(part->name, focus) == 0 || strcmp(part->shown, focus) == 0 ||
			strcmp(part->too, focus) == 0 ||
			strcmp(histories_name(histories, part->kind, number, text), focus) == 0;
		found = found || parts[part->number];
	}
	return found;
}

static uint32_t
clamp(uint64_t n)
{
	return n < UINT32_MAX ? (uint32_t)n : UINT32_MAX;
}

static int
add_trial(const struct combination *combination, struct ls_trials *trials)
{
	char numbers[N_SLOTS][NAME_NUMBER_MAX];
	struct ls_trial trial = {
		.drops = clamp(combination->drops),
		.drops_by_power = clamp(combination->by_power),
		.drops_by_host = clamp(combination->by_host),
		.drops_by_hub = clamp(combination->by_hub),
		.drops_by_device = clamp(combination->by_device),
	};
	double left = combination->hours;
	int r;

	for (size_t i = 0; i < N_SLOTS; i++) {
		uint32_t number = combination->parts[i];

		snprintf(numbers[i], sizeof(numbers[i]), "%u", number);
		if (i < LS_N_COMPONENT_KINDS)
			trial.names[i] = number ? numbers[i] : NULL;
		else if (number)
			trial.hubs[trial.n_hubs++] = numbers[i];
	}
	do {
		trial.hours = left < HOURS_AT_ONCE ? left : HOURS_AT_ONCE;
		left -= trial.hours;
		r = ls_trials_add(trials, &trial);
		trial.drops = trial.drops_by_power = trial.drops_by_host = trial.drops_by_hub =
			trial.drops_by_device = 0;
	} while (r > 0 && left > 0);
	return r < 0 ? r : 0;
}

static int
add_trials(struct histories *histories, const bool *parts, struct ls_trials *trials)
{
	int r = 0;

	histories->n_taken = 0;
	for (size_t i = 0; r == 0 && i < histories->n_combinations; i++) {
		const struct combination *combination = combination_at(histories, i);

		if (parts && !has_any(combination, parts))
			continue;
		histories->n_taken += combination->n_rows;
		r = add_trial(combination, trials);
	}
	return r;
}

/* *ret: a flag for each number, NULL without @focus. 1, 0 if there is nothing of that name. */
static int
find_links(const struct histories *histories, const char *focus, bool **ret)
{
	bool *named = calloc(histories->n_parts + 1, sizeof(*named));
	bool *links = calloc(histories->n_parts + 1, sizeof(*links));
	bool complete = named && links;
	bool found = complete && mark_focus(histories, focus, named);

	for (size_t i = 0; found && i < histories->n_combinations; i++) {
		const struct combination *combination = combination_at(histories, i);

		if (has_any(combination, named))
			mark_links(histories, combination, links);
	}
	free(named);
	if (found)
		*ret = links;
	else
		free(links);
	return complete ? found : -ENOMEM;
}

int
histories_trials(struct histories *histories, const char *focus, struct ls_trials **ret)
{
	ls_auto(ls_trials) *trials = NULL;
	bool *links = NULL;
	int r = ls_trials_new(&trials);

	if (r == 0 && focus) {
		r = find_links(histories, focus, &links);
		if (r <= 0)
			return r;
		r = 0;
	}
	if (r == 0)
		r = add_trials(histories, links, trials);
	free(links);
	if (r < 0)
		return r;
	*ret = LS_STEAL(&trials);
	return 1;
}

/* ---- names ---------------------------------------------------------------------------------- */

static void
append(char text[HISTORIES_NAME_MAX], const char *words, const char *name)
{
	size_t len = strlen(text);

	ls_text_format(text + len, HISTORIES_NAME_MAX - len, " %s %s", words, name);
}

/* What tells @part from others that are shown alike. */
static void
append_differences(const struct histories *histories, const struct part *part,
		   char text[HISTORIES_NAME_MAX])
{
	static const char *const words[N_REALMS] = { "on", "of", "behind" };
	bool differs[N_REALMS] = { false }, name_differs = false;

	for (size_t i = 0; i < histories->n_parts; i++) {
		const struct part *other = part_at(histories, i);

		if (other == part || other->kind != part->kind ||
		    strcmp(other->shown, part->shown) != 0)
			continue;
		name_differs = name_differs || strcmp(other->name, part->name) != 0;
		for (int k = 0; k < N_REALMS; k++)
			differs[k] = differs[k] || strcmp(other->realm[k], part->realm[k]) != 0;
	}
	if (name_differs && strcmp(part->name, part->shown) != 0)
		append(text, "=", part->name);
	for (int k = N_REALMS - 1; k >= 0; k--)
		if (differs[k] && *part->realm[k])
			append(text, words[k], part->realm[k]);
}

static const char *
name_part(const struct histories *histories, const struct part *part, char text[HISTORIES_NAME_MAX])
{
	ls_text_format(text, HISTORIES_NAME_MAX, "%s", part->shown);
	append_differences(histories, part, text);
	return text;
}

const char *
histories_name(const struct histories *histories, enum ls_component_kind kind, const char *part,
	       char text[HISTORIES_NAME_MAX])
{
	unsigned long number = strtoul(part, NULL, 10);

	text[0] = '\0';
	if (number == 0 || number > histories->n_parts ||
	    part_at(histories, number - 1)->kind != kind)
		return text;
	return name_part(histories, part_at(histories, number - 1), text);
}

const char *
histories_part(const struct histories *histories, enum ls_component_kind kind, size_t i,
	       char text[HISTORIES_NAME_MAX])
{
	for (size_t k = 0; k < histories->n_parts; k++) {
		const struct part *part = part_at(histories, k);

		if (part->kind == kind && i-- == 0)
			return name_part(histories, part, text);
	}
	return NULL;
}
