#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/ask/ask.h"
#include "cli/base/clean.h"
#include "cli/ask/client.h"
#include "cli/base/command.h"
#include "cli/print/envelope.h"
#include "cli/base/field.h"
#include "cli/print/format.h"
#include "cli/ask/problem.h"
#include "cli/ask/schema.h"
#include "cli/print/render.h"
#include "cli/print/screen.h"
#include "cli/commands/top_table.h"

#define SECONDS_DEFAULT 2
#define SECONDS_MIN	0.1
#define SECONDS_MAX	3600

struct top_options {
	uint64_t count; /* of measurements, 0: without end */
	double seconds; /* each takes; 0: the default */
};

#define READY_TIMEOUT_MS 30000
/* A measurement is late by more than this: something is wrong. */
#define LATE_MS 30000

struct top {
	const struct cli *cli;
	struct client *client;
	json_t *latest; /* parameters of the last reply; NULL: none yet */
	enum top_order order;
	double seconds;	 /* of one measurement */
	uint64_t n_left; /* measurements yet to be shown; 0: without end */
	bool over;
};

/* What is on the screen, as text. NULL without memory. */
static char *
compose(const struct top *top)
{
	struct output_style style = top->cli->style;
	struct screen_size size = screen_size();
	char *text = NULL;
	size_t len;
	int r = CLI_FINE;

	style.width = size.columns;
	style.out = open_memstream(&text, &len);
	if (!style.out)
		return NULL;
	if (field_has(top->latest, "seconds"))
		r = top_put(&style, top->latest, top->order);
	else
		render_sentence(&style, TONE_STRONG, 0, "Measuring ...");
	render_sentence(&style, TONE_DIM, 0,
			"Sorted by %s (s or arrows: by another column; q: leave)",
			top_order_name(top->order));
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
	screen_draw(text);
	free(text);
	return CLI_FINE;
}

/* One table below the other, for a file or a pipe. */
static int
append(const struct top *top)
{
	const struct cli *cli = top->cli;
	char at[FORMAT_MAX];
	int64_t at_us;
	int r;

	field_time(top->latest, "at", &at_us);
	fprintf(cli->style.out, "%s\n", format_stamp(at, at_us));
	r = top_put(&cli->style, top->latest, top->order);
	fputc('\n', cli->style.out);
	return r;
}

static int
put_measurement(struct top *top)
{
	bool measured = field_has(top->latest, "seconds");
	int r = CLI_FINE;

	if (screen_is_open())
		r = draw(top);
	else if (measured && top->cli->json)
		r = envelope_print(top->cli, "top", top->latest);
	else if (measured)
		r = append(top);
	if (measured && top->n_left > 0 && --top->n_left == 0)
		top->over = true;
	if (fflush(top->cli->style.out) != 0)
		top->over = true; /* main() tells, if there is anything to tell */
	return r;
}

/* The screen goes before a complaint is printed, which it would hide. */
static int
take_reply(struct top *top, json_t *reply)
{
	char why[SCHEMA_WHY_MAX];
	int r;

	if (client_error(reply) ||
	    schema_check("io.linkstat.Top", client_parameters(reply), why) < 0)
		screen_close();
	r = ask_accept(top->cli, "io.linkstat.Top", reply);
	if (r != CLI_FINE)
		return r;
	json_decref(top->latest);
	top->latest = json_incref(client_parameters(reply));
	r = put_measurement(top);
	if (r != CLI_FINE || top->over || client_continues(reply))
		return r;
	screen_close();
	return problem_talking(-ECONNRESET);
}

static int
take_keys(struct top *top)
{
	enum screen_key key = screen_key();

	if (key == SCREEN_KEY_NONE) /* there was to be one: the terminal has gone */
		top->over = true;
	for (; !top->over && key != SCREEN_KEY_NONE; key = screen_key()) {
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
		screen_stop();
	else if (events & SCREEN_CHANGED)
		screen_refresh();
	return screen_is_open() ? draw(top) : CLI_FINE;
}

static int
step(struct top *top, struct client_wait *wait)
{
	ls_json_auto json_t *reply = NULL;
	int r;

	wait->with_input = screen_has_keys();
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
		screen_close();
		return problem_talking(r);
	}
	wait->timeout_ms = (int)(top->seconds * 1000) + LATE_MS;
	return take_reply(top, reply);
}

/* Who asked for a number of measurements wants to keep the last one. */
static int
finish(struct top *top, bool counted)
{
	struct output_style style = top->cli->style;
	bool drawn = screen_is_open();

	style.width = screen_size().columns;
	screen_close();
	if (!drawn || !counted || top->n_left > 0)
		return CLI_FINE;
	return top_put(&style, top->latest, top->order);
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
	    screen_open(top->cli->style.out, STDIN_FILENO) < 0)
		screen_close(); /* one table below the other then */
	while (r == CLI_FINE && !top->over)
		r = step(top, &wait);
	if (r == CLI_FINE)
		return finish(top, counted);
	screen_close();
	return r;
}

static int
run(const struct cli *cli, const void *options)
{
	const struct top_options *asked = options;
	double seconds = asked->seconds > 0 ? asked->seconds : SECONDS_DEFAULT;
	struct top top = { .cli = cli, .n_left = asked->count, .seconds = seconds };
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
	clean_text(shown, sizeof(shown), text, true);
	cli_complain("-d \"%s\" is no number of seconds from 0.1 to 3600.", shown);
	return CLI_USAGE;
}

static int
take_count(const struct command_option *option, const char *text, const struct cli *cli,
	   void *member)
{
	char *end, shown[120];
	long count = strtol(text, &end, 10);

	(void)option;
	(void)cli;
	if (end != text && !*end && count >= 1 && count < LONG_MAX) {
		*(uint64_t *)member = (uint64_t)count;
		return CLI_FINE;
	}
	clean_text(shown, sizeof(shown), text, true);
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
