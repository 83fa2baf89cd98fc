#pragma once
/* Headings and keys of a [section] of a family file. */
#include "lib/families/section.h"

/* The heading of a new section: as family_match_add(). */
int family_heading_parse(const char *heading, struct family_section *section,
			 char why[LS_TEXT_MAX]);
/* One "key = value" of @section: as family_match_add(). */
int family_key_set(struct family_section *section, const char *key, const char *value,
		   char why[LS_TEXT_MAX]);
/* Is all there that such a section needs? 1 or -EINVAL with @why. */
int family_keys_complete(const struct family_section *section, char why[LS_TEXT_MAX]);
