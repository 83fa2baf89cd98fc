#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/engine/causes.h"
#include "lib/families/families.h"
#include "tests/unit/lib/story.h"

/* Restores of an iPhone with the shipped table of families. Times away as logs show them. */

static const struct ls_device normal = {
	.vid = 0x05ac, .pid = 0x12a8, .bcd_device = 0x1503, .serial = "00008020000B654E3C92002E"
};
static const struct ls_device updated = {
	.vid = 0x05ac, .pid = 0x12a8, .bcd_device = 0x1702, .serial = "00008020000B654E3C92002E"
};
static const struct ls_device recovery = {
	.vid = 0x05ac,
	.pid = 0x1281,
	.serial = "SDOM:01 CPID:8020 CPRV:11 CPFM:03 SCEP:01 BDID:0E ECID:000B654E3C92002E IBFL:3D",
};
static const struct ls_device recovery_of_another = {
	.vid = 0x05ac,
	.pid = 0x1281,
	.serial = "SDOM:01 CPID:8020 CPRV:11 CPFM:03 SCEP:01 BDID:0E ECID:000B654E3C920FFF IBFL:3D",
};
static const struct ls_device dfu = {
	.vid = 0x05ac,
	.pid = 0x1227,
	.serial = "CPID:8020 CPRV:11 CPFM:03 SCEP:01 BDID:0E ECID:000B654E3C92002E IBFL:3C",
};

struct tale {
	struct story story;
	struct ls_families *families;
	uint64_t t;
	unsigned int devnum;
};

static int
setup(void **state)
{
	struct tale *tale = calloc(1, sizeof(*tale));

	assert_int_equal(ls_families_new(&tale->families), 0);
	story_begin_with(&tale->story, tale->families);
	story_tell(&tale->story, 0, LS_SOURCE_USBMON, LS_OBS_SOURCE_SEES, "", 0);
	tale->t = 1000;
	tale->devnum = 5;
	*state = tale;
	return 0;
}

static int
teardown(void **state)
{
	struct tale *tale = *state;

	story_end(&tale->story);
	ls_families_free(tale->families);
	free(tale);
	return 0;
}

static void
plug(struct tale *tale, const struct ls_device *device)
{
	story_plug(&tale->story, tale->t, "1-1", tale->devnum, device);
}

static void
leaves(struct tale *tale, uint64_t stays_ms)
{
	struct ls_observation went = {
		.kind = LS_OBS_PORT_STATUS,
		.devnum = 1,
		.hub_port = 1,
		.hub_event = LS_HUB_PORT_STATUS,
		.port_bits = LS_PORT_C_CONNECTION | LS_PORT_POWERED,
	};

	tale->t += stays_ms;
	story_usbmon(&tale->story, tale->t - 5, &went);
	story_pull(&tale->story, tale->t, "1-1", tale->devnum++);
}

/* It stays, leaves, is away, and comes back as @device. */
static void
turns(struct tale *tale, uint64_t stays_ms, uint64_t away_ms, const struct ls_device *device)
{
	leaves(tale, stays_ms);
	tale->t += away_ms;
	plug(tale, device);
}

static void
flow(struct tale *tale, uint64_t after_ms, uint32_t kib)
{
	struct ls_observation obs = {
		.kind = LS_OBS_FLOW,
		.devnum = (uint16_t)tale->devnum,
		.kib_per_s = kib,
		.n_pending = kib ? 0 : 2,
	};

	tale->t += after_ms;
	story_usbmon(&tale->story, tale->t, &obs);
}

static const struct ls_incident *
last(struct tale *tale, size_t n)
{
	story_wait(&tale->story, tale->t + 400000);
	assert_int_equal(tale->story.n_incidents, n);
	return &tale->story.incidents[n - 1];
}

static void
restore_begins(struct tale *tale)
{
	plug(tale, &normal);
	turns(tale, 60000, 7000, &recovery);
	turns(tale, 8000, 3000, &recovery);
	turns(tale, 9000, 14000, &normal);
}

static void
a_restore_is_four_changes_of_mode_and_no_drop(void **state)
{
	struct tale *tale = *state;

	restore_begins(tale);
	flow(tale, 2000, 30000);
	flow(tale, 300000, 0);
	turns(tale, 5000, 25000, &updated);
	(void)last(tale, 4);
	for (size_t i = 0; i < 4; i++) {
		assert_string_equal(ls_cause_name(tale->story.incidents[i].cause), "mode-switch");
		assert_false(tale->story.incidents[i].drop);
		assert_int_equal(tale->story.incidents[i].n_disconnects, 1);
	}
	assert_string_equal(tale->story.incidents[0].mode, "normal use");
	assert_string_equal(tale->story.incidents[0].mode_after, "recovery mode");
	assert_string_equal(tale->story.incidents[3].mode, "restore mode");
	assert_int_equal(tale->story.n_sessions, 1);
	assert_string_equal(tale->story.sessions[0].mode, "normal use");
	assert_int_equal(tale->story.n_events[LS_EVENT_MODE], 4);
}

