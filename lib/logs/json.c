/*
 * JSON is read by own code: jansson builds a tree of all members of an entry to use seven of them.
 * For `journalctl -o json` with 200 of 1000 lines about USB that took 3.3 times the instructions of
 * the whole analysis (callgrind: 428 against 129 million for 10 MB).
 */
#include "lib/logs/json.h"

#include "lib/logs/clean.h"

#define MAX_DEPTH 64

/* ---- an object a line ------------------------------------------------------------------------- */

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
	char name_buffer[LS_LOG_NAME_MAX], value_buffer[LS_LOG_MESSAGE_MAX];
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
ls_log_json_line(struct ls_log_join *join, const char *line, size_t len)
{
	struct ls_cursor cur = at_object(line, len);
	struct ls_cursor inside = cur;
	struct ls_log_record record;
	bool any = false;

	if (!ls_take_char(&inside, '{'))
		return false;
	skip_blanks(&inside);
	if (ls_cursor_left(&inside) == 0 || *inside.at != '"')
		return false;
	while (ls_cursor_left(&cur) > 0 && take_object(&cur, &record)) {
		any |= record.message_len > 0;
		ls_log_record_end(&record, join);
		skip_blanks(&cur);
		ls_take_char(&cur, ',');
		skip_blanks(&cur);
	}
	return any;
}

/* ---- several lines ---------------------------------------------------------------------------- */

static bool
is_field_name(const struct ls_cursor *name)
{
	for (const char *at = name->at; at < name->end; at++)
		if (!(*at >= 'A' && *at <= 'Z') && !(*at >= '0' && *at <= '9') && *at != '_')
			return false;
	return ls_cursor_left(name) > 0 && ls_cursor_left(name) <= LS_LOG_NAME_MAX;
}

/* Is a quote at the end of a string? Some writers do not escape those within. */
static bool
is_last_quote(struct ls_cursor rest)
{
	ls_take_spaces(&rest);
	return ls_cursor_left(&rest) == 0 || strchr(",:}]\"", *rest.at) != NULL;
}

/* A string in quotes of either kind, which may lack the last one. */
static struct ls_cursor
take_text(struct ls_cursor *cur, char buffer[LS_LOG_MESSAGE_MAX])
{
	char quote = *cur->at++;
	size_t n = 0;

	while (cur->at < cur->end) {
		char c = *cur->at++;

		if (c == quote && is_last_quote(*cur))
			break;
		if (c == '\\')
			take_escape(cur, &c);
		if (n < LS_LOG_MESSAGE_MAX)
			buffer[n++] = c;
	}
	return ls_cursor_of(buffer, n);
}

static void
end_object(struct ls_log_json *json, struct ls_log_join *join)
{
	ls_log_record_end(&json->record, join);
	json->depth = json->lists = 0;
	json->name_len = 0;
	json->inside = false;
}

static struct ls_cursor
name_of(const struct ls_log_json *json)
{
	return ls_cursor_of(json->name, json->name_len);
}

/* The name of a field, or the value of the one before. */
static bool
on_text(struct ls_log_json *json, struct ls_log_join *join, struct ls_cursor text)
{
	struct ls_cursor name = name_of(json);

	if (json->lists > 0)
		return true;
	if (json->name_len > 0) {
		if (json->depth <= 1)
			ls_log_record_field(&json->record, name, text);
		json->name_len = 0;
		return true;
	}
	if (!is_field_name(&text))
		return false;
	if (ls_log_cursor_is(&text, "MESSAGE") && json->depth <= 1 && json->record.message_len)
		end_object(json, join); /* no brace between two */
	json->depth += json->depth == 0;
	json->name_len = ls_log_copy(json->name, sizeof(json->name), &text);
	return true;
}

