#include "cli/check/port.h"

#include <stdlib.h>
#include <string.h>

#include "cli/check/parse.h"
#include "cli/print/format.h"
#include "cli/check/found.h"
#include "cli/check/tree.h"
#include "cli/check/devices.h"

#define FULL_SPEED     12
#define HIGH_SPEED     480
#define CLASS_STORAGE  8
#define BOS_MAX	       4096
#define APPLE_DFU_PORT 0xf014

static const char device_dir[] = "sys/bus/usb/devices";

void
check_presence(struct check *check, const struct check_device *device)
{
	char text[16];
	uint64_t n;

	if (!device->there) {
		check_add(check, CHECK_NOTE,
			  "Nothing is plugged in there now, so only the port was looked at.");
		check_advise(check, "Plug the device in and ask again.");
	} else if (check_number(check, 10, &n, "%s/%s/authorized", device_dir, device->name) &&
		   n == 0) {
		check_add(check, CHECK_FIX, "A program (USBGuard?) forbids the use of the %s.",
			  device->title);
		check_advise(check, "Allow it, if it was USBGuard (its number: usbguard "
				    "list-devices)");
		check_type(check, "sudo usbguard allow-device NUMBER");
	} else if (!check_line(check, text, sizeof(text), "%s/%s/bConfigurationValue", device_dir,
			       device->name) &&
		   check_exists(check, "%s/%s/bConfigurationValue", device_dir, device->name)) {
		check_add(
			check, CHECK_FIX,
			"Linux gave the %s no configuration: it is plugged in and cannot be used. "
			"Usually the hub above cannot give it enough power.",
			device->title);
		check_advise(
			check,
			"Plug it into the computer itself, or into a hub with its own supply.");
	}
}

void
check_over_current(struct check *check, const struct check_device *device)
{
	char dir[128], times[FORMAT_MAX];
	uint64_t n;

	if (!check_port_dir(device->name, dir) ||
	    !check_number(check, 10, &n, "%s/over_current_count", dir) || n == 0)
		return;
	check_add(check, CHECK_FIX,
		  "More current was drawn from this port than it can give, %s since the computer "
		  "was started.",
		  format_count(times, (int64_t)(n < INT32_MAX ? n : INT32_MAX), "time", "times"));
	check_advise(check,
		     "Use another port. If it happens there too, the cable or the device has "
		     "a short circuit.");
}

/* From its BOS descriptor, which Linux exposes since 6.12 or so. */
static bool
can_superspeed(const struct check *check, const struct check_device *device)
{
	char bos[BOS_MAX];
	int len = check_bytes(check, bos, sizeof(bos), "%s/%s/bos_descriptors", device_dir,
			      device->name);

	return len > 0 && check_parse_superspeed((const unsigned char *)bos, (size_t)len);
}

static bool
has_peer(const struct check *check, const struct check_device *device)
{
	char dir[128], peer[64];

	return check_port_dir(device->name, dir) &&
	       check_link(check, peer, sizeof(peer), "%s/peer", dir);
}

static bool
is_storage(const struct check *check, const struct check_device *device)
{
	uint64_t class;

	return check_number(check, 16, &class, "%s/%s:1.0/bInterfaceClass", device_dir,
			    device->name) &&
	       class == CLASS_STORAGE;
}

/* Slower than any device of its kind is designed for: the fast handshake failed. */
static void
add_full_speed(struct check *check, const struct check_device *device)
{
	const struct check_device *hub = check_hub_of(check, device);

	if (hub && hub->megabits > 0 && hub->megabits <= FULL_SPEED) {
		check_add(check, CHECK_FIX,
			  "The hub above (%s, %s) runs at 12 Mb/s only, and so does all behind it.",
			  hub->title, hub->name);
		check_advise(check, "Plug the device into the computer itself.");
		return;
	}
	check_add(check, CHECK_FIX,
		  "The %s runs at %.3g Mb/s, although such devices do 480: the fast handshake "
		  "failed, as with a bad plug or cable.",
		  device->title, device->megabits);
	check_advise(check, "Clean both plugs, and try another cable, then another port.");
}

void
check_speed(struct check *check, const struct check_device *device)
{
	if (!device->there || device->megabits <= 0)
		return;
	if (device->megabits <= FULL_SPEED &&
	    ((check_is_apple(device) && device->pid != APPLE_DFU_PORT) ||
	     is_storage(check, device))) {
		add_full_speed(check, device);
	} else if (device->megabits <= HIGH_SPEED && can_superspeed(check, device)) {
		check_add(check, CHECK_NOTE,
			  "The %s can do SuperSpeed (5 Gb/s or more) and runs at %.4g Mb/s%s. A "
			  "restore works so, only slower.",
			  device->title, device->megabits,
			  has_peer(check, device) ? "" : ", as this port does no more");
		if (has_peer(check, device))
			check_advise(check,
				     "If it should be fast: use a cable made for SuperSpeed, "
				     "and turn or clean the plug.");
		else
			check_advise(check, "If it should be fast: use a SuperSpeed port.");
	} else {
		check_add(check, CHECK_FINE, "The link runs at %.5g Mb/s.", device->megabits);
	}
}

void
check_autosuspend(struct check *check, const struct check_device *device)
{
	char control[16], delay[32], after[FORMAT_MAX];
	double ms;

	if (!device->there || !check_matters(check, device) ||
	    !check_line(check, control, sizeof(control), "%s/%s/power/control", device_dir,
			device->name))
		return;
	(void)check_line(check, delay, sizeof(delay), "%s/%s/power/autosuspend_delay_ms",
			 device_dir, device->name);
	ms = strtod(delay, NULL);
	if (strcmp(control, "auto") != 0 || ms < 0) {
		check_add(check, CHECK_FINE, "Power saving does not put the device to sleep.");
		return;
	}
	check_add(check, CHECK_NOTE,
		  "Power saving may put the %s to sleep after %s without traffic, and the hubs "
		  "above with it. Most devices bear that, some drop.",
		  device->title, format_duration(after, ms / 1000));
	check_advise(check, "If it drops when idle, switch that off until it is unplugged");
	check_type(check, "echo on | sudo tee /sys/bus/usb/devices/%s/power/control", device->name);
}

void
check_lpm(struct check *check, const struct check_device *device)
{
	char state[16];

	if (!device->there || !check_matters(check, device) ||
	    !check_line(check, state, sizeof(state), "%s/%s/power/usb2_hardware_lpm", device_dir,
			device->name) ||
	    (strcmp(state, "enabled") != 0 && strcmp(state, "y") != 0))
		return;
	check_add(
		check, CHECK_NOTE,
		"Link power management of USB 2 (LPM) is on for the %s. Some devices say they can "
		"and drop.",
		device->title);
	check_advise(check, "If it drops, switch that off until it is unplugged");
	check_type(check, "echo n | sudo tee /sys/bus/usb/devices/%s/power/usb2_hardware_lpm",
		   device->name);
}
