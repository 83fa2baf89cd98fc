#include "lib/logs/head.h"

#include "lib/logs/date.h"
#include "lib/observe/kernel_prefix.h"

#define TAG_TOKENS    3	  /* "HOST user.info kernel:" */
#define MAX_MARKS     8	  /* quotes, list and line numbers before a line */
#define LINE_WORD_MAX 12  /* "Line 12:" */
#define FILE_NAME_MAX 120 /* before a line that was found in it */
#define TORN_MAX      80  /* of the end of a head, or a prompt */
#define HIT_NUMBERS   3	  /* "boot.txt:12:34:" */

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
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
static bool
take_kernel_tag(struct ls_cursor *cur)
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

/* "usb 1-1: …", "PM: suspend entry": a text that needs no "kernel:" to be the kernel's. */
static bool
is_message(const struct ls_cursor *text)
{
	struct ls_cursor sleep = *text;

	return ls_kernel_has_prefix(*text) ||
	       (ls_take_literal(&sleep, "PM: ") &&
		(ls_take_literal(&sleep, "suspend ") || ls_take_literal(&sleep, "hibernation")));
}

static void
set_kernel(struct ls_log_head *head, struct ls_cursor text)
{
	head->owner = LS_LOG_KERNEL;
	head->text = text;
}

/* "06-16 11:42:51.148  root     0     0 I usb 6-1 : new …", "… I/usb 6-1 (    0): new …" */
static bool
take_logcat(struct ls_cursor *cur, struct ls_log_head *head)
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
		if (ls_cursor_left(&next) > 0 && !is_digit(*next.at)) {
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
	while (next.at < colon && *next.at == ' ') /* before the tag, or instead of it */
		next.at++;
	if (colon && next.at == colon)
		next.at += 2;
	head->format = LS_LOG_LOGCAT;
	head->text = next;
	head->owner = pid == 0 && tid == 0 && colon ? LS_LOG_KERNEL : LS_LOG_OTHER;
	return true;
}

/* "HOST kernel - - - text", with or without its version before the date. */
static bool
take_rfc5424(struct ls_cursor *cur, bool versioned, struct ls_log_head *head)
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

/* "kern.info" of busybox and others */
static bool
is_facility(const struct ls_cursor *token)
{
	return ls_cursor_contains(token, "kern.") || ls_cursor_contains(token, "user.") ||
	       ls_cursor_contains(token, "daemon.");
}

/* After a date: the host and the program may come before the text. The kernel's tag decides first. */
static void
take_program(struct ls_cursor cur, bool direct, struct ls_log_head *head)
{
	struct ls_cursor next = cur;
	bool has_facility = false;

	head->owner = LS_LOG_OTHER;
	head->text = cur;
	if (direct)
		set_kernel(head, cur);
	for (int i = 0; i < TAG_TOKENS && ls_cursor_left(&next) > 0; i++) {
		struct ls_cursor token = peek_token(&next);
		struct ls_log_head inner = { .text = next };

		if (take_kernel_tag(&next)) {
			set_kernel(head, next);
			return;
		}
		if (i <= 1 && ls_log_take_bracket(&next, &inner) && inner.stamp.has_mono) {
			set_kernel(head, (struct ls_cursor){ token.at, cur.end });
			return;
		}
		if ((i <= 1 || has_facility) &&
		    is_message(&(struct ls_cursor){ token.at, cur.end }))
			set_kernel(head, (struct ls_cursor){ token.at, cur.end });
		if (ls_cursor_left(&token) > 0 && token.end[-1] == ':')
			return;
		has_facility |= is_facility(&token);
		head->format = i == 0 && has_facility ? LS_LOG_OPENWRT : head->format;
		next.at = token.end;
		ls_take_spaces(&next);
	}
}

