#include "lib/families/section.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void
family_section_free(struct family_section *section)
{
	if (!section)
		return;
	family_match_done(&section->match);
	family_match_done(&section->except);
	free(section->key);
	free(section->family);
	free(section->name);
	free(section->to);
	free(section->text);
	free(section->identity_kind);
	free(section->marker);
	free(section);
}

void
family_list_done(struct family_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		family_section_free(list->sections[i]);
	free(list->sections);
}

int
family_list_add(struct family_list *list, struct family_section *section)
{
	struct family_section **more =
		realloc(list->sections, (list->n + 1) * sizeof(struct family_section *));

	if (!more)
		return -ENOMEM;
	list->sections = more;
	list->sections[list->n++] = section;
	return 1;
}

struct family_section *
family_list_find(const struct family_list *list, const char *key)
{
	for (size_t i = 0; i < list->n; i++) {
		if (strcmp(list->sections[i]->key, key) == 0)
			return list->sections[i];
	}
	return NULL;
}

static struct family_section *
find_mode(const struct ls_families *families, const char *family, const char *name)
{
	for (size_t i = 0; name && i < families->list.n; i++) {
		struct family_section *one = families->list.sections[i];

		if (one->kind == FAMILY_MODE && strcmp(one->family, family) == 0 &&
		    strcmp(one->name, name) == 0)
			return one;
	}
	return NULL;
}

static void
resolve_edge(struct ls_families *families, struct family_section *section)
{
	struct family_section *from = find_mode(families, section->family, section->name);
	struct family_section *to = find_mode(families, section->family, section->to);

	section->edge.from = from ? &from->mode : NULL;
	section->edge.to = to ? &to->mode : NULL;
	section->edge.why = section->text;
	if (from && from->mode.return_us < section->edge.max_us)
		from->mode.return_us = section->edge.max_us;
}

void
family_resolve(struct ls_families *families)
{
	for (size_t i = 0; i < families->list.n; i++) {
		struct family_section *one = families->list.sections[i];

		one->mode.family = one->family;
		one->mode.name = one->name;
		one->mode.title = one->text;
		one->mode.return_us = 0;
		one->of = one;
		if (one->kind == FAMILY_LOOK)
			one->of = find_mode(families, one->family, one->name);
	}
	for (size_t i = 0; i < families->list.n; i++) {
		if (families->list.sections[i]->kind == FAMILY_EDGE)
			resolve_edge(families, families->list.sections[i]);
	}
}
