#include <inttypes.h>
#include <string.h>

#include "cli/ask/ask.h"
#include "cli/base/command.h"
#include "cli/print/envelope.h"
#include "cli/base/field.h"
#include "cli/print/format.h"
#include "cli/print/lines.h"
#include "cli/print/render.h"
#include "cli/print/words.h"
#include "lib/base/text.h"

static const struct ask_list list = { "io.linkstat.ListIncidents", "incidents" };

static const struct table_column columns[] = {
	{ "ID", TABLE_RIGHT }, { "WHEN", 0 }, { "PORT", 0 },	       { "DEVICE", TABLE_CUT },
	{ "WHAT", 0 },	       { "DROP", 0 }, { "SURE", TABLE_RIGHT }, { "BACK", TABLE_RIGHT },
};
enum { ID, WHEN, PORT, DEVICE, WHAT, DROP, SURE, BACK };

static void
fill_row(const struct cli *cli, struct table *table, const json_t *incident)
{
	struct libscols_line *row = table_row(table, NULL);
	const char *label = field_text(incident, "label");
	bool drop = field_flag(incident, "drop");
	char text[WORDS_MAX], device[WORDS_MAX], cable[WORDS_MAX], number[FORMAT_MAX];
	int64_t at_us;

	snprintf(number, sizeof(number), "%" PRId64, field_int(incident, "id"));
	table_cell(table, row, ID, TONE_STRONG, number);
	field_time(incident, "opened_at", &at_us);
	table_cell(table, row, WHEN, TONE_PLAIN, format_short(number, at_us, cli->now_us));
	table_cell(table, row, PORT, TONE_PLAIN, *label ? label : field_text(incident, "name"));
	ls_text_format(text, sizeof(text), "%s%s",
		       words_device(device, field_object(incident, "device")),
		       words_cable(cable, incident));
	table_cell(table, row, DEVICE, TONE_PLAIN, text);
	table_cell(table, row, WHAT, TONE_PLAIN, words_what(text, incident));
	table_cell(table, row, DROP, drop ? TONE_BAD : TONE_PLAIN, drop ? "drop" : cli->style.dash);
	table_cell(table, row, SURE, TONE_PLAIN,
		   *words_sure(text, incident)
			   ? format_percent(number, field_real(incident, "confidence"))
			   : cli->style.dash);
	table_cell(table, row, BACK, TONE_PLAIN,
		   field_has(incident, "back_after_seconds")
			   ? format_away(number, field_real(incident, "back_after_seconds"))
			   : cli->style.dash);
}

static void
put_summary(const struct cli *cli, const json_t *incidents)
{
	int64_t n_incidents = (int64_t)json_array_size(incidents), n_drops = 0;
	char n[FORMAT_MAX], drops[FORMAT_MAX], span[WORDS_MAX];
	const json_t *incident;
	size_t i;

	json_array_foreach(incidents, i, incident)
	{
		n_drops += field_flag(incident, "drop");
	}
	words_span(span, cli);
	if (n_incidents == 0)
		render_sentence(&cli->style, TONE_GOOD, 0, "No incidents, %s.", span);
	else
		render_sentence(&cli->style, n_drops > 0 ? TONE_BAD : TONE_GOOD, 0,
				"%s, of which %s, %s.",
				format_count(n, n_incidents, "incident", "incidents"),
				format_count(drops, n_drops, "is a drop", "are drops"), span);
}

static int
put_table(const struct cli *cli, const json_t *incidents)
{
	ls_auto(table) *table = NULL;
	const json_t *incident;
	size_t i;

	if (table_new(&cli->style, columns, LS_COUNT(columns), &table) < 0)
		return cli_no_memory();
	json_array_foreach(incidents, i, incident)
	{
		fill_row(cli, table, incident);
	}
	return table_print(table) < 0 ? cli_no_memory() : CLI_FINE;
}

static int
run(const struct cli *cli, const void *options)
{
	ls_json_auto json_t *all = NULL;
	struct query query = cli_query_ports(cli);
	int r = ask_all(cli, &query, &list, &all);

	(void)options;
	if (r == CLI_FINE && cli->json) {
		r = envelope_print_one(cli, "incidents", "incidents", all);
	} else if (r == CLI_FINE) {
		put_summary(cli, all);
		r = put_table(cli, all);
		if (json_array_size(all) > 0)
			render_sentence(&cli->style, TONE_PLAIN, 0,
					"The evidence and what to do next: linkstat show ID");
	}
	return r == CLI_FINE ? lines_exit_code(all) : r;
}

static const struct command_option options[] = {
	OPTIONS_SPAN,
	OPTION_JSON,
	{ 0 },
};

const struct command command_incidents = {
	.name = "incidents",
	.arguments = "[PORT...]",
	.max_args = -1,
	.summary = "what went wrong, one line each",
	.complete = COMPLETE_PORTS,
	.options = options,
	.run = run,
};
