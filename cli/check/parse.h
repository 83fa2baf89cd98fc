#pragma once
/* Parsers of what files and programs contain. Pure; all input is hostile. */
#include "lib/base/base.h"

/* "MemAvailable:    1234 kB" of /proc/meminfo as bytes. 1, or 0 if @name is not there. */
int check_parse_meminfo(const char *text, size_t len, const char *name, uint64_t *ret);

/* True if the BOS descriptor of the device (USB 3.2 specification, 9.6.2) reports SuperSpeed. */
bool check_parse_superspeed(const unsigned char *bos, size_t len);

#define CHECK_VERSION_MAX 48
/*
 * The first word of @text that looks like a version, "1.1.1" of "usbmuxd 1.1.1". Printable ASCII.
 * 1, or 0 if there is none.
 */
int check_parse_version(const char *text, size_t len, char ret[CHECK_VERSION_MAX]);
