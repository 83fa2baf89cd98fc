#pragma once
/* Stamps: dates and times as any program or locale writes them, and brackets of the boot clock. */
#include "lib/logs/line.h"

/* A date with a time, or a time alone, as any program or locale writes it. */
bool ls_log_take_date(struct ls_cursor *cur, struct ls_log_stamp *stamp);
/* "[  12.345678]" with all that can stand in it, "[  +0,000123]" and "[Sep14 22:47]". */
bool ls_log_take_bracket(struct ls_cursor *cur, struct ls_log_head *head);
/* Another stamp of the kernel's own clock within @text, or NULL. */
const char *ls_log_next_stamp(struct ls_cursor text);
