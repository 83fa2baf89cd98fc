#pragma once
/*
 * linkstat check. It changes nothing and opens no device: all is read from /sys and /proc below one
 * root directory, asked of linkstatd, logind and the package manager, or said by "PROGRAM
 * --version". What cannot be known gives no finding, or one that says so.
 */
#include "cli/check/finding.h"

/* The whole command with all but options given: reads, asks, looks, prints. enum cli_exit. */
int check_command(struct check *check, const char *port);
/* Whatever was allocated; the rest of *check stays. */
void check_done(struct check *check);
