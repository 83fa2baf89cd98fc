#pragma once
/*
 * Words of a question and of the table, compared without regard to case, marks and blanks. A word is
 * letters, digits and "_"; a number may have a "-" before it: "read/64, error -71" is four of them.
 */
#include "lib/explain/entry.h"

#define LS_WORDS_MAX 96 /* the rest is not looked at */
#define LS_WORD_MAX  40 /* longer ones are cut */

struct ls_words {
	size_t n;
	char at[LS_WORDS_MAX][LS_WORD_MAX];
};

void ls_words_split(struct ls_words *ret, const char *text);
bool ls_word_is_number(const char *word); /* decimal with or without a minus, or 0x… */

/* The words @from … @to - 1 of the question that a phrase explains; @to 0: it does not. */
struct ls_phrase_range {
	size_t from, to;
};

/* Is the question this phrase, as a whole? */
bool ls_phrase_is(const struct ls_phrase *phrase, const struct ls_words *question);
/* Where it is in the question. */
struct ls_phrase_range ls_phrase_find(const struct ls_phrase *phrase,
				      const struct ls_words *question);
/* Is the question a part of it? */
bool ls_phrase_contains(const struct ls_phrase *phrase, const struct ls_words *question);
/* 0 … 1: how much of the question stands in it, or nearly. */
double ls_phrase_likeness(const struct ls_phrase *phrase, const struct ls_words *question);
