#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/ask/ask.h"
#include "cli/base/sanitize.h"
#include "cli/ask/client.h"
#include "cli/base/command.h"
#include "cli/print/envelope.h"
#include "cli/base/field.h"
#include "cli/print/format.h"
#include "cli/ask/problem.h"
#include "cli/ask/schema.h"
#include "cli/print/render.h"
#include "cli/print/screen.h"
#include "cli/print/words.h"
#include "lib/base/cursor.h"

#define SECONDS_DEFAULT 2
#define SECONDS_MIN	0.1
#define SECONDS_MAX	3600

struct top_options {
	uint64_t count; /* of measurements, 0: without end */
	double seconds; /* each takes; 0: the default */
};

/* The order of the rows: largest first, but ports by name. */
enum top_order {
	TOP_BY_THROUGHPUT,
	TOP_BY_TRANSFERS,
	TOP_BY_ERRORS,
	TOP_BY_STALLS,
	TOP_BY_LATENCY,
	TOP_BY_PORT,
	TOP_N_ORDERS,
};

/* below this width the median, the longest time and the stalls are left out */
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

/* The most telling type first: interrupt transfers wait until the device has something to report. */
static const char *const types[] = { "bulk", "isochronous", "control", "interrupt" };

struct row {
	const json_t *flow;
	const char *type; /* NULL: no transfer ended */
	const json_t *times;
	double key; /* larger comes first */
	size_t i;   /* equal keys keep their order */
};

struct rows {
	struct row *at;
	size_t n;
};

/* "throughput", for "sorted by …". */
static const char *
order_name(enum top_order order)
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

/* A hub is shown only if it moved data. */
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
	if (field_has(reply, "blind") && *fix) /* not wrapped: the user copies it */
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

/* While usbmon is not available, its values are unknown, not 0. */
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

/* Prints @reply: a summary, why it may be incomplete, and the table. */
static int
put_reply(const struct output_style *style, const json_t *reply, enum top_order order)
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

/* ---- the measurements ----------------------------------------------------------------------- */

#define READY_TIMEOUT_MS 30000
/* a measurement that is later than this has failed */
#define LATE_MS 30000

struct top {
	const struct cli *cli;
	struct client *client;
	struct screen screen;
	json_t *latest; /* parameters of the last reply; NULL: none yet */
	enum top_order order;
	double seconds;	 /* of one measurement */
	uint64_t n_left; /* measurements yet to be shown; 0: without end */
	bool over;
};

/* The content of the screen. NULL without memory. */
static char *
compose(const struct top *top)
{
	struct output_style style = top->cli->style;
	struct screen_size size = screen_size(&top->screen);
	char *text = NULL;
	size_t len;
	int r = CLI_FINE;

	style.width = size.columns;
	style.out = open_memstream(&text, &len);
	if (!style.out)
		return NULL;
	if (field_has(top->latest, "seconds"))
		r = put_reply(&style, top->latest, top->order);
	else
		render_sentence(&style, TONE_STRONG, 0, "Measuring ...");
	render_sentence(&style, TONE_DIM, 0,
			"Sorted by %s (s or arrows: by another column; q: leave)",
			order_name(top->order));
	if (fclose(style.out) == 0 && r == CLI_FINE)
		return text;
	free(text);
	return NULL;
}

static int
draw(const struct top *top)
{
	char *text = top->latest ? compose(top) : NULL;

	if (!top->latest)
		return CLI_FINE;
	if (!text)
		return cli_no_memory();
	screen_draw(&top->screen, text);
	free(text);
	return CLI_FINE;
}

/* Table after table, for a file or a pipe. */
static int
print_table(const struct top *top)
{
	const struct cli *cli = top->cli;
	char at[FORMAT_MAX];
	int64_t at_us;
	int r;

	field_time(top->latest, "at", &at_us);
	fprintf(cli->style.out, "%s\n", format_stamp(at, at_us));
	r = put_reply(&cli->style, top->latest, top->order);
	fputc('\n', cli->style.out);
	return r;
}

static int
put_measurement(struct top *top)
{
	bool measured = field_has(top->latest, "seconds");
	int r = CLI_FINE;

	if (screen_is_open(&top->screen))
		r = draw(top);
	else if (measured && top->cli->json)
		r = envelope_print(top->cli, "top", top->latest);
	else if (measured)
		r = print_table(top);
	if (measured && top->n_left > 0 && --top->n_left == 0)
		top->over = true;
	if (fflush(top->cli->style.out) != 0)
		top->over = true; /* main() reports it, unless the reader closed the pipe */
	return r;
}

/* Closes the screen before an error is printed, which it would hide. */
static int
take_reply(struct top *top, json_t *reply)
{
	char why[SCHEMA_WHY_MAX];
	int r;

	if (client_error(reply) ||
	    schema_check("io.linkstat.Top", client_parameters(reply), why) < 0)
		screen_close(&top->screen);
	r = ask_accept(top->cli, "io.linkstat.Top", reply);
	if (r != CLI_FINE)
		return r;
	json_decref(top->latest);
	top->latest = json_incref(client_parameters(reply));
	r = put_measurement(top);
	if (r != CLI_FINE || top->over || client_continues(reply))
		return r;
	screen_close(&top->screen);
	return problem_talking(-ECONNRESET);
}

