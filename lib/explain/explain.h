#pragma once
/*
 * What a code, a status, a message or a word of linkstat means: a table that is built in
 * (lib/explain/ *.ini), has an entry for each cause (lib/model/causes.def), and can be extended. It
 * is asked with the words of a person, or with a line that was copied from a terminal.
 */
#include "lib/explain/entry.h"

int ls_explain_new(struct ls_explain **ret); /* 0 or -ENOMEM */
void ls_explain_free(struct ls_explain *table);
LS_DEFINE_AUTO(ls_explain)

#define LS_EXPLAIN_FOUND_MAX 8

struct ls_explain_found {
	const struct ls_explain_entry *entries[LS_EXPLAIN_FOUND_MAX];
	size_t n;
	/* What is in the question, too, behind what the entries explain; or without any entries what
	 * is near. */
	const struct ls_explain_entry *near[LS_EXPLAIN_FOUND_MAX];
	size_t n_near;
};

/* Pointers are borrowed from the table. */
void ls_explain_find(const struct ls_explain *table, const char *question,
		     struct ls_explain_found *ret);
/* Is @word by itself the name of an entry, or a code? */
bool ls_explain_knows(const struct ls_explain *table, const char *word);
/* NULL: none. */
const struct ls_explain_entry *ls_explain_get(const struct ls_explain *table, const char *id);
