/* Labels of cables that a user sets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/label.h"
#include "tests/unit/lib/scenario.h"

static const struct ls_device twin = { .vid = 0x05ac, .pid = 0x12a8, .serial = "00008030" };
static const struct ls_device hub = { .vid = 0x05e3, .pid = 0x0610, .device_class = 9 };
static const struct ls_device named_hub = {
	.vid = 0x2109, .pid = 0x0813, .device_class = 9, .serial = "a;b"
};

static void
say(struct scenario *scenario, uint64_t at_ms, const char *port, const char *label)
{
	struct ls_observation obs = {
		.at = { 1000 * LS_SEC + at_ms * LS_MS,
			(int64_t)(1700000000 * LS_SEC + at_ms * LS_MS) },
		.kind = LS_OBS_CABLE,
	};

	snprintf(obs.port, sizeof(obs.port), "%s", port);
	snprintf(obs.label, sizeof(obs.label), "%s", label);
	ls_engine_observe(scenario->engine, &obs);
}

static void
a_label_ends_the_session_and_begins_another(void **state)
{
	struct scenario *scenario = *state;
	const struct ls_session *one = &scenario->sessions[0], *next = &scenario->sessions[1];

	scenario_plug(scenario, 100, "1-1", 5, &scenario_phone);
	say(scenario, 10100, "1-1", "white 2 m");
	assert_int_equal(scenario->n_sessions, 2);
	assert_false(one->open);
	assert_string_equal(one->cable, "");
	assert_true(one->connected_us > 9900 * LS_MS && one->connected_us <= 10000 * LS_MS);
	assert_true(next->open && next->present);
	assert_string_equal(next->cable, "white 2 m");
	assert_false(next->cable_assumed);
	assert_int_equal(next->began.mono_us, one->ended.mono_us);
	assert_int_equal(next->present_since.mono_us, next->began.mono_us);
	assert_int_equal(next->connected_us, 0);
	assert_string_equal(next->device.serial, scenario_phone.serial);
	assert_int_equal(scenario->n_events[LS_EVENT_CABLE], 1);
	assert_int_equal(scenario->n_incidents, 0);

	say(scenario, 20100, "1-1", "white 2 m"); /* the same again is the same session */
	assert_int_equal(scenario->n_sessions, 2);
	scenario_unplug(scenario, 30100, "1-1", 5);
	scenario_wait(scenario, 60000);
	assert_false(next->open);
	assert_int_equal(next->connected_us, 20000 * LS_MS);
}

/* A drop in between makes no new session, and no new question. */
static void
a_drop_keeps_the_label(void **state)
{
	struct scenario *scenario = *state;

	scenario_plug(scenario, 100, "1-1", 5, &scenario_phone);
	say(scenario, 2000, "1-1", "white");
	scenario_unplug(scenario, 20000, "1-1", 5);
	scenario_plug(scenario, 21000, "1-1", 6, &scenario_phone);
	scenario_wait(scenario, 60000);
	assert_int_equal(scenario->n_sessions, 2);
	assert_string_equal(scenario->sessions[1].cable, "white");
	assert_false(scenario->sessions[1].cable_assumed);
	assert_int_equal(scenario->incidents[0].session, scenario->sessions[1].id);
}

static void
a_label_can_be_said_while_the_device_is_away(void **state)
{
	struct scenario *scenario = *state;

	scenario_plug(scenario, 100, "1-1", 5, &scenario_phone);
	scenario_unplug(scenario, 20000, "1-1", 5);
	say(scenario, 20500, "1-1", "blue");
	scenario_plug(scenario, 21000, "1-1", 6, &scenario_phone);
	scenario_wait(scenario, 40000);
	assert_int_equal(scenario->n_sessions, 2);
	assert_int_equal(scenario->sessions[0].connected_us, 19900 * LS_MS);
	assert_string_equal(scenario->sessions[1].cable, "blue");
	assert_true(scenario->sessions[1].open && scenario->sessions[1].present);
}

