#pragma once
/* Where sessions come from. */
#include "cli/base/cli.h"
#include "cli/diagnose/histories.h"

/* Sessions from the files of the command line, or from linkstatd: an enum cli_exit, said why. */
int diagnose_read_files(const struct cli *cli, struct histories *histories, uint64_t *ret_left_out);
int diagnose_ask(const struct cli *cli, struct histories *histories, uint64_t *ret_left_out);
