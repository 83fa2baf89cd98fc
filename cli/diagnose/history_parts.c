#include "cli/diagnose/history_parts.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/text.h"

void
history_parts_done(struct history_parts *parts)
{
	set_done(&parts->all);
}

const struct history_part *
history_parts_at(const struct history_parts *parts, uint32_t number)
{
	return parts->all.items[number - 1];
}

/* The unique key of a part, borrowed from a trial, as most rows have no new part. */
struct key {
	enum ls_component_kind kind;
	const char *name, *realm[N_REALMS];
};

static int
compare_key(const void *a, const void *b)
{
	const struct key *key = a;
	const struct history_part *part = b;
	int r = (int)key->kind - (int)part->kind;

	if (r == 0)
		r = strcmp(key->name, part->name);
	for (int i = 0; r == 0 && i < N_REALMS; i++)
		r = strcmp(key->realm[i], part->realm[i]);
	return r;
}

static int
compare_parts(const void *a, const void *b)
{
	const struct history_part *part = a;
	struct key key = { .kind = part->kind, .name = part->name };

	for (int i = 0; i < N_REALMS; i++)
		key.realm[i] = part->realm[i];
	return compare_key(&key, b);
}

static const char *
or_empty(const char *text)
{
	return text ? text : "";
}

/* Ports and controllers always are; others by their name. */
static bool
is_named_by_place(enum ls_component_kind kind, const char *name)
{
	return kind == LS_COMPONENT_CONTROLLER || kind == LS_COMPONENT_PORT ||
	       ((kind == LS_COMPONENT_HUB || kind == LS_COMPONENT_DEVICE) && strstr(name, " at "));
}

static struct key
key_of(enum ls_component_kind kind, const char *name, const struct ls_trial *trial)
{
	const char *hub = trial->n_hubs > 0 ? trial->hubs[trial->n_hubs - 1] : NULL;
	const char *const realms[N_REALMS] = {
		[REALM_HOST] = trial->names[LS_COMPONENT_HOST],
		[REALM_CONTROLLER] = trial->names[LS_COMPONENT_CONTROLLER],
		[REALM_HUB] = hub,
	};
	int n = !is_named_by_place(kind, name)	  ? 0
		: kind == LS_COMPONENT_PORT	  ? N_REALMS
		: kind == LS_COMPONENT_CONTROLLER ? REALM_CONTROLLER
						  : REALM_HUB;
	struct key key = { .kind = kind, .name = name };

	for (int i = 0; i < N_REALMS; i++)
		key.realm[i] = i < n ? or_empty(realms[i]) : "";
	return key;
}

static void
fill_aliases(struct history_part *part, const struct histories_aliases *aliases)
{
	const char *shown = NULL;

	if (aliases && part->kind == LS_COMPONENT_PORT) {
		shown = aliases->port;
		ls_text_copy(part->too, sizeof(part->too), or_empty(aliases->port_too));
	} else if (aliases && part->kind == LS_COMPONENT_DEVICE) {
		shown = aliases->device;
	}
	ls_text_copy(part->shown, sizeof(part->shown), shown && *shown ? shown : part->name);
}

static struct history_part *
add_part(struct history_parts *parts, const struct key *key,
	 const struct histories_aliases *aliases)
{
	struct history_part part = { .kind = key->kind, .number = (uint32_t)parts->all.n + 1 };

	ls_text_copy(part.name, sizeof(part.name), key->name);
	for (int i = 0; i < N_REALMS; i++)
		ls_text_copy(part.realm[i], sizeof(part.realm[i]), key->realm[i]);
	snprintf(part.id, sizeof(part.id), "%u", part.number);
	fill_aliases(&part, aliases);
	return set_add(&parts->all, &part, sizeof(part), compare_parts);
}

int
history_parts_find(struct history_parts *parts, size_t slot, const struct ls_trial *trial,
		   const struct histories_aliases *aliases, const struct history_part **ret)
{
	bool is_hub = slot >= LS_N_COMPONENT_KINDS;
	const char *name = is_hub ? trial->hubs[slot - LS_N_COMPONENT_KINDS] : trial->names[slot];
	struct history_part *found;
	struct key key;

	*ret = NULL;
	if (!name || !*name)
		return 0;
	key = key_of(is_hub ? LS_COMPONENT_HUB : (enum ls_component_kind)slot, name, trial);
	found = set_find(&parts->all, &key, compare_key);
	if (!found)
		found = add_part(parts, &key, aliases);
	if (!found)
		return -ENOMEM;
	*ret = found;
	return parts->all.n > LS_MAX_COMPONENTS ? -ENOSPC : 0;
}

/* Appends what distinguishes @part from others with the same shown name. */
static void
append_differences(const struct history_parts *parts, const struct history_part *part,
		   char text[HISTORIES_NAME_MAX])
{
	static const char *const words[N_REALMS] = { "on", "of", "behind" };
	bool differs[N_REALMS] = { false }, name_differs = false;

	for (size_t i = 0; i < parts->all.n; i++) {
		const struct history_part *other = parts->all.items[i];

		if (other == part || other->kind != part->kind ||
		    strcmp(other->shown, part->shown) != 0)
			continue;
		name_differs = name_differs || strcmp(other->name, part->name) != 0;
		for (int k = 0; k < N_REALMS; k++)
			differs[k] = differs[k] || strcmp(other->realm[k], part->realm[k]) != 0;
	}
	if (name_differs && strcmp(part->name, part->shown) != 0)
		ls_text_append(text, HISTORIES_NAME_MAX, " %s %s", "=", part->name);
	for (int k = N_REALMS - 1; k >= 0; k--)
		if (differs[k] && *part->realm[k])
			ls_text_append(text, HISTORIES_NAME_MAX, " %s %s", words[k],
				       part->realm[k]);
}

const char *
history_parts_name(const struct history_parts *parts, const struct history_part *part,
		   char text[HISTORIES_NAME_MAX])
{
	ls_text_copy(text, HISTORIES_NAME_MAX, part->shown);
	append_differences(parts, part, text);
	return text;
}
