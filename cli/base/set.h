#pragma once
/* A growing set that keeps the order of insertion; items are found in logarithmic time. */
#include "lib/base/base.h"

typedef int (*set_compare_fn)(const void *a, const void *b);

/* Zero is an empty one. */
struct set {
	void *tree;   /* of tsearch(3) */
	void **items; /* in the order of insertion */
	size_t n;
};

/* The item for which @compare(@key, item) is 0, or NULL. @key may have another type than the items;
 * it is always the first argument. */
void *set_find(const struct set *set, const void *key, set_compare_fn compare);

/* The item equal to @wanted, else a copy of its @size bytes, added at the end. NULL: no memory. */
void *set_add(struct set *set, const void *wanted, size_t size, set_compare_fn compare);
void set_done(struct set *set);
