#pragma once
/*
 * What --json prints: {"linkstat": name, "version": 1, …}, one document a line. The shape depends
 * on the command only. "version" is the version of this format.
 */
#include "cli/base/cli.h"

/*
 * @members is borrowed; its own "linkstat" and "version" become "daemon_linkstat" and
 * "daemon_version". Gives an enum cli_exit, as all of these.
 */
int envelope_print(const struct cli *cli, const char *name, const json_t *members);
/* The same with the one member @key: @value, which is borrowed. */
int envelope_print_one(const struct cli *cli, const char *name, const char *key, json_t *value);
