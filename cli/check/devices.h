#pragma once
/* The USB devices of the computer, and which of them are judged. */
#include "cli/check/finding.h"

/* Reads all devices, and judges @name, or all that are no hubs where it is NULL. 0 or -ENOMEM. */
int check_read_devices(struct check *check, const char *name);
/* True if there is such a socket, with or without something in it. */
bool check_has_port(const struct check *check, const char *name);

const struct check_device *check_find(const struct check *check, const char *name);
/* The port's directory in sysfs: "sys/bus/usb/devices/1-0:1.0/usb1-port2". False for a root hub. */
bool check_port_dir(const char *name, char ret[128]);
/* The hub above, NULL for a root hub and for what hangs on an unknown one. */
const struct check_device *check_hub_of(const struct check *check,
					const struct check_device *device);
/* Where many ports are judged at once, few are for a long job: Apple devices if there are any, else
 * all that is not built in. The others get no small remarks. */
bool check_matters(const struct check *check, const struct check_device *device);
bool check_is_root_hub(const struct check_device *device);
bool check_is_apple(const struct check_device *device);
/* Of those that are judged. */
size_t check_count_apple(const struct check *check);
