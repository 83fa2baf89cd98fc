#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/print/words.h"
#include "cli/base/sanitize.h"
#include "cli/base/cli.h"
#include "cli/print/lines.h"
#include "cli/ask/problem.h"
#include "cli/report/data.h"
#include "cli/ask/schema.h"
#include "cli/commands/status.h"
#include "cli/print/tree.h"
#include "lib/model/record.h"

static json_t *
parse(const char *text)
{
	json_error_t error;
	json_t *value = json_loads(text, JSON_DECODE_ANY, &error);

	if (!value)
		print_message("%s: %s\n", text, error.text);
	assert_non_null(value);
	return value;
}

static void
judges_by_drops(void **state)
{
	static const struct {
		int (*verdict)(const json_t *answer);
		const char *answer;
		int want;
	} cases[] = {
		{ report_verdict, "{\"ports\":[]}", CLI_FINE },
		{ report_verdict, "{\"ports\":[{\"drops\":0,\"resets\":9}]}", CLI_FINE },
		{ report_verdict, "{\"ports\":[{\"drops\":0},{\"drops\":1}]}", CLI_PROBLEM },
		{ lines_exit_code, "[]", CLI_FINE },
		{ lines_exit_code, "[{\"drop\":false}]", CLI_FINE },
		{ lines_exit_code, "[{\"drop\":false},{\"drop\":true}]", CLI_PROBLEM },
		{ status_exit_code, "{\"ports\":[],\"sources\":[]}", CLI_FINE },
		{ status_exit_code, "{\"ports\":[{\"state\":\"ok\",\"drops\":0}]}", CLI_FINE },
		{ status_exit_code, "{\"ports\":[{\"state\":\"ok\",\"drops\":1}]}", CLI_PROBLEM },
		{ status_exit_code, "{\"ports\":[{\"state\":\"dropped\",\"drops\":0}]}",
		  CLI_PROBLEM },
		{ status_exit_code, "{\"sources\":[{\"sees\":false}]}", CLI_FINE },
		{ status_exit_code,
		  "{\"now\":\"2026-11-22T14:00:00Z\","
		  "\"last_drop\":{\"opened_at\":\"2026-11-21T14:00:01Z\"}}",
		  CLI_PROBLEM },
		{ status_exit_code,
		  "{\"now\":\"2026-11-22T14:00:00Z\","
		  "\"last_drop\":{\"opened_at\":\"2026-11-21T13:59:59Z\"}}",
		  CLI_FINE },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		ls_json_auto json_t *answer = parse(cases[i].answer);

		print_message("%s\n", cases[i].answer);
		assert_int_equal(cases[i].verdict(answer), cases[i].want);
	}
}

static void
has_a_sentence_for_each_error(void **state)
{
	static const struct {
		const char *error, *parameters;
		int want;
		const char *part;
	} cases[] = {
		{ "io.linkstat.NoSuchIncident", "{\"id\":77}", CLI_USAGE, "no incident 77" },
		{ "io.linkstat.NoSuchPort", "{\"port\":\"9-9\"}", CLI_USAGE, "\"9-9\"" },
		{ "io.linkstat.NoSuchPort", "{\"port\":\"\\u001b[2J\"}", CLI_USAGE, "\\x1b[2J" },
		{ "io.linkstat.NoSuchPort", "{}", CLI_USAGE, "\"?\"" },
		{ "io.linkstat.NoSuchPort", "{\"port\":{}}", CLI_USAGE, "\"?\"" },
		{ "io.linkstat.BadTime", "{\"field\":\"since\",\"why\":\"no\"}", CLI_USAGE,
		  "--since: no" },
		{ "io.linkstat.BadCursor", "{\"cursor\":\"x\"}", CLI_UNREACHABLE, "again" },
		{ "io.linkstat.HistoryUnavailable", "{\"reason\":\"disk\"}", CLI_UNREACHABLE,
		  "history: disk" },
		{ "org.varlink.service.ExpectedMore", "{\"method\":\"W\"}", CLI_UNREACHABLE,
		  "stream" },
		{ "io.linkstat.TooSlow", "{\"queued_bytes\":4194304}", CLI_UNREACHABLE, "4.0 MiB" },
		{ "io.linkstat.TooMany", "{\"limit\":\"clients\",\"maximum\":64}", CLI_UNREACHABLE,
		  "64 clients" },
		{ "org.varlink.service.MethodNotFound", "{\"method\":\"M\"}", CLI_UNREACHABLE,
		  "older" },
		{ "evil\033[2J", "{}", CLI_UNREACHABLE, "evil\\x1b[2J" },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		ls_json_auto json_t *reply = json_pack("{s:s, s:o}", "error", cases[i].error,
						       "parameters", parse(cases[i].parameters));
		char text[600] = "";

		print_message("%s\n", cases[i].error);
		assert_int_equal(problem_sentence(reply, text, sizeof(text)), cases[i].want);
		print_message("  %s\n", text);
		assert_non_null(strstr(text, cases[i].part));
	}
}

