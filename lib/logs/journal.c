/*
 * JSON is read by own code: jansson builds a tree of all members of an entry to use seven of them.
 * For `journalctl -o json` with 200 of 1000 lines about USB that took 3.3 times the instructions of
 * the whole analysis (callgrind: 428 against 129 million for 10 MB).
 */
#include "lib/logs/journal.h"

#include "lib/logs/date.h"
#include "lib/observe/log_loss.h"

#define MAX_DEPTH  64 /* of JSON */
#define MAX_CLOCK  (UINT64_C(1) << 60)
#define SIZE_BYTES 8
#define MAX_FIELD  (UINT64_C(768) << 20) /* the journal's own limit */

enum field {
	FIELD_NONE,
	FIELD_MESSAGE,
	FIELD_TRANSPORT,
	FIELD_FACILITY,
	FIELD_BOOT,
	FIELD_REAL,
	FIELD_MONO,
	FIELD_SOURCE_MONO,
};

#define FIELD(name, field)                                                                         \
	{                                                                                          \
		name, sizeof(name) - 1, field                                                      \
	}

static const struct {
	const char *name;
	size_t len;
	enum field field;
} fields[] = {
	FIELD("MESSAGE", FIELD_MESSAGE),
	FIELD("_TRANSPORT", FIELD_TRANSPORT),
	FIELD("SYSLOG_FACILITY", FIELD_FACILITY),
	FIELD("_BOOT_ID", FIELD_BOOT),
	FIELD("__REALTIME_TIMESTAMP", FIELD_REAL),
	FIELD("__MONOTONIC_TIMESTAMP", FIELD_MONO),
	FIELD("_SOURCE_MONOTONIC_TIMESTAMP", FIELD_SOURCE_MONO),
};

static bool
is(const struct ls_cursor *text, const char *word)
{
	return ls_cursor_left(text) == strlen(word) && memcmp(text->at, word, strlen(word)) == 0;
}

static enum field
field_of(const struct ls_cursor *name)
{
	for (size_t i = 0; i < LS_COUNT(fields); i++)
		if (ls_cursor_left(name) == fields[i].len &&
		    memcmp(name->at, fields[i].name, fields[i].len) == 0)
			return fields[i].field;
	return FIELD_NONE;
}

static size_t
copy(char *dst, size_t size, const struct ls_cursor *src)
{
	size_t len = ls_cursor_left(src) < size ? ls_cursor_left(src) : size;

	memcpy(dst, src->at, len);
	return len;
}

static void
set_clock(struct ls_log_record *record, enum field field, struct ls_cursor value)
{
	uint64_t usec;

	if (!ls_take_uint(&value, MAX_CLOCK, &usec) || ls_cursor_left(&value) > 0)
		return;
	if (field == FIELD_REAL) {
		record->stamp.date = LS_LOG_REAL;
		record->stamp.real_us = (int64_t)usec;
	} else if (field == FIELD_SOURCE_MONO || !record->has_source_clock) {
		record->stamp.has_mono = true;
		record->stamp.mono_us = usec;
		record->has_source_clock |= field == FIELD_SOURCE_MONO;
	}
}

/* One field. Names that are not needed are ignored. */
static void
record_field(struct ls_log_record *record, struct ls_cursor name, struct ls_cursor value)
{
	enum field field = field_of(&name);

	switch (field) {
	case FIELD_NONE:
		break;
	case FIELD_MESSAGE:
		record->message_len = copy(record->message, sizeof(record->message), &value);
		break;
	case FIELD_TRANSPORT:
		record->from_kernel |= is(&value, "kernel");
		record->from_program |= !is(&value, "kernel");
		record->from_journald |= is(&value, "driver");
		break;
	case FIELD_FACILITY: /* programs can write to /dev/kmsg, but not as the kernel */
		record->from_program |= !is(&value, "0");
		break;
	case FIELD_BOOT:
		record->boot_len = copy(record->boot, sizeof(record->boot), &value);
		break;
	case FIELD_REAL:
	case FIELD_MONO:
	case FIELD_SOURCE_MONO:
		set_clock(record, field, value);
		break;
	}
}

