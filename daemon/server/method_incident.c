#include "daemon/server/context.h"
#include "daemon/server/handlers.h"
#include "daemon/store/query.h"
#include "daemon/store/traffic.h"

static int
on_asked_incident(const struct ls_incident *incident, const struct ls_labels *labels, void *user)
{
	struct varlink_reply *reply = user;
	const struct ls_wire_field fields[] = {
		{ "incident", ls_wire_incident(incident, labels) },
	};

	return varlink_answer(reply, fields, LS_COUNT(fields));
}

int
method_get_incident(struct varlink_call *call, struct varlink_reply *reply, void *user)
{
	const struct context *context = user;
	int64_t id = json_integer_value(json_object_get(call->parameters, "id"));
	int r = store_incident(context->store, id, on_asked_incident, reply);

	if (r < 0)
		return context_history_error(context, r, NULL, reply);
	return r == 1 ? 0 : context_no_incident(id, reply);
}

static int
on_known_incident(const struct ls_incident *incident, const struct ls_labels *labels, void *user)
{
	(void)incident;
	(void)labels;
	(void)user;
	return 0;
}

static json_t *
transfers_array(const struct ls_tail *tail)
{
	ls_json_auto json_t *transfers = json_array();

	for (uint32_t i = 0; i < tail->n; i++) {
		if (json_array_append_new(transfers, ls_wire_transfer(&tail->records[i])) < 0)
			return NULL;
	}
	return LS_STEAL(&transfers);
}

int
method_get_transfers(struct varlink_call *call, struct varlink_reply *reply, void *user)
{
	const struct context *context = user;
	int64_t id = json_integer_value(json_object_get(call->parameters, "id"));
	struct ls_tail tail = { .n = 0 };
	int r = store_incident(context->store, id, on_known_incident, NULL);

	if (r == 0)
		return context_no_incident(id, reply);
	if (r == 1)
		r = store_tail(context->store, id, &tail);
	if (r < 0)
		return context_history_error(context, r, NULL, reply);
	return varlink_answer(
		reply, &(const struct ls_wire_field){ "transfers", transfers_array(&tail) }, 1);
}
