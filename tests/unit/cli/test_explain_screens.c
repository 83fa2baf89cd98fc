/* linkstat explain as a person sees it at 80 columns, and the ids of linkstat check. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/check/rules.h"
#include "cli/commands/list.h"
#include "cli/options.h"
#include "lib/explain/explain.h"
#include "lib/base/text.h"

#define SCREEN_MAX 20000

/* What the command line prints; the exit code. */
static int
show(const char *const *words, char ret[SCREEN_MAX])
{
	char *argv[8] = { (char *)(uintptr_t) "linkstat" };
	struct cli cli = { .commands = command_list };
	struct request request;
	size_t size = 0;
	char *text = NULL;
	int argc = 1, r;

	for (; words[argc - 1]; argc++)
		argv[argc] = (char *)(uintptr_t)words[argc - 1];
	cli.style = (struct output_style){
		.out = open_memstream(&text, &size), .width = 80, .utf8 = true, .dash = "–"
	};
	r = options_parse(&cli, argc, argv, command_list, &request);
	if (r == CLI_FINE)
		r = request.command->run(&cli, request.options);
	request_done(&request);
	fclose(cli.style.out);
	ls_text_format(ret, SCREEN_MAX, "%s", text);
	free(text);
	return r;
}

static void
prints_an_entry(void **state)
{
	static const char *const words[] = { "c0000011", "--entries", "/nonexistent", NULL };
	char screen[SCREEN_MAX];

	(void)state;
	assert_int_equal(show(words, screen), CLI_FINE);
	assert_string_equal(
		screen,
		"usbd status c0000011: transaction error on the wire\n"
		"From:   Windows, in logs of iTunes and Apple Devices: USBD_STATUS_XACT_ERROR.\n"
		"Means:  The controller repeated the packet and got no valid answer. On Linux\n"
		"        this is -71.\n"
		"Record: On a Linux computer: \"link-errors\", or evidence for \"link-loss\".\n"
		"First:  Another port of the computer itself, then another cable, one at a time.\n"
		"Sure:   Certain that the answer was not valid.\n"
		"See:    EPROTO, c0000005\n");
}

static void
says_what_is_near(void **state)
{
	static const char *const words[] = { "explain", "lnk-loss", "--entries", "/nonexistent",
					     NULL };
	char screen[SCREEN_MAX];

	(void)state;
	assert_int_equal(show(words, screen), CLI_USAGE);
	assert_non_null(strstr(screen, "  linkstat explain link-loss: link-loss: link lost\n"));
}

/* Nothing wraps inside a word, and no line is longer than the screen. */
static void
fits_on_80_columns(void **state)
{
	ls_auto(ls_explain) *table = NULL;

	(void)state;
	assert_int_equal(ls_explain_new(&table), 0);
	for (size_t i = 0; i < table->n; i++) {
		const char *words[] = { "explain", "--entries",		 "/nonexistent",
					"--",	   table->entries[i].id, NULL };
		char screen[SCREEN_MAX];

		print_message("%s\n", table->entries[i].id);
		assert_int_equal(show(words, screen), CLI_FINE);
		for (const char *line = screen; *line; line = strchr(line, '\n') + 1) {
			size_t columns = 0;

			for (const char *at = line; *at != '\n'; at++)
				columns += ((unsigned char)*at & 0xc0) != 0x80;
			print_message("%zu\n", columns);
			assert_true(columns <= 80);
		}
	}
}

static void
knows_every_check(void **state)
{
	ls_auto(ls_explain) *table = NULL;

	(void)state;
	assert_int_equal(ls_explain_new(&table), 0);
	assert_non_null(check_rule_id(0));
	for (size_t i = 0; check_rule_id(i); i++) {
		print_message("%s\n", check_rule_id(i));
		assert_true(ls_explain_knows(table, check_rule_id(i)));
	}
}

static void
reads_entries_of_users(void **state)
{
	static const char text[] = "[E77]\ntitle = E77: the press is open\nmeans = Close it.\n";
	char dir[] = "explain-XXXXXX", path[64], screen[SCREEN_MAX];
	const char *words[] = { "explain", "e77", "--entries", dir, NULL };
	FILE *file;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/press.ini", dir);
	file = fopen(path, "we");
	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(show(words, screen), CLI_FINE);
	assert_string_equal(screen, "E77: the press is open\nMeans:  Close it.\n");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(dir), 0);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(prints_an_entry),	  cmocka_unit_test(says_what_is_near),
		cmocka_unit_test(fits_on_80_columns),	  cmocka_unit_test(knows_every_check),
		cmocka_unit_test(reads_entries_of_users),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