/* The record is complete: its message is read. Leaves an empty one. */
static void
record_end(struct ls_log_record *record, struct ls_log_join *join)
{
	struct ls_cursor text = ls_cursor_of(record->message, record->message_len);
	struct ls_cursor version = text;
	struct ls_observation loss;

	if (record->from_kernel && !record->from_program && record->message_len > 0) {
		ls_log_clock_boot_id(join->clock, record->boot, record->boot_len);
		if (record->boot_len == 0 && ls_take_literal(&version, "Linux version "))
			ls_log_clock_new_boot(join->clock);
		ls_log_join_whole(join, text, ls_log_clock_place(join->clock, &record->stamp));
	}
	if (record->from_journald && ls_log_loss_parse(text, &loss)) {
		loss.at = ls_log_clock_place(join->clock, &record->stamp);
		join->observe(&loss, join->user);
	}
	if (join->n_observed == 0)
		ls_log_unread_add(&join->unread, record->from_kernel ? LS_LOG_KERNEL : LS_LOG_OTHER,
				  text, text);
	record->from_kernel = false;
	record->from_program = false;
	record->from_journald = false;
	record->has_source_clock = false;
	record->stamp = (struct ls_log_stamp){ 0 };
	record->boot_len = 0;
	record->message_len = 0;
}

/* "b=0123…;m=1a2b;t=5e6f;" within the cursor of a verbose record's head */
static void
take_cursor_part(struct ls_log_record *record, struct ls_cursor part)
{
	uint64_t usec;

	if (ls_take_literal(&part, "b=")) {
		record->boot_len = copy(record->boot, sizeof(record->boot), &part);
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
		record_field(&journal->record, name, cur);
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
export_line(struct ls_log_journal *journal, struct ls_log_join *join, struct ls_cursor line)
{
	struct ls_cursor name;

	if (ls_cursor_left(&line) == 0) {
		record_end(&journal->record, join);
		journal->n_exported++;
		return true;
	}
	/* Most fields are not needed: MESSAGE, SYSLOG_FACILITY and _… are. */
	if (*line.at != 'M' && *line.at != '_' && *line.at != 'S' &&
	    memchr(line.at, '=',
		   ls_cursor_left(&line) < LS_LOG_FIELD_MAX ? ls_cursor_left(&line)
							    : LS_LOG_FIELD_MAX))
		return *line.at >= 'A' && *line.at <= 'Z';
	name = ls_take_until(&line, '=');
	if (ls_take_char(&line, '=')) {
		record_field(&journal->record, name, line);
		return *name.at == '_' || is_field_name(&name);
	}
	if (!is_field_name(&name))
		return false;
	journal->in_message = is(&name, "MESSAGE");
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
	journal->name_len += copy(journal->name + journal->name_len,
				  sizeof(journal->name) - journal->name_len, part);
}

/* It was no export: the line, as far as it was kept, is left in @name for the caller. */
static void
leave_export(struct ls_log_journal *journal, struct ls_log_join *join, struct ls_cursor line)
{
	record_end(&journal->record, join);
	journal->mode = LS_LOG_NO_RECORD;
	journal->left = 0;
	if (line.at != journal->name)
		journal->name_len = copy(journal->name, sizeof(journal->name), &line);
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
		if (!export_line(journal, join, line)) {
			leave_export(journal, join, line);
			return at;
		}
		journal->name_len = 0;
	}
	return len;
}

/* ---- JSON ---------------------------------------------------------------------------------- */

static void
skip_blanks(struct ls_cursor *cur)
{
	while (cur->at < cur->end && strchr(" \t\r\n", *cur->at) && *cur->at)
		cur->at++;
}

static bool
take_unicode(struct ls_cursor *cur, char *c)
{
	struct ls_cursor digits = *cur;
	uint64_t value;

	if (ls_cursor_left(cur) < 4)
		return false;
	digits.end = digits.at + 4;
	if (!ls_take_hex(&digits, UINT16_MAX, &value) || ls_cursor_left(&digits) > 0)
		return false;
	cur->at = digits.at;
	/* Kernel messages are ASCII; the rest need not be exact. */
	*c = value > 0 && value < 0x80 ? (char)value : '?';
	return true;
}

static bool
take_escape(struct ls_cursor *cur, char *c)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *found;

	if (ls_cursor_left(cur) == 0)
		return false;
	if (ls_take_char(cur, 'u'))
		return take_unicode(cur, c);
	found = memchr(from, *cur->at, sizeof(from) - 1);
	if (!found)
		return false;
	cur->at++;
	*c = to[found - from];
	return true;
}

