#pragma once
/* The errors of io.linkstat that several methods answer with. */
#include "daemon/server/context.h"
#include "daemon/server/varlink.h"

#define ERRORS_INTERFACE "io.linkstat"

/* Each makes @reply the error. 0 or -ENOMEM. */
int errors_reply(struct varlink_reply *reply, const char *error, const struct ls_wire_field *fields,
		 size_t n_fields);
/* @field is a parameter. */
int errors_bad_time(const char *field, const char *why, struct varlink_reply *reply);
/* What a store function returned (< 0); @unknown: a port that it does not know, NULL: none. */
int errors_history(const struct context *context, int error, const char *unknown,
		   struct varlink_reply *reply);
int errors_no_incident(int64_t id, struct varlink_reply *reply);
int errors_too_slow(struct varlink_reply *reply, size_t queued_bytes);
int errors_too_many(struct varlink_reply *reply, const char *limit, int maximum);
