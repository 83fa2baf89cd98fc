#include "lib/attribution/chain.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define STAYS	     0.75
#define CABLES	     4
#define BAD_RATES    (N_RATES / 2) /* every second one of the grid */
#define GOOD_RATES   8
#define GOOD_LOW     1e-5
#define GOOD_HIGH    0.05
#define SCALE_MAX    1e100
#define LOG_ODDS_MAX 200 /* of one session: nothing is more certain */

struct forward {
	double bad, good; /* state of the last session */
	double log_scale;
};

struct chain {
	const struct hypotheses *hypotheses;
	size_t n;
	struct unlabelled *sessions; /* in order */
	/* good_prior: times the likelihood if all sessions were good. */
	double good_rate[GOOD_RATES], good_prior[GOOD_RATES];
	struct forward at[BAD_RATES][GOOD_RATES];
};

static int
compare_sessions(const void *a, const void *b)
{
	const struct unlabelled *x = a, *y = b;

	if (x->start_us != y->start_us)
		return x->start_us < y->start_us ? -1 : 1;
	return (x->n_added > y->n_added) - (x->n_added < y->n_added);
}

static void
lay_out_good(struct chain *chain)
{
	const struct ls_blame_priors *priors = &chain->hypotheses->priors;
	double prior[GOOD_RATES], sum;

	for (size_t i = 0; i < GOOD_RATES; i++) {
		double y = GOOD_LOW * pow(GOOD_HIGH / GOOD_LOW, (double)i / (GOOD_RATES - 1));
		const struct exposure *all = &chain->hypotheses->total.exposure;

		chain->good_rate[i] = y;
		prior[i] = priors->good_shape * log(y) - priors->good_hours * y;
		chain->good_prior[i] = prior[i] + all->drops * log(y) - all->hours * y;
	}
	sum = log_sum(prior, GOOD_RATES);
	for (size_t i = 0; i < GOOD_RATES; i++)
		chain->good_prior[i] -= sum;
}

/* How much likelier the session is with the bad cable, at each rate. */
static double
log_bad(const struct unlabelled *session, double rate, enum shape shape)
{
	double k = UNEVEN_SHAPE, drops = session->drops;
	int sign;

	if (shape == SHAPE_EVEN)
		return drops * log(rate) - rate * session->hours;
	return lgamma_r(k + drops, &sign) - lgamma_r(k, &sign) + drops * log(rate / k) -
	       (k + drops) * log1p(rate * session->hours / k);
}

static void
step(struct forward *at, double log_odds)
{
	const double change = 1 - STAYS, to_bad = change / CABLES;
	double bad = at->bad * (STAYS + to_bad) + at->good * to_bad;
	double good = at->bad * (change - to_bad) + at->good * (1 - to_bad);
	double sum;

	at->bad = bad * exp(fmin(fmax(log_odds, -LOG_ODDS_MAX), LOG_ODDS_MAX));
	at->good = good;
	sum = at->bad + at->good;
	if (sum < SCALE_MAX && sum > 1 / SCALE_MAX)
		return;
	at->bad /= sum;
	at->good /= sum;
	at->log_scale += log(sum);
}

static void
forward(struct chain *chain, enum shape shape)
{
	const struct rates *rates = &chain->hypotheses->rates;

	for (size_t x = 0; x < BAD_RATES; x++)
		for (size_t y = 0; y < GOOD_RATES; y++)
			chain->at[x][y] =
				(struct forward){ .bad = 1.0 / CABLES, .good = 1 - 1.0 / CABLES };
	for (size_t i = 0; i < chain->n; i++) {
		const struct unlabelled *session = &chain->sessions[i];
		double good[GOOD_RATES];

		for (size_t y = 0; y < GOOD_RATES; y++)
			good[y] = session->drops * log(chain->good_rate[y]) -
				  chain->good_rate[y] * session->hours;
		for (size_t x = 0; x < BAD_RATES; x++) {
			double bad = log_bad(session, rates->rate[2 * x], shape);

			for (size_t y = 0; y < GOOD_RATES; y++)
				step(&chain->at[x][y], bad - good[y]);
		}
	}
}

static double
evidence(const struct chain *chain)
{
	const struct rates *rates = &chain->hypotheses->rates;
	double all[BAD_RATES * GOOD_RATES], prior[BAD_RATES];

	for (size_t x = 0; x < BAD_RATES; x++) {
		prior[x] = rates->log_prior[2 * x];
		for (size_t y = 0; y < GOOD_RATES; y++) {
			const struct forward *at = &chain->at[x][y];

			all[x * GOOD_RATES + y] = prior[x] + chain->good_prior[y] + at->log_scale +
						  log(at->bad + at->good);
		}
	}
	return log_sum(all, LS_COUNT(all)) - log_sum(prior, BAD_RATES);
}

int
chain_evidence(const struct hypotheses *hypotheses, double ret[N_SHAPES])
{
	const struct ls_trials *trials = hypotheses->trials;
	struct chain *chain = calloc(1, sizeof(*chain));
	size_t n = trials->n_unlabelled < UNLABELLED_MAX ? trials->n_unlabelled : UNLABELLED_MAX;

	if (!chain)
		return -ENOMEM;
	chain->hypotheses = hypotheses;
	chain->n = n;
	chain->sessions = calloc(n + 1, sizeof(*chain->sessions));
	if (!chain->sessions) {
		free(chain);
		return -ENOMEM;
	}
	if (n)
		memcpy(chain->sessions, trials->unlabelled, n * sizeof(*chain->sessions));
	qsort(chain->sessions, n, sizeof(*chain->sessions), compare_sessions);
	lay_out_good(chain);
	for (unsigned int shape = 0; shape < N_SHAPES; shape++) {
		forward(chain, shape);
		ret[shape] = evidence(chain);
	}
	free(chain->sessions);
	free(chain);
	return 0;
}
