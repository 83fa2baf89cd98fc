#pragma once
/* Reads recordings (lib/wire/recording.h) back: they come from other computers, and nothing in them is trusted. */
#include "lib/model/observation.h"
#include "lib/wire/wire.h"

/*
 * @device is filled, and obs->device points to it where the line has one. Text is cleaned again. 1,
 * or -EINVAL with @why set for people.
 */
int ls_recording_parse(const json_t *line, struct ls_observation *obs, struct ls_device *device,
		       char why[LS_TEXT_MAX]);
