/* linkstat run: a command as a job. The command runs even if linkstatd cannot be asked. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/ask/ask.h"
#include "cli/base/sanitize.h"
#include "cli/ask/client.h"
#include "cli/commands/child.h"
#include "cli/base/command.h"
#include "cli/base/field.h"
#include "cli/base/logind.h"
#include "cli/commands/job_report.h"
#include "cli/commands/run_job.h"
#include "cli/print/words.h"
#include "lib/base/label.h"
#include "lib/observe/restore_log.h"
#include "lib/base/text.h"

/* the kernel may report a drop a moment after the command failed */
#define KERNEL_DELAY_MS 1000
/* a drop is decided when the device is back, or its return window has passed */
#define DECISION_MS 12000

static void
on_output(const char *bytes, size_t len, void *user)
{
	ls_restore_log_feed(user, bytes, len, cli_clock_us(CLOCK_REALTIME));
}

static bool
is_restore(const char *command)
{
	const char *slash = strrchr(command, '/');

	return strcmp(slash ? slash + 1 : command, "idevicerestore") == 0;
}

/* How far the command had come at the first drop. */
static void
find_place(const struct run_job *job, const json_t *reply, struct ls_job_place *place)
{
	const json_t *incident;
	int64_t at_us;
	size_t i;

	*place = (struct ls_job_place){ .percent = -1 };
	json_array_foreach(field_list(reply, "incidents"), i, incident)
	{
		if (!field_flag(incident, "drop") || !job->restore)
			continue;
		field_time(incident, "opened_at", &at_us);
		(void)ls_restore_log_place(job->restore, at_us, place);
		return;
	}
}

static bool
is_open(const json_t *reply)
{
	const json_t *incident;
	size_t i;

	json_array_foreach(field_list(reply, "incidents"), i, incident)
	{
		if (!field_has(incident, "closed_at"))
			return true;
	}
	return false;
}

/* The job once its incidents are decided; asks again at each record until the timeout. */
static json_t *
await_decision(struct run_job *job, const sigset_t *waiting)
{
	bool failed = job->end.error == 0 && (job->end.killed || job->end.code != 0);
	int64_t began_us = cli_clock_us(CLOCK_MONOTONIC);
	ls_auto(client) *records = NULL;
	json_t *reply;

	if (client_open(job->cli->socket, &records) < 0 ||
	    client_send(records, "io.linkstat.Watch", NULL, true) < 0)
		return run_job_get(job);
	for (;;) {
		struct client_wait wait = { .output_fd = -1, .sigmask = waiting };
		ls_json_auto json_t *record = NULL;
		int64_t passed_ms;

		reply = run_job_get(job);
		passed_ms = (cli_clock_us(CLOCK_MONOTONIC) - began_us) / 1000;
		wait.timeout_ms = (int)((is_open(reply) ? DECISION_MS
					 : failed	? KERNEL_DELAY_MS
							: 0) -
					passed_ms);
		if (!reply || wait.timeout_ms <= 0 || client_receive(records, &wait, &record) < 0)
			return reply;
		json_decref(reply);
	}
}

static void
on_interrupt(int number)
{
	(void)number; /* only interrupts the wait */
}

/* Ctrl-C ends the wait: the report has what is known so far, and the exit code stays the same. */
static json_t *
await_interruptible(struct run_job *job)
{
	struct sigaction action = { .sa_handler = on_interrupt }, before;
	sigset_t blocked, waiting;
	json_t *reply;

	sigemptyset(&blocked);
	sigaddset(&blocked, SIGINT);
	sigprocmask(SIG_BLOCK, &blocked, &waiting);
	sigaction(SIGINT, &action, &before);
	reply = await_decision(job, &waiting);
	sigaction(SIGINT, &before, NULL);
	sigprocmask(SIG_SETMASK, &waiting, NULL);
	return reply;
}

static void
describe_end(const struct run_job *job, char text[WORDS_MAX])
{
	char name[200];

	sanitize_text(name, sizeof(name), job->cli->args[0], job->cli->style.utf8);
	if (job->end.error)
		ls_text_format(text, WORDS_MAX, "%s could not be started (%s)", name,
			       strerror(job->end.error));
	else if (job->end.killed)
		ls_text_format(text, WORDS_MAX, "%s was ended by signal %d (%s)", name,
			       job->end.code, strsignal(job->end.code));
	else
		ls_text_format(text, WORDS_MAX, "%s ended with exit code %d", name, job->end.code);
}

