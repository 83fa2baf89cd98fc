#include "lib/logs/journal.h"

#include "lib/logs/date.h"

#define MAX_CLOCK  (UINT64_C(1) << 60)
#define SIZE_BYTES 8
#define MAX_FIELD  (UINT64_C(768) << 20) /* the journal's own limit */

/* "b=0123…;m=1a2b;t=5e6f;" within the cursor of a verbose record's head */
static void
take_cursor_part(struct ls_log_record *record, struct ls_cursor part)
{
	uint64_t usec;

	if (ls_take_literal(&part, "b=")) {
		record->boot_len = ls_log_copy(record->boot, sizeof(record->boot), &part);
	} else if (ls_take_literal(&part, "m=") && ls_take_hex(&part, MAX_CLOCK, &usec)) {
		record->stamp.has_mono = true;
		record->stamp.mono_us = usec;
	} else if (ls_take_literal(&part, "t=") && ls_take_hex(&part, MAX_CLOCK, &usec)) {
		record->stamp.date = LS_LOG_REAL;
		record->stamp.real_us = (int64_t)usec;
	}
}

bool
ls_log_verbose_begin(struct ls_log_journal *journal, struct ls_cursor line)
{
	struct ls_log_stamp stamp = { 0 };

	ls_take_spaces(&line);
	while (ls_take_char(&line, '>'))
		ls_take_spaces(&line);
	if (!ls_log_take_date(&line, &stamp))
		return false;
	ls_take_spaces(&line);
	if (!ls_take_literal(&line, "[s="))
		return false;
	if (line.end > line.at && line.end[-1] == ']')
		line.end--;
	journal->mode = LS_LOG_VERBOSE;
	journal->indent = 0;
	journal->record = (struct ls_log_record){ .stamp = stamp };
	while (ls_cursor_left(&line) > 0) {
		take_cursor_part(&journal->record, ls_take_until(&line, ';'));
		ls_take_char(&line, ';');
	}
	return true;
}

bool
ls_log_verbose_line(struct ls_log_journal *journal, const char *line, size_t len)
{
	struct ls_cursor cur = ls_cursor_of(line, len);
	struct ls_cursor name;
	size_t indent;

	while (cur.at < cur.end && (*cur.at == ' ' || *cur.at == '\t' || *cur.at == '>'))
		cur.at++;
	indent = (size_t)(cur.at - line);
	if (indent == 0 || ls_cursor_left(&cur) == 0)
		return false;
	if (!journal->indent)
		journal->indent = indent;
	/* A line that is indented further continues the value above. */
	if (indent != journal->indent)
		return indent > journal->indent;
	if (cur.end[-1] == '\r')
		cur.end--;
	name = ls_take_until(&cur, '=');
	if (ls_take_char(&cur, '='))
		ls_log_record_field(&journal->record, name, cur);
	return true;
}

static bool
is_field_name(const struct ls_cursor *name)
{
	if (ls_cursor_left(name) == 0 || ls_cursor_left(name) > LS_LOG_FIELD_MAX)
		return false;
	for (const char *at = name->at; at < name->end; at++)
		if (!(*at >= 'A' && *at <= 'Z') && !(*at >= '0' && *at <= '9') && *at != '_')
			return false;
	return true;
}

/* A whole line; false if this is no export any more. */
static bool
export_line(struct ls_log_journal *journal, struct ls_log_join *join, const char *line, size_t len)
{
	bool needed = len > 0 && (*line == 'M' || *line == '_' || *line == 'S');
	const char *equals;
	struct ls_cursor name;

	if (len == 0) {
		ls_log_record_end(&journal->record, join);
		journal->n_exported++;
		return true;
	}
	/* Most fields are not needed: MESSAGE, SYSLOG_FACILITY and _… are. */
	equals = memchr(line, '=', needed || len < LS_LOG_FIELD_MAX ? len : LS_LOG_FIELD_MAX);
	if (equals && !needed)
		return *line >= 'A' && *line <= 'Z';
	name = ls_cursor_of(line, equals ? (size_t)(equals - line) : len);
	if (equals) {
		ls_log_record_field(&journal->record, name,
				    (struct ls_cursor){ equals + 1, line + len });
		return *line == '_' || is_field_name(&name);
	}
	if (!is_field_name(&name))
		return false;
	journal->in_message = ls_log_cursor_is(&name, "MESSAGE");
	if (journal->in_message)
		journal->record.message_len = 0;
	journal->n_size = 0;
	journal->size = 0;
	journal->left = SIZE_BYTES;
	return true;
}

