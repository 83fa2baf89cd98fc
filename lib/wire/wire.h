#pragma once
/*
 * Records as JSON objects of the io.linkstat interface (lib/wire/linkstat.varlink).
 * The only file that includes the JSON library: whoever needs JSON includes this.
 *
 * Functions that return json_t give a new reference, or NULL when memory is short. Their struct
 * arguments are clean (see lib/base/text.h), so that no string can be refused as invalid UTF-8.
 * Every field of the interface is there; one that is not known is null.
 */
#include <jansson.h>

#include "lib/base/base.h"
#include "lib/model/record.h"

/* For json_dump*(): 15 digits hold every decimal fraction that we make, and 0.9 stays 0.9. */
#define LS_WIRE_DUMP (JSON_COMPACT | JSON_REAL_PRECISION(15))

#define ls_json_auto __attribute__((cleanup(ls_json_decref_auto)))
static inline void
ls_json_decref_auto(json_t **json)
{
	json_decref(*json);
}

/* Labels of the socket and the cable; NULL or "" is none. */
struct ls_labels {
	const char *socket, *cable;
	bool cable_assumed;
};

/* @labels may be NULL. */
json_t *ls_wire_device(const struct ls_device *device);
json_t *ls_wire_incident(const struct ls_incident *incident, const struct ls_labels *labels);
json_t *ls_wire_event(const struct ls_event *event);
json_t *ls_wire_gap(const struct ls_gap *gap);
json_t *ls_wire_transfer(const struct ls_flight_record *record);

/* For other objects: a time as text; a string, null if @text is NULL or empty. */
json_t *ls_wire_time(int64_t real_us);
json_t *ls_wire_optional(const char *text);

/* An object of @fields. Takes every value, also where it fails; a NULL value is a failure. */
struct ls_wire_field {
	const char *name;
	json_t *value;
};
json_t *ls_wire_object(const struct ls_wire_field *fields, size_t n_fields);
