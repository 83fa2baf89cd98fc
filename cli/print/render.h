#pragma once
/*
 * Tables, trees, colour and wrapped sentences on a stream. Text that comes in is clean already
 * (see cli/base/sanitize.h). Colour only repeats what the text says.
 */
#include <stdio.h>

#include "cli/base/output_style.h"
#include "lib/base/base.h"

enum tone {
	TONE_PLAIN,
	TONE_STRONG,
	TONE_DIM,
	TONE_GOOD,
	TONE_WARN,
	TONE_BAD,
};

/* A sentence, wrapped to the width with later lines indented by @indent columns, and a newline. */
void render_sentence(const struct output_style *style, enum tone tone, int indent,
		     const char *format, ...) LS_PRINTF(4, 5);

enum table_flag {
	TABLE_RIGHT = 1 << 0, /* numbers */
	TABLE_TREE = 1 << 1,  /* carries the branches */
	TABLE_CUT = 1 << 2,   /* may be cut when the terminal is narrow */
};

struct table_column {
	const char *heading;
	unsigned flags;
};

struct table;
struct libscols_line; /* a row */

/* @style must outlive it. 0 or -ENOMEM. */
int table_new(const struct output_style *style, const struct table_column *columns,
	      size_t n_columns, struct table **ret);
void table_free(struct table *table); /* NULL is fine */
LS_DEFINE_AUTO(table)

/* A new row, below @parent if that is not NULL; parents come before their children. */
struct libscols_line *table_row(struct table *table, struct libscols_line *parent);
/* @text is copied. What fails for lack of memory is reported by table_print(). */
void table_cell(struct table *table, struct libscols_line *row, size_t column, enum tone tone,
		const char *text);
/* A number; @tone unless it is 0. */
void table_number(struct table *table, struct libscols_line *row, size_t column, int64_t n,
		  enum tone tone);
/* @text stands there instead of the cells of @row, across all columns; @row has no parent. */
void table_title(struct table *table, struct libscols_line *row, const char *text);
/* Rows must have been added in the order of the tree. 0 or -ENOMEM. */
int table_print(struct table *table);
