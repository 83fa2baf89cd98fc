#include "cli/analyze/json.h"

#include <stdio.h>

#include "cli/base/cli.h"
#include "cli/offline/offline_json.h"

#define STATUS_KEY_MAX 16

struct builder {
	json_t *devices;
	const struct ls_enumeration *enumeration;
	bool failed;
};

/* Adds to an existing count: two rows of ls_status_rows share a status. */
static int
add_count(json_t *counts, const char *key, uint64_t n)
{
	int64_t before = json_integer_value(json_object_get(counts, key));

	if (n == 0)
		return 0;
	return json_object_set_new(counts, key, json_integer(before + (int64_t)n));
}

static json_t *
by_status(const uint64_t rows[LS_N_STATUS_ROWS])
{
	json_t *counts = json_object();
	int r = 0;

	for (size_t i = 0; i < LS_N_STATUS_ROWS; i++) {
		char key[STATUS_KEY_MAX] = "other";

		if (i != LS_STATUS_ROW_OTHER)
			snprintf(key, sizeof(key), "%d", ls_status_rows[i].status);
		r |= add_count(counts, key, rows[i]);
	}
	if (r == 0)
		return counts;
	json_decref(counts);
	return NULL;
}

static json_t *
by_status_exact(const uint64_t numbers[LS_STATUS_MAX + 2])
{
	json_t *counts = json_object();
	int r = 0;

	for (int i = 0; i <= LS_STATUS_MAX + 1; i++) {
		char key[STATUS_KEY_MAX] = "other";

		if (i <= LS_STATUS_MAX)
			snprintf(key, sizeof(key), "%d", -i);
		r |= add_count(counts, key, numbers[i]);
	}
	if (r == 0)
		return counts;
	json_decref(counts);
	return NULL;
}

static json_t *
by_class(const uint64_t classes[LS_N_TRANSFER_CLASSES])
{
	struct ls_wire_field fields[LS_N_TRANSFER_CLASSES - 1];

	for (int i = LS_TRANSFER_OK + 1; i < LS_N_TRANSFER_CLASSES; i++)
		fields[i - 1] = (struct ls_wire_field){
			ls_transfer_class_name((enum ls_transfer_class)i),
			json_integer((int64_t)classes[i]),
		};
	return ls_wire_object(fields, LS_COUNT(fields));
}

static json_t *
errors_of(const struct ls_endpoint_counts *endpoint)
{
	uint64_t classes[LS_N_TRANSFER_CLASSES];

	for (int i = 0; i < LS_N_TRANSFER_CLASSES; i++)
		classes[i] = ls_endpoint_by_class(endpoint, (enum ls_transfer_class)i);
	return by_class(classes);
}

static json_t *
of_endpoint(unsigned int index, const struct ls_endpoint_counts *endpoint)
{
	const struct ls_wire_field fields[] = {
		{ "endpoint", json_sprintf("0x%02x", (index & 15) | (index & 16) << 3) },
		{ "transfers", json_integer((int64_t)ls_endpoint_completed(endpoint)) },
		{ "bytes", json_integer((int64_t)endpoint->bytes) },
		{ "submit_errors", json_integer((int64_t)endpoint->n_refused) },
		{ "iso_packets", json_integer((int64_t)endpoint->n_iso_packets) },
		{ "iso_errors", json_integer((int64_t)endpoint->n_iso_errors) },
		{ "completions_by_status", by_status(endpoint->by_status) },
		{ "errors", errors_of(endpoint) },
	};

	return ls_wire_object(fields, LS_COUNT(fields));
}

