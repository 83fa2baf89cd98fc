#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/ask/ask.h"
#include "cli/base/sanitize.h"
#include "cli/base/command.h"
#include "cli/print/envelope.h"
#include "cli/base/field.h"
#include "cli/print/format.h"
#include "cli/print/render.h"
#include "cli/report/data.h"
#include "cli/report/groups.h"
#include "cli/report/html.h"
#include "cli/print/words.h"
#include "lib/model/record.h"
#include "lib/base/text.h"

/* A machine that was often switched off has many; --json has all. */
#define GAPS_SHOWN 5

/* The numbers first: what does not fit a narrow terminal is below the row or in --json. */
static const struct table_column columns[] = {
	{ "SOCKET", TABLE_CUT },     { "CONNECTED", TABLE_RIGHT },
	{ "DROPS", TABLE_RIGHT },    { "DROPS/H (90 %)", TABLE_RIGHT },
	{ "JOB", TABLE_RIGHT }, /* its length goes before it */
	{ "GRADE", TABLE_RIGHT },    { "PORT", 0 },
	{ "RESETS", TABLE_RIGHT },   { "FAILED", TABLE_RIGHT },
	{ "OVERCURR", TABLE_RIGHT }, { "ERRORS/GB", TABLE_RIGHT },
};
enum {
	SOCKET,
	CONNECTED,
	DROPS,
	RATE,
	SURVIVES,
	GRADE,
	PORT,
	RESETS,
	FAILED,
	OVER_CURRENTS,
	ERRORS,
};
#define NARROW 118 /* below that, no PORT … ERRORS/GB */

static bool
is_narrow(const struct cli *cli)
{
	return cli->style.width > 0 && cli->style.width < NARROW;
}

static void
put_verdict(const struct cli *cli, const json_t *reply)
{
	const json_t *ports = field_list(reply, "ports"), *port;
	bool gaps = json_array_size(field_list(reply, "gaps")) > 0;
	int64_t n_drops = 0, n_bad = 0;
	char n[FORMAT_MAX], span[WORDS_MAX];
	double seconds = 0;
	size_t i;

	words_span(span, cli);
	json_array_foreach(ports, i, port)
	{
		n_drops += field_int(port, "drops");
		n_bad += field_int(port, "drops") > 0;
		seconds += field_real(port, "connected_seconds");
	}
	if (n_drops > 0)
		render_sentence(&cli->style, TONE_BAD, 0, "%s on %" PRId64 " of %zu ports, %s.",
				format_count(n, n_drops, "drop", "drops"), n_bad,
				json_array_size(ports), span);
	else if (!(seconds > 0))
		render_sentence(&cli->style, TONE_PLAIN, 0,
				"Nothing was plugged in, so there is nothing to say, %s.", span);
	else
		render_sentence(&cli->style, gaps ? TONE_WARN : TONE_GOOD, 0, "No drops %s, %s.",
				gaps ? "were seen, but there are gaps (see below)" : "on any port",
				span);
}

static void
fill_errors(const struct cli *cli, struct table *table, struct libscols_line *row,
	    const json_t *port)
{
	int64_t bytes = field_int(port, "bytes_in") + field_int(port, "bytes_out");
	int64_t n = words_link_errors(port);
	double per_gb = bytes > 0 ? (double)n * 1e9 / (double)bytes : 0;
	char text[FORMAT_MAX];

	if (bytes <= 0)
		snprintf(text, sizeof(text), "%s", cli->style.dash);
	else if (n == 0)
		snprintf(text, sizeof(text), "0");
	else if (per_gb >= 1e6)
		snprintf(text, sizeof(text), ">999999");
	else if (per_gb < 0.01)
		snprintf(text, sizeof(text), "<0.01");
	else
		snprintf(text, sizeof(text), "%.*f", per_gb < 0.0995 ? 2 : per_gb < 99.95, per_gb);
	table_cell(table, row, ERRORS, n > 0 ? TONE_WARN : TONE_PLAIN, text);
}

/* A line of its own below the row: there is no room left for it in 80 columns. */
static void
fill_words(struct table *table, const char *words)
{
	char title[WORDS_MAX];

	if (!*words)
		return;
	ls_text_format(title, sizeof(title), "       %s", words);
	table_title(table, table_row(table, NULL), title);
}

static void
fill_cables(struct table *table, const json_t *cables)
{
	char words[WORDS_MAX] = "";
	const json_t *cable;
	size_t i;

	json_array_foreach(cables, i, cable)
	{
		ls_text_append(words, sizeof(words), "%s\"%s\"", i == 0 ? "cables: " : ", ",
			       json_string_value(cable));
	}
	fill_words(table, words);
}

/* What has no column there. */
static void
fill_narrow(struct table *table, const json_t *port)
{
	static const struct {
		const char *name, *words;
	} counts[] = {
		{ "resets", "resets" },
		{ "enumeration_failures", "failed enumerations" },
		{ "over_currents", "over-currents" },
	};
	char words[WORDS_MAX] = "";

	for (size_t i = 0; i < LS_COUNT(counts); i++) {
		int64_t n = field_int(port, counts[i].name);

		if (n > 0)
			ls_text_append(words, sizeof(words), "%s%" PRId64 " %s", *words ? ", " : "",
				       n, counts[i].words);
	}
	fill_words(table, words);
}

