#include "lib/observe/restore_log.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/cursor.h"
#include "lib/base/text.h"

struct step {
	const char *name;
	const char *phase; /* of one piece of data: its name; or NULL */
};

/* Of option -P, by number. */
static const struct step steps[] = {
	{ "finding the device", NULL },	      { "preparing", NULL },
	{ "the file system", "file system" }, { "verifying the file system", NULL },
	{ "flashing the firmware", NULL },    { "flashing the baseband", NULL },
	{ "sending FUD data", NULL },	      { "sending images", NULL },
};
#define STEP_FILE_SYSTEM 2

void
ls_restore_log_init(struct ls_restore_log *log)
{
	memset(log, 0, sizeof(*log));
}

static const struct ls_restore_mark *
last_mark(const struct ls_restore_log *log)
{
	return log->n ? &log->marks[(log->n - 1) % LS_RESTORE_MARKS] : NULL;
}

static void
mark(struct ls_restore_log *log, struct step step, int percent, int64_t now_us)
{
	const struct ls_restore_mark *last = last_mark(log);
	struct ls_restore_mark next = {
		.real_us = now_us,
		.percent = percent,
		.phase = step.phase,
	};

	ls_text_clean(next.step, sizeof(next.step), step.name, strlen(step.name));
	if (last && last->percent == percent && strcmp(last->step, next.step) == 0)
		return;
	log->marks[log->n++ % LS_RESTORE_MARKS] = next;
}

/* "0.37", "37.0": the digits before and behind the point as thousandths; at most 100000. */
static bool
take_thousandths(struct ls_cursor *cur, uint64_t *ret)
{
	uint64_t whole, unit = 100;

	if (!ls_take_uint(cur, 100, &whole))
		return false;
	*ret = whole * 1000;
	if (!ls_take_char(cur, '.'))
		return true;
	for (; cur->at < cur->end && isdigit((unsigned char)*cur->at); cur->at++) {
		*ret += (uint64_t)(*cur->at - '0') * unit;
		unit /= 10;
	}
	return *ret <= 100000;
}

/* "progress: 2 0.370000" */
static bool
read_progress(struct ls_restore_log *log, struct ls_cursor cur, int64_t now_us)
{
	uint64_t step, thousandths;

	if (!ls_take_literal(&cur, "progress: ") ||
	    !ls_take_uint(&cur, LS_COUNT(steps) - 1, &step) || !ls_take_char(&cur, ' ') ||
	    !take_thousandths(&cur, &thousandths) || thousandths > 1000)
		return false;
	mark(log, steps[step], (int)(thousandths / 10), now_us);
	return true;
}

/* "[=====>    ]  37.0%": of the step that is under way. */
static bool
read_bar(struct ls_restore_log *log, const char *line, int64_t now_us)
{
	const struct ls_restore_mark *last = last_mark(log);
	const char *bar = strrchr(line, ']');
	struct ls_cursor cur;
	uint64_t thousandths;

	if (!bar || !strchr(line, '['))
		return false;
	for (bar++; *bar == ' ';)
		bar++;
	cur = ls_cursor_of(bar, strlen(bar));
	if (!take_thousandths(&cur, &thousandths) || !ls_take_char(&cur, '%'))
		return false;
	mark(log,
	     strstr(line, "filesystem") ? steps[STEP_FILE_SYSTEM]
	     : last			? (struct step){ last->step, last->phase }
					: (struct step){ "", NULL },
	     (int)(thousandths / 1000), now_us);
	return true;
}

/* " 57%|█████     | 31190/54272 [02:04<01:16": of the step that is under way. */
static bool
read_tqdm(struct ls_restore_log *log, const char *line, int64_t now_us)
{
	const struct ls_restore_mark *last = last_mark(log);
	struct ls_cursor cur = ls_cursor_of(line, strlen(line));
	uint64_t percent;

	ls_take_spaces(&cur);
	if (!ls_take_uint(&cur, 100, &percent) || !ls_take_literal(&cur, "%|"))
		return false;
	mark(log, last ? (struct step){ last->step, last->phase } : (struct step){ "", NULL },
	     (int)percent, now_us);
	return true;
}

/* "Verifying restore (14)": an operation of restored, with its number. */
static bool
read_operation(struct ls_restore_log *log, const char *line, int64_t now_us)
{
	const char *open = strrchr(line, '(');
	char name[LS_RESTORE_STEP] = "";
	struct ls_cursor cur;
	uint64_t code;
	size_t len = open && open > line ? (size_t)(open - line) - 1 : 0;

	if (len == 0 || len >= sizeof(name) - 2 || open[-1] != ' ' ||
	    !isupper((unsigned char)line[0]) || memchr(line, ':', len))
		return false;
	cur = ls_cursor_of(open + 1, strlen(open + 1));
	if (!ls_take_uint(&cur, 99, &code) || code < 11 || !ls_take_char(&cur, ')') ||
	    ls_cursor_left(&cur) > 0)
		return false;
	snprintf(name, sizeof(name), "\"%.*s\"", (int)len, line);
	mark(log, (struct step){ name, NULL }, -1, now_us);
	return true;
}

