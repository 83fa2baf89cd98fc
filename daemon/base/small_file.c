#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "daemon/base/small_file.h"

size_t
small_file_read(char *ret, size_t size, const char *path, ...)
{
	char name[PATH_MAX];
	va_list args;
	ssize_t len;
	int n, fd;

	ret[0] = '\0';
	va_start(args, path);
	n = vsnprintf(name, sizeof(name), path, args);
	va_end(args);
	if (n < 0 || (size_t)n >= sizeof(name))
		return 0;
	fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return 0;
	len = read(fd, ret, size - 1);
	(void)close(fd);
	ret[len > 0 ? len : 0] = '\0';
	return len > 0 ? (size_t)len : 0;
}
