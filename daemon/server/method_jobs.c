#include "daemon/server/method_jobs.h"

#include <errno.h>

#include "daemon/server/context.h"
#include "daemon/server/handlers.h"
#include "daemon/server/limits.h"
#include "daemon/server/method_labels.h"
#include "daemon/server/method_report.h"
#include "lib/base/text.h"
#include "lib/base/time.h"
#include "daemon/store/filter.h"
#include "daemon/store/jobs.h"

#define CODE_MAX 255

static void
take_text(const struct varlink_call *call, const char *name, char *dst, size_t size)
{
	const json_t *value = json_object_get(call->parameters, name);

	dst[0] = '\0';
	if (json_is_string(value))
		ls_text_clean(dst, size, json_string_value(value), json_string_length(value));
}

int
method_begin_job(struct varlink_call *call, struct varlink_reply *reply, void *user)
{
	const struct context *context = user;
	const char *port = json_string_value(json_object_get(call->parameters, "port"));
	const char *cable = json_string_value(json_object_get(call->parameters, "cable"));
	struct store_job job = { .began = state_now(), .uid = call->peer->uid };
	int r = context_may_add(context, call, QUOTA_CHANGE, reply);

	if (r == 1 && cable)
		r = method_labels_check(cable, false, reply);
	if (r == 1 && port)
		r = method_labels_find_socket(context, port, &job.socket, reply);
	if (r != 1)
		return r;
	if (call->peer->held) /* one at a time */
		return varlink_invalid(reply, "command");
	take_text(call, "cable", job.cable, sizeof(job.cable));
	take_text(call, "command", job.command, sizeof(job.command));
	take_text(call, "note", job.note, sizeof(job.note));
	r = context_flush(context);
	if (r == 0)
		r = store_job_begin(context->store, &job);
	if (r < 0)
		return context_history_error(context, r, NULL, reply);
	call->peer->held = job.id;
	return varlink_answer(reply, &(const struct ls_wire_field){ "id", json_integer(job.id) },
			      1);
}

static int
no_job(int64_t id, struct varlink_reply *reply)
{
	return context_error(reply, CONTEXT_INTERFACE ".NoSuchJob",
			     &(const struct ls_wire_field){ "id", json_integer(id) }, 1);
}

static int
keep_job(const struct store_job *job, void *user)
{
	struct store_job *kept = user;

	*kept = *job;
	return 0;
}

/* A number from 0 to CODE_MAX, or -1 where there is none. */
static int64_t
take_code(const struct varlink_call *call, const char *name)
{
	const json_t *value = json_object_get(call->parameters, name);
	json_int_t code = json_integer_value(value);

	return json_is_integer(value) && code >= 0 && code <= CODE_MAX ? code : -1;
}

static void
take_place(const struct varlink_call *call, struct ls_job_place *ret)
{
	const json_t *percent = json_object_get(call->parameters, "place_percent");
	json_int_t value = json_integer_value(percent);

	take_text(call, "place", ret->text, sizeof(ret->text));
	take_text(call, "place_phase", ret->phase, sizeof(ret->phase));
	ret->percent = json_is_integer(percent) && value >= 0 && value <= 100 ? (int)value : -1;
}

/* Whose job it is may end it, even if linkstatd was restarted meanwhile. */
static bool
may_end(const struct varlink_call *call, const struct store_job *job)
{
	return call->peer->uid == 0 || call->peer->uid == job->uid;
}

static bool
has_ended(const struct store_job *job)
{
	return job->outcome == LS_JOB_EXITED || job->outcome == LS_JOB_KILLED;
}

static int
end_job(const struct context *context, struct store_job *job, int64_t code, int64_t number)
{
	job->outcome = code >= 0 ? LS_JOB_EXITED : LS_JOB_KILLED;
	job->code = code >= 0 ? code : number;
	job->ended_us = state_now().real_us;
	return store_job_end(context->store, job);
}

int
method_end_job(struct varlink_call *call, struct varlink_reply *reply, void *user)
{
	const struct context *context = user;
	int64_t id = json_integer_value(json_object_get(call->parameters, "id"));
	int64_t code = take_code(call, "code"), number = take_code(call, "signal");
	struct store_job job = { 0 };
	int r = context_may_change(call, reply);

	if (r != 1)
		return r;
	if ((code < 0) == (number < 0))
		return varlink_invalid(reply, "code");
	r = store_job(context->store, id, keep_job, &job);
	if (r == 0)
		return no_job(id, reply);
	if (r > 0 && !may_end(call, &job))
		return varlink_error(reply, "org.varlink.service.PermissionDenied", json_object());
	take_place(call, &job.place);
	if (r > 0)
		r = context_flush(context);
	if (r == 0 && has_ended(&job))
		r = store_job_place(context->store, job.id, &job.place);
	else if (r == 0)
		r = end_job(context, &job, code, number);
	if (r < 0)
		return context_history_error(context, r, NULL, reply);
	if (call->peer->held == id)
		call->peer->held = 0;
	return varlink_answer(reply, &(const struct ls_wire_field){ "id", json_integer(id) }, 1);
}

/* False if @name is no time, or one to come. */
static bool
take_time(const struct varlink_call *call, const char *name, int64_t *ret)
{
	const char *text = json_string_value(json_object_get(call->parameters, name));

	return text && ls_time_parse(text, ret) == 1 && *ret <= state_now().real_us;
}

