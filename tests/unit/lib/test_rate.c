#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/attribution/rate.h"

/* All references: python3 with mpmath 1.3 at 30 digits, gammainc(a, 0, x, regularized=True), the
 * quantiles by 140 bisections of it. */
static void
assert_near(double got, double want, double relative)
{
	if (!(fabs(got - want) <= relative * fabs(want))) {
		print_message("got %.15g, want %.15g\n", got, want);
		fail();
	}
}

static const struct {
	double p, shape, want;
} quantiles[] = {
	{ 0.001, 0.1, 6.0730483624079e-31 }, { 0.05, 0.1, 5.9307112914143e-14 },
	{ 0.5, 0.1, 0.00059339110446023 },   { 0.95, 0.1, 0.58043510532313 },
	{ 0.999, 0.1, 3.3636770117188 },     { 0.001, 0.5, 7.8539857463124e-7 },
	{ 0.05, 0.5, 0.0019660700000098 },   { 0.5, 0.5, 0.22746821155979 },
	{ 0.95, 0.5, 1.9207294103471 },	     { 0.999, 0.5, 5.4137830853314 },
	{ 0.05, 1.5, 0.17592315887464 },     { 0.95, 1.5, 3.9073639516256 },
	{ 0.001, 4.5, 0.57597477311178 },    { 0.05, 4.5, 1.6625564215334 },
	{ 0.5, 4.5, 4.1714163461265 },	     { 0.95, 4.5, 8.4594888023102 },
	{ 0.999, 4.5, 13.938582435628 },     { 0.001, 10.5, 3.2233382816087 },
	{ 0.05, 10.5, 5.7956526044104 },     { 0.5, 10.5, 10.168613781774 },
	{ 0.95, 10.5, 16.335286670459 },     { 0.999, 10.5, 23.398519020781 },
	{ 0.001, 100.5, 72.344314219391 },   { 0.05, 100.5, 84.598159926392 },
	{ 0.5, 100.5, 100.16686392941 },     { 0.95, 100.5, 117.53825482178 },
	{ 0.999, 100.5, 134.34738722338 },   { 0.001, 10000.5, 9694.3166603963 },
	{ 0.05, 10000.5, 9836.5809987236 },  { 0.5, 10000.5, 10000.166668642 },
	{ 0.95, 10000.5, 10165.556024098 },  { 0.999, 10000.5, 10312.382949971 },
};

static void
quantiles_match_references(void **state)
{
	(void)state;
	for (size_t i = 0; i < LS_COUNT(quantiles); i++)
		assert_near(ls_gamma_quantile(quantiles[i].p, quantiles[i].shape),
			    quantiles[i].want, 1e-10);
}

static void
quantiles_invert_the_distribution(void **state)
{
	static const double shapes[] = { 0.5, 1, 3.3, 57, 1234.5, 98765.5, 1e6 };

	(void)state;
	for (size_t i = 0; i < LS_COUNT(shapes); i++) {
		double before = 0;

		for (double p = 0.0005; p < 1; p += 0.0101) {
			double x = ls_gamma_quantile(p, shapes[i]);

			assert_true(x > before);
			before = x;
			assert_near(ls_gamma_below(shapes[i], x), p, 1e-7);
		}
	}
}

static void
quantiles_survive_their_ends(void **state)
{
	(void)state;
	assert_true(ls_gamma_quantile(0, 3) == 0);
	assert_true(isinf(ls_gamma_quantile(1, 3)));
	assert_true(ls_gamma_quantile(1e-300, 0.5) >= 0);
	assert_true(isfinite(ls_gamma_quantile(1 - 1e-15, 4294967295.5)));
	assert_true(ls_gamma_below(2, 0) == 0);
	assert_near(ls_gamma_below(2, 1e9), 1, 1e-15);
}

static const struct {
	uint32_t drops;
	double hours, job_hours, survives, low, high, rate_low, rate_median, rate_high;
	char grade;
} links[] = {
	{ 0, 1, 0.25, 0.894427191, 0.618670565341, 0.999508603275, 0.00196607000001, 0.22746821156,
	  1.92072941035, '?' },
	{ 4, 3.2, 0.25, 0.712834933228, 0.516387636153, 0.878194467728, 0.519548881729,
	  1.30356760816, 2.64359025072, 'F' },
	{ 0, 26.666666666666668, 0.25, 0.995345203587, 0.982154316146, 0.999981568264,
	  7.37276250004e-5, 0.00853005793349, 0.072027352888, 'A' },
	{ 3, 100, 1, 0.965773293639, 0.932080865738, 0.989221756495, 0.0108367495465,
	  0.0317290559776, 0.0703357022467, 'A' },
};

