#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/engine/causes.h"
#include "lib/families/families.h"
#include "tests/unit/lib/scenario.h"

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

struct restore {
	struct scenario scenario;
	struct ls_families *families;
	uint64_t t;
	unsigned int devnum;
};

static int
setup(void **state)
{
	struct restore *restore = calloc(1, sizeof(*restore));

	assert_int_equal(ls_families_new(&restore->families), 0);
	scenario_begin_with(&restore->scenario, restore->families);
	scenario_observe(&restore->scenario, 0, LS_SOURCE_USBMON, LS_OBS_SOURCE_AVAILABLE, "", 0);
	restore->t = 1000;
	restore->devnum = 5;
	*state = restore;
	return 0;
}

static int
teardown(void **state)
{
	struct restore *restore = *state;

	scenario_end(&restore->scenario);
	ls_families_free(restore->families);
	free(restore);
	return 0;
}

static void
plug(struct restore *restore, const struct ls_device *device)
{
	scenario_plug(&restore->scenario, restore->t, "1-1", restore->devnum, device);
}

static void
leaves(struct restore *restore, uint64_t stays_ms)
{
	restore->t += stays_ms;
	scenario_usbmon(&restore->scenario, restore->t - 5, &scenario_connection_lost);
	scenario_unplug(&restore->scenario, restore->t, "1-1", restore->devnum++);
}

/* It stays connected, disconnects, and returns as @device. */
static void
turns(struct restore *restore, uint64_t stays_ms, uint64_t away_ms, const struct ls_device *device)
{
	leaves(restore, stays_ms);
	restore->t += away_ms;
	plug(restore, device);
}

static void
flow(struct restore *restore, uint64_t after_ms, uint32_t kib)
{
	struct ls_observation obs = {
		.kind = LS_OBS_FLOW,
		.devnum = (uint16_t)restore->devnum,
		.kib_per_s = kib,
		.n_pending = kib ? 0 : 2,
	};

	restore->t += after_ms;
	scenario_usbmon(&restore->scenario, restore->t, &obs);
}

static const struct ls_incident *
last(struct restore *restore, size_t n)
{
	scenario_wait(&restore->scenario, restore->t + 400000);
	assert_int_equal(restore->scenario.n_incidents, n);
	return &restore->scenario.incidents[n - 1];
}

static void
restore_begins(struct restore *restore)
{
	plug(restore, &normal);
	turns(restore, 60000, 7000, &recovery);
	turns(restore, 8000, 3000, &recovery);
	turns(restore, 9000, 14000, &normal);
}

static void
a_restore_is_four_changes_of_mode_and_no_drop(void **state)
{
	struct restore *restore = *state;

	restore_begins(restore);
	flow(restore, 2000, 30000);
	flow(restore, 300000, 0);
	turns(restore, 5000, 25000, &updated);
	(void)last(restore, 4);
	for (size_t i = 0; i < 4; i++) {
		assert_string_equal(ls_cause_name(restore->scenario.incidents[i].cause),
				    "mode-switch");
		assert_false(restore->scenario.incidents[i].drop);
		assert_int_equal(restore->scenario.incidents[i].n_disconnects, 1);
	}
	assert_string_equal(restore->scenario.incidents[0].mode, "normal use");
	assert_string_equal(restore->scenario.incidents[0].mode_after, "recovery mode");
	assert_string_equal(restore->scenario.incidents[3].mode, "restore mode");
	assert_int_equal(restore->scenario.n_sessions, 1);
	assert_string_equal(restore->scenario.sessions[0].mode, "normal use");
	assert_int_equal(restore->scenario.n_events[LS_EVENT_MODE], 4);
}

static void
stages_that_follow_at_once_are_changes_of_their_own(void **state)
{
	struct restore *restore = *state;

	plug(restore, &normal);
	turns(restore, 10000, 1000, &recovery);
	turns(restore, 1500, 500, &recovery);
	turns(restore, 1500, 700, &normal);
	(void)last(restore, 3);
	for (size_t i = 0; i < 3; i++)
		assert_string_equal(ls_cause_name(restore->scenario.incidents[i].cause),
				    "mode-switch");
}

static void
what_leaves_in_mid_upload_did_not_start_its_loader(void **state)
{
	struct restore *restore = *state;
	const struct ls_incident *drop;

	plug(restore, &recovery);
	flow(restore, 2000, 30000);
	turns(restore, 2500, 1000, &recovery);
	drop = last(restore, 1);
	assert_string_equal(ls_cause_name(drop->cause), "link-loss");
	assert_true(drop->drop);
	assert_string_equal(restore->scenario.sessions[0].mode, "recovery mode");
}

static void
a_short_upload_before_it_leaves_was_its_loader(void **state)
{
	struct restore *restore = *state;

	plug(restore, &recovery);
	flow(restore, 2000, 600);
	turns(restore, 900, 1000, &recovery);
	assert_string_equal(ls_cause_name(last(restore, 1)->cause), "mode-switch");
}

