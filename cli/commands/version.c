#include <stdio.h>

#include "cli/base/command.h"
#include "cli/print/envelope.h"

#ifndef LINKSTAT_VERSION
#define LINKSTAT_VERSION "unknown"
#endif

static int
run(const struct cli *cli, const void *options)
{
	ls_json_auto json_t *version = json_string(LINKSTAT_VERSION);

	(void)options;
	if (cli->json && version)
		return envelope_print_one(cli, "version", "client_version", version);
	fprintf(cli->style.out, "linkstat %s\n", LINKSTAT_VERSION);
	return CLI_FINE;
}

const struct command command_version = {
	.name = "version",
	.run = run,
};
