#include "lib/model/observation.h"

static const char *const source_names[LS_N_SOURCES] = {
	[LS_SOURCE_NONE] = "linkstat", [LS_SOURCE_KERNEL_LOG] = "kernel-log",
	[LS_SOURCE_UDEV] = "udev",     [LS_SOURCE_LIBUSB] = "libusb",
	[LS_SOURCE_USBMON] = "usbmon", [LS_SOURCE_HOST] = "host",
};

static const char *const speed_names[] = {
	[LS_SPEED_UNKNOWN] = "",
	[LS_SPEED_LOW] = "1.5 Mb/s",
	[LS_SPEED_FULL] = "12 Mb/s",
	[LS_SPEED_HIGH] = "480 Mb/s",
	[LS_SPEED_SUPER] = "5 Gb/s",
	/* The kernel log does not always tell 10 from 20 Gb/s. */
	[LS_SPEED_SUPER_PLUS] = "10 Gb/s or more",
};

const char *
ls_source_name(enum ls_source source)
{
	return (size_t)source < LS_COUNT(source_names) ? source_names[source] : "unknown";
}

const char *
ls_speed_name(enum ls_speed speed)
{
	return (size_t)speed < LS_COUNT(speed_names) ? speed_names[speed] : "";
}
