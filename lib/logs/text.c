#include "lib/logs/text.h"

#include <errno.h>
#include <stdlib.h>

#include "lib/logs/head.h"
#include "lib/logs/lines.h"
#include "lib/logs/scan.h"
#include "lib/logs/utf16.h"

#define LINE_MAX_BYTES 16384 /* of a physical line; a journal's JSON is some 2 KiB */
struct ls_log_text {
	struct ls_log_lines lines;
	struct ls_log_utf16 utf16;
	struct ls_log_text_summary summary;

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
	ls_log_clock_init(&log->lines.clock, options ? options->utc_offset_us : 0,
			  options ? options->year : 0);
	log->lines.join = (struct ls_log_join){ .clock = &log->lines.clock,
						.observe = observe,
						.user = user };
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
	return log->lines.clock.boots - 1;
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
		ls_log_lines_take(&log->lines, log->partial, log->partial_len,
				  has_word(log->partial, log->partial_len));
	ls_log_context_keep(&log->lines.context);
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
	ls_log_lines_take(&log->lines, log->partial, part, has_word(log->partial, part));
	ls_log_context_keep(&log->lines.context);
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
		ls_log_lines_take(&log->lines, line, len, hit);
	}
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
		if (hit > newline && newline - at <= LINE_MAX_BYTES &&
		    ls_log_lines_is_idle(&log->lines) && !log->partial_len && !log->cut &&
		    !ls_log_is_special(at, (size_t)(newline - at))) {
			log->summary.lines++;
			unseen = unseen ? unseen : at;
			at = newline + 1;
			continue;
		}
		if (unseen)
			ls_log_remember_all(&log->lines.context, unseen, at);
		unseen = NULL;
		feed_line(log, at, (size_t)(newline - at), hit < newline);
		at = newline + 1;
		if (log->lines.journal.mode == LS_LOG_EXPORT)
			break;
	}
	if (unseen)
		ls_log_remember_all(&log->lines.context, unseen, at);
	if (log->lines.journal.mode != LS_LOG_EXPORT) {
		add_partial(log, at, (size_t)(end - at));
		at = end;
	}
	ls_log_context_keep(&log->lines.context);
	return (size_t)(at - bytes);
}

static size_t
feed_export(struct ls_log_text *log, const char *bytes, size_t len)
{
	struct ls_log_journal *journal = &log->lines.journal;
	uint64_t n_observed = log->lines.join.n_observed;
	size_t n;

	n = ls_log_export_bytes(journal, &log->lines.join, bytes, len, &log->summary.lines);
	log->lines.usb_lines += log->lines.join.n_observed - n_observed;
	log->lines.join.observed = false;
	/* The last line of an export was none of its lines. */
	if (journal->mode == LS_LOG_NO_RECORD && journal->name_len > 0) {
		size_t name_len = journal->name_len;

		journal->name_len = 0;
		ls_log_lines_take(&log->lines, journal->name, name_len,
				  has_word(journal->name, name_len));
		ls_log_context_keep(&log->lines.context);
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
			text.at += log->lines.journal.mode == LS_LOG_EXPORT
					   ? feed_export(log, text.at, ls_cursor_left(&text))
					   : feed_lines(log, text.at, ls_cursor_left(&text));
	}
}

void
ls_log_text_finish(struct ls_log_text *log, struct ls_log_text_summary *ret)
{
	const struct ls_log_clock *clock = &log->lines.clock;
	enum ls_log_format most = LS_LOG_PLAIN;

	if (log->utf16.encoding == LS_LOG_ENCODING_UNKNOWN && log->utf16.n_held)
		feed_lines(log, (const char *)log->utf16.held, log->utf16.n_held);
	if (log->partial_len || log->cut) {
		log->summary.lines++;
		end_partial(log);
	}
	ls_log_lines_end(&log->lines);
	for (enum ls_log_format i = 0; i < LS_N_LOG_FORMATS; i++)
		if (log->lines.formats[i] > log->lines.formats[most])
			most = i;
	*ret = log->summary;
	memcpy(ret->format, ls_log_format_name(most), strlen(ls_log_format_name(most)) + 1);
	ret->usb_lines = log->lines.usb_lines;
	ret->boots = clock->boots;
	ret->dated = clock->dated;
	ret->of_day = clock->of_day && !clock->dated && !clock->has_boot_clock;
	ret->last = ls_log_lines_last(&log->lines);
	ret->unread = ret->usb_lines == 0 ? log->lines.join.unread : log->lines.join.hidden;
}
