#pragma once
/*
 * Entries from .ini text: [ID], then title, whose, means, recorded, first, sure and see, and the
 * words that ask for it: code, word, text, as many as there are. A value goes on in the next line if
 * that is indented.
 */
#include "lib/explain/entry.h"

/*
 * Adds the entries of @text, which ends with NUL; one with an ID that exists replaces it. 1 or -ENOMEM;
 * on an error -EINVAL: @why says "FILE:LINE: what is wrong", and nothing of the text is used.
 */
int ls_explain_read(struct ls_explain *table, const char *file, const char *text,
		    char why[LS_TEXT_MAX]);
/* An empty one at the end, or in place of one with this id; NULL without memory. */
struct ls_explain_entry *ls_explain_add(struct ls_explain *table, const char *id);
/* 0 or -ENOMEM. */
int ls_explain_add_phrase(struct ls_explain_entry *entry, enum ls_phrase_kind kind,
			  const char *text);
/* Adds @value to *@field, after a blank if there is some already. 0 or -ENOMEM. */
int ls_explain_append(char **field, const char *value);
void ls_explain_done(struct ls_explain *table);
