#include "lib/logs/lines.h"

#include "lib/logs/clean.h"
#include "lib/logs/head.h"
#include "lib/observe/kernel_prefix.h"
#include "lib/observe/log_loss.h"

/* A line has been read: did it state anything? */
static void
count_message(struct ls_log_lines *lines)
{
	lines->usb_lines += lines->join.observed;
	lines->join.observed = false;
}

static void
note_unread(struct ls_log_lines *lines, const struct ls_log_head *head, struct ls_cursor line)
{
	if (lines->join.n_observed == 0)
		ls_log_unread_add(&lines->join.unread, head->owner, head->text, line);
}

static void
begin_message(struct ls_log_lines *lines, const struct ls_log_head *head)
{
	struct ls_cursor text = head->text;

	lines->begun = true;
	if (ls_take_literal(&text, "Linux version "))
		ls_log_clock_new_boot(&lines->clock);
	ls_log_join_begin(&lines->join, head->text,
			  ls_log_clock_place(&lines->clock, &head->stamp));
}

static bool
take_any_head(struct ls_cursor text, struct ls_log_head *head)
{
	struct ls_log_head torn;

	ls_log_take_head(text, head);
	if (head->owner == LS_LOG_NOBODY && ls_log_take_torn_head(text, &torn))
		*head = torn;
	return head->owner == LS_LOG_KERNEL;
}

/* True: the line waits for the date of the next one. */
static bool
keep_first(struct ls_log_lines *lines, const char *line, size_t len)
{
	char clean[LS_LOG_CLEAN_MAX];
	struct ls_log_head head;

	if (lines->begun || len > sizeof(lines->first) ||
	    !ls_log_may_be_bare(&lines->context, false, false) ||
	    !take_any_head(ls_cursor_of(clean, ls_log_clean(clean, line, len)), &head))
		return false;
	lines->begun = true;
	if (head.stamp.date > LS_LOG_TIME_OF_DAY || head.stamp.has_delta ||
	    (!head.stamp.date && !head.stamp.has_mono))
		return false;
	memcpy(lines->first, line, len);
	lines->first_len = len;
	return true;
}

/* @next: the stamp of the line below, or NULL. */
static void
read_first(struct ls_log_lines *lines, const struct ls_log_stamp *next)
{
	char clean[LS_LOG_CLEAN_MAX];
	struct ls_log_head head;
	struct ls_cursor line;

	if (lines->first_len == 0)
		return;
	line = ls_cursor_of(clean, ls_log_clean(clean, lines->first, lines->first_len));
	take_any_head(line, &head);
	lines->first_len = 0;
	if (next)
		ls_log_stamp_date(&head.stamp, next);
	lines->formats[head.format]++;
	begin_message(lines, &head);
	count_message(lines);
	note_unread(lines, &head, line);
}

/* The line above gets no more, before anything moves the clock. */
static void
end_message(struct ls_log_lines *lines)
{
	read_first(lines, NULL);
	ls_log_join_end(&lines->join);
	count_message(lines);
}

/* The line before had no keyword, but this may be its end. */
static void
begin_with_line_before(struct ls_log_lines *lines)
{
	char clean[LS_LOG_CLEAN_MAX];
	struct ls_log_head head;

	if (lines->join.state != LS_LOG_JOIN_IDLE || lines->context.before.len == 0 ||
	    lines->context.before.len == LS_LOG_GLANCE_MAX)
		return;
	if (ls_log_glance_head(&lines->context.before, &head, clean) != LS_LOG_KERNEL)
		return;
	lines->formats[head.format]++;
	ls_log_join_begin(&lines->join, head.text, ls_log_clock_place(&lines->clock, &head.stamp));
}

/* A head that was cut by the end of a row: "… host ker" above, "nel: usb 1-1: …" here. */
static bool
take_split_head(struct ls_log_lines *lines, struct ls_cursor text, struct ls_log_head *head,
		char joined[2 * LS_LOG_CLEAN_MAX])
{
	size_t len;

	if (lines->context.before.len == 0 || lines->context.before.len == LS_LOG_GLANCE_MAX)
		return false;
	len = ls_log_clean(joined, lines->context.before.at, lines->context.before.len);
	memcpy(joined + len, text.at, ls_cursor_left(&text));
	ls_log_take_head(ls_cursor_of(joined, len + ls_cursor_left(&text)), head);
	return head->owner == LS_LOG_KERNEL && ls_kernel_has_prefix(head->text) &&
	       head->text.at > joined + len;
}