static int
take_keys(struct top *top)
{
	enum screen_key key = screen_key(&top->screen);

	if (key == SCREEN_KEY_NONE) /* poll() said there was one: the terminal is gone */
		top->over = true;
	for (; !top->over && key != SCREEN_KEY_NONE; key = screen_key(&top->screen)) {
		if (key == SCREEN_KEY_NEXT)
			top->order = (top->order + 1) % TOP_N_ORDERS;
		else if (key == SCREEN_KEY_PREVIOUS)
			top->order = (top->order + TOP_N_ORDERS - 1) % TOP_N_ORDERS;
		else if (key == SCREEN_KEY_QUIT || key == SCREEN_KEY_CLOSED)
			top->over = true;
	}
	return top->over ? CLI_FINE : draw(top);
}

static int
take_signals(struct top *top)
{
	unsigned events = screen_events();

	if (events & SCREEN_ENDED) {
		top->over = true;
		return CLI_FINE;
	}
	if (events & SCREEN_STOP)
		screen_stop(&top->screen);
	else if (events & SCREEN_CHANGED)
		screen_refresh(&top->screen);
	return screen_is_open(&top->screen) ? draw(top) : CLI_FINE;
}

static int
step(struct top *top, struct client_wait *wait)
{
	ls_json_auto json_t *reply = NULL;
	int r;

	wait->with_input = screen_has_keys(&top->screen);
	r = client_receive(top->client, wait, &reply);
	if (r == -EINTR)
		return take_signals(top);
	if (r == -EAGAIN)
		return take_keys(top);
	if (r == -ECANCELED)
		top->over = true;
	if (r == -ECANCELED)
		return CLI_FINE;
	if (r < 0) {
		screen_close(&top->screen);
		return problem_talking(r);
	}
	wait->timeout_ms = (int)(top->seconds * 1000) + LATE_MS;
	return take_reply(top, reply);
}

/* With -n the last measurement stays on the terminal. */
static int
finish(struct top *top, bool counted)
{
	struct output_style style = top->cli->style;
	bool drawn = screen_is_open(&top->screen);

	style.width = screen_size(&top->screen).columns;
	screen_close(&top->screen);
	if (!drawn || !counted || top->n_left > 0)
		return CLI_FINE;
	return put_reply(&style, top->latest, top->order);
}

static int
follow(struct top *top)
{
	sigset_t waiting;
	struct client_wait wait = {
		.timeout_ms = READY_TIMEOUT_MS,
		.sigmask = &waiting,
		.input_fd = STDIN_FILENO,
		.output_fd = fileno(top->cli->style.out),
	};
	bool counted = top->n_left > 0;
	int r = CLI_FINE;

	screen_catch_signals(&waiting);
	if (top->cli->style.terminal && top->cli->style.addressable && !top->cli->json &&
	    screen_open(&top->screen, top->cli->style.out, STDIN_FILENO) < 0)
		screen_close(&top->screen); /* table after table then */
	while (r == CLI_FINE && !top->over)
		r = step(top, &wait);
	if (r == CLI_FINE)
		return finish(top, counted);
	screen_close(&top->screen);
	return r;
}

static int
run(const struct cli *cli, const void *options)
{
	const struct top_options *opts = options;
	double seconds = opts->seconds > 0 ? opts->seconds : SECONDS_DEFAULT;
	struct top top = { .cli = cli, .n_left = opts->count, .seconds = seconds };
	ls_auto(client) *client = NULL;
	ls_json_auto json_t *parameters = NULL;
	int r = ask_open(cli, &client);

	if (r != CLI_FINE)
		return r;
	top.client = client;
	parameters = json_pack("{s:I}", "interval_ms", (json_int_t)(seconds * 1000 + 0.5));
	if (!parameters)
		return cli_no_memory();
	r = client_send(client, "io.linkstat.Top", parameters, true);
	r = r < 0 ? problem_talking(r) : follow(&top);
	json_decref(top.latest);
	return r;
}

static int
take_seconds(const struct command_option *option, const char *text, const struct cli *cli,
	     void *member)
{
	char *end, shown[120];
	double seconds = strtod(text, &end);

	(void)option;
	(void)cli;
	if (end != text && !*end && seconds >= SECONDS_MIN && seconds <= SECONDS_MAX) {
		*(double *)member = seconds;
		return CLI_FINE;
	}
	sanitize_text(shown, sizeof(shown), text, true);
	cli_complain("-d \"%s\" is no number of seconds from 0.1 to 3600.", shown);
	return CLI_USAGE;
}

static int
take_count(const struct command_option *option, const char *text, const struct cli *cli,
	   void *member)
{
	struct ls_cursor cur = ls_cursor_of(text, strlen(text));
	char shown[120];
	uint64_t count;

	(void)option;
	(void)cli;
	if (ls_take_uint(&cur, UINT64_MAX, &count) && ls_cursor_left(&cur) == 0 && count > 0) {
		*(uint64_t *)member = count;
		return CLI_FINE;
	}
	sanitize_text(shown, sizeof(shown), text, true);
	cli_complain("-n \"%s\" is no number of measurements: at least 1.", shown);
	return CLI_USAGE;
}

static const struct command_option options[] = {
	{ .letter = 'd',
	  .value = "SECONDS",
	  .take = take_seconds,
	  .offset = offsetof(struct top_options, seconds),
	  .help = "",
	  .complete = "0.5 1 2 5 10 60" },
	{ .letter = 'n',
	  .value = "COUNT",
	  .take = take_count,
	  .offset = offsetof(struct top_options, count),
	  .help = "for top: how long to measure, and how often" },
	OPTION_JSON,
	{ 0 },
};

const struct command command_top = {
	.name = "top",
	.summary = "what moves on each device right now; q ends it",
	.options = options,
	.options_size = sizeof(struct top_options),
	.run = run,
};
