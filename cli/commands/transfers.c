#include "cli/commands/transfers.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/ask/ask.h"
#include "cli/base/sanitize.h"
#include "cli/ask/client.h"
#include "cli/base/field.h"
#include "cli/print/format.h"
#include "cli/offline/pcapng.h"
#include "cli/ask/problem.h"
#include "cli/print/render.h"
#include "lib/usbmon/usbmon.h"

#define REPLY_TIMEOUT_MS 30000

/* of many transfers: this many of the last, or of the failed and of the last */
#define SHOWN_LAST	  12
#define SHOWN_FAILED	  12
#define SHOWN_LAST_BESIDE 6

/* the columns of the evidence, see show.c */
#define TIME_WIDTH   11
#define SOURCE_WIDTH 10
#define WHAT_COLUMN  (TIME_WIDTH + 2 + SOURCE_WIDTH + 2)
#define PATH_SHOWN   400

/* failures this short before a disconnect belong to it */
#define UNPLUG_US 300000

/* How the transfers before an incident are printed. */
struct told {
	int64_t zero_us;   /* time zero */
	bool disconnected; /* which is a disconnect */
	bool all;
};

static bool
is_unknown_method(const json_t *reply)
{
	const char *error = client_error(reply);

	return error && (strcmp(error, "org.varlink.service.MethodNotFound") == 0 ||
			 strcmp(error, "org.varlink.service.MethodNotImplemented") == 0);
}

int
transfers_ask(const struct cli *cli, int64_t id, json_t **ret)
{
	static const struct client_wait wait = { .timeout_ms = REPLY_TIMEOUT_MS, .output_fd = -1 };
	ls_auto(client) *client = NULL;
	ls_json_auto json_t *parameters = json_pack("{s:I}", "id", (json_int_t)id);
	ls_json_auto json_t *reply = NULL;
	int r;

	if (!parameters)
		return cli_no_memory();
	r = ask_open(cli, &client);
	if (r != CLI_FINE)
		return r;
	r = client_send(client, "io.linkstat.GetTransfers", parameters, false);
	if (r == 0)
		r = client_receive(client, &wait, &reply);
	if (r < 0)
		return problem_talking(r);
	if (is_unknown_method(reply)) {
		*ret = json_null();
		return CLI_FINE;
	}
	r = ask_accept(cli, "io.linkstat.GetTransfers", reply);
	if (r == CLI_FINE)
		*ret = json_incref(json_object_get(client_parameters(reply), "transfers"));
	return r;
}

static bool
is_submission(const json_t *transfer)
{
	return strcmp(field_text(transfer, "kind"), "submit") == 0;
}

/* Failures that only follow from a disconnect or a cancelled transfer would hide the others. */
static bool
is_failure(const json_t *transfer)
{
	unsigned int row = ls_status_find((int32_t)field_int(transfer, "status"));

	if (is_submission(transfer))
		return false;
	switch (ls_status_rows[row].class) {
	case LS_TRANSFER_OK:
	case LS_TRANSFER_CANCELLED:
	case LS_TRANSFER_GONE:
		return false;
	default:
		return true;
	}
}

/* The last transfers to print: the index of the first, and of the first failure before it. */
static void
choose(const json_t *transfers, size_t *ret_last, size_t *ret_failures)
{
	size_t n = json_array_size(transfers), n_failed = 0, i = n;
	size_t n_last = SHOWN_LAST_BESIDE;

	while (i > 0 && n_failed < SHOWN_FAILED)
		n_failed += is_failure(json_array_get(transfers, --i));
	if (n_failed == 0)
		n_last = SHOWN_LAST;
	*ret_last = n > n_last ? n - n_last : 0;
	*ret_failures = i;
}

static void
describe_end(const json_t *transfer, char *text, size_t size)
{
	int32_t status = (int32_t)field_int(transfer, "status");
	char name[LS_STATUS_TEXT_MAX];

	ls_status_text(status, name);
	if (is_submission(transfer))
		snprintf(text, size, "begun");
	else if (strcmp(field_text(transfer, "kind"), "refused") == 0)
		snprintf(text, size, "refused, %s", name);
	else
		snprintf(text, size, "%s", status == 0 ? "ok" : name);
}

/* A failure so short before a disconnect that it is part of it: contacts open one by one. */
static bool
is_of_unplugging(const json_t *transfer, int64_t zero_us)
{
	int64_t at_us;

	field_time(transfer, "at", &at_us);
	return is_failure(transfer) && at_us >= zero_us - UNPLUG_US;
}

static void
put_line(const struct cli *cli, const json_t *transfer, int64_t zero_us, bool disconnected)
{
	unsigned long endpoint = strtoul(field_text(transfer, "endpoint"), NULL, 16) & 0xff;
	const char *setup = field_text(transfer, "setup");
	char offset[FORMAT_MAX], end[LS_STATUS_TEXT_MAX + 16];
	int64_t at_us;

	field_time(transfer, "at", &at_us);
	describe_end(transfer, end, sizeof(end));
	render_sentence(
		&cli->style, is_failure(transfer) ? TONE_WARN : TONE_PLAIN, WHAT_COLUMN,
		"%*s  %-*s  ep 0x%02lx %s %s  %" PRId64 " B  %s%s%s%s", TIME_WIDTH,
		format_offset(offset, at_us - zero_us), SOURCE_WIDTH, "usbmon", endpoint,
		endpoint & 0x80 ? "IN" : "OUT", field_text(transfer, "type"),
		field_int(transfer, "length"), end, *setup ? "  setup " : "", setup,
		disconnected && is_of_unplugging(transfer, zero_us) ? "  (of the disconnect)" : "");
}

