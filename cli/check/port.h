#pragma once
/* Rules about the link of a port. */
#include "cli/check/finding.h"

/*
 * Rules. Those of a port get the device there (its @there is false where nothing is plugged in),
 * those of the machine NULL. Each adds no finding, or one, or some.
 */
void check_presence(struct check *check, const struct check_device *device);
void check_over_current(struct check *check, const struct check_device *device);
void check_speed(struct check *check, const struct check_device *device);
void check_autosuspend(struct check *check, const struct check_device *device);
void check_lpm(struct check *check, const struct check_device *device);
