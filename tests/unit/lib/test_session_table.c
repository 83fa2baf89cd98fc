#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/wire/session_table.h"

#define HEADER "start,host,controller,port,hubs,cable,device,connected_hours,drops\n"
#define NEEDED "cable,connected_hours,drops\n"

struct result {
	char rows[4096];
	int stop_with;
};

static const char *
or_dash(const char *name)
{
	return name && *name ? name : "-";
}

/* A row in one line: all names, hours, drops, the start in seconds. */
static int
on_row(const struct ls_trial *trial, void *user)
{
	struct result *result = user;
	size_t len = strlen(result->rows);
	char hubs[1024] = "";

	for (size_t i = 0; i < trial->n_hubs; i++)
		snprintf(hubs + strlen(hubs), sizeof(hubs) - strlen(hubs), "%s%s", i ? ">" : "",
			 trial->hubs[i]);
	snprintf(result->rows + len, sizeof(result->rows) - len,
		 "%s|%s|%s|%s|%s|%s|%s %g h %u (%u %u %u %u) @%lld\n",
		 or_dash(trial->names[LS_COMPONENT_HOST]),
		 or_dash(trial->names[LS_COMPONENT_CONTROLLER]),
		 or_dash(trial->names[LS_COMPONENT_PORT]), or_dash(hubs),
		 or_dash(trial->names[LS_COMPONENT_CABLE]),
		 or_dash(trial->names[LS_COMPONENT_DEVICE]),
		 or_dash(trial->names[LS_COMPONENT_MODEL]), trial->hours, trial->drops,
		 trial->drops_by_power, trial->drops_by_host, trial->drops_by_hub,
		 trial->drops_by_device, (long long)(trial->start_us / 1000000));
	return result->stop_with;
}

/* All at once, or in pieces of one byte. */
static int
read_text(const char *text, size_t len, size_t piece, struct result *result,
	  struct ls_session_table **ret)
{
	int r = 0;

	result->rows[0] = '\0';
	assert_int_equal(ls_session_table_new(on_row, result, ret), 0);
	for (size_t i = 0; r == 0 && i < len; i += piece)
		r = ls_session_table_feed(*ret, text + i, len - i < piece ? len - i : piece);
	return r == 0 ? ls_session_table_end(*ret) : r;
}

static void
reads_rows(void **state)
{
	static const struct {
		const char *text, *rows;
	} cases[] = {
		{ "", "" },
		{ HEADER, "" },
		{ HEADER "2026-11-22T14:00:00Z,bench,00:14.0,1-4,,white 2 m,iPhone,1.2,6\n",
		  "bench|00:14.0|1-4|-|white 2 m|iPhone|- 1.2 h 6 (0 0 0 0) @1795356000\n" },
		{ "drops, CABLE ,colour,connected_hours\n3, a b ,red,.5",
		  "-|-|-|-|a b|-|- 0.5 h 3 (0 0 0 0) @0\n" },
		{ "\xef\xbb\xbf" NEEDED "\r\n# it's \"mine\r\n  # too\r\na,1,0\r\n \t\r\nb,2,1\r\n",
		  "-|-|-|-|a|-|- 1 h 0 (0 0 0 0) @0\n-|-|-|-|b|-|- 2 h 1 (0 0 0 0) @0\n" },
		{ NEEDED "\"5\"\" a,b\n# no comment\",1,2\n\"#3\", \"1\" ,0\n",
		  "-|-|-|-|5\" a,b\\x0a# no comment|-|- 1 h 2 (0 0 0 0) @0\n"
		  "-|-|-|-|#3|-|- 1 h 0 (0 0 0 0) @0\n" },
		{ NEEDED ",,\na,1,0,,\n", "-|-|-|-|a|-|- 1 h 0 (0 0 0 0) @0\n" },
		{ NEEDED "a,1e-3,2.0\rb,0,0\r",
		  "-|-|-|-|a|-|- 0.001 h 2 (0 0 0 0) @0\n-|-|-|-|b|-|- 0 h 0 (0 0 0 0) @0\n" },
		{ "hubs,connected_hours,drops,model,drops_by_power,drops_by_host,drops_by_hub,"
		  "drops_by_device\n a ; ;b\\x3bc;,1,10,Pixel,1,2,3,4\n",
		  "-|-|-|a>b;c|-|-|Pixel 1 h 10 (1 2 3 4) @0\n" },
		{ NEEDED "\x1b[2J\xff,1,0\na\\x5cx,1,0\n",
		  "-|-|-|-|\\x1b[2J\\xff|-|- 1 h 0 (0 0 0 0) @0\n"
		  "-|-|-|-|a\\x5cx|-|- 1 h 0 (0 0 0 0) @0\n" },
		{ "{\"cable\":\"a\",\"hubs\":[\"x\",null,\"y;z\"],\"connected_hours\":1.5,"
		  "\"drops\":2,\"device\":null,\"id\":7}\n\n# c\n"
		  "{\"started_at\":\"1970-01-01 00:00:09\",\"hubs\":\"p;q\","
		  "\"connected_hours\":\"2\",\"drops\":1,\"drops_by_hub\":1}",
		  "-|-|-|x>y;z|a|-|- 1.5 h 2 (0 0 0 0) @0\n"
		  "-|-|-|p>q|-|-|- 2 h 1 (0 0 1 0) @9\n" },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		size_t len = strlen(cases[i].text);

		print_message("%s\n", cases[i].text);
		for (size_t piece = 1; piece <= len + 2; piece += len + 1) {
			ls_auto(ls_session_table) *table = NULL;
			struct result result = { 0 };

			assert_int_equal(read_text(cases[i].text, len, piece, &result, &table), 0);
			assert_string_equal(result.rows, cases[i].rows);
			assert_string_equal(ls_session_table_why(table), "");
		}
	}
}

