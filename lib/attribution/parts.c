#include "lib/attribution/parts.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

/* Of an unknown part's prior: that it was the same in all trials without a record of it. The rest
 * goes along with something known. Half of that of a cable is a chain instead (chain.h). */
#define UNKNOWN_SAME 0.4
#define CABLE_SAME   0.1
#define CABLE_CHAIN  0.5

/* Unknown parts of these kinds may have been used with anything. */
static const enum ls_component_kind varying[VARYING_KINDS] = {
	LS_COMPONENT_PORT,
	LS_COMPONENT_CABLE,
	LS_COMPONENT_DEVICE,
};

/* Whether an unknown part of @kind may go along with what is in @slot. A cable has no host: it is
 * left at a port or goes with its device. */
static bool
leads(size_t slot, enum ls_component_kind kind)
{
	if (slot == LS_COMPONENT_PORT || slot == LS_COMPONENT_DEVICE)
		return true;
	return kind != LS_COMPONENT_CABLE &&
	       (slot == LS_COMPONENT_HOST || slot == LS_COMPONENT_CABLE);
}

/* The layout of the parts: components, surroundings, unknown of each kind, unknown with each. */
static uint32_t
part_surroundings(const struct ls_trials *trials)
{
	return (uint32_t)trials->n_components;
}

static uint32_t
part_unknown(const struct ls_trials *trials, unsigned int kind)
{
	return part_surroundings(trials) + 1 + kind;
}

static uint32_t
part_chain(const struct ls_trials *trials)
{
	return part_unknown(trials, LS_N_COMPONENT_KINDS);
}

static uint32_t
part_unknown_with(const struct ls_trials *trials, size_t varying_kind, uint16_t component)
{
	return part_chain(trials) + 1 + (uint32_t)(varying_kind * trials->n_components) + component;
}

uint32_t
hypotheses_unknown(const struct hypotheses *hypotheses, enum ls_component_kind kind)
{
	return part_unknown(hypotheses->trials, kind);
}

uint32_t
hypotheses_surroundings(const struct hypotheses *hypotheses)
{
	return part_surroundings(hypotheses->trials);
}

/* A controller that was not recorded cannot be told from its computer, or its port. */
static bool
can_be_unknown(unsigned int kind)
{
	return kind != LS_COMPONENT_HUB && kind != LS_COMPONENT_MODEL &&
	       kind != LS_COMPONENT_CONTROLLER;
}

bool
hypotheses_is_evidence(const struct combination *combination)
{
	return combination->hours > 0 || combination->drops > 0;
}

bool
hypotheses_part_in(const struct part *part, const uint16_t slots[TRIAL_SLOTS])
{
	bool has = false;

	if (part->shape == PART_SURROUNDINGS)
		return true;
	if (part->shape != PART_KNOWN && slots[part->kind] != COMPONENT_NONE)
		return false;
	if (part->shape == PART_UNKNOWN || part->shape == PART_CHAIN)
		return true;
	for (size_t i = 0; i < TRIAL_SLOTS; i++)
		has |= slots[i] == part->component;
	return has;
}

static void
lay_out_parts(struct hypotheses *hypotheses)
{
	const struct ls_trials *trials = hypotheses->trials;
	struct part *parts = hypotheses->parts;

	for (uint16_t c = 0; c < trials->n_components; c++) {
		parts[c].kind = trials->components[c]->kind;
		parts[c].component = c;
		for (size_t w = 0; w < VARYING_KINDS; w++) {
			struct part *part = &parts[part_unknown_with(trials, w, c)];

			part->shape = PART_UNKNOWN_WITH;
			part->kind = varying[w];
			part->component = c;
		}
	}
	parts[part_surroundings(trials)].shape = PART_SURROUNDINGS;
	parts[part_surroundings(trials)].kind = LS_N_COMPONENT_KINDS;
	for (unsigned int kind = 0; kind < LS_N_COMPONENT_KINDS; kind++) {
		struct part *part = &parts[part_unknown(trials, kind)];

		part->shape = PART_UNKNOWN;
		part->kind = kind;
		part->component = COMPONENT_NONE;
	}
	parts[part_chain(trials)].shape = PART_CHAIN;
	parts[part_chain(trials)].kind = LS_COMPONENT_CABLE;
	parts[part_chain(trials)].component = COMPONENT_NONE;
}

void
hypotheses_see(struct seen *seen, const struct combination *combination,
	       const struct exposure *exposure)
{
	seen->n++;
	/* The sum of many well mixed numbers differs unless the sets are the same. */
	seen->membership += combination->hash * UINT64_C(0x9e3779b97f4a7c15) | 1;
	seen->side_drops += (double)combination->side_drops;
	for (size_t side = 0; side < N_TRIAL_SIDES; side++)
		seen->by[side] += (double)combination->by[side];
	if (exposure)
		exposure_add(&seen->exposure, exposure);
}

size_t
hypotheses_members(const struct ls_trials *trials, const struct combination *combination,
		   uint32_t ret[MEMBERS_MAX])
{
	size_t n = 0;

	ret[n++] = part_surroundings(trials);
	for (unsigned int kind = 0; kind < LS_N_COMPONENT_KINDS; kind++) {
		if (can_be_unknown(kind) && combination->slots[kind] == COMPONENT_NONE)
			ret[n++] = part_unknown(trials, kind);
	}
	if (combination->slots[LS_COMPONENT_CABLE] == COMPONENT_NONE)
		ret[n++] = part_chain(trials);
	for (size_t slot = 0; slot < TRIAL_SLOTS; slot++) {
		uint16_t c = combination->slots[slot];

		if (!component_is_known(c))
			continue;
		ret[n++] = c;
		for (size_t w = 0; w < VARYING_KINDS; w++) {
			if (leads(slot, varying[w]) &&
			    combination->slots[varying[w]] == COMPONENT_NONE)
				ret[n++] = part_unknown_with(trials, w, c);
		}
	}
	return n;
}

