#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/base/cli.h"
#include "cli/base/redact.h"
#include "cli/commands/list.h"
#include "cli/options.h"

#define SOCKET_DEFAULT "/run/linkstat/io.linkstat"

/* A full disk is reported; a reader that closed the pipe (| head) is not. */
static int
finish_output(int r)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return r;
	if (errno == EPIPE)
		return r;
	cli_complain("cannot write the answer: %s.", strerror(errno));
	return CLI_UNREACHABLE;
}

int
main(int argc, char **argv)
{
	char name[] = "linkstat"; /* what getopt's messages begin with */
	const char *socket = getenv("LINKSTAT_SOCKET");
	struct cli cli = { .socket = socket && *socket ? socket : SOCKET_DEFAULT,
			   .commands = command_list };
	struct redaction redaction = { 0 };
	struct request request;
	int r;

	cli_guard_streams();
	if (argc > 0)
		argv[0] = name;
	setlocale(LC_CTYPE, ""); /* only: numbers and weekdays stay as the manual shows them */
	cli.now_us = cli_clock_us(CLOCK_REALTIME);
	cli.redaction = &redaction;
	output_style_init(&cli.style, stdout);
	r = options_parse(&cli, argc, argv, command_list, &request);
	if (r == CLI_FINE)
		r = request.command->run(&cli, request.options);
	request_done(&request);
	redact_done(&redaction);
	return finish_output(r);
}
