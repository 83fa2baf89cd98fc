#include "lib/attribution/priors.h"

#include <math.h>

void
ls_blame_priors_default(struct ls_blame_priors *priors)
{
	*priors = (struct ls_blame_priors){
		.nothing = 0.85,
		.one = 0.45,
		.two = 0.1,
		.pair = 0.1,
		.surroundings = 4,
		.component = {
			[LS_COMPONENT_HOST] = 3.5,
			[LS_COMPONENT_CONTROLLER] = 4,
			[LS_COMPONENT_HUB] = 7,
			[LS_COMPONENT_PORT] = 6,
			[LS_COMPONENT_CABLE] = 7,
			[LS_COMPONENT_DEVICE] = 9,
			[LS_COMPONENT_MODEL] = 2,
		},
		.good_shape = 0.7,
		.good_hours = 300,
		.bad_shape = 1.3,
		.bad_hours = 0.35,
	};
}

bool
ls_blame_priors_valid(const struct ls_blame_priors *priors)
{
	const double weights[] = { priors->one, priors->two, priors->pair, priors->surroundings };
	const double positive[] = { priors->nothing, priors->good_shape, priors->good_hours,
				    priors->bad_shape, priors->bad_hours };
	bool valid = true;

	for (size_t i = 0; i < LS_COUNT(weights); i++)
		valid &= weights[i] >= 0 && isfinite(weights[i]);
	for (size_t i = 0; i < LS_COUNT(positive); i++)
		valid &= positive[i] > 0 && isfinite(positive[i]);
	for (size_t i = 0; i < LS_N_COMPONENT_KINDS; i++)
		valid &= priors->component[i] >= 0 && isfinite(priors->component[i]);
	return valid;
}
