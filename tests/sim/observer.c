/*
 * The ideal observer: what somebody could know who is told how rooms of this family are made, but
 * not what is bad in this one. Exact Bayes, rates by quadrature. It shares no code with the library.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"

#define N_BAD  12 /* rates, even in their logarithm */
#define N_GOOD 6
#define ONSETS 8
#define FAR    30 /* what is this much less likely changes nothing */

struct observer {
	const struct room *room;
	double bad[N_BAD], good[N_GOOD];
	size_t kinds; /* that there are */
	/* log likelihood of each session at each rate, and at each sum of two. */
	double one[SESSIONS_MAX][N_BAD], two[SESSIONS_MAX][N_BAD][N_BAD];
	size_t n;
	struct {
		struct set set;
		double log_weight;
	} all[PARTS_MAX * PARTS_MAX + PARTS_MAX + 2];
	uint64_t on[SESSIONS_MAX]; /* parts of each session, a bit for each */
};

static double
negative_binomial(double drops, double mean, double hours, double k)
{
	int sign;

	return lgamma_r(k + drops, &sign) - lgamma_r(k, &sign) + drops * log(mean / k) -
	       (k + drops) * log1p(mean * hours / k);
}

/* At the bad rate @x; good ones are rare enough to be left out beside it. */
static double
log_likelihood(const struct room *room, size_t i, double x)
{
	const struct session *session = &room->sessions[i];
	double at = ((double)i + 0.5) / (double)room->n_sessions, d = session->drops;

	switch (room->family) {
	case FAMILY_GAMMA_2:
		return negative_binomial(d, x, session->hours, 2);
	case FAMILY_GAMMA_1:
		return negative_binomial(d, x, session->hours, 1);
	case FAMILY_GAMMA_05:
		return negative_binomial(d, x, session->hours, 0.5);
	case FAMILY_LOAD:
		return log(LOADED * exp(d * log(x) - x * session->hours) +
			   (1 - LOADED) * pow(GOOD_SLOW * 3, d));
	case FAMILY_SEEN:
		return session->drops_under_load * log(x) - x * session->loaded_h +
		       (d - session->drops_under_load) * log(GOOD_SLOW * 3);
	case FAMILY_WEAR:
		x = x * at * at + GOOD_SLOW * 3;
		break;
	default:
		break;
	}
	return d * log(x) - x * session->hours;
}

static void
prepare(struct observer *observer, const struct room *room)
{
	observer->room = room;
	for (size_t a = 0; a < N_BAD; a++)
		observer->bad[a] = BAD_SLOW * pow(BAD_FAST / BAD_SLOW, ((double)a + 0.5) / N_BAD);
	for (size_t a = 0; a < N_GOOD; a++)
		observer->good[a] =
			GOOD_SLOW * pow(GOOD_FAST / GOOD_SLOW, ((double)a + 0.5) / N_GOOD);
	for (unsigned int kind = 0; kind < LS_COMPONENT_MODEL; kind++)
		observer->kinds += room->n[kind] > 0;
	for (size_t i = 0; i < room->n_sessions; i++) {
		for (size_t a = 0; a < N_BAD; a++) {
			observer->one[i][a] = log_likelihood(room, i, observer->bad[a]);
			for (size_t b = 0; b < N_BAD; b++)
				observer->two[i][a][b] = log_likelihood(
					room, i, observer->bad[a] + observer->bad[b]);
		}
		for (size_t part = 0; part < room->n_parts; part++) {
			bool is = session_has(&room->sessions[i], (int)part);

			if (room->kind[part] == LS_COMPONENT_CABLE)
				is = room->sessions[i].label == (int)part;
			observer->on[i] |= (uint64_t)is << part;
		}
	}
}

static double
log_mean(const double *values, size_t n)
{
	double most = -HUGE_VAL, sum = 0;

	for (size_t i = 0; i < n; i++)
		most = fmax(most, values[i]);
	for (size_t i = 0; i < n; i++)
		sum += values[i] > most - FAR ? exp(values[i] - most) : 0;
	return most + log(sum / (double)n);
}