static void
links_have_rates_survival_and_a_grade(void **state)
{
	struct ls_interval got;

	(void)state;
	for (size_t i = 0; i < LS_COUNT(links); i++) {
		assert_true(ls_rate(links[i].drops, links[i].hours, &got));
		assert_near(got.low, links[i].rate_low, 1e-10);
		assert_near(got.median, links[i].rate_median, 1e-10);
		assert_near(got.high, links[i].rate_high, 1e-10);
		assert_true(ls_survival(links[i].drops, links[i].hours, links[i].job_hours, &got));
		assert_near(got.low, links[i].low, 1e-9);
		assert_near(got.median, links[i].survives, 1e-9);
		assert_near(got.high, links[i].high, 1e-9);
		assert_true(ls_rate(links[i].drops, links[i].hours, &got));
		assert_int_equal(ls_grade(links[i].drops, &got), links[i].grade);
	}
}

static void
no_exposure_is_no_number(void **state)
{
	static const double hours[] = { 0, -1, NAN, INFINITY };
	struct ls_interval got;

	(void)state;
	for (size_t i = 0; i < LS_COUNT(hours); i++) {
		assert_false(ls_rate(3, hours[i], &got));
		assert_false(ls_survival(3, hours[i], 1, &got));
	}
	assert_int_equal(ls_grade(3, NULL), '?');
	assert_false(ls_survival(3, 1, -1, &got));
	assert_false(ls_survival(3, 1, NAN, &got));
}

static void
grades_follow_the_pessimistic_end(void **state)
{
	static const struct {
		uint32_t drops;
		double hours;
		char grade;
	} cases[] = {
		{ 0, 3.1, '?' },  { 0, 3.3, 'C' },	  { 0, 8, 'B' }, { 0, 24.1, 'A' },
		{ 1, 0.01, 'F' }, { 1, 3, 'E' },	  { 1, 4, 'D' }, { 10, 1000, 'A' },
		{ 10, 100, 'B' }, { UINT32_MAX, 1, 'F' },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		struct ls_interval rate;

		print_message("%u drops in %g h\n", cases[i].drops, cases[i].hours);
		assert_true(ls_rate(cases[i].drops, cases[i].hours, &rate));
		assert_int_equal(ls_grade(cases[i].drops, &rate), cases[i].grade);
	}
}

/* Ten drops of one bad session say less of the rate than ten of ten sessions. */
static void
sessions_decide_how_far_a_rate_is_known(void **state)
{
	struct ls_history even = { 0 }, bout = { 0 };
	struct ls_interval of_even, of_bout;

	(void)state;
	for (int i = 0; i < 10; i++)
		ls_history_add(&even, &(struct ls_history_cell){ 1, 1, 1.0 + 0.01 * i });
	ls_history_add(&bout, &(struct ls_history_cell){ 1, 10, 1 });
	ls_history_add(&bout, &(struct ls_history_cell){ 9, 0, 9.4 });
	assert_int_equal(even.n_cells, 1);
	assert_int_equal(bout.n_cells, 2);
	assert_true(ls_rate_of(even.cells, even.n_cells, &of_even));
	assert_true(ls_rate_of(bout.cells, bout.n_cells, &of_bout));
	print_message("%.2f … %.2f, %.2f … %.2f\n", of_even.low, of_even.high, of_bout.low,
		      of_bout.high);
	assert_true(of_bout.high / of_bout.low > 2 * of_even.high / of_even.low);
}

/* However many there are: nothing is lost but how they differ. */
static void
a_history_is_bounded(void **state)
{
	struct ls_history history = { 0 };
	uint64_t n = 0, drops = 0;

	(void)state;
	for (uint32_t i = 1; i <= 1000; i++)
		ls_history_add(&history, &(struct ls_history_cell){ 1, i, exp2(i % 40 - 20) });
	ls_history_add(&history, &(struct ls_history_cell){ 0 });
	assert_int_equal(history.n_cells, LS_HISTORY_CELLS);
	for (size_t i = 0; i < history.n_cells; i++) {
		n += history.cells[i].n;
		drops += history.cells[i].drops;
	}
	assert_int_equal(n, 1000);
	assert_int_equal(drops, 500500);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quantiles_match_references),
		cmocka_unit_test(quantiles_invert_the_distribution),
		cmocka_unit_test(quantiles_survive_their_ends),
		cmocka_unit_test(links_have_rates_survival_and_a_grade),
		cmocka_unit_test(no_exposure_is_no_number),
		cmocka_unit_test(grades_follow_the_pessimistic_end),
		cmocka_unit_test(sessions_decide_how_far_a_rate_is_known),
		cmocka_unit_test(a_history_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
