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

#define CASE(name_, port_, id_, level_, text_, ...)                                                \
	{                                                                                          \
		.name = (name_), .port = (port_), .id = (id_), .level = CHECK_##level_,            \
		.text = (text_), .files = {                                                        \
			__VA_ARGS__                                                                \
		}                                                                                  \
	}

static const struct rule_case {
	const char *name, *port, *id;
	enum check_level level;
	const char *text; /* part of the finding */
	struct fake_file files[FILES];
} cases[] = {
	CASE("an iPhone at full speed", "1-1", "speed", FIX, "runs at 12 Mb/s, although", ROOT_HUB,
	     APPLE(PCI "/usb1", "1-1", "12a8", "12")),
	CASE("behind a hub at full speed, it is the hub", "1-1.1", "speed", FIX,
	     "hub above (Hub, 1-1) runs at 12", ROOT_HUB, HUB(PCI "/usb1", "1-1", "e0"),
	     { PCI "/usb1/1-1/speed", "12\n" }, APPLE(PCI "/usb1/1-1", "1-1.1", "12a8", "12")),
	CASE("a slow mouse is as it should be", "1-1", "speed", FINE, "1.5 Mb/s", ROOT_HUB,
	     LINK(PCI "/usb1", "1-1"), { PCI "/usb1/1-1/speed", "1.5\n" }),
	CASE("SuperSpeed said and not reached", "1-1", "speed", NOTE, "can do SuperSpeed", ROOT_HUB,
	     APPLE(PCI "/usb1", "1-1", "12a8", "480"),
	     { PCI "/usb1/1-1/bos_descriptors",
	       "\x05\x0f\x0f\x01\x01\x0a\x10\x03\x01\x0e\x01\x01\x01\x01\x01" },
	     LINK(PCI "/usb1", "1-0:1.0"),
	     { PCI "/usb1/1-0:1.0/usb1-port1/peer", "-> ../../../usb2/2-0:1.0/usb2-port1" }),
	CASE("two hubs", "1-1.3.2", "hubs", FIX, "2 hubs are in between: Hub (1-1.3), Hub (1-1).",
	     ROOT_HUB, HUB(PCI "/usb1", "1-1", "e0"), HUB(PCI "/usb1/1-1", "1-1.3", "e0"),
	     APPLE(PCI "/usb1/1-1/1-1.3", "1-1.3.2", "12a8", "480")),
	CASE("a hub that says it has a supply", "1-1.1", "hub-power", NOTE,
	     "says that it has a power supply", ROOT_HUB, HUB(PCI "/usb1", "1-1", "e0"),
	     APPLE(PCI "/usb1/1-1", "1-1.1", "12a8", "480")),
	CASE("a hub without a supply that feeds too many", "1-1.1", "hub-power", FIX,
	     "asks for 700 mA of the 500", ROOT_HUB, HUB(PCI "/usb1", "1-1", "80"),
	     LINK(PCI "/usb1/1-1", "1-1.1"), { PCI "/usb1/1-1/1-1.1/bMaxPower", "100mA\n" },
	     APPLE(PCI "/usb1/1-1", "1-1.2", "12a8", "480")),
	CASE("a device without a configuration", "1-1", "presence", FIX, "no configuration",
	     ROOT_HUB, APPLE(PCI "/usb1", "1-1", "12a8", "480"),
	     { PCI "/usb1/1-1/bConfigurationValue", "\n" }),
	CASE("a device that may not be used", "1-1", "presence", FIX, "forbids", ROOT_HUB,
	     APPLE(PCI "/usb1", "1-1", "12a8", "480"), { PCI "/usb1/1-1/authorized", "0\n" }),
	CASE("over the network", "3-1", "usbip", FIX, "usbip",
	     LINK("sys/devices/platform/vhci_hcd.0", "usb3"),
	     { "sys/devices/platform/vhci_hcd.0/usb3/bDeviceClass", "09\n" },
	     APPLE("sys/devices/platform/vhci_hcd.0/usb3", "3-1", "12a8", "480")),
	CASE("in a virtual machine", NULL, "virtual-machine", FIX, "(QEMU)", ROOT_HUB,
	     APPLE(PCI "/usb1", "1-1", "12a8", "480"), { "sys/class/dmi/id/sys_vendor", "QEMU\n" }),
	CASE("an exploit on AMD", NULL, "controller", NOTE, "checkm8", ROOT_HUB,
	     APPLE(PCI "/usb1", "1-1", "1227", "480"), { PCI "/vendor", "0x1022\n" },
	     { PCI "/device", "0x15e0\n" }),
	CASE("AMD with a new BIOS", NULL, "controller", FINE, "2021-04", ROOT_HUB,
	     APPLE(PCI "/usb1", "1-1", "12a8", "480"), { PCI "/vendor", "0x1022\n" },
	     { PCI "/device", "0x43ee\n" }, { "sys/class/dmi/id/bios_date", "04/01/2021\n" }),
	CASE("AMD with a BIOS of no age", NULL, "controller", FIX, "unknown", ROOT_HUB,
	     APPLE(PCI "/usb1", "1-1", "12a8", "480"), { PCI "/vendor", "0x1022\n" },
	     { PCI "/device", "0x43ee\n" }, { "sys/class/dmi/id/bios_date", "13/99/\n" }),
	CASE("little memory for USB, several phones", NULL, "usbfs-memory", NOTE, "16 MB", ROOT_HUB,
	     APPLE(PCI "/usb1", "1-1", "12a8", "480"), APPLE(PCI "/usb1", "1-2", "12a8", "480"),
	     { "sys/module/usbcore/parameters/usbfs_memory_mb", "16\n" }),
	CASE("up for long", NULL, "uptime", NOTE, "up for 41 days", ROOT_HUB,
	     { "proc/uptime", "3600000.12 100.0\n" }),
	CASE("an update that waits", NULL, "restart", NOTE, "waits for a restart", ROOT_HUB,
	     { "run/reboot-required", "*** System restart required ***\n" }),
	CASE("a newer kernel", NULL, "restart", NOTE, "6.1.0-32-amd64 is installed", ROOT_HUB,
	     { "proc/sys/kernel/osrelease", "6.1.0-31-amd64\n" },
	     { "lib/modules/6.1.0-31-amd64/modules.dep", "" },
	     { "lib/modules/6.1.0-32-amd64/modules.dep", "" },
	     { "lib/modules/6.1.0-33-cloud-amd64/modules.dep", "" }),
	CASE("a kernel whose modules are gone", NULL, "restart", NOTE, "not installed any more",
	     ROOT_HUB, { "proc/sys/kernel/osrelease", "6.9.7-arch1-1\n" },
	     { "lib/modules/6.9.6-arch1-1/modules.dep", "" }),
	CASE("DFU mode on a Type-C port", "1-1", "dfu-port", NOTE, "on a Type-C port", ROOT_HUB,
	     APPLE(PCI "/usb1", "1-1", "1227", "480"), LINK(PCI "/usb1", "1-0:1.0"),
	     { PCI "/usb1/1-0:1.0/usb1-port1/connector", "-> ../../../../../typec/port0" }),
	CASE("less memory for USB than usual", NULL, "usbfs-memory", FIX, "4 MB", ROOT_HUB,
	     { "sys/module/usbcore/parameters/usbfs_memory_mb", "4\n" }),
	CASE("no limit of memory for USB", NULL, "usbfs-memory", FINE, "any amount", ROOT_HUB,
	     { "sys/module/usbcore/parameters/usbfs_memory_mb", "0\n" }),
	CASE("almost no memory", NULL, "memory", FIX, "88 MiB", ROOT_HUB,
	     { "proc/meminfo", "MemAvailable: 90000 kB\n" }),
	CASE("a slow disk", NULL, "pressure", NOTE, "the disk 33 %", ROOT_HUB,
	     { "proc/pressure/io", "some avg10=40.00 avg60=0.00\n"
				   "full avg10=33.00 avg60=0.00\n" }),
	CASE("an old idevicerestore by its package", NULL, "tools", NOTE, "1.0.0, of 2020",
	     ROOT_HUB, { "bin/pacman", "!#!/bin/sh\necho idevicerestore 1.0.0-3\n" },
	     { "bin/idevicerestore", "!#!/bin/sh\n" }),
	CASE("a tool that never answers", NULL, "tools", FINE, "does not say its version", ROOT_HUB,
	     { "bin/idevicerestore", "!#!/bin/sh\nsleep 3600 & sleep 3600\n" }),
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
			 strstr(finding->what, wanted->text));
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
