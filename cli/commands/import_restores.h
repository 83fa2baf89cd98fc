#pragma once
/* linkstat import --restore-log: jobs of the past, out of the logs of restore programs. */
#include "cli/base/command.h"

/* An enum cli_exit. */
int import_restores(const struct cli *cli, const struct option_words *files, bool dry_run);
