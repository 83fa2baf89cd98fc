#pragma once
/* Rules about memory, load and power of the computer. */
#include "cli/check/finding.h"

/*
 * Rules. Those of a port get the device there (its @there is false where nothing is plugged in),
 * those of the machine NULL. Each adds no finding, or one, or some.
 */
void check_undervoltage(struct check *check, const struct check_device *device);
void check_battery(struct check *check, const struct check_device *device);
void check_sleep(struct check *check, const struct check_device *device);
void check_memory(struct check *check, const struct check_device *device);
void check_pressure(struct check *check, const struct check_device *device);
void check_usbfs_memory(struct check *check, const struct check_device *device);
void check_disk(struct check *check, const struct check_device *device);
