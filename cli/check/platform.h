#pragma once
/* Rules about what the computer is built of. */
#include "cli/check/finding.h"

/*
 * Rules. Those of a port get the device there (its @there is false where nothing is plugged in),
 * those of the machine NULL. Each adds no finding, or one, or some.
 */
void check_kernel(struct check *check, const struct check_device *device);
void check_controllers(struct check *check, const struct check_device *device);
void check_virtual(struct check *check, const struct check_device *device);
