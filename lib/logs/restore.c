#include "lib/logs/restore.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/logs/clean.h"
#include "lib/logs/clock.h"
#include "lib/logs/date.h"
#include "lib/observe/restore_log.h"

#define LINE_MAX_BYTES 1024

struct ls_restore_reader {
	struct ls_log_clock clock;
	struct ls_restore_attempt attempt;
	struct ls_restore_log steps; /* percentages and operations */
	enum ls_restore_mode mode;   /* now */
	bool was_in_restore, boots;  /* restore mode was seen, was asked for */
	bool uploads;		     /* files were sent in recovery or DFU mode */
	int64_t at_us;
	size_t len;
	char line[LINE_MAX_BYTES];
};

/* ---- phases -------------------------------------------------------------------------------- */

static void
add_phase(struct ls_restore_reader *reader, enum ls_restore_mode mode, struct ls_cursor text)
{
	struct ls_restore_attempt *attempt = &reader->attempt;
	size_t last = attempt->n_phases > 0 ? attempt->n_phases - 1 : 0;
	struct ls_restore_phase next = { .at_us = reader->at_us, .mode = mode };

	ls_text_clean(next.text, sizeof(next.text), text.at, ls_cursor_left(&text));
	if (attempt->n_phases > 0 && attempt->phases[last].mode == mode &&
	    strcmp(attempt->phases[last].text, next.text) == 0)
		return;
	if (attempt->n_phases < LS_RESTORE_PHASES)
		attempt->n_phases++;
	attempt->phases[attempt->n_phases - 1] = next;
}

static void
change_mode(struct ls_restore_reader *reader, enum ls_restore_mode mode)
{
	const char *words = ls_restore_mode_words(mode);

	if (mode == reader->mode)
		return;
	if (reader->was_in_restore && reader->attempt.end != LS_RESTORE_DONE &&
	    (mode == LS_RESTORE_IN_RECOVERY || mode == LS_RESTORE_IN_DFU))
		reader->attempt.story = LS_RESTORE_RESTARTED;
	if (reader->boots && !reader->was_in_restore &&
	    (mode == LS_RESTORE_IN_RECOVERY || mode == LS_RESTORE_IN_DFU))
		reader->attempt.story = LS_RESTORE_NOT_STARTED;
	reader->was_in_restore |= mode == LS_RESTORE_IN_RESTORE;
	reader->mode = mode;
	if (mode != LS_RESTORE_GONE && !reader->attempt.failed_us)
		reader->attempt.in_mode = mode;
	add_phase(reader, mode, ls_cursor_of(words, strlen(words)));
}

/* ---- lines --------------------------------------------------------------------------------- */

/* Each reads what follows its text, up to the end of the line. */
typedef void (*line_fn)(struct ls_restore_reader *reader, struct ls_cursor line,
			struct ls_cursor rest);

static bool
contains(const struct ls_cursor *text, const char *word)
{
	return memmem(text->at, ls_cursor_left(text), word, strlen(word)) != NULL;
}

/* "Recovery mode", "connected in Restore mode", "muxed device" */
static enum ls_restore_mode
mode_in(struct ls_cursor text)
{
	static const struct {
		const char *word;
		enum ls_restore_mode mode;
	} modes[] = {
		{ "Recovery", LS_RESTORE_IN_RECOVERY }, { "recovery", LS_RESTORE_IN_RECOVERY },
		{ "DFU", LS_RESTORE_IN_DFU },		{ "dfu", LS_RESTORE_IN_DFU },
		{ "Restore", LS_RESTORE_IN_RESTORE },	{ "restore", LS_RESTORE_IN_RESTORE },
		{ "RestoreOS", LS_RESTORE_IN_RESTORE }, { "Normal", LS_RESTORE_IN_NORMAL },
		{ "normal", LS_RESTORE_IN_NORMAL },	{ "muxed", LS_RESTORE_IN_NORMAL },
	};

	for (size_t i = 0; i < LS_COUNT(modes); i++)
		if (contains(&text, modes[i].word))
			return modes[i].mode;
	return LS_RESTORE_NO_MODE;
}

static void
on_mode(struct ls_restore_reader *reader, struct ls_cursor line, struct ls_cursor rest)
{
	enum ls_restore_mode mode = mode_in(rest);

	(void)line;
	if (mode != LS_RESTORE_NO_MODE)
		change_mode(reader, mode);
}

/* The mode stands before "device connected". */
static void
on_mode_before(struct ls_restore_reader *reader, struct ls_cursor line, struct ls_cursor rest)
{
	line.end = rest.at;
	on_mode(reader, line, line);
}

