#pragma once
/* A growing list of things that are all different, each found again in logarithmic time. */
#include "lib/base/base.h"

typedef int (*set_compare_fn)(const void *a, const void *b);

/* Zero is an empty one. */
struct set {
	void *tree;   /* of tsearch(3) */
	void **items; /* in the order in which they came */
	size_t n;
};

/* The item that @compare(@key, item) calls equal, NULL if there is none. @key may be of another type;
 * it is always the first of the two. */
void *set_find(const struct set *set, const void *key, set_compare_fn compare);

/* The item that is like @wanted, else a copy of its @size bytes, put at the end. NULL: no memory. */
void *set_add(struct set *set, const void *wanted, size_t size, set_compare_fn compare);
void set_done(struct set *set);
