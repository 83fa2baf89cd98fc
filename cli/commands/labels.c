#include "cli/commands/labels.h"

#include <stdio.h>
#include <string.h>

#include "cli/ask/ask.h"
#include "cli/print/envelope.h"
#include "cli/base/field.h"
#include "cli/print/format.h"
#include "cli/print/render.h"
#include "cli/print/words.h"
#include "lib/base/cursor.h"

#define STATEMENTS_SHOWN 10

static void
put_sockets(const struct cli *cli, const json_t *sockets)
{
	const json_t *socket;
	char port[WORDS_MAX];
	size_t i;

	if (json_array_size(sockets) == 0)
		render_sentence(&cli->style, TONE_PLAIN, 2,
				"No socket has a name. Name one: linkstat name 1-2 \"left front\"");
	json_array_foreach(sockets, i, socket)
	{
		render_sentence(&cli->style, TONE_PLAIN, 2, "%s  %s", words_port(port, socket),
				field_text(socket, "port"));
	}
}

static void
put_cables(const struct cli *cli, const json_t *cables)
{
	const json_t *cable;
	size_t i;

	if (json_array_size(cables) == 0)
		render_sentence(&cli->style, TONE_PLAIN, 2,
				"No cable has a name. Say which one is plugged in: linkstat cable "
				"1-2 \"white 2 m\"");
	json_array_foreach(cables, i, cable)
	{
		render_sentence(&cli->style, TONE_PLAIN, 2, "\"%s\"", json_string_value(cable));
	}
}

const char *
labels_quoted(char text[WORDS_MAX], const json_t *object, const char *member)
{
	if (field_has(object, member))
		snprintf(text, WORDS_MAX, "\"%.200s\"", field_text(object, member));
	else
		snprintf(text, WORDS_MAX, "none");
	return text;
}

static void
put_statements(const struct cli *cli, const json_t *statements, const char *about)
{
	size_t n = 0, skipped = 0, i;
	const json_t *statement;
	char at[FORMAT_MAX], since[FORMAT_MAX], label[WORDS_MAX], before[WORDS_MAX];
	int64_t at_us, since_us;

	json_array_foreach(statements, i, statement)
	{
		n += strcmp(field_text(statement, "about"), about) == 0;
	}
	if (n > 0)
		render_sentence(&cli->style, TONE_PLAIN, 0, "What was said, the latest last:");
	json_array_foreach(statements, i, statement)
	{
		if (strcmp(field_text(statement, "about"), about) != 0 ||
		    skipped++ + STATEMENTS_SHOWN < n)
			continue;
		field_time(statement, "said_at", &at_us);
		field_time(statement, "since", &since_us);
		render_sentence(&cli->style, TONE_DIM, 2, "%s  %s: %s, before %s%s%s",
				format_short(at, at_us, cli->now_us), field_text(statement, "name"),
				labels_quoted(label, statement, "label"),
				labels_quoted(before, statement, "before"),
				since_us < at_us ? ", since " : "",
				since_us < at_us ? format_short(since, since_us, cli->now_us) : "");
	}
}

int
labels_list(const struct cli *cli, bool cables)
{
	ls_json_auto json_t *reply = NULL;
	int r = ask_once(cli, "io.linkstat.ListLabels", NULL, &reply);

	if (r != CLI_FINE)
		return r;
	if (cli->json)
		return envelope_print(cli, "labels", reply);
	if (cables)
		put_cables(cli, field_list(reply, "cables"));
	else
		put_sockets(cli, field_list(reply, "sockets"));
	put_statements(cli, field_list(reply, "statements"), cables ? "cable" : "socket");
	return CLI_FINE;
}

/* 7 of "C-07"; 0: another name. */
static uint64_t
number_of(const char *label)
{
	struct ls_cursor cur = ls_cursor_of(label, strlen(label));
	uint64_t number;

	if (!ls_take_literal(&cur, "C-") || !ls_take_uint(&cur, 99998, &number) ||
	    ls_cursor_left(&cur) > 0)
		return 0;
	return number;
}

int
labels_next_cable(const struct cli *cli)
{
	ls_json_auto json_t *reply = NULL, *name = NULL;
	const json_t *label;
	uint64_t last = 0;
	size_t i;
	int r = ask_once(cli, "io.linkstat.ListLabels", NULL, &reply);

	if (r != CLI_FINE)
		return r;
	json_array_foreach(field_list(reply, "cables"), i, label)
	{
		uint64_t number =
			number_of(json_string_value(label) ? json_string_value(label) : "");

		last = number > last ? number : last;
	}
	name = json_sprintf("C-%02u", (unsigned int)last + 1);
	if (!name)
		return cli_no_memory();
	if (cli->json)
		return envelope_print_one(cli, "next-cable", "cable", name);
	fprintf(cli->style.out, "%s\n", json_string_value(name));
	return CLI_FINE;
}

/* PORT LABEL, or PORT --forget. */
int
labels_check(const struct cli *cli, const char *command, bool forget)
{
	if (forget ? cli->n_args == 1 : cli->n_args == 2)
		return CLI_FINE;
	if (forget)
		cli_complain("--forget takes a port and no label: linkstat %s PORT --forget",
			     command);
	else
		cli_complain("a port and a label are wanted: linkstat %s PORT LABEL\n"
			     "To take a label back: linkstat %s PORT --forget",
			     command, command);
	return CLI_USAGE;
}

int
labels_set(const struct cli *cli, const char *method, json_t *parameters, json_t **ret)
{
	if (!parameters) {
		cli_complain("a port or a label is not valid UTF-8.");
		return CLI_USAGE;
	}
	return ask_once(cli, method, parameters, ret);
}
