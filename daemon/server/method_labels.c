#include "daemon/server/method_labels.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/server/context.h"
#include "daemon/server/handlers.h"
#include "lib/base/label.h"
#include "lib/base/text.h"
#include "daemon/store/labels.h"
#include "daemon/store/relabel.h"
#include "lib/base/time.h"

#define STATEMENTS_MAX 256

static const char *
text_of(const struct varlink_call *call, const char *name)
{
	return json_string_value(json_object_get(call->parameters, name));
}

int
method_labels_find_socket(const struct context *context, const char *port, struct ls_socket *ret,
			  struct varlink_reply *reply)
{
	struct ls_engine *engine = context->state->engine;
	const struct ls_session *session = engine ? ls_engine_session_on(engine, port) : NULL;
	int r;

	if (session) {
		*ret = session->socket;
		return 1;
	}
	r = store_find_socket(context->store, port, ret);
	if (r == 1)
		return 1;
	r = context_history_error(context, r < 0 ? r : -ENOENT, port, reply);
	return r < 0 ? r : 0;
}

static int
bad_label(const char *label, const char *why, struct varlink_reply *reply)
{
	char clean[4 * LS_LABEL_MAX];
	int r;

	ls_text_clean(clean, sizeof(clean), label, strlen(label));
	r = context_error(reply, CONTEXT_INTERFACE ".BadLabel",
			  (const struct ls_wire_field[]){ { "label", json_string(clean) },
							  { "why", json_string(why) } },
			  2);
	return r < 0 ? r : 0;
}

int
method_labels_check(const char *label, bool of_socket, struct varlink_reply *reply)
{
	const char *why = "";
	int r = of_socket ? ls_label_check_socket(label, &why) : ls_label_check(label, &why);

	return r == 1 ? 1 : bad_label(label, why, reply);
}

/* Permission, label and port, for both methods that set a label. 1, or 0: see @reply. */
static int
prepare(const struct context *context, const struct varlink_call *call, struct varlink_reply *reply,
	struct store_statement *statement)
{
	bool of_socket = statement->about == STORE_ABOUT_SOCKET;
	const char *label = text_of(call, of_socket ? "label" : "cable");
	int r = context_may_add(context, call, QUOTA_CHANGE, reply);

	if (r == 1 && label)
		r = method_labels_check(label, of_socket, reply);
	if (r == 1)
		r = method_labels_find_socket(context, text_of(call, "port"), &statement->socket,
					      reply);
	if (r != 1)
		return r;
	ls_text_copy(statement->label, sizeof(statement->label), label ? label : "");
	statement->uid = call->peer->uid;
	statement->said_us = statement->since_us = state_now().real_us;
	return 1;
}

static int
nothing_plugged(const struct ls_socket *socket, struct varlink_reply *reply)
{
	return context_error(reply, CONTEXT_INTERFACE ".NothingPlugged",
			     &(const struct ls_wire_field){ "port", json_string(socket->name) }, 1);
}

/* The cable is there from now on: the engine ends the session. 1, or 0: see @reply. */
static int
set_from_now(const struct context *context, struct store_statement *statement, int64_t *id,
	     struct varlink_reply *reply)
{
	struct ls_engine *engine = context->state->engine;
	const struct ls_session *session =
		engine ? ls_engine_session_on(engine, statement->socket.id_path) : NULL;
	struct ls_observation obs = { .at = state_now(), .kind = LS_OBS_CABLE };
	int r;

	if (!session) {
		r = nothing_plugged(&statement->socket, reply);
		return r < 0 ? r : 0;
	}
	obs.devnum = session->devnum;
	memcpy(obs.port, session->link, sizeof(obs.port));
	memcpy(statement->before, session->cable, sizeof(statement->before));
	ls_text_copy(obs.label, sizeof(obs.label), statement->label);
	context_observe(context, &obs);
	session = ls_engine_session_on(engine, statement->socket.id_path);
	*id = session ? session->id : 0;
	r = context_flush(context);
	return r < 0 ? context_history_error(context, r, NULL, reply) : 1;
}

/* The engine takes over what the history has now. */
static int
follow(const struct context *context, const struct store_relabelling *done)
{
	struct ls_engine *engine = context->state->engine;
	struct ls_session *latest = calloc(1, sizeof(*latest));
	int64_t id;
	int r = latest ? store_latest_session(context->store, done->socket.id_path, latest)
		       : -ENOMEM;

	if (r == 1 && engine) {
		id = done->split && latest->id == done->session ? done->split : latest->id;
		(void)ls_engine_correct_session(engine, id, latest);
		ls_engine_restore_cable(engine, latest);
	}
	free(latest);
	return r < 0 ? r : 0;
}

/* When the cable was plugged in. 1, or 0: @reply says what is wrong. */
static int
take_since(const char *since, struct store_relabelling *it, int64_t now_us,
	   struct varlink_reply *reply)
{
	const char *why = "it is no time like 2026-11-22T14:03:11Z, and not \"begin\"";
	int r;

	it->from_begin = strcmp(since, "begin") == 0;
	if (it->from_begin)
		return 1;
	if (ls_time_parse(since, &it->since_us) == 1) {
		if (it->since_us <= now_us)
			return 1;
		why = "it is still to come";
	}
	r = context_bad_time("since", why, reply);
	return r < 0 ? r : 0;
}

