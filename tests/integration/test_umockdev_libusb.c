/* The libusb source against a made-up /sys and made-up uevents. Runs under umockdev-wrapper. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/sources/libusb.h"
#include "tests/integration/umockdev_bed.h"

#define ROOT_HUB "/devices/pci0000:00/0000:00:14.0/usb1"
#define PHONE	 ROOT_HUB "/1-2"

#define USB_DEVICE(number, speed)                                                                  \
	"N: bus/usb/001/00" number "\nE: SUBSYSTEM=usb\nE: DEVTYPE=usb_device\nE: BUSNUM=001\n"    \
	"E: DEVNUM=00" number "\nA: busnum=1\\n\nA: devnum=" number "\\n\nA: speed=" speed "\\n\n" \
	"E: DEVNAME=/dev/bus/usb/001/00" number "\nA: bConfigurationValue=1\\n\n"

static const char root_hub[] =
	"P: /devices/pci0000:00/0000:00:14.0\nE: SUBSYSTEM=pci\n\n"
	"P: " ROOT_HUB
	"\n" USB_DEVICE("1", "480") "H: descriptors="
				    "12010002090001406B1D02000606030201010902190001010"
				    "0E0000904000001090000000705810304000C\n\n";

/* Two interfaces, the second with two settings; 250 units of 2 mA; remote wake-up. */
static const char phone[] =
	"P: " PHONE "\n" USB_DEVICE("7", "480") "H: descriptors="
						"1201000200000040AC05A812011001020301" /* device */
						"0902390002010AA0FA" /* configuration */
						"0904000002FFFE0200" /* interface 0 */
						"07058102000200"
						"07050202000200"
						"0904010000FFFF0100" /* interface 1 */
						"0904010101FFFF0000" /* its other setting */
						"0705830308000A\n\n";

static struct bed *bed;
static struct source_libusb *source;

static int
set_up(void **state)
{
	(void)state;
	bed = bed_new();
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	source_libusb_free(source);
	source = NULL;
	bed_free(bed);
	return 0;
}

static void
open_source(void)
{
	assert_int_equal(source_libusb_new(bed->base, bed_on_observation, bed, &source), 0);
	assert_int_equal(bed->n_seen, 0);
	assert_int_equal(source_libusb_scan(source), 0);
}

static void
check_phone(size_t i, bool initial)
{
	const struct ls_device *device = &bed->devices[i];

	assert_int_equal(bed->seen[i].kind, LS_OBS_CONNECTED);
	assert_int_equal(bed->seen[i].source, LS_SOURCE_LIBUSB);
	assert_int_equal(bed->seen[i].initial, initial);
	assert_string_equal(bed->seen[i].port, "1-2");
	assert_int_equal(bed->seen[i].bus, 1);
	assert_int_equal(bed->seen[i].devnum, 7);
	assert_int_equal(device->vid, 0x05ac);
	assert_int_equal(device->pid, 0x12a8);
	assert_int_equal(device->bcd_device, 0x1001);
	assert_int_equal(device->i_manufacturer, 1);
	assert_int_equal(device->i_product, 2);
	assert_int_equal(device->i_serial, 3);
	assert_int_equal(device->n_configurations, 1);
	assert_int_equal(device->n_endpoints, 2);
	assert_int_equal(device->n_interfaces, 2);
	assert_int_equal(device->interfaces[0].class, 0xff);
	assert_int_equal(device->interfaces[0].subclass, 0xfe);
	assert_int_equal(device->interfaces[0].protocol, 0x02);
	assert_int_equal(device->interfaces[1].class, 0xff);
	assert_int_equal(device->interfaces[1].protocol, 0x01);
	assert_int_equal(device->max_power_ma, 500);
	assert_int_equal(device->speed, LS_SPEED_HIGH);
	assert_true(device->remote_wakeup);
}

static void
lists_what_is_there_without_root_hubs(void **state)
{
	(void)state;
	bed_add(bed, root_hub);
	bed_add(bed, phone);
	open_source();
	assert_int_equal(bed->n_seen, 2);
	assert_int_equal(bed->seen[0].kind, LS_OBS_SOURCE_AVAILABLE);
	check_phone(1, true);
	assert_string_equal(bed->seen[1].text, "found 1-2 (05ac:12a8)");
}

static void
reports_arrival_and_removal(void **state)
{
	(void)state;
	bed_add(bed, root_hub);
	open_source();
	bed->n_seen = 0;
	bed_add(bed, phone);
	bed_wait(bed, 1);
	check_phone(0, false);

	bed_uevent(bed, PHONE, "remove");
	bed_wait(bed, 2);
	assert_int_equal(bed->seen[1].kind, LS_OBS_DISCONNECTED);
	assert_string_equal(bed->seen[1].port, "1-2");
	assert_int_equal(bed->seen[1].devnum, 7);
}

static void
is_unavailable_without_udevd(void **state)
{
	(void)state;
	bed_add(bed, root_hub);
	bed_add(bed, phone);
	bed_run_udevd(bed, false);
	open_source();
	assert_int_equal(bed->n_seen, 1);
	assert_int_equal(bed->seen[0].kind, LS_OBS_SOURCE_UNAVAILABLE);
	assert_non_null(strstr(bed->seen[0].text, "udevd does not run"));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(lists_what_is_there_without_root_hubs),
		TEST(reports_arrival_and_removal),
		TEST(is_unavailable_without_udevd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
