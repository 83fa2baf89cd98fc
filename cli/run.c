/* linkstat run: a command as a job. Nothing that linkstat lacks keeps the command from running. */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/ask.h"
#include "cli/clean.h"
#include "cli/client.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "cli/field.h"
#include "cli/format.h"
#include "cli/inhibit.h"
#include "cli/job_report.h"
#include "cli/problem.h"
#include "cli/words.h"
#include "lib/label.h"
#include "lib/restore_log.h"
#include "lib/text.h"

#define REPLY_TIMEOUT_MS 10000
/* The kernel may tell of a drop a moment after the command noticed it. */
#define NEWS_AFTER_MS 1000
/* A drop is decided when the device is back, or its return window has passed. */
#define VERDICT_MS 12000
#define WHY_MAX	   600

static const struct client_wait patience = { .timeout_ms = REPLY_TIMEOUT_MS, .output_fd = -1 };

struct job {
	const struct cli *cli;
	struct client *client; /* the job lasts as long as this; NULL: nobody records */
	char why[WHY_MAX];     /* nobody does */
	int64_t id;
	struct ls_restore_log *restore; /* NULL: another command */
	struct command_end end;
	double seconds;
};

static int64_t
clock_us(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void
give_up(struct job *job, const char *why)
{
	client_free(job->client);
	job->client = NULL;
	if (!job->why[0])
		snprintf(job->why, sizeof(job->why), "%s", why);
}

/* One call; 1 with a reply that has the right shape. Else job->why, and *exit_code of an error. */
static int
ask(struct job *job, const char *method, json_t *parameters, const struct shape *shape,
    json_t **ret)
{
	char why[SHAPE_WHY_MAX], text[WHY_MAX];
	ls_json_auto json_t *reply = NULL;
	int r = parameters ? client_send(job->client, method, parameters, false) : -EINVAL;

	if (r == 0)
		r = client_receive(job->client, &patience, &reply);
	if (r < 0) {
		snprintf(text, sizeof(text), "linkstatd went away (%s)", strerror(-r));
		give_up(job, text);
		return r;
	}
	if (client_error(reply)) {
		r = problem_sentence(reply, job->why, sizeof(job->why));
		return r == CLI_USAGE ? -EINVAL : -EACCES;
	}
	if (shape_check(shape, client_parameters(reply), why) < 0 ||
	    clean_json(client_parameters(reply), job->cli->look.utf8) < 0) {
		give_up(job, "linkstatd's answer made no sense");
		return -EBADMSG;
	}
	*ret = json_incref(client_parameters(reply));
	return 1;
}

/* The only device that is plugged in, hubs apart: its port. 1, 0: there is none, -EINVAL: more. */
static int
find_port(struct job *job, char port[LS_ID_PATH_MAX])
{
	ls_json_auto json_t *none = json_object(), *reply = NULL;
	const json_t *one;
	char names[WORDS_MAX] = "";
	size_t i;
	int n = 0, r = ask(job, "io.linkstat.Status", none, &shape_status, &reply);

	if (r != 1)
		return 0;
	json_array_foreach(field_list(reply, "ports"), i, one)
	{
		size_t len = strlen(names);

		if (field_flag(field_object(one, "device"), "hub"))
			continue;
		ls_text_format(names + len, sizeof(names) - len, "%s%s", n ? ", " : "",
			       field_text(one, "name"));
		snprintf(port, LS_ID_PATH_MAX, "%s", field_text(one, "port"));
		n++;
	}
	if (n > 1)
		cli_complain("which port is the cable on? There are devices on %s.\n"
			     "Say so: linkstat run --port PORT --cable LABEL -- COMMAND",
			     names);
	return n == 1 ? 1 : n == 0 ? 0 : -EINVAL;
}

/* CLI_USAGE if the person should think again before anything begins. */
static int
say_cable(struct job *job)
{
	const struct ledger_options *asked = &job->cli->ledger;
	ls_json_auto json_t *parameters = NULL, *reply = NULL;
	char port[LS_ID_PATH_MAX] = "";
	int r = 1;

	if (!asked->port)
		r = find_port(job, port);
	if (r < 0)
		return CLI_USAGE;
	if (r == 0) {
		cli_complain("no device is plugged in, so nothing is known of the cable.");
		return CLI_FINE;
	}
	parameters = json_pack("{s:s, s:s}", "port", asked->port ? asked->port : port, "cable",
			       asked->cable);
	r = ask(job, "io.linkstat.SetCable", parameters, &shape_said, &reply);
	if (r == 1)
		return CLI_FINE;
	cli_complain("%s", job->why);
	job->why[0] = '\0';
	return r == -EINVAL ? CLI_USAGE : CLI_FINE;
}

/* The command as a person would type it, more or less. */
static void
join(char *const *args, int n_args, char text[LS_TEXT_MAX])
{
	char joined[4 * LS_TEXT_MAX] = "";
	size_t len = 0;

	for (int i = 0; i < n_args && len < sizeof(joined) - 1; i++) {
		bool quote = !*args[i] || strpbrk(args[i], " \t\n\"'");

		snprintf(joined + len, sizeof(joined) - len, "%s%s%s%s", i ? " " : "",
			 quote ? "'" : "", args[i], quote ? "'" : "");
		len = strlen(joined);
	}
	ls_text_clean(text, LS_TEXT_MAX, joined, len);
}

static int
begin(struct job *job)
{
	const struct ledger_options *asked = &job->cli->ledger;
	ls_json_auto json_t *parameters = NULL, *reply = NULL;
	char command[LS_TEXT_MAX];
	int r = client_open(job->cli->socket, &job->client);

	if (r < 0) {
		give_up(job, r == -EACCES ? "linkstatd may not be asked by you (sudo usermod -aG "
					    "linkstat \"$USER\", then log in again)"
					  : "linkstatd was not running");
		return CLI_FINE;
	}
	r = asked->cable ? say_cable(job) : CLI_FINE;
	if (r != CLI_FINE || !job->client)
		return r;
	join(job->cli->args, job->cli->n_args, command);
	parameters = json_pack("{s:s, s:s?, s:s?, s:s?}", "command", command, "note", asked->note,
			       "port", asked->port, "cable", asked->cable);
	r = ask(job, "io.linkstat.BeginJob", parameters, &shape_job_id, &reply);
	if (r == 1) {
		job->id = field_int(reply, "id");
		return CLI_FINE;
	}
	if (r == -EINVAL && asked->port && job->client) {
		cli_complain("%s", job->why);
		return CLI_USAGE;
	}
	give_up(job, "linkstatd does not record");
	return CLI_FINE;
}

static void
on_output(const char *bytes, size_t len, void *user)
{
	ls_restore_log_feed(user, bytes, len, clock_us(CLOCK_REALTIME));
}

static bool
is_restore(const char *command)
{
	const char *slash = strrchr(command, '/');

	return strcmp(slash ? slash + 1 : command, "idevicerestore") == 0;
}

static json_t *
get_job(struct job *job)
{
	ls_json_auto json_t *parameters = json_pack("{s:I}", "id", (json_int_t)job->id);
	json_t *reply = NULL;

	return ask(job, "io.linkstat.GetJob", parameters, &shape_job, &reply) == 1 ? reply : NULL;
}

/* linkstatd may have been restarted meanwhile: the job is still in its history. */
static void
reconnect(struct job *job)
{
	ls_json_auto json_t *reply = get_job(job);

	if (!reply && !job->client && client_open(job->cli->socket, &job->client) == 0)
		job->why[0] = '\0';
}

/* How far the command was when the link first dropped. */
static void
find_place(const struct job *job, const json_t *reply, char place[LS_TEXT_MAX])
{
	const json_t *incident;
	int64_t at_us;
	size_t i;

	place[0] = '\0';
	json_array_foreach(field_list(reply, "incidents"), i, incident)
	{
		if (!field_flag(incident, "drop") || !job->restore)
			continue;
		field_time(incident, "opened_at", &at_us);
		(void)ls_restore_log_place(job->restore, at_us, place);
		return;
	}
}

static void
end(struct job *job, const char *place)
{
	ls_json_auto json_t *parameters = NULL, *reply = NULL;
	bool killed = job->end.killed && !job->end.error;

	parameters =
		json_pack("{s:I, s:i, s:s?}", "id", (json_int_t)job->id, killed ? "signal" : "code",
			  killed ? job->end.code : command_exit_code(&job->end), "place",
			  *place ? place : NULL);
	if (job->client)
		(void)ask(job, "io.linkstat.EndJob", parameters, &shape_job_id, &reply);
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

/* The job once its incidents are decided; asked again at each news, for as long as there is hope. */
static json_t *
await_verdict(struct job *job, const sigset_t *waiting)
{
	bool failed = job->end.error == 0 && (job->end.killed || job->end.code != 0);
	int64_t began_us = clock_us(CLOCK_MONOTONIC);
	ls_auto(client) *news = NULL;
	json_t *reply;

	if (client_open(job->cli->socket, &news) < 0 ||
	    client_send(news, "io.linkstat.Watch", NULL, true) < 0)
		return get_job(job);
	for (;;) {
		struct client_wait wait = { .output_fd = -1, .sigmask = waiting };
		ls_json_auto json_t *said = NULL;
		int64_t passed_ms;

		reply = get_job(job);
		passed_ms = (clock_us(CLOCK_MONOTONIC) - began_us) / 1000;
		wait.timeout_ms = (int)((is_open(reply) ? VERDICT_MS
					 : failed	? NEWS_AFTER_MS
							: 0) -
					passed_ms);
		if (!reply || wait.timeout_ms <= 0 || client_receive(news, &wait, &said) < 0)
			return reply;
		json_decref(reply);
	}
}

static void
on_interrupt(int number)
{
	(void)number; /* it only has to end the wait */
}

/* Who does not want to wait gets what is known by now, and the command's exit code all the same. */
static json_t *
await_patiently(struct job *job)
{
	struct sigaction action = { .sa_handler = on_interrupt }, before;
	sigset_t blocked, waiting;
	json_t *reply;

	sigemptyset(&blocked);
	sigaddset(&blocked, SIGINT);
	sigprocmask(SIG_BLOCK, &blocked, &waiting);
	sigaction(SIGINT, &action, &before);
	reply = await_verdict(job, &waiting);
	sigaction(SIGINT, &before, NULL);
	sigprocmask(SIG_SETMASK, &waiting, NULL);
	return reply;
}

static void
describe_end(const struct job *job, char text[WORDS_MAX])
{
	char name[200];

	clean_text(name, sizeof(name), job->cli->args[0], job->cli->look.utf8);
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
report(struct job *job, bool could_sleep)
{
	struct cli aside = *job->cli;
	char ended[WORDS_MAX], place[LS_TEXT_MAX] = "";
	ls_json_auto json_t *reply = NULL;
	struct job_told told = {
		.ended = ended,
		.seconds = job->seconds,
		.not_recorded = job->why,
		.could_sleep = could_sleep,
	};

	if (job->client)
		reconnect(job);
	if (job->client)
		end(job, "");
	if (job->client)
		reply = await_patiently(job);
	find_place(job, reply, place);
	if (*place && job->client)
		end(job, place);
	describe_end(job, ended);
	told.reply = reply;
	told.place = place;
	look_init(&aside.look, stderr);
	job_report_put(&aside, &told);
}

static int
run(struct job *job)
{
	int64_t began_us = clock_us(CLOCK_MONOTONIC);
	int awake = inhibit_sleep("a command runs under linkstat, which watches its USB link");
	int r = command_run(job->cli->args, job->restore ? on_output : NULL, job->restore,
			    &job->end);

	if (r < 0)
		job->end.error = -r;
	job->seconds = (double)(clock_us(CLOCK_MONOTONIC) - began_us) / 1e6;
	report(job, awake < 0);
	if (awake >= 0)
		close(awake);
	return command_exit_code(&job->end);
}

int
job_run(const struct cli *cli)
{
	struct job job = { .cli = cli };
	const char *why;
	int r;

	if (cli->ledger.cable && ls_label_check(cli->ledger.cable, &why) < 0) {
		cli_complain("the label of the cable cannot be used: %s.", why);
		return CLI_USAGE;
	}
	if (is_restore(cli->args[0])) {
		job.restore = malloc(sizeof(*job.restore));
		if (job.restore)
			ls_restore_log_init(job.restore);
	}
	fflush(stdout);
	r = begin(&job);
	if (r == CLI_FINE)
		r = run(&job);
	client_free(job.client);
	free(job.restore);
	return r;
}
