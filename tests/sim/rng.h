#pragma once
/* Random numbers that follow from a seed (Steele, Lea and Flood 2014: SplitMix64). */
#include "lib/base/base.h"

struct rng {
	uint64_t state;
};

struct rng rng_of(uint64_t seed);
double rng_uniform(struct rng *rng); /* (0, 1) */
double rng_log_uniform(struct rng *rng, double low, double high);
double rng_gamma(struct rng *rng, double shape); /* of mean 1 */
unsigned int rng_below(struct rng *rng, unsigned int below);
uint32_t rng_poisson(struct rng *rng, double mean);
bool rng_chance(struct rng *rng, double p);
