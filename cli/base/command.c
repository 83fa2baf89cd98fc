#include "cli/base/command.h"

#include <string.h>

#include "cli/base/sanitize.h"
#include "cli/base/when.h"
#include "lib/base/text.h"

const struct command_option command_shared[] = {
	{ .name = "redact",
	  OPTION_MEMBER(cli, redact),
	  .in_cli = true,
	  .help = "no serial numbers, UDIDs or ECIDs, but names that stand for them" },
	{ .name = "json",
	  OPTION_MEMBER(cli, json),
	  .in_cli = true,
	  .help = "the same as JSON, for programs" },
	{ .name = "socket",
	  .value = "PATH",
	  OPTION_MEMBER(cli, socket),
	  .in_cli = true,
	  .help = "where linkstatd listens (or set LINKSTAT_SOCKET)",
	  .complete = COMPLETE_FILES },
	{ .name = "help", .letter = 'h', .instead = "help" },
	{ .name = "version", .instead = "version" },
	{ 0 },
};

int
option_take_flag(const struct command_option *option, const char *value, const struct cli *cli,
		 void *member)
{
	(void)option;
	(void)value;
	(void)cli;
	*(bool *)member = true;
	return CLI_FINE;
}

int
option_take_text(const struct command_option *option, const char *value, const struct cli *cli,
		 void *member)
{
	(void)option;
	(void)cli;
	*(const char **)member = value;
	return CLI_FINE;
}

int
option_take_words(const struct command_option *option, const char *value, const struct cli *cli,
		  void *member)
{
	struct option_words *words = member;

	(void)option;
	(void)cli;
	words->all[words->n++] = value;
	return CLI_FINE;
}

int
option_take_time(const struct command_option *option, const char *value, const struct cli *cli,
		 void *member)
{
	char shown[120];
	int64_t real_us;
	const char *why;

	if (when_parse(value, cli->now_us, &real_us, &why) == 1) {
		*(struct cli_time *)member = cli_time_at(real_us);
		return CLI_FINE;
	}
	sanitize_text(shown, sizeof(shown), value, true);
	cli_complain("--%s \"%s\" cannot be used: %s.\n"
		     "Examples: --since -1h, --since \"2 days ago\", --since today, "
		     "--since yesterday, --since 14:00,\n"
		     "          --since 2026-11-22, --since \"2026-11-22 14:00:11\", "
		     "--since 2026-11-22T14:00:11Z, --since @1795356011",
		     option->name, shown, why);
	return CLI_USAGE;
}

int
option_take_hours(const struct command_option *option, const char *value, const struct cli *cli,
		  void *member)
{
	char shown[120];
	const char *why;
	int64_t us;

	(void)cli;
	if (when_parse_span(value, &us, &why) == 1 && us > 0) {
		*(double *)member = (double)us / 3600e6;
		return CLI_FINE;
	}
	sanitize_text(shown, sizeof(shown), value, true);
	cli_complain(
		"--%s \"%s\" cannot be used: a duration is wanted, like 12min, \"2 h\" or 90s.",
		option->name, shown);
	return CLI_USAGE;
}

const struct command *
command_find(const struct command *const *list, const char *name)
{
	while (*list && strcmp((*list)->name, name) != 0)
		list++;
	return *list;
}

const struct command *
command_default(const struct command *const *list)
{
	while (*list && !(*list)->is_default)
		list++;
	return *list;
}

const char *
command_option_text(const struct command_option *option, char text[COMMAND_TEXT_MAX])
{
	const char letter[] = { option->letter, '\0' };

	ls_text_format(text, COMMAND_TEXT_MAX, "%s%s%s%s", option->name ? "--" : "-",
		       option->name ? option->name : letter, option->value ? " " : "",
		       option->value ? option->value : "");
	return text;
}

static void
add(char text[COMMAND_TEXT_MAX], const char *before, const char *word, const char *after)
{
	size_t len = strlen(text);

	ls_text_format(text + len, COMMAND_TEXT_MAX - len, "%s%s%s", before, word, after);
}

const char *
command_usage(const struct command *command, char text[COMMAND_TEXT_MAX])
{
	static const struct command_option none = { 0 };
	const struct command_option *options = command->options ? command->options : &none;
	const char *arguments = command->arguments ? command->arguments : "";
	bool last = strncmp(arguments, "-- ", 3) == 0, inside = false;
	char word[COMMAND_TEXT_MAX];

	text[0] = '\0';
	add(text, "linkstat", command->is_default ? "" : " ",
	    command->is_default ? "" : command->name);
	for (size_t i = 0; !option_is_end(&options[i]); i++)
		if (options[i].required)
			add(text, " ", command_option_text(&options[i], word), "");
	if (*arguments && !last)
		add(text, " ", arguments, "");
	for (size_t i = 0; !option_is_end(&options[i]); i++) {
		if (options[i].required)
			continue;
		add(text, inside ? "|" : " [", command_option_text(&options[i], word),
		    options[i].or_next ? "" : "]");
		inside = options[i].or_next;
	}
	if (last)
		add(text, " ", arguments, "");
	return text;
}
