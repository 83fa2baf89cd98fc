#include "cli/diagnose/json.h"

#include <string.h>

#include "cli/diagnose/words.h"
#include "cli/print/envelope.h"
#include "lib/attribution/blame.h"

/* Appends and takes @item. False leaves @list as it is. */
static bool
append(json_t *list, json_t *item)
{
	return list && item && json_array_append_new(list, item) == 0;
}

static json_t *
list_or_null(json_t *list, bool complete)
{
	if (complete)
		return list;
	json_decref(list);
	return NULL;
}

static json_t *
key_of(const struct diagnosis *diagnosis, const struct ls_suspect *suspect)
{
	char text[DIAGNOSE_WORDS_MAX];

	return json_string(
		diagnose_key(diagnosis, suspect->kind, suspect->name, suspect->with, text));
}

/* The name alone; both keys of a pair, "device:X + hub:Y"; null if unknown. */
static json_t *
name_of(const struct diagnosis *diagnosis, const struct ls_suspect *suspect)
{
	char text[DIAGNOSE_WORDS_MAX], name[HISTORIES_NAME_MAX];

	if (*suspect->with && *suspect->name)
		return json_string(
			diagnose_key(diagnosis, suspect->kind, suspect->name, suspect->with, text) +
			strlen("pair:"));
	return ls_wire_optional(histories_name(diagnosis->histories, suspect->name, name));
}

/* What an unknown part goes along with. */
static json_t *
of_json(const struct diagnosis *diagnosis, const struct ls_suspect *suspect)
{
	char text[DIAGNOSE_WORDS_MAX];

	if (!*suspect->with)
		return json_null();
	return json_string(diagnose_key(diagnosis, suspect->with_kind, suspect->with, "", text));
}

static json_t *
came_of(const struct diagnosis *diagnosis, const struct ls_suspect *suspect)
{
	char text[DIAGNOSE_WORDS_MAX];

	if (!*suspect->came)
		return json_null();
	return json_string(diagnose_key(diagnosis, suspect->came_kind, suspect->came, "", text));
}

static json_t *
suspect_json(const struct diagnosis *diagnosis, const struct ls_suspect *suspect)
{
	bool pair = *suspect->with && *suspect->name,
	     nothing = suspect->kind == LS_N_COMPONENT_KINDS;
	const char *kind = pair	     ? "pair"
			   : nothing ? "surroundings"
				     : ls_component_kind_name(suspect->kind);
	const struct ls_wire_field fields[] = {
		{ "kind", json_string(kind) },
		{ "name", name_of(diagnosis, suspect) },
		{ "of", pair ? json_null() : of_json(diagnosis, suspect) },
		{ "probability", json_real(suspect->probability) },
		{ "since", suspect->since_us ? ls_wire_time(suspect->since_us) : json_null() },
		{ "came", came_of(diagnosis, suspect) },
		{ "drops", json_integer(suspect->drops) },
		{ "hours", json_real(suspect->hours) },
		{ "drops_without", json_integer(suspect->drops_without) },
		{ "hours_without", json_real(suspect->hours_without) },
		{ "hosts", json_integer(suspect->n_hosts) },
		{ "ports", json_integer(suspect->n_ports) },
		{ "cables", json_integer(suspect->n_cables) },
		{ "devices", json_integer(suspect->n_devices) },
	};

	return ls_wire_object(fields, LS_COUNT(fields));
}

static json_t *
suspects_json(const struct diagnosis *diagnosis)
{
	const struct ls_blame *blame = diagnosis->blame;
	json_t *list = json_array();
	bool complete = true;

	for (size_t i = 0; i < blame->n_suspects; i++)
		complete = append(list, suspect_json(diagnosis, &blame->suspects[i])) && complete;
	return list_or_null(list, complete);
}

static json_t *
never_varied_json(const struct diagnosis *diagnosis)
{
	const struct ls_blame *blame = diagnosis->blame;
	json_t *list = json_array();
	bool complete = true;

	for (size_t i = 0; i < blame->n_never_varied; i++) {
		const struct ls_never_varied *never = &blame->never_varied[i];
		char text[DIAGNOSE_WORDS_MAX];

		complete = append(list, json_string(diagnose_key(diagnosis, never->kind,
								 never->name, "", text))) &&
			   complete;
	}
	return list_or_null(list, complete);
}

