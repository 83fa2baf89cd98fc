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
/*
 * A list of any length as it comes: begin, each item, end. The text is that of envelope_print_one().
 */
struct envelope_list {
	const struct cli *cli;
	const char *name, *key;
	uint64_t n;
};
int envelope_item(struct envelope_list *list, const json_t *item);
int envelope_end(struct envelope_list *list);
/* The same with the one member @key: @value, which is borrowed. */
int envelope_print_one(const struct cli *cli, const char *name, const char *key, json_t *value);