static void
stages_that_follow_at_once_are_changes_of_their_own(void **state)
{
	struct tale *tale = *state;

	plug(tale, &normal);
	turns(tale, 10000, 1000, &recovery);
	turns(tale, 1500, 500, &recovery);
	turns(tale, 1500, 700, &normal);
	(void)last(tale, 3);
	for (size_t i = 0; i < 3; i++)
		assert_string_equal(ls_cause_name(tale->story.incidents[i].cause), "mode-switch");
}

static void
what_leaves_in_mid_upload_did_not_start_its_loader(void **state)
{
	struct tale *tale = *state;
	const struct ls_incident *drop;

	plug(tale, &recovery);
	flow(tale, 2000, 30000);
	turns(tale, 2500, 1000, &recovery);
	drop = last(tale, 1);
	assert_string_equal(ls_cause_name(drop->cause), "link-loss");
	assert_true(drop->drop);
	assert_string_equal(tale->story.sessions[0].mode, "recovery mode");
}

static void
a_short_upload_before_it_leaves_was_its_loader(void **state)
{
	struct tale *tale = *state;

	plug(tale, &recovery);
	flow(tale, 2000, 600);
	turns(tale, 900, 1000, &recovery);
	assert_string_equal(ls_cause_name(last(tale, 1)->cause), "mode-switch");
}

static void
without_usbmon_a_loader_that_looks_the_same_may_be_a_lost_link(void **state)
{
	struct tale *tale = *state;

	story_tell(&tale->story, 0, LS_SOURCE_USBMON, LS_OBS_SOURCE_BLIND, "", 0);
	plug(tale, &normal);
	turns(tale, 60000, 7000, &recovery);
	turns(tale, 8000, 1000, &recovery); /* the link was lost, or iBEC began … */
	turns(tale, 8000, 3000, &recovery); /* … so this is iBEC, or the link was lost */
	turns(tale, 9000, 14000, &normal);
	turns(tale, 20000, 5000, &recovery);
	assert_string_equal(ls_cause_name(last(tale, 5)->cause), "device-reset");
	for (size_t i = 0; i < 4; i++) {
		const char *want = i == 1 || i == 2 ? "unknown" : "mode-switch";

		assert_string_equal(ls_cause_name(tale->story.incidents[i].cause), want);
		assert_false(tale->story.incidents[i].drop);
	}
}

static void
a_drop_in_mid_restore_is_a_lost_link(void **state)
{
	struct tale *tale = *state;
	const struct ls_incident *drop;

	restore_begins(tale);
	flow(tale, 2000, 30000);
	turns(tale, 200000, 1300, &normal);
	drop = last(tale, 4);
	assert_string_equal(ls_cause_name(drop->cause), "link-loss");
	assert_true(drop->drop);
	assert_string_equal(drop->mode, "restore mode");
	assert_true(drop->in_mode_us > 200 * LS_SEC);
	assert_string_equal(tale->story.sessions[0].mode, "restore mode");
}

static void
a_long_drop_while_data_flowed_is_no_end_of_the_restore(void **state)
{
	struct tale *tale = *state;

	restore_begins(tale);
	flow(tale, 2000, 30000);
	turns(tale, 200000, 15000, &normal);
	assert_string_equal(ls_cause_name(last(tale, 4)->cause), "link-loss");
}

static void
back_in_recovery_means_that_it_rebooted(void **state)
{
	struct tale *tale = *state;
	const struct ls_incident *drop;

	restore_begins(tale);
	flow(tale, 2000, 30000);
	turns(tale, 200000, 9000, &recovery);
	drop = last(tale, 4);
	assert_string_equal(ls_cause_name(drop->cause), "device-reset");
	assert_true(drop->drop);
	assert_int_equal(drop->side, LS_SIDE_DEVICE);
	assert_string_equal(drop->mode_after, "recovery mode");
}

static void
what_never_comes_back_escalates_on_time(void **state)
{
	struct tale *tale = *state;
	const struct ls_incident *incident = &tale->story.incidents[3];

	restore_begins(tale);
	leaves(tale, 200000);
	story_wait(&tale->story, tale->t + 60000);
	assert_true(incident->open);
	assert_true(incident->settled);
	assert_false(incident->drop);
	assert_string_equal(incident->why, "it left restore mode; expected back within 300 s");
	assert_string_equal(ls_cause_name(last(tale, 4)->cause), "link-loss");
	assert_true(incident->drop);
	assert_false(incident->open);
}

