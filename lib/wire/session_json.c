#include "lib/wire/session_json.h"

#include <errno.h>

#include "lib/base/text.h"

static struct ls_cursor
text_of(const json_t *string)
{
	return ls_cursor_of(json_string_value(string), json_string_length(string));
}

static int
refuse_type(const char *name, const char *allowed, char why[LS_SESSION_WHY_MAX])
{
	ls_text_format(why, LS_SESSION_WHY_MAX, "%s is of the wrong kind: allowed is %s, or null",
		       name, allowed);
	return -EBADMSG;
}

/* As text of a column, so that both forms of a table have one way in. */
static int
set_list(struct ls_session_row *row, const json_t *list, char why[LS_SESSION_WHY_MAX])
{
	size_t i;
	const json_t *name;
	int r = 0;

	json_array_foreach(list, i, name)
	{
		if (json_is_null(name))
			continue; /* an unknown hub */
		if (!json_is_string(name))
			return refuse_type("hubs", "a list of names", why);
		r = ls_session_row_add_hub(row, text_of(name), why);
		if (r < 0)
			return r;
	}
	return r;
}

static int
set_member(struct ls_session_row *row, enum ls_session_column column, const json_t *value,
	   char why[LS_SESSION_WHY_MAX])
{
	const char *name = ls_session_columns[column];

	if (!value || json_is_null(value))
		return 0;
	if (json_is_string(value))
		return ls_session_row_text(row, column, text_of(value), why);
	row->has_anything = true;
	if (column == LS_SESSION_HUBS)
		return json_is_array(value) ? set_list(row, value, why)
					    : refuse_type(name, "a list of names", why);
	if (ls_session_kind(column) >= 0)
		return refuse_type(name, "a text in quotes", why);
	if (!json_is_number(value))
		return refuse_type(name, "a number", why);
	return ls_session_row_number(row, column, json_number_value(value), why);
}

int
ls_session_row_json(struct ls_session_row *row, const json_t *object, char why[LS_SESSION_WHY_MAX])
{
	const json_t *start = json_object_get(object, "started_at");
	int r = 0;

	if (!json_is_object(object)) {
		ls_text_format(why, LS_SESSION_WHY_MAX,
			       "this is no object: a line of JSON is {\"port\": \"1-4\", …, "
			       "\"connected_hours\": 0.5, \"drops\": 0}");
		return -EBADMSG;
	}
	for (int column = 0; r == 0 && column < LS_SESSION_N_COLUMNS; column++)
		r = set_member(row, (enum ls_session_column)column,
			       json_object_get(object, ls_session_columns[column]), why);
	if (r == 0 && start)
		r = set_member(row, LS_SESSION_START, start, why);
	return r;
}

int
ls_session_from_json(const json_t *object, ls_session_row_fn on_row, void *user,
		     char why[LS_SESSION_WHY_MAX])
{
	struct ls_session_row row;
	int r;

	ls_session_row_clear(&row);
	r = ls_session_row_json(&row, object, why);
	return r < 0 ? r : ls_session_row_deliver(&row, on_row, user, why);
}

static json_t *
hubs_json(const struct ls_trial *trial)
{
	json_t *list = json_array();

	for (size_t i = 0; list && i < trial->n_hubs; i++) {
		if (json_array_append_new(list, ls_wire_optional(trial->hubs[i])) == 0)
			continue;
		json_decref(list);
		return NULL;
	}
	return list;
}

static json_t *
hours_json(const struct ls_trial *trial, enum ls_condition condition)
{
	const struct ls_condition_share *share = &trial->conditions[condition];

	return share->known ? json_real(share->hours) : json_null();
}

static json_t *
drops_json(const struct ls_trial *trial, enum ls_condition condition)
{
	const struct ls_condition_share *share = &trial->conditions[condition];

	return share->known ? json_integer(share->drops) : json_null();
}

json_t *
ls_session_json(const struct ls_trial *trial)
{
	const char *const *names = trial->names;
	const struct ls_wire_field fields[] = {
		{ "start", trial->start_us ? ls_wire_time(trial->start_us) : json_null() },
		{ "host", ls_wire_optional(names[LS_COMPONENT_HOST]) },
		{ "controller", ls_wire_optional(names[LS_COMPONENT_CONTROLLER]) },
		{ "port", ls_wire_optional(names[LS_COMPONENT_PORT]) },
		{ "hubs", hubs_json(trial) },
		{ "cable", ls_wire_optional(names[LS_COMPONENT_CABLE]) },
		{ "device", ls_wire_optional(names[LS_COMPONENT_DEVICE]) },
		{ "connected_hours", json_real(trial->hours) },
		{ "drops", json_integer(trial->drops) },
		{ "model", ls_wire_optional(names[LS_COMPONENT_MODEL]) },
		{ "drops_by_power", json_integer(trial->drops_by_power) },
		{ "drops_by_host", json_integer(trial->drops_by_host) },
		{ "drops_by_hub", json_integer(trial->drops_by_hub) },
		{ "drops_by_device", json_integer(trial->drops_by_device) },
		{ "loaded_hours", hours_json(trial, LS_CONDITION_LOAD) },
		{ "drops_under_load", drops_json(trial, LS_CONDITION_LOAD) },
		{ "neighbour_hours", hours_json(trial, LS_CONDITION_NEIGHBOUR) },
		{ "drops_with_neighbour", drops_json(trial, LS_CONDITION_NEIGHBOUR) },
	};

	return ls_wire_object(fields, LS_COUNT(fields));
}