static void
on_gone(struct ls_restore_reader *reader, struct ls_cursor line, struct ls_cursor rest)
{
	(void)line;
	(void)rest;
	change_mode(reader, LS_RESTORE_GONE);
}

static void
on_restore_mode(struct ls_restore_reader *reader, struct ls_cursor line, struct ls_cursor rest)
{
	(void)line;
	(void)rest;
	change_mode(reader, LS_RESTORE_IN_RESTORE);
}

static void
on_phase(struct ls_restore_reader *reader, struct ls_cursor line, struct ls_cursor rest)
{
	(void)rest;
	add_phase(reader, LS_RESTORE_NO_MODE, line);
}

/* "Sending iBEC (285536 bytes)..." */
static void
on_sending(struct ls_restore_reader *reader, struct ls_cursor line, struct ls_cursor rest)
{
	reader->uploads |= !reader->was_in_restore;
	reader->boots |= contains(&rest, "KernelCache") || contains(&rest, "kernelcache");
	if (contains(&rest, "filesystem"))
		return; /* a step */
	add_phase(reader, LS_RESTORE_NO_MODE, line);
}

static void
on_boot(struct ls_restore_reader *reader, struct ls_cursor line, struct ls_cursor rest)
{
	(void)rest;
	reader->boots = true;
	add_phase(reader, LS_RESTORE_NO_MODE, line);
}

static void
on_done(struct ls_restore_reader *reader, struct ls_cursor line, struct ls_cursor rest)
{
	(void)rest;
	if (reader->attempt.end == LS_RESTORE_END_UNKNOWN && !reader->attempt.failed_us)
		reader->attempt.end = LS_RESTORE_DONE;
	add_phase(reader, LS_RESTORE_NO_MODE, line);
}

/* The first failure counts: what follows are its consequences. */
static void
on_failure(struct ls_restore_reader *reader, struct ls_cursor line, struct ls_cursor rest)
{
	struct ls_restore_attempt *attempt = &reader->attempt;

	(void)rest;
	if (attempt->end == LS_RESTORE_DONE || attempt->words[0])
		return;
	ls_text_clean(attempt->words, sizeof(attempt->words), line.at, ls_cursor_left(&line));
	attempt->failed_us = reader->at_us;
	(void)ls_restore_log_place(&reader->steps, reader->at_us, &attempt->place);
	add_phase(reader, LS_RESTORE_NO_MODE, line);
}

static void
on_not_started(struct ls_restore_reader *reader, struct ls_cursor line, struct ls_cursor rest)
{
	if (!reader->was_in_restore)
		reader->attempt.story = LS_RESTORE_NOT_STARTED;
	on_failure(reader, line, rest);
}

static void
on_upload_failed(struct ls_restore_reader *reader, struct ls_cursor line, struct ls_cursor rest)
{
	if (!reader->was_in_restore && !reader->attempt.words[0])
		reader->attempt.story = LS_RESTORE_UPLOAD;
	on_failure(reader, line, rest);
}

static void
on_end(struct ls_restore_reader *reader, struct ls_cursor line, struct ls_cursor rest)
{
	on_failure(reader, line, rest);
	reader->attempt.end = LS_RESTORE_FAILED;
}

static void
set_code(struct ls_restore_reader *reader, int code)
{
	if (code != 0)
		reader->attempt.code = code;
}

/* "Restore completed, status: 4013" */
static void
on_status(struct ls_restore_reader *reader, struct ls_cursor line, struct ls_cursor rest)
{
	int code;

	ls_take_spaces(&rest);
	if (!ls_take_int(&rest, 999999, &code))
		return;
	set_code(reader, code);
	if (code == 0)
		on_done(reader, line, rest);
	else
		on_end(reader, line, rest);
}

/* "Depth:0 Code:4013 Error:Unexpected device state 'Recovery' expected 'RestoreOS'" */
static void
on_depth(struct ls_restore_reader *reader, struct ls_cursor line, struct ls_cursor rest)
{
	struct ls_restore_attempt *attempt = &reader->attempt;
	const char *error;
	int code;

	(void)line;
	if (!ls_take_int(&rest, 999999, &code))
		return;
	set_code(reader, code);
	error = memmem(rest.at, ls_cursor_left(&rest), "Error:", 6);
	if (!error)
		return;
	rest.at = error + 6;
	ls_text_clean(attempt->words, sizeof(attempt->words), rest.at, ls_cursor_left(&rest));
	if (contains(&rest, "Unexpected device state") && !reader->was_in_restore &&
	    attempt->story == LS_RESTORE_NO_STORY)
		attempt->story = LS_RESTORE_NOT_STARTED;
}

