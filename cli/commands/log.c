#include "cli/ask/ask.h"
#include "cli/base/command.h"
#include "cli/print/envelope.h"
#include "cli/print/lines.h"
#include "cli/print/render.h"
#include "cli/print/words.h"

static const struct ask_list events = { "io.linkstat.ListEvents", "events" };

struct lines {
	const struct cli *cli;
	uint64_t n;
};

static int
put_event(const json_t *event, void *user)
{
	struct lines *lines = user;
	const struct cli *cli = lines->cli;

	lines_put_event(&cli->style, event);
	lines->n++;
	/* The reader is gone or the disk is full: main() finds out which. */
	return ferror(cli->style.out) ? CLI_UNREACHABLE : CLI_FINE;
}

static int
put_json(const json_t *event, void *user)
{
	return envelope_item(user, event);
}

static int
run(const struct cli *cli, const void *options)
{
	struct envelope_list json = { .cli = cli, .name = "log", .key = "events" };
	struct lines lines = { .cli = cli };
	struct query query = cli_query_ports(cli);
	char span[WORDS_MAX];
	int r;

	(void)options;
	if (cli->json) {
		r = ask_items(cli, &query, &events, put_json, &json);
		return r == CLI_FINE ? envelope_end(&json) : r;
	}
	r = ask_items(cli, &query, &events, put_event, &lines);
	words_span(span, cli);
	if (r == CLI_FINE && lines.n == 0)
		render_sentence(&cli->style, TONE_PLAIN, 0, "No events, %s.", span);
	return r;
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
