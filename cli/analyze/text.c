#include "cli/analyze/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/base/field.h"
#include "cli/print/format.h"
#include "cli/print/render.h"
#include "cli/print/words.h"

#define ENDPOINTS_SHOWN 6  /* in a sentence */
#define FAILURES_SHOWN	60 /* rows */

static const char *
endpoint_name(char text[FORMAT_MAX], const json_t *endpoint)
{
	unsigned long address = strtoul(field_text(endpoint, "endpoint"), NULL, 16);

	snprintf(text, FORMAT_MAX, "%lu %s", address & 15, address & 0x80 ? "IN" : "OUT");
	return text;
}

/* How many failures of an endpoint are evidence against the link. */
static int64_t
evidence_of(const json_t *endpoint)
{
	const json_t *errors = field_object(endpoint, "errors");
	unsigned long address = strtoul(field_text(endpoint, "endpoint"), NULL, 16);
	bool asks = (address & 15) == 0 || !(address & 0x80);

	return field_int(errors, "link") + field_int(errors, "babble") +
	       (asks ? field_int(errors, "timeout") : 0);
}

static void
list_endpoints(char *text, size_t size, const json_t *device)
{
	const json_t *endpoint;
	size_t i, n_shown = 0, len = 0;
	char name[FORMAT_MAX];

	*text = '\0';
	json_array_foreach(field_list(device, "endpoints"), i, endpoint)
	{
		int64_t n = evidence_of(endpoint);

		if (n == 0 || len >= size || n_shown > ENDPOINTS_SHOWN)
			continue;
		if (n_shown == ENDPOINTS_SHOWN)
			snprintf(text + len, size - len, " and more elsewhere");
		else
			snprintf(text + len, size - len, "%s%" PRId64 " on %s", n_shown ? ", " : "",
				 n, endpoint_name(name, endpoint));
		len += strlen(text + len);
		n_shown++;
	}
}

/* The most serious class that occurred; *ret_n is how often. */
static const char *
evidence_words(const json_t *errors, int64_t *ret_n)
{
	static const struct {
		const char *name, *words;
	} reasons[] = {
		{ "link", "there was no valid answer on the wire" },
		{ "babble", "more came than was asked for (the link, or the device's firmware)" },
		{ "timeout", "the device did not answer in time" },
	};
	size_t i = 0;

	while (i + 1 < LS_COUNT(reasons) && field_int(errors, reasons[i].name) == 0)
		i++;
	*ret_n = field_int(errors, reasons[i].name);
	return reasons[i].words;
}

static void
put_evidence(const struct output_style *style, const json_t *device)
{
	int64_t n = field_int(device, "link_evidence"), n_of_reason;
	const char *reason = evidence_words(field_object(device, "errors"), &n_of_reason);
	char endpoints[WORDS_MAX];

	list_endpoints(endpoints, sizeof(endpoints), device);
	render_sentence(style, TONE_PLAIN, 4,
			"  Device %" PRId64 " on bus %" PRId64 ": %" PRId64 " of %" PRId64
			" transfers failed, %sbecause %s: %s.",
			field_int(device, "device"), field_int(device, "bus"), n,
			field_int(device, "transfers"), n_of_reason < n ? "in part " : "", reason,
			endpoints);
}

/* Failures of all devices that are no evidence against the link. */
static void
put_harmless(const struct output_style *style, const json_t *devices)
{
	static const struct {
		const char *name, *one, *many;
	} kinds[] = {
		{ "stall", "stall", "stalls" },
		{ "cancelled", "cancelled transfer", "cancelled transfers" },
		{ "gone", "transfer ended with its device or endpoint",
		  "transfers ended with their device or endpoint" },
		{ "host", "failure of the host itself", "failures of the host itself" },
	};
	char text[WORDS_MAX] = "", number[FORMAT_MAX + 64];
	const json_t *device;
	size_t i, len = 0;

	for (size_t kind = 0; kind < LS_COUNT(kinds); kind++) {
		int64_t n = 0;

		json_array_foreach(devices, i, device)
		{
			n += field_int(field_object(device, "errors"), kinds[kind].name);
		}
		if (n == 0)
			continue;
		snprintf(number, sizeof(number), "%" PRId64 " %s", n,
			 n == 1 ? kinds[kind].one : kinds[kind].many);
		snprintf(text + len, sizeof(text) - len, "%s%s", len ? ", " : "", number);
		len += strlen(text + len);
	}
	if (len > 0)
		render_sentence(style, TONE_PLAIN, 4,
				"  What else failed, for other reasons than the link: %s.", text);
}

