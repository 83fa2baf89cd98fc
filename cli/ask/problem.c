#include "cli/ask/problem.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/base/sanitize.h"
#include "cli/base/cli.h"
#include "cli/ask/client.h"
#include "cli/print/format.h"

#define SENTENCE_MAX 600
#define VALUE_MAX    240

/* {name} is a parameter of the error. */
static const struct {
	const char *error;
	int exit_code;
	const char *sentence;
} errors[] = {
	{ "io.linkstat.NoSuchIncident", CLI_USAGE,
	  "there is no incident {id} (any more). The numbers are in: linkstat incidents" },
	{ "io.linkstat.ImportUnderWay", CLI_UNREACHABLE,
	  "somebody else imports just now. Try again when that is done." },
	{ "io.linkstat.NoSuchPort", CLI_USAGE,
	  "linkstatd knows no port \"{port}\". Their names are in: linkstat" },
	{ "io.linkstat.NoSuchJob", CLI_USAGE,
	  "there is no job {id}. The numbers are in: linkstat jobs" },
	{ "io.linkstat.BadLabel", CLI_USAGE, "\"{label}\" cannot be a label: {why}." },
	{ "io.linkstat.NothingPlugged", CLI_USAGE,
	  "nothing is plugged into {port}, or was not at that time: plug the device in first, then "
	  "say which cable it is." },
	{ "io.linkstat.BadTime", CLI_USAGE, "linkstatd does not accept --{field}: {why}." },
	{ "io.linkstat.BadCursor", CLI_UNREACHABLE,
	  "linkstatd lost its place in the list, please ask again (cursor {cursor})." },
	{ "io.linkstat.HistoryUnavailable", CLI_UNREACHABLE,
	  "linkstatd cannot read its history: {reason}. More in: journalctl -u linkstatd -n 20" },
	{ "org.varlink.service.ExpectedMore", CLI_UNREACHABLE,
	  "linkstatd wants {method} to be asked as a stream: linkstat and linkstatd do not fit, "
	  "restart linkstatd after an update." },
	{ "io.linkstat.TooSlow", CLI_UNREACHABLE,
	  "linkstatd ended the stream, because this side did not read {queued_bytes} in time." },
	{ "io.linkstat.TooFast", CLI_UNREACHABLE,
	  "linkstatd takes no more {limit} from one user for now. Try again in {retry_seconds} "
	  "s." },
	{ "io.linkstat.TooMany", CLI_UNREACHABLE,
	  "linkstatd is busy: it serves no more than {maximum} {limit} at once. Try again." },
	{ "org.varlink.service.MethodNotFound", CLI_UNREACHABLE,
	  "the running linkstatd does not know {method}: it is older than this linkstat. Restart "
	  "it: sudo systemctl restart linkstatd" },
	{ "org.varlink.service.InterfaceNotFound", CLI_UNREACHABLE,
	  "what answers there is not linkstatd (it does not know {interface})." },
	{ "org.varlink.service.MethodNotImplemented", CLI_UNREACHABLE,
	  "this linkstatd cannot do {method}." },
	{ "org.varlink.service.InvalidParameter", CLI_USAGE,
	  "linkstatd does not accept the parameter \"{parameter}\"." },
	{ "org.varlink.service.PermissionDenied", CLI_UNREACHABLE,
	  "linkstatd does not allow that: recording is for root, and changing something (labels, "
	  "jobs, imports) for "
	  "members of the group \"linkstat\". Try it with sudo." },
};

static const struct {
	int error;
	const char *what, *hint;
} connecting[] = {
	{ ENOENT, "no such file",
	  "Start it with: sudo systemctl enable --now linkstatd\n"
	  "What the kernel saw without it: sudo dmesg | linkstat analyze -" },
	{ ENOTDIR, "no such file", "Check the path given with --socket or LINKSTAT_SOCKET." },
	{ EACCES, "permission denied",
	  "Reading is for members of the group \"linkstat\": sudo usermod -aG linkstat \"$USER\", "
	  "then log in again. For now: sudo linkstat" },
	{ ECONNREFUSED, "nobody answers there (connection refused)",
	  "It has stopped. Start it with: sudo systemctl restart linkstatd\n"
	  "What it said last: journalctl -u linkstatd -n 20" },
	{ EAGAIN, "it does not take our call",
	  "It hangs or is very busy. See: systemctl status linkstatd" },
	{ EPROTOTYPE, "this is a socket of another kind",
	  "Check the path given with --socket or LINKSTAT_SOCKET." },
	{ ENAMETOOLONG, "the path is too long for a socket",
	  "Check the path given with --socket or LINKSTAT_SOCKET." },
};

