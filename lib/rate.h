#pragma once
/*
 * How reliable: drops are Poisson with a Jeffreys prior Gamma(1/2, 0), so n drops in T hours leave
 * the posterior Gamma(shape n + 1/2, rate T) of the drops per hour (Gelman et al., Bayesian Data
 * Analysis, section 2.6; Jeffreys prior 2.8).
 */
#include "lib/base.h"

struct ls_interval {
	double low, median, high; /* 5 %, 50 % and 95 % of the posterior */
};

/* Drops per hour. False if there is no exposure (@hours <= 0): no exposure, no number. */
bool ls_rate(uint32_t drops, double hours, struct ls_interval *ret);

/* The chance that a job of @job_hours runs without a drop, E[exp(-rate t)] = (T/(T+t))^(n+1/2) as
 * ret->median, with the bounds from those of the rate. False as above. */
bool ls_survival(uint32_t drops, double hours, double job_hours, struct ls_interval *ret);

/* 'A' … 'F' by the pessimistic end (95 %) of the drops per hour, '?' for not enough data. The
 * thresholds are documented in linkstat.1. */
char ls_grade(uint32_t drops, double hours);

/* Quantile of Gamma(shape, rate 1), @p in (0, 1), @shape > 0. */
double ls_gamma_quantile(double p, double shape);
