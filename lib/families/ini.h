#pragma once
/* Reads .ini text into the table of families. */
#include "lib/base/base.h"

struct ls_families;

/*
 * Reads one more .ini text; a [section] that exists already is replaced, and its rules are asked
 * before those of all texts read earlier. 1, or -ENOMEM; on an error in it -EINVAL, and @why says
 * "FILE:LINE: what is wrong and what is allowed". In both cases nothing of the text is used.
 */
int ls_families_read(struct ls_families *families, const char *file, const char *text, size_t len,
		     char why[LS_TEXT_MAX]);
