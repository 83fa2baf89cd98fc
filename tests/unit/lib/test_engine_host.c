#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/engine/causes.h"
#include "tests/unit/lib/story.h"

/* What the machine around the link adds: Type-C, speed, sleep, and how the computer was. */

static const struct ls_device phone = {
	.vid = 0x05ac, .pid = 0x12a8, .serial = "00008020", .product = "iPhone"
};
static const struct ls_device fast = {
	.vid = 0x0781, .pid = 0x5581, .serial = "S1", .speed = LS_SPEED_SUPER
};
static const struct ls_device fast_at_high = {
	.vid = 0x0781, .pid = 0x5581, .serial = "S1", .speed = LS_SPEED_HIGH
};
static const struct ls_observation went = {
	.kind = LS_OBS_PORT_STATUS,
	.devnum = 1,
	.hub_port = 1,
	.hub_event = LS_HUB_PORT_STATUS,
	.port_bits = LS_PORT_C_CONNECTION | LS_PORT_POWERED,
};

static int
setup(void **state)
{
	struct story *story = calloc(1, sizeof(*story));

	story_begin(story);
	story_tell(story, 0, LS_SOURCE_USBMON, LS_OBS_SOURCE_SEES, "", 0);
	story_plug(story, 100, "1-1", 5, &phone);
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
only(struct story *story, enum ls_cause cause, enum ls_side side, bool drop)
{
	story_wait(story, 400000);
	assert_int_equal(story->n_incidents, 1);
	assert_string_equal(ls_cause_name(story->incidents[0].cause), ls_cause_name(cause));
	assert_string_equal(ls_side_name(story->incidents[0].side), ls_side_name(side));
	assert_int_equal(story->incidents[0].drop, drop);
	assert_false(story->incidents[0].open);
}

static void
an_empty_type_c_connector_is_sure(void **state)
{
	struct story *story = *state;

	story_usbmon(story, 8990, &went);
	story_pull(story, 9000, "1-1", 5);
	story_tell(story, 9050, LS_SOURCE_UDEV, LS_OBS_PARTNER_GONE, "1-1", 0);
	only(story, LS_CAUSE_UNPLUGGED, LS_SIDE_UNKNOWN, false);
	assert_true(story->incidents[0].confidence > 0.95);
}

static void
a_connector_that_empties_before_the_device_leaves(void **state)
{
	struct story *story = *state;

	story_usbmon(story, 8990, &went);
	story_tell(story, 8995, LS_SOURCE_UDEV, LS_OBS_PARTNER_GONE, "1-1", 0);
	story_pull(story, 9000, "1-1", 5);
	only(story, LS_CAUSE_UNPLUGGED, LS_SIDE_UNKNOWN, false);
	assert_true(story->incidents[0].confidence > 0.95);
}

static void
a_charger_that_is_pulled_is_no_incident(void **state)
{
	struct story *story = *state;

	story_tell(story, 5000, LS_SOURCE_UDEV, LS_OBS_PARTNER_GONE, "1-2", 0);
	story_tell(story, 6000, LS_SOURCE_UDEV, LS_OBS_PARTNER_GONE, "1-1", 0);
	story_wait(story, 60000);
	assert_int_equal(story->n_incidents, 0);
}

static void
a_connector_that_was_empty_once_says_nothing_of_the_next_loss(void **state)
{
	struct story *story = *state;

	story_usbmon(story, 8990, &went);
	story_tell(story, 8995, LS_SOURCE_UDEV, LS_OBS_PARTNER_GONE, "1-1", 0);
	story_pull(story, 9000, "1-1", 5);
	story_plug(story, 10000, "1-1", 6, &phone);
	story_usbmon(story, 10990, &went);
	story_pull(story, 11000, "1-1", 6);
	only(story, LS_CAUSE_LINK_LOSS, LS_SIDE_LINK, true);
	assert_false(story->incidents[0].facts & LS_FACT_PARTNER_GONE);
}

static void
a_device_that_comes_back_slower(void **state)
{
	struct story *story = *state;

	story_plug(story, 100, "1-2", 7, &fast);
	story_pull(story, 9000, "1-2", 7);
	story_plug(story, 9500, "1-2", 8, &fast_at_high);
	story_wait(story, 60000);
	assert_int_equal(story->n_events[LS_EVENT_SPEED_DOWNGRADE], 1);
}

static const struct ls_device other_fast = {
	.vid = 0x0781, .pid = 0x5581, .serial = "S2", .speed = LS_SPEED_HIGH
};

/* One stay at @first on @port, long over; then one of @then on 1-3. */
static unsigned int
n_slower(struct story *story, const char *port, const struct ls_device *first,
	 const struct ls_device *then)
{
	struct ls_observation peer = { .kind = LS_OBS_CONNECTED, .device = then, .devnum = 8 };

	story_plug(story, 1000, port, 7, first);
	story_pull(story, 9000, port, 7);
	story_wait(story, 90000);
	memcpy(peer.port, "1-3", 4);
	memcpy(peer.peer, "2-3", 4);
	story_observe(story, 100000, LS_SOURCE_UDEV, &peer);
	story_wait(story, 200000);
	return story->n_events[LS_EVENT_SPEED_DOWNGRADE];
}

static void
a_device_that_was_faster_in_an_earlier_stay(void **state)
{
	static const struct ls_device slow_hub = {
		.vid = 0x0781, .pid = 0x5581, .device_class = 9, .speed = LS_SPEED_HIGH
	};
	static const struct {
		const char *port;
		const struct ls_device *first, *then;
		unsigned int want;
	} cases[] = {
		{ "1-3", &fast, &fast_at_high, 1 },
		{ "2-3", &fast, &fast_at_high, 1 }, /* on the other half of the socket */
		{ "2-4", &fast, &fast_at_high, 0 }, /* on another socket */
		{ "1-3", &fast_at_high, &fast, 0 },
		{ "2-3", &fast, &other_fast, 0 },
		{ "2-3", &phone, &fast_at_high, 0 },
		{ "2-3", &fast, &slow_hub, 0 },
	};

	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		void *fresh;

		(void)state;
		print_message("%zu\n", i);
		setup(&fresh);
		assert_int_equal(n_slower(fresh, cases[i].port, cases[i].first, cases[i].then),
				 cases[i].want);
		teardown(&fresh);
	}
}