static double
log_good(const struct observer *observer, double drops, double hours)
{
	double all[N_GOOD];

	for (size_t i = 0; i < N_GOOD; i++)
		all[i] = drops * log(observer->good[i]) - hours * observer->good[i];
	return log_mean(all, N_GOOD);
}

/* What is bad: one of @parts each on its own, or only where all of @together are. */
struct suspicion {
	uint64_t parts[2], together;
};

/* @all: so far, for each two rates (for one: the first row). */
static void
take(const struct observer *observer, const struct suspicion *suspicion, size_t i, double *all,
     double *good_drops, double *good_hours)
{
	bool first = observer->on[i] & suspicion->parts[0];
	bool second = observer->on[i] & suspicion->parts[1];
	const struct session *session = &observer->room->sessions[i];

	if (suspicion->together)
		first = (observer->on[i] & suspicion->together) == suspicion->together;
	if (!first && !second) {
		*good_drops += session->drops;
		*good_hours += session->hours;
		return;
	}
	if (!suspicion->parts[1]) {
		for (size_t a = 0; a < N_BAD; a++)
			all[a] += observer->one[i][a];
		return;
	}
	for (size_t a = 0; a < N_BAD; a++) {
		for (size_t b = 0; b < N_BAD; b++)
			all[a * N_BAD + b] += first && second ? observer->two[i][a][b]
					      : first	      ? observer->one[i][a]
							      : observer->one[i][b];
	}
}

/* Before a part began to be bad it was good: a mean over where that may have been. */
static double
evidence(const struct observer *observer, const struct suspicion *suspicion)
{
	const struct room *room = observer->room;
	size_t n_rates = suspicion->parts[1] ? N_BAD * N_BAD : N_BAD, n = room->n_sessions;
	double all[N_BAD * N_BAD] = { 0 }, sums[SESSIONS_MAX + 1];
	double drops = 0, hours = 0, before_drops = 0, before_hours = 0;
	bool began = room->family == FAMILY_DATE;

	for (size_t i = 0; i < n; i++) {
		before_drops += room->sessions[i].drops;
		before_hours += room->sessions[i].hours;
	}
	for (size_t i = n; i-- > 0;) {
		before_drops -= room->sessions[i].drops;
		before_hours -= room->sessions[i].hours;
		take(observer, suspicion, i, all, &drops, &hours);
		if (began)
			sums[i] = log_mean(all, n_rates) +
				  log_good(observer, drops + before_drops, hours + before_hours);
	}
	if (!began)
		return log_mean(all, n_rates) + log_good(observer, drops, hours);
	for (size_t i = 0; i < n; i++) {
		before_drops += room->sessions[i].drops;
		before_hours += room->sessions[i].hours;
	}
	sums[n] = log_good(observer, before_drops, before_hours);
	return log_mean(sums, n + 1);
}

static void
add(struct observer *observer, const struct set *set, double prior,
    const struct suspicion *suspicion)
{
	observer->all[observer->n].set = *set;
	observer->all[observer->n++].log_weight = log(prior) + evidence(observer, suspicion);
}

static double
part_prior(const struct observer *observer, size_t part)
{
	const struct room *room = observer->room;

	return 1.0 / (double)(observer->kinds * room->n[room->kind[part]]);
}

static struct set
no_set(void)
{
	return (struct set){ 0 };
}

struct two {
	size_t a, b;
	double log_weight;
};

static double
prior_of_two(const struct observer *observer, size_t a, size_t b)
{
	return part_prior(observer, a) * part_prior(observer, b);
}

/* What the priors of all two parts add up to, and of those that can be a pair. */
static void
add_priors(const struct observer *observer, double *both, double *pairs)
{
	const struct room *room = observer->room;

	*both = *pairs = 0;
	for (size_t a = 0; a < room->n_parts; a++) {
		for (size_t b = 0; b < a; b++) {
			double prior = prior_of_two(observer, a, b);

			*both += prior;
			*pairs += room_can_pair(room, (int)a, (int)b) ? prior : 0;
		}
	}
}

