#include "daemon/server/varlink.h"

#include <errno.h>
#include <event2/buffer.h>
#include <stdlib.h>
#include <string.h>

#define SERVICE "org.varlink.service"

static const char service_description[] =
	"# The Varlink Service Interface is provided by every varlink service. It\n"
	"# describes the service and the interfaces it implements.\n"
	"interface org.varlink.service\n"
	"\n"
	"# Get a list of all the interfaces a service provides and information\n"
	"# about the implementation.\n"
	"method GetInfo() -> (\n"
	"  vendor: string,\n"
	"  product: string,\n"
	"  version: string,\n"
	"  url: string,\n"
	"  interfaces: []string\n"
	")\n"
	"\n"
	"# Get the description of an interface that is implemented by this service.\n"
	"method GetInterfaceDescription(interface: string) -> (description: string)\n"
	"\n"
	"# The requested interface was not found.\n"
	"error InterfaceNotFound (interface: string)\n"
	"\n"
	"# The requested method was not found\n"
	"error MethodNotFound (method: string)\n"
	"\n"
	"# The interface defines the requested method, but the service does not\n"
	"# implement it.\n"
	"error MethodNotImplemented (method: string)\n"
	"\n"
	"# One of the passed parameters is invalid.\n"
	"error InvalidParameter (parameter: string)\n"
	"\n"
	"# Client is denied access\n"
	"error PermissionDenied ()\n"
	"\n"
	"# Method is expected to be called with 'more' set to true, but wasn't\n"
	"error ExpectedMore ()\n";

static int
reply_with(struct varlink_reply *reply, const struct ls_wire_field *fields, size_t n_fields)
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
		{ "interfaces", json_pack("[s, s]", SERVICE, service->interface->name) },
	};

	(void)call;
	return reply_with(reply, fields, LS_COUNT(fields));
}

static int
get_interface_description(struct varlink_call *call, struct varlink_reply *reply, void *user)
{
	const struct varlink_service *service = user;
	const char *name = json_string_value(json_object_get(call->parameters, "interface"));
	const char *description = NULL;

	if (strcmp(name, SERVICE) == 0)
		description = service_description;
	else if (strcmp(name, service->interface->name) == 0)
		description = service->interface->description;
	if (!description)
		return error_about(reply, SERVICE ".InterfaceNotFound", "interface",
				   json_string(name));
	return reply_with(reply, &(struct ls_wire_field){ "description", json_string(description) },
			  1);
}

static const struct varlink_method service_methods[] = {
	{ "GetInfo", get_info, false, { { 0 } } },
	{ "GetInterfaceDescription",
	  get_interface_description,
	  false,
	  { { "interface", VARLINK_STRING, false } } },
};

static const struct varlink_interface service_interface = {
	.name = SERVICE,
	.description = service_description,
	.methods = service_methods,
	.n_methods = LS_COUNT(service_methods),
};

static bool
fits(const json_t *value, const struct varlink_parameter *parameter)
{
	if (!value || json_is_null(value))
		return parameter->optional;
	if (parameter->type == VARLINK_STRING)
		return json_is_string(value);
	if (parameter->type == VARLINK_INT)
		return json_is_integer(value);
	if (parameter->type == VARLINK_BOOL)
		return json_is_boolean(value);
	for (size_t i = 0; i < json_array_size(value); i++) {
		const json_t *item = json_array_get(value, i);

		if (parameter->type == VARLINK_STRINGS ? !json_is_string(item)
						       : !json_is_object(item))
			return false;
	}
	return json_is_array(value);
}

/* The first parameter that the method does not take as it is; NULL if all are fine. */
static const char *
find_invalid(const struct varlink_method *method, json_t *parameters)
{
	const struct varlink_parameter *known;
	const char *name;
	json_t *value;

	for (known = method->parameters; known->name; known++) {
		if (!fits(json_object_get(parameters, known->name), known))
			return known->name;
	}
	json_object_foreach(parameters, name, value)
	{
		for (known = method->parameters; known->name; known++) {
			if (strcmp(known->name, name) == 0)
				break;
		}
		if (!known->name)
			return name;
	}
	return NULL;
}

static int
call_method(const struct varlink_method *method, struct varlink_call *call,
	    struct varlink_reply *reply, void *user)
{
	const char *invalid = find_invalid(method, call->parameters);

	if (invalid)
		return varlink_invalid(reply, invalid);
	if (!method->fn)
		return error_about(reply, SERVICE ".MethodNotImplemented", "method",
				   json_string(call->method));
	if (call->upgrade) /* to another protocol: no method of ours has one */
		return varlink_invalid(reply, "upgrade");
	if (method->streams && !call->more)
		return varlink_error(reply, SERVICE ".ExpectedMore", json_object());
	return method->fn(call, reply, user);
}

static int
dispatch(const struct varlink_service *service, struct varlink_call *call,
	 struct varlink_reply *reply)
{
	const char *dot = strrchr(call->method, '.');
	size_t len = dot ? (size_t)(dot - call->method) : strlen(call->method);
	const struct varlink_interface *interface = service->interface;
	void *user = service->user;

	if (strlen(SERVICE) == len && memcmp(call->method, SERVICE, len) == 0) {
		interface = &service_interface;
		user = (void *)(uintptr_t)service;
	}
	if (!dot || strlen(interface->name) != len ||
	    memcmp(call->method, interface->name, len) != 0)
		return error_about(reply, SERVICE ".InterfaceNotFound", "interface",
				   json_stringn(call->method, len));
	for (size_t i = 0; i < interface->n_methods; i++) {
		if (strcmp(interface->methods[i].name, dot + 1) == 0)
			return call_method(&interface->methods[i], call, reply, user);
	}
	return error_about(reply, SERVICE ".MethodNotFound", "method", json_string(call->method));
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

/* What is no call: said once, then the peer is hung up on, for nobody knows what it means next. */
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
	if (r == 1)
		r = dispatch(service, &peer->call, &reply);
	else if (r == -EBADMSG || r == -EMSGSIZE)
		r = refuse(out, r);
	else if (r == 0)
		return 0;
	r = finish_reply(peer, &reply, r, out);
	return r < 0 ? r : 1;
}
