#pragma once
/* Files and directories below the root of what is checked: /sys, /proc. */
#include <dirent.h>

#include "cli/check/finding.h"

/* Reads a file below the root, at most @size - 1 bytes, with a NUL behind. Its length, -errno. */
int check_bytes(const struct check *check, char *ret, size_t size, const char *format, ...)
	LS_PRINTF(4, 5);
/* Its first line, clean and without blanks around it; "" if it cannot be read. True if not "". */
bool check_line(const struct check *check, char *ret, size_t size, const char *format, ...)
	LS_PRINTF(4, 5);
/* A number at its beginning. 1, or 0 if there is none: *ret is 0 then. */
int check_number(const struct check *check, unsigned int base, uint64_t *ret, const char *format,
		 ...) LS_PRINTF(4, 5);
/* The last part of what a symbolic link points to, clean. False if it is none. */
bool check_link(const struct check *check, char *ret, size_t size, const char *format, ...)
	LS_PRINTF(4, 5);
bool check_exists(const struct check *check, const char *format, ...) LS_PRINTF(2, 3);
/* NULL if there is none; the caller closes it. */
DIR *check_open_dir(const struct check *check, const char *format, ...) LS_PRINTF(2, 3);
/* The next entry that does not begin with a dot, NULL at the end. */
const char *check_next(DIR *dir);
