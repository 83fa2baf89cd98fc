#include "daemon/server/methods.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "daemon/server/handlers.h"
#include "daemon/server/server.h"
#include "lib/base/text.h"
#include "daemon/store/report.h"
#include "daemon/store/traffic.h"

/* Gaps and ports of one report while they are read. */
struct report {
	json_t *gaps, *ports;
	struct ls_gap rest; /* stands for the oldest ones, where there are more than SERVER_PAGE */
	size_t n_gaps, n_seen;
};

static int
count_gap(const struct ls_gap *gap, void *user)
{
	struct report *report = user;

	(void)gap;
	report->n_gaps++;
	return 0;
}

/* A list that was cut says so. */
static int
add_rest(struct report *report)
{
	ls_text_format(report->rest.reason, sizeof(report->rest.reason),
		       "%zu more gaps, not listed one by one: ask for a shorter span",
		       report->n_seen);
	return json_array_append_new(report->gaps, ls_wire_gap(&report->rest)) < 0 ? -ENOMEM : 0;
}

static int
on_gap(const struct ls_gap *gap, void *user)
{
	struct report *report = user;
	size_t n_rest = report->n_gaps > SERVER_PAGE ? report->n_gaps - SERVER_PAGE : 0;

	report->n_seen++;
	if (report->n_seen > n_rest)
		return json_array_append_new(report->gaps, ls_wire_gap(gap)) < 0 ? -ENOMEM : 0;
	if (report->n_seen == 1)
		report->rest.began = gap->began;
	report->rest.open = report->rest.open || gap->open;
	if (gap->ended.real_us > report->rest.ended.real_us)
		report->rest.ended = gap->ended;
	return report->n_seen == n_rest ? add_rest(report) : 0;
}

static int
list_gaps(struct store *store, const struct store_filter *filter, struct report *report)
{
	int r = store_gaps(store, filter, count_gap, report);

	return r < 0 ? r : store_gaps(store, filter, on_gap, report);
}

json_t *
methods_gaps(struct store *store, const struct store_filter *filter)
{
	struct report report = { .gaps = json_array() };

	if (list_gaps(store, filter, &report) < 0) {
		json_decref(report.gaps);
		return NULL;
	}
	return report.gaps;
}

static json_t *
causes_object(const struct store_port_report *port)
{
	ls_json_auto json_t *causes = json_object();

	for (int i = 0; i < LS_N_CAUSES; i++) {
		int64_t n = port->incidents_by_cause[i];

		if (n > 0 && json_object_set_new(causes, ls_cause_name((enum ls_cause)i),
						 json_integer(n)) < 0)
			return NULL;
	}
	return LS_STEAL(&causes);
}

/* With @all but ok, so that a reader sees that a 0 was counted; else only those that occurred. */
static json_t *
classes_object(const int64_t counts[LS_N_TRANSFER_CLASSES], bool all)
{
	ls_json_auto json_t *classes = json_object();

	for (int i = 0; i < LS_N_TRANSFER_CLASSES; i++) {
		const char *name = ls_transfer_class_name((enum ls_transfer_class)i);

		if (i != LS_TRANSFER_OK && (all || counts[i]) &&
		    json_object_set_new(classes, name, json_integer(counts[i])) < 0)
			return NULL;
	}
	return LS_STEAL(&classes);
}

static json_t *
statuses_object(const struct store_status_count *counts, size_t n)
{
	ls_json_auto json_t *statuses = json_object();

	for (size_t i = 0; i < n; i++) {
		const struct store_status_count *count = &counts[i];
		char key[sizeof("-2147483648")] = "other";

		if (count->status != 0)
			snprintf(key, sizeof(key), "%d", count->status);
		if (json_object_set_new(statuses, key, json_integer(count->n)) < 0)
			return NULL;
	}
	return LS_STEAL(&statuses);
}

static json_t *
cables_array(const char *cables)
{
	ls_json_auto json_t *array = json_array();

	for (const char *at = cables; at && *at; at += strcspn(at, "\n") + 1) {
		if (json_array_append_new(array, json_stringn(at, strcspn(at, "\n"))) < 0)
			return NULL;
	}
	return LS_STEAL(&array);
}

static json_t *
latency_object(const struct store_port_report *port)
{
	ls_json_auto json_t *object = json_object();

	for (unsigned int i = 0; i < LS_N_XFERS; i++) {
		if (port->latency[i].n > 0 &&
		    json_object_set_new(object, ls_xfer_name(i),
					methods_latency(&port->latency[i])) < 0)
			return NULL;
	}
	return LS_STEAL(&object);
}