/* The cable has been there for a while: the history is corrected. 1, or 0: see @reply. */
static int
set_since(const struct context *context, struct store_statement *statement, const char *since,
	  int64_t *id, struct varlink_reply *reply)
{
	struct store_relabelling it = { .socket = statement->socket, .cable = statement->label };
	struct ls_engine *engine = context->state->engine;
	int r = take_since(since, &it, statement->said_us, reply);

	if (r != 1)
		return r;
	r = context_flush(context);
	it.spare_id = engine ? ls_engine_next_session_id(engine) : INT64_MAX;
	if (r == 0)
		r = store_relabel(context->store, &it);
	if (r == 0) {
		r = nothing_plugged(&it.socket, reply);
		return r < 0 ? r : 0;
	}
	if (r == 1)
		r = follow(context, &it);
	if (r < 0) {
		r = context_history_error(context, r, NULL, reply);
		return r < 0 ? r : 0;
	}
	*id = it.session;
	statement->since_us = it.since_us;
	memcpy(statement->before, it.before, sizeof(statement->before));
	return 1;
}

/* The new label and the one before. @session: the one with the cable, NULL for a socket. */
static int
answer_label(struct varlink_reply *reply, const struct store_statement *statement,
	     const int64_t *session)
{
	const struct ls_wire_field fields[] = {
		{ "port", json_string(statement->socket.id_path) },
		{ "name", json_string(statement->socket.name) },
		{ session ? "cable" : "label", ls_wire_optional(statement->label) },
		{ "before", ls_wire_optional(statement->before) },
		{ "session", session ? json_integer(*session) : NULL },
	};

	return varlink_answer(reply, fields, session ? 5 : 4);
}

int
method_set_cable(struct varlink_call *call, struct varlink_reply *reply, void *user)
{
	const struct context *context = user;
	const char *since = text_of(call, "since");
	struct store_statement statement = { .about = STORE_ABOUT_CABLE };
	int64_t id = 0;
	int r = prepare(context, call, reply, &statement);

	if (r == 1 && since)
		r = set_since(context, &statement, since, &id, reply);
	else if (r == 1)
		r = set_from_now(context, &statement, &id, reply);
	if (r != 1)
		return r;
	r = store_add_statement(context->store, &statement);
	if (r < 0)
		return context_history_error(context, r, NULL, reply);
	return answer_label(reply, &statement, &id);
}

/* A label that names two sockets could not be looked up. 1, or 0: see @reply. */
static int
check_unique(const struct context *context, const struct store_statement *statement,
	     struct varlink_reply *reply)
{
	struct ls_socket other = { 0 };
	int r = statement->label[0] ? store_find_socket(context->store, statement->label, &other)
				    : 0;

	if (r < 0)
		return context_history_error(context, r, NULL, reply);
	if (r == 0 || strcmp(other.id_path, statement->socket.id_path) == 0)
		return 1;
	return bad_label(statement->label, "another socket has it already", reply);
}

int
method_set_socket_name(struct varlink_call *call, struct varlink_reply *reply, void *user)
{
	const struct context *context = user;
	struct store_statement statement = { .about = STORE_ABOUT_SOCKET };
	struct store_labels labels;
	int r = prepare(context, call, reply, &statement);

	if (r == 1)
		r = check_unique(context, &statement, reply);
	if (r != 1)
		return r;
	r = store_labels(context->store, &statement.socket, 0, &labels);
	memcpy(statement.before, labels.socket, sizeof(statement.before));
	if (r == 0)
		r = store_add_statement(context->store, &statement);
	if (r < 0)
		return context_history_error(context, r, NULL, reply);
	return answer_label(reply, &statement, NULL);
}

static int
on_socket_label(const struct ls_socket *socket, const char *label, void *user)
{
	json_t *row = ls_wire_object(
		(const struct ls_wire_field[]){
			{ "port", json_string(socket->id_path) },
			{ "name", json_string(socket->name) },
			{ "label", json_string(label) },
		},
		3);

	return json_array_append_new(user, row) < 0 ? -ENOMEM : 0;
}

static int
on_cable_label(const struct ls_socket *socket, const char *label, void *user)
{
	(void)socket;
	if (json_array_size(user) == STATEMENTS_MAX)
		return 1;
	return json_array_append_new(user, json_string(label)) < 0 ? -ENOMEM : 0;
}

static int
on_statement(const struct store_statement *statement, void *user)
{
	json_t *row = ls_wire_object(
		(const struct ls_wire_field[]){
			{ "said_at", ls_wire_time(statement->said_us) },
			{ "uid", statement->uid < 0 ? json_null() : json_integer(statement->uid) },
			{ "about", json_string(store_subject_name(statement->about)) },
			{ "port", json_string(statement->socket.id_path) },
			{ "name", json_string(statement->socket.name) },
			{ "since", ls_wire_time(statement->since_us) },
			{ "label", ls_wire_optional(statement->label) },
			{ "before", ls_wire_optional(statement->before) },
		},
		8);

	return json_array_append_new(user, row) < 0 ? -ENOMEM : 0;
}

int
method_list_labels(struct varlink_call *call, struct varlink_reply *reply, void *user)
{
	const struct context *context = user;
	const struct ls_wire_field fields[] = {
		{ "sockets", json_array() },
		{ "cables", json_array() },
		{ "statements", json_array() },
	};
	int r = store_socket_labels(context->store, on_socket_label, fields[0].value);

	(void)call;
	if (r == 0)
		r = store_cable_labels(context->store, on_cable_label, fields[1].value);
	if (r >= 0)
		r = store_statements(context->store, STATEMENTS_MAX, on_statement, fields[2].value);
	reply->parameters = ls_wire_object(fields, LS_COUNT(fields));
	if (r < 0)
		return context_history_error(context, r, NULL, reply);
	return reply->parameters ? 0 : -ENOMEM;
}
