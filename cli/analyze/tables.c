#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/analyze/analyze.h"
#include "cli/base/field.h"
#include "cli/print/format.h"
#include "cli/print/render.h"
#include "cli/print/words.h"

#define FAILURES_SHOWN 60 /* rows */

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
fill_number(struct table *table, struct libscols_line *row, size_t column, int64_t n,
	    enum tone tone)
{
	char text[FORMAT_MAX];

	snprintf(text, sizeof(text), "%" PRId64, n);
	table_cell(table, row, column, n > 0 ? tone : TONE_PLAIN, text);
}

static void
fill_device(const struct output_style *style, struct table *table, const json_t *device)
{
	struct libscols_line *row = table_row(table, NULL);
	const json_t *errors = field_object(device, "errors");
	char text[FORMAT_MAX];

	(void)style;
	table_cell(table, row, DEVICE, TONE_STRONG, device_name(text, device));
	fill_number(table, row, TRANSFERS, field_int(device, "transfers"), TONE_PLAIN);
	table_cell(table, row, BYTES_IN, TONE_PLAIN,
		   format_size(text, field_int(device, "bytes_in")));
	table_cell(table, row, BYTES_OUT, TONE_PLAIN,
		   format_size(text, field_int(device, "bytes_out")));
	for (size_t i = 0; i < LS_COUNT(classes); i++)
		fill_number(table, row, CLASSES + i, field_int(errors, classes[i].name),
			    classes[i].tone);
}

/* Of those that were cancelled, how many after a time that programs wait. */
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

/* @endpoint NULL: it could not be begun, on any endpoint. */
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
		   endpoint ? analyze_endpoint_name(text, endpoint) : "any");
	table_cell(failures->table, row, STATUS, TONE_PLAIN,
		   is_other ? "other" : ls_status_text(status, text));
	fill_number(failures->table, row, TIMES, n, TONE_PLAIN);
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
		fill_number(table, row, N_TIMED, field_int(times, "transfers"), TONE_PLAIN);
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

int
analyze_print_tables(const struct output_style *style, const json_t *devices)
{
	int r = put_table(style, device_columns, LS_COUNT(device_columns), fill_device, devices);

	if (r == 0)
		r = put_table_of_failures(style, devices);
	if (r == 0)
		r = put_table(style, time_columns, LS_COUNT(time_columns), fill_times, devices);
	return r;
}
