#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/engine/causes.h"
#include "lib/engine/facts.h"
#include "lib/engine/weights.h"

/* Properties of the table of evidence that hold whatever its weights are. */

#define N_SETS	 20000
#define ALL_SEEN ((1U << LS_N_SOURCES) - 1)

/* The same numbers in each run. */
static uint64_t
next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* Few facts and many, also such as never come together. */
static struct ls_incident
random_incident(uint64_t *state)
{
	struct ls_incident incident = { .facts = next_random(state) };

	for (uint64_t n = next_random(state) % 4; n > 0; n--)
		incident.facts &= next_random(state);
	incident.sources = (ls_source_set)(next_random(state) & ALL_SEEN);
	return incident;
}

static void
assert_same_answer(const struct ls_incident *one, const struct ls_incident *other)
{
	assert_string_equal(ls_cause_name(one->cause), ls_cause_name(other->cause));
	assert_string_equal(ls_side_name(one->side), ls_side_name(other->side));
	assert_int_equal(one->drop, other->drop);
	/* Sums of the same numbers in another order may round the last digit the other way. */
	assert_float_equal(one->confidence, other->confidence, 0.0101);
}

static void
shuffle(struct weights rows[WEIGHTS_MAX], uint64_t *state)
{
	for (size_t i = weight_table.n; i-- > 1;) {
		size_t with = (size_t)(next_random(state) % (i + 1));
		struct weights row = rows[i];

		rows[i] = rows[with];
		rows[with] = row;
	}
}

static void
the_order_of_rows_does_not_matter(void **state)
{
	static struct weights rows[WEIGHTS_MAX];
	const struct weight_table shuffled = { rows, weight_table.n };
	uint64_t random = 1;

	(void)state;
	memcpy(rows, weight_table.rows, weight_table.n * sizeof(rows[0]));
	for (size_t i = 0; i < N_SETS; i++) {
		struct ls_incident one = random_incident(&random), other = one;

		if (i % 100 == 0)
			shuffle(rows, &random);
		ls_cause_decide_by(&weight_table, &one);
		ls_cause_decide_by(&shuffled, &other);
		assert_same_answer(&one, &other);
	}
}

static void
nothing_is_ever_certain(void **state)
{
	uint64_t random = 2;

	(void)state;
	for (size_t i = 0; i < N_SETS; i++) {
		struct ls_incident incident = random_incident(&random);

		ls_cause_decide(&incident);
		assert_true(incident.confidence < 0.99);
		assert_int_equal(incident.confidence > 0, incident.cause != LS_CAUSE_UNKNOWN);
	}
}

static void
what_is_excluded_is_never_the_answer(void **state)
{
	uint64_t random = 3;

	(void)state;
	for (size_t i = 0; i < N_SETS; i++) {
		struct ls_incident incident = random_incident(&random);

		ls_cause_decide(&incident);
		for (size_t row = 0; row < weight_table.n; row++) {
			const struct weights *weights = &weight_table.rows[row];

			if (weights_hold(weights, &incident))
				assert_true(weights->cause[incident.cause] > WEIGHT_EXCLUDES);
		}
	}
}

/* Two rows of a group say the same thing: together they make no cause surer than one of them. */
static void
evidence_that_is_repeated_counts_once(void **state)
{
	static struct weights twice[WEIGHTS_MAX];
	uint64_t random = 4;

	(void)state;
	for (size_t row = 0; row < weight_table.n; row++) {
		const struct weight_table doubled = { twice, weight_table.n + 1 };

		if (!weight_table.rows[row].group || weight_table.n == WEIGHTS_MAX)
			continue;
		memcpy(twice, weight_table.rows, weight_table.n * sizeof(twice[0]));
		twice[weight_table.n] = weight_table.rows[row];
		for (size_t i = 0; i < 100; i++) {
			struct ls_incident one = random_incident(&random), other = one;

			one.facts |= weight_table.rows[row].all;
			other.facts = one.facts;
			ls_cause_decide_by(&weight_table, &one);
			ls_cause_decide_by(&doubled, &other);
			assert_same_answer(&one, &other);
		}
	}
}

