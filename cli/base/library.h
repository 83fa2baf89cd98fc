#pragma once
/*
 * A shared library that few commands need: opened when one of them first uses it, because to load
 * and link it takes longer than most commands do. It stays open.
 */
#include "lib/base/base.h"

struct library_function {
	const char *name;
	size_t offset; /* of its pointer in *functions of library_open() */
};

/* Fills in the pointers of @functions. 0; -ENOENT: @why says what is missing. */
#define LIBRARY_WHY_MAX 160
int library_open(const char *file, const struct library_function *list, size_t n, void *functions,
		 char why[LIBRARY_WHY_MAX]);
