#include "lib/wire/recording.h"

#include <errno.h>

#define FIELD_OF(kind, struct_type, name, member, field_type)                                      \
	{                                                                                          \
		name, field_type, offsetof(struct struct_type, member),                            \
			sizeof(((struct struct_type *)0)->member), kind                            \
	}
#define FIELD(struct_type, member, field_type)                                                     \
	FIELD_OF(LS_OBS_NONE, struct_type, #member, member, field_type)
/* One name in the file, a member for each kind in memory. */
#define COUNT(kind, member, field_type) FIELD_OF(kind, ls_observation, "count", member, field_type)

static const struct ls_recording_field device_fields[] = {
	FIELD(ls_device, vid, LS_FIELD_U16),
	FIELD(ls_device, pid, LS_FIELD_U16),
	FIELD(ls_device, bcd_device, LS_FIELD_U16),
	FIELD(ls_device, device_class, LS_FIELD_U8),
	FIELD(ls_device, n_configurations, LS_FIELD_U8),
	FIELD(ls_device, i_manufacturer, LS_FIELD_U8),
	FIELD(ls_device, i_product, LS_FIELD_U8),
	FIELD(ls_device, i_serial, LS_FIELD_U8),
	FIELD(ls_device, n_endpoints, LS_FIELD_U8),
	FIELD(ls_device, n_ports, LS_FIELD_U8),
	FIELD(ls_device, max_power_ma, LS_FIELD_U16),
	FIELD(ls_device, speed, LS_FIELD_U32),
	FIELD(ls_device, remote_wakeup, LS_FIELD_BOOL),
	FIELD(ls_device, serial, LS_FIELD_TEXT),
	FIELD(ls_device, product, LS_FIELD_TEXT),
	FIELD(ls_device, manufacturer, LS_FIELD_TEXT),
};

static const struct ls_recording_field observation_fields[] = {
	FIELD(ls_observation, port, LS_FIELD_TEXT),
	FIELD(ls_observation, bus, LS_FIELD_U16),
	FIELD(ls_observation, devnum, LS_FIELD_U16),
	FIELD(ls_observation, step, LS_FIELD_U32),
	FIELD(ls_observation, status, LS_FIELD_INT),
	COUNT(LS_OBS_OVER_CURRENT, n_over_currents, LS_FIELD_U32),
	COUNT(LS_OBS_TRANSFER_ERRORS, n_failed, LS_FIELD_U32),
	COUNT(LS_OBS_PORT_STATUS, hub_port, LS_FIELD_U8),
	COUNT(LS_OBS_FLOW, kib_per_s, LS_FIELD_U32),
	COUNT(LS_OBS_LOST, n_lost, LS_FIELD_U32),
	FIELD(ls_observation, initial, LS_FIELD_BOOL),
	FIELD(ls_observation, peer, LS_FIELD_TEXT),
	FIELD(ls_observation, controller, LS_FIELD_TEXT),
	FIELD(ls_observation, handle, LS_FIELD_TEXT),
	FIELD_OF(LS_OBS_CABLE, ls_observation, "text", label, LS_FIELD_TEXT),
	FIELD(ls_observation, text, LS_FIELD_TEXT),
	FIELD(ls_observation, n_timeouts, LS_FIELD_U32),
	FIELD(ls_observation, n_pending, LS_FIELD_U32),
	FIELD(ls_observation, hub_event, LS_FIELD_U32),
	FIELD(ls_observation, port_bits, LS_FIELD_U32),
	FIELD(ls_observation, link_state, LS_FIELD_U32),
};

const struct ls_recording_fields ls_recording_device_fields = { device_fields,
								LS_COUNT(device_fields) };
const struct ls_recording_fields ls_recording_observation_fields = { observation_fields,
								     LS_COUNT(observation_fields) };

static json_t *
field_get(const struct ls_recording_field *field, const void *base)
{
	const char *at = (const char *)base + field->offset;

	switch (field->type) {
	case LS_FIELD_U8:
		return json_integer(*(const uint8_t *)at);
	case LS_FIELD_U16:
		return json_integer(*(const uint16_t *)(const void *)at);
	case LS_FIELD_U32:
		return json_integer(*(const uint32_t *)(const void *)at);
	case LS_FIELD_INT:
		return json_integer(*(const int *)(const void *)at);
	case LS_FIELD_BOOL:
		return json_boolean(*(const bool *)at);
	case LS_FIELD_TEXT:
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
fields_get(const struct ls_recording_fields *fields, enum ls_obs_kind kind, const void *base,
	   json_t *object)
{
	for (size_t i = 0; i < fields->n; i++) {
		const struct ls_recording_field *row = &fields->rows[i];
		bool applies = row->of == LS_OBS_NONE || row->of == kind;
		ls_json_auto json_t *value = field_get(row, base);

		if (!value)
			return -ENOMEM;
		if (applies && is_set(value) && json_object_set(object, row->name, value) < 0)
			return -ENOMEM;
	}
	return 0;
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

json_t *
ls_recording_observation(const struct ls_observation *obs)
{
	ls_json_auto json_t *object =
		json_pack("{s:I, s:I, s:s, s:s}", "mono_us", (json_int_t)obs->at.mono_us, "real_us",
			  (json_int_t)obs->at.real_us, "source", ls_source_name(obs->source),
			  "kind", ls_obs_kind_name(obs->kind));
	json_t *device;

	if (!object || fields_get(&ls_recording_observation_fields, obs->kind, obs, object) < 0)
		return NULL;
	if (obs->device) {
		device = json_object();
		if (json_object_set_new(object, "device", device) < 0 ||
		    fields_get(&ls_recording_device_fields, LS_OBS_NONE, obs->device, device) < 0 ||
		    interfaces_get(obs->device, device) < 0)
			return NULL;
	}
	return LS_STEAL(&object);
}
