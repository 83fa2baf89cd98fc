#include <errno.h>
#include <stdio.h>

#include "cli/ask/schema_internal.h"

static bool
is_within(const json_t *value, json_int_t low, json_int_t high)
{
	json_int_t n = json_integer_value(value);

	return json_is_integer(value) && n >= low && n <= high;
}

/* Ids, counts and sizes. The limit is far beyond any of them, and keeps sums of them within int64. */
static bool
is_count(const json_t *value)
{
	return is_within(value, 0, INT64_C(1) << 40);
}

static bool
is_time(const json_t *value)
{
	int64_t real_us;

	return json_is_string(value) && ls_wire_time_parse(json_string_value(value), &real_us) == 1;
}

static bool
are_counts(const json_t *value)
{
	const char *key;
	json_t *count;

	json_object_foreach((json_t *)(uintptr_t)value, key, count)
	{
		if (!is_count(count))
			return false;
	}
	return json_is_object(value);
}

static int
check_list(const struct shape_field *field, const json_t *list, char why[SHAPE_WHY_MAX])
{
	const json_t *item;
	size_t i;
	int r;

	json_array_foreach(list, i, item)
	{
		if (!field->of && !json_is_string(item))
			return -EBADMSG;
		r = field->of ? shape_check(field->of, item, why) : 1;
		if (r < 0)
			return r;
	}
	return json_is_array(list) ? 1 : -EBADMSG;
}

static int
check_map(const struct shape_field *field, const json_t *map, char why[SHAPE_WHY_MAX])
{
	const char *key;
	json_t *item;

	json_object_foreach((json_t *)(uintptr_t)map, key, item)
	{
		if (shape_check(field->of, item, why) < 0)
			return -EBADMSG;
	}
	return json_is_object(map) ? 1 : -EBADMSG;
}

/* 1, or -EBADMSG; @why is set then if it is about something within the member. */
static int
check_member(const struct shape_field *field, const json_t *value, char why[SHAPE_WHY_MAX])
{
	bool good = false;

	if (!value || json_is_null(value))
		return field->optional ? 1 : -EBADMSG;
	switch (field->kind) {
	case TEXT:
		good = json_is_string(value);
		break;
	case TIME:
		good = is_time(value);
		break;
	case INTEGER:
		good = is_count(value);
		break;
	case BYTES:
		good = is_within(value, 0, INT64_C(1) << 60);
		break;
	case SIGNED:
		good = is_within(value, INT32_MIN, INT32_MAX);
		break;
	case REAL:
		good = json_is_number(value);
		break;
	case FLAG:
		good = json_is_boolean(value);
		break;
	case OBJECT:
		return shape_check(field->of, value, why);
	case LIST:
		return check_list(field, value, why);
	case COUNTS:
		good = are_counts(value);
		break;
	case MAP:
		return check_map(field, value, why);
	}
	return good ? 1 : -EBADMSG;
}

int
shape_check(const struct shape *shape, const json_t *value, char why[SHAPE_WHY_MAX])
{
	why[0] = '\0';
	if (!json_is_object(value)) {
		snprintf(why, SHAPE_WHY_MAX, "a %s is not an object", shape->name);
		return -EBADMSG;
	}
	for (size_t i = 0; i < shape->n_fields; i++) {
		const struct shape_field *field = &shape->fields[i];

		if (check_member(field, json_object_get(value, field->name), why) == 1)
			continue;
		if (!why[0])
			snprintf(why, SHAPE_WHY_MAX, "\"%s\" of a %s is missing or malformed",
				 field->name, shape->name);
		return -EBADMSG;
	}
	return 1;
}
