/* Labels of cables that a user sets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/label.h"
#include "tests/unit/lib/story.h"

static const struct ls_device phone = {
	.vid = 0x05ac, .pid = 0x12a8, .serial = "00008020", .product = "iPhone"
};
static const struct ls_device twin = { .vid = 0x05ac, .pid = 0x12a8, .serial = "00008030" };
static const struct ls_device hub = { .vid = 0x05e3, .pid = 0x0610, .device_class = 9 };
static const struct ls_device named_hub = {
	.vid = 0x2109, .pid = 0x0813, .device_class = 9, .serial = "a;b"
};

static int
setup(void **state)
{
	struct story *story = calloc(1, sizeof(*story));

	story_begin(story);
	*state = story;
	return 0;
}

static int
teardown(void **state)
{
	story_end(*state);
	free(*state);
	return 0;
}

static void
say(struct story *story, uint64_t at_ms, const char *port, const char *label)
{
	struct ls_observation obs = {
		.at = { 1000 * LS_SEC + at_ms * LS_MS,
			(int64_t)(1700000000 * LS_SEC + at_ms * LS_MS) },
		.kind = LS_OBS_CABLE,
	};

	snprintf(obs.port, sizeof(obs.port), "%s", port);
	snprintf(obs.label, sizeof(obs.label), "%s", label);
	ls_engine_observe(story->engine, &obs);
}

static void
a_label_ends_the_session_and_begins_another(void **state)
{
	struct story *story = *state;
	const struct ls_session *one = &story->sessions[0], *next = &story->sessions[1];

	story_plug(story, 100, "1-1", 5, &phone);
	say(story, 10100, "1-1", "white 2 m");
	assert_int_equal(story->n_sessions, 2);
	assert_false(one->open);
	assert_string_equal(one->cable, "");
	assert_true(one->connected_us > 9900 * LS_MS && one->connected_us <= 10000 * LS_MS);
	assert_true(next->open && next->present);
	assert_string_equal(next->cable, "white 2 m");
	assert_false(next->cable_assumed);
	assert_int_equal(next->began.mono_us, one->ended.mono_us);
	assert_int_equal(next->present_since.mono_us, next->began.mono_us);
	assert_int_equal(next->connected_us, 0);
	assert_string_equal(next->device.serial, phone.serial);
	assert_int_equal(story->n_events[LS_EVENT_CABLE], 1);
	assert_int_equal(story->n_incidents, 0);

	say(story, 20100, "1-1", "white 2 m"); /* the same again is the same session */
	assert_int_equal(story->n_sessions, 2);
	story_pull(story, 30100, "1-1", 5);
	story_wait(story, 60000);
	assert_false(next->open);
	assert_int_equal(next->connected_us, 20000 * LS_MS);
}

/* A drop in between makes no new session, and no new question. */
static void
a_drop_keeps_the_label(void **state)
{
	struct story *story = *state;

	story_plug(story, 100, "1-1", 5, &phone);
	say(story, 2000, "1-1", "white");
	story_pull(story, 20000, "1-1", 5);
	story_plug(story, 21000, "1-1", 6, &phone);
	story_wait(story, 60000);
	assert_int_equal(story->n_sessions, 2);
	assert_string_equal(story->sessions[1].cable, "white");
	assert_false(story->sessions[1].cable_assumed);
	assert_int_equal(story->incidents[0].session, story->sessions[1].id);
}

static void
a_label_can_be_said_while_the_device_is_away(void **state)
{
	struct story *story = *state;

	story_plug(story, 100, "1-1", 5, &phone);
	story_pull(story, 20000, "1-1", 5);
	say(story, 20500, "1-1", "blue");
	story_plug(story, 21000, "1-1", 6, &phone);
	story_wait(story, 40000);
	assert_int_equal(story->n_sessions, 2);
	assert_int_equal(story->sessions[0].connected_us, 19900 * LS_MS);
	assert_string_equal(story->sessions[1].cable, "blue");
	assert_true(story->sessions[1].open && story->sessions[1].present);
}

/* 1-1 has "white" with the phone, which is unplugged and stays away. */
static void
label_and_unplug(struct story *story)
{
	story_plug(story, 100, "1-1", 5, &phone);
	say(story, 2000, "1-1", "white");
	story_pull(story, 5000, "1-1", 5);
	story_wait(story, 60000);
	assert_int_equal(story->n_sessions, 2);
}

