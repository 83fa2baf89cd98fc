#pragma once
/*
 * What linkstatd's replies look like (lib/wire/linkstat.varlink), so that one check of a reply makes
 * every later access to a member safe. Members that are not known are allowed: a newer linkstatd may
 * send more.
 */
#include "lib/wire/wire.h"

#define SCHEMA_WHY_MAX 120

/*
 * Checks the parameters of a reply of @method, "io.linkstat.Report". 1, or -EBADMSG with what is
 * wrong in @why.
 */
int schema_check(const char *method, const json_t *parameters, char why[SCHEMA_WHY_MAX]);
