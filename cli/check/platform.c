#include "cli/check/platform.h"

#include <string.h>

#include "cli/check/found.h"
#include "cli/check/tree.h"
#include "cli/check/devices.h"
#include "lib/base/cursor.h"

#define VENDOR_AMD     0x1022
#define APPLE_DFU      0x1227
#define AGESA_FIXED    202104 /* year and month from which BIOSes bring the fix */
#define KERNEL_WITNESS 504    /* 5.4: over-current and dead controllers send uevents since then */

/* "6.1.0-31-amd64" as 601. */
static unsigned int
kernel_number(const char *release)
{
	struct ls_cursor cur = ls_cursor_of(release, strlen(release));
	uint64_t major, minor;

	if (!ls_take_uint(&cur, 99, &major) || !ls_take_char(&cur, '.') ||
	    !ls_take_uint(&cur, 99, &minor))
		return 0;
	return (unsigned int)(major * 100 + minor);
}

void
check_kernel(struct check *check, const struct check_device *device)
{
	char release[64];
	unsigned int number;

	(void)device;
	if (!check_line(check, release, sizeof(release), "proc/sys/kernel/osrelease"))
		return;
	number = kernel_number(release);
	if (number == 0 || number >= KERNEL_WITNESS) {
		check_add(check, CHECK_FINE, "The kernel is Linux %s.", release);
		return;
	}
	check_add(check, CHECK_NOTE,
		  "The kernel is Linux %s: before 5.4 it tells less of what happens on USB "
		  "(over-current, controllers that die).",
		  release);
	check_advise(check,
		     "Update the system when there is time; what linkstat sees is still true.");
}

/* "03/17/2021" as 202103, 0 if it is none. */
static unsigned int
bios_month(const struct check *check)
{
	char date[16];
	struct ls_cursor cur;
	uint64_t month, day, year;

	if (!check_line(check, date, sizeof(date), "sys/class/dmi/id/bios_date"))
		return 0;
	cur = ls_cursor_of(date, strlen(date));
	if (!ls_take_uint(&cur, 12, &month) || !ls_take_char(&cur, '/') ||
	    !ls_take_uint(&cur, 31, &day) || !ls_take_char(&cur, '/') ||
	    !ls_take_uint(&cur, 9999, &year))
		return 0;
	return (unsigned int)(year * 100 + month);
}

/*
 * AMD confirmed in February 2021 that USB drops out on boards of its 500 series; BIOSes with AGESA
 * 1.2.0.2, from April 2021 on, fix it.
 */
static void
judge_amd_500(struct check *check)
{
	unsigned int month = bios_month(check);

	if (month >= AGESA_FIXED) {
		check_add(check, CHECK_FINE,
			  "This AMD USB controller dropped devices with old BIOSes; this one is of "
			  "%04u-%02u and should not.",
			  month / 100, month % 100);
		return;
	}
	check_add(check, CHECK_FIX,
		  "This AMD USB controller is known to drop devices with BIOSes from before April "
		  "2021%s.",
		  month > 0 ? ", and this one is older" : ", and the age of this one is unknown");
	check_advise(check, "Update the BIOS (AGESA 1.2.0.2 or later), or use a hub or card with "
			    "another controller.");
}

static void
judge_vl805(struct check *check)
{
	check_add(check, CHECK_NOTE,
		  "This VIA VL805 USB controller (Raspberry Pi 4) has died under load where its "
		  "supply voltage was marginal.");
	check_advise(check, "Use a strong supply, and a hub with its own for what draws much.");
}

static const struct {
	unsigned int vendor, device;
	void (*judge)(struct check *check);
} known_controllers[] = {
	{ VENDOR_AMD, 0x43ee, judge_amd_500 }, /* 500 series chipset */
	{ VENDOR_AMD, 0x149c, judge_amd_500 }, /* Matisse: in the processor, and as X570 */
	{ 0x1106, 0x3483, judge_vl805 },
};

