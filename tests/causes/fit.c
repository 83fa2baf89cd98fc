#include <math.h>
#include <string.h>

#include "lib/engine/causes.h"
#include "tests/causes/fit.h"

/* A weight is as good a guess as one that is off by this, as a standard deviation. */
#define GUESS_SD 0.7
#define STEPS	 150
#define STEP	 0.05

static bool
is_free(const struct weights *row, size_t cause)
{
	return row->cause[cause] < 0 || row->cause[cause] > 0 ? row->cause[cause] > WEIGHT_EXCLUDES
							      : false;
}

/* Of a group the strongest cell counts. */
static bool
counts(const struct weights *rows, const struct ls_incident *incident, size_t row, size_t cause)
{
	double weight = fabs(rows[row].cause[cause]);

	for (size_t i = 0; rows[row].group && i < weight_table.n; i++) {
		if (i != row && rows[i].group == rows[row].group &&
		    weights_hold(&rows[i], incident) && fabs(rows[i].cause[cause]) > weight)
			return false;
	}
	return true;
}

/* Of what experts accept any will do, in the proportion in which the table sees it. */
static void
targets(const struct example *example, const double is[LS_N_CAUSES], double should[LS_N_CAUSES])
{
	double all = 0;

	for (size_t i = 0; i < LS_N_CAUSES; i++)
		all += example->causes & 1U << i ? is[i] : 0;
	for (size_t i = 0; i < LS_N_CAUSES; i++)
		should[i] = example->causes & 1U << i && all > 0 ? is[i] / all : 0;
}

static void
add_slope(const struct weights *rows, const struct example *example,
	  double slope[WEIGHTS_MAX][LS_N_CAUSES])
{
	const struct weight_table table = { rows, weight_table.n };
	double is[LS_N_CAUSES], should[LS_N_CAUSES];

	ls_cause_probabilities(&table, example->incident, is);
	targets(example, is, should);
	for (size_t row = 0; row < table.n; row++) {
		if (!weights_hold(&rows[row], example->incident))
			continue;
		for (size_t cause = 0; cause < LS_N_CAUSES; cause++) {
			if (is_free(&rows[row], cause) &&
			    counts(rows, example->incident, row, cause))
				slope[row][cause] += example->weight * (should[cause] - is[cause]);
		}
	}
}

void
fit(struct weights rows[WEIGHTS_MAX], const struct example *examples, size_t n, int but)
{
	static double slope[WEIGHTS_MAX][LS_N_CAUSES];

	memcpy(rows, weight_table.rows, weight_table.n * sizeof(rows[0]));
	for (int step = 0; step < STEPS; step++) {
		memset(slope, 0, sizeof(slope));
		for (size_t i = 0; i < n; i++) {
			if (examples[i].file != but)
				add_slope(rows, &examples[i], slope);
		}
		for (size_t row = 0; row < weight_table.n; row++) {
			for (size_t cause = 0; cause < LS_N_CAUSES; cause++) {
				double guess = weight_table.rows[row].cause[cause];
				double off = rows[row].cause[cause] - guess;

				if (is_free(&weight_table.rows[row], cause))
					rows[row].cause[cause] +=
						STEP *
						(slope[row][cause] - off / (GUESS_SD * GUESS_SD));
			}
		}
	}
}