static void
without_usbmon_a_loader_that_looks_the_same_may_be_a_lost_link(void **state)
{
	struct restore *restore = *state;

	scenario_observe(&restore->scenario, 0, LS_SOURCE_USBMON, LS_OBS_SOURCE_UNAVAILABLE, "", 0);
	plug(restore, &normal);
	turns(restore, 60000, 7000, &recovery);
	turns(restore, 8000, 1000, &recovery); /* the link was lost, or iBEC began … */
	turns(restore, 8000, 3000, &recovery); /* … so this is iBEC, or the link was lost */
	turns(restore, 9000, 14000, &normal);
	turns(restore, 20000, 5000, &recovery);
	assert_string_equal(ls_cause_name(last(restore, 5)->cause), "device-reset");
	for (size_t i = 0; i < 4; i++) {
		const char *want = i == 1 || i == 2 ? "unknown" : "mode-switch";

		assert_string_equal(ls_cause_name(restore->scenario.incidents[i].cause), want);
		assert_false(restore->scenario.incidents[i].drop);
	}
}

static void
a_drop_in_mid_restore_is_a_lost_link(void **state)
{
	struct restore *restore = *state;
	const struct ls_incident *drop;

	restore_begins(restore);
	flow(restore, 2000, 30000);
	turns(restore, 200000, 1300, &normal);
	drop = last(restore, 4);
	assert_string_equal(ls_cause_name(drop->cause), "link-loss");
	assert_true(drop->drop);
	assert_string_equal(drop->mode, "restore mode");
	assert_true(drop->in_mode_us > 200 * LS_SEC);
	assert_string_equal(restore->scenario.sessions[0].mode, "restore mode");
}

static void
a_long_drop_while_data_flowed_is_no_end_of_the_restore(void **state)
{
	struct restore *restore = *state;

	restore_begins(restore);
	flow(restore, 2000, 30000);
	turns(restore, 200000, 15000, &normal);
	assert_string_equal(ls_cause_name(last(restore, 4)->cause), "link-loss");
}

static void
back_in_recovery_means_that_it_rebooted(void **state)
{
	struct restore *restore = *state;
	const struct ls_incident *drop;

	restore_begins(restore);
	flow(restore, 2000, 30000);
	turns(restore, 200000, 9000, &recovery);
	drop = last(restore, 4);
	assert_string_equal(ls_cause_name(drop->cause), "device-reset");
	assert_true(drop->drop);
	assert_int_equal(drop->side, LS_SIDE_DEVICE);
	assert_string_equal(drop->mode_after, "recovery mode");
}

static void
what_never_comes_back_escalates_on_time(void **state)
{
	struct restore *restore = *state;
	const struct ls_incident *incident = &restore->scenario.incidents[3];

	restore_begins(restore);
	leaves(restore, 200000);
	scenario_wait(&restore->scenario, restore->t + 60000);
	assert_true(incident->open);
	assert_true(incident->settled);
	assert_false(incident->drop);
	assert_string_equal(incident->why, "it left restore mode; expected back within 300 s");
	assert_string_equal(ls_cause_name(last(restore, 4)->cause), "link-loss");
	assert_true(incident->drop);
	assert_false(incident->open);
}

static void
a_phone_in_normal_use_is_called_unplugged_soon(void **state)
{
	struct restore *restore = *state;

	plug(restore, &normal);
	leaves(restore, 60000);
	scenario_wait(&restore->scenario, restore->t + 11000);
	assert_int_equal(restore->scenario.n_incidents, 1);
	assert_string_equal(ls_cause_name(restore->scenario.incidents[0].cause), "unplugged");
	assert_true(
		restore->scenario.incidents[0].open); /* it may still come back in recovery mode */
	restore->t += 40000;
	plug(restore, &recovery);
	assert_string_equal(ls_cause_name(last(restore, 1)->cause), "mode-switch");
}

static void
a_phone_plugged_in_again_later_was_unplugged(void **state)
{
	struct restore *restore = *state;

	plug(restore, &normal);
	turns(restore, 60000, 50000, &normal);
	assert_string_equal(ls_cause_name(last(restore, 1)->cause), "unplugged");
	assert_false(restore->scenario.incidents[0].drop);
	assert_int_equal(restore->scenario.n_sessions, 2);
}

static void
checkm8_cycles_are_no_drops(void **state)
{
	struct restore *restore = *state;

	plug(restore, &dfu);
	for (int i = 0; i < 6; i++)
		turns(restore, 3000, 250, &dfu);
	scenario_wait(&restore->scenario, restore->t + 400000);
	for (size_t i = 0; i < restore->scenario.n_incidents; i++) {
		assert_string_equal(ls_cause_name(restore->scenario.incidents[i].cause),
				    "mode-switch");
		assert_false(restore->scenario.incidents[i].drop);
	}
	assert_int_equal(restore->scenario.n_incidents, 6);
}