static void
judge_controller(struct check *check, const struct check_device *port)
{
	uint64_t vendor, device;

	if (!check_number(check, 16, &vendor, "%s/vendor", port->controller) ||
	    !check_number(check, 16, &device, "%s/device", port->controller))
		return;
	for (size_t i = 0; i < LS_COUNT(known_controllers); i++)
		if (known_controllers[i].vendor == vendor && known_controllers[i].device == device)
			known_controllers[i].judge(check);
	if (vendor == VENDOR_AMD && port->vid == CHECK_VID_APPLE && port->pid == APPLE_DFU) {
		check_add(check, CHECK_NOTE,
			  "Exploits of DFU mode (checkm8) often fail on AMD's USB controllers. "
			  "Ordinary restores do not.");
		check_advise(check,
			     "For such an exploit use a hub, a card with another controller, "
			     "or another computer.");
	}
}

/* Each controller of the checked ports once; that of an empty port is found by the hub above. */
void
check_controllers(struct check *check, const struct check_device *device)
{
	(void)device;
	if (check->n_devices == 0) {
		check_add(check, CHECK_FIX, "Linux drives no USB controller on this computer.");
		check_advise(check, "See what it says of that");
		check_type(check, "journalctl -k | grep -i -e usb -e xhci");
	}
	for (size_t i = 0; i < check->n_ports; i++) {
		const struct check_device *port = &check->ports[i];
		const struct check_device *at = port->there ? port : check_hub_of(check, port);
		size_t k = 0;

		while (k < i && at && strcmp(check->ports[k].controller, at->controller) != 0)
			k++;
		if (at && k == i && at->controller[0])
			judge_controller(check, at);
	}
}

/* The virtual machine's name, NULL if this is none that is known. */
static const char *
virtual_machine(const struct check *check)
{
	static const struct {
		const char *file, *contains, *name;
	} signs[] = {
		{ "sys/class/dmi/id/sys_vendor", "QEMU", "QEMU" },
		{ "sys/class/dmi/id/sys_vendor", "VMware", "VMware" },
		{ "sys/class/dmi/id/sys_vendor", "innotek", "VirtualBox" },
		{ "sys/class/dmi/id/product_name", "VirtualBox", "VirtualBox" },
		{ "sys/class/dmi/id/product_name", "KVM", "KVM" },
		{ "sys/class/dmi/id/product_name", "Virtual Machine", "Hyper-V" },
		{ "sys/class/dmi/id/sys_vendor", "Parallels", "Parallels" },
		{ "sys/class/dmi/id/sys_vendor", "Xen", "Xen" },
		{ "sys/hypervisor/type", "xen", "Xen" },
		{ "proc/sys/kernel/osrelease", "WSL", "WSL" },
		{ "proc/sys/kernel/osrelease", "microsoft", "WSL" },
	};

	for (size_t i = 0; i < LS_COUNT(signs); i++) {
		char text[128];

		if (check_line(check, text, sizeof(text), "%s", signs[i].file) &&
		    strstr(text, signs[i].contains))
			return signs[i].name;
	}
	return NULL;
}

void
check_virtual(struct check *check, const struct check_device *device)
{
	const char *name = virtual_machine(check);
	bool apple = check_count_apple(check) > 0;

	(void)device;
	if (!name)
		return;
	check_add(check, apple ? CHECK_FIX : CHECK_NOTE,
		  "This is a virtual machine (%s): the device passes through the USB of the real "
		  "computer%s.",
		  name,
		  apple ? ", and a phone that changes its mode in a restore is often not passed on "
			  "again"
			: "");
	check_advise(
		check, "%s",
		apple ? "Restore on the real computer, or give this machine a whole USB "
			"controller (PCI passthrough); if it has one, all is well."
		      : "For a long job use the real computer, or give this machine a whole USB "
			"controller.");
}
