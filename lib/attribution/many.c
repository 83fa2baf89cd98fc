#include "lib/attribution/many.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CULPRITS_MAX 64
#define ROUNDS_MAX   8
/* Prior odds that a part of weight 6 is bad beside others that are. */
#define ODDS	    0.01
#define ODDS_WEIGHT 6
#define GRID	    (N_RATES / 2) /* every second rate */

struct culprit {
	uint32_t part;
	double rate;
};

struct search {
	struct hypotheses *hypotheses;
	enum shape shape;
	double good_rate;
	size_t n;
	struct culprit culprits[CULPRITS_MAX];
	double *base;			  /* for each combination the rate of its culprits */
	uint32_t *cells;		  /* sorted by combination */
	uint32_t *first_cell;		  /* of each combination, and one more */
	struct exposure *without_culprit; /* for each part, of sessions without a culprit */
	double (*shared)[GRID]; /* for each part, of the others: what it adds to log likelihood */
	double *score;		/* for each part: log odds that it is bad, too */
	double *rate;
};

static int
index_cells(struct search *search)
{
	const struct ls_trials *trials = search->hypotheses->trials;
	uint32_t *next = calloc(trials->n_combinations + 1, sizeof(*next));

	if (!next)
		return -ENOMEM;
	for (size_t i = 0; i < trials->n_cells; i++)
		search->first_cell[trials->cells[i].combination + 1]++;
	for (size_t i = 0; i < trials->n_combinations; i++) {
		search->first_cell[i + 1] += search->first_cell[i];
		next[i] = search->first_cell[i];
	}
	for (size_t i = 0; i < trials->n_cells; i++)
		search->cells[next[trials->cells[i].combination]++] = (uint32_t)i;
	free(next);
	return 0;
}

/* log likelihood of a cell at any rate; the mean length of its sessions stands for each. */
static double
log_cell(const struct search *search, const struct cell *cell, double rate)
{
	double mean = cell->hours / (double)cell->n;

	if (search->shape == SHAPE_EVEN)
		return cell->drops * log(rate) - rate * cell->hours;
	return cell->spread + cell->drops * log(rate / UNEVEN_SHAPE) -
	       cell->above * log1p(rate * mean / UNEVEN_SHAPE);
}

/* The rate of the culprits of each combination. */
static void
lay_base(struct search *search, size_t without)
{
	const struct ls_trials *trials = search->hypotheses->trials;

	memset(search->base, 0, trials->n_combinations * sizeof(*search->base));
	for (size_t i = 0; i < trials->n_combinations; i++) {
		for (size_t c = 0; c < search->n; c++) {
			const struct culprit *culprit = &search->culprits[c];

			if (c != without &&
			    combination_has(&trials->combinations[i], (uint16_t)culprit->part))
				search->base[i] += culprit->rate;
		}
	}
}

static void
add_shared(struct search *search, size_t combination, const uint32_t *member, size_t n)
{
	const struct ls_trials *trials = search->hypotheses->trials;
	double base = search->base[combination], gain[GRID] = { 0 };

	for (uint32_t k = search->first_cell[combination]; k < search->first_cell[combination + 1];
	     k++) {
		const struct cell *cell = &trials->cells[search->cells[k]];
		double now = log_cell(search, cell, base);

		for (size_t i = 0; i < GRID; i++)
			gain[i] += log_cell(search, cell,
					    base + search->hypotheses->rates.rate[2 * i]) -
				   now;
	}
	for (size_t m = 0; m < n; m++) {
		for (size_t i = 0; i < GRID; i++)
			search->shared[member[m]][i] += gain[i];
	}
}

/* Known parts only: the culprits of a farm have names. */
static size_t
known_members(const struct combination *combination, uint32_t ret[TRIAL_SLOTS])
{
	size_t n = 0;

	for (size_t slot = 0; slot < TRIAL_SLOTS; slot++) {
		if (component_is_known(combination->slots[slot]))
			ret[n++] = combination->slots[slot];
	}
	return n;
}

