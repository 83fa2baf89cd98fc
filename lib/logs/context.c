#include "lib/logs/context.h"

#include "lib/logs/clean.h"
#include "lib/logs/head.h"
#include "lib/logs/json.h"

#define GLANCE	  24 /* bytes of a line in which a stamp of dmesg -H stands */
#define BLANK_MAX 8  /* "> > > " */

bool
ls_log_is_blank(const char *line, size_t len)
{
	if (len > BLANK_MAX)
		return false;
	for (size_t i = 0; i < len; i++)
		if (!strchr(" \t\r>|", line[i]) || line[i] == '\0')
			return false;
	return true;
}

bool
ls_log_begins_with_stamp(const char *line, size_t len)
{
	if (len < 17 || *line == ' ')
		return false;
	/* "[   12.345678]", "Nov 18 09:49:37", "2022-08-21T23:18:57" */
	return *line == '[' || *line == '{' || (line[9] == ':' && line[12] == ':') ||
	       (line[13] == ':' && line[16] == ':');
}

/* Cheap and generous: a bracket, or "HH:MM" near the beginning. */
static bool
may_have_head(const char *line, size_t len)
{
	const char *end = line + (len < 48 ? len : 48);
	const char *at = line;

	if (len == 0 || *line == ' ' || *line == '\t')
		return false;
	if (*line == '[' || *line == '<' || *line == '{' || ls_log_begins_with_stamp(line, len))
		return true;
	while ((at = memchr(at, ':', (size_t)(end - at)))) {
		if (at > line && at + 1 < end && at[-1] >= '0' && at[-1] <= '9' && at[1] >= '0' &&
		    at[1] <= '9')
			return true;
		at++;
	}
	return false;
}

bool
ls_log_moves_clock(const char *line, size_t len)
{
	const char *end = line + (len < GLANCE ? len : GLANCE);

	while (line < end && (*line == ' ' || *line == '>'))
		line++;
	if (end - line < 4 || *line++ != '[')
		return false;
	while (line < end && *line == ' ')
		line++;
	if (line == end || (*line >= '0' && *line <= '9'))
		return false;
	return *line == '+' || *line == '-' || *line == '<' ||
	       memchr(line, ']', (size_t)(end - line));
}

static void
look(struct ls_log_glance *glance, const char *line, size_t len)
{
	glance->at = line;
	glance->len = len < LS_LOG_GLANCE_MAX ? len : LS_LOG_GLANCE_MAX;
}

static void
keep(struct ls_log_glance *glance)
{
	if (glance->len && glance->at != glance->kept)
		memmove(glance->kept, glance->at, glance->len);
	glance->at = glance->kept;
}

void
ls_log_context_keep(struct ls_log_context *context)
{
	keep(&context->top);
	keep(&context->before);
}

void
ls_log_remember(struct ls_log_context *context, const char *line, size_t len)
{
	if (ls_log_is_blank(line, len)) {
		context->apart = true;
		context->before.len = 0;
		return;
	}
	look(&context->before, line, len);
	if (may_have_head(line, len)) {
		look(&context->top, line, len);
		context->apart = false;
	} else if (context->apart && *line != ' ' && *line != '\t') {
		context->top.len = 0;
	}
}

enum ls_log_owner
ls_log_glance_head(const struct ls_log_glance *glance, struct ls_log_head *head,
		   char clean[LS_LOG_CLEAN_MAX])
{
	size_t len = ls_log_clean(clean, glance->at, glance->len);

	ls_log_take_head(ls_cursor_of(clean, len), head);
	return head->owner;
}

bool
ls_log_may_be_bare(const struct ls_log_context *context, bool indented, bool in_string)
{
	char clean[LS_LOG_CLEAN_MAX];
	struct ls_log_head head;

	if (context->top.len == 0 || (context->apart && !indented))
		return true;
	if (ls_log_glance_head(&context->top, &head, clean) == LS_LOG_NOBODY)
		return true;
	return head.owner == LS_LOG_KERNEL && !indented && !in_string;
}

void
ls_log_remember_all(struct ls_log_context *context, const char *lines, const char *end)
{
	const char *start = end;

	while (start > lines) {
		const char *last = start - 1;
		const char *before = memrchr(lines, '\n', (size_t)(last - lines));

		start = before ? before + 1 : lines;
		if (ls_log_begins_with_stamp(start, (size_t)(last - start)))
			break;
	}
	while (start < end) {
		const char *newline = memchr(start, '\n', (size_t)(end - start));

		ls_log_remember(context, start, (size_t)(newline - start));
		start = newline + 1;
	}
}

bool
ls_log_is_special(const char *line, size_t len)
{
	char first = len ? line[0] : '\0';
	char last = len ? line[len - 1] : '\0';

	if (last == '\r' && len > 1)
		last = line[len - 2];
	return first == '-' || first == '_' || last == '{' || last == ']' || last == ',' ||
	       first == '"' || first == '\t' ||
	       ((first == '[' || first == '>' || first == ' ') &&
		(ls_log_moves_clock(line, len) || ls_log_json_may_begin(line, len)));
}
