#include "lib/logs/repair.h"

#include "lib/base/port.h"
#include "lib/logs/date.h"
#include "lib/observe/kernel_prefix.h"

#define MAX_RUNS  4 /* of blanks, each of which may have been one blank or none */
#define MAX_NOISE 2 /* words before a message */
#define NOISE_LEN 48

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

/* ---- words in between ------------------------------------------------------------------------ */

/* "[hub_event]", "(null)", "<usb_disconnect>", "hub_event()", "usbcore:hub_event:2245" */
static bool
is_noise(struct ls_cursor word)
{
	static const char open[] = "[(<", close[] = "])>";
	const char *bracket = memchr(open, *word.at, sizeof(open) - 1);

	if (bracket)
		return word.end[-1] == close[bracket - open];
	for (const char *at = word.at; at < word.end; at++)
		if (!strchr("_:()", *at) && !(*at >= '0' && *at <= '9') &&
		    !((*at | 0x20) >= 'a' && (*at | 0x20) <= 'z'))
			return false;
	return ls_cursor_contains(&word, "_") || ls_cursor_contains(&word, "()");
}

/* One such word, with its colon where it has no brackets. */
static bool
take_noise(struct ls_cursor *text)
{
	struct ls_cursor next = *text;
	struct ls_cursor word = ls_take_until(&next, ' ');
	bool colon = ls_cursor_left(&word) > 1 && word.end[-1] == ':';

	if (ls_cursor_left(&word) < 2 + (size_t)colon || ls_cursor_left(&word) > NOISE_LEN)
		return false;
	word.end -= colon;
	if (!is_noise(word) || (!colon && !strchr("[(<", *word.at)))
		return false;
	ls_take_spaces(&next);
	*text = next;
	return true;
}

/* "usb 3-6: " and what follows @rest. */
static bool
try_without(struct ls_cursor prefix, struct ls_cursor rest, ls_log_try_fn try, void *user)
{
	char plain[LS_LOG_CLEAN_MAX];
	size_t n = ls_cursor_left(&prefix);

	if (n + ls_cursor_left(&rest) > sizeof(plain))
		return false;
	memcpy(plain, prefix.at, n);
	memcpy(plain + n, rest.at, ls_cursor_left(&rest));
	return try(ls_cursor_of(plain, n + ls_cursor_left(&rest)), user);
}

static bool
try_without_noise(struct ls_cursor text, ls_log_try_fn try, void *user)
{
	struct ls_cursor prefix = { text.at, text.at };
	struct ls_cursor rest = text;
	const char *colon;

	for (int i = 0; i < MAX_NOISE && take_noise(&rest); i++)
		if (ls_kernel_has_prefix(rest) && try(rest, user))
			return true;
	colon = memmem(text.at, ls_cursor_left(&text), ": ", 2);
	if (!colon || !ls_kernel_has_prefix(text))
		return false;
	prefix.end = rest.at = colon + 2;
	for (int i = 0; i < MAX_NOISE && take_noise(&rest); i++)
		if (try_without(prefix, rest, try, user))
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
	return try_without(ls_cursor_of("usb ", 4), text, try, user);
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

bool
ls_log_repair(struct ls_cursor text, ls_log_try_fn try, void *user)
{
	text = ls_cursor_trim(text);
	return try_squeezed(text, try, user) || try_without_noise(text, try, user) ||
	       try_repeated(text, try, user) || try_with_driver(text, try, user) ||
	       try_cut(text, try, user);
}
