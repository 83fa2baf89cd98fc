#include "lib/wire/recording_read.h"

#include <errno.h>
#include <string.h>

#include "lib/base/cursor.h"
#include "lib/base/text.h"
#include "lib/wire/recording.h"

static bool
integer_in(const json_t *value, int64_t min, int64_t max)
{
	return json_is_integer(value) && json_integer_value(value) >= min &&
	       json_integer_value(value) <= max;
}

static int
field_set(const struct ls_recording_field *field, const json_t *value, void *base)
{
	char *at = (char *)base + field->offset;
	json_int_t number = json_integer_value(value);

	if (field->type == LS_FIELD_TEXT && json_is_string(value))
		ls_text_clean(at, field->size, json_string_value(value), json_string_length(value));
	else if (field->type == LS_FIELD_BOOL && json_is_boolean(value))
		*(bool *)at = json_is_true(value);
	else if (field->type == LS_FIELD_U8 && integer_in(value, 0, UINT8_MAX))
		*(uint8_t *)at = (uint8_t)number;
	else if (field->type == LS_FIELD_U16 && integer_in(value, 0, UINT16_MAX))
		*(uint16_t *)(void *)at = (uint16_t)number;
	else if (field->type == LS_FIELD_U32 && integer_in(value, 0, UINT32_MAX))
		*(uint32_t *)(void *)at = (uint32_t)number;
	else if (field->type == LS_FIELD_INT && integer_in(value, INT32_MIN, INT32_MAX))
		*(int *)(void *)at = (int)number;
	else
		return -EINVAL;
	return 1;
}

static int
fields_set(const struct ls_recording_fields *fields, enum ls_obs_kind kind, const json_t *object,
	   void *base, char why[LS_TEXT_MAX])
{
	for (size_t i = 0; i < fields->n; i++) {
		const struct ls_recording_field *row = &fields->rows[i];
		const json_t *value = json_object_get(object, row->name);
		bool applies = row->of == LS_OBS_NONE || row->of == kind;

		if (value && applies && field_set(row, value, base) < 0) {
			ls_text_format(why, LS_TEXT_MAX, "\"%s\" has a wrong type or size",
				       row->name);
			return -EINVAL;
		}
	}
	return 1;
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

/* LS_OBS_NONE for kinds that are not recorded any more: the engine never used them. */
static int
read_kind(const char *name, enum ls_obs_kind *ret)
{
	static const char *const past[] = { "configured", "unconfigured" };

	for (size_t i = 0; i < LS_COUNT(past); i++) {
		if (strcmp(name, past[i]) == 0)
			return 1; /* @ret is as it was: none */
	}
	return ls_obs_kind_from_name(name, ret) < 0 || *ret == LS_OBS_NONE ? -EINVAL : 1;
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
	    read_kind(kind, &obs->kind) < 0) {
		ls_text_format(why, LS_TEXT_MAX, "\"source\" or \"kind\" is missing or not known");
		return -EINVAL;
	}
	if (fields_set(&ls_recording_observation_fields, obs->kind, line, obs, why) < 0)
		return -EINVAL;
	if (!device_json)
		return 1;
	obs->device = device;
	if (interfaces_set(json_object_get(device_json, "interfaces"), device, why) < 0)
		return -EINVAL;
	return fields_set(&ls_recording_device_fields, LS_OBS_NONE, device_json, device, why);
}
