#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/ask/ask.h"
#include "cli/ask/client.h"
#include "cli/base/command.h"
#include "cli/print/envelope.h"
#include "cli/base/field.h"
#include "cli/base/interrupt.h"
#include "cli/print/format.h"
#include "cli/print/lines.h"
#include "cli/ask/problem.h"
#include "cli/print/words.h"
#include "lib/base/hash.h"

#define READY_TIMEOUT_MS 30000

/* incidents whose last line is remembered; more are rarely open at the same time */
#define N_REMEMBERED 64

/* Hashes of the last line of each incident, so that no line is printed twice in a row. */
struct memory {
	struct {
		int64_t id;
		uint64_t line;
	} last[N_REMEMBERED];
	size_t n, next; /* the oldest is overwritten */
};

/* The one member that is set, as a document; nothing for a null member or an empty reply. */
static int
put_json(const struct cli *cli, const json_t *record)
{
	const char *key;
	json_t *value;
	int r = CLI_FINE;

	json_object_foreach((json_t *)(uintptr_t)record, key, value)
	{
		if (!json_is_null(value) && r == CLI_FINE)
			r = envelope_print_one(cli, "watch", key, value);
	}
	return r;
}

static void
put_gap(const struct cli *cli, const json_t *gap)
{
	char text[WORDS_MAX], at[FORMAT_MAX];
	int64_t at_us;

	/* "today" ends while this runs: times get a date */
	if (!field_time(gap, "ended_at", &at_us))
		field_time(gap, "began_at", &at_us);
	fprintf(cli->style.out, "%s  %-8s  %-19s  %-10s  %s\n", format_stamp(at, at_us), "-", "gap",
		"linkstat", words_gap(text, 0, gap));
}

/* True if @text was the last line of incident @id; it is now. */
static bool
is_repeated(struct memory *memory, int64_t id, const char *text)
{
	uint64_t line = ls_hash_text(text);
	size_t i = 0;
	bool same;

	while (i < memory->n && memory->last[i].id != id)
		i++;
	same = i < memory->n && memory->last[i].line == line;
	if (i == memory->n) {
		i = memory->next;
		memory->next = (i + 1) % N_REMEMBERED;
		memory->n += memory->n < N_REMEMBERED;
	}
	memory->last[i].id = id;
	memory->last[i].line = line;
	return same;
}

static void
put_incident(const struct cli *cli, struct memory *memory, const json_t *incident)
{
	struct output_style aside = cli->style;
	char *text = NULL;
	size_t len;

	aside.out = open_memstream(&text, &len);
	if (!aside.out) { /* a repeated line is better than none */
		lines_put_incident(&cli->style, incident);
		return;
	}
	lines_put_incident(&aside, incident);
	if (fclose(aside.out) != 0)
		lines_put_incident(&cli->style, incident);
	else if (!is_repeated(memory, field_int(incident, "id"), text))
		fputs(text, cli->style.out);
	free(text);
}

static int
put_record(const struct cli *cli, struct memory *memory, const json_t *record)
{
	if (cli->json)
		return put_json(cli, record);
	if (field_has(record, "event"))
		lines_put_event(&cli->style, field_object(record, "event"));
	if (field_has(record, "incident"))
		put_incident(cli, memory, field_object(record, "incident"));
	if (field_has(record, "gap"))
		put_gap(cli, field_object(record, "gap"));
	return CLI_FINE;
}

/* The exit code for the end of the stream. */
static int
ended_by(const struct cli *cli, int error)
{
	if (error == -EINTR) {
		if (cli->style.terminal)
			fputc('\n', cli->style.out); /* after the "^C" */
		return CLI_FINE;
	}
	return error == -ECANCELED ? CLI_FINE : problem_talking(error);
}

static int
follow(const struct cli *cli, struct client *client, struct client_wait *wait)
{
	struct memory memory = { 0 };

	for (;;) {
		ls_json_auto json_t *reply = NULL;
		int r = client_receive(client, wait, &reply);

		if (r < 0)
			return ended_by(cli, r);
		r = ask_accept(cli, "io.linkstat.Watch", reply);
		if (r == CLI_FINE)
			r = put_record(cli, &memory, client_parameters(reply));
		if (r != CLI_FINE)
			return r;
		if (fflush(cli->style.out) != 0)
			return CLI_FINE; /* main() reports it, unless the reader closed the pipe */
		if (!client_continues(reply))
			return problem_talking(-ECONNRESET);
		wait->timeout_ms = -1; /* ready: wait as long as it takes */
	}
}

static int
run(const struct cli *cli, const void *options)
{
	ls_auto(client) *client = NULL;
	sigset_t waiting;
	struct client_wait wait = { .timeout_ms = READY_TIMEOUT_MS,
				    .sigmask = &waiting,
				    .output_fd = fileno(cli->style.out) };
	int r = ask_open(cli, &client);

	(void)options;
	if (r != CLI_FINE)
		return r;
	interrupt_catch(&waiting);
	r = client_send(client, "io.linkstat.Watch", NULL, true);
	return r < 0 ? problem_talking(r) : follow(cli, client, &wait);
}

static const struct command_option options[] = {
	OPTION_JSON,
	{ 0 },
};

const struct command command_watch = {
	.name = "watch",
	.summary = "what happens from now on; end it with Ctrl-C",
	.options = options,
	.run = run,
};
