#pragma once
/*
 * The last transfers before an incident: asked for, told in lines, and kept as a capture. Functions
 * that give an int give an enum cli_exit, and have told why it is not CLI_FINE.
 */
#include "lib/wire/wire.h"

struct cli;

/* *ret is a new reference, a list; a null for a linkstatd too old to keep any. */
int transfers_ask(const struct cli *cli, int64_t id, json_t **ret);

/* Tells them, their times counted from @zero_us; @all, or those that say most. Nothing if none. */
void transfers_put(const struct cli *cli, const json_t *incident, const json_t *transfers,
		   int64_t zero_us, bool all);

/* Writes them all to the new file @path, or "-"; never over what is there. */
int transfers_export(const struct cli *cli, const json_t *transfers, const char *path);
