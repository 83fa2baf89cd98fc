#include <inttypes.h>
#include <string.h>

#include "cli/ask/ask.h"
#include "cli/base/sanitize.h"
#include "cli/base/command.h"
#include "cli/print/envelope.h"
#include "cli/base/field.h"
#include "cli/print/format.h"
#include "cli/commands/transfers.h"
#include "cli/print/render.h"
#include "cli/print/words.h"
#include "lib/base/cursor.h"

struct show_options {
	const char *pcap;   /* where the transfers go, "-" for standard output; NULL: nowhere */
	bool all_transfers; /* print all of them */
};

/* the engine keeps the first and the last pieces of evidence and counts those between */
#define OMITTED_AFTER LS_EVIDENCE_FIRST

#define TIME_WIDTH   11 /* "-1234.567 s" */
#define SOURCE_WIDTH 10 /* "kernel log" */
#define WHAT_COLUMN  (TIME_WIDTH + 2 + SOURCE_WIDTH + 2)

/* False if it is not the number of an incident. */
static bool
parse_id(const char *text, int64_t *ret)
{
	struct ls_cursor cur = ls_cursor_of(text, strlen(text));
	uint64_t id;

	if (!ls_take_uint(&cur, INT64_MAX, &id) || ls_cursor_left(&cur) > 0)
		return false;
	*ret = (int64_t)id;
	return id > 0;
}

/* Time zero of the evidence: the first disconnect, else the opening. */
static int64_t
find_zero(const json_t *incident)
{
	int64_t zero_us;

	field_time(incident,
		   field_has(incident, "disconnected_at") ? "disconnected_at" : "opened_at",
		   &zero_us);
	return zero_us;
}

static void
put_heading(const struct cli *cli, const json_t *incident)
{
	bool drop = field_flag(incident, "drop");
	char sure[WORDS_MAX];

	words_sure(sure, incident);
	render_sentence(&cli->style, drop ? TONE_BAD : TONE_STRONG, 0,
			"Incident %" PRId64 ": %s%s%s. %s", field_int(incident, "id"),
			words_cause(field_text(incident, "cause")), *sure ? ", " : "", sure,
			drop ? "This is a drop." : "This does not count as a drop.");
}

static void
put_device(const struct cli *cli, const json_t *incident)
{
	const json_t *device = field_object(incident, "device");
	const char *product = field_text(device, "product"),
		   *maker = field_text(device, "manufacturer");
	const char *serial = field_text(device, "serial"), *speed = field_text(device, "speed");
	char port[WORDS_MAX], cable[WORDS_MAX], ids[FORMAT_MAX];

	words_port(port, incident);
	if (!device) {
		render_sentence(&cli->style, TONE_PLAIN, 2, "%s, no device was known there", port);
		return;
	}
	snprintf(ids, sizeof(ids), "%.20s:%.20s", field_text(device, "vid"),
		 field_text(device, "pid"));
	render_sentence(&cli->style, TONE_PLAIN, 2, "%s: %s%s%s%s%s%s%s%s%s%s", port, maker,
			*maker ? " " : "", product, *product ? ", " : "", ids,
			*serial ? ", serial " : "", serial, *speed ? ", " : "", speed,
			words_cable(cable, incident));
}

/* "in restore mode for 3 min 32 s"; nothing in normal use. */
static void
put_mode(const struct cli *cli, const json_t *incident)
{
	const char *mode = field_text(incident, "mode"),
		   *after = field_text(incident, "mode_after");
	char duration[FORMAT_MAX];

	if (!*mode || (field_flag(incident, "mode_resting") && !*after))
		return;
	format_duration(duration, field_real(incident, "in_mode_seconds"));
	render_sentence(&cli->style, TONE_PLAIN, 2, "in %s for %s%s%s", mode, duration,
			*after ? ", then in " : "", after);
}

