#include "lib/attribution/under_load.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

/* The same one of other trials is found by this. */
static int
compare(const void *a, const void *b)
{
	const struct hypothesis *x = a, *y = b;

	for (size_t i = 0; i < LS_COUNT(x->parts); i++) {
		if (x->parts[i] != y->parts[i])
			return x->parts[i] < y->parts[i] ? -1 : 1;
	}
	return (int)x->together - (int)y->together;
}

/* Of hypotheses that only one of both has, it has the rest: it had good reasons to add them. */
static void
mix_single(struct hypotheses *all, const struct hypothesis *loaded, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < all->n; i++) {
		struct hypothesis *hypothesis = &all->all[i];
		const struct hypothesis *same =
			bsearch(hypothesis, loaded, n, sizeof(*loaded), compare);

		hypothesis->probability *= 1 - all->under_load;
		hypothesis->probability += same ? all->under_load * same->probability : 0;
		sum += hypothesis->probability;
	}
	for (size_t i = 0; i < all->n; i++)
		all->all[i].probability /= sum;
}

/* That each part is bad, whatever else is. */
static void
add_marginals(const struct hypotheses *hypotheses, double weight, double *ret)
{
	for (size_t i = 0; i < hypotheses->n_parts && hypotheses->many; i++)
		ret[i] += weight * hypotheses->many[i];
	for (size_t i = 0; i < hypotheses->n && !hypotheses->many; i++) {
		const struct hypothesis *hypothesis = &hypotheses->all[i];

		for (size_t p = 0; p < LS_COUNT(hypothesis->parts); p++) {
			if (hypothesis->parts[p] != PART_NONE && !hypothesis->together)
				ret[hypothesis->parts[p]] += weight * hypothesis->probability;
		}
	}
}

/* More than two are bad, if the likelier possibility says so. */
static int
mix_many(struct hypotheses *all, const struct hypotheses *loaded)
{
	const struct hypotheses *likelier = all->under_load > 0.5 ? loaded : all;
	double *many = NULL;

	if (likelier->many) {
		many = calloc(all->n_parts, sizeof(*many));
		if (!many)
			return -ENOMEM;
		add_marginals(all, 1 - all->under_load, many);
		add_marginals(loaded, all->under_load, many);
	}
	free(all->many);
	all->many = many;
	return 0;
}

int
under_load_mix(struct hypotheses *all, const struct hypotheses *loaded)
{
	struct hypothesis *sorted = calloc(loaded->n, sizeof(*sorted));
	int r;

	if (!sorted)
		return -ENOMEM;
	all->under_load = 1 / (1 + exp(all->log_evidence - loaded->log_evidence));
	r = mix_many(all, loaded);
	for (size_t i = 0; i < loaded->n; i++)
		sorted[i] = loaded->all[i];
	qsort(sorted, loaded->n, sizeof(*sorted), compare);
	if (r == 0)
		mix_single(all, sorted, loaded->n);
	free(sorted);
	return r;
}