/* A line that begins within its head. */
static bool
take_torn(struct ls_log_lines *lines, struct ls_cursor text, bool bare)
{
	char joined[2 * LS_LOG_CLEAN_MAX];
	struct ls_log_head head;

	if (!take_split_head(lines, text, &head, joined) &&
	    (!bare || !ls_log_take_torn_head(text, &head)))
		return false;
	end_message(lines);
	lines->formats[head.format]++;
	begin_message(lines, &head);
	return true;
}

static void
take_headless(struct ls_log_lines *lines, struct ls_cursor text, bool indented)
{
	bool alone, bare;

	if (ls_log_is_blank(text.at, ls_cursor_left(&text))) {
		if (++lines->join.n_blanks > 1) /* some mails double every newline */
			ls_log_join_end(&lines->join);
		return;
	}
	begin_with_line_before(lines);
	ls_log_join_settle(&lines->join, text);
	count_message(lines);
	alone = lines->join.state == LS_LOG_JOIN_IDLE;
	bare = ls_log_may_be_bare(&lines->context, indented, lines->join.state == LS_LOG_JOIN_DONE);
	if ((alone || (lines->join.state == LS_LOG_JOIN_UNDERSTOOD && !lines->join.held)) &&
	    take_torn(lines, text, bare))
		return;
	ls_log_join_continue(&lines->join, text, bare);
	lines->formats[LS_LOG_PLAIN] += alone && lines->join.observed;
}

/* "host systemd-journald[7]: Missed 12 kernel messages", "** 68 printk messages dropped ** …" */
static bool
take_loss(struct ls_log_lines *lines, struct ls_cursor line, const struct ls_log_head *head)
{
	struct ls_observation obs;
	const char *tag = memmem(head->text.at, ls_cursor_left(&head->text), "]: ", 3);

	if (head->owner == LS_LOG_OTHER && tag)
		line = (struct ls_cursor){ tag + 3, head->text.end };
	else if (head->owner == LS_LOG_KERNEL)
		line = head->text;
	if (!ls_log_loss_parse(line, &obs))
		return false;
	end_message(lines);
	obs.at = head->owner == LS_LOG_NOBODY ? lines->clock.last
					      : ls_log_clock_place(&lines->clock, &head->stamp);
	lines->join.observe(&obs, lines->join.user);
	return true;
}

/* @hit: the line itself has a keyword; else it is only read as the end of the one above. */
static void
take_line(struct ls_log_lines *lines, const char *line, size_t len, bool hit)
{
	char clean[LS_LOG_CLEAN_MAX];
	struct ls_cursor text = ls_cursor_of(clean, ls_log_clean(clean, line, len));
	bool indented = len > 0 && (*line == ' ' || *line == '\t');
	struct ls_log_head head;
	bool lost;

	lines->join.blank_between =
		lines->blank_end || (len > 1 && line[0] == ' ' && line[1] != ' ');
	lines->blank_end = len > 0 && line[len - 1] == ' ';
	ls_log_take_head(text, &head);
	read_first(lines, head.owner == LS_LOG_NOBODY ? NULL : &head.stamp);
	if (head.owner != LS_LOG_NOBODY)
		end_message(lines);
	lost = hit && take_loss(lines, text, &head);
	if (hit && !lost && keep_first(lines, line, len))
		return;
	if (head.owner == LS_LOG_NOBODY && lost) /* another line may follow without a newline */
		take_torn(lines, text, true);
	else if (head.owner == LS_LOG_NOBODY)
		take_headless(lines, head.text, indented);
	lines->formats[head.format] += head.owner != LS_LOG_NOBODY;
	if (head.owner == LS_LOG_KERNEL && hit)
		begin_message(lines, &head);
	count_message(lines);
	if (hit)
		note_unread(lines, &head, text);
}

/* "-- Boot 0123… --", "-- Reboot --" of journalctl */
static bool
is_boot_line(const char *line, size_t len)
{
	struct ls_cursor cur = ls_cursor_of(line, len);

	return ls_take_literal(&cur, "-- Boot ") || ls_take_literal(&cur, "-- Reboot --");
}

static void
count_record(struct ls_log_lines *lines, enum ls_log_format format)
{
	lines->formats[format]++;
	count_message(lines);
}

