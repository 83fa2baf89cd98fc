#include <errno.h>
#include <stdlib.h>

#include "lib/log_scan.h"
#include "lib/log_join.h"
#include "lib/log_text.h"

#define LINE_MAX_BYTES 16384 /* of a physical line; a journal's JSON is some 2 KiB */
#define HEAD_MAX       512   /* of a line that is only kept for what its head says */
#define BLANK_MAX      8     /* "> > > " */

/* A line that is not read unless the next one needs it; @at points into the bytes being fed. */
struct glance {
	const char *at;
	size_t len; /* 0: none */
	char kept[HEAD_MAX];
};

struct ls_log_text {
	struct ls_log_clock clock;
	struct ls_log_join join;
	struct ls_log_text_summary summary;
	uint64_t formats[LS_N_LOG_FORMATS];
	bool only_tagged; /* journalctl -o short-monotonic: the kernel always has its tag */

	struct glance top;    /* the last line that began with something like a stamp */
	bool apart;	      /* an empty line since then */
	struct glance before; /* the line before */

	size_t partial_len;
	bool cut; /* the beginning of this line was already read */
	char partial[LINE_MAX_BYTES];
};

int
ls_log_text_new(const struct ls_log_text_options *options, ls_log_observation_fn observe,
		void *user, struct ls_log_text **ret)
{
	struct ls_log_text *log = calloc(1, sizeof(*log));

	if (!log)
		return -ENOMEM;
	ls_log_clock_init(&log->clock, options);
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

static bool
is_blank(const char *line, size_t len)
{
	if (len > BLANK_MAX)
		return false;
	for (size_t i = 0; i < len; i++)
		if (!strchr(" \t\r>|", line[i]) || line[i] == '\0')
			return false;
	return true;
}

/* Cheap and generous: a bracket, or "HH:MM" near the beginning. */
static bool
may_have_head(const char *line, size_t len)
{
	const char *end = line + (len < 48 ? len : 48);
	const char *at = line;

	if (len == 0 || *line == ' ' || *line == '\t')
		return false;
	if (strchr("[<{", *line))
		return true;
	while ((at = memchr(at, ':', (size_t)(end - at)))) {
		if (at > line && at + 1 < end && at[-1] >= '0' && at[-1] <= '9' && at[1] >= '0' &&
		    at[1] <= '9')
			return true;
		at++;
	}
	return false;
}

static void
look(struct glance *glance, const char *line, size_t len)
{
	glance->at = line;
	glance->len = len < HEAD_MAX ? len : HEAD_MAX;
}

/* The bytes being fed go away. */
static void
keep(struct glance *glance)
{
	if (glance->len && glance->at != glance->kept)
		memmove(glance->kept, glance->at, glance->len);
	glance->at = glance->kept;
}

static void
remember(struct ls_log_text *log, const char *line, size_t len)
{
	if (is_blank(line, len)) {
		log->apart = true;
		log->before.len = 0;
		return;
	}
	look(&log->before, line, len);
	if (may_have_head(line, len)) {
		look(&log->top, line, len);
		log->apart = false;
	} else if (log->apart && *line != ' ' && *line != '\t') {
		log->top.len = 0;
	}
}

static enum ls_log_owner
head_of(const struct glance *glance, struct ls_log_head *head, char clean[LS_LOG_CLEAN_MAX])
{
	size_t len = ls_log_clean(clean, glance->at, glance->len);

	ls_log_take_head(ls_cursor_of(clean, len), head);
	return head->owner;
}

/*
 * May a line without a head be a message of its own? Not if it belongs to a program's line above
 * it, or is indented below any line that has a head: both are one text of several lines.
 */
static bool
may_be_bare(const struct ls_log_text *log, bool indented)
{
	char clean[LS_LOG_CLEAN_MAX];
	struct ls_log_head head;

	if (log->top.len == 0 || (log->apart && !indented))
		return true;
	if (head_of(&log->top, &head, clean) == LS_LOG_NOBODY)
		return true;
	return head.owner == LS_LOG_KERNEL && !indented && log->join.state != LS_LOG_JOIN_DONE;
}

/* The line before had no word that made it worth reading, and yet this may be its end. */
static void
begin_with_line_before(struct ls_log_text *log)
{
	char clean[LS_LOG_CLEAN_MAX];
	struct ls_log_head head;

	if (log->join.state != LS_LOG_JOIN_IDLE || log->before.len == 0 ||
	    log->before.len == HEAD_MAX)
		return;
	if (head_of(&log->before, &head, clean) == LS_LOG_KERNEL)
		ls_log_join_begin(&log->join, head.text,
				  ls_log_clock_place(&log->clock, &head.stamp));
}

static void
take_headless(struct ls_log_text *log, struct ls_cursor text, bool indented)
{
	if (is_blank(text.at, ls_cursor_left(&text))) {
		if (++log->join.n_blanks > 1)
			ls_log_join_end(&log->join);
		return;
	}
	begin_with_line_before(log);
	ls_log_join_continue(&log->join, text, may_be_bare(log, indented));
}

static void
take_kernel(struct ls_log_text *log, const struct ls_log_head *head)
{
	struct ls_cursor text = head->text;
	struct ls_instant at;

	if (ls_take_literal(&text, "Linux version "))
		ls_log_clock_new_boot(&log->clock);
	at = ls_log_clock_place(&log->clock, &head->stamp);
	ls_log_join_begin(&log->join, head->text, at);
}

static void
take_line(struct ls_log_text *log, const char *line, size_t len)
{
	char clean[LS_LOG_CLEAN_MAX];
	struct ls_cursor text = ls_cursor_of(clean, ls_log_clean(clean, line, len));
	bool indented = len > 0 && (*line == ' ' || *line == '\t');
	struct ls_log_head head;

	ls_log_take_head(text, &head);
	log->join.said = false;
	if (head.owner == LS_LOG_NOBODY)
		take_headless(log, head.text, indented);
	else
		log->formats[head.format]++;
	if (head.owner == LS_LOG_KERNEL)
		take_kernel(log, &head);
	else if (head.owner == LS_LOG_OTHER)
		ls_log_join_end(&log->join);
	if (head.owner == LS_LOG_NOBODY && log->join.said)
		log->formats[LS_LOG_PLAIN]++;
	log->summary.usb_lines += log->join.said;
}

/* "-- Boot 0123… --", "-- Reboot --" of journalctl */
static bool
is_boot_line(const char *line, size_t len)
{
	struct ls_cursor cur = ls_cursor_of(line, len);

	return ls_take_literal(&cur, "-- Boot ") || ls_take_literal(&cur, "-- Reboot --");
}

/* One line, without its newline. @hit: it has a word that makes it worth reading. */
static void
on_line(struct ls_log_text *log, const char *line, size_t len, bool hit)
{
	bool waiting = log->join.state != LS_LOG_JOIN_IDLE;

	if (!hit && !waiting) {
		if (len > 8 && line[0] == '-' && is_boot_line(line, len))
			ls_log_clock_new_boot(&log->clock);
		remember(log, line, len);
		return;
	}
	while (len > 0 && line[len - 1] == '\r')
		len--;
	/* Lines that only end in a carriage return. */
	for (const char *cr; len > 0 && (cr = memchr(line, '\r', len));) {
		size_t part = (size_t)(cr - line);

		if (part > 0) {
			take_line(log, line, part);
			remember(log, line, part);
		}
		line += part + 1;
		len -= part + 1;
	}
	take_line(log, line, len);
	remember(log, line, len);
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
	keep(&log->top);
	keep(&log->before);
	log->partial_len = 0;
	log->cut = false;
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
		end_partial(log);
		log->summary.cut_lines++;
		log->cut = true;
	}
}

