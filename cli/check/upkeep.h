#pragma once
/* Rules about how this computer is kept: restarts, and updates that wait for one; and where a phone in
 * DFU mode is plugged in. */
#include "cli/check/finding.h"

/* Rules, as in platform.h. */
void check_uptime(struct check *check, const struct check_device *device);
void check_restart(struct check *check, const struct check_device *device);
void check_dfu_port(struct check *check, const struct check_device *device);