static json_t *
endpoints_array(const struct store_port_report *port)
{
	ls_json_auto json_t *endpoints = json_array();

	for (unsigned int i = 0; i < LS_N_ENDPOINTS; i++) {
		const struct store_endpoint_errors *errors = &port->endpoints[i];
		json_t *row;

		if (errors->n_statuses == 0)
			continue;
		row = json_pack("{s:o, s:o, s:o}", "endpoint",
				json_sprintf("0x%02x", i < 16 ? i : 0x80 | (i - 16)),
				"transfer_errors", classes_object(errors->by_class, false),
				"transfer_errors_by_status",
				statuses_object(errors->by_status, errors->n_statuses));
		if (json_array_append_new(endpoints, row) < 0)
			return NULL;
	}
	return LS_STEAL(&endpoints);
}

static json_t *
trend_object(const struct store_port_report *port)
{
	const struct ls_trend *trend = &port->trend;
	const struct ls_wire_field fields[] = {
		{ "since", ls_wire_time(trend->since_us) },
		{ "factor", json_real(trend->factor < 1e300 ? trend->factor : 1e300) },
		{ "drops_before", json_integer(trend->drops_before) },
		{ "hours_before", json_real(trend->hours_before) },
		{ "drops_since", json_integer(trend->drops_since) },
		{ "hours_since", json_real(trend->hours_since) },
		{ "came_kind", ls_wire_optional(port->came_kind) },
		{ "came", ls_wire_optional(port->came_kind ? port->came : NULL) },
	};

	return ls_wire_object(fields, LS_COUNT(fields));
}

static int
on_port(const struct store_port_report *port, void *user)
{
	struct report *report = user;
	const struct ls_wire_field fields[] = {
		{ "port", json_string(port->socket.id_path) },
		{ "name", json_string(port->socket.name) },
		{ "label", ls_wire_optional(port->label) },
		{ "cables", cables_array(port->cables) },
		{ "connected_seconds", json_real(port->connected_seconds) },
		{ "sessions", json_integer(port->sessions) },
		{ "connects", json_integer(port->connects) },
		{ "disconnects", json_integer(port->disconnects) },
		{ "drops", json_integer(port->drops) },
		{ "resets", json_integer(port->resets) },
		{ "enumeration_failures", json_integer(port->enumeration_failures) },
		{ "over_currents", json_integer(port->over_currents) },
		{ "incidents_by_cause", causes_object(port) },
		{ "transfers", json_integer(port->transfers) },
		{ "bytes_in", json_integer(port->bytes_in) },
		{ "bytes_out", json_integer(port->bytes_out) },
		{ "submit_errors", json_integer(port->submit_errors) },
		{ "latency", latency_object(port) },
		{ "transfer_errors", classes_object(port->errors_by_class, true) },
		{ "transfer_errors_by_status",
		  statuses_object(port->errors_by_status, port->n_statuses) },
		{ "endpoints", endpoints_array(port) },
		{ "longest_clean_seconds", json_real(port->longest_clean_seconds) },
		{ "trend", port->has_trend ? trend_object(port) : json_null() },
		{ "device", port->has_device ? ls_wire_device(&port->device) : json_null() },
	};
	json_t *row = ls_wire_object(fields, LS_COUNT(fields));

	return json_array_append_new(report->ports, row) < 0 ? -ENOMEM : 0;
}

int
method_report(struct varlink_call *call, struct varlink_reply *reply, void *user)
{
	const struct methods *methods = user;
	struct report report = { .gaps = json_array(), .ports = json_array() };
	struct methods_asked asked;
	const char *unknown = NULL;
	int r = methods_asked_init(&asked, call, reply);
	bool understood = r == 1;

	if (understood) {
		asked.filter.limit = 0; /* the rest of the gaps is counted */
		r = list_gaps(methods->store, &asked.filter, &report);
		if (r == 0)
			r = store_report(methods->store, &asked.filter, state_now(), on_port,
					 &report, &unknown);
	}
	if (understood && r < 0)
		r = methods_history_error(methods, r, unknown, reply);
	else if (understood)
		reply->parameters = json_pack("{s:O, s:O, s:o}", "gaps", report.gaps, "ports",
					      report.ports, "imported", methods_imported(methods));
	if (understood && !reply->parameters)
		r = -ENOMEM;
	json_decref(report.gaps);
	json_decref(report.ports);
	methods_asked_done(&asked);
	return r;
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
	const struct methods *methods = user;
	int64_t id = json_integer_value(json_object_get(call->parameters, "id"));
	struct ls_tail tail = { .n = 0 };
	int r = store_incident(methods->store, id, on_known_incident, NULL);

	if (r == 0)
		return methods_no_incident(id, reply);
	if (r == 1)
		r = store_tail(methods->store, id, &tail);
	if (r < 0)
		return methods_history_error(methods, r, NULL, reply);
	reply->parameters = ls_wire_object(
		&(const struct ls_wire_field){ "transfers", transfers_array(&tail) }, 1);
	return reply->parameters ? 0 : -ENOMEM;
}
