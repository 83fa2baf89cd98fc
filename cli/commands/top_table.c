#include "cli/commands/top_table.h"

#include <stdlib.h>
#include <string.h>

#include "cli/base/field.h"
#include "cli/print/format.h"
#include "cli/print/render.h"
#include "cli/print/words.h"

/* Below this the median, the longest time and the stalls have no room beside a readable name. */
#define WIDE 100

enum { PORT, DEVICE, IN, OUT, TRANSFERS, ERRORS, STALLS, HALF, MOST, LONGEST, TYPE, N_COLUMNS };

static const struct {
	struct table_column column;
	bool wide; /* only where there is room */
} known[N_COLUMNS] = {
	[PORT] = { { "PORT", 0 }, false },
	[DEVICE] = { { "DEVICE", TABLE_CUT }, false },
	[IN] = { { "IN/S", TABLE_RIGHT }, false },
	[OUT] = { { "OUT/S", TABLE_RIGHT }, false },
	[TRANSFERS] = { { "TRANS/S", TABLE_RIGHT }, false },
	[ERRORS] = { { "ERRORS/S", TABLE_RIGHT }, false },
	[STALLS] = { { "STALLS/S", TABLE_RIGHT }, true },
	[HALF] = { { "HALF", TABLE_RIGHT }, true },
	[MOST] = { { "99 %", TABLE_RIGHT }, false },
	[LONGEST] = { { "LONGEST", TABLE_RIGHT }, true },
	[TYPE] = { { "OF", 0 }, false },
};

/* The times that say most of a device: interrupt transfers only tell how long it was silent. */
static const char *const types[] = { "bulk", "isochronous", "control", "interrupt" };

struct row {
	const json_t *flow;
	const char *type; /* NULL: no transfer ended */
	const json_t *times;
	double key; /* larger comes first */
	size_t i;   /* of equal keys: as they came */
};

struct rows {
	struct row *at;
	size_t n;
};

const char *
top_order_name(enum top_order order)
{
	static const char *const names[TOP_N_ORDERS] = {
		[TOP_BY_THROUGHPUT] = "throughput", [TOP_BY_TRANSFERS] = "transfers",
		[TOP_BY_ERRORS] = "errors",	    [TOP_BY_STALLS] = "stalls",
		[TOP_BY_LATENCY] = "latency",	    [TOP_BY_PORT] = "port",
	};

	return (size_t)order < TOP_N_ORDERS ? names[order] : "";
}

static double
throughput(const json_t *flow)
{
	return field_real(flow, "bytes_in_per_second") + field_real(flow, "bytes_out_per_second");
}

static void
choose_times(struct row *row)
{
	const json_t *latency = field_object(row->flow, "latency");

	row->type = NULL;
	row->times = NULL;
	for (size_t i = 0; i < LS_COUNT(types); i++) {
		const json_t *times = json_object_get(latency, types[i]);

		if (!times || (row->times && (strcmp(types[i], "interrupt") == 0 ||
					      field_int(times, "transfers") <=
						      field_int(row->times, "transfers"))))
			continue;
		row->type = types[i];
		row->times = times;
	}
}

static double
key_of(const struct row *row, enum top_order order)
{
	switch (order) {
	case TOP_BY_TRANSFERS:
		return field_real(row->flow, "transfers_per_second");
	case TOP_BY_ERRORS:
		return field_real(row->flow, "errors_per_second");
	case TOP_BY_STALLS:
		return field_real(row->flow, "stalls_per_second");
	case TOP_BY_LATENCY:
		return row->times ? (double)field_int(row->times, "p99_us") : -1;
	case TOP_BY_PORT:
		return 0;
	default:
		return throughput(row->flow);
	}
}

static int
compare(const void *one, const void *other)
{
	const struct row *a = one, *b = other;

	if (a->key != b->key)
		return a->key > b->key ? -1 : 1;
	return a->i < b->i ? -1 : a->i > b->i;
}

static int
compare_ports(const void *one, const void *other)
{
	const struct row *a = one, *b = other;

	return strverscmp(field_text(a->flow, "name"), field_text(b->flow, "name"));
}

/* A hub is told only where something moved on it: that is not what somebody looks for. */
static bool
is_told(const json_t *flow)
{
	return !field_flag(field_object(flow, "device"), "hub") ||
	       field_real(flow, "transfers_per_second") > 0;
}

/* 0, or -1 without memory. */
static int
collect(const json_t *reply, enum top_order order, struct rows *ret)
{
	const json_t *flows = field_list(reply, "devices"), *flow;
	size_t i;

	ret->n = 0;
	ret->at = calloc(json_array_size(flows) + 1, sizeof(*ret->at));
	if (!ret->at)
		return -1;
	json_array_foreach(flows, i, flow)
	{
		struct row *row = &ret->at[ret->n];

		if (!is_told(flow))
			continue;
		*row = (struct row){ .flow = flow, .i = i };
		choose_times(row);
		row->key = key_of(row, order);
		ret->n++;
	}
	qsort(ret->at, ret->n, sizeof(*ret->at), compare_ports);
	for (i = 0; i < ret->n; i++)
		ret->at[i].i = i;
	qsort(ret->at, ret->n, sizeof(*ret->at), compare);
	return 0;
}

