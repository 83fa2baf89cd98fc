/*
 * A load of many small transfers: asks the root hub of a bus for its status, over and over. No wire
 * and no device is in between, so nothing else makes as many usbmon records per second.
 * Usage: ask_hub BUS TRANSFERS
 */
#include <fcntl.h>
#include <linux/usbdevice_fs.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>

int
main(int argc, char **argv)
{
	uint8_t status[2];
	struct usbdevfs_ctrltransfer request = {
		.bRequestType =
			0x80, /* standard GET_STATUS of the device: its port bits stay alone */
		.bRequest = 0,
		.wLength = sizeof(status),
		.timeout = 1000,
		.data = status,
	};
	char path[64];
	long n = argc == 3 ? strtol(argv[2], NULL, 10) : 0;
	int fd;

	if (n <= 0) {
		fputs("usage: ask_hub BUS TRANSFERS\n", stderr);
		return 2;
	}
	snprintf(path, sizeof(path), "/dev/bus/usb/%03ld/001", strtol(argv[1], NULL, 10));
	fd = open(path, O_RDWR | O_CLOEXEC);
	for (long i = 0; fd >= 0 && i < n; i++) {
		if (ioctl(fd, USBDEVFS_CONTROL, &request) < 0)
			fd = -1;
	}
	if (fd < 0)
		perror("ask_hub");
	return fd < 0;
}