static json_t *
group_json(const struct diagnosis *diagnosis, unsigned int group)
{
	const struct ls_blame *blame = diagnosis->blame;
	json_t *list = json_array();
	bool complete = true;

	for (size_t i = 0; i < blame->n_suspects; i++) {
		const struct ls_suspect *suspect = &blame->suspects[i];

		if (suspect->group == group)
			complete = append(list, key_of(diagnosis, suspect)) && complete;
	}
	return list_or_null(list, complete);
}

static size_t
group_size(const struct ls_blame *blame, unsigned int group)
{
	size_t n = 0;

	for (size_t i = 0; i < blame->n_suspects; i++)
		n += blame->suspects[i].group == group;
	return n;
}

/* What the verdict names: its probability is theirs. */
static json_t *
named_json(const struct diagnosis *diagnosis)
{
	const struct ls_blame *blame = diagnosis->blame;
	json_t *list = json_array();
	bool complete = true;

	for (size_t i = 0; ls_blame_accuses(blame) && i < blame->n_named; i++)
		complete = append(list, key_of(diagnosis, &blame->suspects[i])) && complete;
	return list_or_null(list, complete);
}

static json_t *
groups_json(const struct diagnosis *diagnosis)
{
	const struct ls_blame *blame = diagnosis->blame;
	unsigned int n_groups = 0;
	json_t *list = json_array();
	bool complete = true;

	for (size_t i = 0; i < blame->n_suspects; i++)
		if (blame->suspects[i].group > n_groups)
			n_groups = blame->suspects[i].group;
	for (unsigned int group = 1; group <= n_groups; group++) {
		if (group_size(blame, group) < 2)
			continue;
		complete = append(list, group_json(diagnosis, group)) && complete;
	}
	return list_or_null(list, complete);
}

/* As "verdict" of the whole: the part where it is one. */
static json_t *
verdict_json(const struct diagnosis *diagnosis, enum ls_verdict verdict,
	     const struct ls_suspect *suspect)
{
	if (verdict == LS_VERDICT_SUSPECT && suspect)
		return key_of(diagnosis, suspect);
	return json_string(ls_verdict_name(verdict));
}

static json_t *
outcome_json(const struct diagnosis *diagnosis, const struct ls_swap_outcome *outcome)
{
	struct ls_suspect suspect = { .kind = outcome->kind };
	bool names = outcome->names;

	memcpy(suspect.name, outcome->name, sizeof(suspect.name));
	memcpy(suspect.with, outcome->with, sizeof(suspect.with));
	return json_pack("{s:b, s:f, s:o, s:o, s:f}", "drop", outcome->drop, "probability",
			 outcome->probability, "verdict",
			 verdict_json(diagnosis, outcome->verdict, names ? &suspect : NULL),
			 "suspect", names ? key_of(diagnosis, &suspect) : json_null(), "certainty",
			 outcome->certainty);
}

static json_t *
exchange_json(const struct diagnosis *diagnosis, const struct ls_exchange *exchange)
{
	char from[HISTORIES_NAME_MAX], to[HISTORIES_NAME_MAX];
	const struct ls_wire_field fields[] = {
		{ "kind", json_string(ls_component_kind_name(exchange->kind)) },
		{ "from",
		  ls_wire_optional(histories_name(diagnosis->histories, exchange->from, from)) },
		{ "to", ls_wire_optional(histories_name(diagnosis->histories, exchange->to, to)) },
	};

	return ls_wire_object(fields, LS_COUNT(fields));
}

