#include "daemon/server/methods.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/server/handlers.h"
#include "daemon/server/server.h"
#include "lib/base/cursor.h"
#include "daemon/store/labels.h"
#include "daemon/store/open.h"
#include "daemon/store/query.h"
#include "lib/base/time.h"

#define INTERFACE METHODS_INTERFACE

int
methods_error(struct varlink_reply *reply, const char *error, const struct ls_wire_field *fields,
	      size_t n_fields)
{
	return varlink_error(reply, error, ls_wire_object(fields, n_fields));
}

int
methods_may_change(const struct varlink_call *call, struct varlink_reply *reply)
{
	int r;

	if (call->peer->may_change)
		return 1;
	r = varlink_error(reply, "org.varlink.service.PermissionDenied", json_object());
	return r < 0 ? r : 0;
}

int
methods_flush(const struct methods *methods)
{
	return methods->hooks.flush ? methods->hooks.flush(methods->hooks.user) : 0;
}

/* 1: @real_us is set where the parameter is there, 0: @reply says what is wrong. */
static int
take_time(const struct varlink_call *call, const char *field, int64_t *real_us,
	  struct varlink_reply *reply)
{
	const char *text = json_string_value(json_object_get(call->parameters, field));
	int r;

	if (!text || ls_time_parse(text, real_us) == 1)
		return 1;
	r = methods_error(reply, INTERFACE ".BadTime",
			  (const struct ls_wire_field[]){
				  { "field", json_string(field) },
				  { "why", json_string("it is no time like 2026-11-22T14:03:11Z") },
			  },
			  2);
	return r < 0 ? r : 0;
}

static int
take_window(struct store_filter *filter, const struct varlink_call *call,
	    struct varlink_reply *reply)
{
	int r = take_time(call, "since", &filter->since_us, reply);

	if (r == 1)
		r = take_time(call, "until", &filter->until_us, reply);
	if (r != 1 || filter->since_us <= filter->until_us)
		return r;
	r = methods_error(reply, INTERFACE ".BadTime",
			  (const struct ls_wire_field[]){
				  { "field", json_string("until") },
				  { "why", json_string("it is before since") },
			  },
			  2);
	return r < 0 ? r : 0;
}

static int
take_ports(struct methods_asked *asked, const struct varlink_call *call,
	   struct varlink_reply *reply)
{
	const json_t *ports = json_object_get(call->parameters, "ports");
	size_t n = json_array_size(ports);
	int r;

	if (n > SERVER_PAGE) {
		r = varlink_invalid(reply, "ports");
		return r < 0 ? r : 0;
	}
	asked->ports = calloc(n + 1, sizeof(*asked->ports));
	if (!asked->ports)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		asked->ports[i] = json_string_value(json_array_get(ports, i));
	asked->filter.ports = asked->ports;
	asked->filter.n_ports = n;
	return 1;
}

/* Where the page begins: behind what was sent, or where the peer says it was. */
static int
take_cursor(struct store_filter *filter, const struct varlink_call *call,
	    struct varlink_reply *reply)
{
	const char *text = json_string_value(json_object_get(call->parameters, "cursor"));
	struct ls_cursor cur;
	uint64_t id = 0;
	int r;

	filter->after_id = call->position;
	if (!text || call->position > 0)
		return 1;
	cur = ls_cursor_of(text, strlen(text));
	if (ls_take_uint(&cur, INT64_MAX, &id) && ls_cursor_left(&cur) == 0 && id > 0) {
		filter->after_id = (int64_t)id;
		return 1;
	}
	r = methods_error(reply, INTERFACE ".BadCursor",
			  &(const struct ls_wire_field){ "cursor", json_string(text) }, 1);
	return r < 0 ? r : 0;
}

static int
take_limit(struct store_filter *filter, const struct varlink_call *call,
	   struct varlink_reply *reply)
{
	const json_t *limit = json_object_get(call->parameters, "limit");
	int r;

