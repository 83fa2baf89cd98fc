#pragma once
/* Where sessions come from. */
#include "cli/base/cli.h"
#include "cli/diagnose/diagnosis.h"
#include "cli/diagnose/stays.h"

/* What was read. */
struct sessions_read {
	struct histories *histories;
	struct stays *stays; /* of tables: with their times; NULL: not wanted */
	uint64_t n_left_out;
};

/* Sessions from @request->files, or from linkstatd: an enum cli_exit, with the error printed. */
int diagnose_read_files(const struct cli *cli, const struct diagnose_request *request,
			struct sessions_read *ret);
int diagnose_ask(const struct cli *cli, struct histories *histories, uint64_t *ret_left_out);
