#pragma once
/* A farm: 200 ports and 200 phones, 50 cables, 20 computers with a controller and a hub each. */
#include "lib/attribution/blame.h"
#include "rng.h"

struct farm_figures {
	unsigned int n, n_bad, n_named, n_false;
	double cpu_ms;
};

/* One with @n_bad of its 510 parts bad on average. */
void farm_judge(uint64_t seed, unsigned int n_sessions, double n_bad, struct farm_figures *figures);
/* CPU time to judge so many sessions of 36 parts of a lab. */
double farm_lab_ms(unsigned int n_sessions);
