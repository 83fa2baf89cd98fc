#include "lib/attribution/rate.h"

#include <float.h>
#include <math.h>

#define ITERATIONS_MAX 200000 /* near x = a both expansions need some sqrt(a) terms */

/* Above this the normal approximation of Wilson and Hilferty is exact to 1e-9 relative. */
#define SHAPE_EXACT_MAX 1e7

static const struct {
	char grade;
	double drops_per_hour; /* at most, at the pessimistic end */
} grades[] = {
	{ 'A', 0.08 }, { 'B', 0.25 }, { 'C', 0.6 }, { 'D', 1.2 }, { 'E', 2.5 }, { 'F', HUGE_VAL },
};
#define CLEAN_RATE_MAX 0.6 /* without a drop, a worse pessimistic end is lack of data */

/* log(x^a e^-x / Gamma(a + 1)) */
static double
log_front(double a, double x)
{
	int sign;

	return a * log(x) - x - lgamma_r(a + 1, &sign);
}

/* P by the series DLMF 8.7.1 (with 8.2.4): front * sum of x^n / ((a+1) … (a+n)). For x < a + 1. */
static double
below_by_series(double a, double x)
{
	double term = 1, sum = 1;

	for (int n = 1; n < ITERATIONS_MAX && term > sum * DBL_EPSILON; n++) {
		term *= x / (a + n);
		sum += term;
	}
	return exp(log_front(a, x) + log(sum));
}

/* Q = 1 - P by the continued fraction DLMF 8.9.2, evaluated with the modified Lentz method
 * (DLMF 3.10.ii names it; Thompson and Barnett 1986). For x >= a + 1. */
static double
above_by_fraction(double a, double x)
{
	double b = x + 1 - a;
	double c = 1 / DBL_MIN;
	double d = 1 / b;
	double fraction = d;

	for (int n = 1; n < ITERATIONS_MAX; n++) {
		double numerator = -n * (n - a);
		double change;

		b += 2;
		d = numerator * d + b;
		d = 1 / (fabs(d) < DBL_MIN ? DBL_MIN : d);
		c = b + numerator / c;
		c = fabs(c) < DBL_MIN ? DBL_MIN : c;
		change = c * d;
		fraction *= change;
		if (fabs(change - 1) <= DBL_EPSILON)
			break;
	}
	return exp(log_front(a, x) + log(a) + log(fraction));
}

double
ls_gamma_below(double shape, double x)
{
	if (x <= 0)
		return 0;
	return x < shape + 1 ? below_by_series(shape, x) : 1 - above_by_fraction(shape, x);
}

/* Abramowitz and Stegun 26.2.23: the normal quantile to 4.5e-4, a start for better. */
static double
normal_quantile_rough(double p)
{
	double q = p < 0.5 ? p : 1 - p;
	double t = sqrt(-2 * log(q));
	double z = t - (2.515517 + t * (0.802853 + t * 0.010328)) /
			       (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));

	return p < 0.5 ? -z : z;
}

/* Two Newton steps on erfc make it exact. */
static double
normal_quantile(double p)
{
	double z = normal_quantile_rough(p);

	for (int i = 0; i < 2; i++) {
		double density = exp(-z * z / 2) / sqrt(2 * M_PI);

		z -= (erfc(-z / M_SQRT2) / 2 - p) / density;
	}
	return z;
}

/* Wilson and Hilferty 1931: the cube root is nearly normal. For small shapes P is nearly
 * x^a / Gamma(a + 1) at the low end (DLMF 8.7.1). */
static double
quantile_start(double p, double shape)
{
	double root = 1 - 1 / (9 * shape) + normal_quantile(p) / (3 * sqrt(shape));
	double low;
	int sign;

	if (shape >= 1 && root > 0.1)
		return shape * root * root * root;
	low = exp((log(p) + lgamma_r(shape + 1, &sign)) / shape);
	return low < shape || root <= 0 ? low : shape * root * root * root;
}

/* Newton on log x, where P is smooth for every shape, kept inside a bracket that only shrinks. */
double
ls_gamma_quantile(double p, double shape)
{
	double low = 0, high = HUGE_VAL;
	double x;

	if (!(p > 0))
		return 0;
	if (!(p < 1))
		return HUGE_VAL;
	x = quantile_start(p, shape);
	for (int i = 0; shape < SHAPE_EXACT_MAX && i < 100; i++) {
		double error = ls_gamma_below(shape, x) - p;
		double slope = exp(log_front(shape, x) + log(shape)); /* dP / d log x */
		double next;

		if (error > 0)
			high = x;
		else
			low = x;
		next = slope > 0 ? x * exp(-error / slope) : low;
		if (!(next > low && next < high))
			next = isinf(high) ? 2 * x : (low + high) / 2;
		if (fabs(next - x) <= 1e-13 * x)
			return next;
		x = next;
	}
	return x;
}

bool
ls_rate(uint32_t drops, double hours, struct ls_interval *ret)
{
	double shape = drops + 0.5;

	if (!(hours > 0) || !isfinite(hours))
		return false;
	ret->low = ls_gamma_quantile(0.05, shape) / hours;
	ret->median = ls_gamma_quantile(0.5, shape) / hours;
	ret->high = ls_gamma_quantile(0.95, shape) / hours;
	return true;
}

bool
ls_survival(uint32_t drops, double hours, double job_hours, struct ls_interval *ret)
{
	struct ls_interval rate;

	if (!(job_hours >= 0) || !isfinite(job_hours) || !ls_rate(drops, hours, &rate))
		return false;
	ret->low = exp(-rate.high * job_hours);
	ret->median = exp(-(drops + 0.5) * log1p(job_hours / hours));
	ret->high = exp(-rate.low * job_hours);
	return true;
}

char
ls_grade(uint32_t drops, const struct ls_interval *rate)
{
	size_t i = 0;

	if (!rate || (drops == 0 && rate->high > CLEAN_RATE_MAX))
		return '?';
	while (rate->high > grades[i].drops_per_hour)
		i++;
	return grades[i].grade;
}