static void
knows_times(void **state)
{
	static const struct {
		const char *start, *seconds; /* NULL: refused */
	} cases[] = {
		{ "2026-11-22T14:00:11Z", "@1795356011\n" },
		{ "2026-11-22T15:00:11.5+01:00", "@1795356011\n" },
		{ "2026-11-22 14:00:11", "@1795356011\n" },
		{ "2026-11-22 14:00", "@1795356000\n" },
		{ "2026-11-22 14:00Z", "@1795356000\n" },
		{ "2026-11-22 15:00+01:00", "@1795356000\n" },
		{ "2026-11-22 09:00-05:00", "@1795356000\n" },
		{ "2026-11-22", "@1795305600\n" },
		{ "1795356011.75", "@1795356011\n" },
		{ "@1795356011", "@1795356011\n" },
		{ "", "@0\n" },
		{ "2026-13-22", NULL },
		{ "2026-11-22 25:00", NULL },
		{ "2026-11-22 14", NULL },
		{ "22.11.2026", NULL },
		{ "yesterday", NULL },
		{ "1899-12-30", NULL },
		{ "999999999999", NULL },
		{ "2026-11-22T14:00:11ZZ", NULL },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		ls_auto(ls_session_table) *table = NULL;
		struct result result = { 0 };
		char text[200];
		int r;

		print_message("%s\n", cases[i].start);
		snprintf(text, sizeof(text), "start," NEEDED "%s,a,1,0\n", cases[i].start);
		r = read_text(text, strlen(text), 4096, &result, &table);
		assert_int_equal(r, cases[i].seconds ? 0 : -EBADMSG);
		assert_non_null(strstr(cases[i].seconds ? result.rows : ls_session_table_why(table),
				       cases[i].seconds ? cases[i].seconds : "start \""));
	}
}

static void
reports_errors_with_their_line(void **state)
{
	static const struct {
		const char *text, *why;
		unsigned int line;
	} cases[] = {
		{ "a,b\n", "connected_hours is not among them", 1 },
		{ "\n#\nconnected_hours\n", "drops is not among them", 3 },
		{ "2026-11-22,bench,1,2\n", "first row must name", 1 },
		{ "start;cable;connected_hours;drops\n", "separated by \";\"", 1 },
		{ "drops,drops,connected_hours\n", "drops is there twice", 1 },
		{ NEEDED "a,\"0,5\",1\n", "connected_hours \"0,5\" has a decimal comma", 2 },
		{ NEEDED "a,0,5,1\n", "more values than", 2 },
		{ NEEDED "a,1\n", "2 values, but the first row names 3", 2 },
		{ NEEDED "a,1 h,1\n", "connected_hours \"1 h\" is no number", 2 },
		{ NEEDED "a,-1,1\n", "connected_hours \"-1\" is no number", 2 },
		{ NEEDED "a,1e7,1\n", "is no number of hours", 2 },
		{ NEEDED "a,nan,1\n", "connected_hours \"nan\"", 2 },
		{ NEEDED "a,1e999,1\n", "connected_hours \"1e999\"", 2 },
		{ NEEDED "a,0x10,1\n", "connected_hours \"0x10\"", 2 },
		{ NEEDED "a,1,0\nb,1,1.5\n", "drops \"1.5\" is no count", 3 },
		{ NEEDED "a,1,-1\n", "drops \"-1\" is no count", 2 },
		{ NEEDED "a,1,many\n", "drops \"many\" is no count", 2 },
		{ NEEDED "a,1,5000000000\n", "drops \"5000000000\"", 2 },
		{ NEEDED "\n\"a,1,1\nb,1,1\n", "is not closed", 3 },
		{ NEEDED "5\" white,1,1\n", "in quotes", 2 },
		{ "drops,connected_hours,drops_by_hub,drops_by_host\n2,1,1,2\n", "less than", 2 },
		{ "drops,connected_hours,loaded_hours\n2,1,1.1\n",
		  "loaded_hours is more than connected_hours", 2 },
		{ "drops,connected_hours,neighbour_hours,drops_with_neighbour\n2,1,1,3\n",
		  "drops_with_neighbour is more than drops", 2 },
		{ "hubs," NEEDED "a;b;c;d;e;f;g,x,1,1\n", "more than 6 hubs", 2 },
		{ "\xff\xfe"
		  "a",
		  "UTF-16", 1 },
		{ "{\"drops\":1}\n{\"drops\":", "no JSON", 2 },
		{ "{\"connected_hours\":true,\"drops\":1}", "connected_hours is of the wrong kind",
		  1 },
		{ "{\"cable\":5}", "cable is of the wrong kind", 1 },
		{ "{\"hubs\":[5]}", "hubs is of the wrong kind", 1 },
		{ "{\"connected_hours\":\"1,5\"}", "decimal comma", 1 },
		{ "{}\n[]\n", "no object", 2 },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		ls_auto(ls_session_table) *table = NULL;
		struct result result = { 0 };
		int r = read_text(cases[i].text, strlen(cases[i].text), 4096, &result, &table);

		print_message("%s\n%s\n", cases[i].text, ls_session_table_why(table));
		assert_int_equal(r, -EBADMSG);
		assert_non_null(strstr(ls_session_table_why(table), cases[i].why));
		assert_int_equal(ls_session_table_line(table), cases[i].line);
		assert_int_equal(ls_session_table_feed(table, "\n", 1), -EBADMSG);
	}
}

