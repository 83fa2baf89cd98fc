#include "daemon/server/varlink.h"

#include <errno.h>
#include <event2/buffer.h>
#include <string.h>

#define SERVICE "org.varlink.service"

int
varlink_answer(struct varlink_reply *reply, const struct ls_wire_field *fields, size_t n_fields)
{
	reply->parameters = ls_wire_object(fields, n_fields);
	return reply->parameters ? 0 : -ENOMEM;
}

int
varlink_error(struct varlink_reply *reply, const char *error, json_t *parameters)
{
	json_decref(reply->parameters);
	reply->error = error;
	reply->parameters = parameters;
	reply->continues = false;
	return parameters ? 0 : -ENOMEM;
}

static int
error_about(struct varlink_reply *reply, const char *error, const char *field, json_t *value)
{
	const struct ls_wire_field fields[] = { { field, value } };

	return varlink_error(reply, error, ls_wire_object(fields, LS_COUNT(fields)));
}

int
varlink_invalid(struct varlink_reply *reply, const char *parameter)
{
	return error_about(reply, SERVICE ".InvalidParameter", "parameter", json_string(parameter));
}

static int
get_info(struct varlink_call *call, struct varlink_reply *reply, void *user)
{
	const struct varlink_service *service = user;
	const struct ls_wire_field fields[] = {
		{ "vendor", json_string(service->vendor) },
		{ "product", json_string(service->product) },
		{ "version", json_string(service->version) },
		{ "url", json_string(service->url) },
		{ "interfaces", json_pack("[s, s]", SERVICE, service->interface->contract->name) },
	};

	(void)call;
	return varlink_answer(reply, fields, LS_COUNT(fields));
}

static int
get_interface_description(struct varlink_call *call, struct varlink_reply *reply, void *user)
{
	const struct varlink_service *service = user;
	const char *name = json_string_value(json_object_get(call->parameters, "interface"));
	const char *description = NULL;

	if (strcmp(name, SERVICE) == 0)
		description = ls_contract_org_varlink_service.description;
	else if (strcmp(name, service->interface->contract->name) == 0)
		description = service->interface->contract->description;
	if (!description)
		return error_about(reply, SERVICE ".InterfaceNotFound", "interface",
				   json_string(name));
	return varlink_answer(
		reply, &(struct ls_wire_field){ "description", json_string(description) }, 1);
}

/* In the order of the methods in the contract. */
static const varlink_method_fn service_handlers[] = { get_info, get_interface_description };

static const struct varlink_interface service_interface = {
	.contract = &ls_contract_org_varlink_service,
	.handlers = service_handlers,
};

/* The first parameter that the method does not take as it is; NULL if all are fine. */
static const char *
find_invalid(const struct ls_contract_type *type, const json_t *parameters)
{
	struct ls_contract_fault fault;

	for (size_t i = 0; i < type->n_members; i++) {
		const struct ls_contract_member *member = &type->members[i];

		if (ls_contract_check_member(type, member,
					     json_object_get(parameters, member->name),
					     LS_CONTRACT_NO_OTHERS, &fault) < 0)
			return member->name;
	}
	return ls_contract_unknown(type, parameters);
}

static int
call_method(const struct varlink_interface *interface, const struct ls_contract_method *method,
	    struct varlink_call *call, struct varlink_reply *reply, void *user)
{
	const char *invalid = find_invalid(method->call, call->parameters);

	if (invalid)
		return varlink_invalid(reply, invalid);
	if (call->upgrade) /* to another protocol: no method of ours has one */
		return varlink_invalid(reply, "upgrade");
	if (method->streams && !call->more)
		return varlink_error(reply, SERVICE ".ExpectedMore", json_object());
	return interface->handlers[method - interface->contract->methods](call, reply, user);
}

static int
dispatch(const struct varlink_service *service, struct varlink_call *call,
	 struct varlink_reply *reply)
{
	const char *dot = strrchr(call->method, '.');
	size_t len = dot ? (size_t)(dot - call->method) : strlen(call->method);
	const struct varlink_interface *interface = service->interface;
	const struct ls_contract_method *method;
	const char *name;
	void *user = service->user;

	if (strlen(SERVICE) == len && memcmp(call->method, SERVICE, len) == 0) {
		interface = &service_interface;
		user = (void *)(uintptr_t)service;
	}
	name = interface->contract->name;
	if (!dot || strlen(name) != len || memcmp(call->method, name, len) != 0)
		return error_about(reply, SERVICE ".InterfaceNotFound", "interface",
				   json_stringn(call->method, len));
	method = ls_contract_method(interface->contract, dot + 1);
	if (!method)
		return error_about(reply, SERVICE ".MethodNotFound", "method",
				   json_string(call->method));
	return call_method(interface, method, call, reply, user);
}

void
varlink_peer_init(struct varlink_peer *peer)
{
	*peer = (struct varlink_peer){ .uid = -1 };
}

static void
end_call(struct varlink_peer *peer)
{
	if (peer->call.release)
		peer->call.release(peer->call.state);
	json_decref(peer->call.message);
	peer->call = (struct varlink_call){ 0 };
}

void
varlink_peer_done(struct varlink_peer *peer)
{
	end_call(peer);
}

