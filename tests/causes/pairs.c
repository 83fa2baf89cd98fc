/*
 * Each two facts that incidents have together, and the answer to them: pairs FILE…. With
 * the two stand the facts that all incidents with both have. An answer that surprises is a weight
 * that is wrong.
 */
#include <stdio.h>
#include <string.h>

#include "lib/engine/causes.h"
#include "lib/engine/facts.h"
#include "tests/causes/facts.h"
#include "tests/causes/material.h"

#define N_FACTS 64

/* What all incidents with both have in common; 0: there are none. */
struct pairs {
	uint64_t facts[N_FACTS][N_FACTS];
	ls_source_set sources[N_FACTS][N_FACTS];
};

static void
take(const struct ls_incident *incident, void *user)
{
	struct pairs *pairs = user;

	for (size_t i = 0; i < N_FACTS; i++) {
		for (size_t j = i; j < N_FACTS; j++) {
			uint64_t both = UINT64_C(1) << i | UINT64_C(1) << j;

			if ((incident->facts & both) != both)
				continue;
			if (!pairs->facts[i][j])
				pairs->facts[i][j] = ~UINT64_C(0);
			pairs->facts[i][j] &= incident->facts;
			pairs->sources[i][j] |= incident->sources;
		}
	}
}

/* Coarse: a weight that is fitted anew should not change all lines. */
static const char *
in_words(double confidence)
{
	return confidence >= 0.9   ? "sure"
	       : confidence >= 0.7 ? "likely"
	       : confidence > 0	   ? "perhaps"
				   : "not known";
}

static void
print(const struct pairs *pairs, size_t i, size_t j)
{
	struct ls_incident incident = {
		.facts = pairs->facts[i][j],
		.sources = pairs->sources[i][j],
	};
	uint64_t both = UINT64_C(1) << i | UINT64_C(1) << j;
	char pair[FACTS_TEXT_MAX], more[FACTS_TEXT_MAX];

	ls_cause_decide(&incident);
	facts_text(both, pair);
	facts_text(incident.facts & ~both, more);
	printf("%-36s (%s): %s, %s, %s, %s\n", pair, more, ls_cause_name(incident.cause),
	       ls_side_name(incident.side), incident.drop ? "a drop" : "no drop",
	       in_words(incident.confidence));
}

int
main(int argc, char **argv)
{
	static struct pairs pairs;

	for (int i = 1; i < argc; i++) {
		for (size_t j = 0; j < MATERIAL_N_BLIND; j++) {
			if (material_read(argv[i], material_blind[j], take, &pairs) < 0)
				return 2;
		}
	}
	for (size_t i = 0; i < N_FACTS; i++) {
		for (size_t j = i; j < N_FACTS; j++) {
			if (pairs.facts[i][j])
				print(&pairs, i, j);
		}
	}
	return 0;
}
