#include "lib/logs/text.h"

#include <errno.h>
#include <stdlib.h>

#include "lib/logs/clean.h"
#include "lib/logs/context.h"
#include "lib/logs/head.h"
#include "lib/logs/journal.h"
#include "lib/logs/scan.h"
#include "lib/logs/utf16.h"
#include "lib/observe/kernel_prefix.h"
#include "lib/observe/log_loss.h"

#define LINE_MAX_BYTES 16384 /* of a physical line; a journal's JSON is some 2 KiB */
struct ls_log_text {
	struct ls_log_clock clock;
	struct ls_log_join join;
	struct ls_log_journal journal;
	struct ls_log_utf16 utf16;
	struct ls_log_text_summary summary;
	uint64_t formats[LS_N_LOG_FORMATS];

	struct ls_log_context context;
	bool blank_end; /* the last line that was read ended in a blank */

	/* The first line of the kernel, if it has no date: the next one may give it. */
	bool begun;
	size_t first_len; /* 0: none is waiting */
	char first[LS_LOG_GLANCE_MAX];

	size_t partial_len;
	bool cut; /* the beginning of this line was already read */
	char partial[LINE_MAX_BYTES];
};

int
ls_log_text_new(const struct ls_log_text_options *options, ls_observation_fn observe, void *user,
		struct ls_log_text **ret)
{
	struct ls_log_text *log = calloc(1, sizeof(*log));

	if (!log)
		return -ENOMEM;
	ls_log_clock_init(&log->clock, options ? options->utc_offset_us : 0,
			  options ? options->year : 0);
	log->join = (struct ls_log_join){ .clock = &log->clock, .observe = observe, .user = user };
	*ret = log;
	return 0;
}

void
ls_log_text_free(struct ls_log_text *log)
{
	free(log);
}

uint32_t
ls_log_text_boot(const struct ls_log_text *log)
{
	return log->clock.boots - 1;
}

/* A line has been read: did it state anything? */
static void
count_message(struct ls_log_text *log)
{
	log->summary.usb_lines += log->join.observed;
	log->join.observed = false;
}

static void
note_unread(struct ls_log_text *log, const struct ls_log_head *head, struct ls_cursor line)
{
	if (log->join.n_observed == 0)
		ls_log_unread_add(&log->join.unread, head->owner, head->text, line);
}

