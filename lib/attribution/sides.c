#include "lib/attribution/sides.h"

#include <math.h>

#define FACTOR_MAX 50
#define NAMED	   0.25
#define KIND(kind) (1U << LS_COMPONENT_##kind)
static const struct {
	double by_mistake;
	unsigned int kinds;
} sides[N_TRIAL_SIDES] = {
	[TRIAL_SIDE_POWER] = { 0.03,
			       KIND(HOST) | KIND(HUB) | KIND(PORT) | KIND(DEVICE) | KIND(MODEL) },
	[TRIAL_SIDE_HOST] = { 0.02, KIND(HOST) | KIND(CONTROLLER) },
	[TRIAL_SIDE_HUB] = { 0.05, KIND(HUB) },
	[TRIAL_SIDE_DEVICE] = { 0.1, KIND(DEVICE) | KIND(MODEL) },
};

static double
log_beta(double a, double b)
{
	int sign;

	return lgamma_r(a, &sign) + lgamma_r(b, &sign) - lgamma_r(a + b, &sign);
}

/* m of n by a fault with a side of its own, against all by mistake. */
static double
log_side(size_t side, double m, double n)
{
	double rest = 1 / sides[side].by_mistake - 1, own;

	m = fmin(m, n);
	own = log_beta(1 + m, 2 + n - m) - log_beta(1, 2) + log_beta(1, rest) -
	      log_beta(1 + m, rest + n - m);
	return own > log(FACTOR_MAX / NAMED) ? log(FACTOR_MAX) : log(1 - NAMED + NAMED * exp(own));
}

double
sides_evidence(const struct hypotheses *hypotheses, const struct part *part,
	       const struct part *with, const struct seen *seen)
{
	unsigned int kinds = 1U << part->kind | (with ? 1U << with->kind : 0);
	double sum = 0;

	for (size_t side = 0; side < N_TRIAL_SIDES; side++) {
		if ((sides[side].kinds & kinds) && seen->side_drops > 0 &&
		    hypotheses->total.by[side] > 0)
			sum += log_side(side, fmax(0, seen->by[side]), seen->side_drops);
	}
	return sum;
}
