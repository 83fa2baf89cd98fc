#pragma once
/*
 * The log of macOS as text (log show, log stream, dmesg, system.log, one JSON object a line): what its
 * USB drivers say as the observations that a Linux log gives. A port has the path of its locationID:
 * 0x14720000 is "20-7.2", the port 2 of the hub at port 7 of controller 0x14; controller 0 is 256. The
 * reasons for which a device is removed say what the hub saw, which a Linux log does not. Bytes in,
 * observations out, in constant memory.
 */
#include "lib/logs/text.h"

struct ls_log_macos;

/* Do these first bytes of a file come from a Mac? */
bool ls_log_macos_is_one(const char *bytes, size_t len);

int ls_log_macos_new(const struct ls_log_text_options *options, ls_observation_fn observe,
		     void *user, struct ls_log_macos **ret); /* 0 or -ENOMEM */
void ls_log_macos_free(struct ls_log_macos *log);	     /* NULL is fine */
LS_DEFINE_AUTO(ls_log_macos)

/* Any cut of the file into pieces gives the same observations. */
void ls_log_macos_feed(struct ls_log_macos *log, const char *bytes, size_t len);
/* The number of the boot, from 0, that the observation being delivered belongs to. */
uint32_t ls_log_macos_boot(const struct ls_log_macos *log);
void ls_log_macos_finish(struct ls_log_macos *log, struct ls_log_text_summary *ret);
