#pragma once
/* Computers for the tests of linkstat check, and what linkstatd says on them. */
#include "cli/check/check.h"
#include "tests/unit/cli/fake_tree.h"
#include "tests/unit/cli/screens.h"

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
	{ "var/lib/dpkg/status",
	  "Package: usbmuxd\nStatus: install ok installed\nArchitecture: amd64\nVersion: "
	  "1.1.1-2\n\n"
	  "Package: irecovery\nStatus: deinstall ok config-files\nVersion: 9.9-9\n\n"
	  "Package: libirecovery-common\nStatus: install ok installed\nVersion: 8.8\n\n"
	  "Package: libirecovery-1.0-3\nStatus: install ok installed\nVersion: 1.0.0-5\n\n" },
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

static inline int
told_bytes(const char *dir, uint64_t *ret)
{
	(void)dir;
	*ret = tree.free_bytes;
	return 0;
}

static inline int
run_tree(const struct cli *cli)
{
	char root[] = "/tmp/linkstat-check-XXXXXX", path[128];
	struct cli narrow = *cli;
	struct check check = { .cli = &narrow,
			       .root = root,
			       .path = path,
			       .work_dir = "/home/me",
			       .free_bytes = told_bytes,
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

static inline int
run_alone(const struct cli *cli)
{
	struct cli alone = *cli;

	alone.socket = ""; /* nobody can listen there */
	return run_tree(&alone);
}

static inline int
run_desktop(const struct cli *cli)
{
	tree.files = desktop;
	tree.n = LS_COUNT(desktop);
	tree.free_bytes = 100 * GB;
	tree.logind = (struct logind){ .known = true, .idle_action = "ignore", .lid = "suspend" };
	return run_tree(cli);
}

static inline int
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

static inline int
run_raspberry(const struct cli *cli)
{
	tree.files = raspberry;
	tree.n = LS_COUNT(raspberry);
	tree.free_bytes = 9 * GB;
	tree.logind = (struct logind){ 0 };
	return run_alone(cli);
}

static inline int
run_bare(const struct cli *cli)
{
	tree.n = 0;
	return run_alone(cli);
}

#define STATUS(sources, ports)                                                                     \
	"{\"parameters\":{\"version\":\"9\",\"watching_since\":\"2026-11-22T09:12:00Z\","          \
	"\"now\":\"2026-11-22T14:30:00Z\",\"history_path\":\"/x\",\"history_trouble\":null,"       \
	"\"sources\":[" sources "],\"controllers\":[],\"ports\":[" ports "],\"last_drop\":null}}"
#define SOCKET                                                                                     \
	"{\"port\":\"p-usb-0:4\",\"name\":\"1-4\",\"parent\":null,\"label\":\"left front\","       \
	"\"device\":null,\"state\":\"ok\",\"connected_at\":null,\"drops\":0}"
#define REPORT(seconds, drops, disconnects, failed, errors)                                        \
	"{\"parameters\":{\"gaps\":[],\"ports\":[{\"port\":\"p-usb-0:4\",\"name\":\"1-4\","        \
	"\"label\":\"left front\",\"connected_seconds\":" seconds                                  \
	",\"sessions\":1,\"connects\":5,\"disconnects\":" disconnects ",\"drops\":" drops          \
	",\"resets\":0,\"enumeration_failures\":" failed                                           \
	",\"over_currents\":0,\"incidents_by_cause\":{},\"transfers\":1000000,\"bytes_in\":1,"     \
	"\"bytes_out\":2000000000,\"submit_errors\":0,\"transfer_errors\":{\"link\":" errors       \
	"},\"device\":null}]}}"
#define SEES "{\"name\":\"udev\",\"sees\":true,\"detail\":\"netlink\",\"fix\":null}"
#define BLIND                                                                                      \
	"{\"name\":\"usbmon\",\"sees\":false,\"detail\":\"the module is not loaded\","             \
	"\"fix\":\"sudo modprobe usbmon\"}"
#define DROP                                                                                       \
	"{\"id\":7,\"opened_at\":\"2026-11-22T14:03:08.7Z\",\"closed_at\":null,\"port\":\"p\","    \
	"\"name\":\"1-4\",\"label\":null,\"device\":null,\"cause\":\"link-loss\","                 \
	"\"side\":\"link\",\"drop\":true,\"confidence\":0.9,\"count\":1,\"resets\":0,"             \
	"\"why\":\"\",\"back_after_seconds\":null,\"evidence\":[],\"evidence_omitted\":0}"
#define DROPS(list) "{\"parameters\":{\"incidents\":[" list "],\"cursor\":null}}"
