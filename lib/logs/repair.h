#pragma once
/*
 * What a text may have been before a terminal or an editor changed it: runs of blanks for one blank
 * or for the end of a row, a beginning or an end that is missing. Only whole messages of the kernel
 * count as a repair.
 */
#include "lib/logs/line.h"

typedef bool (*ls_log_try_fn)(struct ls_cursor text, void *user);

/* What is missing at the beginning or the end is no longer than this. */
#define LS_LOG_REPAIR_ADDS 32

/* Tries what @text may have been until @try returns true, and returns whether it did. */
bool ls_log_repair(struct ls_cursor text, ls_log_try_fn try, void *user);
