#pragma once
/* The Type-C connector that a USB port leads to, as sysfs has it (Linux 6.1 and later). */
#include "lib/observe/typec.h"

/* Of the device that is on @port now ("1-1.4"). @root is put before /sys, "" is this computer's. 1, or
 * 0 if there is no device, or its connector is not known. */
int typec_read(const char *root, const char *port, struct ls_typec *ret);
