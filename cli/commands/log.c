#include "cli/commands/log.h"

#include <inttypes.h>

#include "cli/print/advice.h"
#include "cli/ask/ask.h"
#include "cli/base/command.h"
#include "cli/print/envelope.h"
#include "cli/base/field.h"
#include "cli/print/format.h"
#include "cli/print/render.h"
#include "cli/print/words.h"

static const struct ask_list events = { "io.linkstat.ListEvents", "events" };

void
log_put_event(const struct cli *cli, const json_t *event)
{
	const char *name = field_text(event, "name");
	char at[FORMAT_MAX];
	int64_t at_us;

	field_time(event, "at", &at_us);
	fprintf(cli->style.out, "%s  %-8s  %-19s  %-10s  %s", format_stamp(at, at_us),
		*name ? name : "-", words_kind(field_text(event, "kind")),
		advice_source(field_text(event, "source")), field_text(event, "what"));
	if (field_has(event, "incident"))
		fprintf(cli->style.out, "  (incident %" PRId64 ")", field_int(event, "incident"));
	fputc('\n', cli->style.out);
}

struct lines {
	const struct cli *cli;
	uint64_t n;
};

static int
on_page(const json_t *items, void *user)
{
	struct lines *lines = user;
	const struct cli *cli = lines->cli;
	const json_t *event;
	size_t i;

	json_array_foreach(items, i, event)
	{
		log_put_event(cli, event);
		lines->n++;
	}
	/* Nobody reads any more, or the disk is full: main() finds out which. */
	return ferror(cli->style.out) ? CLI_UNREACHABLE : CLI_FINE;
}

static int
run(const struct cli *cli, const void *options)
{
	ls_json_auto json_t *all = NULL;
	struct lines lines = { .cli = cli };
	struct query query = cli_query_ports(cli);
	char span[WORDS_MAX];
	int r;

	(void)options;
	if (!cli->json) {
		r = ask_pages(cli, &query, &events, on_page, &lines);
		words_span(span, cli);
		if (r == CLI_FINE && lines.n == 0)
			render_sentence(&cli->style, TONE_PLAIN, 0, "No events, %s.", span);
		return r;
	}
	r = ask_all(cli, &query, &events, &all);
	return r == CLI_FINE ? envelope_print_one(cli, "log", "events", all) : r;
}

static const struct command_option options[] = {
	OPTIONS_SPAN,
	OPTION_JSON,
	{ 0 },
};

const struct command command_log = {
	.name = "log",
	.arguments = "[PORT...]",
	.max_args = -1,
	.summary = "every event, oldest first",
	.complete = COMPLETE_PORTS,
	.options = options,
	.run = run,
};
