/* Prints the bash completion of linkstat, made from the tables of the commands. Runs at build time. */
#include <stdio.h>
#include <string.h>

#include "cli/base/command.h"
#include "cli/commands/list.h"

static const char head[] =
	"# bash completion for linkstat(1)                          -*- shell-script -*-\n"
	"# Made from the option tables of the commands by cli/commands/completion.c.\n"
	"\n"
	"_linkstat_ports() {\n"
	"	local dev name\n"
	"	for dev in /sys/bus/usb/devices/[0-9]*-[0-9]*; do\n"
	"		name=${dev##*/}\n"
	"		[[ $name == *[:\\*]* ]] || printf '%s\\n' \"$name\"\n"
	"	done\n"
	"}\n"
	"\n"
	"# WORDS, or a kind of thing that the shell finds by itself\n"
	"_linkstat_offer() {\n"
	"	case $1 in\n"
	"	" COMPLETE_FILES ")\n"
	"		compopt -o filenames 2>/dev/null\n"
	"		mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n"
	"		;;\n"
	"	" COMPLETE_PORTS ") mapfile -t COMPREPLY < <(compgen -W \"$(_linkstat_ports)\" -- "
	"\"$cur\") ;;\n"
	"	" COMPLETE_COMMANDS ") mapfile -t COMPREPLY < <(compgen -c -- \"$cur\") ;;\n"
	"	*) mapfile -t COMPREPLY < <(compgen -W \"$1\" -- \"$cur\") ;;\n"
	"	esac\n"
	"}\n"
	"\n"
	"_linkstat() {\n"
	"	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
	"	local command='' options='' arguments='' value=none i\n"
	"\n"
	"	COMPREPLY=()\n"
	"	for ((i = 1; i < COMP_CWORD; i++)); do\n"
	"		case ${COMP_WORDS[i]} in\n"
	"		";

static const char commands_begin[] = ") ((i++)) ;;\n"
				     "		-*) ;;\n"
				     "		*)\n"
				     "			command=${COMP_WORDS[i]}\n"
				     "			break\n"
				     "			;;\n"
				     "		esac\n"
				     "	done\n"
				     "	case $command in\n";

static const char tail[] = "	esac\n"
			   "\n"
			   "	if [[ $value != none ]]; then\n"
			   "		_linkstat_offer \"$value\"\n"
			   "	elif [[ $cur == -* ]]; then\n"
			   "		_linkstat_offer \"$options\"\n"
			   "	else\n"
			   "		_linkstat_offer \"$arguments\"\n"
			   "	fi\n"
			   "}\n"
			   "\n"
			   "complete -F _linkstat linkstat\n";

/* "--since", "-d". */
static void
put_name(const struct command_option *option)
{
	if (option->name)
		printf("--%s", option->name);
	else
		printf("-%c", option->letter);
}

static bool
is_same(const struct command_option *a, const struct command_option *b)
{
	return a->letter == b->letter && !a->name == !b->name &&
	       (!a->name || strcmp(a->name, b->name) == 0);
}

static const struct command_option *
find(const struct command_option *options, const struct command_option *wanted)
{
	while (options && !option_is_end(options) && !is_same(options, wanted))
		options++;
	return options && !option_is_end(options) ? options : NULL;
}

/* True for the first option of its name in all tables that has a value in each of them. */
static bool
always_has_value(const struct command_option *option)
{
	bool first = true;

	for (size_t i = 0; command_list[i]; i++) {
		const struct command_option *same = find(command_list[i]->options, option);

		if (same && !same->value)
			return false;
		if (same && first && same != option)
			return false;
		first = first && !same;
	}
	return option->value;
}

/* Words that are followed by a value, so that this is not taken for the command. */
static void
put_skipped(void)
{
	const char *before = "";

	for (size_t i = 0; command_list[i]; i++) {
		const struct command_option *option = command_list[i]->options;

		for (; option && !option_is_end(option); option++) {
			if (!always_has_value(option))
				continue;
			fputs(before, stdout);
			put_name(option);
			before = " | ";
		}
	}
	for (size_t i = 0; !option_is_end(&command_shared[i]); i++) {
		if (!command_shared[i].value)
			continue;
		fputs(before, stdout);
		put_name(&command_shared[i]);
	}
}

/* What follows @options, by the word before it. */
static void
put_values(const struct command_option *options, bool first_only)
{
	for (; options && !option_is_end(options); options++) {
		if (!options->value || (first_only && !always_has_value(options)))
			continue;
		fputs("		", stdout);
		put_name(options);
		printf(") value='%s' ;;\n", options->complete ? options->complete : "");
	}
}

static void
put_names(const struct command_option *options, const struct command_option *but)
{
	for (; options && !option_is_end(options); options++) {
		if (but && find(but, options))
			continue;
		putchar(' ');
		put_name(options);
	}
}

static void
put_command(const struct command *command)
{
	const struct command_option *option = command->options;

	printf("	%s)\n		options='", command->name);
	put_names(option, NULL);
	put_names(command_shared, option);
	printf("'\n		arguments='%s'\n", command->complete ? command->complete : "");
	for (; option && !option_is_end(option); option++)
		if (option->many)
			printf("		[[ \" ${COMP_WORDS[*]} \" != *' --%s '* ]] || "
			       "arguments=%s\n",
			       option->name, option->complete);
	fputs("		case $prev in\n", stdout);
	put_values(command->options, false);
	put_values(command_shared, false);
	fputs("		esac\n		;;\n", stdout);
}

/* Options may come before the command. */
static void
put_no_command(void)
{
	fputs("	'')\n		options='", stdout);
	put_names(command_default(command_list)->options, NULL);
	put_names(command_shared, command_default(command_list)->options);
	fputs("'\n		arguments='", stdout);
	for (size_t i = 0; command_list[i]; i++)
		printf("%s%s", i ? " " : "", command_list[i]->name);
	fputs("'\n		case $prev in\n", stdout);
	for (size_t i = 0; command_list[i]; i++)
		put_values(command_list[i]->options, true);
	put_values(command_shared, false);
	fputs("		esac\n		;;\n", stdout);
}

int
main(void)
{
	fputs(head, stdout);
	put_skipped();
	fputs(commands_begin, stdout);
	put_no_command();
	for (size_t i = 0; command_list[i]; i++)
		put_command(command_list[i]);
	fputs(tail, stdout);
	return fflush(stdout) == 0 ? 0 : 1;
}
