#include "cli/ask/schema.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/wire/contract.h"

int
schema_check(const char *method, const json_t *parameters, char why[SCHEMA_WHY_MAX])
{
	const struct ls_contract_method *known =
		ls_contract_method(&ls_contract_io_linkstat, strrchr(method, '.') + 1);
	struct ls_contract_fault fault;

	assert(known);
	if (ls_contract_check(known->reply, parameters, LS_CONTRACT_OLDER | LS_CONTRACT_LIMITS,
			      &fault) == 1)
		return 1;
	if (fault.member)
		snprintf(why, SCHEMA_WHY_MAX, "\"%s\" of a %s is missing or malformed",
			 fault.member, fault.type->name);
	else
		snprintf(why, SCHEMA_WHY_MAX, "a %s is not an object", fault.type->name);
	return -EBADMSG;
}