/* Bytes of a binary field; how many were consumed, 0: its length is invalid. */
static size_t
export_binary(struct ls_log_journal *journal, const char *bytes, size_t len)
{
	struct ls_log_record *record = &journal->record;
	size_t n = len < journal->left ? len : (size_t)journal->left;

	if (journal->n_size < SIZE_BYTES) {
		journal->size |= (uint64_t)(unsigned char)*bytes << (8 * journal->n_size++);
		if (journal->n_size < SIZE_BYTES)
			return 1;
		journal->left = journal->size + 1; /* and the newline */
		return journal->size > MAX_FIELD ? 0 : 1;
	}
	if (journal->in_message) {
		size_t room = sizeof(record->message) - record->message_len;
		uint64_t of_field = journal->left - 1;
		size_t m = n < room ? n : room;

		m = m < of_field ? m : (size_t)of_field;
		memcpy(record->message + record->message_len, bytes, m);
		record->message_len += m;
	}
	journal->left -= n;
	return n;
}

/* The beginning of a line whose end was not fed yet is kept, as far as a message can go. */
static void
keep_part(struct ls_log_journal *journal, const struct ls_cursor *part)
{
	journal->name_len += ls_log_copy(journal->name + journal->name_len,
					 sizeof(journal->name) - journal->name_len, part);
}

/* It was no export: the line, as far as it was kept, is left in @name for the caller. */
static void
leave_export(struct ls_log_journal *journal, struct ls_log_join *join, struct ls_cursor line)
{
	ls_log_record_end(&journal->record, join);
	journal->mode = LS_LOG_NO_RECORD;
	journal->left = 0;
	if (line.at != journal->name)
		journal->name_len = ls_log_copy(journal->name, sizeof(journal->name), &line);
}

bool
ls_log_export_begin(struct ls_log_journal *journal, const char *line, size_t len)
{
	struct ls_cursor cur = ls_cursor_of(line, len);

	if (!ls_take_literal(&cur, "__CURSOR="))
		return false;
	journal->mode = LS_LOG_EXPORT;
	journal->record = (struct ls_log_record){ 0 };
	journal->name_len = 0;
	journal->left = 0;
	return true;
}

size_t
ls_log_export_bytes(struct ls_log_journal *journal, struct ls_log_join *join, const char *bytes,
		    size_t len, uint64_t *n_lines)
{
	size_t at = 0;

	while (at < len) {
		struct ls_cursor line = ls_cursor_of(bytes + at, 0);
		const char *newline;
		size_t n;

		if (journal->left > 0) {
			n = export_binary(journal, bytes + at, len - at);
			if (n == 0) {
				leave_export(journal, join, line);
				return at;
			}
			at += n;
			continue;
		}
		newline = memchr(bytes + at, '\n', len - at);
		line.end = newline ? newline : bytes + len;
		if (!newline || journal->name_len > 0) {
			keep_part(journal, &line);
			line = ls_cursor_of(journal->name, journal->name_len);
		}
		if (!newline)
			return len;
		at = (size_t)(newline - bytes) + 1;
		++*n_lines;
		if (!export_line(journal, join, line.at, ls_cursor_left(&line))) {
			leave_export(journal, join, line);
			return at;
		}
		journal->name_len = 0;
	}
	return len;
}

/* ---- the end --------------------------------------------------------------------------------- */

void
ls_log_journal_end(struct ls_log_journal *journal, struct ls_log_join *join)
{
	if (journal->mode == LS_LOG_EXPORT && journal->left == 0 && journal->name_len > 0)
		export_line(journal, join, journal->name, journal->name_len);
	if (journal->mode == LS_LOG_EXPORT || journal->mode == LS_LOG_VERBOSE)
		ls_log_record_end(&journal->record, join);
	journal->mode = LS_LOG_NO_RECORD;
}
