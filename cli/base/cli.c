#include "cli/base/cli.h"

#include <errno.h>
#include <fcntl.h>
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

void
cli_guard_streams(void)
{
	static const int flags[] = { O_WRONLY, O_RDONLY, O_RDONLY };

	for (int fd = 0; fd < (int)LS_COUNT(flags); fd++) {
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
			(void)open("/dev/null", flags[fd] | O_CLOEXEC); /* the lowest: @fd */
	}
}