/* Whether the device returned; "" if it never disconnected. */
static const char *
outcome(const json_t *incident, char text[FORMAT_MAX + 16])
{
	char duration[FORMAT_MAX];

	if (!field_has(incident, "closed_at"))
		return ", still going on";
	if (field_int(incident, "count") == 0)
		return "";
	if (!field_has(incident, "back_after_seconds"))
		return ", it did not come back";
	format_return(duration, field_real(incident, "back_after_seconds"));
	snprintf(text, FORMAT_MAX + 16, ", %s", duration);
	return text;
}

static void
put_course(const struct cli *cli, const json_t *incident)
{
	char opened[FORMAT_MAX], n[FORMAT_MAX], resets[FORMAT_MAX], end[FORMAT_MAX + 16];
	int64_t at_us, n_resets = field_int(incident, "resets");

	field_time(incident, "opened_at", &at_us);
	format_count(resets, n_resets, "reset", "resets");
	render_sentence(
		&cli->style, TONE_PLAIN, 2, "%s: %s%s%s%s", format_time(opened, at_us, cli->now_us),
		field_int(incident, "count") == 0 ? "no disconnect"
						  : format_count(n, field_int(incident, "count"),
								 "disconnect", "disconnects"),
		n_resets > 0 ? ", " : "", n_resets > 0 ? resets : "", outcome(incident, end));
}

static void
put_omitted(const struct cli *cli, int64_t n_omitted)
{
	render_sentence(&cli->style, TONE_DIM, WHAT_COLUMN, "%*s(%" PRId64 " more, only counted)",
			WHAT_COLUMN, "", n_omitted);
}

static void
put_evidence_item(const struct cli *cli, const json_t *evidence, int64_t zero_us)
{
	char offset[FORMAT_MAX];
	int64_t at_us;

	field_time(evidence, "at", &at_us);
	render_sentence(&cli->style, TONE_PLAIN, WHAT_COLUMN, "%*s  %-*s  %s", TIME_WIDTH,
			format_offset(offset, at_us - zero_us), SOURCE_WIDTH,
			words_source(field_text(evidence, "source")), field_text(evidence, "what"));
}

static void
put_evidence(const struct cli *cli, const json_t *incident)
{
	const json_t *evidence;
	int64_t n_omitted = field_int(incident, "evidence_omitted");
	int64_t zero_us = find_zero(incident);
	size_t i;

	json_array_foreach(field_list(incident, "evidence"), i, evidence)
	{
		if (n_omitted > 0 && i == OMITTED_AFTER)
			put_omitted(cli, n_omitted);
		put_evidence_item(cli, evidence, zero_us);
	}
	if (n_omitted > 0 && i <= OMITTED_AFTER)
		put_omitted(cli, n_omitted);
}

static void
put_ruled_out(const struct cli *cli, const json_t *incident)
{
	const json_t *list = json_object_get(incident, "ruled_out"), *text;
	size_t i;

	json_array_foreach(list, i, text)
	{
		const char *what = json_string_value(text) ? json_string_value(text) : "";

		render_sentence(&cli->style, TONE_PLAIN, 7, "%s%s%s",
				i ? "       " : "Not:   ", what, words_stop(what));
	}
}

static void
put_conclusion(const struct cli *cli, const json_t *incident)
{
	const struct ls_cause_row *cause = words_cause_row(field_text(incident, "cause"));
	const char *next = field_text(incident, "next"); /* of a linkstatd that says it */
	const char *why = field_text(incident, "why");
	const char *side = words_side(field_text(incident, "side"));
	char error[WORDS_MAX];

	if (*why)
		render_sentence(&cli->style, TONE_PLAIN, 7, "Why:   %s%s", why, words_stop(why));
	put_ruled_out(cli, incident);
	render_sentence(&cli->style, TONE_PLAIN, 7, "Means: %s", cause->meaning);
	if (side && field_flag(incident, "drop"))
		render_sentence(&cli->style, TONE_PLAIN, 7, "Part:  %s", side);
	if (*words_apple_error(error, incident))
		render_sentence(&cli->style, TONE_PLAIN, 7, "Known: %s", error);
	render_sentence(&cli->style, TONE_STRONG, 7, "Next:  %s", *next ? next : cause->next);
}

