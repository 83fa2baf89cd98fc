#pragma once
/* A directory with a small /sys and /proc in it. */
#include <stddef.h>

struct fake_file {
	const char *path;
	const char *text; /* "-> x" is a symbolic link to x, "!x" an executable file with x */
};

void fake_write(const char *root, const char *name, const char *text);
void fake_tree(const char *root, const struct fake_file *files, size_t n);
/* @root with all that is in it. */
void fake_remove(const char *root);
