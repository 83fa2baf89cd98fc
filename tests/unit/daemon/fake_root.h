#pragma once
/* A small tree of files in place of /proc and /sys. */
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define FAKE_ROOT_MAX 256

struct fake_root {
	char dir[FAKE_ROOT_MAX];
};

static inline void
fake_root_begin(struct fake_root *root)
{
	snprintf(root->dir, sizeof(root->dir), "/tmp/linkstat-root-XXXXXX");
	assert_non_null(mkdtemp(root->dir));
}

static inline void
fake_root_parents(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		(void)mkdir(path, 0755);
		*slash = '/';
	}
}

static inline void
fake_root_put(struct fake_root *root, const char *name, const char *text)
{
	char path[2 * FAKE_ROOT_MAX];
	FILE *file;

	snprintf(path, sizeof(path), "%s%s", root->dir, name);
	fake_root_parents(path);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static inline void
fake_root_link(struct fake_root *root, const char *name, const char *target)
{
	char path[2 * FAKE_ROOT_MAX];

	snprintf(path, sizeof(path), "%s%s", root->dir, name);
	fake_root_parents(path);
	assert_int_equal(symlink(target, path), 0);
}

static inline int
fake_root_unlink(const char *path, const struct stat *st, int type, struct FTW *walk)
{
	(void)st;
	(void)type;
	(void)walk;
	return remove(path);
}

static inline void
fake_root_remove(struct fake_root *root, const char *name)
{
	char path[2 * FAKE_ROOT_MAX];

	snprintf(path, sizeof(path), "%s%s", root->dir, name);
	(void)nftw(path, fake_root_unlink, 8, FTW_DEPTH | FTW_PHYS);
}

static inline void
fake_root_end(struct fake_root *root)
{
	fake_root_remove(root, "");
}
