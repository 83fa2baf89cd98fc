/* What cables and sockets are called: linkstat cable, linkstat name. */
#include <stdio.h>
#include <string.h>

#include "cli/ask/ask.h"
#include "cli/base/command.h"
#include "cli/print/envelope.h"
#include "cli/base/field.h"
#include "cli/print/format.h"
#include "cli/print/render.h"
#include "cli/print/words.h"

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

static const char *
quoted(char text[WORDS_MAX], const json_t *object, const char *member)
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
	char said[FORMAT_MAX], since[FORMAT_MAX], label[WORDS_MAX], before[WORDS_MAX];
	int64_t said_us, since_us;

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
		field_time(statement, "said_at", &said_us);
		field_time(statement, "since", &since_us);
		render_sentence(
			&cli->style, TONE_DIM, 2, "%s  %s: %s, before %s%s%s",
			format_short(said, said_us, cli->now_us), field_text(statement, "name"),
			quoted(label, statement, "label"), quoted(before, statement, "before"),
			since_us < said_us ? ", since " : "",
			since_us < said_us ? format_short(since, since_us, cli->now_us) : "");
	}
}

static int
list(const struct cli *cli, bool cables)
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

/* PORT LABEL, or PORT --forget. */
static int
check_arguments(const struct cli *cli, const char *command)
{
	if (cli->ledger.forget ? cli->n_args == 1 : cli->n_args == 2)
		return CLI_FINE;
	if (cli->ledger.forget)
		cli_complain("--forget takes a port and no label: linkstat %s PORT --forget",
			     command);
	else
		cli_complain("a port and a label are wanted: linkstat %s PORT LABEL\n"
			     "To take a label back: linkstat %s PORT --forget",
			     command, command);
	return CLI_USAGE;
}

static int
say(const struct cli *cli, const char *method, json_t *parameters, json_t **ret)
{
	if (!parameters) {
		cli_complain("a port or a label is not valid UTF-8.");
		return CLI_USAGE;
	}
	return ask_once(cli, method, parameters, ret);
}

static const char *
label_argument(const struct cli *cli)
{
	return cli->ledger.forget ? NULL : cli->args[1];
}

int
cable_run(const struct cli *cli)
{
	const struct ledger_options *asked = &cli->ledger;
	const char *since = asked->correct ? "begin" : asked->at.set ? asked->at.text : NULL;
	ls_json_auto json_t *parameters = NULL, *reply = NULL;
	char port[WORDS_MAX], label[WORDS_MAX], before[WORDS_MAX];
	int r;

	if (cli->n_args == 0 && !asked->forget && !since)
		return list(cli, true);
	r = check_arguments(cli, "cable");
	if (r == CLI_FINE && asked->correct && asked->at.set) {
		cli_complain("--correct and --at do not go together.");
		r = CLI_USAGE;
	}
	if (r != CLI_FINE)
		return r;
	parameters = json_pack("{s:s, s:s?, s:s?}", "port", cli->args[0], "cable",
			       label_argument(cli), "since", since);
	r = say(cli, "io.linkstat.SetCable", parameters, &reply);
	if (r != CLI_FINE)
		return r;
	if (cli->json)
		return envelope_print(cli, "cable", reply);
	words_port(port, reply);
	if (field_has(reply, "cable"))
		render_sentence(&cli->style, TONE_PLAIN, 0,
				"The cable on %s is %s %s (before: %s).", port,
				quoted(label, reply, "cable"), since ? "since then" : "from now on",
				quoted(before, reply, "before"));
	else
		render_sentence(&cli->style, TONE_PLAIN, 0,
				"The cable on %s is not known %s (before: %s).", port,
				since ? "since then" : "from now on",
				quoted(before, reply, "before"));
	return CLI_FINE;
}

int
name_run(const struct cli *cli)
{
	ls_json_auto json_t *parameters = NULL, *reply = NULL;
	char label[WORDS_MAX], before[WORDS_MAX];
	int r;

	if (cli->n_args == 0 && !cli->ledger.forget)
		return list(cli, false);
	r = check_arguments(cli, "name");
	if (r != CLI_FINE)
		return r;
	parameters = json_pack("{s:s, s:s?}", "port", cli->args[0], "label", label_argument(cli));
	r = say(cli, "io.linkstat.SetSocketName", parameters, &reply);
	if (r != CLI_FINE)
		return r;
	if (cli->json)
		return envelope_print(cli, "name", reply);
	render_sentence(&cli->style, TONE_PLAIN, 0, "The name of socket %s is %s (before: %s).",
			field_text(reply, "name"), quoted(label, reply, "label"),
			quoted(before, reply, "before"));
	return CLI_FINE;
}
