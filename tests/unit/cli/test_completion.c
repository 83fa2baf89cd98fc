/* The bash completion offers what is in the tables of the commands. Usage: test_completion FILE */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/commands/list.h"

#define TEXT_MAX 2000

static const char *completion; /* the file */

/* What bash offers at the end of @line ("linkstat log --si"), separated by blanks. */
static void
complete(const char *line, char ret[TEXT_MAX])
{
	char script[TEXT_MAX];
	FILE *bash;
	size_t n;

	snprintf(script, sizeof(script),
		 "bash -c '. \"$0\"; IFS=\" \"; COMP_WORDS=($1); "
		 "[[ $1 == *\" \" ]] && COMP_WORDS+=(\"\"); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); "
		 "_linkstat && printf \"%%s \" \"${COMPREPLY[@]}\"' '%s' '%s'",
		 completion, line);
	bash = popen(script, "re");
	assert_non_null(bash);
	n = fread(ret, 1, TEXT_MAX - 1, bash);
	assert_int_equal(pclose(bash), 0);
	ret[n] = '\0';
}

static void
add_options(const struct command_option *options, const struct command_option *but, char *text)
{
	for (; options && !option_is_end(options); options++) {
		char one[COMMAND_TEXT_MAX];
		bool known = false;

		for (const struct command_option *own = but; own && !option_is_end(own); own++)
			known = known || (own->name && options->name &&
					  strcmp(own->name, options->name) == 0);
		if (known)
			continue;
		command_option_text(options, one);
		one[strcspn(one, " ")] = '\0';
		strcat(strcat(text, one), " ");
	}
}

static void
is_valid_bash(void **state)
{
	char command[TEXT_MAX];

	(void)state;
	snprintf(command, sizeof(command), "bash -n '%s'", completion);
	assert_int_equal(system(command), 0);
}

static void
offers_all_options(void **state)
{
	(void)state;
	for (size_t i = 0; command_list[i]; i++) {
		const struct command *command = command_list[i];
		char line[100], want[TEXT_MAX] = "", found[TEXT_MAX];

		snprintf(line, sizeof(line), "linkstat %s -", command->name);
		add_options(command->options, NULL, want);
		add_options(command_shared, command->options, want);
		complete(line, found);
		print_message("%s\n", line);
		assert_string_equal(found, want);
	}
}

static void
offers_values(void **state)
{
	(void)state;
	for (size_t i = 0; command_list[i]; i++) {
		const struct command_option *option = command_list[i]->options;

		for (; option && !option_is_end(option); option++) {
			char line[100], name[COMMAND_TEXT_MAX], want[TEXT_MAX], found[TEXT_MAX];

			if (!option->value || !option->complete || *option->complete == '@')
				continue;
			command_option_text(option, name);
			name[strcspn(name, " ")] = '\0';
			snprintf(line, sizeof(line), "linkstat %s %.40s ", command_list[i]->name,
				 name);
			snprintf(want, sizeof(want), "%s ", option->complete);
			complete(line, found);
			print_message("%s\n", line);
			assert_string_equal(found, want);
		}
	}
}

static void
offers_commands(void **state)
{
	char want[TEXT_MAX] = "", found[TEXT_MAX];

	(void)state;
	for (size_t i = 0; command_list[i]; i++)
		strcat(strcat(want, command_list[i]->name), " ");
	complete("linkstat ", found);
	assert_string_equal(found, want);
}

static void
knows_what_is_a_command(void **state)
{
	static const struct {
		const char *line, *want;
	} cases[] = {
		{ "linkstat ana", "analyze " },
		{ "linkstat --since yesterday diag", "diagnose " },
		{ "linkstat --socket log --json inc", "incidents " },
		{ "linkstat -d 5 to", "top " },
		{ "linkstat log --si", "--since " },
		{ "linkstat show 3 --p", "--pcap " },
		{ "linkstat report --by cable --ht", "--html " },
		{ "linkstat export --sessions --un", "--until " },
		{ "linkstat top -n ", " " },
		{ "linkstat analyze /proc/self/cmdl", "/proc/self/cmdline " },
		{ "linkstat diagnose --sessions /proc/versio", "/proc/version " },
		{ "linkstat diagnose --sessions a.csv /proc/versio", "/proc/version " },
		{ "linkstat run -- mapfil", "mapfile " },
		{ "linkstat nonsense -", " " },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		char found[TEXT_MAX];

		print_message("%s\n", cases[i].line);
		complete(cases[i].line, found);
		assert_string_equal(found, cases[i].want);
	}
}

int
main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_valid_bash),	   cmocka_unit_test(offers_all_options),
		cmocka_unit_test(offers_values),	   cmocka_unit_test(offers_commands),
		cmocka_unit_test(knows_what_is_a_command),
	};

	if (argc != 2)
		return 2;
	completion = argv[1];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
