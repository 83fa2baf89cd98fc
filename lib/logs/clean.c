#include "lib/logs/clean.h"

#include <string.h>

#include "lib/logs/markup.h"

#define ESC 0x1b
#define BEL 0x07

static const struct {
	const char *from;
	const char *to;
} replacements[] = { { "\xc2\xa0", " " },    /* no-break space */
		     { "\xc2\xad", "" },     /* soft hyphen */
		     { "\xe2\x80\x8b", "" }, /* zero width space */
		     { "\xe2\x80\x8c", "" },	{ "\xe2\x80\x8d", "" },	  { "\xe2\x81\xa0", "" },
		     { "\xe2\x80\x8e", "" },	{ "\xe2\x80\x8f", "" }, /* direction marks */
		     { "\xe2\x80\xa8", " " },	{ "\xe2\x80\xa9", " " },  { "\xef\xbb\xbf", "" },
		     { "\xe2\x80\x87", " " },	{ "\xe2\x80\x89", " " },  { "\xe2\x80\xaf", " " },
		     { "\xe2\x80\x82", " " },	{ "\xe2\x80\x83", " " },  { "\xe3\x80\x80", " " },
		     { "\xe2\x80\x90", "-" },	{ "\xe2\x80\x91", "-" },  { "\xe2\x80\x92", "-" },
		     { "\xe2\x80\x93", "-" },	{ "\xe2\x80\x94", "-" },  { "\xe2\x88\x92", "-" },
		     { "\xe2\x80\x98", "'" },	{ "\xe2\x80\x99", "'" },  { "\xef\xbc\x9a", ":" },
		     { "\xe2\x80\x9c", "\"" },	{ "\xe2\x80\x9d", "\"" }, { "\xe2\x94\x82", "|" },
		     { "\xe2\x80\xa6", "..." }, { "&hellip;", "..." },	  { "&nbsp;", " " },
		     { "&#160;", " " },		{ "&#xa0;", " " },	  { "&#xA0;", " " },
		     { "&lt;", "<" },		{ "&gt;", ">" },	  { "&quot;", "\"" },
		     { "&#34;", "\"" },		{ "&#39;", "'" },	  { "&#x27;", "'" },
		     { "&apos;", "'" },		{ "&#91;", "[" },	  { "&#93;", "]" },
		     { "&#58;", ":" },		{ "&lsqb;", "[" },	  { "&rsqb;", "]" },
		     { "&lbrack;", "[" },	{ "&rbrack;", "]" },	  { "&#x2F;", "/" },
		     { "&#47;", "/" },		{ "&colon;", ":" },	  { "&amp;", "&" }

};

/* "ESC [ … letter", "ESC ] … BEL", "ESC ( B" and other short ones. */
static bool
take_escape(struct ls_cursor *cur)
{
	if (*cur->at != ESC)
		return false;
	cur->at++;
	if (ls_take_char(cur, '[')) {
		while (cur->at < cur->end && (unsigned char)*cur->at < 0x40)
			cur->at++;
	} else if (ls_take_char(cur, ']')) {
		while (cur->at < cur->end && *cur->at != BEL && *cur->at != ESC)
			cur->at++;
	} else if (ls_take_char(cur, '(')) {
		/* The set of characters follows. */
	}
	if (cur->at < cur->end)
		cur->at++;
	return true;
}

/* Colours whose ESC was lost on the way: "[0;33m", "^[[32m", "#033[0m". */
static bool
take_lost_escape(struct ls_cursor *cur)
{
	struct ls_cursor next = *cur;
	const char *digits;

	/* How programs write an ESC that they do not pass on. */
	if (!ls_take_literal(&next, "^[") && !ls_take_literal(&next, "\\x1b") &&
	    !ls_take_literal(&next, "\\033") && !ls_take_literal(&next, "\\e"))
		ls_take_literal(&next, "#033");
	if (!ls_take_char(&next, '['))
		return false;
	digits = next.at;
	while (next.at < next.end && ((*next.at >= '0' && *next.at <= '9') || *next.at == ';'))
		next.at++;
	if (next.at == digits || next.at - digits > 12 || !ls_take_char(&next, 'm'))
		return false;
	*cur = next;
	return true;
}

static const char *
replacement(struct ls_cursor *cur)
{
	for (size_t i = 0; i < LS_COUNT(replacements); i++)
		if (ls_take_literal(cur, replacements[i].from))
			return replacements[i].to;
	return NULL;
}

/* Markdown writes "\[", "\_" and "\*"; the "\x0a" of /dev/kmsg stays. */
static bool
take_backslash(struct ls_cursor *cur)
{
	if (ls_cursor_left(cur) < 2 || cur->at[0] != '\\' || !strchr("[]_*<>()#-.", cur->at[1]))
		return false;
	cur->at++;
	return true;
}

/* Something may have to be done about it; of most characters nothing has. */
static inline bool
is_special(char c)
{
	switch (c) {
	case '[':
	case '<':
	case '&':
	case '^':
	case '\\':
	case '#':
		return true;
	default:
		return c < ' ' || c > '~';
	}
}

static size_t
plain_run(const struct ls_cursor *cur, size_t max)
{
	size_t n = 0, left = ls_cursor_left(cur);

	if (left < max)
		max = left;
	while (n < max && !is_special(cur->at[n]))
		n++;
	return n;
}

/* One special character, or what begins with it. Returns the new length of @dst. */
static size_t
clean_one(struct ls_cursor *cur, char *dst, size_t n)
{
	char c = *cur->at;
	const char *to = NULL;
	bool separates = false;

	if (take_escape(cur) ||
	    ((c == '[' || c == '^' || c == '\\' || c == '#') && take_lost_escape(cur)))
		return n;
	if ((c == '<' || c == '[') && ls_log_take_tag(cur, &separates))
		to = separates ? " " : "";
	else if (c == '&' || (unsigned char)c >= 0x80)
		to = replacement(cur);
	if (to) {
		for (; *to && n < LS_LOG_CLEAN_MAX; to++)
			dst[n++] = *to;
		return n;
	}
	take_backslash(cur);
	c = *cur->at++;
	if (c == '\t' || c == '\v' || c == '\f')
		c = ' ';
	if (c == '\b' && n > 0)
		n--;
	if ((unsigned char)c >= ' ' && c != 0x7f)
		dst[n++] = c;
	return n;
}

size_t
ls_log_clean(char *dst, const char *line, size_t len)
{
	struct ls_cursor cur = ls_cursor_of(line, len);
	size_t n = 0;

	while (ls_cursor_left(&cur) > 0 && n < LS_LOG_CLEAN_MAX) {
		size_t run = plain_run(&cur, LS_LOG_CLEAN_MAX - n);

		memcpy(&dst[n], cur.at, run);
		n += run;
		cur.at += run;
		if (ls_cursor_left(&cur) > 0 && n < LS_LOG_CLEAN_MAX)
			n = clean_one(&cur, dst, n);
	}
	if (n > 2 && dst[n - 2] == '^' &&
	    dst[n - 1] == 'M') /* a carriage return, as some show it */
		n -= 2;
	while (n > 0 && dst[n - 1] == ' ')
		n--;
	return n;
}
