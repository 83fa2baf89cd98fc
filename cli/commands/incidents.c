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

/* Columns are as wide as these rows need; more come as further tables. */
#define ROWS_AT_ONCE 500

struct incidents {
	const struct cli *cli;
	struct envelope_list json;
	json_t *rows; /* that are not printed yet; what was read behind ROWS_AT_ONCE is only counted */
	int64_t n, n_drops;
};

static void
put_summary(const struct incidents *it)
{
	const struct output_style *style = &it->cli->style;
	char n[FORMAT_MAX], drops[FORMAT_MAX], span[WORDS_MAX];

	words_span(span, it->cli);
	if (it->n == 0)
		render_sentence(style, TONE_GOOD, 0, "No incidents, %s.", span);
	else
		render_sentence(style, it->n_drops > 0 ? TONE_BAD : TONE_GOOD, 0,
				"%s, of which %s, %s.",
				format_count(n, it->n, "incident", "incidents"),
				format_count(drops, it->n_drops, "is a drop", "are drops"), span);
}

static int
put_table(struct incidents *it)
{
	ls_auto(table) *table = NULL;
	const json_t *incident;
	size_t i;

	if (table_new(&it->cli->style, columns, LS_COUNT(columns), &table) < 0)
		return cli_no_memory();
	json_array_foreach(it->rows, i, incident)
	{
		fill_row(it->cli, table, incident);
	}
	json_array_clear(it->rows);
	if (table_print(table) < 0)
		return cli_no_memory();
	return ferror(it->cli->style.out) ? CLI_UNREACHABLE : CLI_FINE;
}

static int
keep(struct incidents *it, const json_t *incident)
{
	return json_array_append(it->rows, (json_t *)(uintptr_t)incident) < 0 ? cli_no_memory()
									      : CLI_FINE;
}

static int
count(const json_t *incident, void *user)
{
	struct incidents *it = user;

	it->n++;
	it->n_drops += field_flag(incident, "drop");
	if (it->cli->json)
		return envelope_item(&it->json, incident);
	return it->n <= ROWS_AT_ONCE ? keep(it, incident) : CLI_FINE;
}

static int
print(const json_t *incident, void *user)
{
	struct incidents *it = user;
	int r = keep(it, incident);

	return r == CLI_FINE && json_array_size(it->rows) == ROWS_AT_ONCE ? put_table(it) : r;
}

/* The summary comes first, so what is more than a table is read twice. */
static int
put_text(struct incidents *it, const struct query *query)
{
	int r = CLI_FINE;

	put_summary(it);
	if (it->n > ROWS_AT_ONCE) {
		json_array_clear(it->rows);
		r = ask_items(it->cli, query, &list, print, it);
	}
	if (r == CLI_FINE)
		r = put_table(it);
	if (r == CLI_FINE && it->n > 0)
		render_sentence(&it->cli->style, TONE_PLAIN, 0,
				"The evidence and what to do next: linkstat show ID");
	return r;
}

static int
run(const struct cli *cli, const void *options)
{
	struct incidents it = {
		.cli = cli,
		.json = { .cli = cli, .name = "incidents", .key = "incidents" },
		.rows = json_array(),
	};
	struct query query = cli_query_ports(cli);
	int r = it.rows ? ask_items(cli, &query, &list, count, &it) : cli_no_memory();

	(void)options;
	if (r == CLI_FINE)
		r = cli->json ? envelope_end(&it.json) : put_text(&it, &query);
	json_decref(it.rows);
	return r == CLI_FINE && it.n_drops > 0 ? CLI_PROBLEM : r;
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
