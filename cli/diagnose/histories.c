#include "cli/diagnose/histories.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/diagnose/history_parts.h"

struct histories {
	struct history_parts parts;
	struct ls_trials *trials; /* of all; parts have their numbers as names */
	struct ls_trials *linked; /* with the last focus, or NULL */
	uint64_t n_rows, n_taken;
};

int
histories_new(struct histories **ret)
{
	ls_auto(histories) *histories = calloc(1, sizeof(*histories));

	if (!histories || ls_trials_new(&histories->trials) < 0)
		return -ENOMEM;
	*ret = LS_STEAL(&histories);
	return 0;
}

void
histories_free(struct histories *histories)
{
	if (!histories)
		return;
	history_parts_done(&histories->parts);
	ls_trials_free(histories->trials);
	ls_trials_free(histories->linked);
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

/* A cable that is part of its device is no part of its own. */
static bool
is_built_in(const struct ls_trial *trial, size_t slot)
{
	return slot == LS_COMPONENT_CABLE && trial->names[slot] &&
	       strcmp(trial->names[slot], LS_CABLE_BUILT_IN) == 0;
}

int
histories_add(struct histories *histories, const struct ls_trial *trial,
	      const struct histories_aliases *aliases)
{
	struct ls_trial numbered = *trial;
	int r;

	if (trial->n_hubs > LS_TRIAL_HUBS_MAX)
		return -EINVAL;
	for (size_t i = 0; i < LS_N_COMPONENT_KINDS + trial->n_hubs; i++) {
		const struct history_part *part;

		if (is_built_in(trial, i))
			continue;
		r = history_parts_find(&histories->parts, i, trial, aliases, &part);
		if (r < 0)
			return r;
		if (i < LS_N_COMPONENT_KINDS)
			numbered.names[i] = part ? part->id : NULL;
		else
			numbered.hubs[i - LS_N_COMPONENT_KINDS] = part ? part->id : NULL;
	}
	r = ls_trials_add(histories->trials, &numbered);
	if (r < 0)
		return r;
	histories->n_rows += trial->n_sessions ? trial->n_sessions : 1;
	return 0;
}

/* The numbers of the ports and devices with that name; how many. */
static size_t
find_focus(const struct histories *histories, const char *focus, const char **ret)
{
	char text[HISTORIES_NAME_MAX];
	size_t n = 0;

	for (size_t i = 0; i < histories->parts.all.n; i++) {
		const struct history_part *part = histories->parts.all.items[i];

		if (part->kind != LS_COMPONENT_PORT && part->kind != LS_COMPONENT_DEVICE)
			continue;
		if (strcmp(part->name, focus) == 0 || strcmp(part->shown, focus) == 0 ||
		    (*part->too && strcmp(part->too, focus) == 0) ||
		    strcmp(history_parts_name(&histories->parts, part, text), focus) == 0)
			ret[n++] = part->id;
	}
	return n;
}

/* 1, 0 if nothing has that name. */
static int
link_focus(struct histories *histories, const char *focus)
{
	const char **names = calloc(histories->parts.all.n + 1, sizeof(*names));
	size_t n;
	int r = 0;

	if (!names)
		return -ENOMEM;
	n = find_focus(histories, focus, names);
	ls_trials_free(histories->linked);
	histories->linked = NULL;
	if (n > 0)
		r = ls_trials_linked(histories->trials, names, n, &histories->linked);
	free(names);
	return r < 0 ? r : n > 0;
}

int
histories_trials(struct histories *histories, const char *focus, const struct ls_trials **ret)
{
	int r = focus ? link_focus(histories, focus) : 1;

	if (r <= 0)
		return r;
	*ret = focus ? histories->linked : histories->trials;
	histories->n_taken = focus ? ls_trials_n_sessions(*ret) : histories->n_rows;
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
