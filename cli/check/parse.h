#pragma once
/* Parsers of what files and programs contain. Pure; all input is hostile. */
#include "lib/base/base.h"

/* "MemAvailable:    1234 kB" of /proc/meminfo as bytes. 1, or 0 if @name is not there. */
int check_parse_meminfo(const char *text, size_t len, const char *name, uint64_t *ret);

/* True if the device says, in its BOS descriptor (USB 3.2 specification, 9.6.2), that it can do
 * SuperSpeed. */
bool check_parse_superspeed(const unsigned char *bos, size_t len);

#define CHECK_VERSION_MAX 48
/* The first word of @text that begins with a digit and holds a dot, as "usbmuxd 1.1.1" has it, or
 * that follows "version ". Printable ASCII. 1, or 0 if there is none. */
int check_parse_version(const char *text, size_t len, char ret[CHECK_VERSION_MAX]);