/*
 * Isochronous packets are not retried, so they show link errors best; a busy host makes them fail,
 * too.
 */
static void
put_packets(const struct output_style *style, const json_t *device)
{
	const json_t *endpoint;
	int64_t n_packets = 0, n_errors = 0;
	size_t i;

	json_array_foreach(field_list(device, "endpoints"), i, endpoint)
	{
		n_packets += field_int(endpoint, "iso_packets");
		n_errors += field_int(endpoint, "iso_errors");
	}
	if (n_errors > 0)
		render_sentence(style, TONE_PLAIN, 4,
				"  Device %" PRId64 " on bus %" PRId64 ": %" PRId64 " of %" PRId64
				" isochronous packets failed: the link, or a host too busy.",
				field_int(device, "device"), field_int(device, "bus"), n_errors,
				n_packets);
}

static size_t
count_suspects(const json_t *devices)
{
	const json_t *device;
	size_t i, n = 0;

	json_array_foreach(devices, i, device)
	{
		n += field_int(device, "link_evidence") > 0;
	}
	return n;
}

static void
put_answer(const struct output_style *style, const char *file, const json_t *capture)
{
	const json_t *devices = field_list(capture, "devices"), *device;
	size_t n_suspects = count_suspects(devices), i;
	bool is_cut = field_has(capture, "truncated");
	char n[FORMAT_MAX], n_devices[FORMAT_MAX];

	if (n_suspects > 0)
		render_sentence(style, TONE_BAD, 0, "%s: signs of a bad link at %s.", file,
				format_count(n, (int64_t)n_suspects, "device", "devices"));
	else if (field_int(capture, "completions") == 0)
		render_sentence(style, TONE_WARN, 0, "%s: no transfer ended in it.", file);
	else
		render_sentence(
			style, is_cut ? TONE_WARN : TONE_GOOD, 0,
			"%s: no sign of a bad link in %s of %s.", file,
			format_count(n, field_int(capture, "completions"), "transfer", "transfers"),
			format_count(n_devices, (int64_t)json_array_size(devices), "device",
				     "devices"));
	if (is_cut)
		render_sentence(style, TONE_WARN, 4, "  This is about a part of it, %s.",
				field_text(capture, "truncated"));
	json_array_foreach(devices, i, device)
	{
		if (field_int(device, "link_evidence") > 0)
			put_evidence(style, device);
		put_packets(style, device);
	}
	put_harmless(style, devices);
}

static void
put_notes(const struct output_style *style, const json_t *capture)
{
	static const struct {
		const char *name, *one, *many, *words;
	} notes[] = {
		{ "unmatched", "transfer", "transfers",
		  "ended without a beginning: the capture began later, or it lost records" },
		{ "nonsense", "record", "records", "passed over: no event of usbmon" },
		{ "untracked", "record", "records",
		  "in no row above: too many devices, or a bus number above 127" },
		{ "clock_jumps", "time", "times", "left out: the clock was set" },
	};
	char n[FORMAT_MAX];

	fputc('\n', style->out);
	for (size_t i = 0; i < LS_COUNT(notes); i++) {
		if (field_int(capture, notes[i].name) > 0)
			render_sentence(style, TONE_WARN, 2, "%s %s.",
					format_count(n, field_int(capture, notes[i].name),
						     notes[i].one, notes[i].many),
					notes[i].words);
	}
	if (count_suspects(field_list(capture, "devices")) > 0)
		render_sentence(style, TONE_PLAIN, 2,
				"Failures in the last 0.3 s before a device is gone are what every "
				"unplug looks like; what comes earlier, or on a device that "
				"stays, is the link: plug, cable, port, hub or device.");
	render_sentence(style, TONE_DIM, 2,
			"A capture shows what the drivers were told: not what the hardware "
			"repeated with success, nor what happened while nothing was asked.");
}

/* ---- tables ---- */

