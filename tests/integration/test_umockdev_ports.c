/* What the udev source makes of ports: Type-C connectors, and devices that a program removes. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/sources/udev.h"
#include "tests/integration/umockdev_bed.h"

#define ROOT_HUB   "/devices/pci0000:00/0000:00:14.0/usb1"
#define ROOT_PORTS ROOT_HUB "/1-0:1.0"
#define PHONE	   ROOT_HUB "/1-3"
#define PHONE_DATA PHONE "/1-3:1.0"
#define STICK	   ROOT_HUB "/1-4"
#define CONNECTOR  "/devices/platform/USBC000:00/typec/port0"
#define PARTNER	   CONNECTOR "/port0-partner"
#define CABLE	   CONNECTOR "/port0-cable"

#define USB_DEVICE "E: SUBSYSTEM=usb\nE: DEVTYPE=usb_device\n"

static const char root_hub[] = "P: /devices/pci0000:00/0000:00:14.0\nE: SUBSYSTEM=pci\n\n"
			       "P: " ROOT_HUB "\n" USB_DEVICE "E: DEVNUM=001\nA: devnum=1\\n\n\n"
			       "P: " ROOT_PORTS "\nE: SUBSYSTEM=usb\nE: DEVTYPE=usb_interface\n\n";
static const char ports[] = "P: " ROOT_PORTS "/usb1-port3\nE: SUBSYSTEM=none\n"
			    "L: connector=../../../../../platform/USBC000:00/typec/port0\n\n"
			    "P: " ROOT_PORTS "/usb1-port4\nE: SUBSYSTEM=none\n\n";
static const char phone[] = "P: " PHONE "\n" USB_DEVICE "E: DEVNUM=009\nA: devnum=9\\n\n"
			    "A: authorized=1\\n\nA: bConfigurationValue=1\\n\n\n"
			    "P: " PHONE_DATA "\nE: SUBSYSTEM=usb\nE: DEVTYPE=usb_interface\n\n";
static const char stick[] = "P: " STICK "\n" USB_DEVICE "E: DEVNUM=010\nA: devnum=10\\n\n\n";
static const char connector[] = "P: " CONNECTOR "\nE: SUBSYSTEM=typec\nE: DEVTYPE=typec_port\n\n"
				"P: " PARTNER "\nE: SUBSYSTEM=typec\nE: DEVTYPE=typec_partner\n\n"
				"P: " CABLE "\nE: SUBSYSTEM=typec\nE: DEVTYPE=typec_cable\n\n";

static struct bed *bed;
static struct source_udev *source;

static int
set_up(void **state)
{
	(void)state;
	bed = bed_new();
	bed_add(bed, root_hub);
	bed_add(bed, ports);
	bed_add(bed, connector);
	assert_int_equal(source_udev_new(bed->base, bed_on_observation, bed, &source), 0);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	source_udev_free(source);
	source = NULL;
	bed_free(bed);
	return 0;
}

static void
open_source(void)
{
	assert_int_equal(source_udev_scan(source), 0);
	bed_turn(bed);
	bed->n_seen = 0;
}

static void
fire(const char *path, const char *action)
{
	bed->n_seen = 0;
	bed_uevent(bed, path, action);
	bed_turn(bed);
}

static void
a_partner_that_leaves_empties_the_port(void **state)
{
	(void)state;
	bed_add(bed, phone);
	bed_add(bed, stick);
	open_source();
	fire(PARTNER, "remove");
	assert_int_equal(bed->n_seen, 1);
	assert_int_equal(bed->seen[0].kind, LS_OBS_PARTNER_GONE);
	assert_int_equal(bed->seen[0].source, LS_SOURCE_UDEV);
	assert_string_equal(bed->seen[0].port, "1-3");
	assert_int_equal(bed->seen[0].bus, 1);
	assert_string_equal(bed->seen[0].text, "the Type-C connector port0 of 1-3 is empty");
}

static void
a_partner_may_leave_after_the_device(void **state)
{
	(void)state;
	open_source();
	bed_add(bed, phone); /* plugged in while we watch */
	bed_turn(bed);
	fire(PHONE, "remove");
	assert_int_equal(bed->n_seen, 1);
	assert_int_equal(bed->seen[0].kind, LS_OBS_DISCONNECTED);
	fire(PARTNER, "remove");
	assert_int_equal(bed->n_seen, 1);
	assert_int_equal(bed->seen[0].kind, LS_OBS_PARTNER_GONE);
	assert_string_equal(bed->seen[0].port, "1-3");
}

static void
other_type_c_events_are_ignored(void **state)
{
	static const struct {
		const char *path, *action;
	} cases[] = {
		{ PARTNER, "add" },  { PARTNER, "change" },   { CABLE, "remove" },
		{ CABLE, "add" },    { CONNECTOR, "change" }, { CONNECTOR, "remove" },
		{ PARTNER, "bind" },
	};

	(void)state;
	bed_add(bed, phone);
	open_source();
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		print_message("%s %s\n", cases[i].action, cases[i].path);
		fire(cases[i].path, cases[i].action);
		assert_int_equal(bed->n_seen, 0);
	}
}

static void
a_connector_without_usb_is_ignored(void **state)
{
	(void)state;
	bed_add(bed, stick); /* on a port that leads to no Type-C connector */
	open_source();
	fire(PARTNER, "remove");
	assert_int_equal(bed->n_seen, 0);
}

/* As Linux does for "echo 1 >remove": the configuration goes first, and the device stands yet. */
static void
reports_a_device_removed_by_a_program(void **state)
{
	static const struct {
		const char *configuration, *authorized, *devnum, *action;
		bool removed, deauthorised;
	} cases[] = {
		{ "\n", "1\n", "9\n", "remove", true, false },
		{ "1\n", "1\n", "9\n", "remove", false, false }, /* a driver was unbound */
		{ "\n", "1\n", "0\n", "remove", false, false },	 /* a real disconnect */
		{ "\n", "1\n", "9\n", "add", false, false },
		{ "\n", "0\n", "9\n", "remove", false, true }, /* reported as a plain removal */
	};

	(void)state;
	bed_add(bed, phone);
	open_source();
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		size_t n = 0;

		print_message("%zu\n", i);
		bed_set_attribute(bed, PHONE, "bConfigurationValue", cases[i].configuration);
		bed_set_attribute(bed, PHONE, "authorized", cases[i].authorized);
		bed_set_attribute(bed, PHONE, "devnum", cases[i].devnum);
		fire(PHONE_DATA, cases[i].action);
		if (cases[i].deauthorised)
			assert_int_equal(bed->seen[n++].kind, LS_OBS_DEAUTHORISED);
		if (cases[i].removed) {
			assert_string_equal(bed->seen[n].port, "1-3");
			assert_int_equal(bed->seen[n].devnum, 9);
			assert_int_equal(bed->seen[n++].kind, LS_OBS_REMOVED);
		}
		assert_int_equal(bed->n_seen, n);
	}
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_partner_that_leaves_empties_the_port),
		TEST(a_partner_may_leave_after_the_device),
		TEST(other_type_c_events_are_ignored),
		TEST(a_connector_without_usb_is_ignored),
		TEST(reports_a_device_removed_by_a_program),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