/* Of all transfers that were kept, printed or not. */
static void
put_unplugging(const struct cli *cli, const json_t *transfers, int64_t zero_us)
{
	size_t i, n_failed = 0, n_unplugging = 0;
	const json_t *transfer;

	json_array_foreach(transfers, i, transfer)
	{
		n_failed += is_failure(transfer);
		n_unplugging += is_of_unplugging(transfer, zero_us);
	}
	if (n_unplugging > 0)
		render_sentence(&cli->style, TONE_PLAIN, WHAT_COLUMN,
				"%*s%zu of %zu failed in the last 300 ms before the disconnect: "
				"that is what any unplug looks like",
				WHAT_COLUMN, "", n_unplugging, n_failed);
}

static bool
speaks_of_usbmon(const json_t *incident)
{
	const json_t *evidence;
	size_t i;

	json_array_foreach(field_list(incident, "evidence"), i, evidence)
	{
		if (strcmp(field_text(evidence, "source"), "usbmon") == 0)
			return true;
	}
	return false;
}

static void
put_lines(const struct cli *cli, const json_t *transfers, const struct told *told)
{
	size_t i, last, failures, n_left_out = 0;
	const json_t *transfer;

	choose(transfers, &last, &failures);
	json_array_foreach(transfers, i, transfer)
	{
		if (told->all || i >= last || (i >= failures && is_failure(transfer)))
			put_line(cli, transfer, told->zero_us, told->disconnected);
		else
			n_left_out++;
	}
	if (n_left_out > 0)
		render_sentence(&cli->style, TONE_DIM, WHAT_COLUMN,
				"%*s(%zu more are kept; all: --transfers)", WHAT_COLUMN, "",
				n_left_out);
	if (told->disconnected)
		put_unplugging(cli, transfers, told->zero_us);
}

void
transfers_put(const struct cli *cli, const json_t *incident, const json_t *transfers,
	      int64_t zero_us, bool all)
{
	const struct told told = {
		.zero_us = zero_us,
		.disconnected = field_int(incident, "count") > 0,
		.all = all,
	};
	size_t n = json_array_size(transfers);

	if (n > 0) {
		render_sentence(&cli->style, TONE_STRONG, 2,
				"Last transfers before it (%zu kept): linkstat show %" PRId64
				" --pcap FILE",
				n, field_int(incident, "id"));
		put_lines(cli, transfers, &told);
	} else if (speaks_of_usbmon(incident)) {
		render_sentence(&cli->style, TONE_DIM, 2, "No transfers before it were kept.");
	}
}

/* The whole capture in memory, so that the file is never incomplete. */
static int
build(const json_t *transfers, uint8_t **ret, size_t *ret_len)
{
	size_t n = json_array_size(transfers), i;
	size_t len = PCAPNG_HEAD_BYTES + n * PCAPNG_PACKET_BYTES;
	uint8_t *bytes = malloc(len), *next = bytes + PCAPNG_HEAD_BYTES;
	const json_t *transfer;
	int64_t at_us;

	if (!bytes)
		return cli_no_memory();
	pcapng_head(bytes);
	json_array_foreach(transfers, i, transfer)
	{
		field_time(transfer, "at", &at_us);
		if (pcapng_packet(at_us, field_text(transfer, "header"), next) < 0) {
			free(bytes);
			return problem_schema("the \"header\" of a Transfer is none of usbmon");
		}
		next += PCAPNG_PACKET_BYTES;
	}
	*ret = bytes;
	*ret_len = len;
	return CLI_FINE;
}

static int
complain_file(const char *path, int error)
{
	char shown[PATH_SHOWN];

	sanitize_text(shown, sizeof(shown), path, true);
	if (error == EEXIST) {
		cli_complain("\"%s\" is there already, and nothing is written over it.\n"
			     "Give another name, or remove it first.",
			     shown);
		return CLI_USAGE;
	}
	cli_complain("cannot write \"%s\": %s.", shown, strerror(error));
	return CLI_UNREACHABLE;
}

/* 0 or -errno. */
static int
write_all(int fd, const uint8_t *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, bytes, len);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0) {
			bytes += n;
			len -= (size_t)n;
		}
	}
	return 0;
}

static int
write_file(const char *path, const uint8_t *bytes, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	int r;

	if (fd < 0)
		return complain_file(path, errno);
	r = write_all(fd, bytes, len);
	if (close(fd) < 0 && r == 0)
		r = -errno;
	if (r == 0)
		return CLI_FINE;
	unlink(path); /* this process created it, and it is incomplete */
	return complain_file(path, -r);
}

static int
write_stream(const struct cli *cli, const uint8_t *bytes, size_t len)
{
	if (cli->style.terminal) {
		cli_complain("a capture is not for a terminal: give a file, or a pipe to \"-\".");
		return CLI_USAGE;
	}
	fwrite(bytes, 1, len, cli->style.out); /* main() checks for errors */
	return CLI_FINE;
}

int
transfers_export(const struct cli *cli, const json_t *transfers, const char *path)
{
	uint8_t *bytes = NULL;
	size_t len = 0;
	int r;

	if (json_array_size(transfers) == 0) {
		cli_complain("no transfers before this incident were kept: "
			     "usbmon was blind then, or saw none.");
		return CLI_USAGE;
	}
	r = build(transfers, &bytes, &len);
	if (r == CLI_FINE)
		r = strcmp(path, "-") == 0 ? write_stream(cli, bytes, len)
					   : write_file(path, bytes, len);
	free(bytes);
	return r;
}
