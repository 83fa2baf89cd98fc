#include "cli/check/tools.h"

#include <limits.h>
#include <string.h>

#include "cli/check/versions.h"
#include "cli/base/sanitize.h"
#include "cli/check/found.h"
#include "cli/check/tree.h"
#include "cli/check/devices.h"

#define COMM_MAX 15 /* what /proc shows of a program's name */

/* True if a process of that name runs. */
static bool
runs(const struct check *check, const char *name)
{
	DIR *processes = check_open_dir(check, "proc");
	const char *pid;
	bool found = false;

	while (processes && !found && (pid = check_next(processes))) {
		char comm[32];

		found = *pid >= '0' && *pid <= '9' &&
			check_line(check, comm, sizeof(comm), "proc/%s/comm", pid) &&
			strncmp(comm, name, COMM_MAX) == 0;
	}
	if (processes)
		closedir(processes);
	return found;
}

void
check_usbmuxd(struct check *check, const struct check_device *device)
{
	char path[PATH_MAX], other[PATH_MAX];
	bool there = versions_find_program(check, "usbmuxd", path),
	     running = runs(check, "usbmuxd");
	bool apple = check_count_apple(check) > 0;

	(void)device;
	if (!apple && !versions_find_program(check, "idevicerestore", other))
		return;
	if (!there && !running) {
		check_add(
			check, CHECK_FIX,
			"usbmuxd is not installed: without it no program sees an iPhone in normal "
			"or restore mode.");
		check_advise(check, "Install the package usbmuxd.");
	} else if (apple && !running) {
		check_add(
			check, CHECK_NOTE,
			"usbmuxd does not run. It should start by itself when an iPhone in normal "
			"or restore mode is plugged in.");
		check_advise(check, "If the phone is in normal mode now, start it");
		check_type(check, "sudo systemctl restart usbmuxd");
	} else {
		check_add(check, CHECK_FINE, "usbmuxd %s.", running ? "runs" : "is installed");
	}
}

static void
add_version(struct check *check, const struct versions *versions, const char *name, bool program)
{
	char path[PATH_MAX], version[CHECK_VERSION_MAX], shown[CHECK_VERSION_MAX * 4];
	bool there = program && versions_find_program(check, name, path);

	versions_of(versions, name, there ? path : NULL, version);
	sanitize_text(shown, sizeof(shown), version, check->cli->style.utf8);
	if (!there && !*version)
		return;
	if (strcmp(name, "idevicerestore") == 0 &&
	    (strcmp(version, "1.0.0") == 0 || strncmp(version, "1.0.0-", 6) == 0)) {
		check_add(check, CHECK_NOTE,
			  "idevicerestore is 1.0.0, of 2020: it waits only 10 s for a phone that "
			  "comes back, where newer ones wait 60 to 300.");
		check_advise(check,
			     "Use a newer idevicerestore, with the libirecovery that belongs "
			     "to it.");
		return;
	}
	check_add(check, CHECK_FINE, "%s is %s.", name,
		  *shown ? shown : "installed, and does not say its version");
}

void
check_versions(struct check *check, const struct check_device *device)
{
	static const struct {
		const char *name;
		bool program;
	} tools[] = {
		{ "usbmuxd", true },	   { "idevicerestore", true },	  { "irecovery", true },
		{ "libirecovery", false }, { "libimobiledevice", false },
	};
	char path[PATH_MAX];
	struct versions versions;

	(void)device;
	if (check_count_apple(check) == 0 && !versions_find_program(check, "idevicerestore", path))
		return;
	if (!versions_find_program(check, "idevicerestore", path)) {
		check_add(check, CHECK_NOTE, "idevicerestore is not installed.");
		check_advise(check, "Install it, if this is to be a restore.");
	}
	versions_ask(check, &versions);
	for (size_t i = 0; i < LS_COUNT(tools); i++)
		add_version(check, &versions, tools[i].name, tools[i].program);
}

/* True if one of the devices is a serial line: Linux gives it a driver that makes a tty. */
static bool
any_serial(const struct check *check)
{
	static const char *const drivers[] = { "cdc_acm", "ftdi_sio", "ch341",	"ch341-uart",
					       "cp210x",  "pl2303",   "option", "usbserial" };

	for (size_t i = 0; i < check->n_ports; i++)
		for (size_t k = 0; k < LS_COUNT(drivers); k++) {
			char driver[64];

			if (check_link(check, driver, sizeof(driver),
				       "sys/bus/usb/devices/%s:1.0/driver", check->ports[i].name) &&
			    strcmp(driver, drivers[k]) == 0)
				return true;
		}
	return false;
}

static const char for_the_job[] = "End it for the time of the job";

enum whose { ANY, APPLE, SERIAL };

static bool
concerns(const struct check *check, enum whose whose)
{
	return whose == ANY || (whose == APPLE && check_count_apple(check) > 0) ||
	       (whose == SERIAL && any_serial(check));
}

void
check_grabbers(struct check *check, const struct check_device *device)
{
	static const struct {
		const char *comm, *what, *advice, *command;
		enum whose whose;
	} grabbers[] = {
		{ "ModemManager", "ModemManager runs and sends modem commands to serial lines.",
		  for_the_job, "sudo systemctl stop ModemManager", SERIAL },
		{ "brltty", "brltty runs and takes some serial adapters (CH340, CP210x) away.",
		  "If there is no braille display, end it",
		  "sudo systemctl stop brltty-udev brltty", SERIAL },
		{ "gvfs-afc-volume",
		  "The desktop (gvfs) opens iPhones in normal mode, to show their files.",
		  "Before the job: eject the phone in the file manager, or log out of the desktop.",
		  NULL, APPLE },
		{ "gvfs-gphoto2-volume-monitor",
		  "The desktop (gvfs) opens phones and cameras, to show their pictures.",
		  "Before the job: eject the device in the file manager, or log out of the "
		  "desktop.",
		  NULL, ANY },
		{ "upowerd", "upower asks iPhones in normal mode for their battery now and then.",
		  "Nothing, as a rule. If it disturbs, end it", "sudo systemctl stop upower",
		  APPLE },
		{ "usbguard-daemon",
		  "USBGuard decides which devices may be used; a phone looks new in each mode.",
		  "Allow all modes of the phone, or end it for the time of the job",
		  "sudo systemctl stop usbguard", ANY },
		{ "laptop_mode",
		  "laptop-mode-tools switches power saving on, and is known to misread iPhones.",
		  for_the_job, "sudo systemctl stop laptop-mode", APPLE },
		{ "qemu-system-x86", "A virtual machine (QEMU) runs and may take USB devices.",
		  "See that it has no filter for this device, or end it.", NULL, ANY },
		{ "VBoxHeadless", "A virtual machine (VirtualBox) runs and may take USB devices.",
		  "See that it has no filter for this device, or end it.", NULL, ANY },
		{ "VirtualBoxVM", "A virtual machine (VirtualBox) runs and may take USB devices.",
		  "See that it has no filter for this device, or end it.", NULL, ANY },
	};

	(void)device;
	for (size_t i = 0; check->n_ports > 0 && i < LS_COUNT(grabbers); i++) {
		if (!concerns(check, grabbers[i].whose) || !runs(check, grabbers[i].comm))
			continue;
		check_add(check, CHECK_NOTE, "%s", grabbers[i].what);
		check_advise(check, "%s", grabbers[i].advice);
		if (grabbers[i].command)
			check_type(check, "%s", grabbers[i].command);
	}
}
