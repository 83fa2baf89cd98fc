#pragma once
/* linkstat diagnose: which part is at fault. */
#include "cli/base/cli.h"
#include "cli/diagnose/diagnosis.h"

/*
 * Diagnoses as `linkstat diagnose` does and passes the diagnosis to @show, valid during that call.
 * Returns the result of @show, or another enum cli_exit after reporting the error.
 */
typedef int (*diagnose_fn)(const struct cli *cli, const struct diagnosis *diagnosis, void *user);
int diagnose_with(const struct cli *cli, const struct diagnose_request *request, diagnose_fn show,
		  void *user);
