#include "daemon/server/method_watch.h"

#include <errno.h>

#include "daemon/server/handlers.h"
#include "daemon/store/labels.h"

int
method_watch(struct varlink_call *call, struct varlink_reply *reply, void *user)
{
	(void)user;
	reply->parameters =
		ls_wire_object(&(const struct ls_wire_field){ "ready", json_true() }, 1);
	reply->continues = call->watching = true;
	return reply->parameters ? 0 : -ENOMEM;
}

int
method_watch_reply(const struct context *context, const struct ls_record *record,
		   struct varlink_reply *reply)
{
	const struct ls_incident *incident = record->incident;
	struct ls_wire_field field = { 0 };
	struct store_labels kept;

	if (record->kind == LS_RECORD_EVENT) {
		field = (struct ls_wire_field){ "event", ls_wire_event(record->event) };
	} else if (record->kind == LS_RECORD_GAP) {
		field = (struct ls_wire_field){ "gap", ls_wire_gap(record->gap) };
	} else if (record->kind == LS_RECORD_INCIDENT && incident->settled) {
		/* A label that cannot be read is left out: the incident matters more. */
		(void)store_labels(context->store, &incident->socket, incident->session, &kept);
		field.name = "incident";
		field.value = ls_wire_incident(
			incident,
			&(const struct ls_labels){ kept.socket, kept.cable, kept.cable_assumed });
	} else {
		return 0;
	}
	*reply = (struct varlink_reply){
		.parameters = ls_wire_object(&field, 1),
		.continues = true,
	};
	return reply->parameters ? 1 : -ENOMEM;
}
