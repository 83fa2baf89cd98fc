/* The udev source against a made-up /sys and made-up uevents. Runs under umockdev-wrapper. */
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "daemon/sources/udev.h"
#include "tests/integration/umockdev_bed.h"

#define CONTROLLER "/devices/pci0000:00/0000:00:1c.0/0000:05:00.3"
#define ROOT_HUB   CONTROLLER "/usb1"
#define HUB	   ROOT_HUB "/1-1"
#define HUB_PORTS  HUB "/1-1:1.0"
#define PHONE	   HUB "/1-1.4"
#define PHONE_DATA PHONE "/1-1.4:1.0"
#define VIRTUAL	   "/devices/platform/vhci_hcd.0/usb3"

#define USB_DEVICE "E: SUBSYSTEM=usb\nE: DEVTYPE=usb_device\n"

static const char controllers[] = "P: /devices/pci0000:00/0000:00:1c.0\nE: SUBSYSTEM=pci\n\n"
				  "P: " CONTROLLER "\nE: SUBSYSTEM=pci\n"
				  "E: ID_VENDOR_FROM_DATABASE=ACME\n"
				  "E: ID_MODEL_FROM_DATABASE=USB 3.1 Controller\n\n"
				  "P: /devices/platform/vhci_hcd.0\nE: SUBSYSTEM=platform\n\n";
static const char root_hub[] = "P: " ROOT_HUB "\n" USB_DEVICE "E: DEVNUM=001\n"
			       "A: devnum=1\\n\nA: idVendor=1d6b\\n\nA: idProduct=0002\\n\n"
			       "A: bDeviceClass=09\\n\nA: maxchild=2\\n\nA: speed=480\\n\n"
			       "A: product=xHCI Host Controller\\n\n\n";
static const char virtual_root_hub[] = "P: " VIRTUAL "\n" USB_DEVICE "E: DEVNUM=001\n"
				       "A: devnum=1\\n\nA: product=USB/IP Virtual Host\\n\n\n";
static const char hub[] = "P: " HUB "\n" USB_DEVICE "E: DEVNUM=002\nA: devnum=2\\n\n"
			  "A: idVendor=2109\\n\nA: idProduct=0813\\n\nA: bDeviceClass=09\\n\n"
			  "A: authorized=1\\n\nA: maxchild=4\\n\nA: speed=480\\n\n\n"
			  "P: " HUB_PORTS "\nE: SUBSYSTEM=usb\nE: DEVTYPE=usb_interface\n\n";
static const char phone[] = "P: " PHONE "\n" USB_DEVICE "E: DEVNUM=009\nA: devnum=9\\n\n"
			    "E: PRODUCT=5ac/12a8/1001\nE: TYPE=0/0/0\n"
			    "A: idVendor=05ac\\n\nA: idProduct=12a8\\n\nA: bcdDevice=1001\\n\n"
			    "A: bDeviceClass=00\\n\nA: bNumConfigurations=4\\n\nA: maxchild=0\\n\n"
			    "A: bMaxPower=500mA\\n\nA: bmAttributes=e0\\n\nA: speed=480\\n\n"
			    "A: serial=000080\\n\nA: product=iPhone\\n\nA: authorized=1\\n\n"
			    "A: manufacturer=Apple Inc.\\n\n\n"
			    "P: " PHONE_DATA "\nE: SUBSYSTEM=usb\nE: DEVTYPE=usb_interface\n\n";

static struct bed *bed;
static struct source_udev *source;
static int next_receive_error; /* a real netlink socket has errors that a mock has not */
static unsigned int n_receive_errors;

ssize_t
recvmsg(int fd, struct msghdr *message, int flags)
{
	static ssize_t (*real)(int, struct msghdr *, int);

	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "recvmsg");
	if (n_receive_errors == 0)
		return real(fd, message, flags);
	n_receive_errors--;
	errno = next_receive_error;
	return -1;
}

static void
open_source(void)
{
	assert_int_equal(source_udev_new(bed->base, bed_on_observation, bed, &source), 0);
	assert_int_equal(bed->n_seen, 0);
	assert_int_equal(source_udev_scan(source), 0);
	bed_turn(bed);
	assert_int_equal(bed->seen[0].kind, LS_OBS_SOURCE_AVAILABLE);
}

/* Start of most tests: hub and phone are plugged in, their observations are cleared. */
static void
open_with_phone(void)
{
	bed_add(bed, controllers);
	bed_add(bed, root_hub);
	bed_add(bed, hub);
	bed_add(bed, phone);
	open_source();
	bed->n_seen = 0;
}

