#include "cli/report/times.h"

#include <inttypes.h>
#include <stdio.h>

#include "cli/base/sanitize.h"
#include "cli/base/field.h"
#include "cli/print/format.h"
#include "cli/print/render.h"
#include "cli/print/words.h"

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
int
report_times(const struct cli *cli, const json_t *reply)
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
