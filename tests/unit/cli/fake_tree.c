#include "tests/unit/cli/fake_tree.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static void
make_parents(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		assert_true(mkdir(path, 0755) == 0 || errno == EEXIST);
		*slash = '/';
	}
}

void
fake_write(const char *root, const char *name, const char *text)
{
	bool program = text[0] == '!';
	char path[512];
	FILE *file;

	assert_true(snprintf(path, sizeof(path), "%s/%s", root, name) < (int)sizeof(path));
	make_parents(path);
	if (strncmp(text, "-> ", 3) == 0) {
		assert_int_equal(symlink(text + 3, path), 0);
		return;
	}
	file = fopen(path, "we");
	assert_non_null(file);
	assert_true(fputs(text + program, file) >= 0);
	assert_int_equal(fclose(file), 0);
	if (program)
		assert_int_equal(chmod(path, 0755), 0);
}

void
fake_tree(const char *root, const struct fake_file *files, size_t n)
{
	for (size_t i = 0; i < n; i++)
		fake_write(root, files[i].path, files[i].text);
}

static int
remove_one(const char *path, const struct stat *stat, int type, struct FTW *at)
{
	(void)stat;
	(void)type;
	(void)at;
	return remove(path);
}

void
fake_remove(const char *root)
{
	assert_int_equal(nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
}
