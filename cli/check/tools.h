#pragma once
/* Rules about programs: those that are needed, and those that get in the way. */
#include "cli/check/finding.h"

/*
 * Rules. Those of a port get the device there (its @there is false where nothing is plugged in),
 * those of the machine NULL. Each adds no finding, or one, or some.
 */
void check_usbmuxd(struct check *check, const struct check_device *device);
void check_versions(struct check *check, const struct check_device *device);
void check_grabbers(struct check *check, const struct check_device *device);
