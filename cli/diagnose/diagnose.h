#pragma once
/* linkstat diagnose: which part is at fault. */
#include "cli/base/cli.h"
#include "cli/diagnose/diagnosis.h"

/* Concludes as `linkstat diagnose` does, and gives the diagnosis to @show for
 * the time of the call. What @show gave, or another enum cli_exit, said why. */
typedef int (*diagnose_fn)(const struct cli *cli, const struct diagnosis *diagnosis, void *user);
int diagnose_with(const struct cli *cli, const struct diagnose_request *request, diagnose_fn show,
		  void *user);
