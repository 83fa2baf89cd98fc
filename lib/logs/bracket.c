#include "lib/logs/line.h"

#define MIN_FRACTION 3 /* digits; "[1.2]" is a version */

/* "<    0.000022>" of dmesg -d */
static bool
take_delta(struct ls_cursor *cur, uint64_t *usec)
{
	struct ls_cursor next = *cur;
	uint64_t seconds, fraction;

	ls_take_spaces(&next);
	if (!ls_take_char(&next, '<'))
		return false;
	ls_take_spaces(&next);
	if (!ls_take_char(&next, '+'))
		ls_take_char(&next, '-');
	ls_take_spaces(&next);
	if (!ls_take_uint(&next, UINT32_MAX, &seconds) || !ls_log_take_fraction(&next, &fraction) ||
	    !ls_take_char(&next, '>'))
		return false;
	*usec = seconds * LS_SEC + fraction;
	*cur = next;
	return true;
}

static bool
take_seconds(struct ls_cursor *cur, uint64_t *usec)
{
	struct ls_cursor next = *cur;
	const char *dot;
	uint64_t seconds, fraction;

	if (!ls_take_uint(&next, UINT32_MAX, &seconds))
		return false;
	dot = next.at;
	if (!ls_log_take_fraction(&next, &fraction) || next.at - dot <= MIN_FRACTION)
		return false;
	*usec = seconds * LS_SEC + fraction;
	*cur = next;
	return true;
}

/* The number of a CPU: "@1" of Amlogic, ",0" of others. */
static void
take_cpu(struct ls_cursor *cur)
{
	struct ls_cursor next = *cur;
	uint64_t cpu;

	if ((ls_take_char(&next, '@') || ls_take_char(&next, ',')) &&
	    ls_take_uint(&next, 4096, &cpu))
		*cur = next;
}

static bool
take_inside(struct ls_cursor *cur, struct ls_log_head *head)
{
	uint64_t delta;

	if (ls_take_char(cur, '+') || ls_take_char(cur, '-')) {
		head->stamp.has_delta = true;
		head->format = LS_LOG_DMESG_RELTIME;
		return take_seconds(cur, &head->stamp.mono_us);
	}
	if (take_seconds(cur, &head->stamp.mono_us)) {
		take_cpu(cur);
		head->stamp.has_mono = true;
		head->format = LS_LOG_DMESG;
		take_delta(cur, &delta);
		return true;
	}
	if (take_delta(cur, &head->stamp.mono_us)) {
		head->stamp.has_delta = true;
		head->format = LS_LOG_DMESG_RELTIME;
		return true;
	}
	if (!ls_log_take_date(cur, &head->stamp))
		return false;
	head->format = head->stamp.minute_only ? LS_LOG_DMESG_RELTIME : LS_LOG_DMESG_CTIME;
	take_delta(cur, &delta);
	return true;
}

bool
ls_log_take_bracket(struct ls_cursor *cur, struct ls_log_head *head)
{
	struct ls_log_head found = *head;
	struct ls_cursor next = *cur;
	bool opened = ls_take_char(&next, '[');

	ls_take_spaces(&next);
	/* The first character of a paste is easily lost. */
	if (!opened && !take_seconds(&next, &found.stamp.mono_us))
		return false;
	if (!opened) {
		found.stamp.has_mono = true;
		found.format = LS_LOG_DMESG;
	} else if (!take_inside(&next, &found)) {
		return false;
	}
	ls_take_spaces(&next);
	if (!ls_take_char(&next, ']'))
		return false;
	*head = found;
	*cur = next;
	return true;
}

/* Only what the kernel or dmesg itself writes, so that "[1.5]" in a text is no stamp. */
const char *
ls_log_next_stamp(struct ls_cursor text)
{
	while (ls_cursor_left(&text) > 0) {
		struct ls_log_head head = { 0 };
		const char *at;

		ls_take_until(&text, '[');
		at = text.at;
		if (ls_log_take_bracket(&text, &head) &&
		    (head.stamp.has_mono || head.stamp.has_delta ||
		     head.stamp.date >= LS_LOG_NO_YEAR))
			return at;
		if (text.at == at && at < text.end)
			text.at++;
	}
	return NULL;
}
