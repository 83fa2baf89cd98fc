#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/sources/host_context.h"
#include "daemon/base/state.h"
#include "lib/observe/host_context.h"
#include "tests/unit/daemon/fake_root.h"

#define DEVICE "/sys/bus/usb/devices/1-1.4"
#define HUB    "/sys/bus/usb/devices/1-1"
#define USBFS  "/sys/module/usbcore/parameters/usbfs_memory_mb"

static void
reads_pressure(void **state)
{
	static const struct {
		const char *text;
		bool known;
		double some, full;
	} cases[] = {
		{ "some avg10=38.25 avg60=1.00 avg300=0.00 total=1\n"
		  "full avg10=12.50 avg60=0.00 avg300=0.00 total=2\n",
		  true, 38.25, 12.5 },
		{ "some avg10=0.00 avg60=0.00 avg300=0.00 total=0\n", true, 0, 0 },
		{ "some avg10=100.00 avg60=", true, 100, 0 },
		{ "some avg10=100.01 avg60=", false, 0, 0 },
		{ "some avg10=1.00\nhalf avg10=2.00\n", false, 0, 0 },
		{ "full avg10=1.00\n", false, 0, 0 },
		{ "some avg10=", false, 0, 0 },
		{ "some avg10=1.", false, 0, 0 },
		{ "some avg10=99999999999999999999.0", false, 0, 0 },
		{ "", false, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		struct ls_host_pressure got;

		print_message("%s\n", cases[i].text);
		assert_int_equal(ls_host_pressure_parse(cases[i].text, strlen(cases[i].text), &got),
				 cases[i].known);
		assert_int_equal(got.known, cases[i].known);
		assert_true(got.some == cases[i].some && got.full == cases[i].full);
	}
}

static void
reads_numbers(void **state)
{
	static const struct {
		const char *text;
		bool good;
		int want;
	} cases[] = {
		{ "16\n", true, 16 }, { "-1000\n", true, -1000 }, { "0", true, 0 },
		{ "", false, 7 },     { "16 MB\n", false, 7 },	  { "99999999999\n", false, 7 },
		{ "\n", false, 7 },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		int got = 7;

		print_message("%s\n", cases[i].text);
		assert_int_equal(ls_host_number_parse(cases[i].text, strlen(cases[i].text), &got),
				 cases[i].good);
		assert_int_equal(got, cases[i].want);
	}
	assert_true(ls_host_load_parse("0.42 0.36 0.30 1/234 5678\n", 26) == 0.42);
	assert_true(ls_host_load_parse("0.42", 4) < 0);
	assert_true(ls_host_load_parse("x", 1) < 0);
}

#define KNOWN(some_, full_)                                                                        \
	{                                                                                          \
		.known = true, .some = (some_), .full = (full_)                                    \
	}

static void
prints_the_notable_first(void **state)
{
	static const struct {
		struct ls_host_context context;
		const char *want;
	} cases[] = {
		{ { .pressure = { KNOWN(0, 0), KNOWN(3, 0), KNOWN(1, 1) },
		    .load = 0.42,
		    .device = { .autosuspend = LS_AUTOSUSPEND_OFF },
		    .usbfs_memory_mb = 16,
		    .n_others_flowing = -1 },
		  "computer: memory, CPU and disk had time; load 0.4; autosuspend off" },
		{ { .pressure = { KNOWN(38.2, 12.4), KNOWN(90, 0), KNOWN(10, 8) },
		    .load = 17.25,
		    .device = { .autosuspend = LS_AUTOSUSPEND_ON, .delay_ms = 2000 },
		    .usbfs_memory_mb = 1000,
		    .n_others_flowing = 2 },
		  "memory was short: 38 % of the last 10 s stalled (12 % for every program); the "
		  "CPU was short: 90 % of the last 10 s stalled; load 17.2; autosuspend after 2 s "
		  "of rest; 2 other devices of this controller moved data; usbfs_memory_mb 1000" },
		{ { .load = 1,
		    .device = { .autosuspend = LS_AUTOSUSPEND_ON, .delay_ms = -1000 },
		    .n_others_flowing = 0,
		    .usbfs_memory_mb = 0 },
		  "computer: this kernel does not tell of shortages; load 1.0; autosuspend off; no "
		  "other device of this controller moved data; usbfs_memory_mb without limit" },
		{ { .pressure = { KNOWN(0, 0), { .known = false }, KNOWN(0, 0) },
		    .hub = { .suspended = true },
		    .load = -1,
		    .usbfs_memory_mb = -1,
		    .n_others_flowing = 1 },
		  "its hub was in power saving; 1 other device of this controller moved data" },
		{ { .pressure = { { .known = false }, KNOWN(0, 0), KNOWN(40, 0.5) },
		    .load = -1,
		    .usbfs_memory_mb = -1,
		    .n_others_flowing = -1 },
		  "the disk was busy: 40 % of the last 10 s stalled" },
		{ { .pressure = { { .known = false }, KNOWN(0, 0), KNOWN(4, 0.5) },
		    .load = -1,
		    .usbfs_memory_mb = -1,
		    .n_others_flowing = -1 },
		  "computer: CPU and disk had time" },
		{ { .load = -1, .usbfs_memory_mb = -1, .n_others_flowing = -1 }, "" },
	};
	char text[LS_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		ls_host_context_describe(&cases[i].context, text);
		assert_string_equal(text, cases[i].want);
	}
}

static void
a_long_line_is_cut(void **state)
{
	struct ls_host_context context = {
		.pressure = { KNOWN(100, 100), KNOWN(100, 100), KNOWN(100, 100) },
		.load = 1e9,
		.hub = { .suspended = true },
		.device = { .autosuspend = LS_AUTOSUSPEND_ON, .delay_ms = 1 << 30 },
		.usbfs_memory_mb = 1 << 30,
		.n_others_flowing = 1 << 30,
	};
	char text[LS_TEXT_MAX];

	(void)state;
	ls_host_context_describe(&context, text);
	assert_true(strlen(text) > 200 && strlen(text) < LS_TEXT_MAX);
}

/* An engine with a hub and a phone, a made-up /proc and /sys, and what was reported. */
struct desk {
	struct fake_root root;
	struct ls_engine *engine;
	struct host_context *host_context;
	struct ls_observation reported[8];
	size_t n_reported;
};

static void
on_record(const struct ls_record *record, void *user)
{
	(void)record;
	(void)user;
}

static void
on_report(const struct ls_observation *obs, void *user)
{
	struct desk *desk = user;

	assert_true(desk->n_reported < LS_COUNT(desk->reported));
	desk->reported[desk->n_reported++] = *obs;
}

static void
see(struct desk *desk, enum ls_obs_kind kind, const char *port, uint16_t devnum, uint64_t ago_us)
{
	static const struct ls_device phone = { .vid = 0x05ac, .pid = 0x12a8, .serial = "1" };
	struct ls_observation obs = {
		.at = state_now(),
		.source = LS_SOURCE_UDEV,
		.kind = kind,
		.devnum = devnum,
		.bus = 1,
		.device = kind == LS_OBS_CONNECTED ? &phone : NULL,
	};

	obs.at.mono_us -= ago_us;
	snprintf(obs.port, sizeof(obs.port), "%s", port);
	ls_engine_observe(desk->engine, &obs);
	host_context_after(desk->host_context, &obs, NULL);
}

static int
set_up(void **state)
{
	struct desk *desk = calloc(1, sizeof(*desk));
	struct host_context_options options = { .sink = on_report, .user = desk };
	struct ls_engine_config config;

	fake_root_begin(&desk->root);
	ls_engine_config_default(&config);
	assert_int_equal(ls_engine_new(&config, on_record, NULL, &desk->engine), 0);
	options.root = desk->root.dir;
	options.engine = desk->engine;
	assert_int_equal(host_context_new(&options, &desk->host_context), 0);
	fake_root_put(&desk->root, "/proc/pressure/memory", "some avg10=38.00 avg60=0\n");
	fake_root_put(&desk->root, "/proc/pressure/cpu", "some avg10=1.00 avg60=0\n");
	fake_root_put(&desk->root, "/proc/loadavg", "2.50 1 1 1/2 3\n");
	fake_root_put(&desk->root, USBFS, "16\n");
	fake_root_put(&desk->root, DEVICE "/power/control", "auto\n");
	fake_root_put(&desk->root, DEVICE "/power/autosuspend_delay_ms", "2000\n");
	fake_root_put(&desk->root, DEVICE "/power/runtime_status", "active\n");
	fake_root_put(&desk->root, HUB "/power/control", "auto\n");
	fake_root_put(&desk->root, HUB "/power/runtime_status", "active\n");
	*state = desk;
	return 0;
}

static int
tear_down(void **state)
{
	struct desk *desk = *state;

	host_context_free(desk->host_context);
	ls_engine_free(desk->engine);
	fake_root_end(&desk->root);
	free(desk);
	return 0;
}

static void
remembers_a_device_that_is_gone(void **state)
{
	struct desk *desk = *state;

	see(desk, LS_OBS_CONNECTED, "1-1.4", 5, 0);
	assert_int_equal(desk->n_reported, 0);
	fake_root_remove(&desk->root, DEVICE);
	see(desk, LS_OBS_DISCONNECTED, "1-1.4", 5, 0);
	assert_int_equal(desk->n_reported, 1);
	assert_int_equal(desk->reported[0].kind, LS_OBS_HOST);
	assert_int_equal(desk->reported[0].source, LS_SOURCE_HOST);
	assert_string_equal(desk->reported[0].port, "1-1.4");
	assert_string_equal(desk->reported[0].text,
			    "memory was short: 38 % of the last 10 s stalled; load 2.5; "
			    "autosuspend after 2 s of rest");
}

static void
looks_at_the_hub_that_stayed(void **state)
{
	struct desk *desk = *state;

	see(desk, LS_OBS_CONNECTED, "1-1.4", 5, 0);
	fake_root_put(&desk->root, HUB "/power/runtime_status", "suspended\n");
	fake_root_put(&desk->root, "/proc/pressure/memory", "some avg10=0.00 avg60=0\n");
	see(desk, LS_OBS_DISCONNECTED, "1-1.4", 5, 0);
	assert_int_equal(desk->n_reported, 1);
	assert_string_equal(desk->reported[0].text, "its hub was in power saving; load 2.5; "
						    "autosuspend after 2 s of rest");
}

static void
reports_once_for_each_incident(void **state)
{
	struct desk *desk = *state;

	see(desk, LS_OBS_CONNECTED, "1-1.4", 5, 0);
	for (uint16_t flap = 5; flap < 25; flap++) {
		see(desk, LS_OBS_DISCONNECTED, "1-1.4", flap, 0);
		see(desk, LS_OBS_CONNECTED, "1-1.4", flap + 1, 0);
	}
	assert_int_equal(desk->n_reported, 1);
}

static void
reports_at_most_once_a_second(void **state)
{
	struct desk *desk = *state;
	char port[LS_PORT_NAME_MAX];

	for (unsigned int i = 1; i <= 9; i++) {
		snprintf(port, sizeof(port), "1-%u", i);
		see(desk, LS_OBS_CONNECTED, port, (uint16_t)(10 + i), 0);
	}
	for (unsigned int i = 1; i <= 9; i++) {
		snprintf(port, sizeof(port), "1-%u", i);
		see(desk, LS_OBS_DISCONNECTED, port, (uint16_t)(10 + i), 0);
	}
	assert_int_equal(desk->n_reported, 1);
}

static void
says_nothing_of_what_is_long_ago(void **state)
{
	struct desk *desk = *state;

	see(desk, LS_OBS_CONNECTED, "1-1.4", 5, 9 * LS_SEC);
	see(desk, LS_OBS_DISCONNECTED, "1-1.4", 5, 8 * LS_SEC);
	assert_int_equal(desk->n_reported, 0);
}

static void
an_empty_machine_says_nothing(void **state)
{
	struct desk *desk = *state;

	fake_root_remove(&desk->root, "/proc");
	fake_root_remove(&desk->root, "/sys");
	see(desk, LS_OBS_CONNECTED, "1-1.4", 5, 0);
	see(desk, LS_OBS_DISCONNECTED, "1-1.4", 5, 0);
	assert_int_equal(desk->n_reported, 0);
}

#define DESK(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_pressure),	    cmocka_unit_test(reads_numbers),
		cmocka_unit_test(prints_the_notable_first), cmocka_unit_test(a_long_line_is_cut),
		DESK(remembers_a_device_that_is_gone),	    DESK(looks_at_the_hub_that_stayed),
		DESK(reports_once_for_each_incident),	    DESK(reports_at_most_once_a_second),
		DESK(says_nothing_of_what_is_long_ago),	    DESK(an_empty_machine_says_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
