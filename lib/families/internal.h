#pragma once
/* What the files of the family table share; see lib/families/families.h. */
#include "lib/families/families.h"

/* What a rule may ask of a device. The order is that of the keys' table in families_value.c. */
enum family_subject {
	FAMILY_ID, /* first: vendor; last: product ids as FIRST << 16 | LAST */
	FAMILY_VID,
	FAMILY_PID,
	FAMILY_BCD_DEVICE,
	FAMILY_DEVICE_CLASS,
	FAMILY_N_CONFIGURATIONS,
	FAMILY_I_MANUFACTURER,
	FAMILY_I_PRODUCT,
	FAMILY_I_SERIAL,
	FAMILY_INTERFACE, /* first: class, subclass, protocol as 0xCCSSPP; last: mask of it */
	FAMILY_SERIAL_HEX,
	FAMILY_SERIAL,
	FAMILY_PRODUCT,
	FAMILY_MANUFACTURER,
	FAMILY_N_SUBJECTS,
};

struct family_condition {
	enum family_subject subject;
	uint32_t first, last;
	char *glob; /* texts only */
};

/* All subjects that are asked about must hold; of one subject one condition is enough. */
struct family_match {
	struct family_condition *conditions;
	size_t n;
};

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
	unsigned int seen;	    /* bit per key of families_keys.c */
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

/* After each change of the list: who is whose mode, and how long it is waited for. */
void family_resolve(struct ls_families *families);

/* A list of values of @subject: 1, -ENOMEM, or -EINVAL with @why. */
int family_match_add(struct family_match *match, enum family_subject subject, const char *value,
		     char why[LS_TEXT_MAX]);
void family_match_done(struct family_match *match);
bool family_matches(const struct family_match *match, const struct ls_device *device);
/* "*" any text, "?" any byte; without regard to case. */
bool family_glob(const char *glob, const char *text);
/* The number of hexadecimal digits that @text consists of, 0 if it has anything else. */
unsigned int family_hex_digits(const char *text);

/* One "key = value" of @section: as family_match_add(). */
int family_key_set(struct family_section *section, const char *key, const char *value,
		   char why[LS_TEXT_MAX]);
/* Is all there that such a section needs? 1 or -EINVAL with @why. */
int family_keys_complete(const struct family_section *section, char why[LS_TEXT_MAX]);
/* The heading of a new section: as family_match_add(). */
int family_heading_parse(const char *heading, struct family_section *section,
			 char why[LS_TEXT_MAX]);

/* The shipped files, put in when linkstat is built. In the order of reading. */
struct family_file {
	const char *name, *text;
	size_t len;
};
extern const struct family_file family_files[];
extern const size_t family_n_files;