/* "[ 5203.044043] HOST prog[12]: text" of journalctl -o short-monotonic */
static void
take_monotonic_program(struct ls_log_head *head)
{
	struct ls_cursor next = head->text;
	struct ls_cursor token;

	if (take_kernel_tag(&next)) {
		head->format = LS_LOG_JOURNAL_MONOTONIC;
		head->text = next;
		return;
	}
	ls_take_until(&next, ' ');
	ls_take_spaces(&next);
	token = peek_token(&next);
	if (take_kernel_tag(&next)) {
		head->format = LS_LOG_JOURNAL_MONOTONIC;
		head->text = next;
	} else if (ls_cursor_left(&token) > 3 && token.end[-1] == ':' && token.end[-2] == ']') {
		head->format = LS_LOG_JOURNAL_MONOTONIC;
		head->owner = LS_LOG_OTHER;
	}
}

/* ---- the head ------------------------------------------------------------------------------- */

/* "<6>"; false if user space wrote the line. */
static bool
take_priority(struct ls_cursor *cur, bool *kernel)
{
	struct ls_cursor next = *cur;
	uint64_t priority;

	if (!ls_take_char(&next, '<') || !ls_take_uint(&next, 8191, &priority) ||
	    !ls_take_char(&next, '>'))
		return false;
	*cur = next;
	*kernel = priority < 8;
	return true;
}

/* "kern  :info  : " of dmesg -x, "kern:    info: " of Talos */
static bool
take_level(struct ls_cursor *cur, bool *kernel)
{
	static const char *const levels[] = { "emerg", "alert",	 "crit", "err",
					      "warn",  "notice", "info", "debug" };
	struct ls_cursor next = *cur;
	struct ls_cursor facility = ls_take_until(&next, ':');
	bool known = false;

	if (ls_cursor_left(&facility) > 9 || !ls_take_char(&next, ':'))
		return false;
	ls_take_spaces(&next);
	for (size_t i = 0; i < LS_COUNT(levels) && !known; i++)
		known = ls_take_literal(&next, levels[i]);
	ls_take_literal(&next, "ing");
	ls_take_spaces(&next);
	if (!known || !ls_take_char(&next, ':'))
		return false;
	*kernel = ls_take_literal(&facility, "kern");
	*cur = next;
	return true;
}

/* "6,1212,55540469834,-;text", with the kernel's release before it from netconsole. */
static bool
take_kmsg(struct ls_cursor cur, struct ls_log_head *head)
{
	struct ls_cursor fields = ls_take_until(&cur, ';');
	uint64_t priority, seq;

	if (!ls_take_char(&cur, ';') || ls_cursor_left(&fields) > 160)
		return false;
	if (!ls_cursor_contains(&fields, ",") || ls_cursor_contains(&fields, " "))
		return false;
	if (ls_cursor_contains(&(struct ls_cursor){ fields.at, memchr(fields.at, ',', 160) }, "."))
		ls_take_until(&fields, ','), ls_take_char(&fields, ',');
	if (!ls_take_uint(&fields, 8191, &priority) || !ls_take_char(&fields, ',') ||
	    !ls_take_uint(&fields, UINT64_MAX, &seq) || !ls_take_char(&fields, ',') ||
	    !ls_take_uint(&fields, UINT64_C(1) << 60, &head->stamp.mono_us))
		return false;
	head->stamp.has_mono = true;
	head->format = LS_LOG_KMSG;
	head->owner = priority < 8 ? LS_LOG_KERNEL : LS_LOG_OTHER;
	head->text = cur;
	return true;
}

/* "> ", "| ", "* ", "+", "```", "[code]": what stands before a line in mails and pages. */
static bool
take_mark(struct ls_cursor *cur)
{
	static const char *const marks[] = { "```",	"[code]", "[CODE]", "<pre>",
					     "<code>",	"<li>",	  "<p>",    "[quote]",
					     "[QUOTE]", "**",	  "- ",	    "\xe2\x80\xa2" };

	for (size_t i = 0; i < LS_COUNT(marks); i++)
		if (ls_take_literal(cur, marks[i]))
			return true;
	if (ls_cursor_left(cur) > 0 && strchr(">|#*+`$\"'", *cur->at)) {
		cur->at++;
		return true;
	}
	return false;
}

