#pragma once
/*
 * Runs a command as if it had been started from the shell directly: it inherits stdin, stderr, the
 * process group and the controlling terminal. Signals of the terminal reach it directly; signals
 * sent to this process alone are forwarded. When it stops, this process stops, too.
 */
#include "lib/base/base.h"

typedef void (*child_output_fn)(const char *bytes, size_t len, void *user);

struct child_end {
	int error;   /* errno if it could not be started, else 0 */
	bool killed; /* @code is the signal */
	int code;    /* else the exit status */
};

/*
 * @on_output gets a copy of its standard output, which is then a pseudo-terminal if ours is a
 * terminal, else a pipe. NULL: it inherits ours. @argv ends with NULL. 0, or -errno if nothing was
 * started.
 */
int child_run(char *const *argv, child_output_fn on_output, void *user, struct child_end *ret);
/* As a shell: 128 + signal, 127 if not found, 126 if it could not be executed. */
int child_exit_code(const struct child_end *end);
