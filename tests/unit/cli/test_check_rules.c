/* linkstat check, one rule at a time: a small tree, and the one finding that it must give. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/check/check.h"
#include "cli/check/devices.h"
#include "cli/check/rules.h"
#include "tests/unit/cli/fake_tree.h"

#define PCI "sys/devices/pci0000:00/0000:00:14.0"
#define LINK(dir, name)                                                                            \
	{                                                                                          \
		"sys/bus/usb/devices/" name, "-> ../../../../" dir "/" name                        \
	}
#define ROOT_HUB                                                                                   \
	LINK(PCI, "usb1"),                                                                         \
	{                                                                                          \
		PCI "/usb1/bDeviceClass", "09\n"                                                   \
	}
#define HUB(dir, name, attributes_)                                                                \
	LINK(dir, name), { dir "/" name "/bDeviceClass", "09\n" },                                 \
		{ dir "/" name "/product", "Hub\n" },                                              \
		{ dir "/" name "/bmAttributes", attributes_ "\n" },                                \
	{                                                                                          \
		dir "/" name "/bMaxPower", "100mA\n"                                               \
	}
#define APPLE(dir, name, product, megabits)                                                        \
	LINK(dir, name), { dir "/" name "/idVendor", "05ac\n" },                                   \
		{ dir "/" name "/idProduct", product "\n" },                                       \
		{ dir "/" name "/speed", megabits "\n" },                                          \
	{                                                                                          \
		dir "/" name "/bMaxPower", "500mA\n"                                               \
	}
#define FILES 24

static const struct rule_case {
	const char *name;
	struct fake_file files[FILES];
	const char *port, *id;
	enum check_level level;
	const char *says;
} cases[] = {
	{ "an iPhone at full speed",
	  { ROOT_HUB, APPLE(PCI "/usb1", "1-1", "12a8", "12") },
	  "1-1",
	  "speed",
	  CHECK_FIX,
	  "runs at 12 Mb/s, although" },
	{ "behind a hub at full speed, it is the hub",
	  { ROOT_HUB,
	    HUB(PCI "/usb1", "1-1", "e0"),
	    { PCI "/usb1/1-1/speed", "12\n" },
	    APPLE(PCI "/usb1/1-1", "1-1.1", "12a8", "12") },
	  "1-1.1",
	  "speed",
	  CHECK_FIX,
	  "hub above (Hub, 1-1) runs at 12" },
	{ "a slow mouse is as it should be",
	  { ROOT_HUB, LINK(PCI "/usb1", "1-1"), { PCI "/usb1/1-1/speed", "1.5\n" } },
	  "1-1",
	  "speed",
	  CHECK_FINE,
	  "1.5 Mb/s" },
	{ "SuperSpeed said and not reached",
	  { ROOT_HUB,
	    APPLE(PCI "/usb1", "1-1", "12a8", "480"),
	    { PCI "/usb1/1-1/bos_descriptors",
	      "\x05\x0f\x0f\x01\x01\x0a\x10\x03\x01\x0e\x01\x01\x01\x01\x01" },
	    LINK(PCI "/usb1", "1-0:1.0"),
	    { PCI "/usb1/1-0:1.0/usb1-port1/peer", "-> ../../../usb2/2-0:1.0/usb2-port1" } },
	  "1-1",
	  "speed",
	  CHECK_NOTE,
	  "can do SuperSpeed" },
	{ "two hubs",
	  { ROOT_HUB, HUB(PCI "/usb1", "1-1", "e0"), HUB(PCI "/usb1/1-1", "1-1.3", "e0"),
	    APPLE(PCI "/usb1/1-1/1-1.3", "1-1.3.2", "12a8", "480") },
	  "1-1.3.2",
	  "hubs",
	  CHECK_FIX,
	  "2 hubs are in between: Hub (1-1.3), Hub (1-1)." },
	{ "a hub that says it has a supply",
	  { ROOT_HUB, HUB(PCI "/usb1", "1-1", "e0"),
	    APPLE(PCI "/usb1/1-1", "1-1.1", "12a8", "480") },
	  "1-1.1",
	  "hub-power",
	  CHECK_NOTE,
	  "says that it has a power supply" },
	{ "a hub without a supply that feeds too many",
	  { ROOT_HUB,
	    HUB(PCI "/usb1", "1-1", "80"),
	    LINK(PCI "/usb1/1-1", "1-1.1"),
	    { PCI "/usb1/1-1/1-1.1/bMaxPower", "100mA\n" },
	    APPLE(PCI "/usb1/1-1", "1-1.2", "12a8", "480") },
	  "1-1.1",
	  "hub-power",
	  CHECK_FIX,
	  "asks for 700 mA of the 500" },
	{ "a device without a configuration",
	  { ROOT_HUB,
	    APPLE(PCI "/usb1", "1-1", "12a8", "480"),
	    { PCI "/usb1/1-1/bConfigurationValue", "\n" } },
	  "1-1",
	  "presence",
	  CHECK_FIX,
	  "no configuration" },
	{ "a device that may not be used",
	  { ROOT_HUB,
	    APPLE(PCI "/usb1", "1-1", "12a8", "480"),
	    { PCI "/usb1/1-1/authorized", "0\n" } },
	  "1-1",
	  "presence",
	  CHECK_FIX,
	  "forbids" },
	{ "over the network",
	  { LINK("sys/devices/platform/vhci_hcd.0", "usb3"),
	    { "sys/devices/platform/vhci_hcd.0/usb3/bDeviceClass", "09\n" },
	    APPLE("sys/devices/platform/vhci_hcd.0/usb3", "3-1", "12a8", "480") },
	  "3-1",
	  "usbip",
	  CHECK_FIX,
	  "usbip" },
	{ "in a virtual machine",
	  { ROOT_HUB,
	    APPLE(PCI "/usb1", "1-1", "12a8", "480"),
	    { "sys/class/dmi/id/sys_vendor", "QEMU\n" } },
	  NULL,
	  "virtual-machine",
	  CHECK_FIX,
	  "(QEMU)" },
	{ "an exploit on AMD",
	  { ROOT_HUB,
	    APPLE(PCI "/usb1", "1-1", "1227", "480"),
	    { PCI "/vendor", "0x1022\n" },
	    { PCI "/device", "0x15e0\n" } },
	  NULL,
	  "controller",
	  CHECK_NOTE,
	  "checkm8" },
	{ "AMD with a new BIOS",
	  { ROOT_HUB,
	    APPLE(PCI "/usb1", "1-1", "12a8", "480"),
	    { PCI "/vendor", "0x1022\n" },
	    { PCI "/device", "0x43ee\n" },
	    { "sys/class/dmi/id/bios_date", "04/01/2021\n" } },
	  NULL,
	  "controller",
	  CHECK_FINE,
	  "2021-04" },
	{ "AMD with a BIOS of no age",
	  { ROOT_HUB,
	    APPLE(PCI "/usb1", "1-1", "12a8", "480"),
	    { PCI "/vendor", "0x1022\n" },
	    { PCI "/device", "0x43ee\n" },
	    { "sys/class/dmi/id/bios_date", "13/99/\n" } },
	  NULL,
	  "controller",
	  CHECK_FIX,
	  "unknown" },
	{ "little memory for USB, several phones",
	  { ROOT_HUB,
	    APPLE(PCI "/usb1", "1-1", "12a8", "480"),
	    APPLE(PCI "/usb1", "1-2", "12a8", "480"),
	    { "sys/module/usbcore/parameters/usbfs_memory_mb", "16\n" } },
	  NULL,
	  "usbfs-memory",
	  CHECK_NOTE,
	  "16 MB" },
	{ "less memory for USB than usual",
	  { ROOT_HUB, { "sys/module/usbcore/parameters/usbfs_memory_mb", "4\n" } },
	  NULL,
	  "usbfs-memory",
	  CHECK_FIX,
	  "4 MB" },
	{ "no limit of memory for USB",
	  { ROOT_HUB, { "sys/module/usbcore/parameters/usbfs_memory_mb", "0\n" } },
	  NULL,
	  "usbfs-memory",
	  CHECK_FINE,
	  "any amount" },
	{ "almost no memory",
	  { ROOT_HUB, { "proc/meminfo", "MemAvailable: 90000 kB\n" } },
	  NULL,
	  "memory",
	  CHECK_FIX,
	  "88 MiB" },
	{ "a slow disk",
	  { ROOT_HUB,
	    { "proc/pressure/io", "some avg10=40.00 avg60=0.00\n"
				  "full avg10=33.00 avg60=0.00\n" } },
	  NULL,
	  "pressure",
	  CHECK_NOTE,
	  "the disk 33 %" },
	{ "an old idevicerestore by its package",
	  { ROOT_HUB,
	    { "bin/pacman", "!#!/bin/sh\necho idevicerestore 1.0.0-3\n" },
	    { "bin/idevicerestore", "!#!/bin/sh\n" } },
	  NULL,
	  "tools",
	  CHECK_NOTE,
	  "1.0.0, of 2020" },
	{ "a tool that never answers",
	  { ROOT_HUB, { "bin/idevicerestore", "!#!/bin/sh\nsleep 3600 & sleep 3600\n" } },
	  NULL,
	  "tools",
	  CHECK_FINE,
	  "does not say its version" },
};

static int
no_bytes(const char *dir, uint64_t *ret)
{
	(void)dir;
	(void)ret;
	return -ENOENT;
}

static bool
has_finding(const struct check *check, const struct rule_case *wanted)
{
	bool found = false;

	for (size_t i = 0; i < check->n_findings; i++) {
		const struct check_finding *finding = &check->findings[i];

		print_message("  %d %s: %s\n", (int)finding->level, finding->id, finding->what);
		assert_true(i == 0 || check->findings[i - 1].level <= finding->level);
		found = found ||
			(strcmp(finding->id, wanted->id) == 0 && finding->level == wanted->level &&
			 strstr(finding->what, wanted->says));
	}
	return found;
}

static void
finds_what_is_wrong(void **state)
{
	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		char root[] = "/tmp/linkstat-check-XXXXXX", path[128];
		struct cli cli = { .socket = "", .style = { .utf8 = true } };
		struct check check = { .cli = &cli,
				       .root = root,
				       .path = path,
				       .free_bytes = no_bytes,
				       .unreachable = -ENOENT,
				       .job_hours = 0.25 };
		size_t n = 0;

		print_message("%s\n", cases[i].name);
		assert_non_null(mkdtemp(root));
		snprintf(path, sizeof(path), ":%s/nothing:%s/bin", root, root);
		while (n < FILES && cases[i].files[n].path)
			n++;
		fake_tree(root, cases[i].files, n);
		assert_int_equal(check_read_devices(&check, cases[i].port), 0);
		check_look(&check);
		assert_false(check.failed);
		assert_true(has_finding(&check, &cases[i]));
		assert_int_equal(check_is_fit(&check), check.findings[0].level != CHECK_FIX);
		check_done(&check);
		fake_remove(root);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_what_is_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
