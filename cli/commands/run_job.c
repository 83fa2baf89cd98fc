#include "cli/commands/run_job.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/ask/ask.h"
#include "cli/base/sanitize.h"
#include "cli/ask/client.h"
#include "cli/base/field.h"
#include "cli/ask/problem.h"
#include "cli/ask/schema.h"
#include "cli/print/words.h"
#include "lib/base/text.h"

#define REPLY_TIMEOUT_MS 10000

static const struct client_wait reply_wait = { .timeout_ms = REPLY_TIMEOUT_MS, .output_fd = -1 };

static void
give_up(struct run_job *job, const char *why)
{
	client_free(job->client);
	job->client = NULL;
	if (!job->why[0])
		snprintf(job->why, sizeof(job->why), "%s", why);
}

/* One call; 1 with a valid reply, else -errno with the reason in job->why. */
static int
ask(struct run_job *job, const char *method, json_t *parameters, json_t **ret)
{
	char why[SCHEMA_WHY_MAX], text[RUN_WHY_MAX];
	ls_json_auto json_t *reply = NULL;
	int r = parameters ? client_send(job->client, method, parameters, false) : -EINVAL;

	if (r == 0)
		r = client_receive(job->client, &reply_wait, &reply);
	if (r < 0) {
		snprintf(text, sizeof(text), "linkstatd went away (%s)", strerror(-r));
		give_up(job, text);
		return r;
	}
	if (client_error(reply)) {
		r = problem_sentence(reply, job->why, sizeof(job->why));
		return r == CLI_USAGE ? -EINVAL : -EACCES;
	}
	if (schema_check(method, client_parameters(reply), why) < 0 ||
	    sanitize_json(client_parameters(reply), job->cli->style.utf8) < 0) {
		give_up(job, "linkstatd's answer made no sense");
		return -EBADMSG;
	}
	*ret = json_incref(client_parameters(reply));
	return 1;
}

/* The port of the only connected device, hubs not counted. 1, 0: none, -EINVAL: several. */
static int
find_port(struct run_job *job, char port[LS_ID_PATH_MAX])
{
	ls_json_auto json_t *none = json_object(), *reply = NULL;
	const json_t *one;
	char names[WORDS_MAX] = "";
	size_t i;
	int n = 0, r = ask(job, "io.linkstat.Status", none, &reply);

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

/* CLI_USAGE: the user has to correct the command line first. */
static int
set_cable(struct run_job *job)
{
	const struct run_options *opts = job->opts;
	ls_json_auto json_t *parameters = NULL, *reply = NULL;
	char port[LS_ID_PATH_MAX] = "";
	int r = 1;

	if (!opts->port)
		r = find_port(job, port);
	if (r < 0)
		return CLI_USAGE;
	if (r == 0) {
		cli_complain("no device is plugged in, so nothing is known of the cable.");
		return CLI_FINE;
	}
	parameters = json_pack("{s:s, s:s}", "port", opts->port ? opts->port : port, "cable",
			       opts->cable);
	r = ask(job, "io.linkstat.SetCable", parameters, &reply);
	if (r == 1)
		return CLI_FINE;
	cli_complain("%s", job->why);
	job->why[0] = '\0';
	return r == -EINVAL ? CLI_USAGE : CLI_FINE;
}

/* The command line, roughly as it was typed. */
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

/* "ticket 4711: second try"; both in any encoding. */
static void
put_note(char ret[LS_TEXT_MAX], const struct run_options *opts)
{
	char text[LS_TEXT_MAX];

	ret[0] = '\0';
	if (opts->ticket) {
		ls_text_clean(text, sizeof(text), opts->ticket, strlen(opts->ticket));
		ls_text_format(ret, LS_TEXT_MAX, "ticket %s%s", text, opts->note ? ": " : "");
	}
	if (opts->note) {
		ls_text_clean(text, sizeof(text), opts->note, strlen(opts->note));
		ls_text_append(ret, LS_TEXT_MAX, "%s", text);
	}
}

int
run_job_begin(struct run_job *job)
{
	const struct run_options *opts = job->opts;
	ls_json_auto json_t *parameters = NULL, *reply = NULL;
	char command[LS_TEXT_MAX], note[LS_TEXT_MAX] = "";
	int r = client_open(job->cli->socket, &job->client);

	if (r < 0) {
		give_up(job, r == -EACCES ? "linkstatd may not be asked by you (sudo usermod -aG "
					    "linkstat \"$USER\", then log in again)"
					  : "linkstatd was not running");
		return CLI_FINE;
	}
	r = opts->cable ? set_cable(job) : CLI_FINE;
	if (r != CLI_FINE || !job->client)
		return r;
	join(job->cli->args, job->cli->n_args, command);
	put_note(note, opts);
	parameters = json_pack("{s:s, s:s?, s:s?, s:s?}", "command", command, "note",
			       *note ? note : NULL, "port", opts->port, "cable", opts->cable);
	r = ask(job, "io.linkstat.BeginJob", parameters, &reply);
	if (r == 1) {
		job->id = field_int(reply, "id");
		return CLI_FINE;
	}
	if (r == -EINVAL && opts->port && job->client) {
		cli_complain("%s", job->why);
		return CLI_USAGE;
	}
	give_up(job, "linkstatd does not record");
	return CLI_FINE;
}

json_t *
run_job_get(struct run_job *job)
{
	ls_json_auto json_t *parameters = json_pack("{s:I}", "id", (json_int_t)job->id);
	json_t *reply = NULL;

	return ask(job, "io.linkstat.GetJob", parameters, &reply) == 1 ? reply : NULL;
}

void
run_job_reconnect(struct run_job *job)
{
	ls_json_auto json_t *reply = run_job_get(job);

	if (!reply && !job->client && client_open(job->cli->socket, &job->client) == 0)
		job->why[0] = '\0';
}

void
run_job_end(struct run_job *job, const struct ls_job_place *place)
{
	ls_json_auto json_t *parameters = NULL, *reply = NULL;
	bool killed = job->end.killed && !job->end.error;
	bool in_phase = place && place->phase[0];

	parameters = json_pack(
		"{s:I, s:i, s:s?, s:s*, s:o*}", "id", (json_int_t)job->id,
		killed ? "signal" : "code", killed ? job->end.code : child_exit_code(&job->end),
		"place", place ? place->text : NULL, "place_phase", in_phase ? place->phase : NULL,
		"place_percent", in_phase ? json_integer(place->percent) : NULL);
	if (job->client)
		(void)ask(job, "io.linkstat.EndJob", parameters, &reply);
}
