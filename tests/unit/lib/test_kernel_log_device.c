#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/observe/kernel_log.h"

static int
parse(const char *text, struct ls_observation *obs, struct ls_device *device)
{
	print_message("%s\n", text);
	return ls_kernel_log_parse(text, strlen(text), obs, device);
}

static void
reads_speeds(void **state)
{
	static const struct {
		const char *words;
		enum ls_speed speed;
	} cases[] = {
		{ "low-speed", LS_SPEED_LOW },
		{ "low speed", LS_SPEED_LOW },
		{ "full-speed", LS_SPEED_FULL },
		{ "full speed", LS_SPEED_FULL },
		{ "high-speed", LS_SPEED_HIGH },
		{ "high speed", LS_SPEED_HIGH },
		{ "SuperSpeed", LS_SPEED_SUPER },
		{ "SuperSpeed Gen 1", LS_SPEED_SUPER },
		{ "super-speed", LS_SPEED_SUPER },
		{ "SuperSpeedPlus", LS_SPEED_SUPER_PLUS },
		{ "SuperSpeedPlus Gen 2", LS_SPEED_SUPER_PLUS },
		{ "SuperSpeedPlus Gen 2x2", LS_SPEED_SUPER_PLUS },
		{ "SuperSpeed Plus Gen 1x2", LS_SPEED_SUPER_PLUS },
		{ "super-speed-plus", LS_SPEED_SUPER_PLUS },
		{ "variable speed Wireless", LS_SPEED_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		struct ls_observation obs = { 0 };
		struct ls_device device;
		char text[128];

		snprintf(text, sizeof(text), "usb 2-1: new %s USB device number 4 using xhci_hcd",
			 cases[i].words);
		assert_int_equal(parse(text, &obs, &device), 1);
		assert_int_equal(obs.kind, LS_OBS_ENUMERATING);
		assert_ptr_equal(obs.device, &device);
		assert_int_equal(device.speed, cases[i].speed);
	}
}

static void
reads_ids(void **state)
{
	static const struct {
		const char *text;
		uint16_t vid, pid, bcd_device;
	} cases[] = {
		{ "usb 1-1: New USB device found, idVendor=05ac, idProduct=12A8, bcdDevice= 9.08",
		  0x05ac, 0x12a8, 0x0908 },
		{ "usb 1-1: New USB device found, idVendor=05ac, idProduct=1281, bcdDevice=12.34",
		  0x05ac, 0x1281, 0x1234 },
		{ "usb 1-1: New USB device found, idVendor=ffff, idProduct=0000", 0xffff, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		struct ls_observation obs = { 0 };
		struct ls_device device;

		assert_int_equal(parse(cases[i].text, &obs, &device), 1);
		assert_int_equal(obs.kind, LS_OBS_FOUND);
		assert_ptr_equal(obs.device, &device);
		assert_int_equal(device.vid, cases[i].vid);
		assert_int_equal(device.pid, cases[i].pid);
		assert_int_equal(device.bcd_device, cases[i].bcd_device);
	}
}

static void
strings_stay_strings(void **state)
{
	static const struct {
		const char *text, *manufacturer, *product, *serial;
	} cases[] = {
		{ "usb 1-1: Manufacturer: ACME Ltd.", "ACME Ltd.", "", "" },
		{ "usb 1-1: Product: USB2.0 Hub", "", "USB2.0 Hub", "" },
		{ "usb 1-1: SerialNumber: 0123 ", "", "", "0123 " },
		{ "usb 1-1: SerialNumber: usb 1-1: USB disconnect, device number 5", "", "",
		  "usb 1-1: USB disconnect, device number 5" },
		{ "usb 1-1: Product: over-current condition", "", "over-current condition", "" },
		{ "usb 1-1: Product: \\x0ausb 1-2: USB disconnect, device number 5", "",
		  "\\x0ausb 1-2: USB disconnect, device number 5", "" },
		{ "usb 1-1: Product: SerialNumber: 5", "", "SerialNumber: 5", "" },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		struct ls_observation obs = { 0 };
		struct ls_device device;

		assert_int_equal(parse(cases[i].text, &obs, &device), 1);
		assert_int_equal(obs.kind, LS_OBS_STRING);
		assert_string_equal(obs.port, "1-1");
		assert_int_equal(obs.devnum, 0);
		assert_ptr_equal(obs.device, &device);
		assert_string_equal(device.manufacturer, cases[i].manufacturer);
		assert_string_equal(device.product, cases[i].product);
		assert_string_equal(device.serial, cases[i].serial);
	}
}

static void
understands_escapes(void **state)
{
	static const struct {
		const char *text, *product;
	} cases[] = {
		{ "usb 1-1: Product: Pr\\xc3\\xbcfger\\xc3\\xa4t", "Prüfgerät" },
		{ "usb 1-1: Product: back\\x5cslash", "back\\slash" },
		{ "usb 1-1: Product: \\x5cx41", "\\x5cx41" }, /* the device wrote "\x41" */
		{ "usb 1-1: Product: \\x1b[31mred", "\\x1b[31mred" },
		{ "usb 1-1: Product: \\xff\\x00", "\\xff\\x00" },
		{ "usb 1-1: Product: \\xZZ\\x4", "\\x5cxZZ\\x5cx4" },
		{ "usb 1-1: Product: \\x", "\\x5cx" },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		struct ls_observation obs = { 0 };
		struct ls_device device;

		assert_int_equal(parse(cases[i].text, &obs, &device), 1);
		assert_string_equal(device.product, cases[i].product);
	}
}

static void
accepts_old_line_ends(void **state)
{
	static const char *const cases[] = {
		"usb 1-1: Failed to disable LTM before suspend\\x0a.",
		"usb 1-1: Failed to disable LTM before suspend\\x0a",
		"usb 1-1: Failed to disable LTM before suspend\n.",
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		struct ls_observation obs = { 0 };
		struct ls_device device;

		assert_int_equal(parse(cases[i], &obs, &device), 1);
		assert_string_equal(obs.text, "usb 1-1: Failed to disable LTM before suspend");
	}
}

static void
cuts_what_is_long(void **state)
{
	struct ls_observation obs = { 0 };
	struct ls_device device;
	char text[2000] = "usb 1-1: Product: ";

	(void)state;
	memset(text + strlen(text), 'x', sizeof(text) - strlen(text));
	assert_int_equal(ls_kernel_log_parse(text, sizeof(text), &obs, &device), 1);
	assert_int_equal(strlen(device.product), LS_STRING_MAX - 1);
	assert_int_equal(strlen(obs.text), LS_TEXT_MAX - 1);
	assert_string_equal(obs.text + LS_TEXT_MAX - 1 - strlen("…"), "…");
}

static void
leaves_the_time_alone(void **state)
{
	struct ls_observation obs = { .at = { .mono_us = 5, .real_us = 7 }, .n_lost = 3 };
	struct ls_device device;

	(void)state;
	assert_int_equal(parse("usb 1-1: authorized to connect", &obs, &device), 1);
	assert_int_equal(obs.at.mono_us, 5);
	assert_int_equal(obs.at.real_us, 7);
	assert_int_equal(obs.n_lost, 0);
	assert_null(obs.device);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_speeds),		 cmocka_unit_test(reads_ids),
		cmocka_unit_test(strings_stay_strings),	 cmocka_unit_test(understands_escapes),
		cmocka_unit_test(accepts_old_line_ends), cmocka_unit_test(cuts_what_is_long),
		cmocka_unit_test(leaves_the_time_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
