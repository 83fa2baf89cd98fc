#include <errno.h>
#include <string.h>

#include "lib/base/cursor.h"
#include "lib/wire/recording.h"
#include "lib/base/text.h"

/* The fields of struct ls_device and struct ls_observation, by type: one table for both ways. */
enum type { T_U8, T_U16, T_U32, T_INT, T_BOOL, T_TEXT };
struct field {
	const char *name;
	enum type type;
	size_t offset, size;
	enum ls_obs_kind of; /* only observations of this kind have it; LS_OBS_NONE: all */
};

#define FIELD_OF(kind, struct_type, name, member, field_type)                                      \
	{                                                                                          \
		name, field_type, offsetof(struct struct_type, member),                            \
			sizeof(((struct struct_type *)0)->member), kind                            \
	}
#define FIELD(struct_type, member, field_type)                                                     \
	FIELD_OF(LS_OBS_NONE, struct_type, #member, member, field_type)
/* One name in the file, a member for each kind in memory. */
#define COUNT(kind, member, field_type) FIELD_OF(kind, ls_observation, "count", member, field_type)

static const struct field device_fields[] = {
	FIELD(ls_device, vid, T_U16),
	FIELD(ls_device, pid, T_U16),
	FIELD(ls_device, bcd_device, T_U16),
	FIELD(ls_device, device_class, T_U8),
	FIELD(ls_device, n_configurations, T_U8),
	FIELD(ls_device, i_manufacturer, T_U8),
	FIELD(ls_device, i_product, T_U8),
	FIELD(ls_device, i_serial, T_U8),
	FIELD(ls_device, n_endpoints, T_U8),
	FIELD(ls_device, n_ports, T_U8),
	FIELD(ls_device, max_power_ma, T_U16),
	FIELD(ls_device, speed, T_U32),
	FIELD(ls_device, remote_wakeup, T_BOOL),
	FIELD(ls_device, serial, T_TEXT),
	FIELD(ls_device, product, T_TEXT),
	FIELD(ls_device, manufacturer, T_TEXT),
};

static const struct field observation_fields[] = {
	FIELD(ls_observation, port, T_TEXT),
	FIELD(ls_observation, bus, T_U16),
	FIELD(ls_observation, devnum, T_U16),
	FIELD(ls_observation, step, T_U32),
	FIELD(ls_observation, status, T_INT),
	COUNT(LS_OBS_OVER_CURRENT, n_over_currents, T_U32),
	COUNT(LS_OBS_TRANSFER_ERRORS, n_failed, T_U32),
	COUNT(LS_OBS_PORT_STATUS, hub_port, T_U8),
	COUNT(LS_OBS_FLOW, kib_per_s, T_U32),
	COUNT(LS_OBS_LOST, n_lost, T_U32),
	FIELD(ls_observation, initial, T_BOOL),
	FIELD(ls_observation, peer, T_TEXT),
	FIELD(ls_observation, controller, T_TEXT),
	FIELD_OF(LS_OBS_CABLE, ls_observation, "text", label, T_TEXT),
	FIELD(ls_observation, text, T_TEXT),
	FIELD(ls_observation, n_timeouts, T_U32),
	FIELD(ls_observation, n_pending, T_U32),
	FIELD(ls_observation, hub_event, T_U32),
	FIELD(ls_observation, port_bits, T_U32),
	FIELD(ls_observation, link_state, T_U32),
};

/* Those of observations of one kind, or of devices. */
struct fields {
	const struct field *rows;
	size_t n;
	enum ls_obs_kind kind;
};

static struct fields
fields_of(const struct ls_observation *obs)
{
	return (struct fields){ observation_fields, LS_COUNT(observation_fields), obs->kind };
}

static const struct fields of_device = { device_fields, LS_COUNT(device_fields), LS_OBS_NONE };

static bool
applies(const struct field *field, enum ls_obs_kind kind)
{
	return field->of == LS_OBS_NONE || field->of == kind;
}

static json_t *
field_get(const struct field *field, const void *base)
{
	const char *at = (const char *)base + field->offset;

	switch (field->type) {
	case T_U8:
		return json_integer(*(const uint8_t *)at);
	case T_U16:
		return json_integer(*(const uint16_t *)(const void *)at);
	case T_U32:
		return json_integer(*(const uint32_t *)(const void *)at);
	case T_INT:
		return json_integer(*(const int *)(const void *)at);
	case T_BOOL:
		return json_boolean(*(const bool *)at);
	case T_TEXT:
		return json_string(at);
	}
	return NULL;
}

static bool
is_set(const json_t *value)
{
	return json_integer_value(value) || json_is_true(value) ||
	       (json_is_string(value) && json_string_length(value));
}

static int
fields_get(struct fields fields, const void *base, json_t *object)
{
	for (size_t i = 0; i < fields.n; i++) {
		const struct field *row = &fields.rows[i];
		ls_json_auto json_t *value = field_get(row, base);

		if (!value)
			return -ENOMEM;
		if (applies(row, fields.kind) && is_set(value) &&
		    json_object_set(object, row->name, value) < 0)
			return -ENOMEM;
	}
	return 0;
}

static bool
integer_in(const json_t *value, int64_t min, int64_t max)
{
	return json_is_integer(value) && json_integer_value(value) >= min &&
	       json_integer_value(value) <= max;
}

static int
field_set(const struct field *field, const json_t *value, void *base)
{
	char *at = (char *)base + field->offset;
	json_int_t number = json_integer_value(value);

	if (field->type == T_TEXT && json_is_string(value))
		ls_text_clean(at, field->size, json_string_value(value), json_string_length(value));
	else if (field->type == T_BOOL && json_is_boolean(value))
		*(bool *)at = json_is_true(value);
	else if (field->type == T_U8 && integer_in(value, 0, UINT8_MAX))
		*(uint8_t *)at = (uint8_t)number;
	else if (field->type == T_U16 && integer_in(value, 0, UINT16_MAX))
		*(uint16_t *)(void *)at = (uint16_t)number;
	else if (field->type == T_U32 && integer_in(value, 0, UINT32_MAX))
		*(uint32_t *)(void *)at = (uint32_t)number;
	else if (field->type == T_INT && integer_in(value, INT32_MIN, INT32_MAX))
		*(int *)(void *)at = (int)number;
	else
		return -EINVAL;
	return 1;
}

static int
fields_set(struct fields fields, const json_t *object, void *base, char why[LS_TEXT_MAX])
{
	for (size_t i = 0; i < fields.n; i++) {
		const struct field *row = &fields.rows[i];
		const json_t *value = json_object_get(object, row->name);

		if (value && applies(row, fields.kind) && field_set(row, value, base) < 0) {
			ls_text_format(why, LS_TEXT_MAX, "\"%s\" has a wrong type or size",
				       row->name);
			return -EINVAL;
		}
	}
	return 1;
}

/* "interfaces": ["ff/42/01"]: class, subclass and protocol in hex. */
static int
interfaces_get(const struct ls_device *device, json_t *object)
{
	json_t *list;

	if (!device->n_interfaces)
		return 0;
	list = json_array();
	if (json_object_set_new(object, "interfaces", list) < 0)
		return -ENOMEM;
	for (size_t i = 0; i < device->n_interfaces && i < LS_INTERFACES_MAX; i++) {
		const struct ls_interface *one = &device->interfaces[i];

		if (json_array_append_new(list, json_sprintf("%02x/%02x/%02x", one->class,
							     one->subclass, one->protocol)) < 0)
			return -ENOMEM;
	}
	return 0;
}

static bool
interface_from(const json_t *value, struct ls_interface *ret)
{
	struct ls_cursor cur = ls_cursor_of("", 0);
	uint64_t numbers[3] = { 0 };

	if (json_is_string(value))
		cur = ls_cursor_of(json_string_value(value), json_string_length(value));
	for (size_t i = 0; i < LS_COUNT(numbers); i++) {
		if ((i > 0 && !ls_take_char(&cur, '/')) ||
		    !ls_take_hex(&cur, UINT8_MAX, &numbers[i]))
			return false;
	}
	*ret = (struct ls_interface){
		.class = (uint8_t)numbers[0],
		.subclass = (uint8_t)numbers[1],
		.protocol = (uint8_t)numbers[2],
	};
	return cur.at == cur.end;
}

static int
interfaces_set(const json_t *list, struct ls_device *device, char why[LS_TEXT_MAX])
{
	size_t n = json_array_size(list);
	bool good = !list || (json_is_array(list) && n <= LS_INTERFACES_MAX);

	for (size_t i = 0; good && i < n; i++)
		good = interface_from(json_array_get(list, i), &device->interfaces[i]);
	if (!good) {
		ls_text_format(why, LS_TEXT_MAX,
			       "\"interfaces\" must be up to %d texts like \"ff/42/01\"",
			       LS_INTERFACES_MAX);
		return -EINVAL;
	}
	device->n_interfaces = (uint8_t)n;
	return 1;
}

json_t *
ls_recording_observation(const struct ls_observation *obs)
{
	ls_json_auto json_t *object =
		json_pack("{s:I, s:I, s:s, s:s}", "mono_us", (json_int_t)obs->at.mono_us, "real_us",
			  (json_int_t)obs->at.real_us, "source", ls_source_name(obs->source),
			  "kind", ls_obs_kind_name(obs->kind));
	json_t *device;

	if (!object || fields_get(fields_of(obs), obs, object) < 0)
		return NULL;
	if (obs->device) {
		device = json_object();
		if (json_object_set_new(object, "device", device) < 0 ||
		    fields_get(of_device, obs->device, device) < 0 ||
		    interfaces_get(obs->device, device) < 0)
			return NULL;
	}
	return LS_STEAL(&object);
}

int
ls_recording_parse(const json_t *line, struct ls_observation *obs, struct ls_device *device,
		   char why[LS_TEXT_MAX])
{
	const json_t *mono = json_object_get(line, "mono_us");
	const json_t *real = json_object_get(line, "real_us");
	const char *source = json_string_value(json_object_get(line, "source"));
	const char *kind = json_string_value(json_object_get(line, "kind"));
	const json_t *device_json = json_object_get(line, "device");

	*obs = (struct ls_observation){ 0 };
	*device = (struct ls_device){ 0 };
	if (!integer_in(mono, 0, INT64_MAX / 2) || !json_is_integer(real)) {
		ls_text_format(why, LS_TEXT_MAX, "\"mono_us\" and \"real_us\" must be numbers");
		return -EINVAL;
	}
	obs->at.mono_us = (uint64_t)json_integer_value(mono);
	obs->at.real_us = json_integer_value(real);
	if (!source || ls_source_from_name(source, &obs->source) < 0 || !kind ||
	    ls_obs_kind_from_name(kind, &obs->kind) < 0 || obs->kind == LS_OBS_NONE) {
		ls_text_format(why, LS_TEXT_MAX, "\"source\" or \"kind\" is missing or not known");
		return -EINVAL;
	}
	if (fields_set(fields_of(obs), line, obs, why) < 0)
		return -EINVAL;
	if (!device_json)
		return 1;
	obs->device = device;
	if (interfaces_set(json_object_get(device_json, "interfaces"), device, why) < 0)
		return -EINVAL;
	return fields_set(of_device, device_json, device, why);
}

/* What is not known is left out. */
static json_t *
session(const struct ls_session *session)
{
	const char *cable = session->cable[0] ? session->cable : NULL;
	const char *hubs = session->hubs[0] ? session->hubs : NULL;
	json_t *assumed = session->cable_assumed ? json_true() : NULL;

	return json_pack("{s:I, s:s, s:s, s:s, s:i, s:i, s:I, s:b, s:b, s:s*, s:o*, s:s*}",
			 "session", (json_int_t)session->id, "port", session->socket.id_path,
			 "name", session->link, "serial", session->device.serial, "vid",
			 (int)session->device.vid, "pid", (int)session->device.pid, "connected_us",
			 (json_int_t)session->connected_us, "open", session->open, "present",
			 session->present, "cable", cable, "cable_assumed", assumed, "hubs", hubs);
}

static json_t *
incident(const struct ls_incident *incident)
{
	ls_json_auto json_t *object = ls_wire_incident(incident, NULL);

	if (!object || json_object_del(object, "cable") < 0 || /* the session's matter */
	    json_object_del(object, "cable_assumed") < 0 ||
	    json_object_set_new(object, "settled", json_boolean(incident->settled)) < 0 ||
	    json_object_set_new(object, "facts", json_integer(incident->facts)) < 0 ||
	    json_object_set_new(object, "children", json_integer(incident->n_children)) < 0)
		return NULL;
	return LS_STEAL(&object);
}

json_t *
ls_recording_record(const struct ls_record *record)
{
	switch (record->kind) {
	case LS_RECORD_EVENT:
		return json_pack("{s:o}", "event", ls_wire_event(record->event));
	case LS_RECORD_SESSION:
		return session(record->session);
	case LS_RECORD_INCIDENT:
		return json_pack("{s:o}", "incident", incident(record->incident));
	case LS_RECORD_ABSORBED:
		return json_pack("{s:I, s:I}", "absorbed", (json_int_t)record->absorbed.id, "into",
				 (json_int_t)record->absorbed.into);
	case LS_RECORD_GAP:
		return json_pack("{s:o}", "gap", ls_wire_gap(record->gap));
	case LS_RECORD_TRAFFIC: /* neither is the engine's */
	case LS_RECORD_TAIL:
	case LS_N_RECORDS:
		break;
	}
	return NULL;
}
