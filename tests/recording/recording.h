#pragma once
/* Reads recordings of the daemon (lib/wire/recording.h) back, and writes records for comparing. */
#include "lib/model/observation.h"
#include "lib/model/record.h"
#include "lib/wire/wire.h"

/*
 * @device is filled, and obs->device points to it where the line has one. Text is cleaned again. 1,
 * or -EINVAL with @why set for people.
 */
int recording_parse(const json_t *line, struct ls_observation *obs, struct ls_device *device,
		    char why[LS_TEXT_MAX]);

/* Any record, complete; for comparing. New object, or NULL when memory is short. */
json_t *recording_record(const struct ls_record *record);