static void
a_phone_in_normal_use_is_called_unplugged_soon(void **state)
{
	struct tale *tale = *state;

	plug(tale, &normal);
	leaves(tale, 60000);
	story_wait(&tale->story, tale->t + 11000);
	assert_int_equal(tale->story.n_incidents, 1);
	assert_string_equal(ls_cause_name(tale->story.incidents[0].cause), "unplugged");
	assert_true(tale->story.incidents[0].open); /* it may still come back in recovery mode */
	tale->t += 40000;
	plug(tale, &recovery);
	assert_string_equal(ls_cause_name(last(tale, 1)->cause), "mode-switch");
}

static void
a_phone_plugged_in_again_later_was_unplugged(void **state)
{
	struct tale *tale = *state;

	plug(tale, &normal);
	turns(tale, 60000, 50000, &normal);
	assert_string_equal(ls_cause_name(last(tale, 1)->cause), "unplugged");
	assert_false(tale->story.incidents[0].drop);
	assert_int_equal(tale->story.n_sessions, 2);
}

static void
checkm8_cycles_are_no_drops(void **state)
{
	struct tale *tale = *state;

	plug(tale, &dfu);
	for (int i = 0; i < 6; i++)
		turns(tale, 3000, 250, &dfu);
	story_wait(&tale->story, tale->t + 400000);
	for (size_t i = 0; i < tale->story.n_incidents; i++) {
		assert_string_equal(ls_cause_name(tale->story.incidents[i].cause), "mode-switch");
		assert_false(tale->story.incidents[i].drop);
	}
	assert_int_equal(tale->story.n_incidents, 6);
}

static void
another_phone_in_recovery_is_another_phone(void **state)
{
	struct tale *tale = *state;

	plug(tale, &normal);
	turns(tale, 60000, 5000, &recovery_of_another);
	assert_string_equal(ls_cause_name(last(tale, 1)->cause), "unplugged");
	assert_int_equal(tale->story.n_sessions, 2);
}

static void
silence_in_restore_mode_is_a_stall(void **state)
{
	struct tale *tale = *state;
	const struct ls_incident *stall;

	restore_begins(tale);
	flow(tale, 2000, 30000);
	flow(tale, 60000, 0);
	story_wait(&tale->story, tale->t + 29000);
	assert_int_equal(tale->story.n_incidents, 3);
	story_wait(&tale->story, tale->t + 31000);
	assert_int_equal(tale->story.n_incidents, 4);
	assert_string_equal(ls_cause_name(tale->story.incidents[3].cause), "stall");
	assert_true(tale->story.incidents[3].open);
	flow(tale, 90000, 20000);
	stall = last(tale, 4);
	assert_false(stall->open);
	assert_false(stall->drop);
	assert_int_equal(tale->story.n_events[LS_EVENT_STALL], 1);
}

static void
a_pause_in_normal_use_is_no_stall(void **state)
{
	struct tale *tale = *state;

	plug(tale, &normal);
	flow(tale, 5000, 30000);
	flow(tale, 5000, 0);
	story_wait(&tale->story, tale->t + 100000);
	assert_int_equal(tale->story.n_incidents, 0);
}

static void
a_wire_that_breaks_before_is_no_change_of_mode(void **state)
{
	struct tale *tale = *state;
	struct ls_observation broken = {
		.kind = LS_OBS_TRANSFER_ERRORS, .devnum = 5, .n_failed = 4, .status = -71
	};

	plug(tale, &recovery);
	story_usbmon(&tale->story, tale->t + 4000, &broken);
	turns(tale, 6000, 1300, &recovery);
	assert_string_equal(ls_cause_name(last(tale, 1)->cause), "link-loss");
	assert_string_equal(tale->story.sessions[0].mode, "recovery mode");
}

#define STORY(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		STORY(a_restore_is_four_changes_of_mode_and_no_drop),
		STORY(stages_that_follow_at_once_are_changes_of_their_own),
		STORY(what_leaves_in_mid_upload_did_not_start_its_loader),
		STORY(a_short_upload_before_it_leaves_was_its_loader),
		STORY(without_usbmon_a_loader_that_looks_the_same_may_be_a_lost_link),
		STORY(a_drop_in_mid_restore_is_a_lost_link),
		STORY(a_long_drop_while_data_flowed_is_no_end_of_the_restore),
		STORY(back_in_recovery_means_that_it_rebooted),
		STORY(what_never_comes_back_escalates_on_time),
		STORY(a_phone_in_normal_use_is_called_unplugged_soon),
		STORY(a_phone_plugged_in_again_later_was_unplugged),
		STORY(checkm8_cycles_are_no_drops),
		STORY(another_phone_in_recovery_is_another_phone),
		STORY(silence_in_restore_mode_is_a_stall),
		STORY(a_wire_that_breaks_before_is_no_change_of_mode),
		STORY(a_pause_in_normal_use_is_no_stall),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