	filter->limit = SERVER_PAGE;
	if (!json_is_integer(limit))
		return 1;
	if (json_integer_value(limit) < 1) {
		r = varlink_invalid(reply, "limit");
		return r < 0 ? r : 0;
	}
	if (json_integer_value(limit) < SERVER_PAGE)
		filter->limit = (size_t)json_integer_value(limit);
	return 1;
}

int
methods_asked_init(struct methods_asked *asked, const struct varlink_call *call,
		   struct varlink_reply *reply)
{
	int r;

	*asked = (struct methods_asked){
		.filter = { .since_us = INT64_MIN, .until_us = INT64_MAX },
	};
	r = take_window(&asked->filter, call, reply);
	if (r == 1)
		r = take_ports(asked, call, reply);
	if (r == 1)
		r = take_cursor(&asked->filter, call, reply);
	return r == 1 ? take_limit(&asked->filter, call, reply) : r;
}

void
methods_asked_done(struct methods_asked *asked)
{
	free(asked->ports);
}

int
methods_history_error(const struct methods *methods, int error, const char *unknown,
		      struct varlink_reply *reply)
{
	const char *trouble = store_trouble(methods->store);

	if (error == -ENOMEM)
		return error;
	if (error == -ENOENT && unknown)
		return methods_error(reply, INTERFACE ".NoSuchPort",
				     &(const struct ls_wire_field){ "port", json_string(unknown) },
				     1);
	if (!*trouble)
		trouble = error == -EBADMSG ? "its file is damaged" : strerror(-error);
	return methods_error(reply, INTERFACE ".HistoryUnavailable",
			     &(const struct ls_wire_field){ "reason", json_string(trouble) }, 1);
}

int
methods_no_incident(int64_t id, struct varlink_reply *reply)
{
	return methods_error(reply, INTERFACE ".NoSuchIncident",
			     &(const struct ls_wire_field){ "id", json_integer(id) }, 1);
}

static int
on_asked_incident(const struct ls_incident *incident, const struct ls_labels *labels, void *user)
{
	struct varlink_reply *reply = user;
	const struct ls_wire_field fields[] = {
		{ "incident", ls_wire_incident(incident, labels) },
	};

	reply->parameters = ls_wire_object(fields, LS_COUNT(fields));
	return reply->parameters ? 0 : -ENOMEM;
}

int
method_get_incident(struct varlink_call *call, struct varlink_reply *reply, void *user)
{
	const struct methods *methods = user;
	int64_t id = json_integer_value(json_object_get(call->parameters, "id"));
	int r = store_incident(methods->store, id, on_asked_incident, reply);

	if (r < 0)
		return methods_history_error(methods, r, NULL, reply);
	return r == 1 ? 0 : methods_no_incident(id, reply);
}

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
methods_watch_reply(struct methods *methods, const struct ls_record *record,
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
		(void)store_labels(methods->store, &incident->socket, incident->session, &kept);
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

int
methods_too_slow(struct varlink_reply *reply, size_t queued_bytes)
{
	const struct ls_wire_field field = { "queued_bytes",
					     json_integer((json_int_t)queued_bytes) };

	return methods_error(reply, INTERFACE ".TooSlow", &field, 1);
}

int
methods_too_many(struct varlink_reply *reply, const char *limit, int maximum)
{
	const struct ls_wire_field fields[] = {
		{ "limit", json_string(limit) },
		{ "maximum", json_integer(maximum) },
	};

	return methods_error(reply, INTERFACE ".TooMany", fields, LS_COUNT(fields));
}

static const struct varlink_interface io_linkstat = {
	.contract = &ls_contract_io_linkstat,
	.handlers = handlers,
};

void
methods_service(struct methods *methods, struct varlink_service *service)
{
	*service = (struct varlink_service){
		.vendor = "linkstat",
		.product = "linkstatd",
		.version = LINKSTAT_VERSION,
		.url = "",
		.interface = &io_linkstat,
		.max_message = SERVER_MAX_MESSAGE,
		.user = methods,
	};
}
