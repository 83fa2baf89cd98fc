#include "cli/offline/offline_json.h"

#include <stdlib.h>
#include <string.h>

#include "cli/offline/offline_state.h"
#include "lib/base/text.h"

static json_t *
of_lines(const struct offline_port *port)
{
	struct ls_wire_field fields[LS_N_LOG_COUNTS];

	for (size_t i = 0; i < LS_COUNT(fields); i++)
		fields[i] = (struct ls_wire_field){
			ls_log_count_name((enum ls_log_count)i),
			json_integer((int64_t)port->lines[i]),
		};
	return ls_wire_object(fields, LS_COUNT(fields));
}

/* Only failures that occurred; -2 has two rows, of cancels and of timeouts. */
static void
count_statuses(const struct ls_traffic_sum *sum, struct ls_port_counts *counts)
{
	_Static_assert(LS_N_STATUS_ROWS <= LS_REPORT_STATUSES, "all rows fit");

	for (size_t i = 0; i < LS_N_STATUS_ROWS; i++) {
		if (sum->by_status[i] == 0 || ls_status_rows[i].class == LS_TRANSFER_OK)
			continue;
		counts->errors_by_status[counts->n_statuses++] = (struct ls_status_count){
			i == LS_STATUS_ROW_OTHER ? 0 : ls_status_rows[i].status,
			(int64_t)sum->by_status[i],
		};
	}
}

/* What was counted of @port, with its traffic. */
static struct ls_port_counts
all_counts(const struct offline_port *port)
{
	const struct ls_traffic_sum *sum = &port->traffic;
	struct ls_port_counts counts = port->counts;

	counts.connected_seconds = (double)port->connected_us / LS_SEC;
	counts.transfers = (int64_t)sum->n_completed;
	counts.bytes_in = (int64_t)sum->bytes_in;
	counts.bytes_out = (int64_t)sum->bytes_out;
	counts.submit_errors = (int64_t)sum->n_refused;
	for (int i = LS_TRANSFER_OK + 1; i < LS_N_TRANSFER_CLASSES; i++)
		counts.errors_by_class[i] = (int64_t)sum->by_class[i];
	count_statuses(sum, &counts);
	return counts;
}

/* As PortReport of io.linkstat, and what the lines of the log state. */
static json_t *
of_port(const struct offline_port *port, json_t *files)
{
	const struct ls_port_counts counts = all_counts(port);
	const struct ls_wire_field place[] = {
		{ "port", json_string(port->name) },
		{ "name", json_string(port->name) },
		{ "label", json_null() },
		{ "files", json_incref(files) },
	};
	const struct ls_wire_field rest[] = {
		{ "device", counts.has_device ? ls_wire_device(&counts.device) : json_null() },
		{ "observations", of_lines(port) },
	};
	ls_json_auto json_t *object = ls_wire_object(place, LS_COUNT(place));
	ls_json_auto json_t *more = ls_wire_object(rest, LS_COUNT(rest));

	if (!object || !more || ls_wire_put_port_counts(object, &counts) < 0 ||
	    json_object_update(object, more) < 0)
		return NULL;
	return LS_STEAL(&object);
}

/* Numbers within names count as numbers: 1-2 comes before 1-10. */
static int
compare_ports(const void *a, const void *b)
{
	const struct offline_port *one = *(const struct offline_port *const *)a;
	const struct offline_port *other = *(const struct offline_port *const *)b;

	return strverscmp(one->name, other->name);
}

json_t *
offline_ports(const struct offline *offline, json_t *files)
{
	ls_json_auto json_t *list = json_array();
	struct offline_port *sorted[OFFLINE_PORTS];

	memcpy(sorted, offline->ports, offline->n_ports * sizeof(sorted[0]));
	qsort(sorted, offline->n_ports, sizeof(sorted[0]), compare_ports);
	for (size_t i = 0; i < offline->n_ports; i++) {
		if (json_array_append_new(list, of_port(sorted[i], files)) < 0)
			return NULL;
	}
	return offline->no_memory ? NULL : LS_STEAL(&list);
}

/* Minutes or days may lie between two lines. */
#define TIMELESS_CONFIDENCE 0.4

static void
forget_times(struct ls_incident *incident)
{
	incident->back = false;
	if (!ls_cause_row(incident->cause)->rests_on_time)
		return;
	if (incident->confidence > TIMELESS_CONFIDENCE)
		incident->confidence = TIMELESS_CONFIDENCE;
	ls_text_format(incident->why, sizeof(incident->why),
		       "the order of the lines looks like it; they have no times, so that it is "
		       "not known how long the device was away");
}

static json_t *
of_incident(const struct ls_incident *incident, bool timeless, json_t *files)
{
	struct ls_incident named = *incident;
	json_t *object;
	char name[LS_ID_PATH_MAX];

	if (timeless)
		forget_times(&named);
	offline_socket_name(&incident->socket, name);
	memcpy(named.socket.id_path, name, sizeof(named.socket.id_path));
	object = ls_wire_incident(&named, NULL);
	if (object && (json_object_set_new(object, "name", json_string(name)) < 0 ||
		       json_object_set(object, "files", files) < 0)) {
		json_decref(object);
		return NULL;
	}
	return object;
}

static int
compare_incidents(const void *a, const void *b)
{
	const struct offline_incident *one = *(const struct offline_incident *const *)a;
	const struct offline_incident *other = *(const struct offline_incident *const *)b;

	return (one->last.id > other->last.id) - (one->last.id < other->last.id);
}

json_t *
offline_incidents(const struct offline *offline, json_t *files)
{
	ls_json_auto json_t *list = json_array();
	struct offline_incident *sorted[OFFLINE_INCIDENTS];

	memcpy(sorted, offline->incidents, offline->n_incidents * sizeof(sorted[0]));
	qsort(sorted, offline->n_incidents, sizeof(sorted[0]), compare_incidents);
	for (size_t i = 0; i < offline->n_incidents; i++) {
		if (json_array_append_new(
			    list, of_incident(&sorted[i]->last, offline->timeless, files)) < 0)
			return NULL;
	}
	return offline->no_memory ? NULL : LS_STEAL(&list);
}

json_t *
offline_notes(const struct offline *offline)
{
	ls_json_auto json_t *list = json_array();

	for (size_t i = 0; i < offline->n_notes; i++) {
		if (json_array_append_new(list, json_string(offline->notes[i])) < 0)
			return NULL;
	}
	if (offline->n_losses > 0 &&
	    json_array_append_new(
		    list,
		    json_sprintf("%llu kernel messages were lost before this log was written, in "
				 "%d %s of it: what they said is unknown",
				 (unsigned long long)offline->n_lost, offline->n_losses,
				 offline->n_losses == 1 ? "place" : "places")) < 0)
		return NULL;
	if (offline->n_incidents_left_out > 0 &&
	    json_array_append_new(
		    list, json_sprintf("%llu incidents are counted but not listed: only the first "
				       "and the last %d are kept",
				       (unsigned long long)offline->n_incidents_left_out,
				       OFFLINE_INCIDENTS / 2)) < 0)
		return NULL;
	if (offline->n_ports_left_out > 0 &&
	    json_array_append_new(list,
				  json_sprintf("%llu facts about ports beyond the first %d are not "
					       "counted",
					       (unsigned long long)offline->n_ports_left_out,
					       OFFLINE_PORTS)) < 0)
		return NULL;
	return LS_STEAL(&list);
}
