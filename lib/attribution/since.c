#include "lib/attribution/since.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

/* What each of the chosen parts saw in each slice. */
struct slices {
	size_t n; /* slices */
	uint32_t chosen[ONSET_PARTS_MAX];
	size_t n_chosen;
	uint8_t *rank; /* for each part: 1 + its place, or 0 */
	struct exposure *seen;
};

static size_t
n_slices(const struct ls_trials *trials)
{
	if (trials->undated || trials->first_slice > trials->last_slice)
		return 0;
	return (size_t)(trials->last_slice - trials->first_slice) + 1;
}

static void
choose(const struct hypotheses *hypotheses, struct slices *slices)
{
	for (size_t i = 0; i < hypotheses->n && slices->n_chosen < ONSET_PARTS_MAX; i++) {
		uint32_t part = hypotheses->all[i].parts[0];

		if (part == PART_NONE || hypotheses->parts[part].shape == PART_CHAIN ||
		    !(hypotheses->parts[part].seen.exposure.drops > 0))
			continue;
		slices->chosen[slices->n_chosen++] = part;
		slices->rank[part] = (uint8_t)slices->n_chosen;
	}
}

static void
tally(const struct hypotheses *hypotheses, struct slices *slices)
{
	const struct ls_trials *trials = hypotheses->trials;
	uint32_t member[MEMBERS_MAX], at = UINT32_MAX;
	size_t n = 0;

	for (size_t i = 0; i < trials->n_cells; i++) {
		const struct cell *cell = &trials->cells[i];
		size_t slice = (size_t)(cell->slice - trials->first_slice);

		if (cell->combination != at)
			n = hypotheses_members(trials, &trials->combinations[cell->combination],
					       member);
		at = cell->combination;
		for (size_t m = 0; m < n; m++) {
			size_t rank = slices->rank[member[m]];

			if (rank)
				exposure_add_cell(&slices->seen[(rank - 1) * slices->n + slice],
						  cell);
		}
	}
}

/* Of all that a part saw, each shape: it is bad by @curve in @exposure, and good in the rest. */
static void
weigh(const struct hypotheses *hypotheses, const struct exposure *exposure,
      const struct rate_curve *curve, double ret[N_SHAPES])
{
	double good = hypotheses_log_good(hypotheses, exposure->drops, exposure->hours);

	for (size_t shape = 0; shape < N_SHAPES; shape++)
		ret[shape] =
			good + rates_evidence(&hypotheses->rates, curve->log_likelihood[shape]);
}

/* It was good, and is bad from each slice but the first on. The likeliest one is kept in @part. */
static void
try_all(const struct hypotheses *hypotheses, const struct slices *slices,
	const struct exposure *seen, struct part *part, double began[N_SHAPES][SLICES_MAX])
{
	struct exposure since = { 0 };
	double most = -HUGE_VAL;

	for (size_t slice = slices->n; slice-- > 1;) {
		struct rate_curve curve;
		double by_shape[N_SHAPES], sum;

		exposure_add(&since, &seen[slice]);
		rates_curve(&hypotheses->rates, &since, &curve);
		weigh(hypotheses, &since, &curve, by_shape);
		for (size_t shape = 0; shape < N_SHAPES; shape++)
			began[shape][slice] = by_shape[shape];
		sum = log_sum(by_shape, N_SHAPES);
		if (sum <= most)
			continue;
		most = sum;
		part->since = hypotheses->trials->first_slice + (int32_t)slice;
		part->since_curve = curve;
	}
}

static void
extend_one(struct hypotheses *hypotheses, const struct slices *slices, size_t rank,
	   struct hypothesis *hypothesis)
{
	struct part *part = &hypotheses->parts[slices->chosen[rank]];
	double began[N_SHAPES][SLICES_MAX], always[N_SHAPES];
	double share =
		ONSET_SHARE * part->seen.exposure.n / (part->seen.exposure.n + ONSET_SESSIONS);

	weigh(hypotheses, &part->seen.exposure, &part->curve, always);
	try_all(hypotheses, slices, &slices->seen[rank * slices->n], part, began);
	part->began = 0;
	for (size_t shape = 0; shape < N_SHAPES; shape++) {
		const double any[] = {
			log1p(-share),
			log(share / (double)(slices->n - 1)) +
				log_sum(&began[shape][1], slices->n - 1) - always[shape],
		};
		double gain = log_sum(any, LS_COUNT(any));

		hypothesis->by_shape[shape] += gain;
		part->began = fmax(part->began, exp(any[1] - gain));
	}
}

int
since_extend(struct hypotheses *hypotheses)
{
	struct slices slices = { .n = n_slices(hypotheses->trials) };

	if (slices.n < 2)
		return 0;
	slices.rank = calloc(hypotheses->n_parts, sizeof(*slices.rank));
	slices.seen = calloc(ONSET_PARTS_MAX * slices.n, sizeof(*slices.seen));
	if (!slices.rank || !slices.seen) {
		free(slices.rank);
		free(slices.seen);
		return -ENOMEM;
	}
	choose(hypotheses, &slices);
	tally(hypotheses, &slices);
	for (size_t i = 0; i < hypotheses->n; i++) {
		uint32_t part = hypotheses->all[i].parts[0];

		if (part != PART_NONE && slices.rank[part])
			extend_one(hypotheses, &slices, slices.rank[part] - 1U,
				   &hypotheses->all[i]);
	}
	free(slices.rank);
	free(slices.seen);
	return 0;
}

int64_t
since_start_us(const struct ls_trials *trials, int32_t slice)
{
	return (((int64_t)slice << trials->slice_shift)) * (int64_t)LS_SEC;
}