int
problem_connecting(const char *socket, int error)
{
	const char *what = strerror(-error), *hint = "See: systemctl status linkstatd";
	char path[VALUE_MAX];

	for (size_t i = 0; i < LS_COUNT(connecting); i++) {
		if (connecting[i].error != -error)
			continue;
		what = connecting[i].what;
		hint = connecting[i].hint;
	}
	sanitize_text(path, sizeof(path), socket, true);
	cli_complain("cannot reach linkstatd at %s: %s.\n%s", path, what, hint);
	return CLI_UNREACHABLE;
}

int
problem_talking(int error)
{
	switch (error) {
	case -ENOMEM:
		return cli_no_memory();
	case -ECONNRESET:
		cli_complain(
			"linkstatd went away.\nIs it still running? systemctl status linkstatd");
		break;
	case -EPIPE:
		cli_complain("linkstatd went away in the middle of an answer.\n"
			     "What it said last: journalctl -u linkstatd -n 20");
		break;
	case -EMSGSIZE:
		cli_complain("linkstatd's answer is larger than 16 MiB, it was not read.\n"
			     "Ask for less with --since and --until.");
		break;
	case -EBADMSG:
		cli_complain("the answer makes no sense: it is not a varlink reply.\n"
			     "Is it linkstatd that listens there?");
		break;
	case -ETIMEDOUT:
		cli_complain("linkstatd did not answer in time.\n"
			     "See: systemctl status linkstatd");
		break;
	default:
		cli_complain("cannot talk with linkstatd: %s.", strerror(-error));
	}
	return CLI_UNREACHABLE;
}

/* The value of the parameter @name for people, cleaned. */
static void
put_value(char text[VALUE_MAX], const json_t *parameters, const char *name, size_t len)
{
	const json_t *value = json_object_getn(parameters, name, len);
	char size[FORMAT_MAX];

	if (json_is_string(value))
		sanitize_text(text, VALUE_MAX, json_string_value(value), true);
	else if (json_is_integer(value) && strncmp(name, "queued_bytes", len) == 0)
		snprintf(text, VALUE_MAX, "%s", format_size(size, json_integer_value(value)));
	else if (json_is_integer(value))
		snprintf(text, VALUE_MAX, "%" PRId64, (int64_t)json_integer_value(value));
	else
		snprintf(text, VALUE_MAX, "?");
}

static void
fill_in(char *text, size_t size, const char *sentence, const json_t *parameters)
{
	char value[VALUE_MAX];
	size_t n = 0;

	while (*sentence && n < size - 1) {
		size_t len = strcspn(sentence, "{");
		int r = snprintf(text + n, size - n, "%.*s", (int)len, sentence);

		n += (size_t)r;
		sentence += len;
		if (!*sentence || n >= size - 1)
			break;
		len = strcspn(sentence + 1, "}");
		put_value(value, parameters, sentence + 1, len);
		n += (size_t)snprintf(text + n, size - n, "%s", value);
		sentence += len + 2;
	}
}

int
problem_sentence(const json_t *reply, char *text, size_t size)
{
	const char *error = client_error(reply);
	char name[VALUE_MAX];

	for (size_t i = 0; i < LS_COUNT(errors); i++) {
		if (strcmp(errors[i].error, error) != 0)
			continue;
		fill_in(text, size, errors[i].sentence, client_parameters(reply));
		return errors[i].exit_code;
	}
	sanitize_text(name, sizeof(name), error, true);
	snprintf(text, size, "linkstatd answers with an error that linkstat does not know: %s",
		 name);
	return CLI_UNREACHABLE;
}

int
problem_reply(const json_t *reply)
{
	char text[SENTENCE_MAX];
	int exit_code = problem_sentence(reply, text, sizeof(text));

	cli_complain("%s", text);
	return exit_code;
}

int
problem_schema(const char *why)
{
	cli_complain("linkstatd's answer makes no sense: %s.\n"
		     "Do linkstat and linkstatd have the same version? linkstat --version, "
		     "linkstatd --version",
		     why);
	return CLI_UNREACHABLE;
}
