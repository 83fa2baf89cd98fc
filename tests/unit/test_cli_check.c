/* linkstat check over small trees: whole screens, at 80 columns. */
#include "cli/check.h"
#include "tests/unit/fake_tree.h"
#include "tests/unit/screens.h"

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

static int
told_bytes(const char *dir, uint64_t *ret)
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
			       .free_bytes = told_bytes,
			       .logind = tree.logind,
			       .job_hours = 0.25 };
	int r;

	narrow.look.width = 80;
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

	alone.socket = "/nonexistent/linkstat";
	return run_tree(&alone);
}

static int
run_desktop(const struct cli *cli)
{
	tree.files = desktop;
	tree.n = LS_COUNT(desktop);
	tree.free_bytes = 100 * GB;
	tree.logind = (struct logind){ .known = true, .idle_action = "ignore", .lid = "suspend" };
	return run_tree(cli);
}

static int
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

static int
run_raspberry(const struct cli *cli)
{
	tree.files = raspberry;
	tree.n = LS_COUNT(raspberry);
	tree.free_bytes = 9 * GB;
	tree.logind = (struct logind){ 0 };
	return run_alone(cli);
}

static int
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

static const struct screen screens[] = {
	{ "a healthy desktop",
	  run_desktop,
	  "left front",
	  false,
	  { STATUS(SEES, SOCKET), REPORT("96000", "0", "4", "0", "0"),
	    REPORT("3600", "0", "1", "0", "3"), DROPS("") },
	  CLI_FINE,
	  "Nothing speaks against a job of 15 min on \"left front\" (1-4), iPhone.\n"
	  "Fine:\n"
	  "  - No drop in 1 d 2 h on this port. A job of 15 min runs through with 99 % (98\n"
	  "    to 99 %).\n"
	  "  - Transfers failed on the wire in the last 24 hours (3 link in 1.0 million\n"
	  "    transfers (3.0 per million), 2.0 GB), as few come with each unplugging.\n"
	  "  - The link runs at 480 Mb/s.\n"
	  "  - No hub is in between.\n"
	  "  - usbmuxd runs.\n"
	  "  - logind does not put this computer to sleep by itself.\n"
	  "  - 20 GiB of memory are free.\n"
	  "  - 100 GB are free in /home/me.\n"
	  "  - linkstatd runs and keeps the record.\n"
	  "  - Programs may use 16 MB of memory for USB.\n"
	  "  - Power saving does not put the device to sleep.\n"
	  "  - usbmuxd is 1.1.1-2.\n"
	  "  - idevicerestore is 1.1.0-2-g405fcd1.\n"
	  "  - libirecovery is 1.0.0-5.\n"
	  "  - The kernel is Linux 6.1.0-31-amd64.\n" },
	{ "the same with drops and errors, and a source that is blind",
	  run_desktop,
	  "p-usb-0:4",
	  false,
	  { STATUS(SEES "," BLIND, SOCKET), REPORT("11520", "4", "4", "0", "0"),
	    REPORT("3600", "2", "2", "3", "9000"), DROPS(DROP "," DROP) },
	  CLI_TROUBLE,
	  "Not fit yet for a job of 15 min on \"left front\" (1-4), iPhone: 2 things are to\n"
	  "be mended first.\n"
	  "Mend first:\n"
	  "  - 4 drops in 3 h 12 min on this port. A job of 15 min runs through with 71 %\n"
	  "    (52 to 88 %). The last: 14:03:08, link lost (incident 7); 14:03:08, link\n"
	  "    lost (incident 7).\n"
	  "    Do: Use another port, or find the part that is at fault first:\n"
	  "        linkstat diagnose 1-4\n"
	  "  - Transfers failed on the wire in the last 24 hours: 9000 link in 1.0 million\n"
	  "    transfers (9000 per million), 2.0 GB.\n"
	  "    Do: Use another port of the computer itself, or another cable: links that do\n"
	  "        this often drop soon.\n"
	  "Worth knowing:\n"
	  "  - Something plugged in here did not start, 3 times in the last 24 hours.\n"
	  "    Do: Push the plug in firmly; if it goes on, try another port.\n"
	  "  - linkstatd does not see all: usbmon: the module is not loaded.\n"
	  "    Do: Let it see:\n"
	  "        sudo modprobe usbmon\n"
	  "Fine:\n"
	  "  - The link runs at 480 Mb/s.\n"
	  "  - No hub is in between.\n"
	  "  - usbmuxd runs.\n"
	  "  - logind does not put this computer to sleep by itself.\n"
	  "  - 20 GiB of memory are free.\n"
	  "  - 100 GB are free in /home/me.\n"
	  "  - linkstatd runs and keeps the record.\n"
	  "  - Programs may use 16 MB of memory for USB.\n"
	  "  - Power saving does not put the device to sleep.\n"
	  "  - usbmuxd is 1.1.1-2.\n"
	  "  - idevicerestore is 1.1.0-2-g405fcd1.\n"
	  "  - libirecovery is 1.0.0-5.\n"
	  "  - The kernel is Linux 6.1.0-31-amd64.\n" },
	{ "all of its ports, by a linkstatd that knows none",
	  run_desktop,
	  NULL,
	  false,
	  { STATUS(SEES, ""), "{\"parameters\":{\"gaps\":[],\"ports\":[]}}",
	    "{\"parameters\":{\"gaps\":[],\"ports\":[]}}", DROPS("") },
	  CLI_FINE,
	  "Nothing speaks against a job of 15 min on this computer; 1 thing is worth\n"
	  "knowing.\n"
	  "Worth knowing:\n"
	  "  - 1-4, iPhone: linkstatd has no record of this port yet.\n"
	  "Fine:\n"
	  "  - usbmuxd runs.\n"
	  "  - logind does not put this computer to sleep by itself.\n"
	  "  - 20 GiB of memory are free.\n"
	  "  - 100 GB are free in /home/me.\n"
	  "  - linkstatd runs and keeps the record.\n"
	  "  - Programs may use 16 MB of memory for USB.\n"
	  "  - usbmuxd is 1.1.1-2.\n"
	  "  - idevicerestore is 1.1.0-2-g405fcd1.\n"
	  "  - libirecovery is 1.0.0-5.\n"
	  "  - The kernel is Linux 6.1.0-31-amd64.\n"
	  "  - 1-10, Keyboard: nothing speaks against it.\n" },
	{ "an empty port that had too much current",
	  run_desktop,
	  "1-5",
	  false,
	  { STATUS(SEES, SOCKET), REPORT("96000", "0", "4", "0", "0"),
	    REPORT("3600", "0", "1", "0", "3"), DROPS("") },
	  CLI_TROUBLE,
	  "Not fit yet for a job of 15 min on 1-5: 1 thing is to be mended first.\n"
	  "Mend first:\n"
	  "  - More current was drawn from this port than it can give, 2 times since the\n"
	  "    computer was started.\n"
	  "    Do: Use another port. If it happens there too, the cable or the device has a\n"
	  "        short circuit.\n"
	  "Worth knowing:\n"
	  "  - Nothing is plugged in there now, so only the port was looked at.\n"
	  "    Do: Plug the device in and ask again.\n"
	  "  - linkstatd has no record of this port yet.\n"
	  "Fine:\n"
	  "  - No hub is in between.\n"
	  "  - usbmuxd runs.\n"
	  "  - logind does not put this computer to sleep by itself.\n"
	  "  - 20 GiB of memory are free.\n"
	  "  - 100 GB are free in /home/me.\n"
	  "  - linkstatd runs and keeps the record.\n"
	  "  - Programs may use 16 MB of memory for USB.\n"
	  "  - usbmuxd is 1.1.1-2.\n"
	  "  - idevicerestore is 1.1.0-2-g405fcd1.\n"
	  "  - libirecovery is 1.0.0-5.\n"
	  "  - The kernel is Linux 6.1.0-31-amd64.\n" },
	{ "a port that there is not",
	  run_desktop,
	  "1-6",
	  false,
	  { STATUS(SEES, SOCKET), REPORT("96000", "0", "4", "0", "0"),
	    REPORT("3600", "0", "1", "0", "3"), DROPS("") },
	  CLI_USAGE,
	  "" },
	{ "a label without linkstatd", run_laptop, "left front", false, { NULL }, CLI_USAGE, "" },
	{ "a laptop on its battery",
	  run_laptop,
	  "3-2.1",
	  false,
	  { NULL },
	  CLI_TROUBLE,
	  "Not fit yet for a job of 15 min on 3-2.1, iPhone \\x1b[2J: 7 things are to be\n"
	  "mended first.\n"
	  "Mend first:\n"
	  "  - More current was drawn from this port than it can give, 1 time since the\n"
	  "    computer was started.\n"
	  "    Do: Use another port. If it happens there too, the cable or the device has a\n"
	  "        short circuit.\n"
	  "  - The hub above (USB 2.0 Hub, 3-2) has no power supply of its own: it may give\n"
	  "    100 mA to each port, and the iPhone \\x1b[2J asks for 500.\n"
	  "    Do: Plug the device into the computer itself, or use a hub with its own\n"
	  "        supply.\n"
	  "  - usbmuxd is not installed: without it no program sees an iPhone in normal or\n"
	  "    restore mode.\n"
	  "    Do: Install the package usbmuxd.\n"
	  "  - This computer runs on its battery (41 %): it saves power, also on USB, and\n"
	  "    may go to sleep in the middle of the job.\n"
	  "    Do: Plug its power supply in.\n"
	  "  - This computer goes to sleep after 10 min without a touch (suspend), and the\n"
	  "    job takes 15 min.\n"
	  "    Do: Start the job so, which keeps the computer awake:\n"
	  "        linkstat run -- COMMAND\n"
	  "  - This AMD USB controller is known to drop devices with BIOSes from before\n"
	  "    April 2021, and this one is older.\n"
	  "    Do: Update the BIOS (AGESA 1.2.0.2 or later), or use a hub or card with\n"
	  "        another controller.\n"
	  "  - This computer is busy: programs waited for memory 12 % of the last 10\n"
	  "    seconds. USB then times out more easily.\n"
	  "    Do: Wait until it is quiet, or end what keeps it busy (see: top).\n"
	  "Worth knowing:\n"
	  "  - One hub is in between: USB 2.0 Hub (3-2).\n"
	  "    Do: For a long job plug the device into the computer itself, at best at the\n"
	  "        back.\n"
	  "  - 684 MiB of memory are free: transfers fail when it ends.\n"
	  "    Do: End programs that are not needed, browsers first.\n"
	  "  - 3.0 GB are free in /home/me; the firmware of a new iPhone takes some 20 GB\n"
	  "    to download and unpack.\n"
	  "    Do: Make room, or work in a directory with more of it.\n"
	  "  - linkstatd does not run: nothing is known of earlier drops, and none will be\n"
	  "    recorded.\n"
	  "    Do: Start it:\n"
	  "        sudo systemctl enable --now linkstatd\n"
	  "  - The desktop (gvfs) opens phones and cameras, to show their pictures.\n"
	  "    Do: Before the job: eject the device in the file manager, or log out of the\n"
	  "        desktop.\n"
	  "  - Power saving may put the iPhone \\x1b[2J to sleep after 2.0 s without\n"
	  "    traffic, and the hubs above with it. Most devices bear that, some drop.\n"
	  "    Do: If it drops when idle, switch that off until it is unplugged:\n"
	  "        echo on | sudo tee /sys/bus/usb/devices/3-2.1/power/control\n"
	  "  - Link power management of USB 2 (LPM) is on for the iPhone \\x1b[2J. Some\n"
	  "    devices say they can and drop.\n"
	  "    Do: If it drops, switch that off until it is unplugged:\n"
	  "        echo n | sudo tee /sys/bus/usb/devices/3-2.1/power/usb2_hardware_lpm\n"
	  "  - It shares its controller with Ultra (disk, 3-2.3).\n"
	  "    Do: Leave them idle during the job, or use ports of another controller.\n"
	  "  - idevicerestore is not installed.\n"
	  "    Do: Install it, if this is to be a restore.\n"
	  "Fine:\n"
	  "  - The link runs at 480 Mb/s.\n"
	  "  - Programs may use 16 MB of memory for USB.\n"
	  "  - The kernel is Linux 6.1.0-31-amd64.\n" },
	{ "the laptop as JSON",
	  run_laptop,
	  "3-2.1",
	  true,
	  { NULL },
	  CLI_TROUBLE,
	  "{\"linkstat\":\"check\",\"version\":1,\"fit\":false,\"port\":\"3-2.1\",\"job_seconds\":"
	  "900.0,\"findings\":[{\"id\":\"over-current\",\"level\":\"mend\",\"port\":\"3-2.1\","
	  "\"what\":\"More current was drawn from this port than it can give, 1 time since the "
	  "computer was started.\",\"do\":\"Use another port. If it happens there too, the cable "
	  "or the device has a short "
	  "circuit.\"},{\"id\":\"hub-power\",\"level\":\"mend\",\"port\":\"3-2.1\",\"what\":\"The "
	  "hub above (USB 2.0 Hub, 3-2) has no power supply of its own: it may give 100 mA to each "
	  "port, and the iPhone \\\\x1b[2J asks for 500.\",\"do\":\"Plug the device into the "
	  "computer itself, or use a hub with its own "
	  "supply.\"},{\"id\":\"usbmuxd\",\"level\":\"mend\",\"port\":null,\"what\":\"usbmuxd is "
	  "not installed: without it no program sees an iPhone in normal or restore "
	  "mode.\",\"do\":\"Install the package "
	  "usbmuxd.\"},{\"id\":\"battery\",\"level\":\"mend\",\"port\":null,\"what\":\"This "
	  "computer runs on its battery (41 %): it saves power, also on USB, and may go to sleep "
	  "in the middle of the job.\",\"do\":\"Plug its power supply "
	  "in.\"},{\"id\":\"sleep\",\"level\":\"mend\",\"port\":null,\"what\":\"This computer goes "
	  "to sleep after 10 min without a touch (suspend), and the job takes 15 "
	  "min.\",\"do\":\"Start the job so, which keeps the computer awake: linkstat run -- "
	  "COMMAND\"},{\"id\":\"controller\",\"level\":\"mend\",\"port\":null,\"what\":\"This AMD "
	  "USB controller is known to drop devices with BIOSes from before April 2021, and this "
	  "one is older.\",\"do\":\"Update the BIOS (AGESA 1.2.0.2 or later), or use a hub or card "
	  "with another "
	  "controller.\"},{\"id\":\"pressure\",\"level\":\"mend\",\"port\":null,\"what\":\"This "
	  "computer is busy: programs waited for memory 12 % of the last 10 seconds. USB then "
	  "times out more easily.\",\"do\":\"Wait until it is quiet, or end what keeps it busy "
	  "(see: top).\"},{\"id\":\"hubs\",\"level\":\"note\",\"port\":\"3-2.1\",\"what\":\"One "
	  "hub is in between: USB 2.0 Hub (3-2).\",\"do\":\"For a long job plug the device into "
	  "the computer itself, at best at the "
	  "back.\"},{\"id\":\"memory\",\"level\":\"note\",\"port\":null,\"what\":\"684 MiB of "
	  "memory are free: transfers fail when it ends.\",\"do\":\"End programs that are not "
	  "needed, browsers "
	  "first.\"},{\"id\":\"disk\",\"level\":\"note\",\"port\":null,\"what\":\"3.0 GB are free "
	  "in /home/me; the firmware of a new iPhone takes some 20 GB to download and "
	  "unpack.\",\"do\":\"Make room, or work in a directory with more of "
	  "it.\"},{\"id\":\"linkstatd\",\"level\":\"note\",\"port\":null,\"what\":\"linkstatd does "
	  "not run: nothing is known of earlier drops, and none will be recorded.\",\"do\":\"Start "
	  "it: sudo systemctl enable --now "
	  "linkstatd\"},{\"id\":\"other-programs\",\"level\":\"note\",\"port\":null,\"what\":\"The "
	  "desktop (gvfs) opens phones and cameras, to show their pictures.\",\"do\":\"Before the "
	  "job: eject the device in the file manager, or log out of the "
	  "desktop.\"},{\"id\":\"autosuspend\",\"level\":\"note\",\"port\":\"3-2.1\",\"what\":"
	  "\"Power saving may put the iPhone \\\\x1b[2J to sleep after 2.0 s without traffic, and "
	  "the hubs above with it. Most devices bear that, some drop.\",\"do\":\"If it drops when "
	  "idle, switch that off until it is unplugged: echo on | sudo tee "
	  "/sys/bus/usb/devices/3-2.1/power/"
	  "control\"},{\"id\":\"lpm\",\"level\":\"note\",\"port\":\"3-2.1\",\"what\":\"Link power "
	  "management of USB 2 (LPM) is on for the iPhone \\\\x1b[2J. Some devices say they can "
	  "and drop.\",\"do\":\"If it drops, switch that off until it is unplugged: echo n | sudo "
	  "tee "
	  "/sys/bus/usb/devices/3-2.1/power/"
	  "usb2_hardware_lpm\"},{\"id\":\"neighbours\",\"level\":\"note\",\"port\":\"3-2.1\","
	  "\"what\":\"It shares its controller with Ultra (disk, 3-2.3).\",\"do\":\"Leave them "
	  "idle during the job, or use ports of another "
	  "controller.\"},{\"id\":\"tools\",\"level\":\"note\",\"port\":null,\"what\":"
	  "\"idevicerestore is not installed.\",\"do\":\"Install it, if this is to be a "
	  "restore.\"},{\"id\":\"speed\",\"level\":\"fine\",\"port\":\"3-2.1\",\"what\":\"The link "
	  "runs at 480 "
	  "Mb/"
	  "s.\",\"do\":null},{\"id\":\"usbfs-memory\",\"level\":\"fine\",\"port\":null,\"what\":"
	  "\"Programs may use 16 MB of memory for "
	  "USB.\",\"do\":null},{\"id\":\"kernel\",\"level\":\"fine\",\"port\":null,\"what\":\"The "
	  "kernel is Linux 6.1.0-31-amd64.\",\"do\":null}]}\n" },
	{ "a Raspberry Pi with a weak supply",
	  run_raspberry,
	  NULL,
	  false,
	  { NULL },
	  CLI_TROUBLE,
	  "Not fit yet for a job of 15 min on 1-1.2, FT232R: 1 thing is to be mended first.\n"
	  "Mend first:\n"
	  "  - This computer's own power supply is too weak: its voltage was too low at\n"
	  "    some time since it was started. USB devices drop then.\n"
	  "    Do: Use the supply made for this board and a short, thick cable; give USB\n"
	  "        devices a hub with its own supply.\n"
	  "Worth knowing:\n"
	  "  - This VIA VL805 USB controller (Raspberry Pi 4) has died under load where its\n"
	  "    supply voltage was marginal.\n"
	  "    Do: Use a strong supply, and a hub with its own for what draws much.\n"
	  "  - linkstatd does not run: nothing is known of earlier drops, and none will be\n"
	  "    recorded.\n"
	  "    Do: Start it:\n"
	  "        sudo systemctl enable --now linkstatd\n"
	  "  - ModemManager runs and sends modem commands to serial lines.\n"
	  "    Do: End it for the time of the job:\n"
	  "        sudo systemctl stop ModemManager\n"
	  "  - The kernel is Linux 4.19.97-v7l+: before 5.4 it tells less of what happens\n"
	  "    on USB (over-current, controllers that die).\n"
	  "    Do: Update the system when there is time; what linkstat sees is still true.\n"
	  "Fine:\n"
	  "  - The link runs at 12 Mb/s.\n"
	  "  - No hub is in between.\n"
	  "  - 2.9 GiB of memory are free.\n"
	  "  - 9.0 GB are free in /home/me.\n" },
	{ "a computer without USB",
	  run_bare,
	  NULL,
	  false,
	  { NULL },
	  CLI_TROUBLE,
	  "Not fit yet for a job of 15 min on this computer: 1 thing is to be mended first.\n"
	  "No device is plugged in, so only the computer itself was looked at.\n"
	  "Mend first:\n"
	  "  - Linux drives no USB controller on this computer.\n"
	  "    Do: See what it says of that:\n"
	  "        journalctl -k | grep -i -e usb -e xhci\n"
	  "Worth knowing:\n"
	  "  - linkstatd does not run: nothing is known of earlier drops, and none will be\n"
	  "    recorded.\n"
	  "    Do: Start it:\n"
	  "        sudo systemctl enable --now linkstatd\n"
	  "Fine:\n"
	  "  - 9.0 GB are free in /home/me.\n" },
};

static void
shows_what_to_mend(void **state)
{
	(void)state;
	shows_all(screens, LS_COUNT(screens));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(shows_what_to_mend),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
