#include <math.h>
#include <string.h>

#include "lib/engine/causes.h"
#include "lib/base/text.h"
#include "lib/engine/weights.h"

/* Below this the answer is that it is not known. */
#define SURE_ENOUGH 0.5
/* However much evidence there is, it may all come from one source, which may be wrong. */
#define SURE_MAX 0.98
/* So many facts say why. */
#define REASONS 3
/* A reason has to shift the odds by this, as a natural logarithm. */
#define REASON_MIN 0.3

/* Rows that hold for one incident. */
struct held {
	const struct weights *row[WEIGHTS_MAX];
	size_t n;
};

/* Log-odds, not normalised. */
struct sums {
	double cause[LS_N_CAUSES];
	double side[LS_N_SIDES];
};

/* All of them, and what each group has in it. */
struct total {
	struct sums all, groups[N_GROUPS];
};

/* The side that goes with a cause, and how strongly: by what the cause means, or mostly. */
#define BY_MEANING 100
#define MOSTLY	   3
static const struct {
	enum ls_side side;
	double weight;
} usual_sides[LS_N_CAUSES] = {
	[LS_CAUSE_OVER_CURRENT] = { LS_SIDE_POWER, BY_MEANING },
	[LS_CAUSE_EMI] = { LS_SIDE_LINK, BY_MEANING },
	[LS_CAUSE_UPSTREAM_LOSS] = { LS_SIDE_HUB, MOSTLY },
	[LS_CAUSE_CONTROLLER_DIED] = { LS_SIDE_HOST, BY_MEANING },
	[LS_CAUSE_SOFTWARE] = { LS_SIDE_SOFTWARE, BY_MEANING },
	[LS_CAUSE_MODE_SWITCH] = { LS_SIDE_DEVICE, BY_MEANING },
	[LS_CAUSE_SUSPEND] = { LS_SIDE_HOST, BY_MEANING },
	[LS_CAUSE_LINK_ERRORS] = { LS_SIDE_LINK, MOSTLY },
	[LS_CAUSE_DEVICE_RESET] = { LS_SIDE_DEVICE, MOSTLY },
	[LS_CAUSE_HOST_LIMIT] = { LS_SIDE_HOST, BY_MEANING },
};

/* ---- sums ---- */

static void
gather(const struct weight_table *table, const struct ls_incident *incident, struct held *held)
{
	held->n = 0;
	for (size_t i = 0; i < table->n; i++) {
		if (weights_hold(&table->rows[i], incident))
			held->row[held->n++] = &table->rows[i];
	}
}

/* In no order. */
static bool
is_stronger(double weight, double than)
{
	return fabs(weight) > fabs(than) || (fabs(weight) >= fabs(than) && weight > than);
}

static void
add(double *sums, double *strongest, const double *row, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!strongest) {
			sums[i] += row[i];
		} else if (is_stronger(row[i], strongest[i])) {
			sums[i] += row[i] - strongest[i];
			strongest[i] = row[i];
		}
	}
}

static void
sum(const struct held *held, struct total *total)
{
	*total = (struct total){ 0 };
	for (size_t i = 0; i < held->n; i++) {
		const struct weights *row = held->row[i];
		struct sums *group = row->group ? &total->groups[row->group] : NULL;

		add(total->all.cause, group ? group->cause : NULL, row->cause, LS_N_CAUSES);
		add(total->all.side, group ? group->side : NULL, row->side, LS_N_SIDES);
	}
}

/* The logarithm of what the exponentials of all but @but add up to. */
static double
log_of_others(const double *sums, size_t n, size_t but)
{
	double most = -INFINITY, rest = 0;

	for (size_t i = 0; i < n; i++) {
		if (i != but && sums[i] > most)
			most = sums[i];
	}
	for (size_t i = 0; i < n; i++) {
		if (i != but)
			rest += exp(sums[i] - most);
	}
	return most + log(rest);
}

static double
log_odds(const double sums[LS_N_CAUSES], enum ls_cause cause)
{
	return sums[cause] - log_of_others(sums, LS_N_CAUSES, cause);
}

static double
probability(double log_odds)
{
	return 1 / (1 + exp(-log_odds));
}

static size_t
highest(const double *sums, size_t n)
{
	size_t best = 0;

	for (size_t i = 1; i < n; i++) {
		if (sums[i] > sums[best])
			best = i;
	}
	return best;
}