/* Nothing, everything, each part, each pair; and into @twos each two parts. How many of those. */
static size_t
consider(struct observer *observer, const struct set *sets, struct two *twos)
{
	static const struct suspicion nothing;
	const struct suspicion everything = { .parts = { UINT64_MAX, 0 } };
	const struct room *room = observer->room;
	struct set empty = no_set(), all = set_of_all(room);
	double both, pairs;
	size_t n = 0;

	add_priors(observer, &both, &pairs);
	add(observer, &empty, truth_share(TRUTH_NOTHING), &nothing);
	add(observer, &all, truth_share(TRUTH_SURROUNDINGS), &everything);
	for (size_t a = 0; a < room->n_parts; a++) {
		struct suspicion one = { .parts = { UINT64_C(1) << a, 0 } };

		add(observer, &sets[a], truth_share(TRUTH_ONE) * part_prior(observer, a), &one);
		for (size_t b = 0; b < a; b++) {
			double prior = prior_of_two(observer, a, b);
			struct suspicion two = { .parts = { one.parts[0], UINT64_C(1) << b } };
			struct suspicion pair = { .together = one.parts[0] | UINT64_C(1) << b };
			struct set set = set_of_pair(room, (int)a, (int)b);

			twos[n++] = (struct two){ a, b,
						  log(truth_share(TRUTH_TWO) * prior / both) +
							  evidence(observer, &two) };
			if (room_can_pair(room, (int)a, (int)b))
				add(observer, &set, truth_share(TRUTH_PAIR) * prior / pairs, &pair);
		}
	}
	return n;
}

/* Log-weights become probabilities. */
static void
normalise(struct observer *observer, struct two *twos, size_t n_twos)
{
	double most = -HUGE_VAL, sum = 0;

	for (size_t i = 0; i < observer->n; i++)
		most = fmax(most, observer->all[i].log_weight);
	for (size_t i = 0; i < n_twos; i++)
		most = fmax(most, twos[i].log_weight);
	for (size_t i = 0; i < observer->n; i++)
		sum += exp(observer->all[i].log_weight - most);
	for (size_t i = 0; i < n_twos; i++)
		sum += exp(twos[i].log_weight - most);
	for (size_t i = 0; i < observer->n; i++)
		observer->all[i].log_weight -= most + log(sum);
	for (size_t i = 0; i < n_twos; i++)
		twos[i].log_weight -= most + log(sum);
}

/* What took no part is as if it were good. */
static void
put(const struct observer *observer, const struct set *sets, const struct two *twos, size_t n_twos,
    struct answer *ret)
{
	for (size_t i = 0; i < observer->n; i++) {
		double p = exp(observer->all[i].log_weight);

		if (set_is_empty(&observer->all[i].set))
			ret->nothing += p;
		else
			answer_put(ret, &observer->all[i].set, p);
	}
	for (size_t i = 0; i < n_twos; i++) {
		const struct set *a = &sets[twos[i].a], *b = &sets[twos[i].b];
		double p = exp(twos[i].log_weight);

		if (set_is_empty(a) && set_is_empty(b))
			ret->nothing += p;
		if (!set_is_empty(a))
			answer_put(ret, a, p);
		if (!set_is_empty(b) && !set_is(a, b))
			answer_put(ret, b, p);
	}
}

void
observer_answer(const struct room *room, struct answer *ret)
{
	static struct observer observer;
	static struct two twos[PARTS_MAX * PARTS_MAX];
	struct set sets[PARTS_MAX];
	size_t n_twos;

	memset(&observer, 0, sizeof(observer));
	memset(ret, 0, offsetof(struct answer, classes));
	prepare(&observer, room);
	for (size_t i = 0; i < room->n_parts; i++)
		sets[i] = set_of_part(room, (int)i);
	n_twos = consider(&observer, sets, twos);
	normalise(&observer, twos, n_twos);
	put(&observer, sets, twos, n_twos, ret);
	answer_decide(room, ret);
}