/* A number, or the byte of a message that is not plain text. */
static bool
on_number(struct ls_log_json *json, struct ls_cursor digits)
{
	struct ls_cursor name = name_of(json);
	struct ls_log_record *record = &json->record;
	uint64_t byte;

	if (json->name_len == 0 || json->depth > 1)
		return json->name_len > 0;
	if (json->lists == 0)
		ls_log_record_field(record, name, digits);
	else if (ls_log_cursor_is(&name, "MESSAGE") && ls_take_uint(&digits, UINT8_MAX, &byte) &&
		 record->message_len < sizeof(record->message))
		record->message[record->message_len++] = (char)byte;
	return true;
}

static bool
on_sign(struct ls_log_json *json, struct ls_log_join *join, char c)
{
	bool of_value = json->name_len > 0;

	switch (c) {
	case '{':
		if (!of_value && json->depth <= 1)
			end_object(json, join);
		json->depth++;
		json->name_len = 0;
		return json->depth <= MAX_DEPTH;
	case '}':
		if (--json->depth <= 0)
			end_object(json, join);
		json->name_len = 0;
		return true;
	case '[':
		json->lists += of_value;
		return json->lists <= MAX_DEPTH;
	case ']':
		json->lists -= json->lists > 0;
		json->name_len = json->lists > 0 ? json->name_len : 0;
		return true;
	case ',':
		json->name_len = json->lists > 0 ? json->name_len : 0;
		return true;
	case ':':
		return of_value;
	default:
		return false;
	}
}

/* true, false, null */
static bool
take_constant(struct ls_cursor *cur)
{
	return ls_take_literal(cur, "true") || ls_take_literal(cur, "false") ||
	       ls_take_literal(cur, "null");
}

static bool
take_part(struct ls_log_json *json, struct ls_log_join *join, struct ls_cursor *cur)
{
	char buffer[LS_LOG_MESSAGE_MAX];
	struct ls_cursor digits = { cur->at, cur->at };

	if (*cur->at == '"' || *cur->at == '\'')
		return on_text(json, join, take_text(cur, buffer));
	while (digits.end < cur->end && *digits.end >= '0' && *digits.end <= '9')
		digits.end++;
	if (ls_cursor_left(&digits) > 0) {
		cur->at = digits.end;
		return on_number(json, digits);
	}
	return take_constant(cur) || on_sign(json, join, *cur->at++);
}

bool
ls_log_json_may_begin(const char *line, size_t len)
{
	struct ls_cursor cur = ls_cursor_of(line, len);
	char last;

	if (len > 1 && cur.end[-1] == '\r')
		cur.end--;
	last = len > 0 ? cur.end[-1] : '\0';
	if (last == '{' || (last == ',' && *line == '{'))
		return true;
	if (len == 0 || *line == '\0' || !strchr("\" \t>", *line))
		return false;
	while (cur.at < cur.end && *cur.at && strchr(" \t>", *cur.at))
		cur.at++;
	return ls_cursor_left(&cur) > 2 && *cur.at == '"' &&
	       (cur.at[1] == '_' || (cur.at[1] >= 'A' && cur.at[1] <= 'Z'));
}

bool
ls_log_json_part(struct ls_log_json *json, struct ls_log_join *join, const char *line, size_t len)
{
	char clean[LS_LOG_CLEAN_MAX];
	size_t n = ls_log_clean(clean, line, len);
	struct ls_cursor cur = at_object(clean, n);
	bool is_part = json->inside || (ls_cursor_left(&cur) > 0 && strchr("{\"'", *cur.at));

	/* A list may stand within the object. */
	if (json->lists > 0 || json->name_len > 0)
		cur = ls_cursor_of(clean, n);
	for (skip_blanks(&cur); is_part && ls_cursor_left(&cur) > 0; skip_blanks(&cur))
		is_part = take_part(json, join, &cur);
	if (!is_part)
		end_object(json, join);
	json->inside = is_part && json->depth > 0;
	return is_part;
}

void
ls_log_json_end(struct ls_log_json *json, struct ls_log_join *join)
{
	if (json->inside)
		end_object(json, join);
}