/* "12: ", "12-", "[12]", "Line 12:": numbers of lines, as editors and grep have them. */
static bool
take_line_number(struct ls_cursor *cur)
{
	struct ls_cursor next = *cur;
	bool bracket = ls_take_char(&next, '[');
	const char *word = next.at;
	uint64_t number;

	while (!bracket && next.at < next.end && is_letter(*next.at))
		next.at++;
	if (next.at - word > LINE_WORD_MAX)
		return false;
	ls_take_spaces(&next);
	if (!ls_take_uint(&next, 9999999, &number) || (bracket && !ls_take_char(&next, ']')))
		return false;
	if (!bracket && ls_take_spaces(&next) == 0 &&
	    (ls_cursor_left(&next) == 0 || !strchr(":-).|", *next.at)))
		return false;
	if (ls_cursor_left(&next) > 0 && strchr(":-).|", *next.at))
		next.at++;
	*cur = next;
	return true;
}

/* "[T123]", "[    C0]", "(1)[212:kworker/3:1]", "[2:  kworker/2:1:  123]", "2:" */
static bool
take_thread(struct ls_cursor *cur)
{
	struct ls_cursor next = *cur, inside;
	uint64_t cpu;

	if (ls_take_char(&next, '(')) {
		if (!ls_take_uint(&next, 4096, &cpu) || !ls_take_char(&next, ')'))
			return false;
		*cur = next;
		return true;
	}
	if (ls_take_uint(&next, 4096, &cpu)) {
		if (!ls_take_char(&next, ':') || ls_cursor_left(&next) == 0 || is_digit(*next.at) ||
		    *next.at == ' ')
			return false;
		*cur = next;
		return true;
	}
	if (!ls_take_char(&next, '['))
		return false;
	inside = ls_take_until(&next, ']');
	ls_take_spaces(&inside);
	if (!ls_take_char(&next, ']') || ls_cursor_left(&inside) == 0 ||
	    ls_cursor_left(&inside) > 60)
		return false;
	if (is_digit(*inside.at)
		    ? !ls_cursor_contains(&inside, ":")
		    : !strchr("TCcp0", *inside.at) || ls_cursor_left(&inside) < 2 ||
			      (!is_digit(inside.at[1]) && !ls_cursor_contains(&inside, "pid")))
		return false;
	*cur = next;
	return true;
}

/* Between the kernel's stamp and its text. */
static struct ls_cursor
skip_threads(struct ls_cursor text)
{
	bool kernel;

	do
		ls_take_spaces(&text);
	while (take_thread(&text) || take_priority(&text, &kernel));
	return text;
}

/* One more stamp within the text of the kernel: rsyslog and klogd leave its own clock there. */
static void
take_inner_stamp(struct ls_log_head *head)
{
	struct ls_log_head inner = { .text = head->text };

	ls_take_spaces(&inner.text);
	if (!ls_log_take_bracket(&inner.text, &inner) || !inner.stamp.has_mono ||
	    inner.stamp.has_delta)
		return;
	head->stamp.has_mono = true;
	head->stamp.mono_us = inner.stamp.mono_us;
	head->text = inner.text;
	if (head->format == LS_LOG_PLAIN)
		head->format = LS_LOG_DMESG;
	if (head->format == LS_LOG_JOURNAL_SHORT)
		head->format = LS_LOG_SYSLOG;
	if (head->format == LS_LOG_JOURNAL_ISO)
		head->format = LS_LOG_SYSLOG_ISO;
}
/* Names of formats that differ in their date only; the program may still change them. */
static enum ls_log_format
format_of_date(const struct ls_cursor *date, const struct ls_log_stamp *stamp)
{
	bool iso = ls_cursor_contains(date, "T") && is_digit(*date->at);

	if (stamp->date == LS_LOG_REAL)
		return LS_LOG_JOURNAL_UNIX;
	if (iso)
		return ls_cursor_contains(date, ",") ? LS_LOG_DMESG_ISO : LS_LOG_JOURNAL_ISO;
	if (stamp->date == LS_LOG_DATE)
		return is_digit(*date->at) ? LS_LOG_SYSLOG_ISO : LS_LOG_JOURNAL_FULL;
	return stamp->date == LS_LOG_NO_YEAR ? LS_LOG_JOURNAL_SHORT : LS_LOG_SYSLOG;
}

