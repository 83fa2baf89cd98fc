#include "lib/logs/markup.h"

#define TAG_MAX 200 /* "<span style=…>" */

/* Tags that pages and forums put around and into log lines; "br" and cells separate words. */
static const struct {
	const char *name;
	bool separates;
} tags[] = {
	{ "b", false },	     { "i", false },	   { "u", false },	   { "em", false },
	{ "strong", false }, { "span", false },	   { "font", false },	   { "code", false },
	{ "pre", false },    { "tt", false },	   { "mark", false },	   { "samp", false },
	{ "kbd", false },    { "a", false },	   { "color", false },	   { "size", false },
	{ "quote", false },  { "spoiler", false }, { "highlight", false }, { "hl", false },
	{ "url", false },    { "icode", false },   { "br", true },	   { "div", true },
	{ "p", true },	     { "li", true },	   { "td", true },	   { "tr", true },
};

static bool
is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
same_word(const struct ls_cursor *word, const char *name)
{
	size_t len = strlen(name);

	if (ls_cursor_left(word) != len)
		return false;
	for (size_t i = 0; i < len; i++)
		if ((word->at[i] | 0x20) != name[i])
			return false;
	return true;
}

bool
ls_log_take_tag(struct ls_cursor *cur, bool *separates)
{
	struct ls_cursor next = *cur;
	char close = '\0';
	struct ls_cursor name, rest;

	if (ls_take_char(&next, '<'))
		close = '>';
	else if (ls_take_char(&next, '['))
		close = ']';
	else
		return false;
	ls_take_char(&next, '/');
	name = ls_cursor_of(next.at, 0);
	while (next.at < next.end && is_name(*next.at))
		next.at++;
	name.end = next.at;
	if (next.at == next.end || !strchr(" =/>]", *next.at))
		return false;
	rest = ls_take_until(&next, close);
	if (ls_cursor_left(&rest) > TAG_MAX || !ls_take_char(&next, close))
		return false;
	if (close == ']' && ls_cursor_left(&rest) > 0 && *rest.at != '=')
		return false;
	for (size_t i = 0; i < LS_COUNT(tags); i++) {
		if (!same_word(&name, tags[i].name))
			continue;
		*separates = tags[i].separates;
		*cur = next;
		return true;
	}
	return false;
}

/* logcat puts something before the colon of a name: "usb 6-1 : new", "usb 6-1(    0): new" */
static void
skip_to_colon(struct ls_cursor *text)
{
	struct ls_cursor next = *text;

	if (!ls_take_char(&next, ' ') && *next.at != '(')
		return;
	if (ls_take_char(&next, '(')) {
		ls_take_spaces(&next);
		if (!ls_take_literal(&next, "0)"))
			return;
	}
	if (ls_cursor_left(&next) > 1 && next.at[0] == ':' && next.at[1] == ' ')
		*text = next;
}

size_t
ls_log_unmark(char *dst, struct ls_cursor text)
{
	size_t n = 0;

	while (ls_cursor_left(&text) > 0 && n < LS_LOG_CLEAN_MAX) {
		skip_to_colon(&text);
		if (!ls_take_literal(&text, "**") && !ls_take_char(&text, '`') &&
		    !ls_take_literal(&text, "~~") && !ls_take_literal(&text, "==") &&
		    !ls_take_literal(&text, ">>") && !ls_take_literal(&text, "<<"))
			dst[n++] = *text.at++;
	}
	return n;
}
