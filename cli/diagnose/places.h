#pragma once
/* How far jobs had come when the link dropped: what "linkstat run" read off the command's output. */
#include "cli/base/cli.h"
#include "lib/attribution/pattern.h"

#define PLACE_PHASE_MAX 64

/*
 * Sets phase and point of the drops that came in a job whose place is known ("at 37 % of the file
 * system, …"). @phases holds the texts and lives as long as @drops are used. An enum cli_exit.
 */
int diagnose_find_places(const struct cli *cli, const struct query *query,
			 struct ls_pattern_drop *drops, size_t n_drops,
			 char (*phases)[PLACE_PHASE_MAX]);
