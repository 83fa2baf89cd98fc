#include "lib/logs/line.h"

#define TAG_TOKENS 3 /* "HOST user.info kernel:" */

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Up to a blank; empty at the end. */
static struct ls_cursor
peek_token(const struct ls_cursor *cur)
{
	struct ls_cursor next = *cur;

	return ls_take_until(&next, ' ');
}

static bool
token_is(const struct ls_cursor *token, const char *text)
{
	return ls_cursor_left(token) == strlen(text) && memcmp(token->at, text, strlen(text)) == 0;
}

/* "kernel:", "kernel[0]:", "[kernel]", "klogd:": what the kernel is called in front of its text. */
bool
ls_log_take_kernel_tag(struct ls_cursor *cur)
{
	struct ls_cursor next = *cur;
	uint64_t pid;

	if (ls_take_literal(&next, "[kernel]")) {
		ls_take_char(&next, ':');
		*cur = next;
		return true;
	}
	if (!ls_take_literal(&next, "kernel") && !ls_take_literal(&next, "vmunix") &&
	    !ls_take_literal(&next, "klogd"))
		return false;
	if (ls_take_char(&next, '[') &&
	    (!ls_take_uint(&next, 0, &pid) || !ls_take_char(&next, ']')))
		return false;
	ls_take_spaces(&next);
	if (!ls_take_char(&next, ':'))
		return false;
	*cur = next;
	return true;
}

/* "usb", "xhci_hcd", "hub" and their like, which may stand where a host could. */
static bool
is_driver(const struct ls_cursor *token)
{
	static const char *const words[] = { "usb",  "hub",  "uas", "xhci", "ehci",
					     "ohci", "uhci", "dwc", "hcd" };

	for (size_t i = 0; i < LS_COUNT(words); i++)
		if (ls_cursor_contains(token, words[i]))
			return true;
	return false;
}

/* "usb 1-1: …", "hub 1-0:1.0: …", "xhci_hcd 0000:00:14.0: …", without a program before it. */
static bool
is_message(const struct ls_cursor *text)
{
	struct ls_cursor rest = *text;
	struct ls_cursor driver = ls_take_until(&rest, ' ');
	struct ls_cursor name;

	ls_take_spaces(&rest);
	name = peek_token(&rest);
	return is_driver(&driver) && ls_cursor_left(&name) > 1 && name.end[-1] == ':' &&
	       driver.end[-1] != ':' && !ls_cursor_contains(&name, "[");
}

static void
set_kernel(struct ls_log_head *head, struct ls_cursor text)
{
	head->owner = LS_LOG_KERNEL;
	head->text = text;
}

/* "06-16 11:42:51.148  root     0     0 I usb 6-1 : new …", "… I/usb 6-1 (    0): new …" */
bool
ls_log_take_logcat(struct ls_cursor *cur, struct ls_log_head *head)
{
	struct ls_cursor next = *cur;
	struct ls_cursor token = peek_token(&next);
	uint64_t pid = 1, tid = 0;
	const char *colon;

	if (ls_cursor_left(&token) >= 3 && token.at[1] == '/' && strchr("VDIWEF", token.at[0])) {
		const char *pid_at = memmem(next.at, ls_cursor_left(&next), "(", 1);

		if (!pid_at)
			return false;
		next.at += 2;
		token = (struct ls_cursor){ pid_at + 1, next.end };
		ls_take_spaces(&token);
		if (!ls_take_uint(&token, UINT32_MAX, &pid) || !ls_take_literal(&token, "):"))
			return false;
	} else {
		if (!is_digit(*next.at)) {
			ls_take_until(&next, ' ');
			ls_take_spaces(&next);
		}
		if (!ls_take_uint(&next, UINT32_MAX, &pid) || !ls_take_spaces(&next) ||
		    !ls_take_uint(&next, UINT32_MAX, &tid) || !ls_take_spaces(&next))
			return false;
		if (ls_cursor_left(&next) < 3 || !strchr("VDIWEF", next.at[0]) || next.at[1] != ' ')
			return false;
		next.at += 2;
	}
	colon = memmem(next.at, ls_cursor_left(&next), ": ", 2);
	head->format = LS_LOG_LOGCAT;
	head->text = next;
	head->owner = pid == 0 && tid == 0 && colon ? LS_LOG_KERNEL : LS_LOG_OTHER;
	return true;
}