/* The parts of the trial: a member for each kind, null if unknown. */
static json_t *
trial_json(const struct diagnosis *diagnosis, const struct ls_swap *swap)
{
	json_t *trial = json_object(), *hubs = json_array();
	char text[HISTORIES_NAME_MAX];
	bool complete = trial && hubs;

	for (int kind = 0; kind < LS_N_COMPONENT_KINDS; kind++) {
		const char *key = ls_component_kind_name((enum ls_component_kind)kind);

		if (kind == LS_COMPONENT_HUB)
			continue;
		histories_name(diagnosis->histories, swap->names[kind], text);
		complete = complete && json_object_set_new(trial, key, ls_wire_optional(text)) == 0;
	}
	for (size_t i = 0; i < swap->n_hubs; i++) {
		histories_name(diagnosis->histories, swap->hubs[i], text);
		complete = append(hubs, json_string(text)) && complete;
	}
	complete = complete && json_object_set(trial, "hubs", hubs) == 0;
	json_decref(hubs);
	return list_or_null(trial, complete);
}

static json_t *
next_json(const struct diagnosis *diagnosis)
{
	const struct ls_swap *swap = diagnosis->swap;
	bool gets = swap->get != LS_N_COMPONENT_KINDS;
	json_t *outcomes;
	bool complete = true;

	if (!swap->possible && !gets)
		return json_null();
	outcomes = json_array();
	for (size_t i = 0; swap->possible && i < LS_COUNT(swap->outcomes); i++)
		complete =
			append(outcomes, outcome_json(diagnosis, &swap->outcomes[i])) && complete;
	return json_pack(
		"{s:o, s:o, s:o, s:o, s:f, s:f, s:o}", "swap",
		swap->n_exchanges > 0 ? exchange_json(diagnosis, &swap->exchanges[0]) : json_null(),
		"also",
		swap->n_exchanges > 1 ? exchange_json(diagnosis, &swap->exchanges[1]) : json_null(),
		"trial", swap->possible ? trial_json(diagnosis, swap) : json_null(), "get",
		gets ? json_string(ls_component_kind_name(swap->get)) : json_null(), "run_hours",
		swap->run_hours, "gain_bits",
		swap->possible ? swap->gain_bits : swap->get_gain_bits, "outcomes",
		list_or_null(outcomes, complete));
}

static json_t *
patterns_json(const struct diagnosis *diagnosis)
{
	json_t *list = json_array();
	bool complete = true;

	for (size_t i = 0; i < diagnosis->n_patterns; i++) {
		const struct ls_pattern *pattern = &diagnosis->patterns[i];

		complete =
			append(list, json_pack("{s:s, s:i, s:i, s:f, s:s}", "kind",
					       ls_pattern_name(pattern->kind), "n", (int)pattern->n,
					       "of", (int)pattern->of, "chance", pattern->chance,
					       "evidence", pattern->evidence)) &&
			complete;
	}
	return list_or_null(list, complete);
}

int
diagnose_print_json(const struct cli *cli, const struct diagnosis *diagnosis)
{
	const struct ls_blame *blame = diagnosis->blame;
	const struct ls_suspect *first = blame->n_suspects > 0 ? &blame->suspects[0] : NULL;
	const struct ls_wire_field fields[] = {
		{ "verdict", verdict_json(diagnosis, blame->verdict, first) },
		{ "probability", json_real(blame->probability) },
		{ "named", named_json(diagnosis) },
		{ "suspects", suspects_json(diagnosis) },
		{ "never_varied", never_varied_json(diagnosis) },
		{ "inseparable", groups_json(diagnosis) },
		{ "next", next_json(diagnosis) },
		{ "patterns", patterns_json(diagnosis) },
		{ "nothing_special", json_real(blame->nothing) },
		{ "surroundings", json_real(blame->surroundings) },
		{ "under_load", json_real(blame->under_load) },
		{ "others", json_real(blame->others) },
		{ "sessions", json_integer((json_int_t)diagnosis->n_sessions) },
		{ "sessions_left_out", json_integer((json_int_t)diagnosis->n_left_out) },
		{ "drops", json_integer(blame->drops) },
		{ "hours", json_real(blame->hours) },
	};
	ls_json_auto json_t *members = ls_wire_object(fields, LS_COUNT(fields));

	return members ? envelope_print(cli, "diagnose", members) : cli_no_memory();
}
