#pragma once
/* One entry of a journal, of which only some fields are needed, in whatever format it comes. */
#include "lib/logs/join.h"

/* What is known of the record so far. */
struct ls_log_record {
	bool from_kernel, from_program, from_journald;
	bool has_source_clock; /* the kernel's own stamp is better than the journal's */
	struct ls_log_stamp stamp;
	size_t boot_len, message_len;
	char boot[40];
	char message[LS_LOG_MESSAGE_MAX];
};

/* One field. Names that are not needed are ignored. */
void ls_log_record_field(struct ls_log_record *record, struct ls_cursor name,
			 struct ls_cursor value);
/* The record is complete: its message is read. Leaves an empty one. */
void ls_log_record_end(struct ls_log_record *record, struct ls_log_join *join);

/* As much as fits; how much that was. */
size_t ls_log_copy(char *dst, size_t size, const struct ls_cursor *src);
bool ls_log_cursor_is(const struct ls_cursor *text, const char *word);
