#include "cli/explain/entries_dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/base/cli.h"
#include "lib/base/text.h"
#include "lib/explain/read.h"

#define MAX_BYTES (1024 * 1024) /* of one file; ours are below 30 KiB */

static int
is_ini(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');

	return entry->d_name[0] != '.' && dot && strcmp(dot, ".ini") == 0;
}

/* Bytes, and not the letters of a locale: the same order everywhere. */
static int
by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static void
complain(const char *path, const char *what)
{
	char clean[160];

	ls_text_clean(clean, sizeof(clean), path, strlen(path));
	cli_complain("%s: %s; this file is not used.", clean, what);
}

/* The text of a regular file, to be freed; NULL with errno. */
static char *
read_text(int fd)
{
	struct stat stat;
	char *text;
	size_t len = 0;
	ssize_t n = 1;

	if (fstat(fd, &stat) < 0)
		return NULL;
	errno = !S_ISREG(stat.st_mode) ? EINVAL : stat.st_size > MAX_BYTES ? EFBIG : 0;
	text = errno ? NULL : malloc((size_t)stat.st_size + 1);
	if (!text)
		return NULL;
	while (n > 0 && len < (size_t)stat.st_size) {
		n = read(fd, text + len, (size_t)stat.st_size - len);
		len += n > 0 ? (size_t)n : 0;
	}
	text[len] = '\0';
	return text;
}

static int
read_file(struct ls_explain *table, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	char *text = fd < 0 ? NULL : read_text(fd);
	char why[LS_TEXT_MAX];
	int r = 0;

	if (!text)
		complain(path, strerror(errno));
	else
		r = ls_explain_read(table, path, text, why);
	if (r == -EINVAL)
		cli_complain("%s; this file is not used.", why);
	free(text);
	if (fd >= 0)
		close(fd);
	return r == -ENOMEM ? r : 0;
}

int
entries_dir_read(struct ls_explain *table, const char *dir)
{
	struct dirent **entries = NULL;
	int n = scandir(dir, &entries, is_ini, by_name);
	char path[4096];
	int r = 0;

	if (n < 0 && errno != ENOENT)
		complain(dir, strerror(errno));
	for (int i = 0; i < n; i++) {
		int len = snprintf(path, sizeof(path), "%s/%s", dir, entries[i]->d_name);

		free(entries[i]);
		if (r == 0 && len > 0 && (size_t)len < sizeof(path))
			r = read_file(table, path);
	}
	free(entries);
	return r;
}
