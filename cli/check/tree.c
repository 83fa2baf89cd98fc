#include "cli/check/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/base/sanitize.h"
#include "lib/base/cursor.h"

#define LINE_MAX_BYTES 1024

/* "" if it is too long. */
static void LS_PRINTF(3, 0)
	make_path(const struct check *check, char path[PATH_MAX], const char *format, va_list args)
{
	int root_len = snprintf(path, PATH_MAX, "%s/", check->root);
	int len = -1;

	if (root_len >= 0 && root_len < PATH_MAX)
		len = vsnprintf(path + root_len, (size_t)(PATH_MAX - root_len), format, args);
	if (len < 0 || len >= PATH_MAX - root_len)
		path[0] = '\0';
}

/* For a function with @format and its arguments at the end. */
#define MAKE_PATH(check, path, format)                                                             \
	do {                                                                                       \
		va_list args;                                                                      \
                                                                                                   \
		va_start(args, format);                                                            \
		make_path(check, path, format, args);                                              \
		va_end(args);                                                                      \
	} while (0)

static int
read_file(const char *path, char *ret, size_t size)
{
	/* Must not block, not even on a pipe in place of a file. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	size_t len = 0;
	ssize_t n = 1;

	ret[0] = '\0';
	if (fd < 0)
		return -errno;
	while (n > 0 && len < size - 1) {
		n = read(fd, ret + len, size - 1 - len);
		len += n > 0 ? (size_t)n : 0;
	}
	n = n < 0 && len == 0 ? -errno : (ssize_t)len;
	close(fd);
	ret[len] = '\0';
	return (int)n;
}

int
check_bytes(const struct check *check, char *ret, size_t size, const char *format, ...)
{
	char path[PATH_MAX];

	MAKE_PATH(check, path, format);
	ret[0] = '\0';
	return read_file(path, ret, size);
}

/* Without blanks around it, and safe to print. */
static bool
clean_line(const struct check *check, char *text, char *ret, size_t size)
{
	size_t len;

	text += strspn(text, " \t");
	len = strcspn(text, "\n");
	while (len > 0 && strchr(" \t", text[len - 1]))
		len--;
	text[len] = '\0';
	sanitize_text(ret, size, text, check->cli->style.utf8);
	return ret[0] != '\0';
}

bool
check_line(const struct check *check, char *ret, size_t size, const char *format, ...)
{
	char path[PATH_MAX], text[LINE_MAX_BYTES];

	MAKE_PATH(check, path, format);
	ret[0] = '\0';
	return read_file(path, text, sizeof(text)) > 0 && clean_line(check, text, ret, size);
}

int
check_number(const struct check *check, unsigned int base, uint64_t *ret, const char *format, ...)
{
	char path[PATH_MAX], text[64];
	struct ls_cursor cur;
	int len;

	MAKE_PATH(check, path, format);
	*ret = 0;
	len = read_file(path, text, sizeof(text));
	if (len <= 0)
		return 0;
	cur = ls_cursor_of(text, (size_t)len);
	(void)ls_take_spaces(&cur);
	if (base == 16)
		(void)ls_take_literal(&cur, "0x");
	return ls_take_number(&cur, base, UINT64_MAX, ret);
}

bool
check_link(const struct check *check, char *ret, size_t size, const char *format, ...)
{
	char path[PATH_MAX], target[PATH_MAX];
	const char *slash;
	ssize_t n;

	MAKE_PATH(check, path, format);
	ret[0] = '\0';
	n = readlink(path, target, sizeof(target) - 1);
	if (n <= 0)
		return false;
	target[n] = '\0';
	slash = strrchr(target, '/');
	sanitize_text(ret, size, slash ? slash + 1 : target, check->cli->style.utf8);
	return ret[0] != '\0';
}

bool
check_exists(const struct check *check, const char *format, ...)
{
	char path[PATH_MAX];

	MAKE_PATH(check, path, format);
	return access(path, F_OK) == 0;
}

DIR *
check_open_dir(const struct check *check, const char *format, ...)
{
	char path[PATH_MAX];

	MAKE_PATH(check, path, format);
	return opendir(path);
}

const char *
check_next(DIR *dir)
{
	const struct dirent *entry;

	do
		entry = readdir(dir);
	while (entry && entry->d_name[0] == '.');
	return entry ? entry->d_name : NULL;
}
