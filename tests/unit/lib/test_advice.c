#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/engine/advice.h"
#include "lib/engine/causes.h"
#include "lib/engine/facts.h"

/* Properties of the advice, over all facts, pairs and triples of them. */

#define N_FACTS 53

typedef void visit_fn(const struct ls_incident *incident, void *data);

static void
visit(uint64_t facts, visit_fn *fn, void *data)
{
	/* What no source saw is an incident as well. */
	static const ls_source_set sources[] = { 0, (1U << LS_N_SOURCES) - 1 };

	for (size_t i = 0; i < LS_COUNT(sources); i++) {
		struct ls_incident incident = { .facts = facts, .sources = sources[i] };

		ls_cause_decide(&incident);
		fn(&incident, data);
	}
}

static void
visit_all(visit_fn *fn, void *data)
{
	for (unsigned int a = 0; a < N_FACTS; a++) {
		for (unsigned int b = a; b < N_FACTS; b++) {
			for (unsigned int c = b; c < N_FACTS; c++)
				visit(LS_FACT(a) | LS_FACT(b) | LS_FACT(c), fn, data);
		}
	}
}

static void
mark_row(const struct ls_incident *incident, void *data)
{
	const struct ls_advice *row = ls_advice_find(incident);
	bool *seen = data;

	if (row)
		seen[row - ls_advice_rows] = true;
}

static void
each_row_is_for_some_incident(void **state)
{
	bool *seen = calloc(ls_n_advice_rows, sizeof(*seen));

	(void)state;
	assert_non_null(seen);
	visit_all(mark_row, seen);
	for (size_t i = 0; i < ls_n_advice_rows; i++) {
		if (!seen[i])
			fail_msg("never given: %s", ls_advice_rows[i].next);
	}
	free(seen);
}

/* A hub that left with all behind it is a device with a link of its own. */
static bool
is_same_part(enum ls_cause cause, enum ls_side a, enum ls_side b)
{
	static const enum ls_side hub[] = { LS_SIDE_HUB, LS_SIDE_LINK, LS_SIDE_DEVICE };
	unsigned int n = 0;

	for (size_t i = 0; cause == LS_CAUSE_UPSTREAM_LOSS && i < LS_COUNT(hub); i++)
		n += (unsigned int)(hub[i] == a) + (unsigned int)(hub[i] == b);
	return a == b || n == 2;
}

/* Where the general advice of a cause begins to look. */
static enum ls_side
general_first(enum ls_cause cause)
{
	static const enum ls_side first[LS_N_CAUSES] = {
		[LS_CAUSE_LINK_LOSS] = LS_SIDE_LINK,
		[LS_CAUSE_ENUMERATION_FAILED] = LS_SIDE_LINK,
		[LS_CAUSE_LINK_ERRORS] = LS_SIDE_LINK,
		[LS_CAUSE_OVER_CURRENT] = LS_SIDE_POWER,
		[LS_CAUSE_EMI] = LS_SIDE_LINK,
		[LS_CAUSE_UPSTREAM_LOSS] = LS_SIDE_HUB,
		[LS_CAUSE_CONTROLLER_DIED] = LS_SIDE_HOST,
		[LS_CAUSE_HOST_LIMIT] = LS_SIDE_HOST,
		[LS_CAUSE_SOFTWARE] = LS_SIDE_SOFTWARE,
		[LS_CAUSE_DEVICE_RESET] = LS_SIDE_DEVICE,
	};

	return first[cause];
}

static void
assert_same_part(const struct ls_incident *incident, void *data)
{
	const struct ls_advice *row = ls_advice_find(incident);
	enum ls_side first = row ? row->first : general_first(incident->cause);

	(void)data;
	assert_true(strlen(ls_advice_next(incident)) > 0);
	if (first != LS_SIDE_UNKNOWN && incident->side != LS_SIDE_UNKNOWN &&
	    !is_same_part(incident->cause, first, incident->side))
		fail_msg("%s, %s, facts %#llx, but: %s", ls_cause_name(incident->cause),
			 ls_side_name(incident->side), (unsigned long long)incident->facts,
			 ls_advice_next(incident));
}

static void
advice_begins_with_the_part_that_the_evidence_points_to(void **state)
{
	(void)state;
	visit_all(assert_same_part, NULL);
}

static void
the_same_cause_is_not_always_the_same_advice(void **state)
{
	const struct ls_incident wire = { .cause = LS_CAUSE_ENUMERATION_FAILED };
	struct ls_incident host = wire, slots = { .cause = LS_CAUSE_HOST_LIMIT };

	(void)state;
	host.side = LS_SIDE_HOST;
	assert_string_equal(ls_advice_next(&wire), ls_cause_row(wire.cause)->next);
	assert_non_null(strstr(ls_advice_next(&host), "another USB controller"));
	assert_non_null(strstr(ls_advice_next(&slots), "another USB controller"));
	slots.facts = LS_FACT_NO_SLOT;
	assert_non_null(strstr(ls_advice_next(&slots), "no more devices"));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_row_is_for_some_incident),
		cmocka_unit_test(advice_begins_with_the_part_that_the_evidence_points_to),
		cmocka_unit_test(the_same_cause_is_not_always_the_same_advice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
