#include "lib/attribution/pattern.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"

#define POINTS_MAX	500 /* drops of one phase; the last ones count */
#define INTERVALS_MIN	5
#define INTERVALS_MAX	50
#define UNEVENNESS_MAX	(1.0 / 3) /* coefficient of variation of what one may call a period */
#define DRAWS		20000
#define NOT_LOOKED_AT	2    /* as a chance: what it needs is not known */
#define USUAL_SHARE_MIN 0.02 /* nothing is so rare that one drop in it proves anything */

const char *
ls_pattern_name(enum ls_pattern_kind kind)
{
	static const char *const names[] = {
		[LS_PATTERN_SAME_POINT] = "same-point", [LS_PATTERN_MECHANICAL] = "mechanical",
		[LS_PATTERN_UNDER_LOAD] = "under-load", [LS_PATTERN_IDLE] = "idle",
		[LS_PATTERN_PERIODIC] = "periodic",	[LS_PATTERN_NEIGHBOUR] = "neighbour",
	};

	return (size_t)kind < LS_COUNT(names) ? names[kind] : "pattern";
}

static double
log_choose(double n, double k)
{
	int sign;

	return lgamma_r(n + 1, &sign) - lgamma_r(k + 1, &sign) - lgamma_r(n - k + 1, &sign);
}

