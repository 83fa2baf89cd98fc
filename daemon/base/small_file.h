#pragma once
/*
 * One small file of /proc or sysfs in one read. Only attributes that answer from memory are asked
 * for: descriptor attributes of a USB device wait for the device's lock, power/… and typec do not.
 */
#include "lib/base/base.h"

/* Reads up to @size - 1 bytes and ends them with NUL; how many, 0 if there is none or it does not
 * answer. */
size_t small_file_read(char *ret, size_t size, const char *path, ...) LS_PRINTF(3, 4);
