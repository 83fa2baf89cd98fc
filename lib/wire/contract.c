#include "lib/wire/contract.h"

#include <errno.h>
#include <string.h>

#include "lib/base/time.h"

const struct ls_contract_method *
ls_contract_method(const struct ls_contract *contract, const char *name)
{
	for (size_t i = 0; i < contract->n_methods; i++) {
		if (strcmp(contract->methods[i].name, name) == 0)
			return &contract->methods[i];
	}
	return NULL;
}

static bool
is_within(const json_t *value, json_int_t low, json_int_t high)
{
	json_int_t n = json_integer_value(value);

	return n >= low && n <= high;
}

static bool
is_time(const json_t *value)
{
	int64_t real_us;

	return ls_time_parse(json_string_value(value), &real_us) == 1;
}

/* A value that is not an object. */
static bool
is_of_kind(const json_t *value, enum ls_contract_kind kind, bool limits)
{
	switch (kind) {
	case LS_CONTRACT_STRING:
		return json_is_string(value);
	case LS_CONTRACT_TIME:
		return json_is_string(value) && (!limits || is_time(value));
	case LS_CONTRACT_INT: /* far beyond any, and sums of them stay within int64 */
		return json_is_integer(value) && (!limits || is_within(value, 0, INT64_C(1) << 40));
	case LS_CONTRACT_BYTES:
		return json_is_integer(value) && (!limits || is_within(value, 0, INT64_C(1) << 60));
	case LS_CONTRACT_SIGNED:
		return json_is_integer(value) &&
		       (!limits || is_within(value, INT32_MIN, INT32_MAX));
	case LS_CONTRACT_FLOAT:
		return json_is_number(value);
	case LS_CONTRACT_BOOL:
		return json_is_boolean(value);
	case LS_CONTRACT_OBJECT:
		break;
	}
	return false;
}

static int
check_item(const struct ls_contract_member *member, const json_t *value, unsigned int flags,
	   struct ls_contract_fault *fault)
{
	if (member->kind == LS_CONTRACT_OBJECT)
		return ls_contract_check(member->of, value, flags, fault);
	return is_of_kind(value, member->kind, flags & LS_CONTRACT_LIMITS) ? 1 : -EBADMSG;
}

static int
check_list(const struct ls_contract_member *member, const json_t *list, unsigned int flags,
	   struct ls_contract_fault *fault)
{
	const json_t *item;
	size_t i;
	int r = json_is_array(list) ? 1 : -EBADMSG;

	json_array_foreach(list, i, item)
	{
		r = check_item(member, item, flags, fault);
		if (r < 0)
			break;
	}
	return r;
}

static int
check_map(const struct ls_contract_member *member, const json_t *map, unsigned int flags,
	  struct ls_contract_fault *fault)
{
	const char *key;
	json_t *item;
	int r = json_is_object(map) ? 1 : -EBADMSG;

	json_object_foreach((json_t *)(uintptr_t)map, key, item)
	{
		r = check_item(member, item, flags, fault);
		if (r < 0)
			break;
	}
	return r;
}

int
ls_contract_check_member(const struct ls_contract_type *type,
			 const struct ls_contract_member *member, const json_t *value,
			 unsigned int flags, struct ls_contract_fault *fault)
{
	bool may_miss = member->optional || (member->later && (flags & LS_CONTRACT_OLDER));
	int r;

	*fault = (struct ls_contract_fault){ 0 };
	if (!value || json_is_null(value))
		r = may_miss ? 1 : -EBADMSG;
	else if (member->container == LS_CONTRACT_LIST)
		r = check_list(member, value, flags, fault);
	else if (member->container == LS_CONTRACT_MAP)
		r = check_map(member, value, flags, fault);
	else
		r = check_item(member, value, flags, fault);
	if (r < 0 && !fault->type)
		*fault = (struct ls_contract_fault){ type, member->name };
	return r;
}

const char *
ls_contract_unknown(const struct ls_contract_type *type, const json_t *value)
{
	const char *name;
	json_t *ignored;
	size_t i;

	json_object_foreach((json_t *)(uintptr_t)value, name, ignored)
	{
		for (i = 0; i < type->n_members; i++) {
			if (strcmp(type->members[i].name, name) == 0)
				break;
		}
		if (i == type->n_members)
			return name;
	}
	return NULL;
}

int
ls_contract_check(const struct ls_contract_type *type, const json_t *value, unsigned int flags,
		  struct ls_contract_fault *fault)
{
	const char *unknown;

	*fault = (struct ls_contract_fault){ .type = type };
	if (!json_is_object(value))
		return -EBADMSG;
	for (size_t i = 0; i < type->n_members; i++) {
		const struct ls_contract_member *member = &type->members[i];
		int r = ls_contract_check_member(type, member, json_object_get(value, member->name),
						 flags, fault);

		if (r < 0)
			return r;
	}
	unknown = flags & LS_CONTRACT_NO_OTHERS ? ls_contract_unknown(type, value) : NULL;
	*fault = (struct ls_contract_fault){ unknown ? type : NULL, unknown };
	return unknown ? -EBADMSG : 1;
}
