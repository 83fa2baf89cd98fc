#pragma once
/* The command line: which command, with which options. */
#include "cli/base/command.h"

struct request {
	const struct command *command;
	void *options;	    /* what command->run() gets */
	const char **words; /* of its option that takes many */
	char **argv;	    /* a copy that was needed; NULL: none */
};

/*
 * Fills in *cli and *ret from @argv, which is reordered as by getopt_long(3); @list ends with NULL.
 * CLI_FINE, or another enum cli_exit with the error printed. request_done() in any case.
 */
int options_parse(struct cli *cli, int argc, char **argv, const struct command *const *list,
		  struct request *ret);
void request_done(struct request *request);
