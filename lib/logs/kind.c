#include "lib/logs/kind.h"

#include "lib/logs/clean.h"
#include "lib/logs/head.h"

#define LINES_MAX 64

static bool
has_head(struct ls_cursor line)
{
	char clean[LS_LOG_CLEAN_MAX];
	size_t len = ls_log_clean(clean, line.at, ls_cursor_left(&line));
	struct ls_log_head head;

	ls_log_take_head(ls_cursor_of(clean, len), &head);
	return head.format != LS_LOG_PLAIN || head.owner == LS_LOG_KERNEL;
}

bool
ls_log_is_one(const char *bytes, size_t len)
{
	static const char *const begins[] = { "{\"", "__CURSOR=", "\xff\xfe", "\xfe\xff" };
	struct ls_cursor text = ls_cursor_of(bytes, len);

	for (size_t i = 0; i < LS_COUNT(begins); i++) {
		struct ls_cursor begin = text;

		if (ls_take_literal(&begin, begins[i]))
			return true;
	}
	for (int i = 0; i < LINES_MAX && ls_cursor_left(&text) > 0; i++) {
		if (has_head(ls_take_until(&text, '\n')))
			return true;
		(void)ls_take_char(&text, '\n');
	}
	return false;
}
