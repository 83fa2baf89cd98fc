#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/ask/ask.h"
#include "cli/ask/client.h"
#include "cli/ask/problem.h"
#include "cli/base/command.h"
#include "cli/base/field.h"
#include "cli/base/interrupt.h"
#include "cli/base/redact.h"
#include "cli/base/sanitize.h"

#define READY_TIMEOUT_MS 30000
#define NAME_MAX_SHOWN	 512

struct recording {
	const struct cli *cli;
	const char *path;
	FILE *out; /* NULL: nothing came yet */
	uint64_t n;
};

static int
complain_of_file(const struct recording *recording, int error)
{
	char name[NAME_MAX_SHOWN];

	sanitize_text(name, sizeof(name), recording->path, true);
	if (error == EEXIST)
		cli_complain("%s exists. Choose another name, or remove it.", name);
	else
		cli_complain("cannot write %s: %s.", name, strerror(error));
	return CLI_USAGE;
}

/* Of who called sudo: a report of a fault is sent by a person, and not by root. */
static void
give_away(int fd)
{
	const char *uid = getenv("SUDO_UID"), *gid = getenv("SUDO_GID");

	if (geteuid() != 0 || !uid || !gid)
		return;
	if (fchown(fd, (uid_t)strtoul(uid, NULL, 10), (gid_t)strtoul(gid, NULL, 10)) < 0)
		cli_complain("the file stays root's: %s.", strerror(errno));
}

/* Not before there is something to write: a try that fails leaves no file behind. */
static int
open_file(struct recording *recording)
{
	int fd;

	if (strcmp(recording->path, "-") == 0) {
		recording->out = recording->cli->style.out;
		return CLI_FINE;
	}
	fd = open(recording->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return complain_of_file(recording, errno);
	give_away(fd);
	recording->out = fdopen(fd, "w");
	if (!recording->out) {
		close(fd);
		return cli_no_memory();
	}
	fprintf(stderr, "Recording. Make it happen, then end this with Ctrl-C.\n");
	return CLI_FINE;
}

/* One line; it is a text in the reply, so that its serial numbers have to be looked for here. */
static int
put_line(struct recording *recording, const char *text)
{
	ls_json_auto json_t *line = json_loads(text, JSON_REJECT_DUPLICATES, NULL);

	if (!json_is_object(line))
		return problem_schema("a line of the recording is no JSON");
	if (recording->cli->redact && redact_reply(recording->cli->redaction, line) < 0)
		return cli_no_memory();
	recording->n++;
	if (json_dumpf(line, recording->out, JSON_COMPACT) < 0 || fputc('\n', recording->out) < 0)
		return complain_of_file(recording, errno);
	return CLI_FINE;
}

static int
put_lines(struct recording *recording, const json_t *lines)
{
	const json_t *line;
	int r = recording->out ? CLI_FINE : open_file(recording);
	size_t i;

	json_array_foreach(lines, i, line)
	{
		if (r == CLI_FINE)
			r = put_line(recording, json_string_value(line));
	}
	if (r == CLI_FINE && fflush(recording->out) != 0)
		r = complain_of_file(recording, errno);
	return r;
}

/* Until the person ends it: CLI_FINE. */
static int
follow(struct recording *recording, struct client *client, struct client_wait *wait)
{
	/* The lines are data for a file, not text for a terminal. */
	struct cli raw = *recording->cli;

	raw.json = true;
	raw.redact = false;
	for (;;) {
		ls_json_auto json_t *reply = NULL;
		int r = client_receive(client, wait, &reply);

		if (r == -EINTR)
			return CLI_FINE;
		if (r < 0)
			return problem_talking(r);
		r = ask_accept(&raw, "io.linkstat.Record", reply);
		if (r == CLI_FINE)
			r = put_lines(recording, field_list(client_parameters(reply), "lines"));
		if (r != CLI_FINE)
			return r;
		if (!client_continues(reply))
			return problem_talking(-ECONNRESET);
		wait->timeout_ms = -1; /* until the next observation, however long that takes */
	}
}

static int
finish(struct recording *recording, int r)
{
	char name[NAME_MAX_SHOWN];

	if (!recording->out || recording->out == recording->cli->style.out)
		return r;
	if (fclose(recording->out) != 0 && r == CLI_FINE)
		r = complain_of_file(recording, errno);
	sanitize_text(name, sizeof(name), recording->path, true);
	fprintf(stderr, "\n%" PRIu64 " observations in %s.%s\n", recording->n, name,
		recording->cli->redact
			? ""
			: " It holds serial numbers; with --redact it would hold pseudonyms.");
	return r;
}

static int
run(const struct cli *cli, const void *options)
{
	ls_auto(client) *client = NULL;
	struct recording recording = { .cli = cli, .path = cli->args[0] };
	sigset_t waiting;
	struct client_wait wait = {
		.timeout_ms = READY_TIMEOUT_MS,
		.sigmask = &waiting,
		.output_fd = -1,
	};
	struct stat found;
	int r;

	(void)options;
	if (strcmp(recording.path, "-") != 0 && lstat(recording.path, &found) == 0)
		return complain_of_file(&recording, EEXIST);
	r = ask_open(cli, &client);
	if (r != CLI_FINE)
		return r;
	interrupt_catch(&waiting);
	r = client_send(client, "io.linkstat.Record", NULL, true);
	r = r < 0 ? problem_talking(r) : follow(&recording, client, &wait);
	return finish(&recording, r);
}

static const struct command_option options[] = {
	OPTION_REDACT,
	{ 0 },
};

const struct command command_record = {
	.name = "record",
	.arguments = "FILE",
	.min_args = 1,
	.max_args = 1,
	.summary = "what linkstatd observes, into a file for a report of a fault; as root",
	.example = "record FILE",
	.complete = COMPLETE_FILES,
	.options = options,
	.run = run,
};
