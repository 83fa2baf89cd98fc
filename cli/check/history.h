#pragma once
/* What linkstatd knows of the ports. */
#include "cli/check/finding.h"

/* Queries linkstatd and stores its replies. */
void check_ask(struct check *check);

/*
 * Rules. Those of a port get the device there (its @there is false where nothing is plugged in),
 * those of the machine NULL. Each adds no finding, or one, or some.
 */
void check_linkstatd(struct check *check, const struct check_device *device);
void check_sources(struct check *check, const struct check_device *device);
void check_history(struct check *check, const struct check_device *device);
void check_errors(struct check *check, const struct check_device *device);
