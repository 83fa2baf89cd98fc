#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/analyze/analyze.h"
#include "cli/base/field.h"
#include "cli/print/format.h"
#include "cli/print/render.h"
#include "cli/print/words.h"

#define ENDPOINTS_SHOWN 6 /* in a sentence */

const char *
analyze_endpoint_name(char text[FORMAT_MAX], const json_t *endpoint)
{
	unsigned long address = strtoul(field_text(endpoint, "endpoint"), NULL, 16);

	snprintf(text, FORMAT_MAX, "%lu %s", address & 15, address & 0x80 ? "IN" : "OUT");
	return text;
}

/* What of an endpoint's failures speaks against the link. */
static int64_t
evidence_of(const json_t *endpoint)
{
	const json_t *errors = field_object(endpoint, "errors");
	unsigned long address = strtoul(field_text(endpoint, "endpoint"), NULL, 16);
	bool asks = (address & 15) == 0 || !(address & 0x80);

	return field_int(errors, "link") + field_int(errors, "babble") +
	       (asks ? field_int(errors, "timeout") : 0);
}

static void
list_endpoints(char *text, size_t size, const json_t *device)
{
	const json_t *endpoint;
	size_t i, n_shown = 0, len = 0;
	char name[FORMAT_MAX];

	*text = '\0';
	json_array_foreach(field_list(device, "endpoints"), i, endpoint)
	{
		int64_t n = evidence_of(endpoint);

		if (n == 0 || len >= size || n_shown > ENDPOINTS_SHOWN)
			continue;
		if (n_shown == ENDPOINTS_SHOWN)
			snprintf(text + len, size - len, " and more elsewhere");
		else
			snprintf(text + len, size - len, "%s%" PRId64 " on %s", n_shown ? ", " : "",
				 n, analyze_endpoint_name(name, endpoint));
		len += strlen(text + len);
		n_shown++;
	}
}

/* The gravest class there is; *ret_n is how many are of it. */
static const char *
evidence_words(const json_t *errors, int64_t *ret_n)
{
	static const struct {
		const char *name, *words;
	} reasons[] = {
		{ "link", "there was no valid answer on the wire" },
		{ "babble", "more came than was asked for (the link, or the device's firmware)" },
		{ "timeout", "the device did not answer in time" },
	};
	size_t i = 0;

	while (i + 1 < LS_COUNT(reasons) && field_int(errors, reasons[i].name) == 0)
		i++;
	*ret_n = field_int(errors, reasons[i].name);
	return reasons[i].words;
}

static void
put_evidence(const struct output_style *style, const json_t *device)
{
	int64_t n = field_int(device, "link_evidence"), n_of_reason;
	const char *reason = evidence_words(field_object(device, "errors"), &n_of_reason);
	char endpoints[WORDS_MAX];

	list_endpoints(endpoints, sizeof(endpoints), device);
	render_sentence(style, TONE_PLAIN, 4,
			"  Device %" PRId64 " on bus %" PRId64 ": %" PRId64 " of %" PRId64
			" transfers failed, %sbecause %s: %s.",
			field_int(device, "device"), field_int(device, "bus"), n,
			field_int(device, "transfers"), n_of_reason < n ? "in part " : "", reason,
			endpoints);
}

/* Failures that say nothing about the link, of all devices. */
static void
put_harmless(const struct output_style *style, const json_t *devices)
{
	static const struct {
		const char *name, *one, *many;
	} kinds[] = {
		{ "stall", "stall", "stalls" },
		{ "cancelled", "cancelled transfer", "cancelled transfers" },
		{ "gone", "transfer ended with its device or endpoint",
		  "transfers ended with their device or endpoint" },
		{ "host", "failure of the host itself", "failures of the host itself" },
	};
	char text[WORDS_MAX] = "", number[FORMAT_MAX + 64];
	const json_t *device;
	size_t i, len = 0;

	for (size_t kind = 0; kind < LS_COUNT(kinds); kind++) {
		int64_t n = 0;

		json_array_foreach(devices, i, device)
		{
			n += field_int(field_object(device, "errors"), kinds[kind].name);
		}
		if (n == 0)
			continue;
		snprintf(number, sizeof(number), "%" PRId64 " %s", n,
			 n == 1 ? kinds[kind].one : kinds[kind].many);
		snprintf(text + len, sizeof(text) - len, "%s%s", len ? ", " : "", number);
		len += strlen(text + len);
	}
	if (len > 0)
		render_sentence(style, TONE_PLAIN, 4,
				"  What else failed, for other reasons than the link: %s.", text);
}