static void
fill_numbers(const struct cli *cli, struct table *table, struct libscols_line *row,
	     const struct numbers *numbers)
{
	char text[2 * FORMAT_MAX];

	table_cell(table, row, RATE, TONE_PLAIN, numbers_rate(text, &cli->style, numbers));
	table_cell(table, row, SURVIVES, TONE_PLAIN, numbers_survival(text, &cli->style, numbers));
	table_cell(table, row, GRADE, strchr("EF", numbers->grade[0]) ? TONE_BAD : TONE_PLAIN,
		   numbers->grade);
}

static void
fill_row(const struct cli *cli, struct table *table, const json_t *port, double job_hours)
{
	struct libscols_line *row = table_row(table, NULL);
	double seconds = field_real(port, "connected_seconds");
	const char *name = field_text(port, "name"), *label = field_text(port, "label");
	struct numbers numbers = numbers_of_port(port, job_hours);
	char number[FORMAT_MAX], words[WORDS_MAX];

	name = *name ? name : field_text(port, "port");
	table_cell(table, row, SOCKET, TONE_STRONG, *label ? label : name);
	table_cell(table, row, CONNECTED, TONE_PLAIN,
		   seconds > 0 ? format_duration(number, seconds) : cli->style.dash);
	table_number(table, row, DROPS, numbers.drops, TONE_BAD);
	fill_numbers(cli, table, row, &numbers);
	if (is_narrow(cli)) {
		fill_narrow(table, port);
	} else {
		table_cell(table, row, PORT, TONE_PLAIN, name);
		table_number(table, row, RESETS, field_int(port, "resets"), TONE_WARN);
		table_number(table, row, FAILED, field_int(port, "enumeration_failures"),
			     TONE_WARN);
		table_number(table, row, OVER_CURRENTS, field_int(port, "over_currents"),
			     TONE_WARN);
		fill_errors(cli, table, row, port);
	}
	fill_cables(table, field_list(port, "cables"));
	fill_words(table, words_causes(words, cli, field_object(port, "incidents_by_cause")));
	fill_words(table, report_trend(words, cli, port));
	fill_words(table, words_transfers(words, port));
}

static int
put_table(const struct cli *cli, const json_t *reply, double job_hours)
{
	struct table_column shown[LS_COUNT(columns)];
	char job[FORMAT_MAX], heading[FORMAT_MAX + 8];
	ls_auto(table) *table = NULL;
	const json_t *port;
	size_t i;

	memcpy(shown, columns, sizeof(shown));
	snprintf(heading, sizeof(heading), "%s JOB", numbers_job_name(job, job_hours));
	for (char *p = heading; *p; p++)
		*p = (char)(*p >= 'a' && *p <= 'z' ? *p - 'a' + 'A' : *p);
	shown[SURVIVES].heading = heading;
	if (table_new(&cli->style, shown, is_narrow(cli) ? PORT : LS_COUNT(shown), &table) < 0)
		return cli_no_memory();
	json_array_foreach(field_list(reply, "ports"), i, port)
	{
		fill_row(cli, table, port, job_hours);
	}
	return table_print(table) < 0 ? cli_no_memory() : CLI_FINE;
}

/* An import makes three gaps for each boot; they become one sentence. */
static json_t *
other_gaps(const json_t *reply)
{
	json_t *others = json_array(), *gap;
	size_t i;

	json_array_foreach(field_list(reply, "gaps"), i, gap)
	{
		if (strcmp(field_text(gap, "kind"), ls_gap_kind_name(LS_GAP_IMPORTED)) != 0)
			(void)json_array_append(others, gap);
	}
	return others;
}

static void
put_gaps(const struct cli *cli, const json_t *reply)
{
	ls_json_auto json_t *gaps = other_gaps(reply);
	const json_t *gap;
	size_t n_gaps = json_array_size(gaps), i;
	char text[WORDS_MAX];

	if (n_gaps > GAPS_SHOWN)
		render_sentence(&cli->style, TONE_WARN, 2,
				"There are %zu gaps, the last of them:", n_gaps);
	json_array_foreach(gaps, i, gap)
	{
		if (i + GAPS_SHOWN >= n_gaps)
			render_sentence(&cli->style, TONE_WARN, 2, "Gap: %s",
					words_gap(text, cli->now_us, gap));
	}
	if (n_gaps > 0)
		render_sentence(&cli->style, TONE_PLAIN, 2, "What happened %s may not be counted.",
				n_gaps == 1 ? "then" : "in these times");
	if (json_array_size(field_list(reply, "gaps")) > n_gaps)
		render_sentence(&cli->style, TONE_PLAIN, 2, "%s",
				words_imported(text, cli, field_object(reply, "imported")));
	if (report_verdict(reply) == CLI_PROBLEM)
		render_sentence(&cli->style, TONE_PLAIN, 2,
				"Each of them, with its evidence: linkstat incidents");
}

/* ---- how long transfers took ---- */

