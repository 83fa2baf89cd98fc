#pragma once
/*
 * Runs a command as if nobody stood between it and the terminal: it keeps our input, error output,
 * process group and controlling terminal. Signals that the terminal sends reach it by themselves;
 * those sent to us alone are passed on; when it stops we stop too, and go on with it.
 */
#include "lib/base/base.h"

typedef void (*child_output_fn)(const char *bytes, size_t len, void *user);

struct child_end {
	int error;   /* errno where it could not be started, else 0 */
	bool killed; /* @code is the signal */
	int code;    /* else the exit status */
};

/*
 * With @on_output a copy of its standard output is given to that: it then writes to a terminal of
 * its own if we write to one, without any processing, else to a pipe. NULL: it has ours.
 * @argv ends in NULL. 0 or -errno where nothing was tried.
 */
int child_run(char *const *argv, child_output_fn on_output, void *user, struct child_end *ret);
/* 128 + signal, 127 and 126 where it was not found or could not be run: as a shell says it. */
int child_exit_code(const struct child_end *end);
