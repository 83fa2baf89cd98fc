#pragma once
/*
 * How far a restore has come, from what idevicerestore prints: its steps, their percentage, and
 * when restore mode began. Read are "progress: STEP FRACTION" of its option -P, bars that end in
 * "37.0%" or begin with "37%|", "Sending filesystem", restored's operations "Verifying restore (14)", and "… entered
 * restore mode"; with or without its time stamps. Sources: idevicerestore.h:60-69,
 * restore.c:58-120, 506-638, log.c:105-125. Bytes in, no memory beyond the struct; anything else is
 * passed over.
 */
#include "lib/base/base.h"
#include "lib/model/job.h"

#define LS_RESTORE_MARKS 1024 /* the first ones are evicted */
#define LS_RESTORE_STEP	 48
#define LS_RESTORE_LINE	 256 /* longer lines are not looked at */

struct ls_restore_mark {
	int64_t real_us;
	int percent; /* -1: the step has none */
	char step[LS_RESTORE_STEP];
	const char *phase; /* as in struct ls_job_place; NULL: none */
};

struct ls_restore_log {
	char line[LS_RESTORE_LINE];
	size_t len;
	int64_t restore_us; /* when restore mode began, 0: it did not */
	size_t n;	    /* marks ever, modulo LS_RESTORE_MARKS their place */
	struct ls_restore_mark marks[LS_RESTORE_MARKS];
};

void ls_restore_log_init(struct ls_restore_log *log);
/* @now_us: CLOCK_REALTIME when @bytes were read. */
void ls_restore_log_feed(struct ls_restore_log *log, const char *bytes, size_t len, int64_t now_us);
/* Of the moment @at_us. 1, or 0: not known, then *ret has no text and no phase. */
int ls_restore_log_place(const struct ls_restore_log *log, int64_t at_us, struct ls_job_place *ret);
