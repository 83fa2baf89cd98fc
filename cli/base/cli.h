#pragma once
/* What every command gets, and the exit codes. */
#include <time.h>

#include "cli/base/output_style.h"
#include "lib/base/base.h"
#include "lib/base/time.h"
#include "lib/wire/wire.h"

/* Documented in linkstat.1: scripts rely on them. */
enum cli_exit {
	CLI_FINE = 0,
	CLI_PROBLEM = 1,     /* a drop, or something to fix, was found */
	CLI_USAGE = 2,	     /* wrong usage, or no such port, incident, … */
	CLI_UNREACHABLE = 3, /* linkstatd did not answer, or the output could not be written */
};

struct cli_time {
	bool set;
	int64_t real_us;
	char text[LS_TIME_MAX]; /* RFC 3339 in UTC, for the daemon */
};

/* Which part of the history is asked for; zero is all of it. */
struct query {
	struct cli_time since, until;
	char *const *ports; /* names as the user typed them; borrowed */
	int n_ports;	    /* 0: all ports */
};

struct command;
struct redaction;

/* What all commands share. */
struct cli {
	const char *socket;
	bool json;
	struct cli_time since, until;
	bool redact;		     /* no serial number, UDID or ECID in what is shown … */
	struct redaction *redaction; /* … for which this is needed */
	char *const *args;	     /* of the command */
	int n_args;
	const struct command *const *commands; /* all of them, for the help; ends with NULL */
	int64_t now_us;			       /* real time, for "today" and ages */
	struct output_style style;
};

/* --since and --until, of all ports, or of those that the arguments name. */
struct query cli_query(const struct cli *cli);
struct query cli_query_ports(const struct cli *cli);
struct cli_time cli_time_at(int64_t real_us);

/* Microseconds on @clock. */
int64_t cli_clock_us(clockid_t clock);

/* "linkstat: …" on stderr, one line; arguments must be clean. */
void cli_complain(const char *format, ...) LS_PRINTF(1, 2);
/* Reports that memory is short; CLI_UNREACHABLE. */
int cli_no_memory(void);
/*
 * Call before anything is opened: a socket or file that reuses the number of a closed standard
 * stream would receive its output. /dev/null takes the number instead, opened so that it can
 * neither be read nor written, and closed in commands that are run.
 */
void cli_guard_streams(void);