/* Members of a combination are found once, not for each of its cells. */
static int
tally_cells(struct hypotheses *hypotheses)
{
	const struct ls_trials *trials = hypotheses->trials;
	uint32_t(*members)[MEMBERS_MAX];
	uint8_t *n_members = calloc(trials->n_combinations + 1, sizeof(*n_members));

	members = calloc(trials->n_combinations + 1, sizeof(*members));
	if (!members || !n_members) {
		free(members);
		free(n_members);
		return -ENOMEM;
	}
	for (size_t i = 0; i < trials->n_cells; i++) {
		const struct cell *cell = &trials->cells[i];
		uint32_t at = cell->combination;

		if (!n_members[at])
			n_members[at] = (uint8_t)hypotheses_members(
				trials, &trials->combinations[at], members[at]);
		for (size_t m = 0; m < n_members[at]; m++)
			exposure_add_cell(&hypotheses->parts[members[at][m]].seen.exposure, cell);
	}
	free(members);
	free(n_members);
	return 0;
}

static int
tally(struct hypotheses *hypotheses)
{
	const struct ls_trials *trials = hypotheses->trials;
	uint32_t member[MEMBERS_MAX];
	int r;

	for (size_t i = 0; i < trials->n_combinations; i++) {
		const struct combination *combination = &trials->combinations[i];
		size_t n;

		hypotheses->idle_hours += combination->idle_hours;
		hypotheses->idle_drops += combination->idle_drops;
		if (!hypotheses_is_evidence(combination))
			continue;
		n = hypotheses_members(trials, combination, member);
		for (size_t m = 0; m < n; m++) {
			hypotheses->parts[member[m]].candidate = true;
			hypotheses_see(&hypotheses->parts[member[m]].seen, combination, NULL);
		}
	}
	r = tally_cells(hypotheses);
	hypotheses->total = hypotheses->parts[part_surroundings(trials)].seen;
	for (size_t i = 0; i < hypotheses->n_parts && r == 0; i++) {
		if (hypotheses->parts[i].candidate)
			rates_curve(&hypotheses->rates, &hypotheses->parts[i].seen.exposure,
				    &hypotheses->parts[i].curve);
	}
	return r;
}

static double
prior_of(const struct hypotheses *hypotheses, struct part *part, const size_t *n,
	 const size_t *n_with)
{
	double prior = hypotheses->priors.component[part->kind] / (double)n[part->kind];

	bool cable = part->kind == LS_COMPONENT_CABLE;
	double same = cable ? CABLE_SAME : UNKNOWN_SAME, chain = cable ? CABLE_CHAIN : 0;

	if (part->shape == PART_CHAIN)
		part->share = chain;
	if (part->shape == PART_UNKNOWN)
		part->share = n_with[part->kind] ? same : 1 - chain;
	if (part->shape == PART_UNKNOWN_WITH)
		part->share = (1 - same - chain) / (double)n_with[part->kind];
	return part->share > 0 ? prior * part->share : prior;
}

/* Those of a kind share its weight, tried or not; an unknown one is one of them. */
static void
share_priors(struct hypotheses *hypotheses)
{
	const double *weights = hypotheses->priors.component;
	size_t n[LS_N_COMPONENT_KINDS] = { 0 }, n_with[LS_N_COMPONENT_KINDS] = { 0 };
	double sum = hypotheses->priors.surroundings;

	for (size_t i = 0; i < hypotheses->n_parts; i++) {
		const struct part *part = &hypotheses->parts[i];

		if (part->candidate && part->shape == PART_UNKNOWN_WITH)
			n_with[part->kind]++;
		else if (part->shape == PART_KNOWN ||
			 (part->candidate && part->shape == PART_UNKNOWN))
			n[part->kind]++;
	}
	for (size_t kind = 0; kind < LS_N_COMPONENT_KINDS; kind++)
		sum += n[kind] ? weights[kind] : 0;
	for (size_t i = 0; i < hypotheses->n_parts && sum > 0; i++) {
		struct part *part = &hypotheses->parts[i];

		if (part->candidate && part->shape == PART_SURROUNDINGS)
			part->prior = hypotheses->priors.surroundings / sum;
		else if (part->candidate)
			part->prior = prior_of(hypotheses, part, n, n_with) / sum;
	}
}

int
hypotheses_find_parts(struct hypotheses *hypotheses)
{
	int r;

	hypotheses->n_parts = part_unknown_with(hypotheses->trials, VARYING_KINDS, 0);
	hypotheses->parts = calloc(hypotheses->n_parts, sizeof(hypotheses->parts[0]));
	if (!hypotheses->parts)
		return -ENOMEM;
	lay_out_parts(hypotheses);
	r = tally(hypotheses);
	if (r == 0)
		share_priors(hypotheses);
	return r;
}

double
hypotheses_log_good(const struct hypotheses *hypotheses, double bad_drops, double bad_hours)
{
	const struct ls_blame_priors *priors = &hypotheses->priors;
	double drops =
		fmax(0, hypotheses->total.exposure.drops - bad_drops) + hypotheses->idle_drops;
	double hours =
		fmax(0, hypotheses->total.exposure.hours - bad_hours) + hypotheses->idle_hours;
	double shape = priors->good_shape;
	int sign;

	if (!(drops > 0))
		return -shape * log1p(hours / priors->good_hours);
	return shape * log(priors->good_hours) - (shape + drops) * log(priors->good_hours + hours) +
	       lgamma_r(shape + drops, &sign) - lgamma_r(shape, &sign);
}
