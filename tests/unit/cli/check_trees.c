#include "tests/unit/cli/check_trees.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "cli/check/check.h"
#include "tests/unit/cli/fake_tree.h"

#define GB  UINT64_C(1000000000)
#define PCI "sys/devices/pci0000:00/0000:00:14.0"
#define ROOT_HUB(dir, name)                                                                        \
	{ "sys/bus/usb/devices/" name, "-> ../../../../" dir "/" name },                           \
		{ dir "/" name "/bDeviceClass", "09\n" },                                          \
		{ dir "/" name "/product", "xHCI Host Controller\n" },                             \
		{ dir "/" name "/idVendor", "1d6b\n" }, { dir "/" name "/bmAttributes", "e0\n" },  \
		{ dir "/" name "/speed", "480\n" },                                                \
	{                                                                                          \
		dir "/" name "/bMaxPower", "0mA\n"                                                 \
	}
#define DEVICE(dir, name, vendor, what, class, megabits, ma, attributes_)                          \
	{ "sys/bus/usb/devices/" name, "-> ../../../../" dir "/" name },                           \
		{ dir "/" name "/bDeviceClass", class "\n" },                                      \
		{ dir "/" name "/product", what "\n" }, { dir "/" name "/idVendor", vendor "\n" }, \
		{ dir "/" name "/idProduct", "12a8\n" },                                           \
		{ dir "/" name "/bmAttributes", attributes_ "\n" },                                \
		{ dir "/" name "/speed", megabits "\n" },                                          \
		{ dir "/" name "/bConfigurationValue", "1\n" },                                    \
		{ dir "/" name "/authorized", "1\n" },                                             \
	{                                                                                          \
		dir "/" name "/bMaxPower", ma "mA\n"                                               \
	}
#define INTERFACE(dir, name, class)                                                                \
	{ "sys/bus/usb/devices/" name ":1.0", "-> ../../../../" dir "/" name "/" name ":1.0" },    \
	{                                                                                          \
		dir "/" name "/" name ":1.0/bInterfaceClass", class "\n"                           \
	}
#define MEMORY(kib)                                                                                \
	{                                                                                          \
		"proc/meminfo", "MemTotal:       24684096 kB\nMemAvailable:   " kib " kB\n"        \
	}
#define QUIET                                                                                      \
	{ "proc/pressure/memory", "some avg10=0.00 avg60=0.00 avg300=0.00 total=9\n"               \
				  "full avg10=0.00 avg60=0.00 avg300=0.00 total=9\n" },            \
		{ "proc/pressure/io", "some avg10=3.20 avg60=0.00 avg300=0.00 total=9\n"           \
				      "full avg10=1.30 avg60=0.00 avg300=0.00 total=9\n" },        \
	{                                                                                          \
		"proc/pressure/cpu", "some avg10=4.10 avg60=0.00 avg300=0.00 total=9\n"            \
	}

static const struct fake_file desktop[] = {
	ROOT_HUB(PCI, "usb1"),
	{ PCI "/vendor", "0x8086\n" },
	{ PCI "/device", "0xa36d\n" },
	DEVICE(PCI "/usb1", "1-4", "05ac", "iPhone", "00", "480", "500", "c0"),
	{ PCI "/usb1/1-4/power/control", "on\n" },
	{ PCI "/usb1/1-4/power/autosuspend_delay_ms", "2000\n" },
	{ PCI "/usb1/1-4/power/usb2_hardware_lpm", "disabled\n" },
	{ "sys/bus/usb/devices/1-0:1.0", "-> ../../../../" PCI "/usb1/1-0:1.0" },
	{ PCI "/usb1/1-0:1.0/usb1-port4/over_current_count", "0\n" },
	{ PCI "/usb1/1-0:1.0/usb1-port5/over_current_count", "2\n" },
	DEVICE(PCI "/usb1", "1-10", "046d", "Keyboard", "00", "12", "98", "a0"),
	{ PCI "/usb1/1-10/removable", "fixed\n" },
	{ PCI "/usb1/1-10/power/control", "auto\n" },
	MEMORY("20623468"),
	QUIET,
	{ "proc/sys/kernel/osrelease", "6.1.0-31-amd64\n" },
	{ "proc/812/comm", "usbmuxd\n" },
	{ "sys/module/usbcore/parameters/usbfs_memory_mb", "16\n" },
	{ "sys/class/power_supply/AC/type", "Mains\n" },
	{ "sys/class/power_supply/AC/online", "1\n" },
	{ "bin/dpkg-query", "!#!/bin/sh\n"
			    "echo usbmuxd 1.1.1-2 installed\n"
			    "echo irecovery 9.9-9 config-files\n"
			    "echo libirecovery-common 8.8 installed\n"
			    "echo libirecovery-1.0-3 1.0.0-5 installed\n" },
	{ "bin/usbmuxd", "!#!/bin/sh\necho must not be asked: 7.7\n" },
	{ "local/bin/idevicerestore", "!#!/bin/sh\necho idevicerestore 1.1.0-2-g405fcd1\n" },
};

