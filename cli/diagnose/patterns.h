#pragma once
/* What the drops of the suspect have in common. */
#include "cli/base/cli.h"
#include "cli/diagnose/diagnosis.h"
#include "cli/diagnose/stays.h"

/*
 * Patterns in the suspect's drops that linkstatd has recorded: of lib/attribution/pattern.h those
 * that need their times, how far a job had come, and how long sessions are. An enum cli_exit; errors
 * are reported.
 */
int diagnose_find_patterns(const struct cli *cli, struct diagnosis *diagnosis);
/* Of tables: from their rows. */
int diagnose_table_patterns(struct diagnosis *diagnosis, const struct stays *stays);
