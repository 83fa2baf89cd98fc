#include "cli/base/set.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

static void *
append(struct uniques *uniques, const void *wanted, size_t size, uniques_compare_fn compare)
{
	void *copy;

	if ((uniques->n & (uniques->n - 1)) == 0) { /* a power of two: full */
		void **more = reallocarray(uniques->items, uniques->n ? uniques->n * 2 : 1,
					   sizeof(*more));

		if (!more)
			return NULL;
		uniques->items = more;
	}
	copy = malloc(size);
	if (!copy)
		return NULL;
	memcpy(copy, wanted, size);
	if (!tsearch(copy, &uniques->tree, compare)) {
		free(copy);
		return NULL;
	}
	uniques->items[uniques->n++] = copy;
	return copy;
}

void *
uniques_find(const struct uniques *uniques, const void *key, uniques_compare_fn compare)
{
	void *const *node = tfind(key, &uniques->tree, compare);

	return node ? *node : NULL;
}

void *
uniques_add(struct uniques *uniques, const void *wanted, size_t size, uniques_compare_fn compare)
{
	void *found = uniques_find(uniques, wanted, compare);

	return found ? found : append(uniques, wanted, size, compare);
}

void
uniques_done(struct uniques *uniques)
{
	tdestroy(uniques->tree, free);
	free(uniques->items);
	*uniques = (struct uniques){ 0 };
}