static json_t *
of_endpoints(const struct ls_traffic_counts *counts)
{
	json_t *list = json_array();

	for (unsigned int i = 0; i < LS_N_ENDPOINTS; i++) {
		const struct ls_endpoint_counts *endpoint = &counts->endpoints[i];

		if (!endpoint->n_submitted && !endpoint->n_refused &&
		    !ls_endpoint_completed(endpoint))
			continue;
		if (json_array_append_new(list, of_endpoint(i, endpoint)) < 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

static json_t *
of_latencies(const struct ls_traffic_counts *counts)
{
	json_t *list = json_object();

	for (unsigned int i = 0; i < LS_N_XFERS; i++) {
		const struct ls_latency *latency = &counts->latency[i];
		uint64_t n = ls_latency_count(latency);
		const struct ls_wire_field fields[] = {
			{ "transfers", json_integer((int64_t)n) },
			{ "p50_us", json_integer((int64_t)ls_latency_quantile(latency, 500)) },
			{ "p99_us", json_integer((int64_t)ls_latency_quantile(latency, 990)) },
			{ "max_us", json_integer((int64_t)latency->max_us) },
		};
		json_t *one = ls_wire_object(fields, LS_COUNT(fields));

		if (n > 0 && json_object_set(list, ls_xfer_name(i), one) < 0) {
			json_decref(list);
			list = NULL;
		}
		json_decref(one);
	}
	return list;
}

/*
 * Failures that speak against the link, by endpoint as lib/usbmon/traffic.h has it: a read that waits in
 * vain is none.
 */
static uint64_t
evidence_of(const struct ls_traffic_counts *counts)
{
	uint64_t n = 0;

	for (unsigned int i = 0; i < LS_N_ENDPOINTS; i++) {
		const struct ls_endpoint_counts *endpoint = &counts->endpoints[i];
		bool asks = i % (LS_N_ENDPOINTS / 2) == 0 || i < LS_N_ENDPOINTS / 2;

		n += ls_endpoint_by_class(endpoint, LS_TRANSFER_LINK);
		n += ls_endpoint_by_class(endpoint, LS_TRANSFER_BABBLE);
		n += asks ? ls_endpoint_by_class(endpoint, LS_TRANSFER_TIMEOUT) : 0;
	}
	return n;
}

/* "1-2", or null where the capture does not show it. */
static json_t *
port_of(const struct ls_enumerated *known)
{
	return known && known->placed ? json_string(known->port) : json_null();
}

json_t *
analyze_device(unsigned int bus, unsigned int devnum, const struct ls_enumerated *known,
	       const struct ls_traffic_counts *counts)
{
	bool has_ids = known && known->device.vid;
	struct ls_traffic_sum totals, *sum = &totals;

	ls_traffic_sum(counts, sum);
	const struct ls_wire_field fields[] = {
		{ "bus", json_integer(bus) },
		{ "device", json_integer(devnum) },
		{ "port", port_of(known) },
		{ "described", has_ids ? ls_wire_device(&known->device) : json_null() },
		{ "transfers", json_integer((int64_t)sum->n_completed) },
		{ "bytes_in", json_integer((int64_t)sum->bytes_in) },
		{ "bytes_out", json_integer((int64_t)sum->bytes_out) },
		{ "link_evidence", json_integer((int64_t)evidence_of(counts)) },
		{ "under_way", json_integer((int64_t)sum->n_pending) },
		{ "submit_errors", json_integer((int64_t)sum->n_refused) },
		{ "completions_by_status", by_status(sum->by_status) },
		{ "submit_errors_by_status", by_status(counts->refused_by_status) },
		{ "errors", by_class(sum->by_class) },
		{ "latency", of_latencies(counts) },
		{ "endpoints", of_endpoints(counts) },
	};

	return ls_wire_object(fields, LS_COUNT(fields));
}

static void
on_device(unsigned int bus, unsigned int devnum, const struct ls_traffic_counts *counts, void *user)
{
	struct builder *builder = user;
	const struct ls_enumerated *known = ls_enumeration_find(builder->enumeration, bus, devnum);

	if (json_array_append_new(builder->devices, analyze_device(bus, devnum, known, counts)) < 0)
		builder->failed = true;
}

static json_t *
of_devices(struct capture_watch *watch, json_t *past)
{
	struct builder builder = {
		.devices = json_array(),
		.enumeration = capture_watch_enumeration(watch),
	};

	if (past && json_array_extend(builder.devices, past) < 0)
		builder.failed = true;
	ls_traffic_visit(capture_watch_traffic(watch), on_device, &builder);
	if (!builder.failed)
		return builder.devices;
	json_decref(builder.devices);
	return NULL;
}

static struct ls_traffic_health
health_of(const struct ls_traffic *traffic)
{
	struct ls_traffic_health health;

	ls_traffic_health(traffic, &health);
	return health;
}

static json_t *
time_or_null(uint64_t real_us)
{
	return real_us ? ls_wire_time((int64_t)real_us) : json_null();
}

json_t *
analyze_capture(const char *file, const struct capture *capture, struct capture_watch *watch,
		json_t *past, const char *why)
{
	const struct capture_counts *counts = capture_counts(capture);
	const struct ls_traffic_health health = health_of(capture_watch_traffic(watch));
	const struct ls_wire_field fields[] = {
		{ "file", json_string(file) },
		{ "format", json_string(capture_format(capture)) },
		{ "link_type", json_integer(capture_link_type(capture)) },
		{ "records", json_integer((int64_t)counts->n_records) },
		{ "submissions", json_integer((int64_t)counts->n_submissions) },
		{ "completions", json_integer((int64_t)counts->n_completions) },
		{ "completions_by_status", by_status_exact(counts->completions_by_status) },
		{ "submit_errors", json_integer((int64_t)counts->n_refused) },
		{ "nonsense", json_integer((int64_t)counts->n_nonsense) },
		{ "untracked", json_integer((int64_t)health.n_untracked) },
		{ "unmatched", json_integer((int64_t)health.n_unmatched) },
		{ "clock_jumps", json_integer((int64_t)health.n_jumps) },
		{ "first_at", time_or_null(counts->first_us) },
		{ "last_at", time_or_null(counts->last_us) },
		{ "truncated", ls_wire_optional(why) },
		{ "devices", of_devices(watch, past) },
	};

	return ls_wire_object(fields, LS_COUNT(fields));
}

json_t *
analyze_log(const struct analyze_log *log)
{
	const struct ls_log_text_summary *summary = &log->summary;
	const struct ls_wire_field fields[] = {
		{ "file", json_string(log->file) },
		{ "format", json_string(summary->format) },
		{ "lines", json_integer((int64_t)summary->lines) },
		{ "usb_lines", json_integer((int64_t)summary->usb_lines) },
		{ "understood", json_boolean(log->understood) },
		{ "unread_lines", json_integer((int64_t)summary->unread.n) },
		{ "unread_line",
		  ls_wire_optional(summary->unread.n ? summary->unread.first : NULL) },
		{ "cut_lines", json_integer((int64_t)summary->cut_lines) },
		{ "boots", json_integer(summary->boots) },
		{ "dated", json_boolean(summary->dated) },
		{ "of_day", json_boolean(summary->of_day) },
		{ "first_at", log->any ? ls_wire_time(log->first_us) : json_null() },
		{ "last_at", log->any ? ls_wire_time(log->last_us) : json_null() },
		{ "truncated", ls_wire_optional(log->why) },
	};

	return ls_wire_object(fields, LS_COUNT(fields));
}

json_t *
analyze_nothing(const char *file, const char *why)
{
	return json_pack("{s:s, s:n, s:n, s:i, s:i, s:i, s:{}, s:i, s:i, s:i, s:i, s:i, s:n, s:n, "
			 "s:s, s:[]}",
			 "file", file, "format", "link_type", "records", 0, "submissions", 0,
			 "completions", 0, "completions_by_status", "submit_errors", 0, "nonsense",
			 0, "untracked", 0, "unmatched", 0, "clock_jumps", 0, "first_at", "last_at",
			 "truncated", why, "devices");
}

/* ---- one engine over several files ------------------------------------------------------------- */

json_t *
analyze_new_group(void)
{
	return json_pack("{s:[], s:[], s:[], s:[], s:[], s:[]}", "captures", "logs", "restores",
			 "ports", "incidents", "notes");
}

static json_t *
files_of(const json_t *group)
{
	static const char *const lists[] = { "captures", "logs" };
	json_t *files = json_array();
	const json_t *file;
	size_t i;

	for (size_t list = 0; list < LS_COUNT(lists); list++) {
		json_array_foreach(json_object_get(group, lists[list]), i, file)
		{
			if (json_array_append(files, json_object_get(file, "file")) < 0) {
				json_decref(files);
				return NULL;
			}
		}
	}
	return files;
}

static int
put_list(json_t *group, const char *name, json_t *list)
{
	int r = list ? json_array_extend(json_object_get(group, name), list) : -1;

	json_decref(list);
	return r;
}

int
analyze_conclude(struct offline *offline, json_t *group)
{
	ls_json_auto json_t *files = files_of(group);

	offline_finish(offline);
	if (!files || put_list(group, "ports", offline_ports(offline, files)) < 0 ||
	    put_list(group, "incidents", offline_incidents(offline, files)) < 0 ||
	    put_list(group, "notes", offline_notes(offline)) < 0)
		return cli_no_memory();
	return CLI_FINE;
}