static void
feed_lines(struct ls_log_text *log, const char *bytes, size_t len)
{
	const char *end = bytes + len;
	const char *hit = NULL; /* the first one at or after the line */
	const char *newline;

	while (bytes < end && (newline = memchr(bytes, '\n', (size_t)(end - bytes)))) {
		size_t line_len = (size_t)(newline - bytes);

		log->summary.lines++;
		if (log->partial_len || log->cut || line_len > LINE_MAX_BYTES) {
			add_partial(log, bytes, line_len);
			end_partial(log);
		} else {
			if (!hit || hit < bytes)
				hit = bytes + ls_log_scan(bytes, (size_t)(end - bytes));
			on_line(log, bytes, line_len, hit < newline);
		}
		bytes = newline + 1;
	}
	add_partial(log, bytes, (size_t)(end - bytes));
	keep(&log->top);
	keep(&log->before);
}

void
ls_log_text_feed(struct ls_log_text *log, const char *bytes, size_t len)
{
	feed_lines(log, bytes, len);
}

void
ls_log_text_finish(struct ls_log_text *log, struct ls_log_text_summary *ret)
{
	enum ls_log_format most = LS_LOG_PLAIN;

	if (log->partial_len || log->cut) {
		log->summary.lines++;
		end_partial(log);
	}
	log->join.said = false;
	ls_log_join_end(&log->join);
	log->summary.usb_lines += log->join.said;
	for (enum ls_log_format i = 0; i < LS_N_LOG_FORMATS; i++)
		if (log->formats[i] > log->formats[most])
			most = i;
	log->summary.boots = log->clock.boots;
	log->summary.dated = log->clock.dated;
	*ret = log->summary;
	strncpy(ret->format, ls_log_format_name(most), sizeof(ret->format) - 1);
}
