/* linkstat import: kernel messages from before linkstatd ran, taken from the journal. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/ask/ask.h"
#include "cli/ask/client.h"
#include "cli/base/sanitize.h"
#include "cli/base/command.h"
#include "cli/commands/import_restores.h"
#include "cli/print/envelope.h"
#include "cli/base/field.h"
#include "cli/offline/journal.h"
#include "cli/print/format.h"
#include "cli/print/render.h"
#include "cli/print/words.h"
#include "lib/base/time.h"
#include "lib/observe/kernel_log.h"
#include "lib/observe/log_loss.h"

/* linkstatd accepts 128 lines and 64 KiB a call; JSON may double the bytes. */
#define BATCH_LINES 128
#define BATCH_BYTES 20000

#define ALLOW "Run it as root, or become a member of the group systemd-journal."
#define KEEP  "To keep it from now on: sudo mkdir -p /var/log/journal && sudo journalctl --flush"

/* Sums over the requested boots. */
struct import_sums {
	int64_t boots;	 /* imported now */
	int64_t known;	 /* imported before */
	int64_t foreign; /* of another computer */
	int64_t damaged; /* unreadable, or only in part readable */
	int64_t lines, watched, repeated, unplaced, sessions, incidents, drops;
	int64_t since_us, until_us; /* of the boots imported now */
	size_t n_all;		    /* in the journal, requested or not */
};

struct import_options {
	bool journal, dry_run;
	struct option_words restores; /* logs of restore programs */
	const char *directory, *file; /* not this computer's journal; or NULL */
};

struct importing {
	const struct cli *cli;
	const struct import_options *opts;
	struct journal *journal;
	struct client *client;
	struct import_sums sums;
	json_t *rows; /* a boot each */
	/* Of the boot being sent. */
	const struct journal_boot *boot;
	json_t *lines;
	size_t n_bytes;
};

static bool
says_something(const char *text)
{
	struct ls_observation obs;
	struct ls_device device;
	size_t len = strlen(text);

	return ls_log_loss_parse(ls_cursor_of(text, len), &obs) ||
	       ls_kernel_log_parse(text, len, &obs, &device) == 1;
}

/* Sends the collected lines; @last ends the boot. *ret is a new reference. */
static int
send(struct importing *job, bool last, json_t **ret)
{
	char ended[LS_TIME_MAX];
	ls_json_auto json_t *parameters = NULL;

	ls_time_format(job->boot->last.real_us, ended);
	parameters = json_pack("{s:s, s:o, s:b}", "boot", job->boot->id, "lines",
			       LS_STEAL(&job->lines), "dry_run", job->opts->dry_run);
	job->lines = json_array();
	job->n_bytes = 0;
	if (!parameters || !job->lines ||
	    (last && (json_object_set_new(parameters, "ended_at", json_string(ended)) < 0 ||
		      json_object_set_new(parameters, "ended_mono_us",
					  json_integer((json_int_t)job->boot->last.mono_us)) < 0)))
		return cli_no_memory();
	return ask_on(job->cli, job->client, "io.linkstat.ImportKernelLog", parameters, ret);
}

static int
add_line(struct importing *job, const struct journal_line *line)
{
	char at[LS_TIME_MAX];
	json_t *object;

	ls_time_format(line->at.real_us, at);
	object = json_pack("{s:s, s:I, s:s}", "at", at, "mono_us", (json_int_t)line->at.mono_us,
			   "text", line->text);
	if (json_array_append_new(job->lines, object) < 0)
		return cli_no_memory();
	job->n_bytes += strlen(line->text);
	return CLI_FINE;
}

static bool
is_full(const struct importing *job)
{
	return json_array_size(job->lines) == BATCH_LINES || job->n_bytes > BATCH_BYTES;
}

