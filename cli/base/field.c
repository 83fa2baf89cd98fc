#include "cli/base/field.h"

#include "lib/base/time.h"

const char *
field_text(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text ? text : "";
}

int64_t
field_int(const json_t *object, const char *name)
{
	return json_integer_value(json_object_get(object, name));
}

double
field_real(const json_t *object, const char *name)
{
	return json_number_value(json_object_get(object, name));
}

bool
field_flag(const json_t *object, const char *name)
{
	return json_is_true(json_object_get(object, name));
}

const json_t *
field_object(const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);

	return json_is_object(value) ? value : NULL;
}

const json_t *
field_list(const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);

	return json_is_array(value) ? value : NULL;
}

int
field_time(const json_t *object, const char *name, int64_t *ret)
{
	const char *text = json_string_value(json_object_get(object, name));

	if (text && ls_time_parse(text, ret) == 1)
		return 1;
	*ret = 0;
	return 0;
}

bool
field_has(const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);

	return value && !json_is_null(value);
}