static void
another_phone_in_recovery_is_another_phone(void **state)
{
	struct restore *restore = *state;

	plug(restore, &normal);
	turns(restore, 60000, 5000, &recovery_of_another);
	assert_string_equal(ls_cause_name(last(restore, 1)->cause), "unplugged");
	assert_int_equal(restore->scenario.n_sessions, 2);
}

static void
silence_in_restore_mode_is_a_stall(void **state)
{
	struct restore *restore = *state;
	const struct ls_incident *stall;

	restore_begins(restore);
	flow(restore, 2000, 30000);
	flow(restore, 60000, 0);
	scenario_wait(&restore->scenario, restore->t + 29000);
	assert_int_equal(restore->scenario.n_incidents, 3);
	scenario_wait(&restore->scenario, restore->t + 31000);
	assert_int_equal(restore->scenario.n_incidents, 4);
	assert_string_equal(ls_cause_name(restore->scenario.incidents[3].cause), "stall");
	assert_true(restore->scenario.incidents[3].open);
	flow(restore, 90000, 20000);
	stall = last(restore, 4);
	assert_false(stall->open);
	assert_false(stall->drop);
	assert_int_equal(restore->scenario.n_events[LS_EVENT_STALL], 1);
}

static void
a_pause_in_normal_use_is_no_stall(void **state)
{
	struct restore *restore = *state;

	plug(restore, &normal);
	flow(restore, 5000, 30000);
	flow(restore, 5000, 0);
	scenario_wait(&restore->scenario, restore->t + 100000);
	assert_int_equal(restore->scenario.n_incidents, 0);
}

static void
a_wire_that_breaks_before_is_no_change_of_mode(void **state)
{
	struct restore *restore = *state;
	struct ls_observation broken = {
		.kind = LS_OBS_TRANSFER_ERRORS, .devnum = 5, .n_failed = 4, .status = -71
	};

	plug(restore, &recovery);
	scenario_usbmon(&restore->scenario, restore->t + 4000, &broken);
	turns(restore, 6000, 1300, &recovery);
	assert_string_equal(ls_cause_name(last(restore, 1)->cause), "link-loss");
	assert_string_equal(restore->scenario.sessions[0].mode, "recovery mode");
}

#define SCENARIO(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

/* Its link is lost, it comes back, and a tool sends it into recovery mode directly after that. */
static void
a_drop_before_a_change_of_mode_is_both(void **state)
{
	struct restore *restore = *state;
	const struct ls_incident *incidents = restore->scenario.incidents;

	plug(restore, &normal);
	turns(restore, 60000, 900, &normal);
	turns(restore, 1200, 3000, &recovery);
	(void)last(restore, 2);
	assert_string_equal(ls_cause_name(incidents[0].cause), "link-loss");
	assert_true(incidents[0].drop);
	assert_int_equal(incidents[0].n_disconnects, 1);
	assert_int_equal(incidents[0].back_after_us, 900000);
	assert_string_equal(ls_cause_name(incidents[1].cause), "mode-switch");
	assert_false(incidents[1].drop);
	assert_int_equal(incidents[1].n_disconnects, 1);
	assert_int_equal(incidents[1].back_after_us, 3000000);
	assert_string_equal(incidents[1].mode, "normal use");
	assert_string_equal(incidents[1].mode_after, "recovery mode");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		SCENARIO(a_drop_before_a_change_of_mode_is_both),
		SCENARIO(a_restore_is_four_changes_of_mode_and_no_drop),
		SCENARIO(stages_that_follow_at_once_are_changes_of_their_own),
		SCENARIO(what_leaves_in_mid_upload_did_not_start_its_loader),
		SCENARIO(a_short_upload_before_it_leaves_was_its_loader),
		SCENARIO(without_usbmon_a_loader_that_looks_the_same_may_be_a_lost_link),
		SCENARIO(a_drop_in_mid_restore_is_a_lost_link),
		SCENARIO(a_long_drop_while_data_flowed_is_no_end_of_the_restore),
		SCENARIO(back_in_recovery_means_that_it_rebooted),
		SCENARIO(what_never_comes_back_escalates_on_time),
		SCENARIO(a_phone_in_normal_use_is_called_unplugged_soon),
		SCENARIO(a_phone_plugged_in_again_later_was_unplugged),
		SCENARIO(checkm8_cycles_are_no_drops),
		SCENARIO(another_phone_in_recovery_is_another_phone),
		SCENARIO(silence_in_restore_mode_is_a_stall),
		SCENARIO(a_wire_that_breaks_before_is_no_change_of_mode),
		SCENARIO(a_pause_in_normal_use_is_no_stall),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
