#pragma once
/* The engine's answer about files, as text: first what dropped, where, when, why and how sure. */
#include "cli/base/cli.h"
#include "lib/wire/wire.h"

/*
 * @group: the files of one engine, an object with "captures", "logs", "ports", "incidents" and
 * "notes". Returns an enum cli_exit: whether it could be printed.
 */
int analyze_print(const struct cli *cli, const json_t *group);
/* Every log of @group is of a kind that is read, whatever it says. */
bool analyze_is_understood(const json_t *group);
/* Sum over the logs of @group: "usb_lines", "unread_lines". */
int64_t analyze_count_lines(const json_t *group, const char *kind);
