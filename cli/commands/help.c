#include <stdio.h>
#include <string.h>

#include "cli/base/command.h"
#include "lib/base/text.h"

#define LINES_MAX 64
#define LEFT_MAX  120

/* Lines that were printed, so that an option of several commands has only one. */
struct printed {
	const char *texts[LINES_MAX];
	size_t n;
};

static bool
was_printed(struct printed *printed, const char *text)
{
	for (size_t i = 0; i < printed->n; i++)
		if (strcmp(printed->texts[i], text) == 0)
			return true;
	if (printed->n < LINES_MAX)
		printed->texts[printed->n++] = text;
	return false;
}

/* Longer ones have columns of their own. */
static void
put_command(FILE *out, const struct command *command)
{
	char left[LEFT_MAX];
	const char *example = command->example ? command->example : command->name;
	bool alone = command->is_default;

	ls_text_format(left, sizeof(left), "linkstat%s%s", alone ? "" : " ", alone ? "" : example);
	fprintf(out, "  %-*s%s\n", strlen(left) > 22 ? 28 : 24, left, command->summary);
}

static void
put_options(FILE *out, const struct command_option *options, struct printed *printed)
{
	char left[COMMAND_TEXT_MAX] = "", one[COMMAND_TEXT_MAX];

	for (size_t i = 0; options && !option_is_end(&options[i]); i++) {
		size_t len = strlen(left);

		if (!options[i].help)
			continue;
		ls_text_format(left + len, sizeof(left) - len, "%s%s", len ? ", " : "",
			       command_option_text(&options[i], one));
		if (!*options[i].help)
			continue;
		if (!was_printed(printed, options[i].help))
			fprintf(out, "  %-26s   %s\n", left, options[i].help);
		left[0] = '\0';
	}
}

static int
run(const struct cli *cli, const void *options)
{
	struct printed printed = { .n = 0 };
	FILE *out = cli->style.out;

	(void)options;
	fputs("linkstat tells how stable the USB links of this computer are.\n\n", out);
	for (size_t i = 0; cli->commands[i]; i++)
		if (cli->commands[i]->summary)
			put_command(out, cli->commands[i]);
	fputc('\n', out);
	for (size_t i = 0; cli->commands[i]; i++)
		put_options(out, cli->commands[i]->options, &printed);
	put_options(out, command_shared, &printed);
	fputs("\n"
	      "report, incidents and log take ports too: linkstat report 1-2\n"
	      "Exit code: 0 fine, 1 a drop was found, 2 wrong usage, 3 linkstatd could not be "
	      "asked.\n"
	      "More: man linkstat\n",
	      out);
	return CLI_FINE;
}

const struct command command_help = {
	.name = "help",
	.max_args = -1,
	.run = run,
};
