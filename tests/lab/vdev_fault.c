/* Faults that only a hub can report, made by setting bits of a vhci root hub's port status. */
#include <errno.h>
#include <fcntl.h>
#include <linux/usbdevice_fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "vdev.h"

#define VHCI_MAX_BUSES 256
#define MAX_STEPS      3

/* Feature numbers are bit numbers of the port status; 16 and up are the change bits. */
static const struct {
	const char *recipe;
	struct {
		bool set;
		int8_t feature;
	} steps[MAX_STEPS];
	int n_steps;
} recipes[] = {
	{ "over-current", { { true, 19 } }, 1 },
	{ "over-current-lasting", { { true, 3 }, { true, 19 } }, 2 },
	{ "over-current-end", { { false, 3 } }, 1 },
	{ "emi", { { false, 1 }, { true, 17 } }, 2 }, /* not enabled any more, connection stands */
	{ "connect-blip", { { true, 16 } }, 1 },
	{ "ss-inactive", { { true, 6 }, { true, 7 }, { true, 20 } }, 3 }, /* link state 6 */
};

static long
read_number(const char *path)
{
	char text[32] = "";
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	return n < 0 ? -EIO : strtol(text, NULL, 10);
}

int
vhci_bus(unsigned controller, int speed)
{
	char path[128];

	for (int bus = 1; bus < VHCI_MAX_BUSES; bus++) {
		long megabits;

		snprintf(path, sizeof(path), "/sys/devices/platform/vhci_hcd.%u/usb%d/speed",
			 controller, bus);
		megabits = read_number(path); /* SuperSpeed: 5000, with some kernels 10000 */
		if (megabits > 0 && (megabits > 480) == (speed == SPEED_SUPER))
			return bus;
	}
	return -ENODEV;
}

int
hub_feature(unsigned bus, unsigned port, bool set, unsigned feature)
{
	struct usbdevfs_ctrltransfer request = {
		.bRequestType = 0x23, /* class request to a port */
		.bRequest = set ? 3 : 1,
		.wValue = feature,
		.wIndex = port,
		.timeout = 5000,
	};
	char path[64];
	int fd, r;

	snprintf(path, sizeof(path), "/dev/bus/usb/%03u/001", bus);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	r = ioctl(fd, USBDEVFS_CONTROL, &request) < 0 ? -errno : 0;
	close(fd);
	return r;
}

int
fault_inject(const char *recipe, unsigned bus, unsigned port)
{
	for (size_t i = 0; i < VDEV_COUNT(recipes); i++) {
		if (strcmp(recipes[i].recipe, recipe) != 0)
			continue;
		for (int step = 0; step < recipes[i].n_steps; step++) {
			int r = hub_feature(bus, port, recipes[i].steps[step].set,
					    recipes[i].steps[step].feature);

			if (r < 0)
				return r;
		}
		return 0;
	}
	return -EINVAL;
}