/* A string into @buffer; what does not fit is left out. */
static bool
take_string(struct ls_cursor *cur, char *buffer, size_t size, struct ls_cursor *ret)
{
	size_t n = 0;

	if (!ls_take_char(cur, '"'))
		return false;
	while (cur->at < cur->end && *cur->at != '"') {
		char c = *cur->at++;

		if (c == '\\' && !take_escape(cur, &c))
			return false;
		if (n < size)
			buffer[n++] = c;
	}
	*ret = ls_cursor_of(buffer, n);
	return ls_take_char(cur, '"');
}

/* Over a string without looking into it. */
static bool
skip_string(struct ls_cursor *cur)
{
	cur->at++;
	while (cur->at < cur->end && *cur->at != '"')
		cur->at += *cur->at == '\\' && cur->at + 1 < cur->end ? 2 : 1;
	return ls_take_char(cur, '"');
}

/* A number, a list, an object …: none of them is needed. */
static bool
skip_value(struct ls_cursor *cur)
{
	int depth = 0;

	while (cur->at < cur->end) {
		char c = *cur->at;

		if (depth == 0 && (c == ',' || c == '}'))
			return true;
		if (c == '"') {
			if (!skip_string(cur))
				return false;
			continue;
		}
		if (c == '[' || c == '{')
			depth++;
		if (c == ']' || c == '}')
			depth--;
		if (depth < 0 || depth > MAX_DEPTH)
			return false;
		cur->at++;
	}
	return false;
}

static bool
take_value(struct ls_cursor *cur, char *buffer, size_t size, struct ls_cursor *ret)
{
	const char *at = cur->at;

	if (at < cur->end && *at == '"')
		return take_string(cur, buffer, size, ret);
	if (!skip_value(cur))
		return false;
	*ret = ls_cursor_of(at,
			    at < cur->end && *at >= '0' && *at <= '9' ? (size_t)(cur->at - at) : 0);
	while (ret->end > ret->at && (ret->end[-1] == ' ' || ret->end[-1] == '\t'))
		ret->end--;
	return true;
}

/* One whole object, or false. */
static bool
take_object(struct ls_cursor *cur, struct ls_log_record *record)
{
	char name_buffer[LS_LOG_FIELD_MAX], value_buffer[LS_LOG_MESSAGE_MAX];
	struct ls_cursor name, value;

	*record = (struct ls_log_record){ 0 };
	if (!ls_take_char(cur, '{'))
		return false;
	do {
		skip_blanks(cur);
		if (!take_string(cur, name_buffer, sizeof(name_buffer), &name))
			return false;
		skip_blanks(cur);
		if (!ls_take_char(cur, ':'))
			return false;
		skip_blanks(cur);
		if (!take_value(cur, value_buffer, sizeof(value_buffer), &value))
			return false;
		record_field(record, name, value);
		skip_blanks(cur);
	} while (ls_take_char(cur, ','));
	return ls_take_char(cur, '}');
}