static void
each_answer_has_a_reason(void **state)
{
	uint64_t random = 5;

	(void)state;
	for (size_t i = 0; i < N_SETS; i++) {
		struct ls_incident incident = random_incident(&random);

		ls_cause_decide(&incident);
		assert_true(strlen(incident.why) > 0);
	}
}

static void
no_facts_are_no_answer(void **state)
{
	struct ls_incident incident = { 0 };

	(void)state;
	ls_cause_decide(&incident);
	assert_int_equal(incident.cause, LS_CAUSE_UNKNOWN);
	assert_int_equal(incident.side, LS_SIDE_UNKNOWN);
	assert_false(incident.drop);
}

static void
what_is_not_certain_may_still_be_likely(void **state)
{
	static const char begin[] = "not certain, most likely ";
	uint64_t random = 7;
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < N_SETS; i++) {
		struct ls_incident incident = random_incident(&random);
		bool unclear;

		ls_cause_decide(&incident);
		unclear = strncmp(incident.why, begin, strlen(begin)) == 0;
		assert_true(!unclear || incident.cause == LS_CAUSE_UNKNOWN);
		n += unclear;
	}
	assert_true(n > 0);
}

static void
probabilities_add_up(void **state)
{
	uint64_t random = 6;

	(void)state;
	for (size_t i = 0; i < N_SETS; i++) {
		struct ls_incident incident = random_incident(&random);
		double probabilities[LS_N_CAUSES], sum = 0;

		ls_cause_probabilities(&weight_table, &incident, probabilities);
		for (size_t cause = 0; cause < LS_N_CAUSES; cause++)
			sum += probabilities[cause];
		assert_float_equal(sum, 1, 1e-9);
	}
}

/* However strong the evidence of a side is: causes are weighed against causes. */
static void
sides_do_not_change_probabilities(void **state)
{
	struct weights row = { .side = { [0] = 1000 } };
	const struct weight_table table = { .rows = &row, .n = 1 };
	const struct ls_incident incident = { .facts = LS_FACT_GONE };
	double probabilities[LS_N_CAUSES];

	(void)state;
	ls_cause_probabilities(&table, &incident, probabilities);
	for (size_t cause = 0; cause < LS_N_CAUSES; cause++)
		assert_float_equal(probabilities[cause], 1.0 / LS_N_CAUSES, 1e-9);
}

/* Without a word of sleep, sleep is unlikely anyway; data that flowed speaks against a hand. */
static void
what_is_ruled_out_begins_with_the_runner_up(void **state)
{
	struct ls_incident incident = {
		.facts = LS_FACT_GONE | LS_FACT_BACK_SAME | LS_FACT_HUB_SAW,
		.sources = ALL_SEEN,
	};
	const char *texts[LS_RULED_OUT_MAX];
	size_t n;

	(void)state;
	ls_cause_decide(&incident);
	assert_int_equal(incident.cause, LS_CAUSE_LINK_LOSS);
	n = ls_cause_ruled_out(&incident, texts);
	assert_true(n > 3);
	assert_non_null(strstr(texts[0], "a link that was dying"));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_order_of_rows_does_not_matter),
		cmocka_unit_test(nothing_is_ever_certain),
		cmocka_unit_test(what_is_excluded_is_never_the_answer),
		cmocka_unit_test(evidence_that_is_repeated_counts_once),
		cmocka_unit_test(each_answer_has_a_reason),
		cmocka_unit_test(no_facts_are_no_answer),
		cmocka_unit_test(what_is_not_certain_may_still_be_likely),
		cmocka_unit_test(probabilities_add_up),
		cmocka_unit_test(sides_do_not_change_probabilities),
		cmocka_unit_test(what_is_ruled_out_begins_with_the_runner_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