/* A laptop on battery, an iPhone behind a hub without a supply, everything saving power. */
static const struct fake_file laptop[] = {
	ROOT_HUB(PCI, "usb3"),
	{ PCI "/vendor", "0x1022\n" },
	{ PCI "/device", "0x149c\n" },
	{ "sys/class/dmi/id/bios_date", "11/09/2020\n" },
	DEVICE(PCI "/usb3", "3-2", "1a40", "USB 2.0 Hub", "09", "480", "100", "80"),
	DEVICE(PCI "/usb3/3-2", "3-2.1", "05ac", "iPhone \x1b[2J", "00", "480", "500", "c0"),
	{ PCI "/usb3/3-2/3-2.1/power/control", "auto\n" },
	{ PCI "/usb3/3-2/3-2.1/power/autosuspend_delay_ms", "2000\n" },
	{ PCI "/usb3/3-2/3-2.1/power/usb2_hardware_lpm", "enabled\n" },
	DEVICE(PCI "/usb3/3-2", "3-2.3", "0781", "Ultra", "00", "480", "224", "80"),
	INTERFACE(PCI "/usb3/3-2", "3-2.3", "08"),
	{ "sys/bus/usb/devices/3-2:1.0", "-> ../../../../" PCI "/usb3/3-2/3-2:1.0" },
	{ PCI "/usb3/3-2/3-2:1.0/3-2-port1/over_current_count", "1\n" },
	MEMORY("700000"),
	{ "proc/pressure/memory", "some avg10=30.00 avg60=0.00 avg300=0.00 total=9\n"
				  "full avg10=12.50 avg60=0.00 avg300=0.00 total=9\n" },
	{ "proc/acpi/button/lid/LID0/state", "state:      open\n" },
	{ "proc/sys/kernel/osrelease", "6.1.0-31-amd64\n" },
	{ "proc/901/comm", "gvfs-gphoto2-vo\n" },
	{ "proc/902/comm", "ModemManager\n" },
	{ "sys/module/usbcore/parameters/usbfs_memory_mb", "16\n" },
	{ "sys/class/power_supply/BAT0/type", "Battery\n" },
	{ "sys/class/power_supply/BAT0/status", "Discharging\n" },
	{ "sys/class/power_supply/BAT0/capacity", "41\n" },
	{ "sys/class/power_supply/phone/type", "Battery\n" },
	{ "sys/class/power_supply/phone/scope", "Device\n" },
	{ "sys/class/power_supply/phone/status", "Discharging\n" },
	{ "sys/class/power_supply/phone/capacity", "3\n" },
};

#define PI "sys/devices/platform/scb/fd500000.pcie/pci0000:00/0000:00:00.0/0000:01:00.0"
static const struct fake_file raspberry[] = {
	ROOT_HUB(PI, "usb1"),
	{ PI "/vendor", "0x1106\n" },
	{ PI "/device", "0x3483\n" },
	DEVICE(PI "/usb1", "1-1", "2109", "USB2.0 Hub", "09", "480", "100", "e0"),
	{ PI "/usb1/1-1/removable", "fixed\n" },
	DEVICE(PI "/usb1/1-1", "1-1.2", "0403", "FT232R", "00", "12", "90", "a0"),
	INTERFACE(PI "/usb1/1-1", "1-1.2", "ff"),
	{ PI "/usb1/1-1/1-1.2/1-1.2:1.0/driver", "-> ../../../bus/usb/drivers/ftdi_sio" },
	{ "sys/class/hwmon/hwmon0/name", "cpu_thermal\n" },
	{ "sys/class/hwmon/hwmon1/name", "rpi_volt\n" },
	{ "sys/class/hwmon/hwmon1/in0_lcrit_alarm", "0\n" },
	{ "sys/devices/platform/soc/soc:firmware/get_throttled", "50000\n" },
	{ "proc/sys/kernel/osrelease", "4.19.97-v7l+\n" },
	{ "proc/55/comm", "ModemManager\n" },
	MEMORY("3000000"),
	QUIET,
};

static struct {
	const struct fake_file *files;
	size_t n;
	struct logind logind;
	uint64_t free_bytes;
} tree;

static int
fake_free_bytes(const char *dir, uint64_t *ret)
{
	(void)dir;
	*ret = tree.free_bytes;
	return 0;
}

static int
run_tree(const struct cli *cli)
{
	char root[] = "/tmp/linkstat-check-XXXXXX", path[128];
	struct cli narrow = *cli;
	struct check check = { .cli = &narrow,
			       .root = root,
			       .path = path,
			       .work_dir = "/home/me",
			       .free_bytes = fake_free_bytes,
			       .logind = tree.logind,
			       .job_hours = 0.25 };
	int r;

	narrow.style.width = 80;
	assert_non_null(mkdtemp(root));
	fake_tree(root, tree.files, tree.n);
	snprintf(path, sizeof(path), "%s/local/bin:%s/bin", root, root);
	r = check_command(&check, cli->n_args > 0 ? cli->args[0] : NULL);
	check_done(&check);
	fake_remove(root);
	return r;
}

static int
run_alone(const struct cli *cli)
{
	struct cli alone = *cli;

	alone.socket = ""; /* nothing listens there */
	return run_tree(&alone);
}

int
run_desktop(const struct cli *cli)
{
	tree.files = desktop;
	tree.n = LS_COUNT(desktop);
	tree.free_bytes = 100 * GB;
	tree.logind = (struct logind){ .known = true, .idle_action = "ignore", .lid = "suspend" };
	return run_tree(cli);
}

int
run_laptop(const struct cli *cli)
{
	tree.files = laptop;
	tree.n = LS_COUNT(laptop);
	tree.free_bytes = 3 * GB;
	tree.logind = (struct logind){
		.known = true, .idle_action = "suspend", .idle_us = 600000000, .lid = "suspend"
	};
	return run_alone(cli);
}

int
run_raspberry(const struct cli *cli)
{
	tree.files = raspberry;
	tree.n = LS_COUNT(raspberry);
	tree.free_bytes = 9 * GB;
	tree.logind = (struct logind){ 0 };
	return run_alone(cli);
}

int
run_bare(const struct cli *cli)
{
	tree.n = 0;
	return run_alone(cli);
}
