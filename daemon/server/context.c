#include "daemon/server/context.h"

int
context_may_change(const struct varlink_call *call, struct varlink_reply *reply)
{
	int r;

	if (call->peer->may_change)
		return 1;
	r = varlink_error(reply, "org.varlink.service.PermissionDenied", json_object());
	return r < 0 ? r : 0;
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