static void
keeps_long_errors_within_bounds(void **state)
{
	char *text = malloc(40), port[1000];
	ls_json_auto json_t *reply = NULL;

	(void)state;
	memset(port, 'x', sizeof(port));
	port[sizeof(port) - 1] = '\0';
	reply = json_pack("{s:s, s:{s:s}}", "error", "io.linkstat.NoSuchPort", "parameters", "port",
			  port);
	assert_non_null(text);
	problem_sentence(reply, text, 40);
	assert_int_equal(strlen(text), 39);
	free(text);
}

static void
refuses_replies_of_another_shape(void **state)
{
	static const struct {
		const char *method;
		const char *reply, *why; /* NULL: it is right */
	} cases[] = {
		{ "Report", "{\"gaps\":[],\"ports\":[]}", NULL },
		{ "Report", "{\"gaps\":[],\"ports\":[],\"newer\":[1]}", NULL },
		{ "Report", "[]", "not an object" },
		{ "Report", "{\"gaps\":[]}", "\"ports\"" },
		{ "Report", "{\"gaps\":[],\"ports\":{}}", "\"ports\"" },
		{ "Report", "{\"gaps\":[],\"ports\":null}", "\"ports\"" },
		{ "Report", "{\"gaps\":[3],\"ports\":[]}", "Gap" },
		{ "Report",
		  "{\"gaps\":[{\"source\":\"udev\",\"began_at\":\"today\",\"reason\":\"\"}],"
		  "\"ports\":[]}",
		  "\"began_at\" of a Gap" },
		{ "Report",
		  "{\"gaps\":[{\"source\":\"udev\",\"began_at\":\"2026-11-22T14:00:00Z\","
		  "\"reason\":\"\",\"lost\":\"many\"}],\"ports\":[]}",
		  "\"lost\" of a Gap" },
		{ "Report",
		  "{\"gaps\":[{\"source\":\"udev\",\"began_at\":\"2026-11-22T14:00:00Z\","
		  "\"reason\":\"\",\"lost\":9223372036854775807}],\"ports\":[]}",
		  "\"lost\" of a Gap" },
		{ "Watch", "{}", NULL },
		{ "Watch", "{\"ready\":true,\"event\":null}", NULL },
		{ "Watch", "{\"ready\":1}", "\"ready\"" },
		{ "Watch", "{\"event\":{}}", "\"at\" of a Event" },
		{ "ListEvents", "{\"events\":[],\"cursor\":null}", NULL },
		{ "ListEvents", "{\"events\":[],\"cursor\":7}", "\"cursor\"" },
		{ "GetIncident", "{\"incident\":null}", "\"incident\"" },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		ls_json_auto json_t *reply = parse(cases[i].reply);
		char why[SCHEMA_WHY_MAX], method[40];

		snprintf(method, sizeof(method), "io.linkstat.%s", cases[i].method);
		print_message("%s\n", cases[i].reply);
		if (!cases[i].why) {
			assert_int_equal(schema_check(method, reply, why), 1);
			continue;
		}
		assert_int_equal(schema_check(method, reply, why), -EBADMSG);
		print_message("  %s\n", why);
		assert_non_null(strstr(why, cases[i].why));
	}
}

static void
cleans_once_and_not_twice(void **state)
{
	static const struct {
		const char *text;
		bool utf8;
		const char *want;
	} cases[] = {
		{ "SanDisk", true, "SanDisk" },
		{ "a\033[31mb", true, "a\\x1b[31mb" },
		{ "a\\x1b[31mb", true, "a\\x1b[31mb" }, /* linkstatd has cleaned it */
		{ "\\x1b and \033", true, "\\x5cx1b and \\x1b" },
		{ "C:\\new", true, "C:\\new" },
		{ "ünd…", true, "ünd…" },
		{ "ünd… – 東", false, "?nd... - ?" },
		{ "\xe2\x80\xae", true, "\\u{202e}" },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		ls_json_auto json_t *tree = json_pack("[{s:s}]", "what", cases[i].text);
		char text[100];

		sanitize_text(text, sizeof(text), cases[i].text, cases[i].utf8);
		assert_string_equal(text, cases[i].want);
		assert_int_equal(sanitize_json(tree, cases[i].utf8), 0);
		assert_string_equal(
			json_string_value(json_object_get(json_array_get(tree, 0), "what")),
			cases[i].want);
	}
}

