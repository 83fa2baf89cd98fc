#pragma once
/* Where sessions come from. */
#include "cli/base/cli.h"
#include "cli/diagnose/diagnosis.h"

/* Sessions from @request->files, or from linkstatd: an enum cli_exit, with the error printed. */
int diagnose_read_files(const struct cli *cli, const struct diagnose_request *request,
			struct histories *histories, uint64_t *ret_left_out);
int diagnose_ask(const struct cli *cli, struct histories *histories, uint64_t *ret_left_out);