int
method_import_job(struct varlink_call *call, struct varlink_reply *reply, void *user)
{
	const struct context *context = user;
	struct store_job job = { .outcome = LS_JOB_EXITED, .uid = call->peer->uid };
	int r = context_may_add(context, call, QUOTA_CHANGE, reply);

	if (r != 1)
		return r;
	job.code = take_code(call, "code");
	if (job.code < 0)
		return varlink_invalid(reply, "code");
	if (!take_time(call, "began_at", &job.began.real_us))
		return varlink_invalid(reply, "began_at");
	if (!take_time(call, "ended_at", &job.ended_us) || job.ended_us < job.began.real_us)
		return varlink_invalid(reply, "ended_at");
	take_text(call, "command", job.command, sizeof(job.command));
	take_text(call, "note", job.note, sizeof(job.note));
	take_place(call, &job.place);
	r = context_flush(context);
	if (r == 0)
		r = store_job_import(context->store, &job);
	if (r < 0)
		return context_history_error(context, r, NULL, reply);
	return varlink_answer(reply,
			      (const struct ls_wire_field[]){
				      { "id", json_integer(job.id) },
				      { "known", json_boolean(r == 0) },
			      },
			      2);
}

void
method_jobs_peer_gone(const struct context *context, const struct varlink_peer *peer)
{
	const struct store_job job = {
		.id = peer->held,
		.outcome = LS_JOB_LOST,
		.place.percent = -1,
		.code = -1,
		.ended_us = state_now().real_us,
	};

	if (peer->held && context_flush(context) == 0)
		(void)store_job_end(context->store, &job); /* else at the next start */
}

static int
on_port(const struct store_job_port *port, void *user)
{
	json_t *row = ls_wire_object(
		(const struct ls_wire_field[]){
			{ "port", json_string(port->socket.id_path) },
			{ "name", json_string(port->socket.name) },
			{ "label", ls_wire_optional(port->label) },
			{ "transfers", json_integer(port->transfers) },
			{ "bytes_in", json_integer(port->bytes_in) },
			{ "bytes_out", json_integer(port->bytes_out) },
			{ "errors", json_integer(port->errors) },
		},
		7);

	return json_array_append_new(user, row) < 0 ? -ENOMEM : 0;
}

json_t *
method_job_object(const struct context *context, const struct store_job *job)
{
	bool running = job->outcome == LS_JOB_RUNNING;
	const struct ls_wire_field fields[] = {
		{ "id", json_integer(job->id) },
		{ "began_at", ls_wire_time(job->began.real_us) },
		{ "ended_at", running ? json_null() : ls_wire_time(job->ended_us) },
		{ "outcome", json_string(ls_job_outcome_name(job->outcome)) },
		{ "code", job->code < 0 ? json_null() : json_integer(job->code) },
		{ "command", json_string(job->command) },
		{ "note", ls_wire_optional(job->note) },
		{ "port", ls_wire_optional(job->socket.id_path) },
		{ "cable", ls_wire_optional(job->cable) },
		{ "place", ls_wire_optional(job->place.text) },
		{ "place_percent",
		  job->place.percent < 0 ? json_null() : json_integer(job->place.percent) },
		{ "place_phase", ls_wire_optional(job->place.phase) },
		{ "incidents", json_integer(job->incidents) },
		{ "drops", json_integer(job->drops) },
		{ "ports", json_array() },
	};
	json_t *object = ls_wire_object(fields, LS_COUNT(fields));

	/* What cannot be read of them is left out: the job itself is known. */
	if (object && store_job_ports(context->store, job->id, on_port,
				      json_object_get(object, "ports")) == -ENOMEM) {
		json_decref(object);
		return NULL;
	}
	return object;
}

static int
on_incident(const struct ls_incident *incident, const struct ls_labels *labels, void *user)
{
	return json_array_append_new(user, ls_wire_incident(incident, labels)) < 0 ? -ENOMEM : 0;
}

int
method_get_job(struct varlink_call *call, struct varlink_reply *reply, void *user)
{
	const struct context *context = user;
	int64_t id = json_integer_value(json_object_get(call->parameters, "id"));
	ls_json_auto json_t *incidents = json_array();
	struct store_job job = { 0 };
	struct store_filter filter = { .until_us = INT64_MAX, .limit = SERVER_INCIDENTS_PAGE };
	const char *unknown = NULL;
	int r = store_job(context->store, id, keep_job, &job);

	if (r == 0)
		return no_job(id, reply);
	filter.since_us = job.began.real_us;
	if (r > 0 && job.outcome != LS_JOB_RUNNING)
		filter.until_us = job.ended_us + STORE_JOB_AFTER_US;
	if (r > 0)
		r = store_incidents(context->store, &filter, on_incident, incidents, &unknown);
	if (r < 0)
		return context_history_error(context, r, NULL, reply);
	filter.limit = SERVER_PAGE;
	return varlink_answer(reply,
			      (const struct ls_wire_field[]){
				      { "job", method_job_object(context, &job) },
				      { "incidents", json_incref(incidents) },
				      { "gaps", method_report_gaps(context->store, &filter) },
			      },
			      3);
}
