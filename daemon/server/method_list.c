#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "daemon/server/context.h"
#include "daemon/server/handlers.h"
#include "daemon/server/limits.h"
#include "daemon/server/method_jobs.h"
#include "daemon/server/selection.h"
#include "daemon/base/host.h"
#include "daemon/store/jobs.h"
#include "daemon/store/query.h"
#include "daemon/store/sessions.h"

/* Rows of one reply while they are read. */
struct page {
	json_t *rows;
	size_t limit;
	int64_t last; /* id of the last row taken */
	bool more;    /* there is at least one row behind it */
	struct host host;
	const struct context *context;
};

/* A method that lists rows of one kind. */
struct listing {
	const char *name;
	size_t rows_max;
	int (*read)(const struct context *context, const struct store_filter *filter,
		    struct page *page, const char **unknown);
};

static bool
is_full(struct page *page)
{
	page->more = json_array_size(page->rows) == page->limit;
	return page->more;
}

/* 0 or -ENOMEM. Takes @row. */
static int
add_row(struct page *page, int64_t id, json_t *row)
{
	if (json_array_append_new(page->rows, row) < 0)
		return -ENOMEM;
	page->last = id;
	return 0;
}

static int
on_event(int64_t id, const struct ls_event *event, void *user)
{
	struct page *page = user;

	return is_full(page) ? 1 : add_row(page, id, ls_wire_event(event));
}

static int
on_incident(const struct ls_incident *incident, const struct ls_labels *labels, void *user)
{
	struct page *page = user;

	return is_full(page) ? 1 : add_row(page, incident->id, ls_wire_incident(incident, labels));
}

/* "05ac:12a8:SERIAL"; without a serial number the port tells two of one model apart. */
static json_t *
device_name(const struct ls_session *session)
{
	const struct ls_device *device = &session->device;
	char name[LS_STRING_MAX + LS_ID_PATH_MAX];

	snprintf(name, sizeof(name), device->serial[0] ? "%04x:%04x:%s" : "%04x:%04x at %s",
		 device->vid, device->pid,
		 device->serial[0] ? device->serial : session->socket.id_path);
	return json_string(name);
}

static json_t *
model_name(const struct ls_device *device)
{
	char name[sizeof("05ac:12a8")];

	snprintf(name, sizeof(name), "%04x:%04x", device->vid, device->pid);
	return json_string(name);
}

/* ID_PATH without the chain of ports. */
static json_t *
controller_name(const char *id_path)
{
	const char *chain = strstr(id_path, "-usb-0:");

	return json_stringn(id_path, chain ? (size_t)(chain - id_path) : strlen(id_path));
}

static json_t *
hubs_array(const struct ls_session *session)
{
	ls_json_auto json_t *array = session->hubs_known ? json_array() : json_null();

	for (const char *at = session->hubs; *at;) {
		size_t len = strcspn(at, ";");

		if (json_array_append_new(array, json_stringn(at, len)) < 0)
			return NULL;
		at += len + (at[len] == ';');
	}
	return json_incref(array);
}

static json_t *
hours_in(const struct store_session *row, enum ls_condition condition)
{
	const struct store_condition *held = &row->conditions[condition];

	return held->known ? json_real(held->seconds / 3600) : json_null();
}

static json_t *
drops_in(const struct store_session *row, enum ls_condition condition)
{
	const struct store_condition *held = &row->conditions[condition];

	return held->known ? json_integer(held->drops) : json_null();
}

/* Adds what took part, and what happened while it did: what a Session and a SessionSum share. */
static int
put_parts(json_t *object, const struct store_session *row, const struct host *host)
{
	const struct ls_session *session = &row->session;
	const struct ls_wire_field fields[] = {
		{ "host", json_string(host->name) },
		{ "host_id", json_string(host->id) },
		{ "controller", controller_name(session->socket.id_path) },
		{ "port", json_string(session->socket.id_path) },
		{ "name", json_string(session->socket.name) },
		{ "label", ls_wire_optional(row->label) },
		{ "hubs", hubs_array(session) },
		{ "cable", ls_wire_optional(session->cable) },
		{ "device", device_name(session) },
		{ "model", model_name(&session->device) },
		{ "product", ls_wire_optional(session->device.product) },
		{ "connected_hours", json_real(row->connected_seconds / 3600) },
		{ "drops", json_integer(row->drops) },
		{ "drops_by_power", json_integer(row->drops_by_side[LS_SIDE_POWER]) },
		{ "drops_by_host", json_integer(row->drops_by_side[LS_SIDE_HOST]) },
		{ "drops_by_hub", json_integer(row->drops_by_side[LS_SIDE_HUB]) },
		{ "drops_by_device", json_integer(row->drops_by_side[LS_SIDE_DEVICE]) },
		{ "loaded_hours", hours_in(row, LS_CONDITION_LOAD) },
		{ "drops_under_load", drops_in(row, LS_CONDITION_LOAD) },
	};
	ls_json_auto json_t *parts = ls_wire_object(fields, LS_COUNT(fields));

	return object && parts && json_object_update(object, parts) == 0 ? 0 : -ENOMEM;
}

static json_t *
session_object(const struct store_session *row, const struct host *host)
{
	const struct ls_session *session = &row->session;
	const struct ls_wire_field fields[] = {
		{ "id", json_integer(session->id) },
		{ "started_at", ls_wire_time(session->began.real_us) },
		{ "ended_at", session->open ? json_null() : ls_wire_time(session->ended.real_us) },
		{ "open", json_boolean(session->open) },
		{ "cable_assumed", json_boolean(session->cable_assumed) },
		{ "neighbour_hours", hours_in(row, LS_CONDITION_NEIGHBOUR) },
		{ "drops_with_neighbour", drops_in(row, LS_CONDITION_NEIGHBOUR) },
	};
	ls_json_auto json_t *object = ls_wire_object(fields, LS_COUNT(fields));

	return put_parts(object, row, host) < 0 ? NULL : LS_STEAL(&object);
}