static const struct table_column device_columns[] = {
	{ "DEVICE", 0 },
	{ "DONE", TABLE_RIGHT },
	{ "IN", TABLE_RIGHT },
	{ "OUT", TABLE_RIGHT },
	{ "LINK", TABLE_RIGHT },
	{ "BABBLE", TABLE_RIGHT },
	{ "TIMEOUT", TABLE_RIGHT },
	{ "HOST", TABLE_RIGHT },
	{ "STALL", TABLE_RIGHT },
	{ "CANCEL", TABLE_RIGHT },
	{ "GONE", TABLE_RIGHT },
};
enum { DEVICE, TRANSFERS, BYTES_IN, BYTES_OUT, CLASSES };

static const struct {
	const char *name; /* in "errors" */
	enum tone tone;
} classes[] = {
	{ "link", TONE_BAD },	{ "babble", TONE_BAD },	 { "timeout", TONE_WARN },
	{ "host", TONE_WARN },	{ "stall", TONE_PLAIN }, { "cancelled", TONE_PLAIN },
	{ "gone", TONE_PLAIN },
};

static const struct table_column failure_columns[] = {
	{ "DEVICE", 0 },	  { "ENDPOINT", 0 },	    { "STATUS", 0 },
	{ "TIMES", TABLE_RIGHT }, { "MEANING", TABLE_CUT },
};
enum { OF_DEVICE, OF_ENDPOINT, STATUS, TIMES, MEANING };

static const struct table_column time_columns[] = {
	{ "DEVICE", 0 },	 { "TYPE", 0 },		  { "TRANSFERS", TABLE_RIGHT },
	{ "HALF", TABLE_RIGHT }, { "99 %", TABLE_RIGHT }, { "LONGEST", TABLE_RIGHT },
};
enum { TIME_DEVICE, TYPE, N_TIMED, HALF, MOST, LONGEST };

static const char *
device_name(char text[FORMAT_MAX], const json_t *device)
{
	snprintf(text, FORMAT_MAX, "%" PRId64 ".%" PRId64, field_int(device, "bus"),
		 field_int(device, "device"));
	return text;
}

static void
fill_device(const struct output_style *style, struct table *table, const json_t *device)
{
	struct libscols_line *row = table_row(table, NULL);
	const json_t *errors = field_object(device, "errors");
	char text[FORMAT_MAX];

	(void)style;
	table_cell(table, row, DEVICE, TONE_STRONG, device_name(text, device));
	table_number(table, row, TRANSFERS, field_int(device, "transfers"), TONE_PLAIN);
	table_cell(table, row, BYTES_IN, TONE_PLAIN,
		   format_size(text, field_int(device, "bytes_in")));
	table_cell(table, row, BYTES_OUT, TONE_PLAIN,
		   format_size(text, field_int(device, "bytes_out")));
	for (size_t i = 0; i < LS_COUNT(classes); i++)
		table_number(table, row, CLASSES + i, field_int(errors, classes[i].name),
			     classes[i].tone);
}

/* How many of the cancelled transfers took as long as a typical timeout. */
static int64_t
count_late(const json_t *endpoint)
{
	int64_t n = field_int(field_object(endpoint, "errors"), "timeout");

	return n - field_int(field_object(endpoint, "completions_by_status"), "-110");
}

struct failures {
	struct table *table;
	size_t n_rows, n_hidden;
};

/* @endpoint NULL: the submission failed, whatever the endpoint. */
static void
fill_failure(struct failures *failures, const json_t *device, const json_t *endpoint,
	     const char *key, int64_t n)
{
	int32_t status = (int32_t)strtol(key, NULL, 10);
	bool is_other = strcmp(key, "other") == 0;
	unsigned int known = is_other ? LS_STATUS_ROW_OTHER : ls_status_find(status);
	int64_t n_late = endpoint && status == -2 ? count_late(endpoint) : 0;
	char text[FORMAT_MAX], late[FORMAT_MAX] = "", meaning[WORDS_MAX];
	struct libscols_line *row;

	if (failures->n_rows == FAILURES_SHOWN) {
		failures->n_hidden++;
		return;
	}
	failures->n_rows++;
	row = table_row(failures->table, NULL);
	table_cell(failures->table, row, OF_DEVICE, TONE_PLAIN, device_name(text, device));
	table_cell(failures->table, row, OF_ENDPOINT, TONE_PLAIN,
		   endpoint ? endpoint_name(text, endpoint) : "any");
	table_cell(failures->table, row, STATUS, TONE_PLAIN,
		   is_other ? "other" : ls_status_text(status, text));
	table_number(failures->table, row, TIMES, n, TONE_PLAIN);
	if (n_late > 0)
		snprintf(late, sizeof(late), ", %" PRId64 " as by a timeout", n_late);
	snprintf(meaning, sizeof(meaning), "%s%s%s",
		 endpoint ? "" : "not begun: ", ls_status_rows[known].words, late);
	table_cell(failures->table, row, MEANING, TONE_PLAIN, meaning);
}

