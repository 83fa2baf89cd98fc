#pragma once
/* A capture as text: what failed, sentences first, then the tables. */
#include "cli/base/cli.h"
#include "lib/wire/wire.h"

/* @capture: one of "captures". An enum cli_exit: whether it could be printed. */
int analyze_print_capture(const struct cli *cli, const json_t *capture);