static void
begin_message(struct ls_log_text *log, const struct ls_log_head *head)
{
	struct ls_cursor text = head->text;

	log->begun = true;
	if (ls_take_literal(&text, "Linux version "))
		ls_log_clock_new_boot(&log->clock);
	ls_log_join_begin(&log->join, head->text, ls_log_clock_place(&log->clock, &head->stamp));
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
keep_first(struct ls_log_text *log, const char *line, size_t len)
{
	char clean[LS_LOG_CLEAN_MAX];
	struct ls_log_head head;

	if (log->begun || len > sizeof(log->first) ||
	    !take_any_head(ls_cursor_of(clean, ls_log_clean(clean, line, len)), &head))
		return false;
	log->begun = true;
	if (head.stamp.date > LS_LOG_TIME_OF_DAY || head.stamp.has_delta ||
	    (!head.stamp.date && !head.stamp.has_mono))
		return false;
	memcpy(log->first, line, len);
	log->first_len = len;
	return true;
}

/* @next: the stamp of the line below, or NULL. */
static void
read_first(struct ls_log_text *log, const struct ls_log_stamp *next)
{
	char clean[LS_LOG_CLEAN_MAX];
	struct ls_log_head head;
	struct ls_cursor line;

	if (log->first_len == 0)
		return;
	line = ls_cursor_of(clean, ls_log_clean(clean, log->first, log->first_len));
	take_any_head(line, &head);
	log->first_len = 0;
	if (next)
		ls_log_stamp_date(&head.stamp, next);
	log->formats[head.format]++;
	begin_message(log, &head);
	count_message(log);
	note_unread(log, &head, line);
}

/* The line above gets no more, before anything moves the clock. */
static void
end_message(struct ls_log_text *log)
{
	read_first(log, NULL);
	ls_log_join_end(&log->join);
	count_message(log);
}

/* The line before had no keyword, but this may be its end. */
static void
begin_with_line_before(struct ls_log_text *log)
{
	char clean[LS_LOG_CLEAN_MAX];
	struct ls_log_head head;

	if (log->join.state != LS_LOG_JOIN_IDLE || log->context.before.len == 0 ||
	    log->context.before.len == LS_LOG_GLANCE_MAX)
		return;
	if (ls_log_glance_head(&log->context.before, &head, clean) != LS_LOG_KERNEL)
		return;
	log->formats[head.format]++;
	ls_log_join_begin(&log->join, head.text, ls_log_clock_place(&log->clock, &head.stamp));
}

/* A head that was cut by the end of a row: "… host ker" above, "nel: usb 1-1: …" here. */
static bool
take_split_head(struct ls_log_text *log, struct ls_cursor text, struct ls_log_head *head,
		char joined[2 * LS_LOG_CLEAN_MAX])
{
	size_t len;

	if (log->context.before.len == 0 || log->context.before.len == LS_LOG_GLANCE_MAX)
		return false;
	len = ls_log_clean(joined, log->context.before.at, log->context.before.len);
	memcpy(joined + len, text.at, ls_cursor_left(&text));
	ls_log_take_head(ls_cursor_of(joined, len + ls_cursor_left(&text)), head);
	return head->owner == LS_LOG_KERNEL && ls_kernel_has_prefix(head->text) &&
	       head->text.at > joined + len;
}

/* A line that begins within its head. */
static bool
take_torn(struct ls_log_text *log, struct ls_cursor text, bool bare)
{
	char joined[2 * LS_LOG_CLEAN_MAX];
	struct ls_log_head head;

	if (!take_split_head(log, text, &head, joined) &&
	    (!bare || !ls_log_take_torn_head(text, &head)))
		return false;
	end_message(log);
	log->formats[head.format]++;
	begin_message(log, &head);
	return true;
}

static void
take_headless(struct ls_log_text *log, struct ls_cursor text, bool indented)
{
	bool alone, bare;

	if (ls_log_is_blank(text.at, ls_cursor_left(&text))) {
		if (++log->join.n_blanks > 1) /* some mails double every newline */
			ls_log_join_end(&log->join);
		return;
	}
	begin_with_line_before(log);
	ls_log_join_settle(&log->join, text);
	count_message(log);
	alone = log->join.state == LS_LOG_JOIN_IDLE;
	bare = ls_log_may_be_bare(&log->context, indented, log->join.state == LS_LOG_JOIN_DONE);
	if ((alone || (log->join.state == LS_LOG_JOIN_UNDERSTOOD && !log->join.held)) &&
	    take_torn(log, text, bare))
		return;
	ls_log_join_continue(&log->join, text, bare);
	log->formats[LS_LOG_PLAIN] += alone && log->join.observed;
}

/* "host systemd-journald[7]: Missed 12 kernel messages", "** 68 printk messages dropped ** …" */
static bool
take_loss(struct ls_log_text *log, struct ls_cursor line, const struct ls_log_head *head)
{
	struct ls_observation obs;
	const char *tag = memmem(head->text.at, ls_cursor_left(&head->text), "]: ", 3);

	if (head->owner == LS_LOG_OTHER && tag)
		line = (struct ls_cursor){ tag + 3, head->text.end };
	else if (head->owner == LS_LOG_KERNEL)
		line = head->text;
	if (!ls_log_loss_parse(line, &obs))
		return false;
	end_message(log);
	obs.at = head->owner == LS_LOG_NOBODY ? log->clock.last
					      : ls_log_clock_place(&log->clock, &head->stamp);
	log->join.observe(&obs, log->join.user);
	return true;
}

/* @hit: the line itself has a keyword; else it is only read as the end of the one above. */
static void
take_line(struct ls_log_text *log, const char *line, size_t len, bool hit)
{
	char clean[LS_LOG_CLEAN_MAX];
	struct ls_cursor text = ls_cursor_of(clean, ls_log_clean(clean, line, len));
	bool indented = len > 0 && (*line == ' ' || *line == '\t');
	struct ls_log_head head;
	bool lost;

	log->join.blank_between = log->blank_end || (len > 1 && line[0] == ' ' && line[1] != ' ');
	log->blank_end = len > 0 && line[len - 1] == ' ';
	ls_log_take_head(text, &head);
	read_first(log, head.owner == LS_LOG_NOBODY ? NULL : &head.stamp);
	if (head.owner != LS_LOG_NOBODY)
		end_message(log);
	lost = hit && take_loss(log, text, &head);
	if (hit && !lost && keep_first(log, line, len))
		return;
	if (head.owner == LS_LOG_NOBODY && lost) /* another line may follow without a newline */
		take_torn(log, text, true);
	else if (head.owner == LS_LOG_NOBODY)
		take_headless(log, head.text, indented);
	log->formats[head.format] += head.owner != LS_LOG_NOBODY;
	if (head.owner == LS_LOG_KERNEL && hit)
		begin_message(log, &head);
	count_message(log);
	if (hit)
		note_unread(log, &head, text);
}

/* "-- Boot 0123… --", "-- Reboot --" of journalctl */
static bool
is_boot_line(const char *line, size_t len)
{
	struct ls_cursor cur = ls_cursor_of(line, len);

	return ls_take_literal(&cur, "-- Boot ") || ls_take_literal(&cur, "-- Reboot --");
}

static void
count_record(struct ls_log_text *log, enum ls_log_format format)
{
	log->formats[format]++;
	count_message(log);
}

static void
end_record(struct ls_log_text *log)
{
	bool verbose = log->journal.mode == LS_LOG_VERBOSE;

	ls_log_journal_end(&log->journal, &log->join);
	count_record(log, verbose ? LS_LOG_JOURNAL_VERBOSE : LS_LOG_JOURNAL_EXPORT);
}

/* Entries as JSON, an object a line or over several lines. */
static bool
take_json(struct ls_log_text *log, const char *line, size_t len, bool hit)
{
	struct ls_log_json *json = &log->journal.json;
	bool was_inside = json->inside;

	if (!was_inside && hit && ls_log_json_line(&log->join, line, len)) {
		count_record(log, LS_LOG_JOURNAL_JSON);
		return true;
	}
	if (!was_inside && !hit && !ls_log_json_may_begin(line, len))
		return false;
	if (!ls_log_json_part(json, &log->join, line, len)) {
		count_message(log);
		return false;
	}
	if (!json->inside)
		count_record(log, LS_LOG_JOURNAL_JSON);
	return true;
}

/* The journal's own formats; false if the line is none of them. */
static bool
take_record_line(struct ls_log_text *log, const char *line, size_t len, bool hit)
{
	if (log->journal.mode == LS_LOG_VERBOSE) {
		if (ls_log_verbose_line(&log->journal, line, len))
			return true;
		end_record(log);
	}
	if (len > 0 && line[0] == '_' && ls_log_export_begin(&log->journal, line, len))
		return true;
	if (len > 1 && (line[len - 1] == ']' || line[len - 2] == ']') &&
	    memmem(line, len, "[s=", 3))
		return ls_log_verbose_begin(&log->journal, ls_cursor_of(line, len));
	return take_json(log, line, len, hit);
}

/* Lines that only end in a carriage return are lines. */
static void
take_lines(struct ls_log_text *log, const char *line, size_t len, bool hit)
{
	const char *end;

	while (len > 0 && line[len - 1] == '\r')
		len--;
	while (len > 0 && (end = memchr(line, '\r', len))) {
		size_t part = (size_t)(end - line);

		if (part > 0) {
			take_line(log, line, part, hit);
			ls_log_remember(&log->context, line, part);
		}
		line += part + 1;
		len -= part + 1;
	}
	take_line(log, line, len, hit);
	ls_log_remember(&log->context, line, len);
}

/* One line, without its newline. @hit: it has a keyword. */
static void
on_line(struct ls_log_text *log, const char *line, size_t len, bool hit)
{
	if (take_record_line(log, line, len, hit)) {
		end_message(log);
		return;
	}
	if (len > 0 && line[0] == '-' && is_boot_line(line, len)) {
		end_message(log);
		ls_log_clock_new_boot(&log->clock);
		hit = false;
	}
	hit = hit || ls_log_moves_clock(line, len);
	if (!hit && log->join.state != LS_LOG_JOIN_IDLE && ls_log_begins_with_stamp(line, len))
		end_message(log);
	if (hit || log->join.state != LS_LOG_JOIN_IDLE || log->first_len) {
		take_lines(log, line, len, hit);
		return;
	}
	ls_log_remember(&log->context, line, len);
}

static bool
has_word(const char *line, size_t len)
{
	return ls_log_scan(line, len) < len;
}

static void
end_partial(struct ls_log_text *log)
{
	if (!log->cut)
		on_line(log, log->partial, log->partial_len,
			has_word(log->partial, log->partial_len));
	ls_log_context_keep(&log->context);
	log->partial_len = 0;
	log->cut = false;
}

/* A "line" that is too long may be many, of a file that has carriage returns only. */
static bool
end_part_of_partial(struct ls_log_text *log)
{
	const char *cr = memrchr(log->partial, '\r', log->partial_len);
	size_t part = cr ? (size_t)(cr - log->partial) + 1 : 0;

	if (part == 0)
		return false;
	on_line(log, log->partial, part, has_word(log->partial, part));
	ls_log_context_keep(&log->context);
	log->partial_len -= part;
	memmove(log->partial, cr + 1, log->partial_len);
	return true;
}

/* Of a line that is too long its beginning is read, and only once. */
static void
add_partial(struct ls_log_text *log, const char *bytes, size_t len)
{
	while (len > 0) {
		size_t room = LINE_MAX_BYTES - log->partial_len;
		size_t n = len < room ? len : room;

		if (log->cut)
			return;
		memcpy(log->partial + log->partial_len, bytes, n);
		log->partial_len += n;
		bytes += n;
		len -= n;
		if (len == 0)
			return;
		if (end_part_of_partial(log))
			continue;
		end_partial(log);
		log->summary.cut_lines++;
		log->cut = true;
	}
}

/* One line of which all bytes are here. */
static void
feed_line(struct ls_log_text *log, const char *line, size_t len, bool hit)
{
	log->summary.lines++;
	if (log->partial_len || log->cut || len > LINE_MAX_BYTES) {
		add_partial(log, line, len);
		end_partial(log);
	} else {
		on_line(log, line, len, hit);
	}
}

/* No line above is waiting for its end. */
static bool
is_idle(const struct ls_log_text *log)
{
	return log->join.state == LS_LOG_JOIN_IDLE && !log->first_len &&
	       log->journal.mode == LS_LOG_NO_RECORD && !log->journal.json.inside &&
	       !log->partial_len && !log->cut;
}

/* Returns how many bytes were consumed: all, or up to where an export begins. */
static size_t
feed_lines(struct ls_log_text *log, const char *bytes, size_t len)
{
	const char *end = bytes + len;
	const char *at = bytes;
	const char *hit = NULL;	   /* the first one at or after the line */
	const char *unseen = NULL; /* the first line that was passed over */
	const char *newline;

	while (at < end && (newline = memchr(at, '\n', (size_t)(end - at)))) {
		if (!hit || hit < at)
			hit = at + ls_log_scan(at, (size_t)(end - at));
		if (hit > newline && newline - at <= LINE_MAX_BYTES && is_idle(log) &&
		    !ls_log_is_special(at, (size_t)(newline - at))) {
			log->summary.lines++;
			unseen = unseen ? unseen : at;
			at = newline + 1;
			continue;
		}
		if (unseen)
			ls_log_remember_all(&log->context, unseen, at);
		unseen = NULL;
		feed_line(log, at, (size_t)(newline - at), hit < newline);
		at = newline + 1;
		if (log->journal.mode == LS_LOG_EXPORT)
			break;
	}
	if (unseen)
		ls_log_remember_all(&log->context, unseen, at);
	if (log->journal.mode != LS_LOG_EXPORT) {
		add_partial(log, at, (size_t)(end - at));
		at = end;
	}
	ls_log_context_keep(&log->context);
	return (size_t)(at - bytes);
}

static size_t
feed_export(struct ls_log_text *log, const char *bytes, size_t len)
{
	struct ls_log_journal *journal = &log->journal;
	uint64_t n_observed = log->join.n_observed;
	size_t n;

	n = ls_log_export_bytes(journal, &log->join, bytes, len, &log->summary.lines);
	log->summary.usb_lines += log->join.n_observed - n_observed;
	log->join.observed = false;
	/* The last line of an export was none of its lines. */
	if (journal->mode == LS_LOG_NO_RECORD && journal->name_len > 0) {
		size_t name_len = journal->name_len;

		journal->name_len = 0;
		on_line(log, journal->name, name_len, has_word(journal->name, name_len));
		ls_log_context_keep(&log->context);
	}
	return n;
}

void
ls_log_text_feed(struct ls_log_text *log, const char *bytes, size_t len)
{
	struct ls_cursor raw = ls_cursor_of(bytes, len);
	struct ls_cursor text;

	while (ls_cursor_left(&raw) > 0) {
		ls_log_utf16_take(&log->utf16, &raw, &text);
		while (ls_cursor_left(&text) > 0)
			text.at += log->journal.mode == LS_LOG_EXPORT
					   ? feed_export(log, text.at, ls_cursor_left(&text))
					   : feed_lines(log, text.at, ls_cursor_left(&text));
	}
}

/* When the log ends after its last USB message: devices that did not return by then have gone. */
static struct ls_instant
last_stamp(struct ls_log_text *log)
{
	struct ls_log_clock clock = log->clock;
	char clean[LS_LOG_CLEAN_MAX];
	struct ls_log_head head;
	struct ls_instant at;

	if (log->context.top.len == 0 || !clock.seen ||
	    ls_log_glance_head(&log->context.top, &head, clean) == LS_LOG_NOBODY ||
	    (!head.stamp.date && !head.stamp.has_mono))
		return clock.last;
	at = ls_log_clock_place(&clock, &head.stamp);
	return clock.boots == log->clock.boots ? at : log->clock.last;
}

void
ls_log_text_finish(struct ls_log_text *log, struct ls_log_text_summary *ret)
{
	enum ls_log_format most = LS_LOG_PLAIN;

	if (log->utf16.encoding == LS_LOG_ENCODING_UNKNOWN && log->utf16.n_held)
		feed_lines(log, (const char *)log->utf16.held, log->utf16.n_held);
	if (log->partial_len || log->cut) {
		log->summary.lines++;
		end_partial(log);
	}
	if (log->journal.mode == LS_LOG_VERBOSE || log->journal.mode == LS_LOG_EXPORT)
		end_record(log);
	ls_log_json_end(&log->journal.json, &log->join);
	end_message(log);
	log->formats[LS_LOG_JOURNAL_EXPORT] += log->journal.n_exported;
	for (enum ls_log_format i = 0; i < LS_N_LOG_FORMATS; i++)
		if (log->formats[i] > log->formats[most])
			most = i;
	log->summary.boots = log->clock.boots;
	log->summary.dated = log->clock.dated;
	log->summary.of_day = log->clock.of_day && !log->clock.dated && !log->clock.has_boot_clock;
	log->summary.last = last_stamp(log);
	log->summary.unread = log->summary.usb_lines == 0 ? log->join.unread : log->join.hidden;
	*ret = log->summary;
	memcpy(ret->format, ls_log_format_name(most), strlen(ls_log_format_name(most)) + 1);
}