/* These are not repeated on the wire, so that they tell most about it, but a busy host fails them,
 * too. */
static void
put_packets(const struct output_style *style, const json_t *device)
{
	const json_t *endpoint;
	int64_t n_packets = 0, n_errors = 0;
	size_t i;

	json_array_foreach(field_list(device, "endpoints"), i, endpoint)
	{
		n_packets += field_int(endpoint, "iso_packets");
		n_errors += field_int(endpoint, "iso_errors");
	}
	if (n_errors > 0)
		render_sentence(style, TONE_PLAIN, 4,
				"  Device %" PRId64 " on bus %" PRId64 ": %" PRId64 " of %" PRId64
				" isochronous packets failed: the link, or a host too busy.",
				field_int(device, "device"), field_int(device, "bus"), n_errors,
				n_packets);
}

static size_t
count_suspects(const json_t *devices)
{
	const json_t *device;
	size_t i, n = 0;

	json_array_foreach(devices, i, device)
	{
		n += field_int(device, "link_evidence") > 0;
	}
	return n;
}

static void
put_answer(const struct output_style *style, const char *file, const json_t *capture)
{
	const json_t *devices = field_list(capture, "devices"), *device;
	size_t n_suspects = count_suspects(devices), i;
	bool is_cut = field_has(capture, "truncated");
	char n[FORMAT_MAX], n_devices[FORMAT_MAX];

	if (n_suspects > 0)
		render_sentence(style, TONE_BAD, 0, "%s: signs of a bad link at %s.", file,
				format_count(n, (int64_t)n_suspects, "device", "devices"));
	else if (field_int(capture, "completions") == 0)
		render_sentence(style, TONE_WARN, 0, "%s: no transfer ended in it.", file);
	else
		render_sentence(
			style, is_cut ? TONE_WARN : TONE_GOOD, 0,
			"%s: no sign of a bad link in %s of %s.", file,
			format_count(n, field_int(capture, "completions"), "transfer", "transfers"),
			format_count(n_devices, (int64_t)json_array_size(devices), "device",
				     "devices"));
	if (is_cut)
		render_sentence(style, TONE_WARN, 4, "  This is about a part of it, %s.",
				field_text(capture, "truncated"));
	json_array_foreach(devices, i, device)
	{
		if (field_int(device, "link_evidence") > 0)
			put_evidence(style, device);
		put_packets(style, device);
	}
	put_harmless(style, devices);
}

static void
put_notes(const struct output_style *style, const json_t *capture)
{
	static const struct {
		const char *name, *one, *many, *words;
	} notes[] = {
		{ "unmatched", "transfer", "transfers",
		  "ended without a beginning: the capture began later, or it lost records" },
		{ "nonsense", "record", "records", "passed over: no event of usbmon" },
		{ "untracked", "record", "records",
		  "in no row above: too many devices, or a bus number above 127" },
		{ "clock_jumps", "time", "times", "left out: the clock was set" },
	};
	char n[FORMAT_MAX];

	fputc('\n', style->out);
	for (size_t i = 0; i < LS_COUNT(notes); i++) {
		if (field_int(capture, notes[i].name) > 0)
			render_sentence(style, TONE_WARN, 2, "%s %s.",
					format_count(n, field_int(capture, notes[i].name),
						     notes[i].one, notes[i].many),
					notes[i].words);
	}
	if (count_suspects(field_list(capture, "devices")) > 0)
		render_sentence(style, TONE_PLAIN, 2,
				"Failures in the last 0.3 s before a device is gone are what every "
				"unplug looks like; what comes earlier, or on a device that "
				"stays, is the link: plug, cable, port, hub or device.");
	render_sentence(style, TONE_DIM, 2,
			"A capture shows what the drivers were told: not what the hardware "
			"repeated with success, nor what happened while nothing was asked.");
}

int
analyze_print_capture(const struct cli *cli, const json_t *capture)
{
	const struct output_style *style = &cli->style;
	char file[WORDS_MAX];

	if (!field_has(capture, "format")) /* that has been said */
		return CLI_FINE;
	words_file(file, field_text(capture, "file"), style->utf8);
	put_answer(style, file, capture);
	if (analyze_print_tables(style, field_list(capture, "devices")) < 0)
		return cli_no_memory();
	put_notes(style, capture);
	return CLI_FINE;
}
