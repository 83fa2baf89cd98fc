#include "lib/explain/explain.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/explain/builtin.h"
#include "lib/explain/causes.h"
#include "lib/explain/kernel.h"
#include "lib/explain/phrase.h"
#include "lib/explain/read.h"

#define HITS_MAX    32	/* of a line; more are of a page, and not looked at */
#define NEAR_ENOUGH 0.6 /* of the question is in a phrase */

int
ls_explain_new(struct ls_explain **ret)
{
	ls_auto(ls_explain) *table = calloc(1, sizeof(*table));
	char why[LS_TEXT_MAX];
	int r = table ? ls_explain_add_causes(table) : -ENOMEM;

	for (size_t i = 0; r >= 0 && i < explain_n_files; i++) {
		r = ls_explain_read(table, explain_files[i].name, explain_files[i].text, why);
		assert(r > 0 || r == -ENOMEM); /* ours */
	}
	if (r >= 0)
		r = ls_explain_add_kernel_messages(table);
	if (r < 0)
		return r;
	*ret = LS_STEAL(&table);
	return 0;
}

void
ls_explain_free(struct ls_explain *table)
{
	if (!table)
		return;
	ls_explain_done(table);
	free(table);
}

const struct ls_explain_entry *
ls_explain_get(const struct ls_explain *table, const char *id)
{
	for (size_t i = 0; i < table->n; i++)
		if (strcmp(table->entries[i].id, id) == 0)
			return &table->entries[i];
	return NULL;
}

static void
add(const struct ls_explain_entry **list, size_t *n, const struct ls_explain_entry *entry)
{
	for (size_t i = 0; i < *n; i++)
		if (list[i] == entry)
			return;
	if (*n < LS_EXPLAIN_FOUND_MAX)
		list[(*n)++] = entry;
}

typedef bool (*phrase_fits_fn)(const struct ls_phrase *phrase, const struct ls_words *question);

static void
find_all(const struct ls_explain *table, const struct ls_words *question, phrase_fits_fn fits,
	 struct ls_explain_found *ret)
{
	for (size_t i = 0; i < table->n; i++)
		for (size_t j = 0; j < table->entries[i].n_phrases; j++)
			if (fits(&table->entries[i].phrases[j], question))
				add(ret->entries, &ret->n, &table->entries[i]);
}

/* ---- a line that holds phrases ------------------------------------------------------------- */

struct hit {
	const struct ls_explain_entry *entry;
	struct ls_phrase_range range;
};

static struct hit
hit_of(const struct ls_explain_entry *entry, const struct ls_words *question)
{
	struct hit best = { .entry = entry };

	for (size_t i = 0; i < entry->n_phrases; i++) {
		struct ls_phrase_range one = ls_phrase_find(&entry->phrases[i], question);

		if (one.to - one.from > best.range.to - best.range.from)
			best.range = one;
	}
	return best;
}

/* What a longer phrase covers is only a part of it. */
static bool
is_covered(const struct hit *hits, size_t n, const struct hit *hit)
{
	for (size_t i = 0; i < n; i++) {
		const struct ls_phrase_range *other = &hits[i].range;

		if (other->to - other->from > hit->range.to - hit->range.from &&
		    other->from < hit->range.to && hit->range.from < other->to)
			return true;
	}
	return false;
}

static void
find_within(const struct ls_explain *table, const struct ls_words *question,
	    struct ls_explain_found *ret)
{
	struct hit hits[HITS_MAX];
	size_t n = 0;

	for (size_t i = 0; i < table->n && n < HITS_MAX; i++) {
		hits[n] = hit_of(&table->entries[i], question);
		n += hits[n].range.to > 0;
	}
	for (size_t i = 0; i < n; i++) {
		if (is_covered(hits, n, &hits[i]))
			add(ret->near, &ret->n_near, hits[i].entry);
		else
			add(ret->entries, &ret->n, hits[i].entry);
	}
}

/* ---- what is near -------------------------------------------------------------------------- */

static double
likeness(const struct ls_explain_entry *entry, const struct ls_words *question)
{
	double best = 0;

	for (size_t i = 0; i < entry->n_phrases; i++) {
		double one = ls_phrase_likeness(&entry->phrases[i], question);

		best = one > best ? one : best;
	}
	return best;
}

/* The best ones first. */
static void
find_near(const struct ls_explain *table, const struct ls_words *question,
	  struct ls_explain_found *ret)
{
	double like[LS_EXPLAIN_FOUND_MAX + 1];

	for (size_t i = 0; i < table->n; i++) {
		double one = likeness(&table->entries[i], question);
		size_t at = ret->n_near;

		if (one < NEAR_ENOUGH)
			continue;
		for (; at > 0 && like[at - 1] < one; at--) {
			if (at == LS_EXPLAIN_FOUND_MAX)
				continue;
			like[at] = like[at - 1];
			ret->near[at] = ret->near[at - 1];
		}
		if (at == LS_EXPLAIN_FOUND_MAX)
			continue;
		like[at] = one;
		ret->near[at] = &table->entries[i];
		ret->n_near += ret->n_near < LS_EXPLAIN_FOUND_MAX;
	}
}

void
ls_explain_find(const struct ls_explain *table, const char *question, struct ls_explain_found *ret)
{
	struct ls_words words;

	*ret = (struct ls_explain_found){ .n = 0 };
	ls_words_split(&words, question);
	find_all(table, &words, ls_phrase_is, ret);
	if (ret->n == 0)
		find_within(table, &words, ret);
	if (ret->n == 0)
		find_all(table, &words, ls_phrase_contains, ret);
	if (ret->n == 0)
		find_near(table, &words, ret);
}

bool
ls_explain_knows(const struct ls_explain *table, const char *word)
{
	struct ls_explain_found found = { .n = 0 };
	struct ls_words words;

	ls_words_split(&words, word);
	find_all(table, &words, ls_phrase_is, &found);
	return found.n > 0;
}