static int
set_up(void **state)
{
	(void)state;
	bed = bed_new();
	n_receive_errors = 0;
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
lists_what_is_there(void **state)
{
	static const struct {
		enum ls_obs_kind kind;
		const char *port, *controller;
		uint16_t bus, devnum;
	} want[] = {
		{ LS_OBS_SOURCE_AVAILABLE, "", "", 0, 0 },
		{ LS_OBS_SCAN_BEGIN, "", "", 0, 0 },
		{ LS_OBS_BUS_ADDED, "", "pci-0000:05:00.3", 1, 1 },
		{ LS_OBS_CONNECTED, "1-1", "", 1, 2 },
		{ LS_OBS_CONNECTED, "1-1.4", "", 1, 9 },
		{ LS_OBS_BUS_ADDED, "", "platform-vhci_hcd.0", 3, 1 },
		{ LS_OBS_SCAN_END, "", "", 0, 0 },
	};

	(void)state;
	bed_add(bed, controllers);
	bed_add(bed, root_hub);
	bed_add(bed, virtual_root_hub);
	bed_add(bed, hub);
	bed_add(bed, phone);
	open_source();
	assert_int_equal(bed->n_seen, LS_COUNT(want));
	for (size_t i = 0; i < LS_COUNT(want); i++) {
		assert_int_equal(bed->seen[i].kind, want[i].kind);
		assert_int_equal(bed->seen[i].source, LS_SOURCE_UDEV);
		assert_string_equal(bed->seen[i].port, want[i].port);
		assert_string_equal(bed->seen[i].controller, want[i].controller);
		assert_int_equal(bed->seen[i].bus, want[i].bus);
		assert_int_equal(bed->seen[i].devnum, want[i].devnum);
		assert_int_equal(bed->seen[i].initial, want[i].bus != 0);
	}
	assert_string_equal(bed->seen[2].text, "ACME USB 3.1 Controller");
	assert_string_equal(bed->seen[5].text, "USB/IP Virtual Host");
	assert_int_equal(bed->devices[2].n_ports, 2);
}

static void
reports_how_it_listens(void **state)
{
	(void)state;
	open_source();
	assert_string_equal(bed->seen[0].text, "uevents through udev");
	source_udev_free(source);
	bed->n_seen = 0;
	bed_run_udevd(bed, false);
	open_source();
	assert_string_equal(bed->seen[0].text,
			    "uevents straight from the kernel: udevd does not run");
}

static void
describes_a_new_device(void **state)
{
	(void)state;
	bed_add(bed, controllers);
	bed_add(bed, root_hub);
	bed_add(bed, hub);
	open_source();
	bed->n_seen = 0;
	bed_add(bed, phone); /* sends the uevents */
	bed_turn(bed);
	assert_true(bed->n_seen >= 1);
	assert_int_equal(bed->seen[0].kind, LS_OBS_CONNECTED);
	assert_false(bed->seen[0].initial);
	assert_string_equal(bed->seen[0].port, "1-1.4");
	assert_int_equal(bed->seen[0].devnum, 9);
	assert_int_equal(bed->devices[0].vid, 0x05ac);
	assert_int_equal(bed->devices[0].pid, 0x12a8);
	assert_int_equal(bed->devices[0].bcd_device, 0x1001);
	assert_int_equal(bed->devices[0].n_configurations, 4);
	assert_int_equal(bed->devices[0].max_power_ma, 500);
	assert_int_equal(bed->devices[0].speed, LS_SPEED_HIGH);
	assert_true(bed->devices[0].remote_wakeup);
	assert_string_equal(bed->devices[0].serial, "000080");
	assert_string_equal(bed->devices[0].product, "iPhone");
	assert_string_equal(bed->devices[0].manufacturer, "Apple Inc.");
}

static void
finds_the_peer_port(void **state)
{
	(void)state;
	bed_add(bed, controllers);
	bed_add(bed, root_hub);
	bed_add(bed, hub);
	bed_add(bed, "P: " HUB_PORTS "/1-1-port4\nE: SUBSYSTEM=none\n"
		     "L: peer=../../../../usb2/2-1/2-1:1.0/2-1-port4\n\n");
	bed_add(bed, "P: " ROOT_HUB "/1-0:1.0/usb1-port1\nE: SUBSYSTEM=none\n"
		     "L: peer=../../../usb2/2-0:1.0/usb2-port7\n\n");
	bed_add(bed, phone);
	open_source();
	assert_string_equal(bed->seen[4].port, "1-1.4");
	assert_string_equal(bed->seen[4].peer, "2-1.4");
	assert_string_equal(bed->seen[3].port, "1-1");
	assert_string_equal(bed->seen[3].peer, "2-7");
}

static void
cleans_hostile_strings(void **state)
{
	(void)state;
	open_with_phone();
	bed_set_attribute(bed, PHONE, "serial", "\x1b]0;owned\x07 a\nb\xff\n");
	bed_set_attribute(bed, PHONE, "product", "\xe2\x80\xaegnp.exe\n");
	bed_uevent(bed, PHONE, "add");
	bed_turn(bed);
	assert_int_equal(bed->n_seen, 1);
	assert_string_equal(bed->devices[0].serial, "\\x1b]0;owned\\x07 a\\x0ab\\xff");
	assert_string_equal(bed->devices[0].product, "\\u{202e}gnp.exe");
}

static void
uses_the_event_of_a_removed_device(void **state)
{
	(void)state;
	open_with_phone();
	bed_set_attribute(bed, PHONE, "devnum", "12\n"); /* another one came meanwhile */
	bed_uevent(bed, PHONE, "add");
	bed_uevent(bed, PHONE, "remove");
	bed_remove(bed, PHONE);
	bed_turn(bed);
	assert_true(bed->n_seen >= 2);
	assert_int_equal(bed->seen[0].kind, LS_OBS_CONNECTED);
	assert_int_equal(bed->seen[0].devnum, 9);
	assert_int_equal(bed->devices[0].vid, 0x05ac);
	assert_int_equal(bed->devices[0].bcd_device, 0x1001);
	assert_string_equal(bed->devices[0].serial, "");
	assert_int_equal(bed->seen[1].kind, LS_OBS_DISCONNECTED);
	assert_string_equal(bed->seen[1].port, "1-1.4");
	assert_int_equal(bed->seen[1].devnum, 9);
}

static void
ignores_synthetic_connects(void **state)
{
	(void)state;
	open_with_phone();
	bed_set_property(bed, PHONE, "SYNTH_UUID", "0");
	bed_set_property(bed, PHONE_DATA, "SYNTH_UUID", "0");
	bed_uevent(bed, PHONE, "add");
	bed_uevent(bed, PHONE, "remove");
	bed_uevent(bed, PHONE_DATA, "add");
	bed_turn(bed);
	assert_int_equal(bed->n_seen, 0);
}

static void
follows_the_authorisation(void **state)
{
	static const struct {
		const char *path, *action, *authorized, *devnum;
		enum ls_obs_kind kind;
	} steps[] = {
		{ PHONE, "change", "1", "009", 0 },
		{ PHONE, "change", "0", "000", 0 }, /* within a reset */
		{ PHONE, "change", "0", "009", LS_OBS_DEAUTHORISED },
		{ PHONE, "change", "0", "009", 0 },
		{ PHONE, "change", "1", "009", LS_OBS_AUTHORISED },
		{ PHONE, "change", "1", "009", 0 },
		/* Without remote wake-up there is no "change". */
		{ PHONE_DATA, "remove", "0", "009", LS_OBS_DEAUTHORISED },
		{ PHONE_DATA, "add", "1", "009", LS_OBS_AUTHORISED },
	};

	(void)state;
	open_with_phone();
	for (size_t i = 0; i < LS_COUNT(steps); i++) {
		print_message("%zu\n", i);
		bed->n_seen = 0;
		bed_set_attribute(bed, PHONE, "authorized", steps[i].authorized);
		bed_set_property(bed, PHONE, "DEVNUM", steps[i].devnum);
		bed_uevent(bed, steps[i].path, steps[i].action);
		bed_turn(bed);
		assert_int_equal(bed->n_seen, steps[i].kind != 0);
		assert_int_equal(bed->n_seen > 0 ? bed->seen[0].kind : 0, steps[i].kind);
		if (bed->n_seen > 0)
			assert_string_equal(bed->seen[0].port, "1-1.4");
	}
}

static void
understands_hubs_and_controllers(void **state)
{
	static const struct {
		const char *path, *action, *names[2], *values[2];
		enum ls_obs_kind kind;
		const char *port;
		uint32_t count;
	} cases[] = {
		{ HUB_PORTS,
		  "change",
		  { "OVER_CURRENT_PORT", "OVER_CURRENT_COUNT" },
		  { HUB_PORTS "/1-1-port3", "7" },
		  LS_OBS_OVER_CURRENT,
		  "1-1.3",
		  7 },
		{ HUB_PORTS, "change", { "OVER_CURRENT_PORT" }, { "/x/nonsense" }, 0, "", 0 },
		{ HUB_PORTS, "bind", { "DRIVER" }, { "hub" }, 0, "", 0 },
		{ HUB_PORTS, "unbind", { "DRIVER" }, { "" }, 0, "", 0 },
		{ ROOT_HUB, "offline", { "ERROR" }, { "DEAD" }, LS_OBS_CONTROLLER_DIED, "", 0 },
		{ ROOT_HUB, "remove", { "BUSNUM" }, { "001" }, LS_OBS_BUS_REMOVED, "", 0 },
		{ ROOT_HUB, "add", { "ID_PATH" }, { "pci-x" }, LS_OBS_BUS_ADDED, "", 0 },
	};

	(void)state;
	open_with_phone();
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		print_message("%s %s\n", cases[i].action, cases[i].path);
		bed->n_seen = 0;
		for (size_t p = 0; p < 2 && cases[i].names[p]; p++)
			bed_set_property(bed, cases[i].path, cases[i].names[p], cases[i].values[p]);
		bed_uevent(bed, cases[i].path, cases[i].action);
		bed_turn(bed);
		assert_int_equal(bed->n_seen, cases[i].kind != 0);
		if (bed->n_seen == 0)
			continue;
		assert_int_equal(bed->seen[0].kind, cases[i].kind);
		assert_string_equal(bed->seen[0].port, cases[i].port);
		assert_int_equal(bed->seen[0].bus, 1);
		assert_int_equal(bed->seen[0].n_over_currents, cases[i].count);
	}
	assert_string_equal(bed->seen[0].controller, "pci-x");
}

