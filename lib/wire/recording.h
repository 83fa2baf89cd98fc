#pragma once
/*
 * Observations as lines of JSON: what a daemon saw can be kept and sent, and replayed through the
 * engine (tests/recording reads them back). Fields that are unset are left out.
 */
#include "lib/model/observation.h"
#include "lib/wire/wire.h"

/* The members of struct ls_device and struct ls_observation by type: one table for both ways. */
enum ls_field_type {
	LS_FIELD_U8,
	LS_FIELD_U16,
	LS_FIELD_U32,
	LS_FIELD_INT,
	LS_FIELD_BOOL,
	LS_FIELD_TEXT,
};

struct ls_recording_field {
	const char *name;
	enum ls_field_type type;
	size_t offset, size;
	enum ls_obs_kind of; /* only observations of this kind have it; LS_OBS_NONE: all */
};

struct ls_recording_fields {
	const struct ls_recording_field *rows;
	size_t n;
};
extern const struct ls_recording_fields ls_recording_device_fields;
extern const struct ls_recording_fields ls_recording_observation_fields;

/* New object, or NULL when memory is short. */
json_t *ls_recording_observation(const struct ls_observation *obs);
