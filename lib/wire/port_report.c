#include "lib/wire/port_report.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static json_t *
causes_object(const struct ls_port_counts *counts)
{
	ls_json_auto json_t *causes = json_object();

	for (int i = 0; i < LS_N_CAUSES; i++) {
		int64_t n = counts->incidents_by_cause[i];

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

/* By status; of one that several rows have, the sum. */
static json_t *
statuses_object(const struct ls_status_count *counts, size_t n)
{
	ls_json_auto json_t *statuses = json_object();

	for (size_t i = 0; i < n; i++) {
		char key[sizeof("-2147483648")] = "other";
		int64_t before;

		if (counts[i].status != 0)
			snprintf(key, sizeof(key), "%d", counts[i].status);
		before = json_integer_value(json_object_get(statuses, key));
		if (json_object_set_new(statuses, key, json_integer(before + counts[i].n)) < 0)
			return NULL;
	}
	return LS_STEAL(&statuses);
}

int
ls_wire_put_port_counts(json_t *object, const struct ls_port_counts *counts)
{
	ls_json_auto json_t *members = ls_wire_object(
		(const struct ls_wire_field[]){
			{ "connected_seconds", json_real(counts->connected_seconds) },
			{ "sessions", json_integer(counts->sessions) },
			{ "connects", json_integer(counts->connects) },
			{ "disconnects", json_integer(counts->disconnects) },
			{ "drops", json_integer(counts->drops) },
			{ "resets", json_integer(counts->resets) },
			{ "enumeration_failures", json_integer(counts->enumeration_failures) },
			{ "over_currents", json_integer(counts->over_currents) },
			{ "incidents_by_cause", causes_object(counts) },
			{ "transfers", json_integer(counts->transfers) },
			{ "bytes_in", json_integer(counts->bytes_in) },
			{ "bytes_out", json_integer(counts->bytes_out) },
			{ "submit_errors", json_integer(counts->submit_errors) },
			{ "transfer_errors", classes_object(counts->errors_by_class, true) },
			{ "transfer_errors_by_status",
			  statuses_object(counts->errors_by_status, counts->n_statuses) },
		},
		15);

	return members && json_object_update(object, members) == 0 ? 0 : -ENOMEM;
}

json_t *
ls_wire_latency(const struct ls_latency_times *times)
{
	const struct ls_wire_field fields[] = {
		{ "transfers", json_integer(times->n) },
		{ "p50_us", times->has_p50 ? json_integer(times->p50_us) : json_null() },
		{ "p99_us", json_integer(times->p99_us) },
		{ "max_us", json_integer(times->max_us) },
	};

	return ls_wire_object(fields, LS_COUNT(fields));
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
history_array(const struct ls_history *history)
{
	ls_json_auto json_t *array = json_array();

	for (size_t i = 0; i < history->n_cells; i++) {
		const struct ls_history_cell *cell = &history->cells[i];
		const struct ls_wire_field fields[] = {
			{ "sessions", json_integer(cell->n) },
			{ "drops", json_integer(cell->drops) },
			{ "connected_hours", json_real(cell->hours) },
		};

		if (json_array_append_new(array, ls_wire_object(fields, LS_COUNT(fields))) < 0)
			return NULL;
	}
	return LS_STEAL(&array);
}

static json_t *
latency_object(const struct ls_port_report *report)
{
	ls_json_auto json_t *object = json_object();

	for (unsigned int i = 0; i < LS_N_XFERS; i++) {
		if (report->latency[i].n > 0 &&
		    json_object_set_new(object, ls_xfer_name(i),
					ls_wire_latency(&report->latency[i])) < 0)
			return NULL;
	}
	return LS_STEAL(&object);
}

static json_t *
endpoints_array(const struct ls_port_report *report)
{
	ls_json_auto json_t *endpoints = json_array();

	for (unsigned int i = 0; i < LS_N_ENDPOINTS; i++) {
		const struct ls_endpoint_errors *errors = &report->endpoints[i];
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
trend_object(const struct ls_port_report *report)
{
	const struct ls_trend *trend = &report->trend;
	const struct ls_wire_field fields[] = {
		{ "since", ls_wire_time(trend->since_us) },
		{ "factor", json_real(trend->factor < 1e300 ? trend->factor : 1e300) },
		{ "drops_before", json_integer(trend->drops_before) },
		{ "hours_before", json_real(trend->hours_before) },
		{ "drops_since", json_integer(trend->drops_since) },
		{ "hours_since", json_real(trend->hours_since) },
		{ "came_kind", ls_wire_optional(report->came_kind) },
		{ "came", ls_wire_optional(report->came_kind ? report->came : NULL) },
	};

	return ls_wire_object(fields, LS_COUNT(fields));
}

json_t *
ls_wire_port_report(const struct ls_port_report *report)
{
	const struct ls_port_counts *counts = &report->counts;
	const struct ls_wire_field place[] = {
		{ "port", json_string(report->socket.id_path) },
		{ "name", json_string(report->socket.name) },
		{ "label", ls_wire_optional(report->label) },
		{ "cables", cables_array(report->cables) },
	};
	const struct ls_wire_field rest[] = {
		{ "latency", latency_object(report) },
		{ "endpoints", endpoints_array(report) },
		{ "longest_clean_seconds", json_real(report->longest_clean_seconds) },
		{ "history", history_array(&report->history) },
		{ "trend", report->has_trend ? trend_object(report) : json_null() },
		{ "device", counts->has_device ? ls_wire_device(&counts->device) : json_null() },
	};
	ls_json_auto json_t *object = ls_wire_object(place, LS_COUNT(place));
	ls_json_auto json_t *more = ls_wire_object(rest, LS_COUNT(rest));

	if (!object || !more || ls_wire_put_port_counts(object, counts) < 0 ||
	    json_object_update(object, more) < 0)
		return NULL;
	return LS_STEAL(&object);
}
