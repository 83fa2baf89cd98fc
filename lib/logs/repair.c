#include "lib/logs/repair.h"

#include "lib/base/port.h"
#include "lib/logs/date.h"

#define MAX_RUNS 4 /* of blanks, each of which may have been one blank or none */

/* ---- runs of blanks -------------------------------------------------------------------------- */

/* @text with one blank or none for each run; bit i of @without: none for run i. */
static struct ls_cursor
squeeze(char dst[LS_LOG_CLEAN_MAX], struct ls_cursor text, unsigned int without)
{
	size_t n = 0;
	int run = 0;

	while (ls_cursor_left(&text) > 0 && n < LS_LOG_CLEAN_MAX) {
		size_t blanks = ls_take_spaces(&text);

		if (blanks == 0)
			dst[n++] = *text.at++;
		else if (blanks == 1 || run >= MAX_RUNS || !(without >> run & 1))
			dst[n++] = ' ';
		run += blanks > 1;
	}
	return ls_cursor_of(dst, n);
}

static int
count_runs(struct ls_cursor text)
{
	int n = 0;

	while (ls_cursor_left(&text) > 0) {
		ls_take_until(&text, ' ');
		n += ls_take_spaces(&text) > 1;
	}
	return n;
}

static bool
try_squeezed(struct ls_cursor text, ls_log_try_fn try, void *user)
{
	char squeezed[LS_LOG_CLEAN_MAX];
	int n = count_runs(text);

	if (n == 0)
		return false;
	n = n < MAX_RUNS ? n : MAX_RUNS;
	for (unsigned int without = 0; without < 1u << n; without++)
		if (try(squeeze(squeezed, text, without), user))
			return true;
	return false;
}

/* "message repeated 3 times: [usb 3-6: …]" of rsyslog */
static bool
try_repeated(struct ls_cursor text, ls_log_try_fn try, void *user)
{
	struct ls_log_head inner = { 0 };
	uint64_t n;

	if (!ls_take_literal(&text, "message repeated ") || !ls_take_uint(&text, UINT32_MAX, &n) ||
	    !ls_take_literal(&text, " times: [") || text.end[-1] != ']')
		return false;
	text.end--;
	ls_take_spaces(&text);
	ls_log_take_bracket(&text, &inner);
	return try(ls_cursor_trim(text), user);
}

/* ---- ends ------------------------------------------------------------------------------------ */

/* @begin and @end as one text. */
static bool
try_both(struct ls_cursor begin, struct ls_cursor end, ls_log_try_fn try, void *user)
{
	char whole[LS_LOG_CLEAN_MAX];
	size_t n = ls_cursor_left(&begin);

	if (n + ls_cursor_left(&end) > sizeof(whole))
		return false;
	memcpy(whole, begin.at, n);
	memcpy(whole + n, end.at, ls_cursor_left(&end));
	return try(ls_cursor_of(whole, n + ls_cursor_left(&end)), user);
}

/* "3-6: …", "b 3-6: …": a copy that began within "usb". */
static bool
try_with_driver(struct ls_cursor text, ls_log_try_fn try, void *user)
{
	struct ls_cursor name, rest = text;
	char port[LS_PORT_NAME_MAX];

	if (ls_cursor_left(&text) == 0 || !strchr("sb123456789", *text.at))
		return false;
	ls_take_char(&rest, 's');
	if (ls_take_char(&rest, 'b'))
		ls_take_spaces(&rest);
	text = rest;
	name = ls_take_until(&rest, ' ');
	if (ls_cursor_left(&name) < 2 || name.end[-1] != ':' ||
	    ls_port_from_kernel(name.at, ls_cursor_left(&name) - 1, port) < 0)
		return false;
	return try_both(ls_cursor_of("usb ", 4), text, try, user);
}

/* Messages that can be understood although their end was cut off. */
static bool
try_cut(struct ls_cursor text, ls_log_try_fn try, void *user)
{
	static const struct {
		const char *known, *end;
	} messages[] = {
		{ ": USB disconnect", ", device number " },
		{ ": USB disconnect", ", address " },
		{ ", idProduct=", "XXXX, bcdDevice= " },
	};

	for (size_t i = 0; i < LS_COUNT(messages); i++) {
		const char *known = messages[i].known, *end = messages[i].end;
		const char *at = memmem(text.at, ls_cursor_left(&text), known, strlen(known));
		size_t left, whole = *end == 'X' ? 4 : 0; /* of a number all digits are needed */

		if (!at)
			continue;
		at += strlen(known);
		left = (size_t)(text.end - at);
		if (left > whole && left <= strlen(end) &&
		    memcmp(at + whole, end + whole, left - whole) == 0 &&
		    try((struct ls_cursor){ text.at, at + whole }, user))
			return true;
	}
	return false;
}

/* ">" of a pager that cuts at the border of the screen, "…" of journalctl. */
static bool
take_mark_of_cut(struct ls_cursor *text)
{
	static const char *const marks[] = { ">", "..." };

	for (size_t i = 0; i < LS_COUNT(marks); i++) {
		size_t n = strlen(marks[i]);

		if (ls_cursor_left(text) <= n || memcmp(text->end - n, marks[i], n) != 0)
			continue;
		text->end -= n;
		return true;
	}
	return false;
}

/* Where the cut is marked, a message counts whose kind is clear; numbers that are gone are 0. */
static bool
try_marked_cut(struct ls_cursor text, ls_log_try_fn try, void *user)
{
	static const struct {
		const char *known;
		char rest[LS_LOG_REPAIR_ADDS];
	} messages[] = {
		{ ": device descriptor read/", "64, error 0" },
		{ ": device not accepting address ", "0, error 0" },
		{ ": unable to enumerate USB", " device" },
		{ ": Cannot enable.", " Maybe the USB cable is bad?" },
		{ ": over-current condition", "" },
		{ ": disabled by hub", " (EMI?), re-enabling..." },
		{ ": connect-debounce", " failed" },
		{ ": attempt power", " cycle" },
		{ ": HC died", "; cleaning up" },
		{ "-speed USB device number ", "0" },
	};

	if (!take_mark_of_cut(&text))
		return false;
	if (try(ls_cursor_trim(text), user) || try_cut(text, try, user))
		return true;
	for (size_t i = 0; i < LS_COUNT(messages); i++) {
		const char *known = messages[i].known;
		const char *at = memmem(text.at, ls_cursor_left(&text), known, strlen(known));
		struct ls_cursor begin = { text.at, at ? at + strlen(known) : NULL };

		if (at && try_both(begin, ls_cursor_of(messages[i].rest, strlen(messages[i].rest)),
				   try, user))
			return true;
	}
	return false;
}

bool
ls_log_repair(struct ls_cursor text, ls_log_try_fn try, void *user)
{
	text = ls_cursor_trim(text);
	return try_squeezed(text, try, user) || try_repeated(text, try, user) ||
	       try_with_driver(text, try, user) || try_cut(text, try, user) ||
	       try_marked_cut(text, try, user);
}