static void
leaves_out_what_is_no_evidence(void **state)
{
	static const char text[] = "cable,connected_hours,drops,kable,x;y\n"
				   "a,1,0,,\nb,,1,,\nc,1,,,\n,,,,\nd,2,1,,\n";
	ls_auto(ls_session_table) *table = NULL;
	struct result result = { 0 };

	(void)state;
	assert_int_equal(read_text(text, strlen(text), 4096, &result, &table), 0);
	assert_int_equal(ls_session_table_counts(table).n_rows, 2);
	assert_int_equal(ls_session_table_counts(table).n_left_out, 2);
	assert_string_equal(ls_session_table_ignored(table), "\"kable\", \"x;y\"");
}

static void
a_callback_can_stop_it(void **state)
{
	static const char text[] = NEEDED "a,1,0\nb,1,0\n";
	ls_auto(ls_session_table) *table = NULL;
	struct result result = { .stop_with = -ENOSPC };

	(void)state;
	assert_int_equal(read_text(text, strlen(text), 4096, &result, &table), -ENOSPC);
	assert_string_equal(result.rows, "-|-|-|-|a|-|- 1 h 0 (0 0 0 0) @0\n");
	assert_int_equal(ls_session_table_line(table), 2);
}

/* Neither a line without an end nor a quote without an end makes memory grow. */
static void
bounds_lines_and_names(void **state)
{
	static const struct {
		const char *begin, *repeat, *why;
	} cases[] = {
		{ NEEDED, "x", "longer than 64 KiB" },
		{ NEEDED "\"", "x\n", "longer than 64 KiB" },
		{ NEEDED "\"", ",", "longer than 64 KiB" },
		{ "", "a,", "longer than 64 KiB" },
		{ "", "a;b,c\n", "more" },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		ls_auto(ls_session_table) *table = NULL;
		struct result result = { 0 };
		int r;

		print_message("%s%s…\n", cases[i].begin, cases[i].repeat);
		assert_int_equal(ls_session_table_new(on_row, &result, &table), 0);
		r = ls_session_table_feed(table, cases[i].begin, strlen(cases[i].begin));
		for (int n = 0; r == 0 && n < 100000; n++)
			r = ls_session_table_feed(table, cases[i].repeat, strlen(cases[i].repeat));
		assert_int_equal(r, -EBADMSG);
		if (i < 4)
			assert_non_null(strstr(ls_session_table_why(table), cases[i].why));
	}
}

static void
takes_names_as_long_as_a_trial_has_room(void **state)
{
	(void)state;
	for (size_t len = LS_COMPONENT_NAME_MAX - 2; len <= LS_COMPONENT_NAME_MAX + 1; len++) {
		ls_auto(ls_session_table) *table = NULL;
		struct result result = { 0 };
		char text[400], name[LS_COMPONENT_NAME_MAX + 2];
		int r;

		memset(name, 'n', len);
		name[len] = '\0';
		snprintf(text, sizeof(text), NEEDED "%s,1,0\n", name);
		r = read_text(text, strlen(text), 4096, &result, &table);
		assert_int_equal(r, len < LS_COMPONENT_NAME_MAX ? 0 : -EBADMSG);
		if (r < 0)
			assert_non_null(strstr(ls_session_table_why(table), "too long"));
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_rows),
		cmocka_unit_test(knows_times),
		cmocka_unit_test(reports_errors_with_their_line),
		cmocka_unit_test(leaves_out_what_is_no_evidence),
		cmocka_unit_test(a_callback_can_stop_it),
		cmocka_unit_test(bounds_lines_and_names),
		cmocka_unit_test(takes_names_as_long_as_a_trial_has_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
