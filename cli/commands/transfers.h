#pragma once
/*
 * The last transfers before an incident, as lines and as a capture file. Functions that return int
 * return an enum cli_exit; if that is not CLI_FINE, they have printed the error.
 */
#include "lib/wire/wire.h"

struct cli;

/* *ret is a new reference, a list; null if linkstatd is too old to keep transfers. */
int transfers_ask(const struct cli *cli, int64_t id, json_t **ret);

/* Prints them with times relative to @zero_us; @all, or the most telling ones. */
void transfers_put(const struct cli *cli, const json_t *incident, const json_t *transfers,
		   int64_t zero_us, bool all);

/* Writes them all to the new file @path, or "-" for stdout; never overwrites a file. */
int transfers_export(const struct cli *cli, const json_t *transfers, const char *path);
