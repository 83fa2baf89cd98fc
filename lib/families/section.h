#pragma once
/* The [section]s of family files: the table that all other files of this folder read or fill. */
#include "lib/families/match.h"
#include "lib/families/mode.h"

/* Which part of the serial number is the identity. */
enum family_take { FAMILY_TAKE_ALL, FAMILY_TAKE_AFTER, FAMILY_TAKE_HEX_AFTER, FAMILY_TAKE_LAST };

enum family_kind { FAMILY_MODE, FAMILY_LOOK, FAMILY_EDGE, FAMILY_IDENTITY };

/* One [section], whatever its kind; the fields of other kinds are 0. */
struct family_section {
	char *key; /* the heading with single blanks: what makes two sections the same */
	enum family_kind kind;
	unsigned int layer; /* of the text it comes from: higher ones are asked first */
	unsigned int line;
	char *family, *name, *to; /* a mode, or an edge's from and to; NULL: any other */
	struct family_match match;
	/* A mode: strings in @mode are borrowed from this section. */
	struct ls_mode mode;
	char *text; /* title, or why */
	bool context;
	/* A look: the mode it is another look of. */
	struct family_section *of;
	/* An edge. */
	struct ls_edge edge;
	/* An identity. */
	char *identity_kind, *marker;
	enum family_take take;
	unsigned int n_last;
	struct family_match except; /* of the value that was found; globs */
	unsigned int seen;	    /* bit per key of keys.c */
};

struct family_list {
	struct family_section **sections;
	size_t n;
};

struct ls_families {
	struct family_list list; /* in the order in which they are asked */
	unsigned int n_layers;
};

void family_section_free(struct family_section *section);
void family_list_done(struct family_list *list);
/* 1 or -ENOMEM; owns @section on success. */
int family_list_add(struct family_list *list, struct family_section *section);
struct family_section *family_list_find(const struct family_list *list, const char *key);

/* After each change of the list: resolves names of modes, and how long each is waited for. */
void family_resolve(struct ls_families *families);