/* "usbd status c0000005" */
static void
on_usbd(struct ls_restore_reader *reader, struct ls_cursor line, struct ls_cursor rest)
{
	struct ls_restore_attempt *attempt = &reader->attempt;
	uint64_t status;

	(void)line;
	attempt->tool = LS_RESTORE_WINDOWS;
	ls_take_spaces(&rest);
	(void)ls_take_literal(&rest, "0x");
	if (!ls_take_hex(&rest, UINT32_MAX, &status))
		return;
	attempt->n_stalls += status == 0xc0000004;
	attempt->n_timeouts += status == 0xc0000005;
	/* checksum, bits, toggle, transaction error */
	attempt->n_wire += (status >= 0xc0000001 && status <= 0xc0000003) || status == 0xc0000011;
}

/* The first one that a line contains counts. */
static const struct {
	const char *text;
	line_fn read;
} lines[] = {
	{ "irecv_event_cb: device", NULL }, /* with the next two */
	{ "idevice_event_cb: device", NULL },
	{ "has successfully entered restore mode", on_restore_mode },
	{ "entered restore mode", on_restore_mode },
	{ "Found device in ", on_mode },
	{ "Waiting for device to enter restore mode", on_boot },
	{ "Device failed to enter restore mode", on_not_started },
	{ "most likely image personalization failed", on_not_started },
	{ "Unable to place device into restore mode", on_not_started },
	{ "Failed to place device in restore mode", on_not_started },
	{ "Possibly invalid iB", on_upload_failed },
	{ "Unable to upload data", on_upload_failed },
	{ "Unable to send ", on_upload_failed },
	{ "Unable to successfully restore device", on_end },
	{ "Unable to restore device", on_end },
	{ "RESTORE FAILED", on_end },
	{ "Status: Restore Finished", on_done },
	{ "Restore Finished", on_done },
	{ "Could not read data (", on_failure },
	{ "Unable to connect to ASR", on_failure },
	{ "Unable to receive data from ASR", on_failure },
	{ "Failed to enter recovery mode", on_failure },
	{ "Failed to place device in recovery mode", on_failure },
	{ "Unable to discover device mode", on_failure },
	{ "Sending ", on_sending },
	{ "About to restore device", on_phase },
	/* Apple */
	{ "Restore completed, status:", on_status },
	{ "Depth:0 Code:", on_depth },
	{ "Restore error ", on_status },
	{ "Changing state from '", on_phase },
	{ " mode device disconnected", on_gone },
	{ " mode device connected", on_mode_before },
	{ "muxed device disconnected", on_gone },
	{ "muxed device connected", on_mode_before },
	{ "usbd status", on_usbd },
	{ "Restore Phase: ", on_phase },
	/* pymobiledevice3 */
	{ "ConnectionTerminatedError", on_end },
	{ "ConnectionAbortedError", on_end },
	{ "IncompleteReadError", on_end },
	{ "PyMobileDevice3Exception", on_end },
	{ "] ERROR ", on_failure },
	{ "ERROR: ", on_failure },
	{ "<error>", on_failure },
};

/* "irecv_event_cb: device 001a… (udid: N/A) connected in Recovery mode" */
static void
on_event(struct ls_restore_reader *reader, struct ls_cursor line, struct ls_cursor rest)
{
	const char *connected = memmem(rest.at, ls_cursor_left(&rest), " connected in ", 14);

	if (connected) {
		rest.at = connected;
		on_mode(reader, line, rest);
	} else if (contains(&rest, "disconnected")) {
		on_gone(reader, line, rest);
	}
}

static void
note_tool(struct ls_restore_reader *reader, const struct ls_cursor *line)
{
	static const struct {
		const char *sign;
		enum ls_restore_tool tool;
	} signs[] = {
		{ "pymobiledevice3", LS_RESTORE_PYMOBILEDEVICE },
		{ "irecv_event_cb", LS_RESTORE_IDEVICERESTORE },
		{ "idevicerestore", LS_RESTORE_IDEVICERESTORE },
		{ "About to restore device", LS_RESTORE_IDEVICERESTORE },
		{ "Found device in ", LS_RESTORE_IDEVICERESTORE },
		{ "Changing state from '", LS_RESTORE_APPLE },
		{ "<Restore Device 0x", LS_RESTORE_APPLE },
		{ "AMPDevicesAgent", LS_RESTORE_APPLE },
		{ "Restore completed, status", LS_RESTORE_APPLE },
	};

	for (size_t i = 0; i < LS_COUNT(signs) && reader->attempt.tool == LS_RESTORE_UNKNOWN_TOOL;
	     i++)
		if (contains(line, signs[i].sign))
			reader->attempt.tool = signs[i].tool;
}