static void
rescans_after_a_loss(void **state)
{
	static const enum ls_obs_kind want[] = {
		LS_OBS_LOST,	  LS_OBS_DISCONNECTED, LS_OBS_SCAN_BEGIN, LS_OBS_BUS_ADDED,
		LS_OBS_CONNECTED, LS_OBS_CONNECTED,    LS_OBS_SCAN_END,
	};

	(void)state;
	open_with_phone();
	next_receive_error = ENOBUFS;
	n_receive_errors = 1;
	bed_uevent(bed, PHONE, "remove");
	bed_turn(bed);
	assert_int_equal(bed->n_seen, LS_COUNT(want));
	for (size_t i = 0; i < LS_COUNT(want); i++)
		assert_int_equal(bed->seen[i].kind, want[i]);
}

/* For who begins to record: the engine must not take it for a second scan. */
static void
shows_what_is_there_to_one(void **state)
{
	struct bed *other = calloc(1, sizeof(*other));
	static const enum ls_obs_kind want[] = {
		LS_OBS_SCAN_BEGIN, LS_OBS_BUS_ADDED, LS_OBS_CONNECTED,
		LS_OBS_CONNECTED,  LS_OBS_SCAN_END,
	};

	(void)state;
	assert_non_null(other);
	open_with_phone();
	assert_int_equal(source_udev_show(source, bed_on_observation, other), 0);
	assert_int_equal(bed->n_seen, 0);
	assert_int_equal(other->n_seen, LS_COUNT(want));
	for (size_t i = 0; i < LS_COUNT(want); i++)
		assert_int_equal(other->seen[i].kind, want[i]);
	assert_true(other->seen[3].initial);
	free(other);
}

static void
stops_on_a_dead_socket(void **state)
{
	(void)state;
	open_with_phone();
	next_receive_error = ENOTSOCK;
	n_receive_errors = UINT_MAX;
	for (int i = 0; i < 3; i++) {
		bed_uevent(bed, PHONE, "remove");
		bed_turn(bed);
	}
	assert_int_equal(bed->seen[bed->n_seen - 1].kind, LS_OBS_SOURCE_UNAVAILABLE);
	assert_int_equal(bed->n_seen, 2); /* one LOST, one UNAVAILABLE */
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(lists_what_is_there),
		TEST(reports_how_it_listens),
		TEST(describes_a_new_device),
		TEST(finds_the_peer_port),
		TEST(cleans_hostile_strings),
		TEST(uses_the_event_of_a_removed_device),
		TEST(ignores_synthetic_connects),
		TEST(follows_the_authorisation),
		TEST(understands_hubs_and_controllers),
		TEST(rescans_after_a_loss),
		TEST(shows_what_is_there_to_one),
		TEST(stops_on_a_dead_socket),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
