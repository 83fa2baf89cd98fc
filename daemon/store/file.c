#include "daemon/store/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "daemon/store/db.h"

#define KEPT_MAX 100 /* files moved aside within one second */

static const char *const companions[] = { "", "-wal", "-shm" };

int
store_file_probe(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0640);
	struct stat st;
	int r;

	if (fd < 0)
		return -errno;
	r = fstat(fd, &st) < 0 ? -errno : S_ISREG(st.st_mode) ? 0 : -EINVAL;
	if (r == 0)
		store_file_give(fd, path);
	close(fd);
	return r;
}

bool
store_file_exists(const char *path, const char *companion)
{
	char name[PATH_MAX + 8];
	struct stat st;

	snprintf(name, sizeof(name), "%s%s", path, companion);
	return lstat(name, &st) == 0;
}

int64_t
store_file_size(const char *path, const char *companion)
{
	char name[PATH_MAX + 8];
	struct stat st;

	snprintf(name, sizeof(name), "%s%s", path, companion);
	return lstat(name, &st) == 0 ? (int64_t)st.st_size : -1;
}

/* SQLite does the same with its companions. */
void
store_file_give(int fd, const char *path)
{
	char dir[PATH_MAX + 8];
	struct stat st, link;
	char *slash;

	snprintf(dir, sizeof(dir), "%s", path);
	slash = strrchr(dir, '/');
	/* By no link to a file that lies elsewhere, which could be anybody's. */
	if (geteuid() != 0 || !slash || fstat(fd, &st) < 0 || lstat(path, &link) < 0 ||
	    st.st_ino != link.st_ino || st.st_dev != link.st_dev || st.st_nlink != 1)
		return;
	*slash = '\0';
	if (stat(dir, &st) == 0)
		(void)!fchown(fd, st.st_uid, st.st_gid); /* else the next one reports it */
}

static int
rename_new(const char *from, const char *to)
{
	int r = renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE);

	if (r < 0 && errno == EINVAL) /* not on every file system; @to was looked for before */
		r = rename(from, to);
	return r < 0 && errno != ENOENT ? -errno : 0;
}

/* A name beside the database that nothing has yet: "….kept-20261122-140311", "….kept-…-2". */
static int
kept_name(const struct store *store, char name[PATH_MAX])
{
	time_t seconds = (time_t)(store->now.real_us / (int64_t)LS_SEC);
	struct tm tm = { 0 };
	char stamp[32];

	(void)gmtime_r(&seconds, &tm);
	(void)strftime(stamp, sizeof(stamp), "%Y%m%d-%H%M%S", &tm);
	for (int n = 1; n < KEPT_MAX; n++) {
		char count[16] = "";
		bool taken = false;
		int len;

		if (n > 1)
			snprintf(count, sizeof(count), "-%d", n);
		len = snprintf(name, PATH_MAX, "%s/%s.kept-%s%s", store->dir, STORE_FILE_NAME,
			       stamp, count);
		if (len < 0 || len >= PATH_MAX)
			return -ENAMETOOLONG;
		for (size_t i = 0; i < LS_COUNT(companions); i++)
			taken = taken || store_file_exists(name, companions[i]);
		if (!taken)
			return 0;
	}
	return -EEXIST;
}

/* The database first: after a kill in between, the log alone is moved aside at the next start. */
int
store_file_move_aside(struct store *store, const char *why)
{
	char kept[PATH_MAX], from[PATH_MAX + 8], to[PATH_MAX + 8];
	int r = kept_name(store, kept);

	for (size_t i = 0; i < LS_COUNT(companions) && r == 0; i++) {
		snprintf(from, sizeof(from), "%s%s", store->path, companions[i]);
		snprintf(to, sizeof(to), "%s%s", kept, companions[i]);
		r = rename_new(from, to);
	}
	if (r == 0)
		store_problem_format(store->open_problem,
				     "The history %s. It was kept as %s, and a new one was begun.",
				     why, kept);
	return r;
}