static const struct table_column time_columns[] = {
	{ "PORT", 0 },		 { "TYPE", 0 },		  { "TRANSFERS", TABLE_RIGHT },
	{ "HALF", TABLE_RIGHT }, { "99 %", TABLE_RIGHT }, { "LONGEST", TABLE_RIGHT },
};
enum { TIMED_PORT, TIMED_TYPE, TIMED_N, TIMED_HALF, TIMED_MOST, TIMED_LONGEST };

static void
fill_times(const struct output_style *style, struct table *table, const json_t *port)
{
	const char *name = field_text(port, "name"), *type;
	char text[FORMAT_MAX], clean[WORDS_MAX];
	json_t *times;

	json_object_foreach((json_t *)(uintptr_t)field_object(port, "latency"), type, times)
	{
		struct libscols_line *row = table_row(table, NULL);
		int64_t p99_us = field_int(times, "p99_us"), max_us = field_int(times, "max_us");

		/* Keys do not go through sanitize_json(). */
		sanitize_text(clean, sizeof(clean), type, style->utf8);
		table_cell(table, row, TIMED_PORT, TONE_PLAIN,
			   *name ? name : field_text(port, "port"));
		table_cell(table, row, TIMED_TYPE, TONE_PLAIN, clean);
		snprintf(text, sizeof(text), "%" PRId64, field_int(times, "transfers"));
		table_cell(table, row, TIMED_N, TONE_PLAIN, text);
		table_cell(table, row, TIMED_HALF, TONE_PLAIN,
			   field_has(times, "p50_us")
				   ? format_latency(text, style->utf8, field_int(times, "p50_us"))
				   : style->dash);
		table_cell(table, row, TIMED_MOST, TONE_PLAIN,
			   format_latency(text, style->utf8, p99_us));
		table_cell(table, row, TIMED_LONGEST, TONE_PLAIN,
			   format_latency(text, style->utf8, max_us));
	}
}

/* Printed only on request, as few need it and it takes a table. */
static int
put_times(const struct cli *cli, const json_t *reply)
{
	ls_auto(table) *table = NULL;
	const json_t *port;
	bool any = false;
	size_t i;

	if (table_new(&cli->style, time_columns, LS_COUNT(time_columns), &table) < 0)
		return cli_no_memory();
	json_array_foreach(field_list(reply, "ports"), i, port)
	{
		fill_times(&cli->style, table, port);
		any = any || json_object_size(field_object(port, "latency")) > 0;
	}
	render_sentence(&cli->style, TONE_STRONG, 0,
			any ? "How long transfers took, in the worst minute of each:"
			    : "No transfer was seen, so nobody knows how long they took.");
	return table_print(table) < 0 ? cli_no_memory() : CLI_FINE;
}

static int
report_ports(const struct cli *cli, const struct report_options *asked)
{
	ls_json_auto json_t *reply = NULL;
	double job_hours = 0;
	int r = report_ask(cli, asked->job_hours, &reply, &job_hours);

	if (r != CLI_FINE)
		return r;
	if (cli->json) {
		r = envelope_print(cli, "report", reply);
		return r == CLI_FINE ? report_verdict(reply) : r;
	}
	put_verdict(cli, reply);
	r = put_table(cli, reply, job_hours);
	if (r == CLI_FINE && asked->transfers)
		r = put_times(cli, reply);
	if (r != CLI_FINE)
		return r;
	put_gaps(cli, reply);
	return report_verdict(reply);
}

static int
run(const struct cli *cli, const void *options)
{
	const struct report_options *asked = options;
	enum ls_component_kind kind;
	const char *by = asked->by ? asked->by : "port";
	char shown[FORMAT_MAX];

	if (asked->html)
		return report_html(cli, asked);
	if (strcmp(by, "port") == 0)
		return report_ports(cli, asked);
	if (report_groups_kind(by, &kind) == 1)
		return report_groups_run(cli, kind, asked->job_hours);
	sanitize_text(shown, sizeof(shown), by, cli->style.utf8);
	cli_complain("--by \"%s\" is not known: it is cable, device, hub, host or port.", shown);
	return CLI_USAGE;
}

static const struct command_option options[] = {
	OPTIONS_SPAN,
	{ .name = "by",
	  .value = "cable|device|hub|host|port",
	  OPTION_MEMBER(report_options, by),
	  .help = "for report: these instead of ports",
	  .complete = "cable device hub host port" },
	OPTION_HOURS(report_options, job_hours),
	{ .name = "html",
	  .value = "FILE",
	  OPTION_MEMBER(report_options, html),
	  .help = "for report: one page to look at, print and hand on",
	  .complete = COMPLETE_FILES },
	{ .name = "transfers",
	  OPTION_MEMBER(report_options, transfers),
	  .help = "for report: how long transfers took, too" },
	OPTION_REDACT,
	OPTION_JSON,
	{ 0 },
};

const struct command command_report = {
	.name = "report",
	.arguments = "[PORT...]",
	.max_args = -1,
	.summary = "drops, resets and errors of each port",
	.complete = COMPLETE_PORTS,
	.options = options,
	.options_size = sizeof(struct report_options),
	.run = run,
};
