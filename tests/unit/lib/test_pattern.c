#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/attribution/pattern.h"
#include "lib/attribution/trend.h"

#define HOUR_US (3600 * (int64_t)LS_SEC)
#define N_DROPS 12

static void
assert_near(double got, double want, double relative)
{
	if (!(fabs(got - want) <= relative * fabs(want))) {
		print_message("got %.15g, want %.15g\n", got, want);
		fail();
	}
}

/* References: sums of binomial(of, i) p^i (1-p)^(of-i) with mpmath at 30 digits. */
static void
binomial_tails_match_references(void **state)
{
	(void)state;
	assert_near(ls_binomial_tail(8, 10, 0.2), 7.79264e-5, 1e-10);
	assert_near(ls_binomial_tail(1, 1, 0.3), 0.3, 1e-12);
	assert_near(ls_binomial_tail(50, 400, 0.1), 0.060097363608, 1e-9);
	assert_near(ls_binomial_tail(3, 5, 0.5), 0.5, 1e-12);
	assert_true(ls_binomial_tail(0, 5, 0.5) == 1);
	assert_true(ls_binomial_tail(6, 5, 0.5) == 0);
}

/* Times that no period explains: squares. */
static void
make_drops(struct ls_pattern_drop drops[N_DROPS])
{
	for (size_t i = 0; i < N_DROPS; i++)
		drops[i] = (struct ls_pattern_drop){
			.at_us = (int64_t)(i * i * i) * HOUR_US,
			.phase = "restore",
			.phase_point = (double)((i * 5) % 12) / 12,
			.session_s = i % 4 ? 5000 : 20,
			.port = i % 2,
		};
}

static const struct ls_pattern_context usual = {
	.conditions = { [LS_CONDITION_LOAD] = { 8, N_DROPS, 0.6 },
			[LS_CONDITION_NEIGHBOUR] = { 4, N_DROPS, 0.3 } },
	.short_sessions = 0.2,
};

static void
usual_drops_have_no_pattern(void **state)
{
	struct ls_pattern_drop drops[N_DROPS];
	struct ls_pattern patterns[LS_N_PATTERNS];

	(void)state;
	make_drops(drops);
	for (size_t n = 0; n <= N_DROPS; n++)
		assert_int_equal(ls_patterns(drops, n, &usual, patterns), 0);
}

static void
show_same_point(struct ls_pattern_drop *drop, size_t i)
{
	drop->phase_point = 0.37 + 0.002 * (double)(i % 5);
}

static void
show_same_place(struct ls_pattern_drop *drop, size_t i)
{
	drop->phase = i % 6 ? "Updating baseband" : "Sending filesystem";
	drop->phase_point = LS_PATTERN_UNKNOWN;
}

static void
show_mechanical(struct ls_pattern_drop *drop, size_t i)
{
	(void)i;
	drop->session_s = 4;
}

static void
show_period(struct ls_pattern_drop *drop, size_t i)
{
	drop->at_us = (int64_t)i * HOUR_US + (int64_t)((i * 7) % 5) * HOUR_US / 50;
}

static void
show_nothing(struct ls_pattern_drop *drop, size_t i)
{
	(void)drop;
	(void)i;
}

static const struct {
	enum ls_pattern_kind kind;
	enum ls_condition condition;
	struct ls_pattern_share share; /* of @condition; .of 0: as usual */
	void (*show)(struct ls_pattern_drop *drop, size_t i);
	const char *evidence;
} shown[] = {
	{ LS_PATTERN_SAME_POINT,
	  0,
	  { 0 },
	  show_same_point,
	  "12 of 12 drops came in the phase \"restore\" between 37.0 and 37.8 % of it." },
	{ LS_PATTERN_SAME_POINT,
	  0,
	  { 0 },
	  show_same_place,
	  "10 of 12 drops came at the same place: \"Updating baseband\"." },
	{ LS_PATTERN_MECHANICAL,
	  0,
	  { 0 },
	  show_mechanical,
	  "12 of 12 sessions that dropped had lasted less than 60 s, on several ports." },
	{ LS_PATTERN_UNDER_LOAD,
	  LS_CONDITION_LOAD,
	  { 5, 5, 0.2 },
	  show_nothing,
	  "5 of 5 drops came while data flowed; so it is 20 % of the time." },
	{ LS_PATTERN_IDLE,
	  LS_CONDITION_LOAD,
	  { 1, 12, 0.7 },
	  show_nothing,
	  "11 of 12 drops came while no data flowed; so it is 30 % of the time." },
	{ LS_PATTERN_PERIODIC, 0, { 0 }, show_period, "12 drops came one every 3" },
	{ LS_PATTERN_NEIGHBOUR,
	  LS_CONDITION_NEIGHBOUR,
	  { 12, 12, 0.3 },
	  show_nothing,
	  "12 of 12 drops came while data flowed to another device of the bus; so it is 30 % of "
	  "the time." },
};