/* ---- which facts weighed most ---- */

/* The sums without @row and what says the same. */
static void
without(const struct total *total, const struct weights *row, double ret[LS_N_CAUSES])
{
	const double *part = row->group ? total->groups[row->group].cause : row->cause;

	for (size_t i = 0; i < LS_N_CAUSES; i++)
		ret[i] = total->all.cause[i] - part[i];
}

/* Of its group the one that says most for @cause speaks. That others are unlikely is no reason for
 * the unknown. */
static bool
speaks(const struct held *held, const struct weights *row, enum ls_cause cause)
{
	if (!row->why || (cause == LS_CAUSE_UNKNOWN && row->cause[cause] <= 0))
		return false;
	for (size_t i = 0; row->group && i < held->n; i++) {
		const struct weights *other = held->row[i];

		if (other->group == row->group && other->why &&
		    (other->cause[cause] > row->cause[cause] ||
		     (other->cause[cause] >= row->cause[cause] && other > row)))
			return false;
	}
	return true;
}

struct reason {
	const struct weights *row;
	double shift;
};

static size_t
find_reasons(const struct held *held, const struct total *total, enum ls_cause cause,
	     struct reason reasons[REASONS])
{
	double all = log_odds(total->all.cause, cause), rest[LS_N_CAUSES];
	size_t n = 0;

	for (size_t i = 0; i < held->n; i++) {
		struct reason reason = { .row = held->row[i] };
		size_t place = n;

		if (!speaks(held, reason.row, cause))
			continue;
		without(total, reason.row, rest);
		reason.shift = all - log_odds(rest, cause);
		if (reason.shift < REASON_MIN)
			continue;
		while (place > 0 && reasons[place - 1].shift < reason.shift)
			place--;
		if (place == REASONS)
			continue;
		n += n < REASONS;
		memmove(&reasons[place + 1], &reasons[place], (n - 1 - place) * sizeof(reasons[0]));
		reasons[place] = reason;
	}
	return n;
}

/* What is the most likely of all that is known, though it may not be likely enough to say so. */
static enum ls_cause
likeliest(const struct sums *sums)
{
	const double *known = &sums->cause[LS_CAUSE_UNKNOWN + 1];

	return (enum ls_cause)(LS_CAUSE_UNKNOWN + 1 + highest(known, LS_N_CAUSES - 1));
}

static void
explain(const struct held *held, const struct total *total, struct ls_incident *incident)
{
	struct reason reasons[REASONS];
	size_t n = find_reasons(held, total, incident->cause, reasons),
	       size = sizeof(incident->why);

	incident->why[0] = '\0';
	if (n == 0) {
		enum ls_cause cause = likeliest(&total->all);

		n = find_reasons(held, total, cause, reasons);
		ls_text_format(incident->why, size,
			       "not certain, most likely %s: ", ls_cause_words(cause));
	}
	if (n == 0)
		ls_text_format(incident->why, size,
			       "none of the known causes is supported by evidence");
	for (size_t i = 0; i < n; i++)
		ls_text_append(incident->why, size, "%s%s", i > 0 ? "; " : "", reasons[i].row->why);
}

/* ---- the decision ---- */

static enum ls_side
decide_side(const struct sums *sums, enum ls_cause cause)
{
	double side[LS_N_SIDES];

	if (cause == LS_CAUSE_UNKNOWN || cause == LS_CAUSE_UNPLUGGED)
		return LS_SIDE_UNKNOWN;
	memcpy(side, sums->side, sizeof(side));
	side[usual_sides[cause].side] += usual_sides[cause].weight;
	return (enum ls_side)highest(side, LS_N_SIDES);
}

/* The probability that it was a drop, whatever the cause. */
static double
drop_probability(const struct sums *sums)
{
	double drop = 0, all = 0;

	for (size_t i = 0; i < LS_N_CAUSES; i++) {
		double weight = exp(sums->cause[i]);

		all += weight;
		if (i != LS_CAUSE_UNKNOWN && ls_cause_row((enum ls_cause)i)->is_drop)
			drop += weight;
	}
	return drop / all;
}