/* Sends all but the last batch. *damaged: the journal could not be read to the end. */
static int
send_lines(struct importing *job, bool *damaged)
{
	struct journal_line line;
	int got = journal_seek(job->journal, job->boot), r = CLI_FINE;

	while (r == CLI_FINE && got >= 0 && (got = journal_next(job->journal, &line)) > 0) {
		ls_json_auto json_t *reply = NULL;

		if (!says_something(line.text))
			continue;
		r = add_line(job, &line);
		if (r == CLI_FINE && is_full(job))
			r = send(job, false, &reply);
	}
	*damaged = got < 0;
	return r;
}

static void
add_up(struct importing *job, const json_t *reply, bool damaged)
{
	struct import_sums *sums = &job->sums;

	if (sums->boots++ == 0 || job->boot->first.real_us < sums->since_us)
		sums->since_us = job->boot->first.real_us;
	if (job->boot->last.real_us > sums->until_us)
		sums->until_us = job->boot->last.real_us;
	sums->damaged += damaged;
	sums->lines += field_int(reply, "lines");
	sums->watched += field_int(reply, "watched");
	sums->repeated += field_int(reply, "repeated");
	sums->unplaced += field_int(reply, "unplaced");
	sums->sessions += field_int(reply, "sessions");
	sums->incidents += field_int(reply, "incidents");
	sums->drops += field_int(reply, "drops");
}

/* A row for --json: the boot and linkstatd's reply, NULL where it was not asked. */
static int
add_row(struct importing *job, const char *state, const json_t *reply, bool damaged)
{
	json_t *row = reply ? json_deep_copy(reply) : json_object();
	char from[LS_TIME_MAX], to[LS_TIME_MAX];
	ls_json_auto json_t *about = NULL;

	ls_time_format(job->boot->first.real_us, from);
	ls_time_format(job->boot->last.real_us, to);
	about = json_pack("{s:s, s:s, s:s, s:s, s:b}", "boot", job->boot->id, "began_at", from,
			  "ended_at", to, "state", state, "damaged", damaged);
	if (json_object_update(row, about) < 0 || json_array_append(job->rows, row) < 0) {
		json_decref(row);
		return cli_no_memory();
	}
	json_decref(row);
	return CLI_FINE;
}

static int
import_boot(struct importing *job)
{
	ls_json_auto json_t *known = NULL, *reply = NULL;
	bool damaged = false;
	int r = send(job, false, &known);

	if (r != CLI_FINE)
		return r;
	if (strcmp(field_text(known, "state"), "known") == 0) {
		job->sums.known++;
		return add_row(job, "known", NULL, false);
	}
	r = send_lines(job, &damaged);
	if (r == CLI_FINE)
		r = send(job, true, &reply);
	if (r != CLI_FINE)
		return r;
	add_up(job, reply, damaged);
	return add_row(job, job->opts->dry_run ? "found" : "imported", reply, damaged);
}

static bool
is_asked(const struct cli *cli, const struct journal_boot *boot)
{
	return (!cli->since.set || boot->last.real_us >= cli->since.real_us) &&
	       (!cli->until.set || boot->first.real_us < cli->until.real_us);
}

static int
import_boots(struct importing *job, const struct journal_boot *boots, size_t n)
{
	int r = ask_open(job->cli, &job->client);

	job->sums.n_all = n;
	for (size_t i = 0; i < n && r == CLI_FINE; i++) {
		job->boot = &boots[i];
		if (boots[i].damaged) {
			job->sums.damaged++;
			r = add_row(job, "unreadable", NULL, true);
		} else if (is_asked(job->cli, &boots[i]) && boots[i].foreign) {
			job->sums.foreign++;
			r = add_row(job, "foreign", NULL, false);
		} else if (is_asked(job->cli, &boots[i])) {
			r = import_boot(job);
		}
	}
	return r;
}

/* ---- output --------------------------------------------------------------------------------- */

