#include "cli/analyze/restores.h"

#include <inttypes.h>
#include <string.h>

#include "cli/analyze/events.h"
#include "cli/base/field.h"
#include "cli/print/format.h"
#include "cli/print/render.h"
#include "cli/print/words.h"
#include "lib/base/text.h"

#define PHASES_SHOWN 14
#define CODE_MAX     1000000

/* ---- JSON ---------------------------------------------------------------------------------- */

static json_t *
time_json(int64_t at_us, int64_t day_us)
{
	return at_us ? ls_wire_time(at_us + day_us) : json_null();
}

static json_t *
phases_json(const struct ls_restore_attempt *attempt, int64_t day_us)
{
	json_t *list = json_array();

	for (size_t i = 0; list && i < attempt->n_phases; i++) {
		const struct ls_restore_phase *phase = &attempt->phases[i];
		const struct ls_wire_field fields[] = {
			{ "at", time_json(phase->at_us, day_us) },
			{ "mode", ls_wire_optional(phase->mode ? ls_restore_mode_name(phase->mode)
							       : NULL) },
			{ "text", json_string(phase->text) },
		};

		if (json_array_append_new(list, ls_wire_object(fields, LS_COUNT(fields))) < 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

/* The code that Apple's programs show for the story, where the log has none. */
static int
code_of(const struct ls_restore_attempt *attempt)
{
	enum ls_restore_mode last = LS_RESTORE_NO_MODE;

	if (attempt->code || attempt->end != LS_RESTORE_FAILED)
		return attempt->code;
	for (size_t i = 0; i < attempt->n_phases; i++)
		if (attempt->phases[i].mode > LS_RESTORE_GONE)
			last = attempt->phases[i].mode;
	if (attempt->story != LS_RESTORE_RESTARTED && attempt->story != LS_RESTORE_NOT_STARTED &&
	    attempt->story != LS_RESTORE_UPLOAD)
		return attempt->story == LS_RESTORE_LOST ? 4010 : 0;
	return last == LS_RESTORE_IN_RECOVERY ? 4013 : last == LS_RESTORE_IN_DFU ? 4014 : 0;
}

json_t *
restores_json(const char *file, const struct ls_restore_attempt *attempt, int64_t utc_offset_us)
{
	static const char *const ends[] = { NULL, "done", "failed" };
	int64_t day_us = attempt->dated ? 0 : ls_restore_day_of_name(file, utc_offset_us);
	int code = code_of(attempt);
	const struct ls_wire_field fields[] = {
		{ "file", json_string(file) },
		{ "tool", json_string(ls_restore_tool_name(attempt->tool)) },
		{ "outcome", ls_wire_optional(ends[attempt->end]) },
		{ "story", json_string(ls_restore_story_name(attempt->story)) },
		{ "story_text", json_string(ls_restore_story_words(attempt->story)) },
		{ "code", code ? json_integer(code) : json_null() },
		{ "code_in_log", json_boolean(attempt->code != 0) },
		{ "words", ls_wire_optional(attempt->words) },
		{ "mode", ls_wire_optional(attempt->in_mode ? ls_restore_mode_name(attempt->in_mode)
							    : NULL) },
		{ "place", ls_wire_optional(attempt->place.text) },
		{ "place_phase", ls_wire_optional(attempt->place.phase) },
		{ "place_percent",
		  attempt->place.percent < 0 ? json_null() : json_integer(attempt->place.percent) },
		{ "dated", json_boolean(attempt->dated || day_us) },
		{ "began_at", time_json(attempt->began_us, day_us) },
		{ "failed_at", time_json(attempt->failed_us, day_us) },
		{ "ended_at", time_json(attempt->ended_us, day_us) },
		{ "wire_errors", json_integer(attempt->n_wire) },
		{ "timeouts", json_integer(attempt->n_timeouts) },
		{ "stalls", json_integer(attempt->n_stalls) },
		{ "phases", phases_json(attempt, day_us) },
	};

	return ls_wire_object(fields, LS_COUNT(fields));
}

/* ---- text ---------------------------------------------------------------------------------- */

static const char *
tool_words(const char *name)
{
	for (unsigned int i = 0; i < LS_N_RESTORE_TOOLS; i++)
		if (strcmp(ls_restore_tool_name((enum ls_restore_tool)i), name) == 0)
			return ls_restore_tool_words((enum ls_restore_tool)i);
	return ls_restore_tool_words(LS_RESTORE_UNKNOWN_TOOL);
}

static bool
has_failed(const json_t *restore)
{
	return strcmp(field_text(restore, "outcome"), "failed") == 0;
}

static void
put_headline(const struct cli *cli, const json_t *restore)
{
	const char *outcome = field_text(restore, "outcome"), *place = field_text(restore, "place");
	char file[WORDS_MAX], took[FORMAT_MAX] = "";
	int64_t began_us = 0, ended_us = 0;
	bool failed = has_failed(restore), done = strcmp(outcome, "done") == 0;

	words_file(file, field_text(restore, "file"), cli->style.utf8);
	(void)field_time(restore, "began_at", &began_us);
	(void)field_time(restore, field_has(restore, "failed_at") ? "failed_at" : "ended_at",
			 &ended_us);
	if (ended_us > began_us)
		format_duration(took, (double)(ended_us - began_us) / LS_SEC);
	render_sentence(&cli->style,
			failed ? TONE_BAD
			: done ? TONE_GOOD
			       : TONE_WARN,
			0, "%s: a restore with %s %s%s%s%s%s.", file,
			tool_words(field_text(restore, "tool")),
			failed ? "failed"
			: done ? "was done"
			       : "whose end is not in the log",
			*took ? done || failed ? " after " : ", so far " : "", took,
			failed && *place ? ", " : "", failed ? place : "");
}

static void
put_usb(const struct cli *cli, const json_t *restore)
{
	int64_t wire = field_int(restore, "wire_errors"), late = field_int(restore, "timeouts"),
		stalls = field_int(restore, "stalls");

	if (wire + late + stalls > 0)
		render_sentence(&cli->style, wire + late ? TONE_WARN : TONE_PLAIN, 4,
				"  Failed transfers: %" PRId64 " on the wire, %" PRId64
				" without an answer, %" PRId64 " refused by the device (stalls).",
				wire, late, stalls);
}

static void
put_time(char text[FORMAT_MAX], const struct cli *cli, const json_t *restore, int64_t at_us)
{
	if (field_flag(restore, "dated"))
		analyze_when(text, cli, NULL, at_us);
	else
		analyze_time_of_day(text, at_us);
}

static void
put_phases(const struct cli *cli, const json_t *restore)
{
	const json_t *phases = field_list(restore, "phases"), *phase;
	size_t n = json_array_size(phases), i = n > PHASES_SHOWN ? n - PHASES_SHOWN : 0;

	if (i > 0)
		render_sentence(&cli->style, TONE_DIM, 4,
				"  The last %d of %zu phases; all of them: linkstat analyze --json",
				PHASES_SHOWN, n);
	for (; i < n; i++) {
		char when[FORMAT_MAX] = "";
		int64_t at_us = 0;

		phase = json_array_get(phases, i);
		if (field_has(phase, "at") && field_time(phase, "at", &at_us))
			put_time(when, cli, restore, at_us);
		render_sentence(&cli->style, field_has(phase, "mode") ? TONE_STRONG : TONE_PLAIN,
				(int)strlen(when) + 4, "  %s%s%s", when, *when ? "  " : "",
				field_text(phase, "text"));
	}
}

static void
put_restore(const struct cli *cli, const json_t *restore)
{
	const char *words = field_text(restore, "words");
	int64_t code = field_int(restore, "code");
	char tail[64] = "";

	put_headline(cli, restore);
	if (has_failed(restore) && *words)
		render_sentence(&cli->style, TONE_PLAIN, 4, "  Its words: %s", words);
	put_usb(cli, restore);
	if (has_failed(restore))
		render_sentence(&cli->style, TONE_PLAIN, 4, "  %s",
				field_text(restore, "story_text"));
	if (code > -CODE_MAX && code < CODE_MAX && code != 0)
		ls_text_format(tail, sizeof(tail), "%" PRId64 ", see: linkstat %" PRId64, code,
			       code);
	if (*tail)
		render_sentence(&cli->style, TONE_PLAIN, 4, "  %s %s",
				field_flag(restore, "code_in_log")
					? "The error number is"
					: "Finder and iTunes show this as error",
				tail);
	put_phases(cli, restore);
}

void
restores_print(const struct cli *cli, const json_t *group)
{
	const json_t *restore;
	size_t i;

	json_array_foreach(field_list(group, "restores"), i, restore)
	{
		put_restore(cli, restore);
	}
}

int
restores_exit_code(const json_t *group)
{
	const json_t *restore;
	size_t i;

	json_array_foreach(field_list(group, "restores"), i, restore)
	{
		if (has_failed(restore))
			return CLI_PROBLEM;
	}
	return CLI_FINE;
}
