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
			.idle_before_s = i % 2 ? 0 : 5,
			.bytes_per_s = i % 3 ? 1e6 : 0,
			.session_s = i % 4 ? 5000 : 20,
			.port = i % 2,
			.neighbour_busy = i % 3 == 0,
		};
}

static const struct ls_pattern_usual usual = { .loaded = 0.6,
					       .idle = 0.5,
					       .neighbour_busy = 0.3,
					       .short_sessions = 0.2,
					       .autosuspend = true };

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
show_load(struct ls_pattern_drop *drop, size_t i)
{
	(void)i;
	drop->bytes_per_s = 3e7;
}

static void
show_idle(struct ls_pattern_drop *drop, size_t i)
{
	(void)i;
	drop->idle_before_s = 30;
}

static void
show_period(struct ls_pattern_drop *drop, size_t i)
{
	drop->at_us = (int64_t)i * HOUR_US + (int64_t)((i * 7) % 5) * HOUR_US / 50;
}

static void
show_neighbour(struct ls_pattern_drop *drop, size_t i)
{
	(void)i;
	drop->neighbour_busy = true;
}

static const struct {
	enum ls_pattern_kind kind;
	double usual; /* the share that fits the pattern usually; load needs a rarer one */
	void (*show)(struct ls_pattern_drop *drop, size_t i);
	const char *evidence;
} shown[] = {
	{ LS_PATTERN_SAME_POINT, 0.5, show_same_point,
	  "12 of 12 drops came in the phase \"restore\" between 37.0 and 37.8 % of it." },
	{ LS_PATTERN_SAME_POINT, 0.5, show_same_place,
	  "10 of 12 drops came at the same place: \"Updating baseband\"." },
	{ LS_PATTERN_MECHANICAL, 0.2, show_mechanical,
	  "12 of 12 sessions that dropped had lasted less than 60 s, on several ports." },
	{ LS_PATTERN_UNDER_LOAD, 0.2, show_load,
	  "12 of 12 drops came under load, which is 20 % of the time." },
	{ LS_PATTERN_AFTER_IDLE, 0.3, show_idle,
	  "12 of 12 drops came after 2 s or more without traffic, which is 30 % of the time; "
	  "autosuspend is on." },
	{ LS_PATTERN_PERIODIC, 0.5, show_period, "12 drops came one every 3" },
	{ LS_PATTERN_NEIGHBOUR, 0.3, show_neighbour,
	  "12 of 12 drops came while another device was busy, which is 30 % of the time." },
};

static void
each_pattern_is_found(void **state)
{
	struct ls_pattern_drop drops[N_DROPS];
	struct ls_pattern patterns[LS_N_PATTERNS];

	(void)state;
	for (size_t i = 0; i < LS_COUNT(shown); i++) {
		struct ls_pattern_usual as = usual;

		print_message("%s\n", ls_pattern_name(shown[i].kind));
		make_drops(drops);
		for (size_t d = 0; d < N_DROPS; d++)
			shown[i].show(&drops[d], d);
		if (shown[i].kind == LS_PATTERN_UNDER_LOAD)
			as.loaded = shown[i].usual;
		if (shown[i].kind == LS_PATTERN_AFTER_IDLE)
			as.idle = shown[i].usual;
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
	struct ls_pattern_usual unknown = { LS_PATTERN_UNKNOWN, LS_PATTERN_UNKNOWN,
					    LS_PATTERN_UNKNOWN, LS_PATTERN_UNKNOWN, false };

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
