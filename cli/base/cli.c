#include "cli/base/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>

#include "lib/base/time.h"

struct query
cli_query(const struct cli *cli)
{
	return (struct query){ .since = cli->since, .until = cli->until };
}

struct query
cli_query_ports(const struct cli *cli)
{
	struct query query = cli_query(cli);

	query.ports = cli->args;
	query.n_ports = cli->n_args;
	return query;
}

struct cli_time
cli_time_at(int64_t real_us)
{
	struct cli_time time = { .set = true, .real_us = real_us };

	ls_time_format(real_us, time.text);
	return time;
}

int64_t
cli_clock_us(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

void
cli_complain(const char *format, ...)
{
	va_list args;

	fflush(stdout); /* keep stdout and stderr in order */
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
