#pragma once
/* Writes records for comparing. */
#include "lib/model/record.h"
#include "lib/wire/wire.h"

/* Any record, complete; for comparing. New object, or NULL when memory is short. */
json_t *recording_record(const struct ls_record *record);