double
ls_binomial_tail(uint32_t n, uint32_t of, double p)
{
	double sum = 0;

	if (n == 0 || p >= 1)
		return 1;
	if (n > of || !(p > 0))
		return 0;
	for (uint32_t i = n; i <= of; i++) {
		double term = exp(log_choose(of, i) + i * log(p) + (of - i) * log1p(-p));

		sum += term;
		if (i > of * p && term < sum * 1e-17)
			break;
	}
	return fmin(sum, 1);
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The smallest span of @m of the sorted points. */
static double
smallest_span(const double *points, size_t n, size_t m, double *ret_first)
{
	double best = HUGE_VAL;

	for (size_t i = 0; i + m <= n; i++) {
		double span = points[i + m - 1] - points[i];

		if (span >= best)
			continue;
		best = span;
		*ret_first = points[i];
	}
	return best;
}

struct cluster {
	size_t n, of;
	double first, span, chance;
};

static void
find_cluster(double *points, size_t n, struct cluster *ret)
{
	*ret = (struct cluster){ .of = n, .chance = 1 };
	qsort(points, n, sizeof(*points), compare);
	for (size_t m = 3; m <= n; m++) {
		double first = 0, r = fmax(smallest_span(points, n, m, &first), 1e-3);
		double inside =
			(double)m * pow(r, (double)m - 1) - ((double)m - 1) * pow(r, (double)m);
		double chance =
			exp(log_choose((double)n, (double)m)) * fmax(inside, 0) * (double)(n - 2);

		if (chance < ret->chance)
			*ret = (struct cluster){ m, n, first, r, chance };
	}
}

static bool
in_phase(const struct ls_pattern_drop *drop, const char *phase)
{
	return drop->phase && drop->phase[0] && strcmp(drop->phase, phase) == 0 &&
	       drop->phase_point >= 0 && drop->phase_point <= 1;
}

/* The phase with most drops whose point is known, or NULL. */
static const char *
main_phase(const struct ls_pattern_drop *drops, size_t n_drops)
{
	const char *best = NULL;
	size_t most = 0;

	for (size_t i = n_drops < POINTS_MAX ? 0 : n_drops - POINTS_MAX; i < n_drops; i++) {
		size_t n = 0;

		if (!drops[i].phase)
			continue;
		for (size_t j = i; j < n_drops; j++)
			n += in_phase(&drops[j], drops[i].phase);
		if (n <= most)
			continue;
		most = n;
		best = drops[i].phase;
	}
	return best;
}

static bool
at_place(const struct ls_pattern_drop *drop, const char *place)
{
	return drop->phase && drop->phase[0] && drop->phase_point < 0 &&
	       (!place || strcmp(drop->phase, place) == 0);
}

/* Places that have no points. One of the drops may name the place, the others have to agree. */
static void
same_place(const struct ls_pattern_drop *drops, size_t n_drops, struct ls_pattern *ret)
{
	const char *best = NULL;
	uint32_t of = 0, most = 0;
	double chance;

	for (size_t i = n_drops < POINTS_MAX ? 0 : n_drops - POINTS_MAX; i < n_drops; i++) {
		uint32_t n = 0;

		if (!at_place(&drops[i], NULL))
			continue;
		of++;
		for (size_t j = i; j < n_drops; j++)
			n += at_place(&drops[j], drops[i].phase);
		if (n <= most)
			continue;
		most = n;
		best = drops[i].phase;
	}
	if (most < 3)
		return;
	chance = ls_binomial_tail(most - 1, of - 1, LS_PATTERN_PLACE_SHARE);
	if (chance >= ret->chance)
		return;
	ret->n = most;
	ret->of = of;
	ret->chance = chance;
	ls_text_format(ret->evidence, sizeof(ret->evidence),
		       "%u of %u drops came at the same place: \"%.100s\".", most, of, best);
}

static void
same_point(const struct ls_pattern_drop *drops, size_t n_drops, struct ls_pattern *ret)
{
	const char *phase = main_phase(drops, n_drops);
	double points[POINTS_MAX];
	struct cluster cluster;
	size_t n = 0;

	for (size_t i = n_drops; phase && i-- > 0 && n < POINTS_MAX;) {
		if (in_phase(&drops[i], phase))
			points[n++] = drops[i].phase_point;
	}
	if (n < 3)
		return;
	find_cluster(points, n, &cluster);
	ret->n = (uint32_t)cluster.n;
	ret->of = (uint32_t)cluster.of;
	ret->chance = cluster.chance;
	ls_text_format(
		ret->evidence, sizeof(ret->evidence),
		"%zu of %zu drops came in the phase \"%.60s\" between %.1f and %.1f %% of it.",
		cluster.n, cluster.of, phase, 100 * cluster.first,
		100 * fmin(1, cluster.first + cluster.span));
}

/* Drops that show something, of those that could have, against how usual it is. */
static void
against_usual(uint32_t n, uint32_t of, double usual, struct ls_pattern *ret)
{
	ret->n = n;
	ret->of = of;
	if (of > 0 && usual >= 0)
		ret->chance = ls_binomial_tail(n, of, fmax(usual, USUAL_SHARE_MIN));
}

static void
mechanical(const struct ls_pattern_drop *drops, size_t n_drops, double usual,
	   struct ls_pattern *ret)
{
	uint32_t n = 0, of = 0;
	uint64_t port = 0;
	bool two_ports = false;

	for (size_t i = 0; i < n_drops; i++) {
		of += drops[i].session_s >= 0;
		if (drops[i].session_s < 0 || drops[i].session_s >= LS_PATTERN_SHORT_S)
			continue;
		two_ports |= n > 0 && drops[i].port != port;
		port = drops[i].port;
		n++;
	}
	against_usual(n, of, usual, ret);
	if (!two_ports)
		ret->chance = fmax(ret->chance, 1);
	ls_text_format(
		ret->evidence, sizeof(ret->evidence),
		"%u of %u sessions that dropped had lasted less than %.0f s, on several ports.", n,
		of, LS_PATTERN_SHORT_S);
}

/* @what: it came … */
static void
in_condition(const struct ls_pattern_share *share, const char *what, struct ls_pattern *ret)
{
	against_usual(share->n, share->of, share->usual, ret);
	ls_text_format(ret->evidence, sizeof(ret->evidence),
		       "%u of %u drops came %s; so it is %.0f %% of the time.", share->n, share->of,
		       what, 100 * share->usual);
}

static struct ls_pattern_share
opposite(const struct ls_pattern_share *share)
{
	return (struct ls_pattern_share){ share->of - share->n, share->of, 1 - share->usual };
}

/* Greenwood's statistic; 1/n if all are the same. */
static double
unevenness(const double *intervals, size_t n)
{
	double sum = 0, squares = 0;

	for (size_t i = 0; i < n; i++) {
		sum += intervals[i];
		squares += intervals[i] * intervals[i];
	}
	return sum > 0 ? squares / (sum * sum) : 1;
}

/*
 * How often @n exponential intervals are as even as @seen. Steele, Lea and Flood 2014:
 * SplitMix64.
 */
static double
chance_of_evenness(size_t n, double seen)
{
	uint64_t state = 1;
	unsigned int as_even = 0;

	for (unsigned int draw = 0; draw < DRAWS; draw++) {
		double intervals[INTERVALS_MAX];

		for (size_t i = 0; i < n; i++) {
			uint64_t z = state += UINT64_C(0x9e3779b97f4a7c15);

			z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
			z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
			z ^= z >> 31;
			intervals[i] = -log(((double)(z >> 11) + 0.5) / 9007199254740992.0);
		}
		as_even += unevenness(intervals, n) <= seen;
	}
	return (1.0 + as_even) / (1.0 + DRAWS);
}

static void
periodic(const struct ls_pattern_drop *drops, size_t n_drops, struct ls_pattern *ret)
{
	double intervals[INTERVALS_MAX];
	size_t n = 0;
	double seen;

	for (size_t i = n_drops; i-- > 1 && n < INTERVALS_MAX;) {
		double us = (double)drops[i].at_us - (double)drops[i - 1].at_us;

		if (us > 0)
			intervals[n++] = us / (double)LS_SEC;
	}
	if (n < INTERVALS_MIN)
		return;
	seen = unevenness(intervals, n);
	ret->chance = 1;
	if (seen * (double)n - 1 > UNEVENNESS_MAX * UNEVENNESS_MAX)
		return;
	qsort(intervals, n, sizeof(intervals[0]), compare);
	ret->n = ret->of = (uint32_t)n + 1;
	ret->period_s = intervals[n / 2];
	ret->chance = chance_of_evenness(n, seen);
	ls_text_format(ret->evidence, sizeof(ret->evidence),
		       "%zu drops came one every %.0f s, give or take %.0f %%.", n + 1,
		       ret->period_s, 100 * sqrt(fmax(0, seen * (double)n - 1)));
}

static int
compare_chance(const void *a, const void *b)
{
	const struct ls_pattern *x = a, *y = b;

	if (x->chance != y->chance)
		return x->chance > y->chance ? 1 : -1;
	return (x->kind > y->kind) - (x->kind < y->kind);
}

size_t
ls_patterns(const struct ls_pattern_drop *drops, size_t n_drops,
	    const struct ls_pattern_context *context, struct ls_pattern ret[LS_N_PATTERNS])
{
	const struct ls_pattern_share *load = &context->conditions[LS_CONDITION_LOAD];
	const struct ls_pattern_share idle = opposite(load);
	size_t n = 0, n_looked_at = 0;

	for (unsigned int kind = 0; kind < LS_N_PATTERNS; kind++)
		ret[kind] = (struct ls_pattern){ .kind = kind, .chance = NOT_LOOKED_AT };
	same_point(drops, n_drops, &ret[LS_PATTERN_SAME_POINT]);
	same_place(drops, n_drops, &ret[LS_PATTERN_SAME_POINT]);
	mechanical(drops, n_drops, context->short_sessions, &ret[LS_PATTERN_MECHANICAL]);
	in_condition(load, "while data flowed", &ret[LS_PATTERN_UNDER_LOAD]);
	in_condition(&idle, "while no data flowed", &ret[LS_PATTERN_IDLE]);
	periodic(drops, n_drops, &ret[LS_PATTERN_PERIODIC]);
	in_condition(&context->conditions[LS_CONDITION_NEIGHBOUR],
		     "while data flowed to another device of the bus", &ret[LS_PATTERN_NEIGHBOUR]);
	qsort(ret, LS_N_PATTERNS, sizeof(ret[0]), compare_chance);
	for (size_t i = 0; i < LS_N_PATTERNS; i++)
		n_looked_at += ret[i].chance < NOT_LOOKED_AT;
	while (n < LS_N_PATTERNS &&
	       ret[n].chance <= LS_PATTERN_CHANCE_MAX / fmax(1, (double)n_looked_at))
		n++;
	return n;
}