/* "data: " of server-sent events, the separator of JSON sequences, quotes of mails. */
static struct ls_cursor
at_object(const char *line, size_t len)
{
	struct ls_cursor cur = ls_cursor_of(line, len);

	while (cur.at < cur.end && strchr(" \t>|\x1e[,", *cur.at) && *cur.at)
		cur.at++;
	ls_take_literal(&cur, "data: ");
	return cur;
}

bool
ls_log_json_line(struct ls_log_journal *journal, struct ls_log_join *join, const char *line,
		 size_t len)
{
	struct ls_cursor cur = at_object(line, len);
	struct ls_cursor inside = cur;
	bool any = false;

	if (!ls_take_char(&inside, '{'))
		return false;
	skip_blanks(&inside);
	if (ls_cursor_left(&inside) == 0 || *inside.at != '"')
		return false;
	while (ls_cursor_left(&cur) > 0 && take_object(&cur, &journal->record)) {
		record_end(&journal->record, join);
		skip_blanks(&cur);
		ls_take_char(&cur, ',');
		skip_blanks(&cur);
		any = true;
	}
	journal->record = (struct ls_log_record){ 0 };
	return any;
}

/* Depth after the line; strings do not go over lines. */
static int
depth_after(int depth, struct ls_cursor line)
{
	while (ls_cursor_left(&line) > 0) {
		if (*line.at == '"') {
			if (!skip_string(&line))
				return -1;
			continue;
		}
		if (*line.at == '{' || *line.at == '[')
			depth++;
		if (*line.at == '}' || *line.at == ']')
			depth--;
		if (depth == 0)
			return 0;
		line.at++;
	}
	return depth > MAX_DEPTH ? -1 : depth;
}

static bool
begin_pretty(struct ls_log_journal *journal, struct ls_cursor line)
{
	while (line.end > line.at && strchr(" \t\r", line.end[-1]) && line.end[-1])
		line.end--;
	if (ls_cursor_left(&line) != 1 || *line.at != '{')
		return false;
	journal->mode = LS_LOG_PRETTY;
	journal->depth = 1;
	journal->json[0] = '{';
	journal->json_len = 1;
	return true;
}

bool
ls_log_pretty_line(struct ls_log_journal *journal, struct ls_log_join *join, const char *line,
		   size_t len)
{
	struct ls_cursor cur = at_object(line, len);
	struct ls_cursor object;
	size_t n;

	if (journal->mode != LS_LOG_PRETTY)
		return begin_pretty(journal, cur);
	/* A "{" of something else must not consume the file. */
	if (journal->depth == 1 && ls_cursor_left(&cur) > 0 && !strchr("\"}\r", *cur.at)) {
		journal->mode = LS_LOG_NO_RECORD;
		return false;
	}
	n = ls_cursor_left(&cur);
	if (n > LS_LOG_JSON_MAX - journal->json_len) {
		journal->mode = LS_LOG_NO_RECORD;
		return true;
	}
	memcpy(journal->json + journal->json_len, cur.at, n);
	journal->json_len += n;
	journal->depth = depth_after(journal->depth, cur);
	if (journal->depth > 0)
		return true;
	journal->mode = LS_LOG_NO_RECORD;
	object = ls_cursor_of(journal->json, journal->json_len);
	if (journal->depth == 0 && take_object(&object, &journal->record))
		record_end(&journal->record, join);
	journal->record = (struct ls_log_record){ 0 };
	return true;
}

/* ---- the end --------------------------------------------------------------------------------- */

void
ls_log_journal_end(struct ls_log_journal *journal, struct ls_log_join *join)
{
	if (journal->mode == LS_LOG_EXPORT && journal->left == 0 && journal->name_len > 0)
		export_line(journal, join, ls_cursor_of(journal->name, journal->name_len));
	if (journal->mode == LS_LOG_EXPORT || journal->mode == LS_LOG_VERBOSE)
		record_end(&journal->record, join);
	journal->mode = LS_LOG_NO_RECORD;
}
