#include <inttypes.h>
#include <stdio.h>

#include "cli/ask/ask.h"
#include "cli/base/command.h"
#include "cli/print/envelope.h"
#include "cli/base/field.h"
#include "cli/print/format.h"
#include "cli/commands/job_report.h"
#include "cli/print/render.h"
#include "cli/print/words.h"

static const struct ask_list list = { "io.linkstat.ListJobs", "jobs" };

static const struct table_column columns[] = {
	{ "ID", TABLE_RIGHT },	   { "WHEN", 0 },	   { "TOOK", TABLE_RIGHT },
	{ "COMMAND", TABLE_CUT },  { "ENDED", 0 },	   { "DROPS", TABLE_RIGHT },
	{ "ERRORS", TABLE_RIGHT }, { "CABLE", TABLE_CUT },
};
enum { ID, WHEN, TOOK, COMMAND, ENDED, DROPS, ERRORS, CABLE };

static int64_t
count_errors(const json_t *job)
{
	const json_t *port;
	int64_t n = 0;
	size_t i;

	json_array_foreach(field_list(job, "ports"), i, port)
	{
		n += field_int(port, "errors");
	}
	return n;
}

static void
fill_number(struct table *table, struct libscols_line *row, size_t column, int64_t n)
{
	char text[FORMAT_MAX];

	snprintf(text, sizeof(text), "%" PRId64, n);
	table_cell(table, row, column, n > 0 ? TONE_BAD : TONE_PLAIN, text);
}

static void
fill_row(const struct cli *cli, struct table *table, const json_t *job)
{
	struct libscols_line *row = table_row(table, NULL);
	int64_t began_us, ended_us;
	char text[WORDS_MAX], number[FORMAT_MAX];

	snprintf(number, sizeof(number), "%" PRId64, field_int(job, "id"));
	table_cell(table, row, ID, TONE_STRONG, number);
	field_time(job, "began_at", &began_us);
	table_cell(table, row, WHEN, TONE_PLAIN, format_short(number, began_us, cli->now_us));
	if (field_time(job, "ended_at", &ended_us) == 0)
		ended_us = cli->now_us;
	table_cell(table, row, TOOK, TONE_PLAIN,
		   format_duration(number, (double)(ended_us - began_us) / 1e6));
	table_cell(table, row, COMMAND, TONE_PLAIN, field_text(job, "command"));
	table_cell(table, row, ENDED, TONE_PLAIN, job_report_outcome(text, sizeof(text), job));
	fill_number(table, row, DROPS, field_int(job, "drops"));
	/* no port: no transfers, or usbmon was not available */
	if (json_array_size(field_list(job, "ports")) > 0)
		fill_number(table, row, ERRORS, count_errors(job));
	else
		table_cell(table, row, ERRORS, TONE_PLAIN, cli->style.dash);
	table_cell(table, row, CABLE, TONE_PLAIN,
		   field_has(job, "cable") ? field_text(job, "cable") : cli->style.dash);
}

/* Members without a column: a line below the row. */
static void
fill_words(struct table *table, const json_t *job, const char *name, const char *before)
{
	char text[WORDS_MAX];

	if (!field_has(job, name))
		return;
	snprintf(text, sizeof(text), "     %s%.800s", before, field_text(job, name));
	table_title(table, table_row(table, NULL), text);
}

static int
put_table(const struct cli *cli, const json_t *jobs)
{
	ls_auto(table) *table = NULL;
	const json_t *job;
	size_t i;

	if (table_new(&cli->style, columns, LS_COUNT(columns), &table) < 0)
		return cli_no_memory();
	json_array_foreach(jobs, i, job)
	{
		fill_row(cli, table, job);
		fill_words(table, job, "place", "first drop ");
		fill_words(table, job, "note", "");
	}
	return table_print(table) < 0 ? cli_no_memory() : CLI_FINE;
}

static int
run(const struct cli *cli, const void *options)
{
	ls_json_auto json_t *all = NULL;
	struct query query = cli_query(cli); /* ListJobs has no ports */
	int64_t n_drops = 0;
	const json_t *job;
	size_t i;
	int r = ask_all(cli, &query, &list, &all);

	(void)options;
	if (r != CLI_FINE)
		return r;
	json_array_foreach(all, i, job)
	{
		n_drops += field_int(job, "drops");
	}
	if (cli->json)
		r = envelope_print_one(cli, "jobs", "jobs", all);
	else if (json_array_size(all) == 0)
		render_sentence(
			&cli->style, TONE_PLAIN, 0,
			"No command ran under linkstat. To run one: linkstat run -- COMMAND");
	else
		r = put_table(cli, all);
	return r != CLI_FINE ? r : n_drops > 0 ? CLI_PROBLEM : CLI_FINE;
}

static const struct command_option options[] = {
	OPTIONS_SPAN,
	OPTION_JSON,
	{ 0 },
};

const struct command command_jobs = {
	.name = "jobs",
	.summary = "the commands that ran so, and how they went",
	.options = options,
	.run = run,
};