/* 1-1 has "white" with the phone, which is unplugged and stays away. */
static void
label_and_unplug(struct scenario *scenario)
{
	scenario_plug(scenario, 100, "1-1", 5, &scenario_phone);
	say(scenario, 2000, "1-1", "white");
	scenario_unplug(scenario, 5000, "1-1", 5);
	scenario_wait(scenario, 60000);
	assert_int_equal(scenario->n_sessions, 2);
}

static void
the_label_is_assumed_when_the_device_comes_back(void **state)
{
	struct scenario *scenario = *state;
	const struct ls_session *back = &scenario->sessions[2];

	label_and_unplug(scenario);
	scenario_plug(scenario, 61000, "1-1", 6, &scenario_phone);
	assert_string_equal(back->cable, "white");
	assert_true(back->cable_assumed);
	assert_int_equal(scenario->n_events[LS_EVENT_CABLE], 2);
	assert_int_equal(scenario->last_event.kind, LS_EVENT_CABLE);
	assert_string_equal(scenario->last_event.what,
			    "assuming cable \"white\" as before; if it is "
			    "another one: linkstat cable 1-1 LABEL");
	say(scenario, 62000, "1-1", "white"); /* set now: no assumption any more */
	assert_int_equal(scenario->n_sessions, 3);
	assert_false(back->cable_assumed);
	say(scenario, 63000, "1-1", "");
	assert_int_equal(scenario->n_sessions, 4);
	assert_string_equal(scenario->sessions[3].cable, "");
	scenario_unplug(scenario, 64000, "1-1", 6);
	scenario_wait(scenario, 100000);
	scenario_plug(scenario, 101000, "1-1", 7, &scenario_phone);
	assert_string_equal(scenario->sessions[4].cable, ""); /* forgotten is forgotten */
}

static void
nothing_is_assumed_of_others(void **state)
{
	static const struct {
		const char *port;
		const struct ls_device *device;
		bool in_use; /* elsewhere */
	} cases[] = {
		{ "1-1", &twin, false },
		{ "1-2", &scenario_phone, false },
		{ "1-1", &scenario_phone, true },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		struct scenario *scenario = calloc(1, sizeof(*scenario));

		print_message("%zu\n", i);
		scenario_begin(scenario);
		label_and_unplug(scenario);
		scenario_plug(scenario, 60500, "1-3", 9, &twin);
		if (cases[i].in_use)
			say(scenario, 60600, "1-3", "white");
		scenario_plug(scenario, 61000, cases[i].port, 6, cases[i].device);
		assert_string_equal(scenario->sessions[scenario->n_sessions - 1].socket.name,
				    cases[i].port);
		assert_string_equal(scenario->sessions[scenario->n_sessions - 1].cable, "");
		assert_false(scenario->sessions[scenario->n_sessions - 1].cable_assumed);
		scenario_end(scenario);
		free(scenario);
	}
}

static void
labels_are_restored(void **state)
{
	struct scenario *scenario = *state;
	struct ls_session before = {
		.socket = { "pci-0000:00:14.0-usb-0:1", "1-1" },
		.device = scenario_phone,
		.cable = "white",
	};

	ls_engine_restore_cable(scenario->engine, &before);
	for (unsigned int i = 0; i < LS_MAX_CABLES - 1; i++) { /* as many as there is room for */
		snprintf(before.socket.id_path, sizeof(before.socket.id_path), "other-%u", i);
		ls_engine_restore_cable(scenario->engine, &before);
	}
	scenario_plug(scenario, 100, "1-1", 5, &scenario_phone);
	assert_string_equal(scenario->sessions[0].cable, "white");
	scenario_unplug(scenario, 5000, "1-1", 5);
	scenario_wait(scenario, 60000);
	snprintf(before.socket.id_path, sizeof(before.socket.id_path), "one more");
	ls_engine_restore_cable(scenario->engine, &before);
	scenario_plug(scenario, 61000, "1-1", 6, &scenario_phone);
	assert_string_equal(scenario->sessions[1].cable, "");
}

