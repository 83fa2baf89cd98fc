#include "lib/families/families.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/families/builtin.h"
#include "lib/families/ini.h"
#include "lib/families/section.h"

#define HEX_DIGITS "0123456789abcdefABCDEF"

int
ls_families_new(struct ls_families **ret)
{
	ls_auto(ls_families) *families = calloc(1, sizeof(*families));
	char why[LS_TEXT_MAX];

	if (!families)
		return -ENOMEM;
	for (size_t i = 0; i < family_n_files; i++) {
		const struct ls_embedded_file *file = &family_files[i];
		int r = ls_families_read(families, file->name, file->text, file->len, why);

		assert(r > 0 || r == -ENOMEM); /* ours */
		if (r < 0)
			return r;
	}
	*ret = LS_STEAL(&families);
	return 0;
}

void
ls_families_free(struct ls_families *families)
{
	if (!families)
		return;
	family_list_done(&families->list);
	free(families);
}

/* ---- modes and edges --------------------------------------------------------------------- */

static bool
is_look(const struct family_section *section)
{
	return section->kind == FAMILY_MODE || section->kind == FAMILY_LOOK;
}

static bool
edge_fits(const struct ls_edge *edge, const struct ls_mode *from, const struct ls_mode *to,
	  uint64_t away_us)
{
	return edge->from == from && edge->to == to && away_us >= edge->min_us &&
	       away_us <= edge->max_us;
}

static const struct ls_edge *
find_edge(const struct ls_families *families, const struct ls_mode *from, const struct ls_mode *to,
	  uint64_t away_us)
{
	for (size_t i = 0; i < families->list.n; i++) {
		const struct family_section *section = families->list.sections[i];

		if (section->kind == FAMILY_EDGE && edge_fits(&section->edge, from, to, away_us))
			return &section->edge;
	}
	return NULL;
}

/* After that time the device that left @before is not waited for, and gives no context. */
static bool
is_waited_for(const struct ls_mode *before, uint64_t away_us)
{
	uint64_t wait_us = before->return_us > LS_FAMILIES_GENERAL_US ? before->return_us
								      : LS_FAMILIES_GENERAL_US;

	return away_us <= wait_us;
}

const struct ls_mode *
ls_families_mode(const struct ls_families *families, const struct ls_device *device,
		 const struct ls_mode *before, uint64_t away_us)
{
	const struct ls_mode *plain = NULL;
	bool stayed = false;

	if (before && !is_waited_for(before, away_us))
		before = NULL;
	for (size_t i = 0; i < families->list.n; i++) {
		const struct family_section *section = families->list.sections[i];
		const struct family_section *of = section->of;

		if (!is_look(section) || !family_matches(&section->match, device))
			continue;
		if (before && find_edge(families, before, &of->mode, away_us))
			return &of->mode;
		if (before == &of->mode)
			stayed = true;
		if (!plain && !of->context)
			plain = &of->mode;
	}
	return stayed ? before : plain;
}

const struct ls_edge *
ls_families_edge(const struct ls_families *families, const struct ls_mode *from,
		 const struct ls_mode *to, uint64_t away_us)
{
	const struct ls_edge *edge = NULL;

	if (from && to)
		edge = find_edge(families, from, to, away_us);
	if (!edge && from && from != to)
		edge = find_edge(families, from, NULL, away_us);
	if (!edge && to && from != to)
		edge = find_edge(families, NULL, to, away_us);
	return edge;
}

/* ---- identity ---------------------------------------------------------------------------- */

static size_t
n_alnum(const char *text)
{
	return strspn(text, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
}

/* The text after the marker; its length, 0 if it must be hexadecimal and is not. */
static size_t
take_after(const struct family_section *rule, const char *serial, const char **ret)
{
	const char *found = strcasestr(serial, rule->marker);
	size_t len;

	if (!found)
		return 0;
	*ret = found + strlen(rule->marker);
	len = n_alnum(*ret);
	if (rule->take == FAMILY_TAKE_HEX_AFTER && strspn(*ret, HEX_DIGITS) != len)
		return 0;
	return len;
}

/* The part of @serial that the rule takes; its length, 0 if it is not there. */
static size_t
take_value(const struct family_section *rule, const char *serial, const char **ret)
{
	size_t len = strlen(serial);

	*ret = serial;
	switch (rule->take) {
	case FAMILY_TAKE_ALL:
		return len;
	case FAMILY_TAKE_LAST:
		if (len < rule->n_last)
			return 0;
		*ret = serial + len - rule->n_last;
		return rule->n_last;
	case FAMILY_TAKE_AFTER:
	case FAMILY_TAKE_HEX_AFTER:
		return take_after(rule, serial, ret);
	}
	return 0;
}

/* 1, or 0 if the value is missing, too long or excepted. */
static int
identify(const struct family_section *rule, const char *serial, char ret[LS_IDENTITY_MAX])
{
	struct ls_device probe = { 0 };
	const char *value;
	size_t len = take_value(rule, serial, &value);
	char text[LS_IDENTITY_MAX];
	int n;

	if (len == 0 || len >= sizeof(text))
		return 0;
	for (size_t i = 0; i < len; i++)
		text[i] = (char)(value[i] >= 'A' && value[i] <= 'Z' ? value[i] | 0x20 : value[i]);
	text[len] = '\0';
	memcpy(probe.serial, text, len + 1);
	if (family_matches(&rule->except, &probe))
		return 0;
	n = snprintf(ret, LS_IDENTITY_MAX, "%s:%s:%s", rule->family, rule->identity_kind, text);
	return n > 0 && n < LS_IDENTITY_MAX;
}

void
ls_families_identity(const struct ls_families *families, const struct ls_device *device,
		     char ret[LS_IDENTITY_MAX])
{
	for (size_t i = 0; device->serial[0] && i < families->list.n; i++) {
		const struct family_section *rule = families->list.sections[i];

		if (rule->kind == FAMILY_IDENTITY && family_matches(&rule->match, device) &&
		    identify(rule, device->serial, ret))
			return;
	}
	ret[0] = '\0';
}

enum ls_identity_match
ls_families_match_identities(const char *before, const char *after)
{
	const char *colon = strchr(before, ':');
	size_t prefix;

	colon = colon ? strchr(colon + 1, ':') : NULL;
	if (!colon)
		return LS_IDENTITY_UNKNOWN;
	prefix = (size_t)(colon - before) + 1;
	if (strncmp(before, after, prefix) != 0)
		return LS_IDENTITY_UNKNOWN;
	return strcmp(before, after) == 0 ? LS_IDENTITY_SAME : LS_IDENTITY_OTHER;
}
