#include <errno.h>
#include <string.h>

#include "daemon/server/context.h"
#include "daemon/server/handlers.h"
#include "daemon/sources/top.h"
#include "lib/wire/port_report.h"
#include "daemon/store/filter.h"
#include "daemon/store/query.h"

#define INTERVAL_DEFAULT_MS 2000
#define INTERVAL_MIN_MS	    100
#define INTERVAL_MAX_MS	    (3600 * 1000)

/* The rows of one reply while they are made. */
struct rows {
	const struct context *context;
	const struct top_watch *watch;
	json_t *devices;
};

/* The types that moved something. */
static json_t *
latency_object(const struct ls_traffic_change *change)
{
	ls_json_auto json_t *object = json_object();

	for (unsigned int i = 0; i < LS_N_XFERS; i++) {
		const struct ls_latency *latency = &change->latency[i];
		const struct ls_latency_times times = {
			.n = (int64_t)ls_latency_count(latency),
			.has_p50 = true,
			.p50_us = (int64_t)ls_latency_quantile(latency, 500),
			.p99_us = (int64_t)ls_latency_quantile(latency, 990),
			.max_us = (int64_t)latency->max_us,
		};

		if (times.n > 0 &&
		    json_object_set_new(object, ls_xfer_name(i), ls_wire_latency(&times)) < 0)
			return NULL;
	}
	return LS_STEAL(&object);
}

static json_t *
rate(uint64_t n, double seconds)
{
	return json_real((double)n / seconds);
}

static int
on_device(const struct ls_session *session, const struct ls_traffic_change *change, void *user)
{
	struct rows *rows = user;
	const struct ls_traffic_tally *tally = &change->tally;
	double seconds = top_watch_span(rows->watch).seconds;
	char label[LS_STRING_MAX] = "";
	int64_t ignored;

	/* A label that cannot be read is left out: what moves matters more. */
	(void)store_socket(rows->context->store, session->socket.id_path,
			   &(const struct store_filter){ .since_us = INT64_MAX }, &ignored, label);

	const struct ls_wire_field fields[] = {
		{ "port", json_string(session->socket.id_path) },
		{ "name", json_string(session->link) },
		{ "label", ls_wire_optional(label) },
		{ "device", ls_wire_device(&session->device) },
		{ "bytes_in_per_second", rate(tally->bytes_in, seconds) },
		{ "bytes_out_per_second", rate(tally->bytes_out, seconds) },
		{ "transfers_per_second", rate(tally->n_completed, seconds) },
		{ "errors_per_second", rate(tally->n_errors, seconds) },
		{ "stalls_per_second", rate(tally->n_stalls, seconds) },
		{ "errors", json_integer((json_int_t)tally->n_errors) },
		{ "stalls", json_integer((json_int_t)tally->n_stalls) },
		{ "latency", latency_object(change) },
	};
	json_t *row = ls_wire_object(fields, LS_COUNT(fields));

	return json_array_append_new(rows->devices, row) < 0 ? -ENOMEM : 0;
}

/* @devices NULL: the first reply, which has measured nothing yet. Takes it. */
static int
reply_with(const struct context *context, const struct top_watch *watch, json_t *devices,
	   struct varlink_reply *reply)
{
	const struct source_state *usbmon = &context->state->sources[LS_SOURCE_USBMON];
	struct top_span span = top_watch_span(watch);
	const char *why = usbmon->detail[0] ? usbmon->detail : "it was not opened yet";
	const struct ls_wire_field fields[] = {
		{ "ready", json_boolean(!devices) },
		{ "at", ls_wire_time(state_now().real_us) },
		{ "seconds", devices ? json_real(span.seconds) : json_null() },
		{ "blind", usbmon->available ? json_null() : json_string(why) },
		{ "fix", usbmon->available ? json_null() : ls_wire_optional(usbmon->fix) },
		{ "lost", json_integer(devices ? (json_int_t)span.n_lost : 0) },
		{ "devices", devices ? devices : json_array() },
	};

	reply->parameters = ls_wire_object(fields, LS_COUNT(fields));
	reply->continues = true;
	return reply->parameters ? 0 : -ENOMEM;
}

static void
release_watch(void *state)
{
	top_watch_free(state);
}

static int
begin(struct varlink_call *call, struct varlink_reply *reply, const struct context *context)
{
	const json_t *asked = json_object_get(call->parameters, "interval_ms");
	json_int_t ms = json_is_integer(asked) ? json_integer_value(asked) : INTERVAL_DEFAULT_MS;
	int64_t user = call->peer->is_owner ? -1 : call->peer->uid;
	struct top_watch *watch = NULL;
	int r;

	if (ms < INTERVAL_MIN_MS || ms > INTERVAL_MAX_MS)
		return varlink_invalid(reply, "interval_ms");
	r = top_watch_new(context->state->top, context->state->engine, user, state_now(), &watch);
	if (r == -EBUSY)
		return context_too_many(reply, "watchers of Top",
					user < 0 ? TOP_WATCHERS : TOP_USER_WATCHERS);
	if (r < 0)
		return r;
	call->state = watch;
	call->release = release_watch;
	call->watching = true;
	call->every_ms = (unsigned int)ms;
	return reply_with(context, watch, NULL, reply);
}

int
method_top(struct varlink_call *call, struct varlink_reply *reply, void *user)
{
	const struct context *context = user;
	struct rows rows = { .context = context, .watch = call->state };
	int r;

	if (!call->state)
		return begin(call, reply, context);
	rows.devices = json_array();
	r = top_watch_measure(call->state, context->state->engine, state_now(), on_device, &rows);
	if (r == 0)
		return reply_with(context, call->state, rows.devices, reply);
	json_decref(rows.devices);
	return r;
}