static double
log_odds(const struct hypotheses *hypotheses, uint32_t part)
{
	return log(ODDS * hypotheses->priors.component[hypotheses->parts[part].kind] / ODDS_WEIGHT);
}

static void
score_part(struct search *search, uint32_t part)
{
	const struct rates *rates = &search->hypotheses->rates;
	const struct exposure *alone = &search->without_culprit[part];
	double all[GRID], prior[GRID], most = -HUGE_VAL, sum = 0, mean = 0;
	double good = alone->drops * log(search->good_rate) - alone->hours * search->good_rate;
	struct rate_curve curve;

	rates_curve(rates, alone, &curve);
	for (size_t i = 0; i < GRID; i++) {
		prior[i] = rates->log_prior[2 * i];
		all[i] = prior[i] + curve.log_likelihood[search->shape][2 * i] +
			 search->shared[part][i] - good;
		most = fmax(most, all[i]);
	}
	for (size_t i = 0; i < GRID; i++) {
		sum += exp(all[i] - most);
		mean += exp(all[i] - most) * rates->rate[2 * i];
	}
	search->rate[part] = mean / sum;
	search->score[part] =
		log_sum(all, GRID) - log_sum(prior, GRID) + log_odds(search->hypotheses, part);
}

/* What each part would add to the culprits but @without; of sessions with others only if @shared. */
static void
score_all(struct search *search, size_t without, bool shared)
{
	const struct hypotheses *hypotheses = search->hypotheses;
	const struct ls_trials *trials = hypotheses->trials;

	lay_base(search, without);
	memset(search->without_culprit, 0, trials->n_components * sizeof(*search->without_culprit));
	memset(search->shared, 0, trials->n_components * sizeof(*search->shared));
	for (size_t i = 0; i < trials->n_combinations; i++) {
		uint32_t member[TRIAL_SLOTS];
		size_t n = known_members(&trials->combinations[i], member);

		if (search->base[i] > 0 && shared)
			add_shared(search, i, member, n);
		for (uint32_t k = search->first_cell[i];
		     !(search->base[i] > 0) && k < search->first_cell[i + 1]; k++) {
			for (size_t m = 0; m < n; m++)
				exposure_add_cell(&search->without_culprit[member[m]],
						  &trials->cells[search->cells[k]]);
		}
	}
	for (uint32_t part = 0; part < trials->n_components; part++) {
		search->score[part] = -HUGE_VAL;
		if (hypotheses->parts[part].candidate)
			score_part(search, part);
	}
	for (size_t c = 0; c < search->n; c++) {
		if (c != without)
			search->score[search->culprits[c].part] = -HUGE_VAL;
	}
}

static uint32_t
best_part(const struct search *search)
{
	uint32_t best = PART_NONE;

	for (uint32_t part = 0; part < search->hypotheses->trials->n_components; part++) {
		if (search->score[part] > (best == PART_NONE ? 0 : search->score[best]))
			best = part;
	}
	return best;
}

/* Whether any was added. */
static bool
add_culprits(struct search *search)
{
	bool any = false;

	while (search->n < CULPRITS_MAX) {
		uint32_t best;

		score_all(search, SIZE_MAX, true);
		best = best_part(search);
		if (best == PART_NONE)
			break;
		search->culprits[search->n++] = (struct culprit){ best, search->rate[best] };
		any = true;
	}
	return any;
}

/* Whether any was replaced or taken out. */
static bool
exchange_culprits(struct search *search)
{
	bool any = false;

	for (size_t c = 0; c < search->n; c++) {
		struct culprit *culprit = &search->culprits[c];
		uint32_t best;

		score_all(search, c, true);
		best = best_part(search);
		any |= best != culprit->part;
		if (best == PART_NONE)
			*culprit = search->culprits[--search->n];
		else
			*culprit = (struct culprit){ best, search->rate[best] };
	}
	return any;
}

