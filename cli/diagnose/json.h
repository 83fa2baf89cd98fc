#pragma once
/* A diagnosis as JSON. */
#include "cli/base/cli.h"
#include "cli/diagnose/diagnosis.h"

/* An enum cli_exit: whether it could be printed. */
int diagnose_print_json(const struct cli *cli, const struct diagnosis *diagnosis);
