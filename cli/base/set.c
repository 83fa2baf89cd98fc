#include "cli/base/set.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

static void *
insert(struct set *set, const void *wanted, size_t size, set_compare_fn compare)
{
	void *copy;

	if ((set->n & (set->n - 1)) == 0) { /* a power of two: full */
		void **more = reallocarray(set->items, set->n ? set->n * 2 : 1, sizeof(*more));

		if (!more)
			return NULL;
		set->items = more;
	}
	copy = malloc(size);
	if (!copy)
		return NULL;
	memcpy(copy, wanted, size);
	if (!tsearch(copy, &set->tree, compare)) {
		free(copy);
		return NULL;
	}
	set->items[set->n++] = copy;
	return copy;
}

void *
set_find(const struct set *set, const void *key, set_compare_fn compare)
{
	void *const *node = tfind(key, &set->tree, compare);

	return node ? *node : NULL;
}

void *
set_add(struct set *set, const void *wanted, size_t size, set_compare_fn compare)
{
	void *found = set_find(set, wanted, compare);

	return found ? found : insert(set, wanted, size, compare);
}

void
set_done(struct set *set)
{
	tdestroy(set->tree, free);
	free(set->items);
	*set = (struct set){ 0 };
}