/* "HOST kernel - - - text", with or without its version before the date. */
bool
ls_log_take_rfc5424(struct ls_cursor *cur, bool versioned, struct ls_log_head *head)
{
	struct ls_cursor next = *cur;
	struct ls_cursor token, program;

	ls_take_until(&next, ' ');
	ls_take_spaces(&next);
	program = ls_take_until(&next, ' ');
	if (!versioned && !token_is(&program, "kernel"))
		return false;
	for (int i = 0; i < 2; i++) { /* process and message ids */
		ls_take_spaces(&next);
		token = ls_take_until(&next, ' ');
		if (!versioned && !token_is(&token, "-"))
			return false;
	}
	ls_take_spaces(&next);
	if (!ls_take_char(&next, '-'))
		while (ls_take_char(&next, '[')) {
			ls_take_until(&next, ']');
			ls_take_char(&next, ']');
		}
	ls_take_spaces(&next);
	head->format = LS_LOG_RFC5424;
	head->owner = token_is(&program, "kernel") ? LS_LOG_KERNEL : LS_LOG_OTHER;
	head->text = next;
	return true;
}

/* After a date: who speaks? The host and the program stand before the text, or nothing does. */
void
ls_log_take_program(struct ls_cursor cur, bool direct, struct ls_log_head *head)
{
	struct ls_cursor next = cur;

	head->owner = LS_LOG_OTHER;
	head->text = cur;
	for (int i = 0; i < TAG_TOKENS && ls_cursor_left(&next) > 0; i++) {
		struct ls_cursor token = peek_token(&next);
		struct ls_log_head inner = { 0 };

		if (ls_log_take_kernel_tag(&next)) {
			set_kernel(head, next);
			return;
		}
		if (is_message(&next) &&
		    (i == 0 || !is_driver(&(struct ls_cursor){ cur.at, next.at })))
			break;
		inner.text = next;
		if (i <= 1 && ls_log_take_bracket(&next, &inner) && inner.stamp.has_mono) {
			next = inner.text;
			set_kernel(head, (struct ls_cursor){ token.at, cur.end });
			return;
		}
		if (ls_cursor_left(&token) > 0 && token.end[-1] == ':')
			break;
		if (ls_cursor_contains(&token, "kern.") || ls_cursor_contains(&token, "user.") ||
		    ls_cursor_contains(&token, "daemon."))
			head->format = i == 0 ? LS_LOG_OPENWRT : head->format;
		next.at = token.end;
		ls_take_spaces(&next);
	}
	if (direct || is_message(&cur))
		set_kernel(head, cur);
}

/* "[ 5203.044043] HOST prog[12]: text" of journalctl -o short-monotonic */
void
ls_log_take_monotonic_program(struct ls_log_head *head)
{
	struct ls_cursor next = head->text;
	struct ls_cursor token;

	if (ls_log_take_kernel_tag(&next)) {
		head->format = LS_LOG_JOURNAL_MONOTONIC;
		head->text = next;
		return;
	}
	ls_take_until(&next, ' ');
	ls_take_spaces(&next);
	token = peek_token(&next);
	if (ls_log_take_kernel_tag(&next)) {
		head->format = LS_LOG_JOURNAL_MONOTONIC;
		head->text = next;
	} else if (ls_cursor_left(&token) > 3 && token.end[-1] == ':' && token.end[-2] == ']') {
		head->format = LS_LOG_JOURNAL_MONOTONIC;
		head->owner = LS_LOG_OTHER;
	}
}
