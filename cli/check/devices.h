#pragma once
/* The USB devices of the computer, and which of them are checked. */
#include "cli/check/finding.h"

/*
 * Reads all devices, and selects @name to be checked, or all that are not hubs if it is NULL. 0 or
 * -ENOMEM.
 */
int check_read_devices(struct check *check, const char *name);
/* True if there is such a port, occupied or not. */
bool check_has_port(const struct check *check, const char *name);

const struct check_device *check_find(const struct check *check, const char *name);
/* The port's directory in sysfs: "sys/bus/usb/devices/1-0:1.0/usb1-port2". False for a root hub. */
bool check_port_dir(const char *name, char ret[128]);
/* The hub above, NULL for a root hub and for what hangs on an unknown one. */
const struct check_device *check_hub_of(const struct check *check,
					const struct check_device *device);
/*
 * When all ports are checked, only some are meant for a long job: Apple devices if there are any,
 * else all that are not built in. The others get no minor notes.
 */
bool check_matters(const struct check *check, const struct check_device *device);
bool check_is_root_hub(const struct check_device *device);
bool check_is_apple(const struct check_device *device);
/* Among those that are checked. */
size_t check_count_apple(const struct check *check);
