#pragma once
/* What the drops of the suspect have in common. */
#include "cli/base/cli.h"
#include "cli/diagnose/diagnosis.h"

/* What the drops of the suspect have in common, of those that linkstatd knows: it says when they
 * were, so of lib/attribution/pattern.h only even intervals can be seen. An enum cli_exit, said why. */
int diagnose_find_patterns(const struct cli *cli, struct diagnosis *diagnosis);
