#pragma once
/* The options of the command line, whichever command they are for: that is checked afterwards. */
#include "cli/base/cli.h"

/*
 * Takes all options; optind is then at the command. *instead is set to "help" or "version" where
 * that was asked for. CLI_FINE, or CLI_USAGE after having said what is wrong.
 */
int options_parse(struct cli *cli, int argc, char **argv, const char **instead);