/* A device that came up in the end was not lost. */
static bool
decide_drop(const struct ls_incident *incident, const struct sums *sums)
{
	if (incident->cause == LS_CAUSE_ENUMERATION_FAILED)
		return !(incident->facts & LS_FACT_CAME_UP) || (incident->facts & LS_FACT_GONE);
	/* Of a port that was empty nothing is lost. */
	if (incident->cause == LS_CAUSE_OVER_CURRENT)
		return !(incident->facts & LS_FACT_PORT_EMPTY) || incident->n_children ||
		       (incident->facts & LS_FACT_GONE);
	if (incident->cause == LS_CAUSE_UNKNOWN)
		return drop_probability(sums) > SURE_ENOUGH;
	return ls_cause_row(incident->cause)->is_drop;
}

void
ls_cause_probabilities(const struct weight_table *table, const struct ls_incident *incident,
		       double ret[LS_N_CAUSES])
{
	struct held held;
	struct total total;

	gather(table, incident, &held);
	sum(&held, &total);
	for (size_t i = 0; i < LS_N_CAUSES; i++)
		ret[i] = probability(log_odds(total.all.cause, (enum ls_cause)i));
}

void
ls_cause_decide(struct ls_incident *incident)
{
	ls_cause_decide_by(&weight_table, incident);
}

void
ls_cause_decide_by(const struct weight_table *table, struct ls_incident *incident)
{
	struct held held;
	struct total total;
	double sure;

	gather(table, incident, &held);
	sum(&held, &total);
	incident->cause = (enum ls_cause)highest(total.all.cause, LS_N_CAUSES);
	sure = probability(log_odds(total.all.cause, incident->cause));
	if (sure < SURE_ENOUGH)
		incident->cause = LS_CAUSE_UNKNOWN;
	if (incident->cause == LS_CAUSE_UNKNOWN)
		sure = 0;
	/* Two digits are more than is known. */
	incident->confidence = (int)(fmin(sure, SURE_MAX) * 100 + 0.5) / 100.0;
	incident->drop = decide_drop(incident, &total.all);
	incident->side = decide_side(&total.all, incident->cause);
	explain(&held, &total, incident);
}

static bool
is_as_before(const struct ls_incident *incident, const struct ls_cause_decision *last)
{
	return last->made && last->facts == incident->facts && last->sources == incident->sources &&
	       last->has_children == (incident->n_children > 0);
}

void
ls_cause_decide_again(struct ls_incident *incident, struct ls_cause_decision *last)
{
	if (!is_as_before(incident, last)) {
		ls_cause_decide(incident);
		*last = (struct ls_cause_decision){
			.made = true,
			.facts = incident->facts,
			.sources = incident->sources,
			.has_children = incident->n_children > 0,
			.cause = incident->cause,
			.side = incident->side,
			.drop = incident->drop,
			.confidence = incident->confidence,
		};
		memcpy(last->why, incident->why, sizeof(last->why));
		return;
	}
	incident->cause = last->cause;
	incident->side = last->side;
	incident->drop = last->drop;
	incident->confidence = last->confidence;
	memcpy(incident->why, last->why, sizeof(incident->why));
}

/* How likely the likeliest of the causes that @row speaks against would be without it. */
static double
runner_up(const struct total *total, const struct weights *row, enum ls_cause but)
{
	double rest[LS_N_CAUSES], likeliest = 0;

	without(total, row, rest);
	for (size_t cause = 0; cause < LS_N_CAUSES; cause++) {
		if (row->cause[cause] < 0 && cause != but)
			likeliest =
				fmax(likeliest, probability(log_odds(rest, (enum ls_cause)cause)));
	}
	return likeliest;
}

size_t
ls_cause_ruled_out(const struct ls_incident *incident, const char *ret[LS_RULED_OUT_MAX])
{
	double likely[LS_RULED_OUT_MAX];
	struct total total;
	struct held held;
	size_t n = 0;

	if (!ls_cause_row(incident->cause)->lists_ruled_out || incident->open)
		return 0;
	gather(&weight_table, incident, &held);
	sum(&held, &total);
	for (size_t i = 0; i < held.n; i++) {
		const struct weights *row = held.row[i];
		double value = row->rules_out ? runner_up(&total, row, incident->cause) : 0;
		size_t place = n;

		if (!row->rules_out || n == LS_RULED_OUT_MAX)
			continue;
		for (; place > 0 && likely[place - 1] < value; place--) {
			likely[place] = likely[place - 1];
			ret[place] = ret[place - 1];
		}
		likely[place] = value;
		ret[place] = row->rules_out;
		n++;
	}
	return n;
}
