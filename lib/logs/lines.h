#pragma once
/*
 * Lines of a log: what each of them states, with what stands above and below. A line is a message
 * with a head, the end of one that was cut, part of a journal's entry, or nothing.
 */
#include "lib/logs/context.h"
#include "lib/logs/journal.h"

/* Zero, and then its clock and join are set. */
struct ls_log_lines {
	struct ls_log_clock clock;
	struct ls_log_join join;
	struct ls_log_journal journal;
	struct ls_log_context context;
	uint64_t formats[LS_N_LOG_FORMATS]; /* lines of each */
	uint64_t usb_lines;		    /* those that made an observation */
	bool blank_end;			    /* the last line that was read ended in a blank */

	/* The first line of the kernel, if it has no date: the next one may give it. */
	bool begun;
	size_t first_len; /* 0: none is waiting */
	char first[LS_LOG_GLANCE_MAX];
};

/* One line, without its newline. @hit: it has a keyword. */
void ls_log_lines_take(struct ls_log_lines *lines, const char *line, size_t len, bool hit);
/* No line above is waiting for its end. */
bool ls_log_lines_is_idle(const struct ls_log_lines *lines);
/* The end of the file. */
void ls_log_lines_end(struct ls_log_lines *lines);
/*
 * When the log ends after its last message about USB: devices that did not return by then have
 * gone.
 */
struct ls_instant ls_log_lines_last(const struct ls_log_lines *lines);