/* "14:03:11.123 <info> ", "[17:59:01.7501] ", "2025-03-25 09:20:02 host x[89]: INFO ": the time, and
 * of the first two the line behind them. */
static void
take_time(struct ls_restore_reader *reader, struct ls_cursor *line)
{
	struct ls_log_stamp stamp = { .date = LS_LOG_NO_DATE };
	struct ls_cursor at = *line;
	struct ls_instant when;

	(void)ls_take_char(&at, '[');
	if (!ls_log_take_date(&at, &stamp))
		return;
	when = ls_log_clock_place(&reader->clock, &stamp);
	reader->at_us = reader->clock.dated ? when.real_us : (int64_t)when.mono_us;
	if (!reader->attempt.began_us)
		reader->attempt.began_us = reader->at_us;
	reader->attempt.ended_us = reader->at_us;
	while (ls_take_char(&at, ']') || ls_take_char(&at, ' '))
		;
	if (ls_take_char(&at, '[')) { /* process and thread, of Windows */
		(void)ls_take_until(&at, ']');
		while (ls_take_char(&at, ']') || ls_take_char(&at, ':') || ls_take_char(&at, ' '))
			;
	}
	if (ls_take_char(&at, '<')) {
		(void)ls_take_until(&at, '>');
		(void)ls_take_char(&at, '>');
		ls_take_spaces(&at);
	}
	*line = at;
}

/* A step of restored, with its percentage once it is over, is a phase, too. */
static void
note_step(struct ls_restore_reader *reader, const struct ls_cursor *line)
{
	struct ls_restore_log *steps = &reader->steps;
	size_t n = steps->n;
	const struct ls_restore_mark *mark, *before;

	ls_restore_log_feed(steps, line->at, ls_cursor_left(line), reader->at_us);
	ls_restore_log_feed(steps, "\n", 1, reader->at_us);
	if (steps->n == n)
		return;
	mark = &steps->marks[(steps->n - 1) % LS_RESTORE_MARKS];
	before = n > 0 ? &steps->marks[(n - 1) % LS_RESTORE_MARKS] : NULL;
	if (mark->step[0] && (!before || strcmp(before->step, mark->step) != 0))
		add_phase(reader, LS_RESTORE_NO_MODE, ls_cursor_of(mark->step, strlen(mark->step)));
	reader->attempt.read_lines++;
}

static void
read_line(struct ls_restore_reader *reader)
{
	char clean[LS_LOG_CLEAN_MAX];
	size_t len = ls_log_clean(clean, reader->line, reader->len);
	struct ls_cursor line = ls_cursor_of(clean, len);

	reader->attempt.lines++;
	note_tool(reader, &line);
	take_time(reader, &line);
	note_step(reader, &line);
	for (size_t i = 0; i < LS_COUNT(lines); i++) {
		size_t n = strlen(lines[i].text);
		const char *at = memmem(line.at, ls_cursor_left(&line), lines[i].text, n);

		if (!at)
			continue;
		reader->attempt.read_lines++;
		(lines[i].read ? lines[i].read : on_event)(
			reader, line, ls_cursor_of(at + n, (size_t)(line.end - at) - n));
		return;
	}
}

/* ---- bytes --------------------------------------------------------------------------------- */

bool
ls_restore_is_one(const char *bytes, size_t len)
{
	static const char *const signs[] = {
		"irecv_event_cb: ",	    "idevice_event_cb: ",
		"About to restore device",  "Found device in ",
		"entered restore mode",	    "Restore completed, status:",
		"AMPDevicesAgent: ",	    "Changing state from '",
		"pymobiledevice3.restore",  "usbd status c0",
		"Could not read data (",    "Possibly invalid iB",
		"Sending filesystem",	    "Checking BuildManifest",
		"Identified device as ",    "Restore Phase: ",
		"Unable to restore device", "Waiting for device to enter restore",
		"Extracting BuildManifest", "<Restore Device 0x",
	};

	for (size_t i = 0; i < LS_COUNT(signs); i++)
		if (memmem(bytes, len, signs[i], strlen(signs[i])))
			return true;
	return false;
}

