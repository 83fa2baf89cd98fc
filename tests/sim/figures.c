#include <math.h>
#include <stdio.h>

#include "figures.h"
#include "lib/attribution/rate.h"

static const double edges[N_BINS + 1] = { 0,   0.1, 0.2, 0.3,  0.4,  0.5, 0.6,
					  0.7, 0.8, 0.9, 0.95, 0.99, 1.01 };

static const char *const truths[N_TRUTHS] = { "nothing bad", "one bad", "two bad", "bad together",
					      "surroundings" };

static bool
one_of_the_pair(const struct room *room, const struct ls_suspect *suspect)
{
	int part = room_part(suspect->kind, suspect->name);

	return room->truth == TRUTH_PAIR && !suspect->with[0] &&
	       (part == room->bad_parts[0] || part == room->bad_parts[1]);
}

void
figures_verdict(struct figures *figures, const struct room *room, enum answer answer,
		const struct ls_blame *blame)
{
	bool accused = answer == ANSWER_RIGHT || answer == ANSWER_WRONG;
	bool group = answer == ANSWER_RIGHT_GROUP || answer == ANSWER_WRONG_GROUP;
	bool right = answer == ANSWER_RIGHT || answer == ANSWER_RIGHT_GROUP;

	figures->n++;
	figures->answers[room->truth][answer]++;
	if (accused || group)
		figures_calibrate(&figures->verdicts, blame->probability, right);
	if (!accused || blame->probability <= 0.9)
		return;
	figures->n_sure++;
	figures->n_sure_wrong += !right;
	figures->n_sure_half += !right && one_of_the_pair(room, &blame->suspects[0]);
}

void
figures_calibrate(struct calibration *calibration, double stated, bool is_true)
{
	size_t bin = 0;

	while (bin + 1 < N_BINS && stated >= edges[bin + 1])
		bin++;
	calibration->n[bin]++;
	calibration->n_true[bin] += is_true;
	calibration->stated[bin] += stated;
}

/* Histories of one link: rates from good to bad, an hour to some weeks. */
void
figures_cover(struct figures *figures, uint64_t seed)
{
	struct rng rng = { .state = seed ^ UINT64_C(0x5bd1e995cafe) };
	double rate = rng_log_uniform(&rng, GOOD_SLOW, BAD_FAST);
	double hours = rng_log_uniform(&rng, 1, 1000);
	struct ls_interval interval;

	if (rate * hours > 1e6 || !ls_rate(rng_poisson(&rng, rate * hours), hours, &interval))
		return;
	figures->n_intervals++;
	figures->n_covered += interval.low <= rate && rate <= interval.high;
}

static double
percent(double part, double of)
{
	return of > 0 ? 100 * part / of : 0;
}

static void
print_calibration(const char *what, const struct calibration *calibration)
{
	printf("\n%s\n  stated        n    mean stated    came true\n", what);
	for (size_t bin = 0; bin < N_BINS; bin++) {
		double n = calibration->n[bin];

		if (calibration->n[bin])
			printf("  %3.0f … %3.0f %5u        %5.1f %%      %5.1f %%  (± %.1f)\n",
			       100 * edges[bin], fmin(100, 100 * edges[bin + 1]),
			       calibration->n[bin], percent(calibration->stated[bin], n),
			       percent(calibration->n_true[bin], n),
			       164.5 * sqrt(fmax(calibration->n_true[bin] / n *
							 (1 - calibration->n_true[bin] / n),
						 0.25 / n / n) /
					    n));
	}
}

static void
print_answers(const struct figures *figures)
{
	printf("%u worlds\n%-14s %7s %7s %7s %9s %9s %8s %8s %8s\n", figures->n, "truth", "worlds",
	       "right", "wrong", "in group", "not in", "cleared", "missed", "not enough");
	for (size_t t = 0; t < N_TRUTHS; t++) {
		unsigned int n = 0;

		for (size_t a = 0; a < N_ANSWERS; a++)
			n += figures->answers[t][a];
		printf("%-14s %7u", truths[t], n);
		for (size_t a = 0; a < N_ANSWERS; a++)
			printf(" %6.1f %%", percent(figures->answers[t][a], n));
		printf("\n");
	}
	printf("Accusations at over 90 %%: %u, wrong %u (of them one of a pair %u): "
	       "%.2f %% of worlds, %.2f %% of accusations\n",
	       figures->n_sure, figures->n_sure_wrong, figures->n_sure_half,
	       percent(figures->n_sure_wrong, figures->n),
	       percent(figures->n_sure_wrong, figures->n_sure));
}

