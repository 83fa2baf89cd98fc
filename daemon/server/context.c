#include "daemon/server/context.h"

#include <errno.h>
#include <string.h>

#include "daemon/store/open.h"

int
context_may_change(const struct varlink_call *call, struct varlink_reply *reply)
{
	int r;

	if (call->peer->may_change)
		return 1;
	r = varlink_error(reply, "org.varlink.service.PermissionDenied", json_object());
	return r < 0 ? r : 0;
}

int
context_may_add(const struct context *context, const struct varlink_call *call,
		enum quota_kind kind, struct varlink_reply *reply)
{
	static const char *const limits[QUOTA_N_KINDS] = { "labels and jobs", "imported lines" };
	int r = context_may_change(call, reply);
	unsigned int seconds;

	if (r != 1 || call->peer->is_owner)
		return r;
	seconds = quota_take(context->quota, call->peer->uid, kind, state_now().mono_us);
	if (seconds == 0)
		return 1;

	const struct ls_wire_field fields[] = {
		{ "limit", json_string(limits[kind]) },
		{ "retry_seconds", json_integer(seconds) },
	};

	return context_error(reply, CONTEXT_INTERFACE ".TooFast", fields, LS_COUNT(fields));
}

void
context_observe(const struct context *context, const struct ls_observation *obs)
{
	if (context->hooks.observe)
		context->hooks.observe(obs, context->hooks.user);
	else
		ls_engine_observe(context->state->engine, obs);
}

int
context_flush(const struct context *context)
{
	return context->hooks.flush ? context->hooks.flush(context->hooks.user) : 0;
}

int
context_error(struct varlink_reply *reply, const char *error, const struct ls_wire_field *fields,
	      size_t n_fields)
{
	return varlink_error(reply, error, ls_wire_object(fields, n_fields));
}

int
context_bad_time(const char *field, const char *why, struct varlink_reply *reply)
{
	const struct ls_wire_field fields[] = {
		{ "field", json_string(field) },
		{ "why", json_string(why) },
	};

	return context_error(reply, CONTEXT_INTERFACE ".BadTime", fields, LS_COUNT(fields));
}

int
context_history_error(const struct context *context, int error, const char *unknown,
		      struct varlink_reply *reply)
{
	const char *problem = store_problem(context->store);

	if (error == -ENOMEM)
		return error;
	if (error == -ENOENT && unknown)
		return context_error(reply, CONTEXT_INTERFACE ".NoSuchPort",
				     &(const struct ls_wire_field){ "port", json_string(unknown) },
				     1);
	if (!*problem)
		problem = error == -EBADMSG ? "its file is damaged" : strerror(-error);
	return context_error(reply, CONTEXT_INTERFACE ".HistoryUnavailable",
			     &(const struct ls_wire_field){ "reason", json_string(problem) }, 1);
}

int
context_no_incident(int64_t id, struct varlink_reply *reply)
{
	return context_error(reply, CONTEXT_INTERFACE ".NoSuchIncident",
			     &(const struct ls_wire_field){ "id", json_integer(id) }, 1);
}

int
context_too_slow(struct varlink_reply *reply, size_t queued_bytes)
{
	const struct ls_wire_field field = { "queued_bytes",
					     json_integer((json_int_t)queued_bytes) };

	return context_error(reply, CONTEXT_INTERFACE ".TooSlow", &field, 1);
}

int
context_too_many(struct varlink_reply *reply, const char *limit, int maximum)
{
	const struct ls_wire_field fields[] = {
		{ "limit", json_string(limit) },
		{ "maximum", json_integer(maximum) },
	};

	return context_error(reply, CONTEXT_INTERFACE ".TooMany", fields, LS_COUNT(fields));
}
