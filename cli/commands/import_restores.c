#include "cli/commands/import_restores.h"

#include <string.h>

#include "cli/ask/ask.h"
#include "cli/ask/client.h"
#include "cli/base/field.h"
#include "cli/offline/input.h"
#include "cli/print/envelope.h"
#include "cli/print/format.h"
#include "cli/print/render.h"
#include "lib/base/text.h"
#include "lib/logs/restore.h"

#define BYTES_AT_ONCE 65536

struct importing {
	const struct cli *cli;
	bool dry_run;
	struct client *client; /* NULL: not connected yet */
	json_t *rows;	       /* a file each: file, state, job */
	int worst;
};

static void
note(struct importing *job, int r)
{
	job->worst = r > job->worst ? r : job->worst;
}

/* One line for a file, and a row for --json. */
static void
put_row(struct importing *job, const char *file, const char *state, const char *words)
{
	json_t *row = json_pack("{s:s, s:s, s:s}", "file", file, "state", state, "what", words);

	if (json_array_append_new(job->rows, row) < 0)
		note(job, cli_no_memory());
	if (!job->cli->json)
		render_sentence(&job->cli->style, TONE_PLAIN, 2, "%s: %s.", file, words);
}

/* What linkstatd is told of @attempt, whose times need @day_us. */
static json_t *
parameters_of(const struct ls_restore_attempt *attempt, int64_t day_us)
{
	const char *code = attempt->code ? ", error " : "";
	char note_text[LS_TEXT_MAX], number[16] = "";
	const struct ls_wire_field fields[] = {
		{ "command", json_string(ls_restore_tool_name(attempt->tool)) },
		{ "began_at", ls_wire_time(attempt->began_us + day_us) },
		{ "ended_at",
		  ls_wire_time((attempt->failed_us ? attempt->failed_us : attempt->ended_us) +
			       day_us) },
		{ "code", json_integer(attempt->end == LS_RESTORE_DONE ? 0 : 1) },
		{ "place", ls_wire_optional(attempt->place.text) },
		{ "place_percent",
		  attempt->place.percent < 0 ? json_null() : json_integer(attempt->place.percent) },
		{ "place_phase", ls_wire_optional(attempt->place.phase) },
	};
	json_t *parameters = ls_wire_object(fields, LS_COUNT(fields));

	if (attempt->code)
		ls_text_format(number, sizeof(number), "%d", attempt->code);
	ls_text_format(note_text, sizeof(note_text), "from its log%s%s", code, number);
	(void)json_object_set_new(parameters, "note", json_string(note_text));
	return parameters;
}

static void
send(struct importing *job, const char *file, const struct ls_restore_attempt *attempt,
     int64_t day_us)
{
	ls_json_auto json_t *parameters = parameters_of(attempt, day_us), *reply = NULL;
	char words[LS_TEXT_MAX], when[FORMAT_MAX];
	bool known;
	int r = parameters ? CLI_FINE : cli_no_memory();

	format_short(when, attempt->began_us + day_us, job->cli->now_us);
	ls_text_format(words, sizeof(words), "a restore of %s that %s%s%s", when,
		       attempt->end == LS_RESTORE_DONE ? "was done" : "failed",
		       attempt->place.text[0] ? ", " : "", attempt->place.text);
	if (r == CLI_FINE && job->dry_run) {
		put_row(job, file, "found", words);
		return;
	}
	if (r == CLI_FINE && !job->client)
		r = ask_open(job->cli, &job->client);
	if (r == CLI_FINE)
		r = ask_on(job->cli, job->client, "io.linkstat.ImportJob", parameters, &reply);
	note(job, r);
	if (r != CLI_FINE)
		return;
	known = field_flag(reply, "known");
	ls_text_append(words, sizeof(words), "%s", known ? " (imported before)" : "");
	put_row(job, file, known ? "known" : "imported", words);
}

static void
import_attempt(struct importing *job, const char *file, const struct ls_restore_attempt *attempt,
	       int64_t utc_offset_us)
{
	int64_t day_us = attempt->dated ? 0 : ls_restore_day_of_name(file, utc_offset_us);

	if (attempt->end == LS_RESTORE_END_UNKNOWN) {
		put_row(job, file, "unreadable",
			attempt->n_phases ? "the end of the restore is not in it"
					  : "no log of a restore");
		note(job, CLI_PROBLEM);
	} else if ((!attempt->dated && !day_us) || !attempt->began_us) {
		put_row(job, file, "undated",
			"it has no date, so that it cannot be placed; the name that idevicerestore "
			"gives its logs would tell");
		note(job, CLI_PROBLEM);
	} else {
		send(job, file, attempt, day_us);
	}
}

static void
import_file(struct importing *job, struct input *input)
{
	ls_auto(ls_restore_reader) *reader = NULL;
	struct ls_log_text_options options;
	char bytes[BYTES_AT_ONCE];
	size_t n;

	input_log_options(input, &options);
	if (ls_restore_reader_new(&options, &reader) < 0) {
		note(job, cli_no_memory());
		return;
	}
	while ((n = input_read(input, bytes, sizeof(bytes))) > 0)
		ls_restore_reader_feed(reader, bytes, n);
	import_attempt(job, input_name(input), ls_restore_reader_finish(reader),
		       options.utc_offset_us);
}

int
import_restores(const struct cli *cli, const struct option_words *files, bool dry_run)
{
	ls_json_auto json_t *rows = json_array();
	struct importing job = { .cli = cli, .dry_run = dry_run, .rows = rows };

	if (!rows)
		return cli_no_memory();
	for (int i = 0; i < files->n && job.worst < CLI_UNREACHABLE; i++) {
		ls_auto(input) *input = NULL;
		int r = input_open(files->all[i], false, &input);

		note(&job, r);
		while (r == CLI_FINE && job.worst < CLI_UNREACHABLE && input_next(input) > 0)
			import_file(&job, input);
	}
	client_free(job.client);
	if (cli->json && job.worst < CLI_UNREACHABLE)
		note(&job, envelope_print_one(cli, "import", "restores", rows));
	return job.worst;
}
