#include "lib/logs/journal.h"

#define MAX_DEPTH 64

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
		ls_log_record_field(record, name, value);
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
		ls_log_record_end(&journal->record, join);
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
		ls_log_record_end(&journal->record, join);
	journal->record = (struct ls_log_record){ 0 };
	return true;
}
