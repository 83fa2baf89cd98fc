#pragma once
/*
 * What stands above a line, as far as it decides what the line can be: a line without a head below
 * a program's line belongs to that program, which may print anything.
 */
#include "lib/logs/line.h"

#define LS_LOG_GLANCE_MAX 512 /* of a line of which only the head is needed */

/* A line that is not read unless a later one needs it; @at points into the bytes being fed. */
struct ls_log_glance {
	const char *at;
	size_t len; /* 0: none */
	char kept[LS_LOG_GLANCE_MAX];
};

struct ls_log_context {
	struct ls_log_glance top;    /* the last line that began with something like a stamp */
	bool apart;		     /* an empty line since then */
	struct ls_log_glance before; /* the line before */
};

/* Only blanks and quote marks. */
bool ls_log_is_blank(const char *line, size_t len);
/* Cheap, and sufficient to rule out that a line continues the one above. */
bool ls_log_begins_with_stamp(const char *line, size_t len);
/* Cheap and generous: "[  +0.000123]" or "[Sep14 22:47]" of dmesg -H, by which others are dated. */
bool ls_log_moves_clock(const char *line, size_t len);
/* May a line without a keyword be relevant nevertheless? */
bool ls_log_is_special(const char *line, size_t len);
void ls_log_remember(struct ls_log_context *context, const char *line, size_t len);
/* Several lines, each with its newline: all that counts begins at the last one with a stamp. */
void ls_log_remember_all(struct ls_log_context *context, const char *lines, const char *end);
/* The bytes being fed go away. */
void ls_log_context_keep(struct ls_log_context *context);
/* Parses the head of the line; @clean takes the text. */
enum ls_log_owner ls_log_glance_head(const struct ls_log_glance *glance, struct ls_log_head *head,
				     char clean[LS_LOG_CLEAN_MAX]);
/*
 * May a line without a head be a message of its own? Not if it belongs to a program's line above
 * it, or is indented below any line that has a head: both are one text of several lines.
 * @in_string: the message above is a device's own text.
 */
bool ls_log_may_be_bare(const struct ls_log_context *context, bool indented, bool in_string);
