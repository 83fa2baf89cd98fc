#include "lib/logs/join.h"

#include "lib/logs/date.h"
#include "lib/logs/head.h"
#include "lib/logs/markup.h"
#include "lib/logs/repair.h"
#include "lib/observe/kernel_log.h"
#include "lib/observe/kernel_prefix.h"

#define MAX_LINES 3 /* that one message is wrapped over, after its first */

/* What mails and pages add after a message. */
static const char *const ends[] = { "  ", " <-", " <=", " #",  " //", " ←", "**", "`", "</",
				    "[/", " |",	 " ^M", "\\n", "<br", " (", "\"", "'," };

/* "HOST prog: HC died; cleaning up" does not come from a controller. */
static bool
is_credible(const struct ls_observation *obs)
{
	struct ls_cursor text = ls_cursor_of(obs->text, strlen(obs->text));

	return !obs->controller[0] || ls_kernel_has_prefix(ls_kernel_skip_noise(text));
}

/* 1: @obs is set. */
static int
parse(struct ls_cursor text, struct ls_instant at, struct ls_observation *obs,
      struct ls_device *device)
{
	*obs = (struct ls_observation){ .at = at };
	if (ls_kernel_log_parse(text.at, ls_cursor_left(&text), obs, device) != 1)
		return 0;
	return is_credible(obs);
}

static bool
is_message(struct ls_cursor text, struct ls_instant at, struct ls_observation *obs,
	   struct ls_device *device)
{
	return parse(ls_cursor_trim(text), at, obs, device) && obs->kind != LS_OBS_STRING;
}

/* Up to what was added after it. */
static bool
parse_beginning(struct ls_cursor text, struct ls_instant at, struct ls_observation *obs,
		struct ls_device *device)
{
	for (size_t i = 0; i < LS_COUNT(ends); i++) {
		const char *end = memmem(text.at, ls_cursor_left(&text), ends[i], strlen(ends[i]));

		if (end && is_message((struct ls_cursor){ text.at, end }, at, obs, device))
			return true;
	}
	return false;
}

/* Any text with the number of an error may be a driver's, also half a message of another kind. */
static bool
is_weak(const struct ls_observation *obs)
{
	return obs->kind == LS_OBS_TRANSFER_ERRORS;
}

struct attempt {
	struct ls_instant at;
	struct ls_observation *obs;
	struct ls_device *device;
};

static bool
parse_repaired(struct ls_cursor text, void *user)
{
	struct attempt *attempt = user;

	return parse(text, attempt->at, attempt->obs, attempt->device) && !is_weak(attempt->obs);
}

/* The same, without what was written into it and behind it. */
static bool
parse_decorated(struct ls_cursor text, struct ls_instant at, struct ls_observation *obs,
		struct ls_device *device)
{
	char plain[LS_LOG_CLEAN_MAX];
	struct attempt attempt = { at, obs, device };
	struct ls_cursor unmarked;

	if ((parse(ls_cursor_trim(text), at, obs, device) && !is_weak(obs)) ||
	    ls_log_repair(text, parse_repaired, &attempt) ||
	    parse(ls_cursor_trim(text), at, obs, device) || parse_beginning(text, at, obs, device))
		return true;
	unmarked = ls_cursor_of(plain, ls_log_unmark(plain, text));
	if (ls_cursor_left(&unmarked) == ls_cursor_left(&text))
		return false;
	return is_message(unmarked, at, obs, device) || parse_beginning(unmarked, at, obs, device);
}

