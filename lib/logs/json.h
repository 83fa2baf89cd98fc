#pragma once
/*
 * Entries of a journal as JSON: an object a line, as journalctl prints them, and what editors, jq
 * and copies make of them: objects over several lines, lists of them, messages as lists of bytes,
 * objects that are cut or have a comma too many.
 */
#include "lib/logs/record.h"

#define LS_LOG_NAME_MAX 64 /* bytes of a field's name */

/* An object of several lines, or one that is not quite JSON. */
struct ls_log_json {
	bool inside; /* the next line may go on */
	struct ls_log_record record;
	int depth; /* open braces */
	int lists; /* open brackets of a value */
	size_t name_len;
	char name[LS_LOG_NAME_MAX]; /* its value comes next */
};

/* All objects of a line that begins with one; false if none is an entry of a journal. */
bool ls_log_json_line(struct ls_log_join *join, const char *line, size_t len);
/* Cheap: may an object of several lines begin here? */
bool ls_log_json_may_begin(const char *line, size_t len);
/*
 * A line of such an object, or of one that is not quite JSON; false if it is none, and then the
 * object is over.
 */
bool ls_log_json_part(struct ls_log_json *json, struct ls_log_join *join, const char *line,
		      size_t len);
/* The end of the file. */
void ls_log_json_end(struct ls_log_json *json, struct ls_log_join *join);
