#include "cli/cli.h"

#include <stdarg.h>
#include <stdio.h>

void
cli_complain(const char *format, ...)
{
	va_list args;

	fflush(stdout); /* the order on a terminal is the order of events */
	fputs("linkstat: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

int
cli_no_memory(void)
{
	cli_complain("not enough memory.");
	return CLI_UNREACHABLE;
}
