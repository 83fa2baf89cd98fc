#include "daemon/server/errors.h"

#include <errno.h>
#include <string.h>

#include "daemon/store/open.h"

#define INTERFACE ERRORS_INTERFACE

int
errors_reply(struct varlink_reply *reply, const char *error, const struct ls_wire_field *fields,
	     size_t n_fields)
{
	return varlink_error(reply, error, ls_wire_object(fields, n_fields));
}

int
errors_bad_time(const char *field, const char *why, struct varlink_reply *reply)
{
	const struct ls_wire_field fields[] = {
		{ "field", json_string(field) },
		{ "why", json_string(why) },
	};

	return errors_reply(reply, INTERFACE ".BadTime", fields, LS_COUNT(fields));
}

int
errors_history(const struct context *context, int error, const char *unknown,
	       struct varlink_reply *reply)
{
	const char *trouble = store_problem(context->store);

	if (error == -ENOMEM)
		return error;
	if (error == -ENOENT && unknown)
		return errors_reply(reply, INTERFACE ".NoSuchPort",
				    &(const struct ls_wire_field){ "port", json_string(unknown) },
				    1);
	if (!*trouble)
		trouble = error == -EBADMSG ? "its file is damaged" : strerror(-error);
	return errors_reply(reply, INTERFACE ".HistoryUnavailable",
			    &(const struct ls_wire_field){ "reason", json_string(trouble) }, 1);
}

int
errors_no_incident(int64_t id, struct varlink_reply *reply)
{
	return errors_reply(reply, INTERFACE ".NoSuchIncident",
			    &(const struct ls_wire_field){ "id", json_integer(id) }, 1);
}

int
errors_too_slow(struct varlink_reply *reply, size_t queued_bytes)
{
	const struct ls_wire_field field = { "queued_bytes",
					     json_integer((json_int_t)queued_bytes) };

	return errors_reply(reply, INTERFACE ".TooSlow", &field, 1);
}

int
errors_too_many(struct varlink_reply *reply, const char *limit, int maximum)
{
	const struct ls_wire_field fields[] = {
		{ "limit", json_string(limit) },
		{ "maximum", json_integer(maximum) },
	};

	return errors_reply(reply, INTERFACE ".TooMany", fields, LS_COUNT(fields));
}