static unsigned int
median_sessions(const struct race *race)
{
	unsigned int n = 0, i = 0;

	while (i < SESSIONS_MAX && 2 * (n + race->sessions[i]) < race->n)
		n += race->sessions[i++];
	return i;
}

/* Those that never got there count as SESSIONS_MAX. */
static double
mean_sessions(const struct race *race)
{
	double sum = 0;

	for (unsigned int i = 0; i <= SESSIONS_MAX; i++)
		sum += (double)i * race->sessions[i];
	return race->n ? sum / race->n : 0;
}

static void
print_races(const struct figures *figures)
{
	static const char *const names[N_STRATEGIES] = { "advice", "at random",
							 "cable, port, device" };

	printf("\nSessions until 90 %% sure, after a first drop\n%-20s %7s %7s %7s %9s %7s %9s\n",
	       "swaps", "worlds", "median", "mean", "never", "wrong", "hours");
	for (size_t i = 0; i < N_STRATEGIES; i++) {
		const struct race *race = &figures->races[i];

		printf("%-20s %7u %7u %7.1f %7.1f %% %5.1f %% %9.1f\n", names[i], race->n,
		       median_sessions(race), mean_sessions(race),
		       percent(race->sessions[SESSIONS_MAX], race->n),
		       percent(race->n_wrong, race->n), race->n ? race->hours / race->n : 0);
	}
}

static double
coverage(const struct figures *figures)
{
	return percent(figures->n_covered, figures->n_intervals);
}

void
figures_print(const struct figures *figures)
{
	print_answers(figures);
	print_calibration("Verdicts that accuse", &figures->verdicts);
	print_calibration("First suspects, whatever the verdict", &figures->suspects);
	print_calibration("\"Nothing is special\"", &figures->nothing);
	print_races(figures);
	printf("\n90 %% intervals that hold the true rate: %.2f %% of %u\n", coverage(figures),
	       figures->n_intervals);
}

static bool
hold(bool holds, const char *goal)
{
	if (!holds)
		printf("missed: %s\n", goal);
	return holds;
}

/* Off by more than @points and more than chance explains (three standard deviations). */
static bool
is_calibrated(const struct calibration *calibration, double points)
{
	bool calibrated = true;

	for (size_t bin = 0; bin < N_BINS; bin++) {
		double n = calibration->n[bin];
		double stated = n > 0 ? calibration->stated[bin] / n : 0;
		double off = n > 0 ? fabs(calibration->n_true[bin] / n - stated) : 0;

		if (n >= 20 && off > points / 100 && off > 3 * sqrt(stated * (1 - stated) / n))
			calibrated = false;
	}
	return calibrated;
}

bool
figures_hold(const struct figures *figures)
{
	double advice = mean_sessions(&figures->races[STRATEGY_ADVICE]);
	double spread = 300 * sqrt(0.09 / (figures->n_intervals + 1));
	bool good;

	good = hold(percent(figures->n_sure_wrong, figures->n) < 1,
		    "a wrong accusation at over 90 % in under 1 % of worlds");
	good &= hold(is_calibrated(&figures->verdicts, 3), "verdicts within 3 points");
	good &= hold(advice < mean_sessions(&figures->races[STRATEGY_RANDOM]),
		     "fewer sessions than swaps at random");
	good &= hold(advice < mean_sessions(&figures->races[STRATEGY_ORDER]),
		     "fewer sessions than cable, port, device");
	good &= hold(fabs(coverage(figures) - 90) < 2 + spread, "coverage of 88 to 92 %");
	return good;
}