static void
put_head(const struct output_style *style, const json_t *reply, const struct rows *rows)
{
	char n[FORMAT_MAX], in[FORMAT_MAX], out[FORMAT_MAX], span[FORMAT_MAX];
	double in_rate = 0, out_rate = 0;
	bool hubs_only = true;

	for (size_t i = 0; i < rows->n; i++) {
		const json_t *flow = rows->at[i].flow;
		bool hub = field_flag(field_object(flow, "device"), "hub");

		in_rate += field_real(flow, "bytes_in_per_second");
		out_rate += field_real(flow, "bytes_out_per_second");
		hubs_only = hubs_only && hub;
	}
	if (hubs_only)
		render_sentence(style, TONE_STRONG, 0, "No device is plugged in.");
	if (hubs_only || field_has(reply, "blind"))
		return;
	render_sentence(style, TONE_STRONG, 0, "%s, %s/s in, %s/s out, measured for %s.",
			format_count(n, (int64_t)rows->n, "device", "devices"),
			format_bytes(in, in_rate), format_bytes(out, out_rate),
			format_duration(span, field_real(reply, "seconds")));
}

static void
put_doubts(const struct output_style *style, const json_t *reply)
{
	const char *blind = field_text(reply, "blind"), *fix = field_text(reply, "fix");
	char n[FORMAT_MAX];

	if (field_has(reply, "blind"))
		render_sentence(style, TONE_WARN, 0,
				"usbmon is blind, so nobody knows what moves: %s%s", blind,
				words_stop(blind));
	if (field_has(reply, "blind") && *fix) /* not wrapped: it is to be typed */
		fprintf(style->out, "  Fix: %s\n", fix);
	if (field_int(reply, "lost") > 0)
		render_sentence(style, TONE_WARN, 0, "usbmon lost %s: the numbers are too low.",
				format_count(n, field_int(reply, "lost"), "record", "records"));
}

/* Columns that are shown, and where each of them is. */
struct shown {
	struct table_column columns[N_COLUMNS];
	int place[N_COLUMNS]; /* -1: not shown */
	size_t n;
};

static void
choose_columns(const struct output_style *style, struct shown *ret)
{
	ret->n = 0;
	for (size_t i = 0; i < N_COLUMNS; i++) {
		bool fits = !known[i].wide || style->width == 0 || style->width >= WIDE;

		ret->place[i] = fits ? (int)ret->n : -1;
		if (fits)
			ret->columns[ret->n++] = known[i].column;
	}
}

/* The table that a row is filled into. */
struct filling {
	const struct output_style *style;
	const struct shown *shown;
	struct table *table;
	struct libscols_line *line;
	bool blind;
};

static void
fill(const struct filling *to, int column, enum tone tone, const char *text)
{
	if (to->shown->place[column] >= 0)
		table_cell(to->table, to->line, (size_t)to->shown->place[column], tone, text);
}

/* Nothing that usbmon would have to see is shown as 0 while it is blind. */
static void
fill_count(const struct filling *to, int column, double n, enum tone tone)
{
	char text[FORMAT_MAX];

	fill(to, column, n > 0 ? tone : TONE_PLAIN,
	     to->blind ? to->style->dash : format_per_second(text, n));
}

static void
fill_bytes(const struct filling *to, int column, double n)
{
	char text[FORMAT_MAX];

	fill(to, column, TONE_PLAIN,
	     to->blind ? to->style->dash
	     : n > 0   ? format_bytes(text, n)
		       : "0");
}

static void
fill_times(const struct filling *to, const struct row *row)
{
	static const struct {
		int column;
		const char *field;
	} times[] = { { HALF, "p50_us" }, { MOST, "p99_us" }, { LONGEST, "max_us" } };
	char text[FORMAT_MAX];

	for (size_t i = 0; i < LS_COUNT(times); i++) {
		const char *shown = to->style->dash;

		if (row->times && !to->blind)
			shown = format_latency(text, to->style->utf8,
					       field_int(row->times, times[i].field));
		fill(to, times[i].column, TONE_PLAIN, shown);
	}
	fill(to, TYPE, TONE_PLAIN, row->type && !to->blind ? row->type : "");
}

static void
fill_row(struct filling *to, const struct row *row)
{
	const json_t *flow = row->flow;
	const char *label = field_text(flow, "label"), *name = field_text(flow, "name");
	char device[WORDS_MAX];

	to->line = table_row(to->table, NULL);
	if (!*name)
		name = field_text(flow, "port");
	fill(to, PORT, TONE_PLAIN, *label ? label : name);
	fill(to, DEVICE, TONE_PLAIN, words_device(device, field_object(flow, "device")));
	fill_bytes(to, IN, field_real(flow, "bytes_in_per_second"));
	fill_bytes(to, OUT, field_real(flow, "bytes_out_per_second"));
	fill_count(to, TRANSFERS, field_real(flow, "transfers_per_second"), TONE_PLAIN);
	fill_count(to, ERRORS, field_real(flow, "errors_per_second"), TONE_BAD);
	fill_count(to, STALLS, field_real(flow, "stalls_per_second"), TONE_WARN);
	fill_times(to, row);
}

static int
put_table(const struct output_style *style, const json_t *reply, const struct rows *rows)
{
	struct shown shown;
	ls_auto(table) *table = NULL;
	struct filling to = {
		.style = style,
		.shown = &shown,
		.blind = field_has(reply, "blind"),
	};

	choose_columns(style, &shown);
	if (table_new(style, shown.columns, shown.n, &table) < 0)
		return -1;
	to.table = table;
	for (size_t i = 0; i < rows->n; i++)
		fill_row(&to, &rows->at[i]);
	return table_print(table);
}

int
top_put(const struct output_style *style, const json_t *reply, enum top_order order)
{
	struct rows rows;
	int r = collect(reply, order, &rows);

	if (r < 0)
		return cli_no_memory();
	put_head(style, reply, &rows);
	put_doubts(style, reply);
	r = put_table(style, reply, &rows);
	free(rows.at);
	return r < 0 ? cli_no_memory() : CLI_FINE;
}