static void
observe(struct ls_log_join *join, const struct ls_observation *obs)
{
	if (ls_log_repeat_is_one(&join->repeat, obs, join->clock))
		return;
	/* Sleep and the like are no lines about USB. */
	if (obs->port[0] || obs->controller[0] || obs->bus || obs->kind == LS_OBS_TRANSFER_ERRORS ||
	    obs->kind == LS_OBS_HOST_LIMIT) {
		join->observed = true;
		join->n_observed++;
	}
	join->observe(obs, join->user);
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/*
 * "hub 1-0:1.0: over-current condition" may go on: "on port 2". A number at the end of a row may
 * have lost digits, and what was cut before its number has it on the next row.
 */
static bool
may_say_more(const struct ls_observation *obs, struct ls_cursor text)
{
	text = ls_cursor_trim(text);
	return (obs->kind == LS_OBS_OVER_CURRENT && obs->of_hub) ||
	       (obs->kind == LS_OBS_DISCONNECTED && obs->devnum == 0) ||
	       (ls_cursor_left(&text) > 0 && is_digit(text.end[-1]));
}

/* Reports what @text states; true if it states anything: of what is held the rest. */
static bool
say(struct ls_log_join *join, struct ls_cursor text, bool last)
{
	struct ls_observation obs;
	struct ls_device device;

	if (!parse_decorated(text, join->at, &obs, &device) ||
	    (join->held && obs.kind != join->found.kind) || (join->strong_only && is_weak(&obs)))
		return false;
	join->state = obs.kind == LS_OBS_STRING ? LS_LOG_JOIN_DONE : LS_LOG_JOIN_UNDERSTOOD;
	join->held = !last && obs.kind != LS_OBS_STRING && may_say_more(&obs, text);
	if (!join->held) {
		observe(join, &obs);
		return true;
	}
	join->found = obs;
	join->device = device;
	join->found.device = obs.device ? &join->device : NULL;
	return true;
}

/* What is held gets no more. */
static void
release(struct ls_log_join *join)
{
	if (join->held)
		observe(join, &join->found);
	join->held = false;
}

static size_t
append(char dst[LS_LOG_MESSAGE_MAX], size_t len, struct ls_cursor text)
{
	size_t more = ls_cursor_left(&text);

	if (more > LS_LOG_MESSAGE_MAX - len)
		more = LS_LOG_MESSAGE_MAX - len;
	memcpy(dst + len, text.at, more);
	return len + more;
}

static void
keep(struct ls_log_join *join, struct ls_cursor text)
{
	text = ls_cursor_trim(text);
	join->spaced_len = append(join->spaced, 0, text);
	join->tight_len = append(join->tight, 0, text);
}

/* Written by the kernel, and no part of it by the device. */
static bool
is_usb_text(struct ls_cursor text)
{
	const char *colon = memmem(text.at, ls_cursor_left(&text), ": ", 2);
	struct ls_cursor prefix = { text.at, colon };
	struct ls_cursor rest = { colon ? colon + 2 : NULL, text.end };

	return colon && ls_kernel_has_prefix(text) &&
	       (ls_cursor_contains(&prefix, ":") ||
		ls_take_literal(&rest, "New USB device strings: "));
}

static const char *
find(struct ls_cursor text, const char *word)
{
	return ls_cursor_left(&text) ? memmem(text.at, ls_cursor_left(&text), word, strlen(word))
				     : NULL;
}

/* Where "Jul 22 19:16:15 host kernel: " begins within @text: at its date. */
static const char *
next_tag(struct ls_cursor text)
{
	const char *tag = find(text, " kernel: ");
	const char *at;

	if (!tag)
		return NULL;
	for (at = tag - text.at > 80 ? tag - 80 : text.at; at < tag; at++) {
		struct ls_cursor word = { at, text.end };
		struct ls_log_head head = { 0 };

		if (at > text.at && at[-1] == ' ' && ls_log_take_date(&word, &head.stamp) &&
		    word.at <= tag)
			return at;
	}
	return tag;
}

/* Where "<6>usb 1-1: " begins within @text: printk without a newline. */
static const char *
next_priority(struct ls_cursor text)
{
	const char *at;

	while ((at = find(text, "<"))) {
		text.at = at + 1;
		if (ls_cursor_left(&text) > 2 && text.at[0] >= '0' && text.at[0] <= '7' &&
		    text.at[1] == '>' &&
		    ls_kernel_has_prefix((struct ls_cursor){ at + 3, text.end }))
			return at;
	}
	return NULL;
}

static const char *
first_of(const char *a, const char *b)
{
	return a && (!b || a < b) ? a : b;
}

/* The beginning of another message on the same line, or NULL. */
static const char *
next_message(struct ls_cursor text)
{
	if (ls_cursor_left(&text) == 0)
		return NULL;
	text.at++;
	return first_of(first_of(ls_log_next_stamp(text), next_tag(text)), next_priority(text));
}

/* "…<6>" before a stamp belongs to the stamp. */
static struct ls_cursor
before(struct ls_cursor text, const char *end)
{
	text.end = end;
	text = ls_cursor_trim(text);
	if (ls_cursor_left(&text) >= 3 && text.end[-1] == '>' && text.end[-3] == '<')
		text.end -= 3;
	return ls_cursor_trim(text);
}

/* What looks like a message behind a device's own text is not read, and reported. */
static void
note_hidden(struct ls_log_join *join, struct ls_cursor text)
{
	struct ls_log_head head;

	ls_log_take_head(text, &head);
	if (head.owner == LS_LOG_KERNEL && ls_kernel_has_prefix(head.text))
		ls_log_unread_add(&join->hidden, head.owner, head.text, text);
}

/* All messages of @text, which begins with one. */
static void
take_apart(struct ls_log_join *join, struct ls_cursor text)
{
	const char *next;

	while ((next = next_message(text))) {
		struct ls_cursor part = before(text, next);
		struct ls_log_head head;
		struct ls_observation obs;
		struct ls_device device;

		/* What a device wrote may look like a stamp. */
		if (parse(text, join->at, &obs, &device) && obs.kind == LS_OBS_STRING) {
			note_hidden(join, (struct ls_cursor){ next, text.end });
			break;
		}
		if (!say(join, part, true) && !is_usb_text(part))
			break;
		text.at = next;
		ls_log_take_head(text, &head);
		if (head.owner != LS_LOG_KERNEL || head.text.at <= next) {
			join->state = LS_LOG_JOIN_DONE;
			return;
		}
		join->at = ls_log_clock_place(join->clock, &head.stamp);
		text = head.text;
	}
	keep(join, text);
	if (!say(join, text, false))
		join->state = LS_LOG_JOIN_OPEN;
}

void
ls_log_join_end(struct ls_log_join *join)
{
	release(join);
	join->state = LS_LOG_JOIN_IDLE;
}

void
ls_log_join_begin(struct ls_log_join *join, struct ls_cursor text, struct ls_instant at)
{
	ls_log_join_end(join);
	join->at = at;
	join->n_lines = 0;
	join->n_blanks = 0;
	take_apart(join, text);
}

static bool
is_number_cut(const struct ls_log_join *join, struct ls_cursor text)
{
	return join->spaced_len > 0 && is_digit(join->spaced[join->spaced_len - 1]) &&
	       ls_cursor_left(&text) > 0 && is_digit(*text.at);
}

void
ls_log_join_settle(struct ls_log_join *join, struct ls_cursor text)
{
	bool ends_in_number = join->spaced_len > 0 && is_digit(join->spaced[join->spaced_len - 1]);

	if (!join->held)
		return;
	text = ls_cursor_trim(text);
	if (ls_kernel_has_prefix(text) || (ends_in_number && !is_number_cut(join, text)))
		release(join);
}

/* The end of a message that was cut: with a blank in between, or without. */
static void
try_joined(struct ls_log_join *join, struct ls_cursor text)
{
	struct ls_cursor first, second;
	bool tight_first = is_number_cut(join, text);

	join->spaced_len = append(join->spaced, join->spaced_len, ls_cursor_of(" ", 1));
	join->spaced_len = append(join->spaced, join->spaced_len, text);
	if (join->blank_between)
		join->tight_len = append(join->tight, join->tight_len, ls_cursor_of(" ", 1));
	join->tight_len = append(join->tight, join->tight_len, text);
	first = ls_cursor_of(join->spaced, join->spaced_len);
	second = ls_cursor_of(join->tight, join->tight_len);
	for (int i = 0; i < (ls_kernel_has_prefix(text) ? 1 : 2); i++) {
		join->strong_only = i == 0;
		if (say(join, tight_first ? second : first, true) ||
		    say(join, tight_first ? first : second, true))
			break;
	}
	join->strong_only = false;
	release(join); /* neither */
}

void
ls_log_join_continue(struct ls_log_join *join, struct ls_cursor text, bool bare)
{
	bool below = join->state == LS_LOG_JOIN_OPEN || join->state == LS_LOG_JOIN_UNDERSTOOD;
	const char *next = below ? next_message(text) : NULL;
	struct ls_cursor part = next ? before(text, next) : ls_cursor_trim(text);
	struct ls_log_head head;
	bool was_open = join->state == LS_LOG_JOIN_OPEN;

	if (join->n_lines++ >= MAX_LINES)
		ls_log_join_end(join);
	if (join->state == LS_LOG_JOIN_OPEN || join->held)
		try_joined(join, part);
	if (next) {
		ls_log_take_head((struct ls_cursor){ next, text.end }, &head);
		if (head.owner == LS_LOG_KERNEL)
			ls_log_join_begin(join, head.text,
					  ls_log_clock_place(join->clock, &head.stamp));
		return;
	}
	if (was_open && join->state != LS_LOG_JOIN_OPEN)
		return;
	if (bare) {
		struct ls_observation obs;
		struct ls_device device;
		struct ls_log_stamp none = { 0 };

		if (parse_decorated(text, join->at, &obs, &device)) {
			ls_log_join_begin(join, text, ls_log_clock_place(join->clock, &none));
		} else if (join->state == LS_LOG_JOIN_IDLE || ls_kernel_has_prefix(part)) {
			join->n_lines = 0;
			join->n_blanks = 0;
			join->state = LS_LOG_JOIN_OPEN;
			join->at = join->clock->last;
			keep(join, text);
		}
	}
}

void
ls_log_join_whole(struct ls_log_join *join, struct ls_cursor text, struct ls_instant at)
{
	struct ls_observation obs;
	struct ls_device device;

	if (parse(text, at, &obs, &device))
		observe(join, &obs);
}