/* A flag that is missing or null is not set. */
static bool
take_flag(const json_t *message, const char *name, bool *flag)
{
	const json_t *value = json_object_get(message, name);

	*flag = json_is_true(value);
	return !value || json_is_boolean(value) || json_is_null(value);
}

/* 1 with a call, or -EBADMSG, -ENOMEM. */
static int
parse_call(const char *text, size_t len, struct varlink_call *call)
{
	json_t *parameters;

	call->message = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
	if (!json_is_object(call->message))
		return -EBADMSG;
	call->method = json_string_value(json_object_get(call->message, "method"));
	parameters = json_object_get(call->message, "parameters");
	if (!call->method ||
	    (parameters && !json_is_object(parameters) && !json_is_null(parameters)))
		return -EBADMSG;
	if (!take_flag(call->message, "more", &call->more) ||
	    !take_flag(call->message, "oneway", &call->oneway) ||
	    !take_flag(call->message, "upgrade", &call->upgrade))
		return -EBADMSG;
	if (!json_is_object(parameters)) {
		parameters = json_object();
		if (json_object_set_new(call->message, "parameters", parameters) < 0)
			return -ENOMEM;
	}
	call->parameters = parameters;
	return 1;
}

/* The next whole message. 1: peer->call is set, 0: not yet there, or -EBADMSG, -EMSGSIZE. */
static int
take_call(struct varlink_peer *peer, size_t max_message, struct evbuffer *in)
{
	struct evbuffer_ptr from, end;
	size_t len = evbuffer_get_length(in);
	char *text;
	int r;

	if (len == peer->n_scanned)
		return 0;
	(void)evbuffer_ptr_set(in, &from, peer->n_scanned, EVBUFFER_PTR_SET);
	end = evbuffer_search(in, "", 1, &from);
	if ((end.pos < 0 && len > max_message) || end.pos > (ev_ssize_t)max_message)
		return -EMSGSIZE;
	if (end.pos < 0) {
		peer->n_scanned = len;
		return 0;
	}
	text = (char *)evbuffer_pullup(in, end.pos + 1);
	if (!text)
		return -ENOMEM;
	r = parse_call(text, (size_t)end.pos, &peer->call);
	(void)evbuffer_drain(in, (size_t)end.pos + 1);
	peer->n_scanned = 0;
	return r;
}

static int
append(const char *text, size_t len, void *out)
{
	return evbuffer_add(out, text, len);
}

int
varlink_add_reply(struct evbuffer *out, struct varlink_reply *reply)
{
	ls_json_auto json_t *message = json_object();
	struct evbuffer *whole = evbuffer_new();
	json_t *parameters = reply->parameters ? LS_STEAL(&reply->parameters) : json_object();
	int r = -ENOMEM;

	if (json_object_set_new(message, "parameters", parameters) == 0 && whole &&
	    (!reply->error ||
	     json_object_set_new(message, "error", json_string(reply->error)) == 0) &&
	    (!reply->continues || json_object_set_new(message, "continues", json_true()) == 0) &&
	    json_dump_callback(message, append, whole, LS_WIRE_DUMP) == 0 &&
	    evbuffer_add(whole, "", 1) == 0 && evbuffer_add_buffer(out, whole) == 0)
		r = 0;
	if (whole)
		evbuffer_free(whole);
	return r;
}

/* Not a call: report once, then disconnect, because the framing may be lost. */
static int
refuse(struct evbuffer *out, int why)
{
	struct varlink_reply reply = { 0 };

	if (varlink_invalid(&reply, "message") == 0)
		(void)varlink_add_reply(out, &reply);
	return why;
}

/* The reply goes out, or with @r < 0 nothing does; the call ends unless it continues. */
static int
finish_reply(struct varlink_peer *peer, struct varlink_reply *reply, int r, struct evbuffer *out)
{
	if (r == 0 && peer->call.oneway)
		json_decref(LS_STEAL(&reply->parameters));
	else if (r == 0)
		r = varlink_add_reply(out, reply);
	if (r < 0)
		json_decref(reply->parameters);
	if (r < 0 || peer->call.oneway || !reply->continues)
		end_call(peer);
	return r;
}

int
varlink_again(struct varlink_peer *peer, const struct varlink_service *service,
	      struct evbuffer *out)
{
	struct varlink_reply reply = { 0 };

	return finish_reply(peer, &reply, dispatch(service, &peer->call, &reply), out);
}

int
varlink_turn(struct varlink_peer *peer, const struct varlink_service *service, struct evbuffer *in,
	     struct evbuffer *out)
{
	struct varlink_reply reply = { 0 };
	int r = 1;

	if (peer->call.watching)
		return 0;
	if (!peer->call.message)
		r = take_call(peer, service->max_message, in);
	peer->call.peer = peer;
	if (r == 1 && service->is_aside && service->is_aside(peer->call.method))
		return VARLINK_ASIDE;
	if (r == 1)
		r = dispatch(service, &peer->call, &reply);
	else if (r == -EBADMSG || r == -EMSGSIZE)
		r = refuse(out, r);
	else if (r == 0)
		return 0;
	r = finish_reply(peer, &reply, r, out);
	return r < 0 ? r : 1;
}