/* "[1661116292.123]" of OpenWrt's logread -t, which is finer than the date before it. */
static void
take_unix_bracket(struct ls_cursor *cur, struct ls_log_stamp *stamp)
{
	struct ls_log_stamp fine = { 0 };
	struct ls_cursor next = *cur;

	if (!ls_take_char(&next, '[') || !ls_log_take_date(&next, &fine) ||
	    fine.date != LS_LOG_REAL || !ls_take_char(&next, ']'))
		return;
	ls_take_spaces(&next);
	*stamp = fine;
	*cur = next;
}

/* "10.0.7.5 6,1212,55540469834,-;text": what a collector received of netconsole. */
static bool
take_netconsole(struct ls_cursor cur, struct ls_log_head *head)
{
	ls_take_until(&cur, ' ');
	ls_take_spaces(&cur);
	return take_kmsg(cur, head);
}

static bool
take_dated(struct ls_cursor *cur, bool versioned, struct ls_log_head *head)
{
	struct ls_cursor next = *cur;
	struct ls_cursor date;

	if (!ls_log_take_date(&next, &head->stamp))
		return false;
	date = (struct ls_cursor){ cur->at, next.at };
	head->format = format_of_date(&date, &head->stamp);
	ls_take_char(&next, ':');
	ls_take_spaces(&next);
	take_unix_bracket(&next, &head->stamp);
	if (!take_logcat(&next, head) && !take_rfc5424(&next, versioned, head) &&
	    !take_netconsole(next, head))
		take_program(next, head->format == LS_LOG_DMESG_ISO, head);
	return true;
}

static bool
take_bracketed(struct ls_cursor *cur, struct ls_log_head *head)
{
	if (!ls_log_take_bracket(cur, head))
		return false;
	ls_take_char(cur, ':');
	ls_take_spaces(cur);
	head->owner = LS_LOG_KERNEL;
	head->text = *cur;
	if (head->stamp.has_mono)
		take_monotonic_program(head);
	else if (!head->stamp.has_delta)
		take_program(*cur, true, head);
	return true;
}

/* "I/usb 6-1 (    0): new …" */
static bool
take_logcat_brief(struct ls_cursor *cur, struct ls_log_head *head)
{
	return ls_cursor_left(cur) > 2 && cur->at[1] == '/' && take_logcat(cur, head);
}

/* A line may start here: "<6>", "kern  :info  : ", a stamp, "kernel:". */
static bool
take_front(struct ls_cursor cur, struct ls_log_head *head)
{
	bool kernel = true;
	bool prefixed, versioned;

	if (take_kmsg(cur, head))
		return true;
	prefixed = take_priority(&cur, &kernel);
	versioned = prefixed && ls_take_literal(&cur, "1 ");
	prefixed |= take_level(&cur, &kernel);
	ls_take_spaces(&cur);
	if (!take_bracketed(&cur, head) && !take_dated(&cur, versioned, head) &&
	    !take_logcat_brief(&cur, head)) {
		if (!take_kernel_tag(&cur) && !prefixed)
			return false;
		head->owner = LS_LOG_KERNEL;
		head->text = cur;
	}
	if (!kernel)
		head->owner = LS_LOG_OTHER;
	return true;
}

