/* What a command line comes to: the command, its arguments and options, or an error. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/commands/list.h"
#include "cli/options.h"

#define WORDS_MAX 9

/* The arguments, separated by commas. */
static const char *
arguments(const struct cli *cli, char text[200])
{
	text[0] = '\0';
	for (int i = 0; i < cli->n_args; i++)
		strcat(strcat(text, i ? "," : ""), cli->args[i]);
	return text;
}

static int
parse(const char *const words[WORDS_MAX], char **argv, struct cli *cli, struct request *request)
{
	int argc = 1;

	*cli = (struct cli){ .socket = "default", .now_us = INT64_C(1795357800000000) };
	argv[0] = (char *)(uintptr_t) "linkstat";
	for (; argc <= WORDS_MAX && words[argc - 1]; argc++)
		argv[argc] = (char *)(uintptr_t)words[argc - 1];
	return options_parse(cli, argc, argv, command_list, request);
}

static void
finds_the_command(void **state)
{
	static const struct {
		const char *words[WORDS_MAX];
		const char *command, *args;
	} cases[] = {
		{ { NULL }, "status", "" },
		{ { "--json" }, "status", "" },
		{ { "log", "1-2", "1-3" }, "log", "1-2,1-3" },
		{ { "log", "1-2", "--since", "-1h", "1-3" }, "log", "1-2,1-3" },
		{ { "--since", "yesterday", "report", "1-2" }, "report", "1-2" },
		{ { "--socket", "log", "--js", "jobs" }, "jobs", "" },
		{ { "-d", "3", "top", "-n2" }, "top", "" },
		{ { "--sessions", "export", "1-2" }, "export", "1-2" },
		{ { "export", "--sessions", "1-2" }, "export", "1-2" },
		{ { "diagnose", "1-2", "--sessions", "a", "b" }, "diagnose", "1-2" },
		{ { "--sessions", "a.csv", "diagnose", "1-2" }, "diagnose", "1-2" },
		{ { "--sessions", "a.csv", "--json", "diagnose" }, "diagnose", "" },
		{ { "--sessions", "a.csv", "--", "diagnose" }, "diagnose", "" },
		{ { "run", "--note", "x", "--", "tar", "--file", "y" }, "run", "tar,--file,y" },
		{ { "log", "--help" }, "help", "" },
		{ { "nonsense", "--version" }, "version", "" },
		{ { "log", "--file", "x", "-h" }, "help", "" },
		{ { "show", "--", "-1" }, "show", "-1" },
		{ { "4013" }, "explain", "4013" },
		{ { "4013", "--json" }, "explain", "4013" },
		{ { "EPROTO" }, "explain", "EPROTO" },
		{ { "explain", "-71" }, "explain", "-71" },
		{ { "explain", "-71", "--json", "-9" }, "explain", "-71,-9" },
		{ { "explain", "error", "-71", "--", "--x" }, "explain", "error,-71,--x" },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		char *argv[WORDS_MAX + 2] = { NULL }, text[200];
		struct request request;
		struct cli cli;

		print_message("%zu: %s\n", i, cases[i].command);
		assert_int_equal(parse(cases[i].words, argv, &cli, &request), CLI_FINE);
		assert_string_equal(request.command->name, cases[i].command);
		assert_string_equal(arguments(&cli, text), cases[i].args);
		request_done(&request);
	}
}

static void
refuses(void **state)
{
	static const char *const cases[][WORDS_MAX] = {
		{ "nonsense" },
		{ "--nonsense" },
		{ "log", "--s", "x" }, /* since, socket or sessions */
		{ "show" },
		{ "show", "1", "2" },
		{ "log", "--by", "cable" },
		{ "watch", "--since", "-1h" },
		{ "jobs", "-n", "3" },
		{ "show", "-71" },
		{ "-71" },
		{ "explain" },
		{ "4711" },
		{ "name", "--correct" },
		{ "name", "--new" },
		{ "report", "--pcap", "x" },
		{ "report", "--since" },
		{ "report", "--since", "nonsense" },
		{ "report", "--since", "-1h", "--until", "-2h" },
		{ "report", "--for", "0min" },
		{ "top", "-d", "0" },
		{ "top", "-n", "x" },
		{ "diagnose", "--sessions" },
		{ "a.csv", "diagnose" },
		{ "nonsense", "report" },
		{ "nonsense", "--", "report" },
		{ "--", "-x" },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		char *argv[WORDS_MAX + 2] = { NULL };
		struct request request;
		struct cli cli;

		print_message("%zu: %s\n", i, cases[i][0]);
		assert_int_equal(parse(cases[i], argv, &cli, &request), CLI_USAGE);
		request_done(&request);
	}
}

static void
stores_what_was_typed(void **state)
{
	static const char *const words[WORDS_MAX] = {
		"--redact", "report", "--json", "--until", "2026-11-22T14:00:11Z",
		"--socket", "/x",     NULL
	};
	char *argv[WORDS_MAX + 2] = { NULL };
	struct request request;
	struct cli cli;

	(void)state;
	assert_int_equal(parse(words, argv, &cli, &request), CLI_FINE);
	assert_true(cli.json && cli.redact && cli.until.set && !cli.since.set);
	assert_string_equal(cli.socket, "/x");
	assert_string_equal(cli.until.text, "2026-11-22T14:00:11.000000Z");
	request_done(&request);
}

/* Each command has a name of its own, and each of its options can be stored. */
static void
has_consistent_tables(void **state)
{
	(void)state;
	for (size_t i = 0; command_list[i]; i++) {
		const struct command *command = command_list[i];

		print_message("%s\n", command->name);
		assert_ptr_equal(command_find(command_list, command->name), command);
		assert_non_null(command->run);
		for (const struct command_option *option = command->options;
		     option && !option_is_end(option); option++) {
			size_t size = option->in_cli ? sizeof(struct cli) : command->options_size;

			assert_non_null(option->take);
			assert_true(option->offset < size);
		}
	}
	assert_string_equal(command_default(command_list)->name, "status");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_the_command),
		cmocka_unit_test(refuses),
		cmocka_unit_test(stores_what_was_typed),
		cmocka_unit_test(has_consistent_tables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