static json_t *
sum_object(const struct store_session *row, const struct host *host)
{
	const struct ls_wire_field fields[] = {
		{ "started_at", ls_wire_time(row->session.began.real_us) },
		{ "sessions", json_integer(row->n) },
		{ "sessions_with_drops", json_integer(row->n_dropping) },
	};
	ls_json_auto json_t *object = ls_wire_object(fields, LS_COUNT(fields));

	return put_parts(object, row, host) < 0 ? NULL : LS_STEAL(&object);
}

static int
on_session(const struct store_session *row, void *user)
{
	struct page *page = user;

	return is_full(page) ? 1 : add_row(page, row->session.id, session_object(row, &page->host));
}

static int
on_sum(const struct store_session *row, void *user)
{
	struct page *page = user;

	return is_full(page) ? 1 : add_row(page, row->session.id, sum_object(row, &page->host));
}

static int
read_events(const struct context *context, const struct store_filter *filter, struct page *page,
	    const char **unknown)
{
	return store_events(context->store, filter, on_event, page, unknown);
}

static int
read_incidents(const struct context *context, const struct store_filter *filter, struct page *page,
	       const char **unknown)
{
	return store_incidents(context->store, filter, on_incident, page, unknown);
}

static int
read_drops(const struct context *context, const struct store_filter *filter, struct page *page,
	   const char **unknown)
{
	return store_drops(context->store, filter, on_incident, page, unknown);
}

static int
read_sessions(const struct context *context, const struct store_filter *filter, struct page *page,
	      const char **unknown)
{
	host_read(&page->host);
	return store_sessions(context->store, filter, state_now(), on_session, page, unknown);
}

static int
read_sums(const struct context *context, const struct store_filter *filter, struct page *page,
	  const char **unknown)
{
	host_read(&page->host);
	return store_session_sums(context->store, filter, state_now(), on_sum, page, unknown);
}

static int
on_job(const struct store_job *job, void *user)
{
	struct page *page = user;

	return is_full(page) ? 1 : add_row(page, job->id, method_job_object(page->context, job));
}

static int
read_jobs(const struct context *context, const struct store_filter *filter, struct page *page,
	  const char **unknown)
{
	(void)unknown;
	page->context = context;
	return store_jobs(context->store, filter, on_job, page);
}

/* The reply for a page that was read; takes its rows. */
static int
reply_page(struct varlink_call *call, struct varlink_reply *reply, const char *name,
	   struct page *page)
{
	char cursor[24];
	const struct ls_wire_field fields[] = {
		{ name, page->rows },
		{ "cursor", (snprintf(cursor, sizeof(cursor), "%" PRId64, page->last),
			     ls_wire_optional(page->more ? cursor : NULL)) },
	};

	reply->parameters = ls_wire_object(fields, LS_COUNT(fields));
	reply->continues = call->more && page->more;
	call->position = page->last;
	return reply->parameters ? 0 : -ENOMEM;
}

static int
list(struct varlink_call *call, struct varlink_reply *reply, const struct context *context,
     const struct listing *listing)
{
	struct selection selection;
	struct page page = { .rows = NULL };
	const char *unknown = NULL;
	int r = selection_init(&selection, call, reply);

	if (r == 1) {
		page.rows = json_array();
		page.limit = selection.filter.limit;
		if (page.limit > listing->rows_max)
			page.limit = listing->rows_max;
		selection.filter.limit = page.limit + 1; /* one more shows whether there is more */
		r = listing->read(context, &selection.filter, &page, &unknown);
		if (r >= 0)
			r = reply_page(call, reply, listing->name, &page);
		else
			json_decref(page.rows);
		if (r < 0)
			r = context_history_error(context, r, unknown, reply);
	}
	selection_done(&selection);
	return r;
}

int
method_list_events(struct varlink_call *call, struct varlink_reply *reply, void *user)
{
	static const struct listing listing = { "events", SERVER_PAGE, read_events };

	return list(call, reply, user, &listing);
}

int
method_list_incidents(struct varlink_call *call, struct varlink_reply *reply, void *user)
{
	static const struct listing listing = { "incidents", SERVER_INCIDENTS_PAGE,
						read_incidents };

	return list(call, reply, user, &listing);
}

int
method_list_drops(struct varlink_call *call, struct varlink_reply *reply, void *user)
{
	static const struct listing listing = { "incidents", SERVER_INCIDENTS_PAGE, read_drops };

	return list(call, reply, user, &listing);
}

int
method_list_sessions(struct varlink_call *call, struct varlink_reply *reply, void *user)
{
	static const struct listing listing = { "sessions", SERVER_PAGE, read_sessions };

	return list(call, reply, user, &listing);
}

int
method_sum_sessions(struct varlink_call *call, struct varlink_reply *reply, void *user)
{
	static const struct listing listing = { "sums", SERVER_PAGE, read_sums };

	return list(call, reply, user, &listing);
}

int
method_list_jobs(struct varlink_call *call, struct varlink_reply *reply, void *user)
{
	static const struct listing listing = { "jobs", SERVER_PAGE, read_jobs };

	return list(call, reply, user, &listing);
}