static void
the_label_is_assumed_when_the_device_comes_back(void **state)
{
	struct story *story = *state;
	const struct ls_session *back = &story->sessions[2];

	label_and_unplug(story);
	story_plug(story, 61000, "1-1", 6, &phone);
	assert_string_equal(back->cable, "white");
	assert_true(back->cable_assumed);
	assert_int_equal(story->n_events[LS_EVENT_CABLE], 2);
	assert_int_equal(story->last_event.kind, LS_EVENT_CABLE);
	assert_string_equal(story->last_event.what, "assuming cable \"white\" as before; if it is "
						    "another one: linkstat cable 1-1 LABEL");
	say(story, 62000, "1-1", "white"); /* set now: no assumption any more */
	assert_int_equal(story->n_sessions, 3);
	assert_false(back->cable_assumed);
	say(story, 63000, "1-1", "");
	assert_int_equal(story->n_sessions, 4);
	assert_string_equal(story->sessions[3].cable, "");
	story_pull(story, 64000, "1-1", 6);
	story_wait(story, 100000);
	story_plug(story, 101000, "1-1", 7, &phone);
	assert_string_equal(story->sessions[4].cable, ""); /* forgotten is forgotten */
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
		{ "1-2", &phone, false },
		{ "1-1", &phone, true },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		struct story *story = calloc(1, sizeof(*story));

		print_message("%zu\n", i);
		story_begin(story);
		label_and_unplug(story);
		story_plug(story, 60500, "1-3", 9, &twin);
		if (cases[i].in_use)
			say(story, 60600, "1-3", "white");
		story_plug(story, 61000, cases[i].port, 6, cases[i].device);
		assert_string_equal(story->sessions[story->n_sessions - 1].socket.name,
				    cases[i].port);
		assert_string_equal(story->sessions[story->n_sessions - 1].cable, "");
		assert_false(story->sessions[story->n_sessions - 1].cable_assumed);
		story_end(story);
		free(story);
	}
}

static void
labels_are_restored(void **state)
{
	struct story *story = *state;
	struct ls_session before = {
		.socket = { "pci-0000:00:14.0-usb-0:1", "1-1" },
		.device = phone,
		.cable = "white",
	};

	ls_engine_restore_cable(story->engine, &before);
	for (unsigned int i = 0; i < LS_MAX_CABLES - 1; i++) { /* as many as there is room for */
		snprintf(before.socket.id_path, sizeof(before.socket.id_path), "other-%u", i);
		ls_engine_restore_cable(story->engine, &before);
	}
	story_plug(story, 100, "1-1", 5, &phone);
	assert_string_equal(story->sessions[0].cable, "white");
	story_pull(story, 5000, "1-1", 5);
	story_wait(story, 60000);
	snprintf(before.socket.id_path, sizeof(before.socket.id_path), "one more");
	ls_engine_restore_cable(story->engine, &before);
	story_plug(story, 61000, "1-1", 6, &phone);
	assert_string_equal(story->sessions[1].cable, "");
}

static void
the_history_can_be_corrected(void **state)
{
	struct story *story = *state;
	struct ls_session news;
	const struct ls_session *open;

	story_plug(story, 100, "1-1", 5, &phone);
	story_wait(story, 5000);
	news = story->sessions[0];
	news.id = ls_engine_next_session_id(story->engine);
	news.began.mono_us += LS_SEC;
	snprintf(news.cable, sizeof(news.cable), "red");
	assert_int_equal(ls_engine_correct_session(story->engine, 99, &news), 0);
	assert_int_equal(ls_engine_correct_session(story->engine, 1, &news), 1);
	open = ls_engine_session_on(story->engine, "pci-0000:00:14.0-usb-0:1");
	assert_non_null(open);
	assert_int_equal(open->id, 2);
	assert_string_equal(open->cable, "red");
	assert_null(ls_engine_session_on(story->engine, "1-9"));
	say(story, 6000, "1-1", "blue");
	assert_int_equal(story->sessions[story->n_sessions - 1].id, 3);
}

static void
hubs_are_named_from_the_root_outward(void **state)
{
	struct story *story = *state;

	story_plug(story, 100, "1-1", 5, &hub);
	story_plug(story, 2000, "1-1.4", 6, &named_hub);
	story_plug(story, 4000, "1-1.4.2", 7, &phone);
	assert_int_equal(story->n_sessions, 3);
	assert_true(story->sessions[0].hubs_known);
	assert_string_equal(story->sessions[0].hubs, "");
	assert_string_equal(story->sessions[1].hubs, "05e3:0610 at pci-0000:00:14.0-usb-0:1");
	assert_string_equal(story->sessions[2].hubs,
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
#define STORY(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
	const struct CMUnitTest tests[] = {
		STORY(a_label_ends_the_session_and_begins_another),
		STORY(a_drop_keeps_the_label),
		STORY(a_label_can_be_said_while_the_device_is_away),
		STORY(the_label_is_assumed_when_the_device_comes_back),
		STORY(nothing_is_assumed_of_others),
		STORY(labels_are_restored),
		STORY(the_history_can_be_corrected),
		STORY(hubs_are_named_from_the_root_outward),
		cmocka_unit_test(labels_are_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