/* "2031-03-12T08:00:01.250000000Z stdout F " of a container, before what it printed. */
static bool
take_container(struct ls_cursor cur, struct ls_log_head *head)
{
	struct ls_log_stamp stamp = { 0 };

	if (!ls_log_take_date(&cur, &stamp) || ls_take_spaces(&cur) != 1 ||
	    (!ls_take_literal(&cur, "stdout ") && !ls_take_literal(&cur, "stderr ")) ||
	    (!ls_take_literal(&cur, "F ") && !ls_take_literal(&cur, "P ")))
		return false;
	if (take_front(cur, head))
		return true;
	*head = (struct ls_log_head){ .stamp = stamp, .format = LS_LOG_SYSLOG_ISO, .text = cur };
	head->owner = is_message(&cur) ? LS_LOG_KERNEL : LS_LOG_OTHER;
	return true;
}

static bool
is_file_name(const struct ls_cursor *name)
{
	static const char *const parts[] = { "/", "\\", ".", "log", "messages" };

	if (ls_cursor_contains(name, " "))
		return ls_cursor_contains(name, "(standard input)");
	for (size_t i = 0; i < LS_COUNT(parts); i++)
		if (ls_cursor_contains(name, parts[i]))
			return true;
	return false;
}

/* A line behind up to @n numbers: "12:34:". */
static bool
take_numbered(struct ls_cursor cur, int n, struct ls_log_head *head)
{
	do
		ls_take_spaces(&cur);
	while (!take_front(cur, head) && n-- > 0 && take_line_number(&cur));
	return head->owner != LS_LOG_NOBODY;
}

/* "/var/log/syslog:", "kern.log:12:", "kern.log-12-" of grep, with a line behind it. */
static bool
take_hit(struct ls_cursor cur, struct ls_log_head *head)
{
	struct ls_cursor name = { cur.at, cur.at };
	const char *end = ls_cursor_left(&cur) > FILE_NAME_MAX ? cur.at + FILE_NAME_MAX : cur.end;

	for (; name.end < end; name.end++)
		if ((*name.end == ':' || *name.end == '-') && is_file_name(&name) &&
		    take_numbered((struct ls_cursor){ name.end + 1, cur.end }, HIT_NUMBERS, head))
			return true;
	return false;
}

void
ls_log_take_head(struct ls_cursor line, struct ls_log_head *ret)
{
	struct ls_cursor cur = line;
	struct ls_cursor unnumbered = line;
	bool found = false, numbered = false;

	*ret = (struct ls_log_head){ .owner = LS_LOG_NOBODY };
	for (int i = 0; i < MAX_MARKS && !found; i++) {
		ls_take_spaces(&cur);
		found = take_container(cur, ret) || take_front(cur, ret);
		unnumbered = numbered ? unnumbered : cur;
		if (found || take_mark(&cur))
			continue;
		numbered = true;
		if (!take_line_number(&cur))
			break;
	}
	if (!found) {
		ret->text = is_message(&cur) ? cur : unnumbered;
		if (!take_hit(unnumbered, ret))
			return;
	}
	if (ret->owner != LS_LOG_KERNEL)
		return;
	ret->text = skip_threads(ret->text);
	take_inner_stamp(ret);
	if (ls_take_literal(&ret->text, "| ")) /* cells of a table */
		ret->text = ls_cursor_trim(ret->text);
	ret->text = skip_threads(ret->text);
	if (take_kernel_tag(&ret->text))
		ret->text = skip_threads(ret->text);
}

/* "rnel: ", "456] ": the end of a tag or a stamp. */
static bool
take_rest_of_tag(struct ls_cursor *cur)
{
	static const char tag[] = "kernel: ";
	struct ls_cursor next = *cur;

	for (const char *rest = tag; *rest != ' '; rest++)
		if (ls_take_literal(cur, rest))
			return true;
	while (next.at < next.end && (is_digit(*next.at) || *next.at == '.'))
		next.at++;
	if (!ls_take_literal(&next, "] "))
		return false;
	*cur = next;
	return true;
}

