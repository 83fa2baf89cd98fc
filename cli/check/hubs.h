#pragma once
/* Rules about what is above and beside a device. */
#include "cli/check/finding.h"

/*
 * Rules. Those of a port get the device there (its @there is false where nothing is plugged in),
 * those of the machine NULL. Each adds no finding, or one, or some.
 */
void check_hub_power(struct check *check, const struct check_device *device);
void check_hub_chain(struct check *check, const struct check_device *device);
void check_neighbours(struct check *check, const struct check_device *device);
void check_usbip(struct check *check, const struct check_device *device);