int
ls_restore_reader_new(const struct ls_log_text_options *options, struct ls_restore_reader **ret)
{
	struct ls_restore_reader *reader = calloc(1, sizeof(*reader));

	if (!reader)
		return -ENOMEM;
	ls_log_clock_init(&reader->clock, options ? options->utc_offset_us : 0,
			  options ? options->year : 0);
	ls_restore_log_init(&reader->steps);
	reader->attempt.place.percent = -1;
	*ret = reader;
	return 0;
}

void
ls_restore_reader_free(struct ls_restore_reader *reader)
{
	free(reader);
}

void
ls_restore_reader_feed(struct ls_restore_reader *reader, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		/* A progress bar is overwritten by the next one. */
		if (bytes[i] != '\n' && bytes[i] != '\r') {
			if (reader->len < LINE_MAX_BYTES)
				reader->line[reader->len++] = bytes[i];
			continue;
		}
		if (reader->len > 0)
			read_line(reader);
		reader->len = 0;
	}
}

/* What is left to say once all of it is read. */
static void
conclude(struct ls_restore_reader *reader)
{
	struct ls_restore_attempt *attempt = &reader->attempt;

	if (attempt->end == LS_RESTORE_END_UNKNOWN && attempt->words[0])
		attempt->end = LS_RESTORE_FAILED;
	if (attempt->end != LS_RESTORE_FAILED)
		attempt->story = LS_RESTORE_NO_STORY;
	else if (attempt->story == LS_RESTORE_NO_STORY && reader->was_in_restore)
		attempt->story = LS_RESTORE_LOST;
	else if (attempt->story == LS_RESTORE_NO_STORY && reader->uploads)
		attempt->story = LS_RESTORE_UPLOAD;
	attempt->dated = reader->clock.dated;
}

const struct ls_restore_attempt *
ls_restore_reader_finish(struct ls_restore_reader *reader)
{
	if (reader->len > 0)
		read_line(reader);
	reader->len = 0;
	conclude(reader);
	return &reader->attempt;
}

#define DAY_US	     ((int64_t)(86400 * LS_SEC))
#define EPOCH_DIGITS 10

int64_t
ls_restore_day_of_name(const char *file, int64_t utc_offset_us)
{
	const char *end = strrchr(file, '.');
	struct ls_cursor digits;
	uint64_t epoch;
	int64_t local_us;

	if (!end || end - file <= EPOCH_DIGITS || end[-EPOCH_DIGITS - 1] != '_')
		return 0;
	digits = ls_cursor_of(end - EPOCH_DIGITS, EPOCH_DIGITS);
	if (!ls_take_uint(&digits, UINT32_MAX, &epoch) || ls_cursor_left(&digits) > 0)
		return 0;
	local_us = (int64_t)(epoch * LS_SEC) + utc_offset_us;
	return local_us - local_us % DAY_US - utc_offset_us;
}

/* ---- names --------------------------------------------------------------------------------- */

#define WORDS(id, name, words) words,
#define NAME(id, name, words)  name,
static const char *const tools[] = { LS_RESTORE_TOOLS(NAME) };
static const char *const tool_words[] = { LS_RESTORE_TOOLS(WORDS) };
static const char *const modes[] = { LS_RESTORE_MODES(NAME) };
static const char *const mode_words[] = { LS_RESTORE_MODES(WORDS) };
static const char *const stories[] = { LS_RESTORE_STORIES(NAME) };
static const char *const story_words[] = { LS_RESTORE_STORIES(WORDS) };

const char *
ls_restore_tool_name(enum ls_restore_tool tool)
{
	return ls_name_of(tools, LS_COUNT(tools), tool);
}

const char *
ls_restore_tool_words(enum ls_restore_tool tool)
{
	return ls_name_of(tool_words, LS_COUNT(tool_words), tool);
}

const char *
ls_restore_mode_name(enum ls_restore_mode mode)
{
	return ls_name_of(modes, LS_COUNT(modes), mode);
}

const char *
ls_restore_mode_words(enum ls_restore_mode mode)
{
	return ls_name_of(mode_words, LS_COUNT(mode_words), mode);
}

const char *
ls_restore_story_name(enum ls_restore_story story)
{
	return ls_name_of(stories, LS_COUNT(stories), story);
}

const char *
ls_restore_story_words(enum ls_restore_story story)
{
	return ls_name_of(story_words, LS_COUNT(story_words), story);
}