static void
fill_failures(struct failures *failures, const json_t *device, const json_t *endpoint,
	      const json_t *counts)
{
	const char *key;
	json_t *n;

	json_object_foreach((json_t *)(uintptr_t)counts, key, n)
	{
		if (strcmp(key, "0") != 0)
			fill_failure(failures, device, endpoint, key, json_integer_value(n));
	}
}

static void
fill_times(const struct output_style *style, struct table *table, const json_t *device)
{
	char text[FORMAT_MAX];
	const char *type;
	json_t *times;

	json_object_foreach((json_t *)(uintptr_t)field_object(device, "latency"), type, times)
	{
		struct libscols_line *row = table_row(table, NULL);

		table_cell(table, row, TIME_DEVICE, TONE_PLAIN, device_name(text, device));
		table_cell(table, row, TYPE, TONE_PLAIN, type);
		table_number(table, row, N_TIMED, field_int(times, "transfers"), TONE_PLAIN);
		table_cell(table, row, HALF, TONE_PLAIN,
			   format_latency(text, style->utf8, field_int(times, "p50_us")));
		table_cell(table, row, MOST, TONE_PLAIN,
			   format_latency(text, style->utf8, field_int(times, "p99_us")));
		table_cell(table, row, LONGEST, TONE_PLAIN,
			   format_latency(text, style->utf8, field_int(times, "max_us")));
	}
}

static int
put_table_of_failures(const struct output_style *style, const json_t *devices)
{
	ls_auto(table) *table = NULL;
	struct failures failures = { 0 };
	const json_t *device, *endpoint;
	size_t i, k;

	if (table_new(style, failure_columns, LS_COUNT(failure_columns), &table) < 0)
		return -ENOMEM;
	failures.table = table;
	json_array_foreach(devices, i, device)
	{
		json_array_foreach(field_list(device, "endpoints"), k, endpoint)
		{
			fill_failures(&failures, device, endpoint,
				      field_object(endpoint, "completions_by_status"));
		}
		fill_failures(&failures, device, NULL,
			      field_object(device, "submit_errors_by_status"));
	}
	if (failures.n_rows == 0)
		return 0;
	fputc('\n', style->out);
	if (table_print(table) < 0)
		return -ENOMEM;
	if (failures.n_hidden > 0)
		render_sentence(style, TONE_PLAIN, 2, "And %zu rows more: linkstat analyze --json",
				failures.n_hidden);
	return 0;
}

typedef void (*fill_fn)(const struct output_style *style, struct table *table,
			const json_t *device);

static int
put_table(const struct output_style *style, const struct table_column *columns, size_t n_columns,
	  fill_fn fill, const json_t *devices)
{
	ls_auto(table) *table = NULL;
	const json_t *device;
	size_t i;

	if (json_array_size(devices) == 0)
		return 0;
	if (table_new(style, columns, n_columns, &table) < 0)
		return -ENOMEM;
	json_array_foreach(devices, i, device)
	{
		fill(style, table, device);
	}
	fputc('\n', style->out);
	return table_print(table);
}

static int
put_tables(const struct output_style *style, const json_t *devices)
{
	int r = put_table(style, device_columns, LS_COUNT(device_columns), fill_device, devices);

	if (r == 0)
		r = put_table_of_failures(style, devices);
	if (r == 0)
		r = put_table(style, time_columns, LS_COUNT(time_columns), fill_times, devices);
	return r;
}

int
analyze_print_capture(const struct cli *cli, const json_t *capture)
{
	const struct output_style *style = &cli->style;
	char file[WORDS_MAX];

	if (!field_has(capture, "format")) /* already reported */
		return CLI_FINE;
	words_file(file, field_text(capture, "file"), style->utf8);
	put_answer(style, file, capture);
	if (put_tables(style, field_list(capture, "devices")) < 0)
		return cli_no_memory();
	put_notes(style, capture);
	return CLI_FINE;
}
