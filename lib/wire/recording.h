#pragma once
/*
 * Observations and records as lines of JSON: what a daemon saw can be kept, sent, and replayed
 * through the engine (tests/golden). Fields that are unset are left out.
 */
#include "lib/model/observation.h"
#include "lib/model/record.h"
#include "lib/wire/wire.h"

/* New object, or NULL when memory is short. */
json_t *ls_recording_observation(const struct ls_observation *obs);

/*
 * Reads one back; @device is filled and obs->device points to it where the line has one. Text is
 * cleaned again. 1, or -EINVAL with @why set for people.
 */
int ls_recording_parse(const json_t *line, struct ls_observation *obs, struct ls_device *device,
		       char why[LS_TEXT_MAX]);

/* Any record, complete; for comparing. New object, or NULL when memory is short. */
json_t *ls_recording_record(const struct ls_record *record);
