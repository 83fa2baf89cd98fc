#include "cli/base/command.h"
#include "cli/base/field.h"
#include "cli/commands/labels.h"
#include "cli/print/envelope.h"
#include "cli/print/render.h"
#include "cli/print/words.h"

struct cable_options {
	bool forget, correct, next;
	struct cli_time at;
};

static int
run(const struct cli *cli, const void *options)
{
	const struct cable_options *opts = options;
	const char *since = opts->correct ? "begin" : opts->at.set ? opts->at.text : NULL;
	ls_json_auto json_t *parameters = NULL, *reply = NULL;
	char port[WORDS_MAX], label[WORDS_MAX], before[WORDS_MAX];
	int r;

	if (opts->next && (cli->n_args > 0 || opts->forget || since)) {
		cli_complain("--new takes nothing else: it prints the next free name.");
		return CLI_USAGE;
	}
	if (opts->next)
		return labels_next_cable(cli);
	if (cli->n_args == 0 && !opts->forget && !since)
		return labels_list(cli, true);
	r = labels_check(cli, "cable", opts->forget);
	if (r == CLI_FINE && opts->correct && opts->at.set) {
		cli_complain("--correct and --at do not go together.");
		r = CLI_USAGE;
	}
	if (r != CLI_FINE)
		return r;
	parameters = json_pack("{s:s, s:s?, s:s?}", "port", cli->args[0], "cable",
			       opts->forget ? NULL : cli->args[1], "since", since);
	r = labels_set(cli, "io.linkstat.SetCable", parameters, &reply);
	if (r != CLI_FINE)
		return r;
	if (cli->json)
		return envelope_print(cli, "cable", reply);
	words_port(port, reply);
	if (field_has(reply, "cable"))
		render_sentence(
			&cli->style, TONE_PLAIN, 0, "The cable on %s is %s %s (before: %s).", port,
			labels_quoted(label, reply, "cable"), since ? "since then" : "from now on",
			labels_quoted(before, reply, "before"));
	else
		render_sentence(&cli->style, TONE_PLAIN, 0,
				"The cable on %s is not known %s (before: %s).", port,
				since ? "since then" : "from now on",
				labels_quoted(before, reply, "before"));
	return CLI_FINE;
}

static const struct command_option options[] = {
	{ .name = "at",
	  .value = "TIME",
	  OPTION_MEMBER(cable_options, at),
	  .help = "",
	  .complete = COMPLETE_TIMES },
	{ .name = "correct", OPTION_MEMBER(cable_options, correct), .help = "" },
	{ .name = "forget",
	  OPTION_MEMBER(cable_options, forget),
	  .help = "for cable: it is so since then; the last label was wrong; unknown" },
	{ .name = "new",
	  OPTION_MEMBER(cable_options, next),
	  .help = "for cable: the next free name, C-01, C-02 …, for a sticker" },
	OPTION_JSON,
	{ 0 },
};

const struct command command_cable = {
	.name = "cable",
	.arguments = "[PORT LABEL]",
	.max_args = 2,
	.summary = "says which cable is plugged in there now",
	.example = "cable PORT LABEL",
	.complete = COMPLETE_PORTS,
	.options = options,
	.options_size = sizeof(struct cable_options),
	.run = run,
};
