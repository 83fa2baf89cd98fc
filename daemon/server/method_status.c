#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/server/context.h"
#include "daemon/server/handlers.h"
#include "daemon/server/method_import.h"
#include "daemon/base/host.h"
#include "daemon/sources/typec.h"
#include "lib/base/port.h"
#include "daemon/store/filter.h"
#include "daemon/store/query.h"

#define DAY_US	(24 * 3600 * (int64_t)LS_SEC)
#define HOUR_US (3600 * (int64_t)LS_SEC) /* that a clock may have been ahead until now */

/* A root hub, with the ID_PATH of its controller. */
struct root {
	char name[LS_PORT_NAME_MAX];
	char id_path[LS_ID_PATH_MAX];
};

/* Everything that one answer is made of; too big for a stack. */
struct status {
	const struct context *context;
	struct ls_instant now;
	json_t *controllers, *ports;
	struct root roots[LS_MAX_BUSES];
	size_t n_roots;
	struct ls_session sessions[LS_MAX_SESSIONS];
	size_t n_sessions;
	int error; /* of the history, 0: none */
	bool out_of_memory;
};

static void
status_free(struct status *status)
{
	if (!status)
		return;
	json_decref(status->controllers);
	json_decref(status->ports);
	free(status);
}
LS_DEFINE_AUTO(status)

static json_t *
find_controller(const struct status *status, const char *id_path)
{
	json_t *controller;
	size_t i;

	json_array_foreach(status->controllers, i, controller)
	{
		const char *port = json_string_value(json_object_get(controller, "port"));

		if (strcmp(port, id_path) == 0)
			return controller;
	}
	return NULL;
}

static void
on_bus(uint16_t bus, const char *controller, const char *description, void *user)
{
	struct status *status = user;
	struct root *root = &status->roots[status->n_roots];
	json_t *known;

	if (status->n_roots == LS_COUNT(status->roots))
		return; /* the engine keeps no more */
	snprintf(root->name, sizeof(root->name), "usb%u", (unsigned int)bus);
	if (ls_port_id_path(root->name, controller, root->id_path) != 1)
		return;
	status->n_roots++;
	known = find_controller(status, root->id_path);
	if (!known) {
		const struct ls_wire_field fields[] = {
			{ "port", json_string(root->id_path) },
			{ "names", json_array() },
			{ "description", json_string(description) },
		};

		known = ls_wire_object(fields, LS_COUNT(fields));
		if (json_array_append_new(status->controllers, known) < 0)
			status->out_of_memory = true;
	}
	if (json_array_append_new(json_object_get(known, "names"), json_string(root->name)) < 0)
		status->out_of_memory = true;
}

/* The two halves of one hub are one port, shown as the faster one; both must be present. */
static void
on_session(const struct ls_session *session, void *user)
{
	struct status *status = user;
	struct ls_session *other = NULL;

	if (strncmp(session->link, "usb", 3) == 0)
		return; /* a root hub: that is the controller */
	for (size_t i = 0; i < status->n_sessions && !other; i++) {
		if (strcmp(status->sessions[i].socket.id_path, session->socket.id_path) == 0)
			other = &status->sessions[i];
	}
	if (!other && status->n_sessions < LS_COUNT(status->sessions)) {
		status->sessions[status->n_sessions++] = *session;
	} else if (other) {
		bool present = other->present && session->present;

		if (session->device.speed > other->device.speed)
			*other = *session;
		other->present = present;
	}
}

/* ID_PATH of what @session hangs on: the socket of its hub, or the controller. NULL if unknown. */
static const char *
parent_of(const struct status *status, const struct ls_session *session)
{
	char parent[LS_PORT_NAME_MAX];

	/* By the socket's name and not the link's: a hub's halves share the USB 2 half's name. */
	if (ls_port_parent(session->socket.name, parent) != 1)
		return NULL;
	for (size_t i = 0; i < status->n_roots; i++) {
		if (strcmp(status->roots[i].name, parent) == 0)
			return status->roots[i].id_path;
	}
	for (size_t i = 0; i < status->n_sessions; i++) {
		const struct ls_session *hub = &status->sessions[i];

		if (strcmp(hub->link, parent) == 0 || strcmp(hub->socket.name, parent) == 0)
			return hub->socket.id_path;
	}
	return NULL;
}

/* "05ac:12a8", or null if it is not known. */
static json_t *
ids_or_null(uint16_t vid, uint16_t pid)
{
	return vid ? json_sprintf("%04x:%04x", vid, pid) : json_null();
}

static json_t *
cable_object(const struct ls_typec_cable *cable)
{
	const struct ls_wire_field fields[] = {
		{ "type", ls_wire_optional(cable->type) },
		{ "plug", ls_wire_optional(cable->plug) },
		{ "model", ids_or_null(cable->vid, cable->pid) },
		{ "speed", ls_wire_optional(cable->speed) },
		{ "current_ma", cable->current_ma ? json_integer(cable->current_ma) : json_null() },
	};

	return ls_wire_object(fields, LS_COUNT(fields));
}