static void
each_pattern_is_found(void **state)
{
	struct ls_pattern_drop drops[N_DROPS];
	struct ls_pattern patterns[LS_N_PATTERNS];

	(void)state;
	for (size_t i = 0; i < LS_COUNT(shown); i++) {
		struct ls_pattern_context as = usual;

		print_message("%s\n", ls_pattern_name(shown[i].kind));
		make_drops(drops);
		for (size_t d = 0; d < N_DROPS; d++)
			shown[i].show(&drops[d], d);
		if (shown[i].share.of)
			as.conditions[shown[i].condition] = shown[i].share;
		assert_int_equal(ls_patterns(drops, N_DROPS, &as, patterns), 1);
		print_message("%s (%g)\n", patterns[0].evidence, patterns[0].chance);
		assert_int_equal(patterns[0].kind, shown[i].kind);
		assert_memory_equal(patterns[0].evidence, shown[i].evidence,
				    strlen(shown[i].evidence));
	}
}

/* 5 of 5 within 2 %: 3 * (5 r^4 - 4 r^5) with r = 0.02 is 2.3616e-6; with a sixth one far away
 * C(6, 5) * 4 / 3 times that, 1.88928e-5 (mpmath). */
static void
chance_of_a_cluster_is_exact(void **state)
{
	static const double points[] = { 0.50, 0.505, 0.51, 0.515, 0.52, 0.9 };
	struct ls_pattern_drop drops[6] = { 0 };
	struct ls_pattern patterns[LS_N_PATTERNS];
	const struct ls_pattern_context unknown = { .short_sessions = LS_PATTERN_UNKNOWN };

	(void)state;
	for (size_t i = 0; i < 6; i++) {
		drops[i].phase = "restore";
		drops[i].phase_point = points[i];
	}
	assert_int_equal(ls_patterns(drops, 5, &unknown, patterns), 1);
	assert_near(patterns[0].chance, 2.3616e-6, 1e-6);
	assert_int_equal(ls_patterns(drops, 6, &unknown, patterns), 1);
	assert_near(patterns[0].chance, 1.88928e-5, 1e-6);
	assert_int_equal(patterns[0].n, 5);
}

static void
a_change_is_dated(void **state)
{
	struct ls_trend_span spans[20];
	struct ls_trend trend;

	(void)state;
	for (size_t i = 0; i < LS_COUNT(spans); i++)
		spans[i] = (struct ls_trend_span){
			.start_us = (int64_t)i * 24 * HOUR_US,
			.end_us = (int64_t)i * 24 * HOUR_US + 10 * HOUR_US,
			.drops = i == 1	  ? 1
				 : i < 10 ? 0
					  : 3,
		};
	assert_true(ls_trend(spans, LS_COUNT(spans), &trend));
	assert_near(trend.factor, 305467.033361, 1e-9); /* mpmath, the same sum at 30 digits */
	assert_int_equal(trend.since_us, 10 * 24 * HOUR_US);
	assert_int_equal(trend.drops_before, 1);
	assert_int_equal(trend.drops_since, 30);
	assert_near(trend.hours_before, 100, 1e-12);
	assert_near(trend.hours_since, 100, 1e-12);
}

static void
an_even_history_has_no_trend(void **state)
{
	struct ls_trend_span spans[20];
	struct ls_trend trend;

	(void)state;
	for (size_t i = 0; i < LS_COUNT(spans); i++)
		spans[i] = (struct ls_trend_span){
			.start_us = (int64_t)i * 24 * HOUR_US,
			.end_us = (int64_t)i * 24 * HOUR_US + 10 * HOUR_US,
			.drops = i % 3 == 0,
		};
	assert_false(ls_trend(spans, LS_COUNT(spans), &trend));
	assert_true(trend.factor > 0 && trend.factor < 1);
	assert_false(ls_trend(spans, 1, &trend));
	assert_false(ls_trend(NULL, 0, &trend));
	assert_true(trend.factor == 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(binomial_tails_match_references),
		cmocka_unit_test(usual_drops_have_no_pattern),
		cmocka_unit_test(each_pattern_is_found),
		cmocka_unit_test(chance_of_a_cluster_is_exact),
		cmocka_unit_test(a_change_is_dated),
		cmocka_unit_test(an_even_history_has_no_trend),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