static void
report(struct run_job *job, bool could_sleep)
{
	struct cli aside = *job->cli;
	struct ls_job_place place;
	char ended[WORDS_MAX];
	ls_json_auto json_t *reply = NULL;
	struct job_summary summary = {
		.ended = ended,
		.seconds = job->seconds,
		.not_recorded = job->why,
		.could_sleep = could_sleep,
	};

	if (job->client)
		run_job_reconnect(job);
	if (job->client)
		run_job_end(job, NULL);
	if (job->client)
		reply = await_interruptible(job);
	find_place(job, reply, &place);
	if (place.text[0] && job->client)
		run_job_end(job, &place);
	describe_end(job, ended);
	summary.reply = reply;
	summary.place = place.text;
	output_style_init(&aside.style, stderr);
	job_report_put(&aside, &summary);
}

static int
run_watched(struct run_job *job)
{
	int64_t began_us = cli_clock_us(CLOCK_MONOTONIC);
	int awake = logind_inhibit("a command runs under linkstat, which watches its USB link");
	int r = child_run(job->cli->args, job->restore ? on_output : NULL, job->restore, &job->end);

	if (r < 0)
		job->end.error = -r;
	job->seconds = (double)(cli_clock_us(CLOCK_MONOTONIC) - began_us) / 1e6;
	report(job, awake < 0);
	if (awake >= 0)
		close(awake);
	return child_exit_code(&job->end);
}

/* CLI_USAGE, with the error printed, if a name that was typed is invalid. */
static int
check_asked(const struct run_options *opts)
{
	char clean[LS_TEXT_MAX];
	const char *why;

	if (opts->cable && ls_label_check(opts->cable, &why) < 0) {
		cli_complain("the label of the cable cannot be used: %s.", why);
		return CLI_USAGE;
	}
	if (!opts->port)
		return CLI_FINE;
	ls_text_clean(clean, sizeof(clean), opts->port, strlen(opts->port));
	if (strcmp(clean, opts->port) == 0)
		return CLI_FINE;
	cli_complain("no port has such a name: %s. Their names are in: linkstat", clean);
	return CLI_USAGE;
}

static int
run(const struct cli *cli, const void *options)
{
	struct run_job job = { .cli = cli, .opts = options };
	int r = check_asked(options);

	if (cli->json) {
		cli_complain("\"run\" does not take --json: what it knows afterwards is in: "
			     "linkstat jobs --json");
		return CLI_USAGE;
	}
	if (r != CLI_FINE)
		return r;
	if (is_restore(cli->args[0])) {
		job.restore = malloc(sizeof(*job.restore));
		if (job.restore)
			ls_restore_log_init(job.restore);
	}
	fflush(stdout);
	r = run_job_begin(&job);
	if (r == CLI_FINE)
		r = run_watched(&job);
	client_free(job.client);
	free(job.restore);
	return r;
}

static const struct command_option options[] = {
	{ .name = "cable", .value = "LABEL", OPTION_MEMBER(run_options, cable), .help = "" },
	{ .name = "port",
	  .value = "PORT",
	  OPTION_MEMBER(run_options, port),
	  .help = "",
	  .complete = COMPLETE_PORTS },
	{ .name = "ticket", .value = "TEXT", OPTION_MEMBER(run_options, ticket), .help = "" },
	{ .name = "note", .value = "TEXT", OPTION_MEMBER(run_options, note), .help = "for run" },
	{ 0 },
};

/* Gives the exit code of the command that it runs. */
const struct command command_run = {
	.name = "run",
	.arguments = "-- COMMAND...",
	.min_args = 1,
	.max_args = -1,
	.summary = "runs a command, and tells what the link did meanwhile",
	.example = "run -- COMMAND",
	.complete = COMPLETE_COMMANDS,
	.options = options,
	.options_size = sizeof(struct run_options),
	.run = run,
};
