#pragma once
/* The log of a restore program as JSON, and as text: how the attempt ended, where, and in which story. */
#include "cli/base/cli.h"
#include "lib/logs/restore.h"

/*
 * One of "restores"; @file is clean. Times without a date are those of the day in the name that
 * idevicerestore gives its logs, if the file has that name. A new reference, NULL if memory is short.
 */
json_t *restores_json(const char *file, const struct ls_restore_attempt *attempt,
		      int64_t utc_offset_us);
/* All "restores" of @group. */
void restores_print(const struct cli *cli, const json_t *group);
/* CLI_PROBLEM if one of them failed. */
int restores_exit_code(const json_t *group);
