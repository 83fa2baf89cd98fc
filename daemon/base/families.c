#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <systemd/sd-daemon.h>

#include "daemon/base/families.h"
#include "lib/base/text.h"
#include "lib/families/ini.h"

#define MAX_BYTES (1024 * 1024) /* of one file; ours are below 10 KiB */

static int
complain(struct families_dir *self, const char *why)
{
	self->n_wrong++;
	self->complain(why, self->user);
	return 0;
}

static int
complain_of(struct families_dir *self, const char *path, const char *what)
{
	char why[LS_TEXT_MAX], file[160];

	ls_text_clean(file, sizeof(file), path, strlen(path));
	ls_text_format(why, sizeof(why), "%s: %s", file, what);
	return complain(self, why);
}

/* All of @fd, which has @size bytes or fewer; their number or -errno. */
static ssize_t
read_all(int fd, char *text, size_t size)
{
	size_t len = 0;
	ssize_t n = 1;

	while (n > 0 && len < size) {
		n = read(fd, text + len, size - len);
		if (n < 0 && errno == EINTR)
			n = 1;
		else if (n > 0)
			len += (size_t)n;
	}
	return n < 0 ? -errno : (ssize_t)len;
}

static int
read_fd(struct families_dir *self, const char *path, int fd)
{
	char why[LS_TEXT_MAX];
	struct stat stat;
	char *text;
	ssize_t len;
	int r;

	if (fstat(fd, &stat) < 0)
		return complain_of(self, path, strerror(errno));
	if (!S_ISREG(stat.st_mode))
		return complain_of(self, path, "this is no file");
	if (stat.st_size > MAX_BYTES)
		return complain_of(self, path, "this is larger than 1 MiB, so no family file");
	text = malloc((size_t)stat.st_size + 1);
	if (!text)
		return -ENOMEM;
	len = read_all(fd, text, (size_t)stat.st_size);
	r = len < 0 ? (int)len : ls_families_read(self->families, path, text, (size_t)len, why);
	free(text);
	if (len < 0)
		return complain_of(self, path, strerror(-r));
	if (r == -EINVAL)
		return complain(self, why);
	self->n_read += r > 0;
	return r < 0 ? r : 0;
}

int
families_dir_read_file(struct families_dir *self, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	int r;

	if (fd < 0)
		return complain_of(self, path, strerror(errno));
	r = read_fd(self, path, fd);
	close(fd);
	return r;
}

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

int
families_dir_read(struct families_dir *self, const char *dir)
{
	struct dirent **entries = NULL;
	int n = scandir(dir, &entries, is_ini, by_name);
	char path[4096];
	int r = 0;

	if (n < 0)
		return errno == ENOENT ? 0 : complain_of(self, dir, strerror(errno));
	for (int i = 0; i < n; i++) {
		int len = snprintf(path, sizeof(path), "%s/%s", dir, entries[i]->d_name);

		free(entries[i]);
		if (r == 0 && len > 0 && (size_t)len < sizeof(path))
			r = families_dir_read_file(self, path);
	}
	free(entries);
	return r;
}

static void
on_wrong_file(const char *why, void *user)
{
	(void)user;
	fprintf(stderr, SD_WARNING "linkstatd: %s; this file is not used\n", why);
}

int
families_load(const char *path, struct ls_families **ret)
{
	struct families_dir dir = { .complain = on_wrong_file };
	ls_auto(ls_families) *families = NULL;
	int r = ls_families_new(&families);

	dir.families = families;
	if (r == 0)
		r = families_dir_read(&dir, path);
	if (r < 0) {
		fprintf(stderr, SD_ERR "linkstatd: no memory for the device families\n");
		return r;
	}
	*ret = LS_STEAL(&families);
	return 0;
}

static void
on_checked_file(const char *why, void *user)
{
	(void)user;
	fprintf(stderr, "%s\n", why);
}

int
families_check(const char *path, char *const *files, unsigned int n_files)
{
	struct families_dir dir = { .complain = on_checked_file };
	ls_auto(ls_families) *families = NULL;
	int r = ls_families_new(&families);

	dir.families = families;
	for (unsigned int i = 0; r == 0 && i < n_files; i++)
		r = families_dir_read_file(&dir, files[i]);
	if (r == 0 && n_files == 0)
		r = families_dir_read(&dir, path);
	if (r < 0) {
		fprintf(stderr, "linkstatd: no memory for the device families\n");
		return 1;
	}
	printf("%u family file%s fine, %u wrong\n", dir.n_read, dir.n_read == 1 ? "" : "s",
	       dir.n_wrong);
	return dir.n_wrong > 0;
}
