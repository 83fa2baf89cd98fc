#pragma once
/*
 * The journal's own formats, in which one message is several fields: verbose and export; for JSON
 * see json.h. Only entries whose _TRANSPORT is the kernel become messages: programs cannot set it.
 */
#include "lib/logs/json.h"

#define LS_LOG_FIELD_MAX 64 /* bytes of an export line that decide what it is */

enum ls_log_journal_mode {
	LS_LOG_NO_RECORD,
	LS_LOG_VERBOSE,
	LS_LOG_EXPORT,
};

struct ls_log_journal {
	enum ls_log_journal_mode mode;
	struct ls_log_record record;
	size_t indent; /* of the fields of a verbose record */
	struct ls_log_json json;
	uint64_t n_exported; /* records */
	/* Export: a binary field is its name, a newline, eight bytes of length, and the bytes. */
	bool in_message;
	size_t n_size;	 /* bytes of the length that were seen */
	uint64_t size;	 /* the length */
	uint64_t left;	 /* bytes of the field and its newline that are still to come */
	size_t name_len; /* of a line of which only a part was fed */
	char name[LS_LOG_FIELD_MAX + LS_LOG_MESSAGE_MAX];
};

/* The first line of a verbose record: "Wed 2022-08-21 … [s=…;b=…;m=…;t=…]". */
bool ls_log_verbose_begin(struct ls_log_journal *journal, struct ls_cursor line);
/* A line below; false if it is not of this record. */
bool ls_log_verbose_line(struct ls_log_journal *journal, const char *line, size_t len);

/* "__CURSOR=…": from here on it is `journalctl -o export`. */
bool ls_log_export_begin(struct ls_log_journal *journal, const char *line, size_t len);
/*
 * The bytes of an export. Returns how many were consumed, and adds to @n_lines; less than all, and
 * mode NO_RECORD, where it turns out to be something else: @name then is its first line, if any.
 */
size_t ls_log_export_bytes(struct ls_log_journal *journal, struct ls_log_join *join,
			   const char *bytes, size_t len, uint64_t *n_lines);
/* The end of the file, or of a verbose record. */
void ls_log_journal_end(struct ls_log_journal *journal, struct ls_log_join *join);