/* Each place among all that could fill it, and none. */
static void
share_places(struct search *search, double *many)
{
	size_t n_parts = search->hypotheses->trials->n_components;

	for (size_t c = 0; c < search->n; c++) {
		double most = 0, sum;

		score_all(search, c, true);
		for (size_t part = 0; part < n_parts; part++)
			most = fmax(most, search->score[part]);
		sum = exp(-most);
		for (size_t part = 0; part < n_parts; part++)
			sum += exp(search->score[part] - most);
		for (size_t part = 0; part < n_parts; part++)
			many[part] += (1 - many[part]) * exp(search->score[part] - most) / sum;
	}
}

static void
start(struct search *search)
{
	struct hypotheses *hypotheses = search->hypotheses;
	const struct hypothesis *top = &hypotheses->all[0];

	search->shape =
		top->by_shape[SHAPE_EVEN] > top->by_shape[SHAPE_UNEVEN] ? SHAPE_EVEN : SHAPE_UNEVEN;
	search->good_rate = hypotheses->priors.good_shape / hypotheses->priors.good_hours;
	for (size_t p = 0; p < 2; p++) {
		uint32_t part = top->parts[p];

		if (part != PART_NONE && !top->together &&
		    hypotheses->parts[part].shape == PART_KNOWN)
			search->culprits[search->n++] = (struct culprit){
				part,
				rates_mean(
					&hypotheses->rates,
					hypotheses->parts[part].curve.log_likelihood[search->shape])
			};
	}
}

/* The likeliest hypothesis may be the surroundings or a pair, which need no other: many culprits must
 * explain more. Both against a record in which nothing is bad. */
static bool
explain_more(struct search *search)
{
	const struct exposure *total = &search->hypotheses->total.exposure;
	double nothing = total->drops * log(search->good_rate) - total->hours * search->good_rate;
	double top = search->hypotheses->all[0].by_shape[search->shape] - nothing, sum = 0;
	size_t n = search->n;

	for (search->n = 0; search->n < n; search->n++) {
		score_all(search, SIZE_MAX, true);
		sum += search->score[search->culprits[search->n].part];
	}
	return sum > top;
}

static int
search_all(struct search *search)
{
	struct hypotheses *hypotheses = search->hypotheses;
	double *many;

	start(search);
	/* Cheap, and mostly all there is to do: sessions without a culprit are good. */
	score_all(search, SIZE_MAX, false);
	if (best_part(search) == PART_NONE)
		return 0;
	add_culprits(search);
	for (int round = 0; round < ROUNDS_MAX && exchange_culprits(search); round++)
		add_culprits(search);
	if (search->n < 3 || !explain_more(search))
		return 0;
	many = calloc(hypotheses->n_parts, sizeof(*many));
	if (!many)
		return -ENOMEM;
	share_places(search, many);
	hypotheses->many = many;
	return 0;
}

int
many_find(struct hypotheses *hypotheses)
{
	const struct ls_trials *trials = hypotheses->trials;
	size_t n_parts = trials->n_components + 1;
	struct search search = {
		.hypotheses = hypotheses,
		.base = calloc(trials->n_combinations + 1, sizeof(*search.base)),
		.cells = calloc(trials->n_cells + 1, sizeof(*search.cells)),
		.first_cell = calloc(trials->n_combinations + 1, sizeof(*search.first_cell)),
		.without_culprit = calloc(n_parts, sizeof(*search.without_culprit)),
		.shared = calloc(n_parts, sizeof(*search.shared)),
		.score = calloc(n_parts, sizeof(*search.score)),
		.rate = calloc(n_parts, sizeof(*search.rate)),
	};
	int r = -ENOMEM;

	if (search.base && search.cells && search.first_cell && search.without_culprit &&
	    search.shared && search.score && search.rate && index_cells(&search) == 0)
		r = search_all(&search);
	free(search.base);
	free(search.cells);
	free(search.first_cell);
	free(search.without_culprit);
	free(search.shared);
	free(search.score);
	free(search.rate);
	return r;
}
