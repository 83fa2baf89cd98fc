#pragma once
/*
 * Versions of the programs for Apple devices, from the package manager, or from the program itself
 * if no package has it.
 */
#include <limits.h>

#include "cli/check/finding.h"
#include "cli/check/parse.h"

#define VERSIONS_PACKAGES 5
struct versions {
	char of[VERSIONS_PACKAGES][CHECK_VERSION_MAX]; /* "" for a package that is not there */
};

/* Queries dpkg-query, rpm, apk and pacman, those that exist. */
void versions_ask(const struct check *check, struct versions *ret);
/*
 * What a package manager wrote: "NAME VERSION" a line, and whether that is installed where there is a
 * third word; or @joined, "NAME-VERSION-RELEASE …". Hostile; other lines are skipped.
 */
void versions_read(struct versions *versions, const char *text, size_t len, bool joined);
/* "" if it is not known. @name: usbmuxd, idevicerestore, irecovery, libirecovery or
 * libimobiledevice; @path: the program, or NULL. What lies below /usr/local is of no package. */
void versions_of(const struct versions *versions, const char *name, const char *path,
		 char ret[CHECK_VERSION_MAX]);

/* Where @name is in the path of @check; false if nowhere. */
bool versions_find_program(const struct check *check, const char *name, char ret[PATH_MAX]);
/*
 * Runs @argv, whose first is a path, without input, and reads the beginning of what it writes, to both
 * outputs. However it behaves, it is gone when this returns, with all that it started in its process
 * group. The length of the text, with a NUL behind, or -errno: -ETIMEDOUT.
 */
int versions_run(char *const argv[], int timeout_ms, char *ret, size_t size);
