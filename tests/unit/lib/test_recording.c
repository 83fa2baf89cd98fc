/* One line of a recording is one observation, and all of it. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "lib/wire/recording.h"
#include "lib/wire/recording_read.h"

static void
keeps_the_interfaces(void **state)
{
	static const struct ls_device device = {
		.vid = 0x18d1,
		.pid = 0x4ee2,
		.n_interfaces = LS_INTERFACES_MAX,
		.interfaces = { { 6, 1, 1 }, { 0xff, 0x42, 1 }, { 7, 0, 0 } },
	};
	const struct ls_observation obs = {
		.source = LS_SOURCE_LIBUSB,
		.kind = LS_OBS_CONNECTED,
		.device = &device,
	};
	ls_json_auto json_t *line = ls_recording_observation(&obs);
	struct ls_device read;
	struct ls_observation got;
	char why[LS_TEXT_MAX] = "";

	(void)state;
	assert_non_null(line);
	assert_int_equal(ls_recording_parse(line, &got, &read, why), 1);
	assert_ptr_equal(got.device, &read);
	assert_int_equal(read.n_interfaces, LS_INTERFACES_MAX);
	assert_memory_equal(read.interfaces, device.interfaces, sizeof(device.interfaces));
}

static void
refuses_interfaces_that_are_none(void **state)
{
	static const struct {
		const char *interfaces;
		int want;
	} cases[] = {
		{ "[]", 1 },
		{ "[\"ff/42/01\"]", 1 },
		{ "[\"ff/42/1\", \"8/6/50\"]", 1 },
		{ "[\"ff/42\"]", -EINVAL },
		{ "[\"ff/42/01/\"]", -EINVAL },
		{ "[\"fff/42/01\"]", -EINVAL },
		{ "[\"\"]", -EINVAL },
		{ "[7]", -EINVAL },
		{ "\"ff/42/01\"", -EINVAL },
		{ "{}", -EINVAL },
		{ "[\"1/2/3\",\"1/2/3\",\"1/2/3\",\"1/2/3\",\"1/2/3\",\"1/2/3\",\"1/2/3\",\"1/2/"
		  "3\","
		  "\"1/2/3\"]",
		  -EINVAL },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		ls_json_auto json_t *line =
			json_pack("{s:i, s:i, s:s, s:s, s:{s:o}}", "mono_us", 1, "real_us", 1,
				  "source", "libusb", "kind", "connected", "device", "interfaces",
				  json_loads(cases[i].interfaces, JSON_DECODE_ANY, NULL));
		struct ls_device device;
		struct ls_observation obs;
		char why[LS_TEXT_MAX] = "";

		print_message("%s\n", cases[i].interfaces);
		assert_non_null(line);
		assert_int_equal(ls_recording_parse(line, &obs, &device, why), cases[i].want);
		assert_int_equal(why[0] != '\0', cases[i].want < 0);
	}
}

/* "count" and "text" of a line are the member that its kind has for it. */
static void
keeps_what_a_kind_counts(void **state)
{
	static const struct ls_observation cases[] = {
		{ .kind = LS_OBS_OVER_CURRENT, .n_over_currents = 3 },
		{ .kind = LS_OBS_TRANSFER_ERRORS, .n_failed = 4, .n_timeouts = 1 },
		{ .kind = LS_OBS_PORT_STATUS, .hub_port = 5, .port_bits = 2 },
		{ .kind = LS_OBS_FLOW, .kib_per_s = 6 },
		{ .kind = LS_OBS_LOST, .n_lost = 7 },
		{ .kind = LS_OBS_CABLE, .label = "white 2 m" },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		ls_json_auto json_t *line = ls_recording_observation(&cases[i]);
		bool of_cable = cases[i].kind == LS_OBS_CABLE;
		struct ls_observation got;
		struct ls_device device;
		char why[LS_TEXT_MAX] = "";

		print_message("%s\n", ls_obs_kind_name(cases[i].kind));
		assert_non_null(line);
		assert_non_null(json_object_get(line, of_cable ? "text" : "count"));
		assert_int_equal(ls_recording_parse(line, &got, &device, why), 1);
		assert_int_equal(got.n_over_currents, cases[i].n_over_currents);
		assert_int_equal(got.n_failed, cases[i].n_failed);
		assert_int_equal(got.n_timeouts, cases[i].n_timeouts);
		assert_int_equal(got.hub_port, cases[i].hub_port);
		assert_int_equal(got.kib_per_s, cases[i].kib_per_s);
		assert_int_equal(got.n_lost, cases[i].n_lost);
		assert_string_equal(got.label, cases[i].label);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_the_interfaces),
		cmocka_unit_test(refuses_interfaces_that_are_none),
		cmocka_unit_test(keeps_what_a_kind_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
