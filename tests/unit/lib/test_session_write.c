#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/wire/session_json.h"
#include "lib/wire/session_table.h"
#include "lib/wire/session_write.h"

static const struct {
	struct ls_trial trial;
	const char *row, *json;
} cases[] = {
	{ { .hours = 0 },
	  ",,,,,,,0,0,,0,0,0,0,,,,\n",
	  "{\"start\":null,\"host\":null,\"controller\":null,\"port\":null,\"hubs\":[],"
	  "\"cable\":null,\"device\":null,\"connected_hours\":0.0,\"drops\":0,\"model\":null,"
	  "\"drops_by_power\":0,\"drops_by_host\":0,\"drops_by_hub\":0,\"drops_by_device\":0,"
	  "\"loaded_hours\":null,\"drops_under_load\":null,\"neighbour_hours\":null,"
	  "\"drops_with_neighbour\":null}" },
	{ { .start_us = INT64_C(1795356011500000),
	    .names = { [LS_COMPONENT_HOST] = "bench",
		       [LS_COMPONENT_CONTROLLER] = "pci-0000:00:14.0",
		       [LS_COMPONENT_PORT] = "1-4",
		       [LS_COMPONENT_CABLE] = "5\" white, 2 m",
		       [LS_COMPONENT_DEVICE] = "#1",
		       [LS_COMPONENT_MODEL] = "iPhone" },
	    .hubs = { "VL813", "a;b" },
	    .n_hubs = 2,
	    .hours = 1.25,
	    .drops = 10,
	    .drops_by_power = 1,
	    .drops_by_host = 2,
	    .drops_by_hub = 3,
	    .drops_by_device = 4,
	    .conditions = { [LS_CONDITION_LOAD] = { true, 0.5, 9 },
			    [LS_CONDITION_NEIGHBOUR] = { true, 0, 0 } } },
	  "2026-11-22T14:00:11.500000Z,bench,pci-0000:00:14.0,1-4,VL813;a\\x3bb,"
	  "\"5\"\" white, 2 m\",\"#1\",1.25,10,iPhone,1,2,3,4,0.5,9,0,0\n",
	  "{\"start\":\"2026-11-22T14:00:11.500000Z\",\"host\":\"bench\","
	  "\"controller\":\"pci-0000:00:14.0\",\"port\":\"1-4\",\"hubs\":[\"VL813\",\"a;b\"],"
	  "\"cable\":\"5\\\" white, 2 m\",\"device\":\"#1\",\"connected_hours\":1.25,\"drops\":10,"
	  "\"model\":\"iPhone\",\"drops_by_power\":1,\"drops_by_host\":2,\"drops_by_hub\":3,"
	  "\"drops_by_device\":4,\"loaded_hours\":0.5,\"drops_under_load\":9,"
	  "\"neighbour_hours\":0.0,\"drops_with_neighbour\":0}" },
};

static void
writes_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		ls_json_auto json_t *object = ls_session_json(&cases[i].trial);
		char row[LS_SESSION_ROW_MAX], *text = json_dumps(object, LS_WIRE_DUMP);

		assert_int_equal(ls_session_write(&cases[i].trial, row), 1);
		assert_string_equal(row, cases[i].row);
		assert_string_equal(text, cases[i].json);
		free(text);
	}
}

/* Less than 0 where it is not the trial that was written. */
static int
on_row(const struct ls_trial *trial, void *user)
{
	const struct ls_trial *want = user;
	char row[LS_SESSION_ROW_MAX], wanted[LS_SESSION_ROW_MAX];

	assert_int_equal(ls_session_write(trial, row), 1);
	assert_int_equal(ls_session_write(want, wanted), 1);
	assert_string_equal(row, wanted);
	return 0;
}

static const char *const formulas[] = {
	"=HYPERLINK(\"http://x\",\"y\")", "+1", "-2+3", "@SUM(A1)", "'=1", "''-1", "'plain", "a=b",
};

