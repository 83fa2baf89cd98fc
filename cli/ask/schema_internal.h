#pragma once
/* What shapes are made of: between the tables (shape.c) and the check (shape_check.c). */
#include "cli/ask/schema.h"

enum shape_kind {
	TEXT,
	TIME,
	INTEGER,
	BYTES,	/* a disk moves 2^40 in an hour */
	SIGNED, /* of 32 bits */
	REAL,
	FLAG,
	OBJECT, /* .of */
	LIST,	/* of objects .of, of strings if that is NULL */
	COUNTS, /* [string]int */
	MAP,	/* of names to objects .of */
};

struct shape_field {
	const char *name;
	enum shape_kind kind;
	bool optional;
	const struct shape *of;
};

struct shape {
	const char *name;
	const struct shape_field *fields;
	size_t n_fields;
};
