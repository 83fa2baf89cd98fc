#pragma once
/*
 * Members of a checked reply. An absent or null member reads as "", 0, false or NULL; everything is
 * borrowed from @object.
 */
#include "lib/base/base.h"
#include "lib/wire/wire.h"

const char *field_text(const json_t *object, const char *name);
int64_t field_int(const json_t *object, const char *name);
double field_real(const json_t *object, const char *name);
bool field_flag(const json_t *object, const char *name);
const json_t *field_object(const json_t *object, const char *name);
const json_t *field_list(const json_t *object, const char *name);
/* 1, or 0 if there is no such time: *ret is 0 then. */
int field_time(const json_t *object, const char *name, int64_t *ret);
/* True if it is there and not null. */
bool field_has(const json_t *object, const char *name);