/* No spreadsheet runs what somebody called his cable, and it is the same name when it is read back. */
static void
writes_no_formulas(void **state)
{
	(void)state;
	for (size_t i = 0; i < LS_COUNT(formulas); i++) {
		ls_auto(ls_session_table) *table = NULL;
		struct ls_trial want = cases[1].trial;
		char row[LS_SESSION_ROW_MAX];

		print_message("%s\n", formulas[i]);
		want.names[LS_COMPONENT_CABLE] = want.names[LS_COMPONENT_DEVICE] = formulas[i];
		want.hubs[0] = formulas[i];
		want.n_hubs = 1;
		assert_int_equal(ls_session_write(&want, row), 1);
		for (const char *at = row; *at; at++) /* where a field begins */
			assert_false((*at == ',' || *at == '"') && at[1] && strchr("=+-@", at[1]));
		assert_int_equal(ls_session_table_new(on_row, &want, &table), 0);
		assert_int_equal(
			ls_session_table_feed(table, ls_session_header, strlen(ls_session_header)),
			0);
		assert_int_equal(ls_session_table_feed(table, row, strlen(row)), 0);
		assert_int_equal(ls_session_table_counts(table).n_rows, 1);
	}
}

static void
reads_what_it_wrote(void **state)
{
	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		ls_auto(ls_session_table) *table = NULL;
		struct ls_trial want = cases[i].trial;
		char row[LS_SESSION_ROW_MAX];

		assert_int_equal(ls_session_table_new(on_row, &want, &table), 0);
		assert_int_equal(ls_session_write(&want, row), 1);
		assert_int_equal(
			ls_session_table_feed(table, ls_session_header, strlen(ls_session_header)),
			0);
		assert_int_equal(ls_session_table_feed(table, row, strlen(row)), 0);
		assert_int_equal(ls_session_table_end(table), 0);
		assert_int_equal(ls_session_table_counts(table).n_rows, 1);
		assert_string_equal(ls_session_table_ignored(table), "");
	}
}

static void
reads_the_output_of_linkstatd(void **state)
{
	const struct ls_trial *want = &cases[1].trial;
	ls_json_auto json_t *object = json_loads(cases[1].json, 0, NULL);
	char why[LS_SESSION_WHY_MAX] = "";

	(void)state;
	assert_int_equal(ls_session_from_json(object, on_row, (void *)(uintptr_t)want, why), 1);
	json_object_set_new(object, "drops", json_null());
	assert_int_equal(ls_session_from_json(object, on_row, NULL, why), 0);
	json_object_set_new(object, "drops", json_string("x"));
	assert_int_equal(ls_session_from_json(object, on_row, NULL, why), -EBADMSG);
	assert_string_equal(why, "drops \"x\" is no count: allowed is a whole number, 0 or more");
}

/* Names of the largest size with all to be escaped. */
static void
has_room_for_any_row(void **state)
{
	char name[LS_COMPONENT_NAME_MAX], row[LS_SESSION_ROW_MAX];
	struct ls_trial trial = { .n_hubs = LS_TRIAL_HUBS_MAX, .hours = 1.0 / 3 };

	(void)state;
	memset(name, '"', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	for (int i = 0; i < LS_N_COMPONENT_KINDS; i++)
		trial.names[i] = name;
	for (int i = 0; i < LS_TRIAL_HUBS_MAX; i++)
		trial.hubs[i] = name;
	assert_int_equal(ls_session_write(&trial, row), 1);
	memset(name, ';', sizeof(name) - 1);
	assert_int_equal(ls_session_write(&trial, row), 1);
}

static void
refuses_what_is_no_row(void **state)
{
	struct ls_trial trial = { .hours = -1 };
	char row[LS_SESSION_ROW_MAX];

	(void)state;
	assert_int_equal(ls_session_write(&trial, row), -EINVAL);
	trial.hours = NAN;
	assert_int_equal(ls_session_write(&trial, row), -EINVAL);
	trial = (struct ls_trial){ .n_hubs = LS_TRIAL_HUBS_MAX + 1 };
	assert_int_equal(ls_session_write(&trial, row), -EINVAL);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_rows),
		cmocka_unit_test(writes_no_formulas),
		cmocka_unit_test(reads_what_it_wrote),
		cmocka_unit_test(reads_the_output_of_linkstatd),
		cmocka_unit_test(has_room_for_any_row),
		cmocka_unit_test(refuses_what_is_no_row),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
