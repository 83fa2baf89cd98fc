#pragma once
/* Which of the packages for Apple devices the system's package list has: dpkg's, apk's, pacman's. */
#include "cli/check/parse.h"

struct check;

#define CHECK_PACKAGES 5
struct check_packages {
	char versions[CHECK_PACKAGES][CHECK_VERSION_MAX]; /* "" for one that is not there */
};

void check_packages_read(const struct check *check, struct check_packages *ret);
/* NULL if no list has it. @name: usbmuxd, idevicerestore, irecovery, libirecovery,
 * libimobiledevice. Borrowed. */
const char *check_packages_version(const struct check_packages *packages, const char *name);
