#pragma once
/*
 * What linkstat can explain: entries, each with the words that ask for it. The other files of this
 * folder read or fill this table.
 */
#include "lib/base/base.h"

/* Field, its key in .ini text, and its name for people. All of them are whole sentences. */
#define LS_EXPLAIN_FIELDS(X)                                                                       \
	X(LS_EXPLAIN_WHOSE, "whose", "From")                                                       \
	X(LS_EXPLAIN_MEANS, "means", "Means")                                                      \
	X(LS_EXPLAIN_RECORDED, "recorded", "Record")                                               \
	X(LS_EXPLAIN_FIRST, "first", "First")                                                      \
	X(LS_EXPLAIN_SURE, "sure", "Sure")

enum ls_explain_field {
#define FIELD(id, key, label) id,
	LS_EXPLAIN_FIELDS(FIELD)
#undef FIELD
		LS_EXPLAIN_N_FIELDS
};

/* How the words of an entry are compared with what was asked. */
enum ls_phrase_kind {
	LS_PHRASE_CODE, /* a number: alone, or behind "error", "status" and the like */
	LS_PHRASE_WORD, /* the whole question */
	LS_PHRASE_TEXT, /* or a part of it, or it is a part of this; "#" any number, "*" anything */
};

struct ls_phrase {
	enum ls_phrase_kind kind;
	char *text;
};

struct ls_explain_entry {
	char *id;			   /* "4013", "kernel descriptor": unique */
	char *title;			   /* one line */
	char *fields[LS_EXPLAIN_N_FIELDS]; /* "- " begins a new line of its own; never NULL */
	char *see;			   /* ids with a comma between; "" none */
	struct ls_phrase *phrases;
	size_t n_phrases;
};

struct ls_explain {
	struct ls_explain_entry *entries;
	size_t n;
};