static void
each_slow_stay_is_told(void **state)
{
	struct story *story = *state;

	story_plug(story, 1000, "1-3", 7, &fast);
	for (unsigned int i = 0; i < 3; i++) {
		story_pull(story, 20000 * (i + 1), "1-3", 7 + i);
		story_plug(story, 20000 * (i + 1) + 15000, "1-3", 8 + i, &fast_at_high);
	}
	story_wait(story, 200000);
	assert_int_equal(story->n_events[LS_EVENT_SPEED_DOWNGRADE], 3);
}

/* The time of the other witness is relative to that of the first. */
static void
one_sleep_is_told_once(void **state)
{
	static const struct {
		enum ls_source first, second;
		enum ls_obs_kind kind;
		uint64_t apart_ms;
		unsigned int want;
	} cases[] = {
		{ LS_SOURCE_KERNEL_LOG, LS_SOURCE_HOST, LS_OBS_WAKE, 40, 1 },
		{ LS_SOURCE_HOST, LS_SOURCE_KERNEL_LOG, LS_OBS_WAKE, 40, 1 },
		{ LS_SOURCE_HOST, LS_SOURCE_KERNEL_LOG, LS_OBS_SLEEP, 5000, 1 },
		{ LS_SOURCE_KERNEL_LOG, LS_SOURCE_KERNEL_LOG, LS_OBS_WAKE, 4000, 2 },
		{ LS_SOURCE_KERNEL_LOG, LS_SOURCE_HOST, LS_OBS_WAKE, 60000, 2 },
	};

	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		struct story *story;
		void *fresh;

		(void)state;
		print_message("%zu\n", i);
		setup(&fresh);
		story = fresh;
		story_tell(story, 5000, cases[i].first, cases[i].kind, "", 0);
		story_tell(story, 5000 + cases[i].apart_ms, cases[i].second, cases[i].kind, "", 0);
		assert_int_equal(story->n_events[cases[i].kind == LS_OBS_SLEEP ? LS_EVENT_SLEEP
									       : LS_EVENT_WAKE],
				 cases[i].want);
		teardown(&fresh);
	}
}

static void
the_hosts_word_of_a_wake_up_explains_a_loss(void **state)
{
	struct story *story = *state;

	story_tell(story, 9000, LS_SOURCE_HOST, LS_OBS_WAKE, "", 0);
	story_usbmon(story, 9090, &went);
	story_pull(story, 9100, "1-1", 5);
	story_plug(story, 10000, "1-1", 6, &phone);
	only(story, LS_CAUSE_SUSPEND, LS_SIDE_HOST, false);
}

static void
the_hosts_state_is_evidence(void **state)
{
	struct story *story = *state;

	story_usbmon(story, 8990, &went);
	story_pull(story, 9000, "1-1", 5);
	story_tell(story, 9050, LS_SOURCE_HOST, LS_OBS_HOST, "1-1", 0);
	only(story, LS_CAUSE_UNPLUGGED, LS_SIDE_UNKNOWN, false);
	assert_true(story->incidents[0].sources & 1U << LS_SOURCE_HOST);
}

#define STORY(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		STORY(an_empty_type_c_connector_is_sure),
		STORY(a_connector_that_empties_before_the_device_leaves),
		STORY(a_charger_that_is_pulled_is_no_incident),
		STORY(a_connector_that_was_empty_once_says_nothing_of_the_next_loss),
		STORY(a_device_that_comes_back_slower),
		STORY(a_device_that_was_faster_in_an_earlier_stay),
		STORY(each_slow_stay_is_told),
		STORY(one_sleep_is_told_once),
		STORY(the_hosts_word_of_a_wake_up_explains_a_loss),
		STORY(the_hosts_state_is_evidence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
