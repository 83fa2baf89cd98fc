#pragma once
/* The head of a line: who wrote it, when, and where its text begins. */
#include "lib/logs/line.h"

/* @line is clean. Sets all of @ret. */
void ls_log_take_head(struct ls_cursor line, struct ls_log_head *ret);
/*
 * The same for a line that begins within its head, or with something else: "tter kernel: [ 1.000000]
 * usb 1-1: …", "user@host:~$ [ 1.000000] usb 1-1: …". Only where no program can have written it.
 */
bool ls_log_take_torn_head(struct ls_cursor line, struct ls_log_head *ret);

const char *ls_log_format_name(enum ls_log_format format);
