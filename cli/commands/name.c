#include "cli/base/command.h"
#include "cli/base/field.h"
#include "cli/commands/labels.h"
#include "cli/print/envelope.h"
#include "cli/print/render.h"
#include "cli/print/words.h"

struct name_options {
	bool forget;
};

static int
run(const struct cli *cli, const void *options)
{
	const struct name_options *opts = options;
	ls_json_auto json_t *parameters = NULL, *reply = NULL;
	char label[WORDS_MAX], before[WORDS_MAX];
	int r;

	if (cli->n_args == 0 && !opts->forget)
		return labels_list(cli, false);
	r = labels_check(cli, "name", opts->forget);
	if (r != CLI_FINE)
		return r;
	parameters = json_pack("{s:s, s:s?}", "port", cli->args[0], "label",
			       opts->forget ? NULL : cli->args[1]);
	r = labels_set(cli, "io.linkstat.SetSocketName", parameters, &reply);
	if (r != CLI_FINE)
		return r;
	if (cli->json)
		return envelope_print(cli, "name", reply);
	render_sentence(&cli->style, TONE_PLAIN, 0, "The name of socket %s is %s (before: %s).",
			field_text(reply, "name"), labels_quoted(label, reply, "label"),
			labels_quoted(before, reply, "before"));
	return CLI_FINE;
}

static const struct command_option options[] = {
	{ .name = "forget", OPTION_MEMBER(name_options, forget) },
	OPTION_JSON,
	{ 0 },
};

const struct command command_name = {
	.name = "name",
	.arguments = "[PORT LABEL]",
	.max_args = 2,
	.summary = "names a socket: \"left front\"",
	.example = "name PORT LABEL",
	.complete = COMPLETE_PORTS,
	.options = options,
	.options_size = sizeof(struct name_options),
	.run = run,
};