/* "@n @one @sentence"; prints nothing if @n is 0. */
static void
put_count(const struct cli *cli, int64_t n, const char *one, const char *many, const char *sentence)
{
	char count[FORMAT_MAX];

	if (n > 0)
		render_sentence(&cli->style, TONE_PLAIN, 2, "%s %s",
				format_count(count, n, one, many), sentence);
}

static void
put_found(const struct importing *job)
{
	const struct import_sums *sums = &job->sums;
	const struct cli *cli = job->cli;
	char from[FORMAT_MAX], to[FORMAT_MAX], boots[FORMAT_MAX], lines[FORMAT_MAX];
	char sessions[FORMAT_MAX], incidents[FORMAT_MAX], drops[FORMAT_MAX];

	if (sums->boots == 0) {
		render_sentence(&cli->style, TONE_STRONG, 0,
				sums->known > 0 ? "Nothing new: all of it was imported before."
						: "Nothing to import.");
		return;
	}
	render_sentence(&cli->style, TONE_STRONG, 0, "%s %s, from %s to %s.",
			job->opts->dry_run ? "Would import" : "Imported",
			format_count(boots, sums->boots, "boot", "boots"),
			format_short(from, sums->since_us, cli->now_us),
			format_short(to, sums->until_us, cli->now_us));
	render_sentence(
		&cli->style, TONE_PLAIN, 0, "%s about USB links, %s, %s, %s.",
		format_count(lines, sums->lines, "line", "lines"),
		format_count(sessions, sums->sessions, "stay of a device", "stays of devices"),
		format_count(incidents, sums->incidents, "incident", "incidents"),
		format_count(drops, sums->drops, "drop", "drops"));
}

static void
put_places(const struct cli *cli, const struct journal_places *places)
{
	if (places->refused)
		render_sentence(&cli->style, TONE_WARN, 2,
				"Some files of the journal may not be read by you. " ALLOW);
	if (!places->kept && places->in_memory) {
		render_sentence(&cli->style, TONE_WARN, 2,
				"This journal is kept in memory only, and knows no more than this "
				"boot.");
		fputs("  " KEEP "\n", cli->style.out); /* not wrapped: the user copies it */
	}
}

static void
put_text(const struct importing *job, const struct journal_places *places)
{
	const struct import_sums *sums = &job->sums;
	const struct cli *cli = job->cli;

	put_found(job);
	if (sums->boots > 0)
		put_count(cli, sums->known, "boot was", "boots were", "imported before.");
	put_count(cli, sums->watched, "line is", "lines are",
		  "of times in which linkstatd watched itself: left out.");
	put_count(cli, sums->repeated, "line is", "lines are",
		  "in the journal more than once: counted once.");
	put_count(cli, sums->unplaced, "line is", "lines are",
		  "of boots whose beginning the journal has forgotten, so that nobody knows which "
		  "ports they speak of: left out.");
	put_count(cli, sums->foreign, "boot is", "boots are",
		  "of another computer: left out. Its history belongs there: linkstat import "
		  "--journal on that computer.");
	put_count(cli, sums->damaged, "boot", "boots",
		  "could not be read, or not to the end: the journal is damaged there. See: "
		  "journalctl --verify");
	put_places(cli, places);
	if (sums->boots > 0 && !job->opts->dry_run)
		render_sentence(&cli->style, TONE_PLAIN, 0, "See what it says: linkstat report");
}

/* The journal cannot be read at all: prints why and returns the exit code. */
static int
complain(const struct importing *job, const struct journal_places *places, int error)
{
	const struct cli *cli = job->cli;
	const char *path = job->opts->file ? job->opts->file : job->opts->directory;
	char where[WORDS_MAX] = "the journal";

	if (path)
		sanitize_text(where, sizeof(where), path, cli->style.utf8);
	if (places->refused || error == -EACCES || error == -EPERM)
		cli_complain("%s may not be read by you.\n" ALLOW, where);
	else if (error == -ENOMEM)
		return cli_no_memory();
	else if (error == -EBADMSG || error == -EPROTONOSUPPORT)
		cli_complain("%s is damaged, or is no journal: %s.", where, strerror(-error));
	else if (error < 0)
		cli_complain("%s cannot be read: %s.", where, strerror(-error));
	else if (path)
		cli_complain("there is no journal in %s, or it is empty.", where);
	else
		cli_complain(
			"this computer keeps no journal, so there is nothing to import.\n" KEEP);
	return CLI_UNREACHABLE;
}

