#pragma once
/* A growing list of things that are all different, each found again in logarithmic time. */
#include "lib/base.h"

typedef int (*uniques_compare_fn)(const void *a, const void *b);

/* Zero is an empty one. */
struct uniques {
	void *tree;   /* of tsearch(3) */
	void **items; /* in the order in which they came */
	size_t n;
};

/* The item that is like @wanted, else a copy of its @size bytes, put at the end. NULL: no memory. */
void *uniques_add(struct uniques *uniques, const void *wanted, size_t size,
		  uniques_compare_fn compare);
void uniques_done(struct uniques *uniques);
