#pragma once
/*
 * linkstat check. It changes nothing and opens no device: everything comes from /sys and /proc
 * below one root directory, from linkstatd, logind, the package manager, or "PROGRAM --version".
 * What is unknown gives no finding, or one that says so.
 */
#include "cli/check/finding.h"

/*
 * The whole command after its options are parsed: reads devices, queries linkstatd, applies the
 * rules, prints. An enum cli_exit.
 */
int check_command(struct check *check, const char *port);
/* Whatever was allocated; the rest of *check stays. */
void check_done(struct check *check);
