#include "lib/attribution/suspect.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/attribution/since.h"

uint32_t
suspect_clamp(double n)
{
	return n < UINT32_MAX ? (uint32_t)n : UINT32_MAX;
}

void
suspect_name_part(const struct hypotheses *hypotheses, const struct part *part,
		  char ret[LS_COMPONENT_NAME_MAX])
{
	ret[0] = '\0';
	if (part->shape == PART_KNOWN)
		memcpy(ret, hypotheses->trials->components[part->component]->name,
		       LS_COMPONENT_NAME_MAX);
}

/* What was seen with and without a suspect. */
struct company {
	const struct hypotheses *hypotheses;
	const struct part *part, *with; /* with: NULL unless a pair */
	uint8_t *seen; /* for each component: whether it took part in a trial with it */
};
enum { SEEN = 1, SEEN_DROPPING };

static bool
in_trial(const struct company *company, const struct combination *combination)
{
	return hypotheses_part_in(company->part, combination->slots) &&
	       (!company->with || hypotheses_part_in(company->with, combination->slots));
}

static void
count_with(const struct company *company, struct ls_suspect *suspect)
{
	const struct ls_trials *trials = company->hypotheses->trials;
	uint32_t n[LS_N_COMPONENT_KINDS] = { 0 };
	double drops = 0;

	for (size_t i = 0; i < trials->n_combinations; i++) {
		const struct combination *combination = &trials->combinations[i];

		if (!hypotheses_is_evidence(combination) || !in_trial(company, combination))
			continue;
		suspect->hours += combination->hours;
		drops += (double)combination->drops;
		for (size_t slot = 0; slot < TRIAL_SLOTS; slot++) {
			uint16_t c = combination->slots[slot];
			uint8_t seen = combination->drops ? SEEN_DROPPING : SEEN;

			if (!component_is_known(c) || company->seen[c] >= seen)
				continue;
			company->seen[c] = seen;
			n[trials->components[c]->kind] += seen == SEEN_DROPPING;
		}
	}
	suspect->drops = suspect_clamp(drops);
	suspect->n_ports = n[LS_COMPONENT_PORT];
	suspect->n_cables = n[LS_COMPONENT_CABLE];
	suspect->n_devices = n[LS_COMPONENT_DEVICE];
	suspect->n_hosts = n[LS_COMPONENT_HOST];
}

static bool
in_same_company(const struct company *company, const struct combination *combination)
{
	static const enum ls_component_kind kinds[] = {
		LS_COMPONENT_PORT,
		LS_COMPONENT_CABLE,
		LS_COMPONENT_DEVICE,
	};

	for (size_t i = 0; i < LS_COUNT(kinds); i++) {
		uint16_t c = combination->slots[kinds[i]];

		if (component_is_known(c) && company->seen[c])
			return true;
	}
	return false;
}

static void
count_without(const struct company *company, struct ls_suspect *suspect)
{
	const struct ls_trials *trials = company->hypotheses->trials;
	double drops = 0;

	for (size_t i = 0; i < trials->n_combinations; i++) {
		const struct combination *combination = &trials->combinations[i];

		if (!hypotheses_is_evidence(combination) || in_trial(company, combination) ||
		    !in_same_company(company, combination))
			continue;
		suspect->hours_without += combination->hours;
		drops += (double)combination->drops;
	}
	suspect->drops_without = suspect_clamp(drops);
}

/* The first slice of each component, in @first, and the hours with the suspect since @since. */
static void
look_for_new(const struct company *company, int32_t since, int32_t *first, double *hours)
{
	const struct ls_trials *trials = company->hypotheses->trials;

	for (size_t i = 0; i < trials->n_components; i++)
		first[i] = INT32_MAX;
	for (size_t i = 0; i < trials->n_cells; i++) {
		const struct cell *cell = &trials->cells[i];
		const struct combination *of = &trials->combinations[cell->combination];
		bool with = cell->slice >= since && in_trial(company, of);

		for (size_t slot = 0; slot < TRIAL_SLOTS; slot++) {
			uint16_t c = of->slots[slot];

			if (!component_is_known(c))
				continue;
			if (cell->slice < first[c])
				first[c] = cell->slice;
			hours[c] += with ? cell->hours : 0;
		}
	}
}

/* What came when it began, give or take a slice: of several the one that was used most. */
static int
find_came(const struct company *company, int32_t since, struct ls_suspect *ret)
{
	const struct ls_trials *trials = company->hypotheses->trials;
	int32_t *first = calloc(trials->n_components + 1, sizeof(*first));
	double *hours = calloc(trials->n_components + 1, sizeof(*hours)), most = 0;

	if (first && hours)
		look_for_new(company, since, first, hours);
	for (size_t i = 0; first && hours && i < trials->n_components; i++) {
		bool own = company->part->shape == PART_KNOWN && company->part->component == i;

		if (own || first[i] < since - 1 || first[i] > since + 1 || !(hours[i] > most) ||
		    first[i] == trials->first_slice)
			continue;
		most = hours[i];
		ret->came_kind = trials->components[i]->kind;
		memcpy(ret->came, trials->components[i]->name, sizeof(ret->came));
	}
	free(hours);
	free(first);
	return first && hours ? 0 : -ENOMEM;
}

enum ls_component_kind
suspect_name(const struct hypotheses *hypotheses, const struct accused *accused,
	     char name[LS_COMPONENT_NAME_MAX], char with[LS_COMPONENT_NAME_MAX])
{
	const struct part *part = &hypotheses->parts[accused->part], *other = NULL;

	if (accused->with != PART_NONE)
		other = &hypotheses->parts[accused->with];
	else if (part->shape == PART_UNKNOWN_WITH)
		other = &hypotheses->parts[part->component];
	suspect_name_part(hypotheses, part, name);
	with[0] = '\0';
	if (!other)
		return part->kind;
	suspect_name_part(hypotheses, other, with);
	return other->kind;
}

int
suspect_describe(const struct hypotheses *hypotheses, const struct accused *accused,
		 struct ls_suspect *ret)
{
	struct company company = {
		.hypotheses = hypotheses,
		.part = &hypotheses->parts[accused->part],
		.with = accused->with == PART_NONE ? NULL : &hypotheses->parts[accused->with],
		.seen = calloc(hypotheses->trials->n_components + 1, sizeof(uint8_t)),
	};
	int r = 0;

	if (!company.seen)
		return -ENOMEM;
	*ret = (struct ls_suspect){ .kind = company.part->kind,
				    .probability = accused->probability };
	ret->with_kind = suspect_name(hypotheses, accused, ret->name, ret->with);
	if (!company.with && company.part->began >= LS_BLAME_SURE) {
		ret->since_us = since_start_us(hypotheses->trials, company.part->since);
		r = find_came(&company, company.part->since, ret);
	}
	count_with(&company, ret);
	count_without(&company, ret);
	free(company.seen);
	return r;
}