static int
put_json(const struct importing *job, const struct journal_places *places)
{
	ls_json_auto json_t *members =
		json_pack("{s:b, s:b, s:b, s:O}", "dry_run", job->opts->dry_run, "persistent",
			  places->kept, "unreadable_files", places->refused, "boots", job->rows);

	return members ? envelope_print(job->cli, "import", members) : cli_no_memory();
}

static int
check(const struct import_options *opts)
{
	if (!opts->journal) {
		cli_complain("say what to import.\nUsage: linkstat import --journal\n"
			     "       linkstat import --restore-log FILE...");
		return CLI_USAGE;
	}
	if (opts->restores.n > 0) {
		cli_complain("--journal and --restore-log do not go together.");
		return CLI_USAGE;
	}
	if (opts->directory && opts->file) {
		cli_complain("--directory and --file do not go together.");
		return CLI_USAGE;
	}
	return CLI_FINE;
}

static int
read_all(struct importing *job, const struct journal_places *places)
{
	struct journal_boot *boots = NULL;
	size_t n = 0;
	int r = journal_boots(job->journal, &boots, &n);

	if (r < 0 || n == 0)
		r = complain(job, places, r);
	else
		r = import_boots(job, boots, n);
	free(boots);
	return r;
}

static int
run(const struct cli *cli, const void *options)
{
	const struct import_options *opts = options;
	const struct journal_options where = { opts->directory, opts->file };
	struct importing job = { .cli = cli, .opts = opts };
	struct journal_places places;
	int r = CLI_FINE;

	if (opts->restores.n > 0 && !opts->journal)
		return import_restores(cli, &opts->restores, opts->dry_run);
	r = check(opts);
	if (r != CLI_FINE)
		return r;
	journal_look(&where, &places);
	r = journal_open(&where, &job.journal);
	if (r < 0)
		return complain(&job, &places, r);
	job.rows = json_array();
	job.lines = json_array();
	r = job.rows && job.lines ? read_all(&job, &places) : cli_no_memory();
	if (r == CLI_FINE && cli->json)
		r = put_json(&job, &places);
	else if (r == CLI_FINE)
		put_text(&job, &places);
	json_decref(job.rows);
	json_decref(job.lines);
	client_free(job.client);
	journal_close(job.journal);
	return r;
}

static const struct command_option options[] = {
	{ .name = "journal", OPTION_MEMBER(import_options, journal), .or_next = true },
	{ .name = "restore-log",
	  .value = "FILE...",
	  OPTION_MEMBER(import_options, restores),
	  .many = true,
	  .help = "for import: jobs out of the logs of restore programs",
	  .complete = COMPLETE_FILES },
	{ .name = "directory",
	  .value = "DIR",
	  OPTION_MEMBER(import_options, directory),
	  .or_next = true,
	  .help = "",
	  .complete = COMPLETE_FILES },
	{ .name = "file",
	  .value = "FILE",
	  OPTION_MEMBER(import_options, file),
	  .help = "",
	  .complete = COMPLETE_FILES },
	{ .name = "dry-run",
	  OPTION_MEMBER(import_options, dry_run),
	  .help = "for import: another journal; only tell" },
	OPTIONS_SPAN,
	OPTION_JSON,
	{ 0 },
};

const struct command command_import = {
	.name = "import",
	.summary = "takes what the kernel said before linkstatd ran out of the journal",
	.example = "import --journal",
	.options = options,
	.options_size = sizeof(struct import_options),
	.run = run,
};