/* Read for every call: nothing is kept that could be out of date. */
static json_t *
typec_object(const struct daemon_state *state, const struct ls_session *session)
{
	struct ls_typec typec;

	if (!session->present || typec_read(state->root, session->link, &typec) <= 0)
		return json_null();

	const struct ls_wire_field fields[] = {
		{ "orientation", ls_wire_optional(typec.orientation) },
		{ "power_role", ls_wire_optional(typec.power_role) },
		{ "partner", ids_or_null(typec.partner_vid, typec.partner_pid) },
		{ "cable", typec.has_cable ? cable_object(&typec.cable) : json_null() },
	};

	return ls_wire_object(fields, LS_COUNT(fields));
}

static json_t *
computer_object(const struct daemon_state *state)
{
	struct host_machine machine;

	host_read_machine(state->root, &machine);

	const struct ls_wire_field fields[] = {
		{ "kernel", json_string(machine.kernel) },
		{ "model", ls_wire_optional(machine.model) },
		{ "bios", ls_wire_optional(machine.bios) },
		{ "usbfs_memory_mb", machine.usbfs_memory_mb >= 0
					     ? json_integer(machine.usbfs_memory_mb)
					     : json_null() },
	};

	return ls_wire_object(fields, LS_COUNT(fields));
}

static json_t *
port_object(struct status *status, const struct ls_session *session)
{
	char label[LS_STRING_MAX];
	const struct store_filter day = { .since_us = status->now.real_us - DAY_US,
					  .until_us = status->now.real_us + HOUR_US };
	int64_t n_drops = 0;
	bool ok = session->present;
	int r = store_socket(status->context->store, session->socket.id_path, &day, &n_drops,
			     label);

	if (r < 0)
		status->error = r;

	const struct ls_wire_field fields[] = {
		{ "port", json_string(session->socket.id_path) },
		{ "name", json_string(session->socket.name) },
		{ "parent", ls_wire_optional(parent_of(status, session)) },
		{ "label", ls_wire_optional(label) },
		{ "cable", ls_wire_optional(session->cable) },
		{ "cable_assumed", json_boolean(session->cable_assumed) },
		{ "device", ls_wire_device(&session->device) },
		{ "state", json_string(ok ? "ok" : "dropped") },
		{ "connected_at", ok ? ls_wire_time(session->present_since.real_us) : json_null() },
		{ "drops", json_integer(n_drops) },
		{ "typec", typec_object(status->context->state, session) },
	};

	return ls_wire_object(fields, LS_COUNT(fields));
}

static json_t *
sources_array(const struct daemon_state *state)
{
	ls_json_auto json_t *array = json_array();

	for (int i = LS_SOURCE_NONE + 1; i < LS_SOURCE_HOST; i++) {
		const struct source_state *source = &state->sources[i];
		const struct ls_wire_field fields[] = {
			{ "name", json_string(ls_source_name((enum ls_source)i)) },
			{ "sees", json_boolean(source->available) },
			{ "detail", json_string(source->detail) },
			{ "fix", ls_wire_optional(source->fix) },
		};
		json_t *object = ls_wire_object(fields, LS_COUNT(fields));

		if (json_array_append_new(array, object) < 0)
			return NULL;
	}
	return LS_STEAL(&array);
}

static int
on_last_drop(const struct ls_incident *incident, const struct ls_labels *labels, void *user)
{
	json_t **drop = user;

	*drop = ls_wire_incident(incident, labels);
	return *drop ? 0 : -ENOMEM;
}

/* The engine's view; 0 or -ENOMEM. Errors of the history are in status->error. */
static int
collect(struct status *status)
{
	const struct ls_engine *engine = status->context->state->engine;

	status->controllers = json_array();
	status->ports = json_array();
	if (engine) {
		ls_engine_visit_buses(engine, on_bus, status);
		ls_engine_visit_sessions(engine, on_session, status);
	}
	for (size_t i = 0; i < status->n_sessions; i++) {
		json_t *port = port_object(status, &status->sessions[i]);

		if (json_array_append_new(status->ports, port) < 0)
			status->out_of_memory = true;
	}
	return status->out_of_memory || !status->controllers || !status->ports ? -ENOMEM : 0;
}

int
method_status(struct varlink_call *call, struct varlink_reply *reply, void *user)
{
	struct context *context = user;
	const struct daemon_state *state = context->state;
	ls_auto(status) *status = calloc(1, sizeof(*status));
	json_t *last_drop = NULL;
	int r;

	(void)call;
	if (!status)
		return -ENOMEM;
	status->context = context;
	status->now = state_now();
	r = collect(status);
	if (r < 0)
		return r;
	r = store_last_drop(context->store, status->now.real_us + HOUR_US, on_last_drop,
			    &last_drop);
	if (r == -ENOMEM || status->error == -ENOMEM)
		return -ENOMEM;

	const char *trouble =
		r < 0 || status->error ? "The history cannot be read now." : state->history_trouble;
	const struct ls_wire_field fields[] = {
		{ "version", json_string(LINKSTAT_VERSION) },
		{ "watching_since", ls_wire_time(state->watching_since.real_us) },
		{ "now", ls_wire_time(status->now.real_us) },
		{ "history_path", ls_wire_optional(state->history_path) },
		{ "history_trouble", ls_wire_optional(trouble) },
		{ "sources", sources_array(state) },
		{ "controllers", LS_STEAL(&status->controllers) },
		{ "ports", LS_STEAL(&status->ports) },
		{ "last_drop", last_drop ? last_drop : json_null() },
		{ "computer", computer_object(state) },
		{ "imported", method_imported(context) },
	};

	return varlink_answer(reply, fields, LS_COUNT(fields));
}