static void
put_incident(const struct cli *cli, const json_t *incident, const json_t *transfers, bool all)
{
	put_heading(cli, incident);
	put_device(cli, incident);
	put_mode(cli, incident);
	put_course(cli, incident);
	put_evidence(cli, incident);
	transfers_put(cli, incident, transfers, find_zero(incident), all);
	put_conclusion(cli, incident);
}

static int
put_json(const struct cli *cli, json_t *reply, json_t *transfers)
{
	if (json_object_set(reply, "transfers", transfers) < 0)
		return cli_no_memory();
	return envelope_print(cli, "incident", reply);
}

/* "-": standard output has the capture and nothing else. */
static int
put_capture(const struct cli *cli, json_t *reply, json_t *transfers, const char *path)
{
	int r = transfers_export(cli, transfers, path);
	char shown[120], n[FORMAT_MAX];

	if (r != CLI_FINE || strcmp(path, "-") == 0)
		return r;
	if (cli->json)
		return put_json(cli, reply, transfers);
	sanitize_text(shown, sizeof(shown), path, cli->style.utf8);
	render_sentence(
		&cli->style, TONE_PLAIN, 2, "%s written to %s, headers without data.",
		format_count(n, (int64_t)json_array_size(transfers), "transfer", "transfers"),
		shown);
	return CLI_FINE;
}

static int
check_request(const struct cli *cli, const struct show_options *options, int64_t *ret_id)
{
	char shown[120];

	if (cli->json && options->pcap && strcmp(options->pcap, "-") == 0) {
		cli_complain("--json and a capture cannot both go to standard output.");
		return CLI_USAGE;
	}
	if (!parse_id(cli->args[0], ret_id)) {
		sanitize_text(shown, sizeof(shown), cli->args[0], true);
		cli_complain("\"%s\" is not the number of an incident.\n"
			     "The numbers are in: linkstat incidents",
			     shown);
		return CLI_USAGE;
	}
	return CLI_FINE;
}

static int
run(const struct cli *cli, const void *user)
{
	const struct show_options *options = user;
	ls_json_auto json_t *parameters = NULL;
	ls_json_auto json_t *reply = NULL;
	ls_json_auto json_t *transfers = NULL;
	int64_t id;
	int r = check_request(cli, options, &id);

	if (r != CLI_FINE)
		return r;
	parameters = json_pack("{s:I}", "id", (json_int_t)id);
	if (!parameters)
		return cli_no_memory();
	r = ask_once(cli, "io.linkstat.GetIncident", parameters, &reply);
	if (r != CLI_FINE)
		return r;
	r = transfers_ask(cli, id, &transfers);
	if (r == CLI_FINE && options->pcap)
		return put_capture(cli, reply, transfers, options->pcap);
	if (r == CLI_FINE && cli->json)
		return put_json(cli, reply, transfers);
	if (!cli->json && !options->pcap) /* without transfers, if they could not be had */
		put_incident(cli, field_object(reply, "incident"), transfers,
			     options->all_transfers);
	return r;
}

static const struct command_option options[] = {
	{ .name = "transfers", OPTION_MEMBER(show_options, all_transfers), .help = "" },
	{ .name = "pcap",
	  .value = "FILE",
	  OPTION_MEMBER(show_options, pcap),
	  .help = "for show: the last transfers, all told, or as a capture",
	  .complete = COMPLETE_FILES },
	OPTION_JSON,
	{ 0 },
};

const struct command command_show = {
	.name = "show",
	.arguments = "ID",
	.min_args = 1,
	.max_args = 1,
	.summary = "one incident: the evidence, the cause, what to do next",
	.example = "show ID",
	.options = options,
	.options_size = sizeof(struct show_options),
	.run = run,
};