static void
survives_deep_and_long_text(void **state)
{
	ls_json_auto json_t *tree = NULL;
	char *deep = malloc(4001), *text = malloc(100000);

	(void)state;
	assert_non_null(deep);
	assert_non_null(text);
	memset(deep, '[', 2000);
	memset(deep + 2000, ']', 2000);
	deep[4000] = '\0';
	tree = parse(deep);
	assert_int_equal(sanitize_json(tree, true), 0);
	memset(text, '\033', 99999);
	text[99999] = '\0';
	assert_int_equal(json_array_append_new(tree, json_string(text)), 0);
	assert_int_equal(sanitize_json(tree, true), 0);
	assert_true(strlen(json_string_value(json_array_get(tree, 1))) < 4096);
	free(deep);
	free(text);
}

/* Nodes as "name(child child)". */
static void
draw(const struct tree *tree, size_t i, char *text, size_t size)
{
	size_t len = strlen(text);

	snprintf(text + len, size - len, "%s%s(", len > 0 && text[len - 1] != '(' ? " " : "",
		 json_string_value(json_object_get(tree->nodes[i].port, "name")));
	for (size_t child = tree->nodes[i].first_child; child != TREE_NONE;
	     child = tree->nodes[child].next)
		draw(tree, child, text, size);
	len = strlen(text);
	snprintf(text + len, size - len, ")");
}

static void
grows_trees_from_any_parents(void **state)
{
	static const struct {
		const char *ports, *want;
	} cases[] = {
		{ "[]", "" },
		{ "[{\"port\":\"b\",\"name\":\"1-10\"},{\"port\":\"a\",\"name\":\"1-2\"}]",
		  "1-2() 1-10()" },
		{ "[{\"port\":\"c\",\"name\":\"1-1.2\",\"parent\":\"a\"},"
		  "{\"port\":\"a\",\"name\":\"1-1\",\"parent\":\"gone\"},"
		  "{\"port\":\"b\",\"name\":\"1-1.1\",\"parent\":\"a\"}]",
		  "1-1(1-1.1() 1-1.2())" },
		{ "[{\"port\":\"a\",\"name\":\"1-1\",\"parent\":\"a\"}]", "1-1()" },
		{ "[{\"port\":\"a\",\"name\":\"1-1\",\"parent\":\"b\"},"
		  "{\"port\":\"b\",\"name\":\"1-2\",\"parent\":\"a\"}]",
		  "1-1() 1-2()" },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		ls_json_auto json_t *ports = parse(cases[i].ports);
		ls_auto(tree) *tree = NULL;
		char text[300] = "";

		assert_int_equal(tree_new(ports, &tree), 0);
		for (size_t n = 0; n < tree->n_nodes; n++)
			if (tree->nodes[n].parent == TREE_NONE)
				draw(tree, n, text, sizeof(text));
		assert_string_equal(text, cases[i].want);
	}
}

static void
explains_each_cause_here_and_in_the_manual(void **state)
{
	static char manual[60000];
	const char *build = getenv("BUILD_DIR");
	char path[1000], name[100];
	FILE *file;

	(void)state;
	snprintf(path, sizeof(path), "%s/cli/linkstat.1", build ? build : "build");
	file = fopen(path, "r");
	assert_non_null(file);
	assert_true(fread(manual, 1, sizeof(manual) - 1, file) > 1000);
	fclose(file);
	for (int cause = 0; cause < LS_N_CAUSES; cause++) {
		const char *wire = ls_cause_name((enum ls_cause)cause);
		size_t len = (size_t)snprintf(name, sizeof(name), "\n.BR ");

		print_message("%s\n", wire);
		assert_non_null(words_cause_row(wire)->meaning);
		assert_non_null(words_cause_row(wire)->next);
		for (const char *p = wire; *p; p++) /* as roff writes a hyphen that is one */
			len += (size_t)snprintf(name + len, sizeof(name) - len,
						*p == '-' ? "\\%c" : "%c", *p);
		assert_non_null(strstr(manual, name));
	}
	for (int side = LS_SIDE_UNKNOWN + 1; side < LS_N_SIDES; side++)
		assert_non_null(words_side(ls_side_name((enum ls_side)side)));
	assert_ptr_equal(words_cause_row("no such cause"), words_cause_row("unknown"));
	assert_string_equal(words_cause("no such cause"), "no such cause");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(judges_by_drops),
		cmocka_unit_test(has_a_sentence_for_each_error),
		cmocka_unit_test(keeps_long_errors_within_bounds),
		cmocka_unit_test(refuses_replies_of_another_shape),
		cmocka_unit_test(cleans_once_and_not_twice),
		cmocka_unit_test(survives_deep_and_long_text),
		cmocka_unit_test(grows_trees_from_any_parents),
		cmocka_unit_test(explains_each_cause_here_and_in_the_manual),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