static void
the_history_can_be_corrected(void **state)
{
	struct scenario *scenario = *state;
	struct ls_session news;
	const struct ls_session *open;

	scenario_plug(scenario, 100, "1-1", 5, &scenario_phone);
	scenario_wait(scenario, 5000);
	news = scenario->sessions[0];
	news.id = ls_engine_next_session_id(scenario->engine);
	news.began.mono_us += LS_SEC;
	snprintf(news.cable, sizeof(news.cable), "red");
	assert_int_equal(ls_engine_correct_session(scenario->engine, 99, &news), 0);
	assert_int_equal(ls_engine_correct_session(scenario->engine, 1, &news), 1);
	open = ls_engine_session_on(scenario->engine, "pci-0000:00:14.0-usb-0:1");
	assert_non_null(open);
	assert_int_equal(open->id, 2);
	assert_string_equal(open->cable, "red");
	assert_null(ls_engine_session_on(scenario->engine, "1-9"));
	say(scenario, 6000, "1-1", "blue");
	assert_int_equal(scenario->sessions[scenario->n_sessions - 1].id, 3);
}

static void
hubs_are_named_from_the_root_outward(void **state)
{
	struct scenario *scenario = *state;

	scenario_plug(scenario, 100, "1-1", 5, &hub);
	scenario_plug(scenario, 2000, "1-1.4", 6, &named_hub);
	scenario_plug(scenario, 4000, "1-1.4.2", 7, &scenario_phone);
	assert_int_equal(scenario->n_sessions, 3);
	assert_true(scenario->sessions[0].hubs_known);
	assert_string_equal(scenario->sessions[0].hubs, "");
	assert_string_equal(scenario->sessions[1].hubs, "05e3:0610 at pci-0000:00:14.0-usb-0:1");
	assert_string_equal(scenario->sessions[2].hubs,
			    "05e3:0610 at pci-0000:00:14.0-usb-0:1;2109:0813:a,b");
}

static void
labels_are_checked(void **state)
{
	static const struct {
		const char *label;
		int cable, socket;
	} cases[] = {
		{ "white 2 m", 1, 1 },
		{ "weiß, 2 m", 1, 1 },
		{ "1-2 left", 1, 1 },
		{ "", 0, 0 },
		{ " a", 0, 0 },
		{ "a ", 0, 0 },
		{ "a\nb", 0, 0 },
		{ "a\033[1mb", 0, 0 },
		{ "\xff", 0, 0 },
		{ "\xe2\x80\xae"
		  "abc",
		  0, 0 }, /* right-to-left override */
		{ "123456789012345678901234567890123456789012345678901234567890123", 1, 1 },
		{ "1234567890123456789012345678901234567890123456789012345678901234", 0, 0 },
		{ "\u2800", 0, 0 }, /* blanks that look like nothing */
		{ "\u00a0", 0, 0 },
		{ "white\u20032 m", 0, 0 },
		{ "\u3000white", 0, 0 },
		{ "1-2", 1, 0 },
		{ "1-2.4", 1, 0 },
		{ "usb1", 1, 0 },
		{ "pci-0000:00:14.0", 1, 0 },
		{ "x-usb-0:1", 1, 0 },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		const char *why = NULL;

		print_message("%zu\n", i);
		assert_int_equal(ls_label_check(cases[i].label, &why) == 1, cases[i].cable);
		assert_int_equal(why == NULL, cases[i].cable);
		why = NULL;
		assert_int_equal(ls_label_check_socket(cases[i].label, &why) == 1, cases[i].socket);
		assert_int_equal(why == NULL, cases[i].socket);
	}
}

int
main(void)
{
#define SCENARIO(test) cmocka_unit_test_setup_teardown(test, scenario_set_up, scenario_tear_down)
	const struct CMUnitTest tests[] = {
		SCENARIO(a_label_ends_the_session_and_begins_another),
		SCENARIO(a_drop_keeps_the_label),
		SCENARIO(a_label_can_be_said_while_the_device_is_away),
		SCENARIO(the_label_is_assumed_when_the_device_comes_back),
		SCENARIO(nothing_is_assumed_of_others),
		SCENARIO(labels_are_restored),
		SCENARIO(the_history_can_be_corrected),
		SCENARIO(hubs_are_named_from_the_root_outward),
		cmocka_unit_test(labels_are_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