static void
end_record(struct ls_log_lines *lines)
{
	bool verbose = lines->journal.mode == LS_LOG_VERBOSE;

	ls_log_journal_end(&lines->journal, &lines->join);
	count_record(lines, verbose ? LS_LOG_JOURNAL_VERBOSE : LS_LOG_JOURNAL_EXPORT);
}

/* Entries as JSON, an object a line or over several lines. */
static bool
take_json(struct ls_log_lines *lines, const char *line, size_t len, bool hit)
{
	struct ls_log_json *json = &lines->journal.json;
	bool was_inside = json->inside;

	if (!was_inside && hit && ls_log_json_line(&lines->join, line, len)) {
		count_record(lines, LS_LOG_JOURNAL_JSON);
		return true;
	}
	if (!was_inside && !hit && !ls_log_json_may_begin(line, len))
		return false;
	if (!ls_log_json_part(json, &lines->join, line, len)) {
		count_message(lines);
		return false;
	}
	if (!json->inside)
		count_record(lines, LS_LOG_JOURNAL_JSON);
	return true;
}

/* The journal's own formats; false if the line is none of them. */
static bool
take_record_line(struct ls_log_lines *lines, const char *line, size_t len, bool hit)
{
	if (lines->journal.mode == LS_LOG_VERBOSE) {
		if (ls_log_verbose_line(&lines->journal, line, len))
			return true;
		end_record(lines);
	}
	if (len > 0 && line[0] == '_' && ls_log_export_begin(&lines->journal, line, len))
		return true;
	if (len > 1 && (line[len - 1] == ']' || line[len - 2] == ']') &&
	    memmem(line, len, "[s=", 3))
		return ls_log_verbose_begin(&lines->journal, ls_cursor_of(line, len));
	return take_json(lines, line, len, hit);
}

/* Lines that only end in a carriage return are lines. */
static void
take_lines(struct ls_log_lines *lines, const char *line, size_t len, bool hit)
{
	const char *end;

	while (len > 0 && line[len - 1] == '\r')
		len--;
	while (len > 0 && (end = memchr(line, '\r', len))) {
		size_t part = (size_t)(end - line);

		if (part > 0) {
			take_line(lines, line, part, hit);
			ls_log_remember(&lines->context, line, part);
		}
		line += part + 1;
		len -= part + 1;
	}
	take_line(lines, line, len, hit);
	ls_log_remember(&lines->context, line, len);
}

void
ls_log_lines_take(struct ls_log_lines *lines, const char *line, size_t len, bool hit)
{
	if (take_record_line(lines, line, len, hit)) {
		end_message(lines);
		return;
	}
	if (len > 0 && line[0] == '-' && is_boot_line(line, len)) {
		end_message(lines);
		ls_log_clock_new_boot(&lines->clock);
		hit = false;
	}
	hit = hit || ls_log_moves_clock(line, len);
	if (!hit && lines->join.state != LS_LOG_JOIN_IDLE && ls_log_begins_with_stamp(line, len))
		end_message(lines);
	if (hit || lines->join.state != LS_LOG_JOIN_IDLE || lines->first_len) {
		take_lines(lines, line, len, hit);
		return;
	}
	ls_log_remember(&lines->context, line, len);
}

bool
ls_log_lines_is_idle(const struct ls_log_lines *lines)
{
	return lines->join.state == LS_LOG_JOIN_IDLE && !lines->first_len &&
	       lines->journal.mode == LS_LOG_NO_RECORD && !lines->journal.json.inside;
}

void
ls_log_lines_end(struct ls_log_lines *lines)
{
	if (lines->journal.mode == LS_LOG_VERBOSE || lines->journal.mode == LS_LOG_EXPORT)
		end_record(lines);
	ls_log_json_end(&lines->journal.json, &lines->join);
	end_message(lines);
	lines->formats[LS_LOG_JOURNAL_EXPORT] += lines->journal.n_exported;
}

struct ls_instant
ls_log_lines_last(const struct ls_log_lines *lines)
{
	struct ls_log_clock clock = lines->clock;
	char clean[LS_LOG_CLEAN_MAX];
	struct ls_log_head head;
	struct ls_instant at;

	if (lines->context.top.len == 0 || !clock.seen ||
	    ls_log_glance_head(&lines->context.top, &head, clean) == LS_LOG_NOBODY ||
	    (!head.stamp.date && !head.stamp.has_mono))
		return clock.last;
	at = ls_log_clock_place(&clock, &head.stamp);
	return clock.boots == lines->clock.boots ? at : lines->clock.last;
}