/* "operation 13 progress 61": what Apple's programs log of the same operations; -1: no percentage. */
static bool
read_numbered(struct ls_restore_log *log, const char *line, int64_t now_us)
{
	static const struct {
		uint64_t code;
		const char *name;
	} names[] = {
		{ 11, "Creating partition map" }, { 12, "Creating filesystem" },
		{ 13, "Restoring image" },	  { 14, "Verifying restore" },
		{ 15, "Checking filesystems" },	  { 16, "Mounting filesystems" },
		{ 17, "Fixing up /var" },	  { 18, "Flashing firmware" },
		{ 19, "Updating baseband" },	  { 20, "Setting boot stage" },
		{ 21, "Rebooting device" },	  { 28, "Waiting for NAND" },
		{ 29, "Unmounting filesystems" }, { 35, "Loading firmware data to flash" },
		{ 36, "Requesting FUD data" },	  { 49, "Booting the baseband" },
		{ 57, "Certifying SEP" },	  { 58, "NAND firmware" },
	};
	const char *at = strstr(line, "operation ");
	struct ls_cursor cur = ls_cursor_of(at ? at + 10 : line, at ? strlen(at + 10) : 0);
	char name[LS_RESTORE_STEP];
	uint64_t code;
	int percent;

	if (!ls_take_uint(&cur, 999, &code) || !ls_take_literal(&cur, " progress ") ||
	    !ls_take_int(&cur, 100, &percent))
		return false;
	snprintf(name, sizeof(name), "operation %u", (unsigned int)code);
	for (size_t i = 0; i < LS_COUNT(names); i++)
		if (names[i].code == code)
			snprintf(name, sizeof(name), "\"%s\"", names[i].name);
	mark(log, (struct step){ name, NULL }, percent < 0 ? -1 : percent, now_us);
	return true;
}

static bool
begins_restore_mode(const char *line)
{
	return strstr(line, "entered restore mode") || strstr(line, "connected in Restore mode") ||
	       strstr(line, "connected in restore mode");
}

/* "14:03:11.123 <info> text": the text. */
static const char *
without_stamp(const char *line)
{
	const char *label = strchr(line, '<'), *end = label ? strchr(label, '>') : NULL;

	if (!end || !isdigit((unsigned char)line[0]) || line[1] == '\0' || line[2] != ':' ||
	    end[1] != ' ')
		return line;
	return end + 2;
}

static void
read_line(struct ls_restore_log *log, int64_t now_us)
{
	const char *line = without_stamp(log->line);

	if (begins_restore_mode(line)) {
		log->restore_us = now_us;
		return;
	}
	if (read_progress(log, ls_cursor_of(line, strlen(line)), now_us) ||
	    read_bar(log, line, now_us) || read_tqdm(log, line, now_us) ||
	    read_numbered(log, line, now_us) || read_operation(log, line, now_us))
		return;
	if (strstr(line, "Sending filesystem"))
		mark(log, steps[STEP_FILE_SYSTEM], -1, now_us);
}

/* A progress bar is overwritten by the next one. */
static void
read_unfinished(struct ls_restore_log *log, int64_t now_us)
{
	if (log->len == LS_RESTORE_LINE)
		return;
	log->line[log->len] = '\0';
	(void)read_bar(log, without_stamp(log->line), now_us);
}

void
ls_restore_log_feed(struct ls_restore_log *log, const char *bytes, size_t len, int64_t now_us)
{
	for (size_t i = 0; i < len; i++) {
		bool ends = bytes[i] == '\n' || bytes[i] == '\r';

		if (!ends && log->len < LS_RESTORE_LINE) {
			/* A line that fills the buffer is too long; a NUL would hide what
			 * follows. */
			log->line[log->len++] = bytes[i] ? bytes[i] : '?';
			if (bytes[i] == '%')
				read_unfinished(log, now_us);
			continue;
		}
		if (ends && log->len > 0 && log->len < LS_RESTORE_LINE) {
			log->line[log->len] = '\0';
			read_line(log, now_us);
		}
		if (ends)
			log->len = 0;
	}
}

static const struct ls_restore_mark *
mark_at(const struct ls_restore_log *log, int64_t at_us)
{
	size_t kept = log->n < LS_RESTORE_MARKS ? log->n : LS_RESTORE_MARKS;

	for (size_t i = 0; i < kept; i++) {
		const struct ls_restore_mark *one =
			&log->marks[(log->n - 1 - i) % LS_RESTORE_MARKS];

		if (one->real_us <= at_us)
			return one;
	}
	return NULL;
}

int
ls_restore_log_place(const struct ls_restore_log *log, int64_t at_us, struct ls_job_place *ret)
{
	const struct ls_restore_mark *found = mark_at(log, at_us);
	char step[LS_RESTORE_STEP + 16] = "", since[48] = "";

	*ret = (struct ls_job_place){ .percent = -1 };
	if (found && found->percent >= 0)
		ls_text_format(step, sizeof(step), "at %d %%%s%s", found->percent,
			       found->step[0] ? " of " : "", found->step);
	else if (found)
		ls_text_format(step, sizeof(step), "in %s", found->step);
	if (found && found->percent >= 0 && found->phase) {
		ret->percent = found->percent;
		ls_text_copy(ret->phase, sizeof(ret->phase), found->phase);
	}
	if (log->restore_us && at_us >= log->restore_us)
		ls_text_format(since, sizeof(since), "%s%lld s into restore mode",
			       step[0] ? ", " : "",
			       (long long)((at_us - log->restore_us) / (int64_t)LS_SEC));
	ls_text_format(ret->text, sizeof(ret->text), "%s%s", step, since);
	return ret->text[0] ? 1 : 0;
}
