#include "lib/attribution/parts.h"

#include <errno.h>
#include <stdlib.h>

/* Of an unknown part's prior, that it was the same in all trials without a record of it. */
#define UNKNOWN_SAME 0.4

/* Unknown parts of these kinds may have been used with anything. */
static const enum ls_component_kind varying[VARYING_KINDS] = {
	LS_COMPONENT_PORT,
	LS_COMPONENT_CABLE,
	LS_COMPONENT_DEVICE,
};

/* … with anything in these slots. */
static bool
leads(size_t slot)
{
	return slot == LS_COMPONENT_HOST || slot == LS_COMPONENT_PORT ||
	       slot == LS_COMPONENT_CABLE || slot == LS_COMPONENT_DEVICE;
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
part_unknown_with(const struct ls_trials *trials, size_t varying_kind, uint16_t component)
{
	return part_unknown(trials, LS_N_COMPONENT_KINDS) +
	       (uint32_t)(varying_kind * trials->n_components) + component;
}

uint32_t
hypotheses_part(const struct hypotheses *hypotheses, enum ls_component_kind kind,
		uint16_t component)
{
	return component == COMPONENT_NONE ? part_unknown(hypotheses->trials, kind) : component;
}

static bool
can_be_unknown(unsigned int kind)
{
	return kind != LS_COMPONENT_HUB && kind != LS_COMPONENT_MODEL;
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
	if (part->shape == PART_UNKNOWN)
		return true;
	for (size_t i = 0; i < TRIAL_SLOTS; i++)
		has |= slots[i] == part->component;
	return has;
}

enum group
hypotheses_group(const struct hypothesis *hypothesis, bool first, bool second)
{
	if (hypothesis->together)
		return first && second ? GROUP_FIRST : GROUP_GOOD;
	if (first)
		return second ? GROUP_BOTH : GROUP_FIRST;
	return second ? GROUP_SECOND : GROUP_GOOD;
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
		parts[part_unknown(trials, kind)].shape = PART_UNKNOWN;
		parts[part_unknown(trials, kind)].kind = kind;
		parts[part_unknown(trials, kind)].component = COMPONENT_NONE;
	}
}

void
hypotheses_see(struct seen *seen, const struct combination *combination)
{
	seen->n++;
	seen->n_drops += (double)combination->drops;
	seen->hours += combination->weighed_hours;
	seen->drops += combination->weighed_drops;
	for (size_t side = 0; side < N_TRIAL_SIDES; side++)
		seen->by[side] += combination->weighed_by[side];
}

static void
tally_part(struct part *part, const struct combination *combination)
{
	part->candidate = true;
	hypotheses_see(&part->seen, combination);
	/* The sum of many well mixed numbers differs unless the sets are the same. */
	part->membership += combination->hash * UINT64_C(0x9e3779b97f4a7c15) | 1;
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
	for (size_t slot = 0; slot < TRIAL_SLOTS; slot++) {
		uint16_t c = combination->slots[slot];

		if (c == COMPONENT_NONE)
			continue;
		ret[n++] = c;
		for (size_t w = 0; leads(slot) && w < VARYING_KINDS; w++) {
			if (combination->slots[varying[w]] == COMPONENT_NONE)
				ret[n++] = part_unknown_with(trials, w, c);
		}
	}
	return n;
}

static void
tally(struct hypotheses *hypotheses)
{
	const struct ls_trials *trials = hypotheses->trials;
	uint32_t member[MEMBERS_MAX];

	for (size_t i = 0; i < trials->n_combinations; i++) {
		const struct combination *combination = &trials->combinations[i];
		size_t n;

		if (!hypotheses_is_evidence(combination))
			continue;
		n = hypotheses_members(trials, combination, member);
		for (size_t m = 0; m < n; m++)
			tally_part(&hypotheses->parts[member[m]], combination);
		hypotheses_see(&hypotheses->total, combination);
	}
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
	for (size_t i = 0; i < hypotheses->n_parts; i++) {
		struct part *part = &hypotheses->parts[i];

		if (!part->candidate)
			continue;
		if (part->shape == PART_SURROUNDINGS)
			part->prior = hypotheses->priors.surroundings;
		else
			part->prior = weights[part->kind] / (double)n[part->kind];
		if (part->shape == PART_UNKNOWN)
			part->share = n_with[part->kind] ? UNKNOWN_SAME : 1;
		if (part->shape == PART_UNKNOWN_WITH)
			part->share = (1 - UNKNOWN_SAME) / (double)n_with[part->kind];
		if (part->share > 0)
			part->prior *= part->share;
	}
	for (size_t i = 0; i < hypotheses->n_parts && sum > 0; i++)
		hypotheses->parts[i].prior /= sum;
}

int
hypotheses_find_parts(struct hypotheses *hypotheses)
{
	hypotheses->n_parts = part_unknown_with(hypotheses->trials, VARYING_KINDS, 0);
	hypotheses->parts = calloc(hypotheses->n_parts, sizeof(hypotheses->parts[0]));
	if (!hypotheses->parts)
		return -ENOMEM;
	lay_out_parts(hypotheses);
	tally(hypotheses);
	share_priors(hypotheses);
	return 0;
}
