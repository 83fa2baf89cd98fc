#pragma once
/* What the drops of the suspect have in common. */
#include "cli/base/cli.h"
#include "cli/diagnose/diagnosis.h"

/*
 * Patterns in the suspect's drops that linkstatd has recorded. It knows only their times, so of
 * lib/attribution/pattern.h only regular intervals can be found. An enum cli_exit; errors are
 * reported.
 */
int diagnose_find_patterns(const struct cli *cli, struct diagnosis *diagnosis);
