#pragma once
/* How long transfers took, as a table. */
#include "cli/base/cli.h"
#include "lib/wire/wire.h"

/* An enum cli_exit. */
int report_times(const struct cli *cli, const json_t *reply);
