#include "cli/diagnose/histories.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/diagnose/history_parts.h"

#define HOURS_AT_ONCE	1e6 /* more is no trial */
#define NAME_NUMBER_MAX 16

struct combination {
	uint32_t parts[HISTORY_SLOTS]; /* numbers; hubs at the end */
	double hours, dropping_hours;  /* of sessions without drops, and of those with */
	uint64_t n_rows, n_dropping, drops, by_power, by_host, by_hub, by_device;
};

struct histories {
	struct history_parts parts;
	struct set combinations; /* of struct combination */
	uint64_t n_rows, n_taken;
};

int
histories_new(struct histories **ret)
{
	*ret = calloc(1, sizeof(**ret));
	return *ret ? 0 : -ENOMEM;
}

void
histories_free(struct histories *histories)
{
	if (!histories)
		return;
	history_parts_done(&histories->parts);
	set_done(&histories->combinations);
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
compare_combinations(const void *a, const void *b)
{
	const struct combination *left = a, *right = b;

	return memcmp(left->parts, right->parts, sizeof(left->parts));
}

static const struct combination *
combination_at(const struct histories *histories, size_t i)
{
	return histories->combinations.items[i];
}

int
histories_add(struct histories *histories, const struct ls_trial *trial,
	      const struct histories_aliases *aliases)
{
	return histories_add_sum(histories, trial, aliases, 1);
}

int
histories_add_sum(struct histories *histories, const struct ls_trial *trial,
		  const struct histories_aliases *aliases, uint64_t n_sessions)
{
	struct combination wanted = { 0 }, *found;
	int r = trial->n_hubs > LS_TRIAL_HUBS_MAX || !(trial->hours >= 0) ? -EINVAL : 0;

	for (size_t i = 0; r == 0 && i < LS_N_COMPONENT_KINDS + trial->n_hubs; i++)
		r = history_parts_number(&histories->parts, i, trial, aliases, &wanted.parts[i]);
	if (r < 0)
		return r;
	found = set_add(&histories->combinations, &wanted, sizeof(wanted), compare_combinations);
	if (!found)
		return -ENOMEM;
	histories->n_rows += n_sessions;
	found->n_rows += n_sessions;
	if (trial->drops > 0) {
		found->n_dropping += trial->n_dropping ? trial->n_dropping : 1;
		found->dropping_hours += trial->hours;
	} else {
		found->hours += trial->hours;
	}
	found->drops += trial->drops;
	found->by_power += trial->drops_by_power;
	found->by_host += trial->drops_by_host;
	found->by_hub += trial->drops_by_hub;
	found->by_device += trial->drops_by_device;
	return histories->combinations.n > LS_MAX_COMBINATIONS ? -ENOSPC : 0;
}

/* ---- as trials ------------------------------------------------------------------------------ */

/* Flags by part number; [0] is the unknown part and never set. */
static bool
has_any(const struct combination *combination, const bool *parts)
{
	for (size_t i = 0; i < HISTORY_SLOTS; i++)
		if (parts[combination->parts[i]])
			return true;
	return false;
}

/* Ports, hubs, cables and devices of @combination: what links sessions. */
static void
mark_links(const struct histories *histories, const struct combination *combination, bool *parts)
{
	for (size_t i = 0; i < HISTORY_SLOTS; i++) {
		uint32_t number = combination->parts[i];
		enum ls_component_kind kind =
			number ? history_parts_at(&histories->parts, number)->kind
			       : LS_COMPONENT_HOST;

		if (kind == LS_COMPONENT_PORT || kind == LS_COMPONENT_HUB ||
		    kind == LS_COMPONENT_CABLE || kind == LS_COMPONENT_DEVICE)
			parts[number] = true;
	}
}

static bool
mark_focus(const struct histories *histories, const char *focus, bool *parts)
{
	char text[HISTORIES_NAME_MAX];
	bool found = false;

	for (size_t i = 0; i < histories->parts.all.n; i++) {
		const struct history_part *part = histories->parts.all.items[i];

		if (part->kind != LS_COMPONENT_PORT && part->kind != LS_COMPONENT_DEVICE)
			continue;
		parts[part->number] =
			strcmp(part->name, focus) == 0 || strcmp(part->shown, focus) == 0 ||
			(*part->too && strcmp(part->too, focus) == 0) ||
			strcmp(history_parts_name(&histories->parts, part, text), focus) == 0;
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
add_hours(struct ls_trial *trial, double hours, struct ls_trials *trials)
{
	double left = hours;
	int r;

	do {
		trial->hours = left < HOURS_AT_ONCE ? left : HOURS_AT_ONCE;
		left -= trial->hours;
		r = ls_trials_add(trials, trial);
		trial->drops = trial->drops_by_power = trial->drops_by_host = trial->drops_by_hub =
			trial->drops_by_device = 0;
		trial->n_dropping = 0;
	} while (r > 0 && left > 0);
	return r < 0 ? r : 0;
}

/*
 * Sessions with drops are separate from those without: they have another weight
 * (lib/attribution/trials.h).
 */
static int
add_trial(const struct combination *combination, struct ls_trials *trials)
{
	char numbers[HISTORY_SLOTS][NAME_NUMBER_MAX];
	struct ls_trial trial = { 0 };
	int r = 0;

	for (size_t i = 0; i < HISTORY_SLOTS; i++) {
		uint32_t number = combination->parts[i];

		snprintf(numbers[i], sizeof(numbers[i]), "%u", number);
		if (i < LS_N_COMPONENT_KINDS)
			trial.names[i] = number ? numbers[i] : NULL;
		else if (number)
			trial.hubs[trial.n_hubs++] = numbers[i];
	}
	if (combination->hours > 0 || combination->n_dropping == 0)
		r = add_hours(&trial, combination->hours, trials);
	if (r < 0 || combination->n_dropping == 0)
		return r;
	trial.drops = clamp(combination->drops);
	trial.drops_by_power = clamp(combination->by_power);
	trial.drops_by_host = clamp(combination->by_host);
	trial.drops_by_hub = clamp(combination->by_hub);
	trial.drops_by_device = clamp(combination->by_device);
	trial.n_dropping = clamp(combination->n_dropping);
	return add_hours(&trial, combination->dropping_hours, trials);
}

static int
add_trials(struct histories *histories, const bool *parts, struct ls_trials *trials)
{
	int r = 0;

	histories->n_taken = 0;
	for (size_t i = 0; r == 0 && i < histories->combinations.n; i++) {
		const struct combination *combination = combination_at(histories, i);

		if (parts && !has_any(combination, parts))
			continue;
		histories->n_taken += combination->n_rows;
		r = add_trial(combination, trials);
	}
	return r;
}

/* *ret: a flag for each number, NULL without @focus. 1, or 0 if nothing has that name. */
static int
find_links(const struct histories *histories, const char *focus, bool **ret)
{
	bool *named = calloc(histories->parts.all.n + 1, sizeof(*named));
	bool *links = calloc(histories->parts.all.n + 1, sizeof(*links));
	bool complete = named && links;
	bool found = complete && mark_focus(histories, focus, named);

	for (size_t i = 0; found && i < histories->combinations.n; i++) {
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

static const struct history_part *
find_part(const struct histories *histories, const char *part)
{
	unsigned long number = strtoul(part, NULL, 10);

	if (number == 0 || number > histories->parts.all.n)
		return NULL;
	return history_parts_at(&histories->parts, (uint32_t)number);
}

const char *
histories_name(const struct histories *histories, const char *part, char text[HISTORIES_NAME_MAX])
{
	const struct history_part *found = find_part(histories, part);

	text[0] = '\0';
	return found ? history_parts_name(&histories->parts, found, text) : text;
}

const char *
histories_id(const struct histories *histories, const char *part)
{
	const struct history_part *found = find_part(histories, part);

	return found ? found->name : NULL;
}

enum ls_component_kind
histories_kind(const struct histories *histories, const char *part)
{
	const struct history_part *found = find_part(histories, part);

	return found ? found->kind : LS_N_COMPONENT_KINDS;
}

const char *
histories_part(const struct histories *histories, enum ls_component_kind kind, size_t i,
	       char text[HISTORIES_NAME_MAX])
{
	for (size_t k = 0; k < histories->parts.all.n; k++) {
		const struct history_part *part = histories->parts.all.items[k];

		if (part->kind == kind && i-- == 0)
			return history_parts_name(&histories->parts, part, text);
	}
	return NULL;
}