/* "8:00:01 otter kernel: ", "tter kernel: [ 1.000000]" */
static bool
take_rest_of_head(struct ls_cursor *cur)
{
	struct ls_cursor next = *cur;
	bool dated = ls_cursor_left(&next) > 0 && strchr(":T0123456789", *next.at) != NULL;

	if (take_rest_of_tag(cur))
		return true;
	for (int i = 0; i < TAG_TOKENS && ls_cursor_left(&next) > 0; i++) {
		ls_take_until(&next, ' ');
		ls_take_spaces(&next);
		if (!take_kernel_tag(&next))
			continue;
		ls_take_spaces(&next);
		if (!dated && (ls_cursor_left(&next) == 0 || *next.at != '['))
			return false;
		*cur = next;
		return true;
	}
	return false;
}

/* "(21:06:28) ", "t=21:06:28 ": any time before a message, with other signs around it. */
static bool
take_any_time(struct ls_cursor *cur, struct ls_log_stamp *stamp)
{
	const char *end = ls_cursor_left(cur) > TORN_MAX ? cur->at + TORN_MAX : cur->end;

	for (const char *at = cur->at; at < end; at++) {
		struct ls_cursor next = { at, cur->end };

		if (!is_digit(*at) || (at > cur->at && is_digit(at[-1])) ||
		    !ls_log_take_date(&next, stamp))
			continue;
		while (ls_cursor_left(&next) > 0 && strchr(" ])>:|,;-", *next.at))
			next.at++;
		if (is_message(&next)) {
			*cur = next;
			return true;
		}
	}
	*stamp = (struct ls_log_stamp){ 0 };
	return false;
}

bool
ls_log_take_torn_head(struct ls_cursor line, struct ls_log_head *ret)
{
	const char *stamp = ls_log_next_stamp(line);

	*ret = (struct ls_log_head){ .owner = LS_LOG_KERNEL, .text = line };
	if (stamp && stamp - line.at < TORN_MAX)
		ret->text.at = stamp;
	else if (!take_rest_of_head(&ret->text) && !take_any_time(&ret->text, &ret->stamp))
		return false;
	take_inner_stamp(ret);
	ret->text = skip_threads(ret->text);
	return is_message(&ret->text);
}

static const char *const format_names[LS_N_LOG_FORMATS] = {
	[LS_LOG_PLAIN] = "plain",
	[LS_LOG_DMESG] = "dmesg",
	[LS_LOG_DMESG_CTIME] = "dmesg-ctime",
	[LS_LOG_DMESG_RELTIME] = "dmesg-reltime",
	[LS_LOG_DMESG_ISO] = "dmesg-iso",
	[LS_LOG_KMSG] = "kmsg",
	[LS_LOG_SYSLOG] = "syslog",
	[LS_LOG_SYSLOG_ISO] = "syslog-iso",
	[LS_LOG_RFC5424] = "rfc5424",
	[LS_LOG_JOURNAL_SHORT] = "journal-short",
	[LS_LOG_JOURNAL_ISO] = "journal-short-iso",
	[LS_LOG_JOURNAL_MONOTONIC] = "journal-short-monotonic",
	[LS_LOG_JOURNAL_UNIX] = "journal-short-unix",
	[LS_LOG_JOURNAL_FULL] = "journal-short-full",
	[LS_LOG_JOURNAL_VERBOSE] = "journal-verbose",
	[LS_LOG_JOURNAL_EXPORT] = "journal-export",
	[LS_LOG_JOURNAL_JSON] = "journal-json",
	[LS_LOG_LOGCAT] = "logcat",
	[LS_LOG_OPENWRT] = "openwrt",
};

const char *
ls_log_format_name(enum ls_log_format format)
{
	return format_names[format];
}
