#include "rng.h"

#include <math.h>

static uint64_t
next(struct rng *rng)
{
	uint64_t z = rng->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

struct rng
rng_of(uint64_t seed)
{
	struct rng rng = { .state = seed * UINT64_C(0xd1342543de82ef95) + 1 };

	next(&rng);
	return rng;
}

double
rng_uniform(struct rng *rng)
{
	return ((double)(next(rng) >> 11) + 0.5) / 9007199254740992.0;
}

double
rng_log_uniform(struct rng *rng, double low, double high)
{
	return low * exp(rng_uniform(rng) * log(high / low));
}

unsigned int
rng_below(struct rng *rng, unsigned int below)
{
	return (unsigned int)(next(rng) % below);
}

bool
rng_chance(struct rng *rng, double p)
{
	return rng_uniform(rng) < p;
}

/* Times between events are exponential. */
uint32_t
rng_poisson(struct rng *rng, double mean)
{
	uint32_t n = 0;

	for (double at = -log(rng_uniform(rng)); at < mean; at -= log(rng_uniform(rng)))
		n++;
	return n;
}

static double
normal(struct rng *rng)
{
	double radius = sqrt(-2 * log(rng_uniform(rng)));

	return radius * cos(2 * M_PI * rng_uniform(rng));
}

/* Marsaglia and Tsang 2000; below shape 1 by the power of a uniform. */
double
rng_gamma(struct rng *rng, double shape)
{
	double boost = shape < 1 ? pow(rng_uniform(rng), 1 / shape) : 1;
	double d = (shape < 1 ? shape + 1 : shape) - 1.0 / 3, c = 1 / sqrt(9 * d);

	for (;;) {
		double x = normal(rng), v = pow(1 + c * x, 3);

		if (v > 0 && log(rng_uniform(rng)) < x * x / 2 + d - d * v + d * log(v))
			return boost * d * v / shape;
	}
}
