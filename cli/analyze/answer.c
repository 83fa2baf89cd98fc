#include "cli/analyze/answer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/analyze/events.h"
#include "cli/analyze/restores.h"
#include "cli/analyze/text.h"
#include "cli/base/field.h"
#include "cli/print/render.h"
#include "cli/print/words.h"
#include "lib/base/port.h"
#include "lib/base/text.h"
#include "lib/model/record.h"

#define UNKNOWN_SHOWN 3
#define DROPS_SHOWN   6 /* in sentences: one for each port and cause */
#define NEXT_SHOWN    2
#define GROUPS_MAX    64

/* Drops of one port with one cause. */
struct drops {
	const json_t *last;
	int64_t n, first_us, last_us;
};

struct answer {
	const struct cli *cli;
	const json_t *group;
	struct drops drops[GROUPS_MAX];
	size_t n_drops;
	int64_t n_all;
	int64_t others[LS_N_CAUSES]; /* incidents that are not drops */
	int64_t n_others;
};

static void
add_drop(struct answer *answer, const json_t *incident)
{
	struct drops *drops = answer->drops;
	size_t i = 0;

	answer->n_all++;
	while (i < answer->n_drops &&
	       (strcmp(field_text(drops[i].last, "name"), field_text(incident, "name")) != 0 ||
		strcmp(field_text(drops[i].last, "cause"), field_text(incident, "cause")) != 0))
		i++;
	if (i == GROUPS_MAX)
		return;
	if (i == answer->n_drops) {
		answer->n_drops++;
		drops[i] = (struct drops){ .first_us = analyze_opened_at(incident) };
	}
	drops[i].n++;
	drops[i].last = incident;
	drops[i].last_us = analyze_opened_at(incident);
}

static void
sort_out(struct answer *answer)
{
	const json_t *incident;
	enum ls_cause cause;
	size_t i;

	json_array_foreach(field_list(answer->group, "incidents"), i, incident)
	{
		if (field_flag(incident, "drop")) {
			add_drop(answer, incident);
			continue;
		}
		if (ls_cause_from_name(field_text(incident, "cause"), &cause) != 1)
			cause = LS_CAUSE_UNKNOWN;
		answer->others[cause]++;
		answer->n_others++;
	}
}

static const char *
name_files(char text[WORDS_MAX], const struct answer *answer)
{
	const json_t *files[] = { field_list(answer->group, "logs"),
				  field_list(answer->group, "captures") };
	char name[WORDS_MAX];
	const json_t *file;
	size_t i;

	text[0] = '\0';
	for (size_t list = 0; list < LS_COUNT(files); list++) {
		json_array_foreach(files[list], i, file)
		{
			words_file(name, field_text(file, "file"), answer->cli->style.utf8);
			ls_text_append(text, WORDS_MAX, "%s%s", *text ? " and " : "", name);
			if (WORDS_MAX - strlen(text) < 16)
				return text;
		}
	}
	return text;
}

static void
put_drops(const struct answer *answer, const struct drops *drops)
{
	const json_t *incident = drops->last;
	const char *device, *why = field_text(incident, "why");
	char first[FORMAT_MAX], last[FORMAT_MAX], sure[WORDS_MAX], back[FORMAT_MAX] = "";
	char times[2 * FORMAT_MAX + 32], text[WORDS_MAX];

	device = words_device(text, field_object(incident, "device"));
	analyze_when(first, answer->cli, answer->group, drops->first_us);
	analyze_when(last, answer->cli, answer->group, drops->last_us);
	if (drops->last_us < (int64_t)LS_MS && drops->n == 1)
		snprintf(times, sizeof(times), "at an unknown time");
	else if (drops->last_us < (int64_t)LS_MS)
		snprintf(times, sizeof(times), "%" PRId64 " times, at unknown times", drops->n);
	else if (drops->n == 1)
		snprintf(times, sizeof(times), "at %s", last);
	else
		snprintf(times, sizeof(times), "%" PRId64 " times, first at %s, last at %s",
			 drops->n, first, last);
	if (field_has(incident, "back_after_seconds"))
		format_return(back, field_real(incident, "back_after_seconds"));
	words_sure(sure, incident);
	render_sentence(&answer->cli->style, TONE_PLAIN, 4, "  %s%s%s%s: %s, %s%s%s%s%s: %s%s",
			field_text(incident, "name"), *device ? " (" : "", device,
			*device ? ")" : "", words_cause(field_text(incident, "cause")), times,
			*sure ? ", " : "", sure, *back ? ", " : "", back, why, words_stop(why));
	if (*words_apple_error(text, incident))
		render_sentence(&answer->cli->style, TONE_PLAIN, 4, "    %s", text);
}

/* Prints why a cause is unknown. */
static void
put_unknown(const struct answer *answer)
{
	const json_t *incident;
	size_t i, n_shown = 0;

	json_array_foreach(field_list(answer->group, "incidents"), i, incident)
	{
		const char *why = field_text(incident, "why");

		if (field_flag(incident, "drop") || n_shown == UNKNOWN_SHOWN ||
		    strcmp(field_text(incident, "cause"), ls_cause_name(LS_CAUSE_UNKNOWN)) != 0)
			continue;
		n_shown++;
		render_sentence(&answer->cli->style, TONE_PLAIN, 4, "  %s: %s%s",
				field_text(incident, "name"), why, words_stop(why));
	}
}

static void
put_others(const struct answer *answer)
{
	char text[WORDS_MAX] = "";

	for (int i = 0; i < LS_N_CAUSES; i++) {
		if (answer->others[i] > 0)
			ls_text_append(text, sizeof(text), "%s%" PRId64 " %s %s", *text ? ", " : "",
				       answer->others[i], answer->cli->style.utf8 ? "×" : "x",
				       ls_cause_words((enum ls_cause)i));
	}
	if (*text)
		render_sentence(
			&answer->cli->style, TONE_PLAIN, 4, "  %s%s.",
			answer->n_all ? "What else happened: " : "What happened instead: ", text);
	put_unknown(answer);
}

/* Log lines that do not open an incident but call for action. */
static const struct sign {
	const char *kind; /* in "observations" of a port */
	const char *what;
	enum {
		OF_ANY,
		OF_NO_PORT,	     /* only of what is no port: of a port the incident says it */
		OF_UNEXPLAINED,	     /* only where no incident of the port explains it */
		OF_RESETS,	     /* only of a port whose device was reset, and stayed */
		OF_LIVE_CONTROLLERS, /* only where no controller died: that explains it */
	} where;
} signs[] = {
	{ .kind = "power-rejected",
	  .what = "the kernel refused it for want of power: use a powered hub, or a port of the "
		  "computer itself" },
	{ .kind = "speed-downgrade",
	  .what = "it runs slower than it can: another port or cable may be faster" },
	{ .kind = "link-trouble",
	  .what = "the link or the hub of it had trouble (no reset, no configuration, no answer): "
		  "the port, the hub or the cable",
	  .where = OF_LIVE_CONTROLLERS },
	{ .kind = "host-limit",
	  .what = "there is no bandwidth or other resource left for a device: use a port of "
		  "another USB controller",
	  .where = OF_NO_PORT },
	{ .kind = "controller-trouble",
	  .what = "the USB controller reported trouble: update BIOS and kernel, or use ports of "
		  "another controller" },
	{ .kind = "transfer-error",
	  .what = "transfers failed, of a device that its driver does not name",
	  .where = OF_NO_PORT },
	{ .kind = "transfer-error",
	  .what = "transfers failed while it stayed connected: its driver, its firmware or its "
		  "link",
	  .where = OF_UNEXPLAINED },
	{ .kind = "enumeration-failure",
	  .what = "it did not answer when it was reset: look at its firmware and its power first, "
		  "then at its link",
	  .where = OF_RESETS },
	{ .kind = "resume-failure",
	  .what = "it did not wake up from power saving: switch autosuspend off for it",
	  .where = OF_LIVE_CONTROLLERS },
};

static bool
has_incident_of(const struct answer *answer, const char *field, const char *value)
{
	const json_t *incident;
	size_t i;

	json_array_foreach(field_list(answer->group, "incidents"), i, incident)
	{
		if (strcmp(field_text(incident, field), value) == 0)
			return true;
	}
	return false;
}

static bool
is_explained(const struct answer *answer, const json_t *port, const struct sign *sign)
{
	const char *name = field_text(port, "name");
	bool is_port = ls_port_name_valid(name);

	switch (sign->where) {
	case OF_NO_PORT:
		return is_port;
	case OF_UNEXPLAINED: /* some transfers always fail as a plug is pulled */
		return !is_port || field_int(port, "disconnects") > 0 ||
		       has_incident_of(answer, "name", name);
	case OF_RESETS:
		return field_int(port, "resets") == 0 || field_int(port, "disconnects") > 0 ||
		       field_int(port, "drops") > 0 || field_int(port, "enumeration_failures") > 0;
	case OF_LIVE_CONTROLLERS:
		return has_incident_of(answer, "cause", ls_cause_name(LS_CAUSE_CONTROLLER_DIED));
	default:
		return false;
	}
}

static int64_t
count_sign(const struct answer *answer, const json_t *port, const struct sign *sign)
{
	const json_t *lines = field_object(port, "observations");

	return lines && !is_explained(answer, port, sign) ? field_int(lines, sign->kind) : 0;
}

/* With @style NULL they are only counted. */
static unsigned int
put_signs(const struct output_style *style, const struct answer *answer)
{
	const json_t *port;
	unsigned int n_shown = 0;
	size_t i;

	json_array_foreach(field_list(answer->group, "ports"), i, port)
	{
		for (size_t k = 0; k < LS_COUNT(signs); k++) {
			int64_t n = count_sign(answer, port, &signs[k]);

			if (n > 0 && style)
				render_sentence(style, TONE_WARN, 4, "  %s: %s (%" PRId64 " %s).",
						field_text(port, "name"), signs[k].what, n,
						n == 1 ? "line" : "lines");
			n_shown += n > 0;
		}
	}
	return n_shown;
}

int64_t
analyze_count_lines(const json_t *group, const char *kind)
{
	const json_t *log;
	int64_t n = 0;
	size_t i;

	json_array_foreach(field_list(group, "logs"), i, log)
	{
		n += field_int(log, kind);
	}
	return n;
}

bool
analyze_is_understood(const json_t *group)
{
	const json_t *log;
	size_t i;

	json_array_foreach(field_list(group, "logs"), i, log)
	{
		if (!field_flag(log, "understood"))
			return false;
	}
	return true;
}

/* What is read, and how to get it. */
static void
put_kinds(const struct output_style *style, const char *files)
{
	static const char *const kinds[] = {
		"Linux, the kernel log: journalctl -k > kernel.txt, or sudo dmesg > kernel.txt",
		"Linux, transfers: a capture of usbmon by tcpdump or Wireshark (pcap, pcapng)",
		"a Mac: log show --last 2h --predicate 'subsystem == \"com.apple.usb\" OR sender "
		"== "
		"\"IOUSBHostFamily\"' > usb.txt",
		("a restore with idevicerestore: restore_ECID_TIME.log in its folder, or what it "
		 "printed (idevicerestore -d …)"),
		"a restore with Finder: ~/Library/Logs/iPhone Updater Logs (iPad, Mac …)",
		"a restore on Windows: %APPDATA%\\Apple Computer\\iTunes\\iPhone Updater Logs",
		"a restore with pymobiledevice3: what it printed",
	};

	render_sentence(style, TONE_BAD, 0, "%s: this is no kind of file that linkstat reads.",
			files);
	render_sentence(style, TONE_PLAIN, 0, "Read are, as files or from standard input (-):");
	for (size_t i = 0; i < LS_COUNT(kinds); i++)
		render_sentence(style, TONE_PLAIN, 4, "  %s", kinds[i]);
}

/* Of no log anything was understood. */
static void
put_nothing(const struct answer *answer, const char *files)
{
	const struct output_style *style = &answer->cli->style;
	int64_t n = analyze_count_lines(answer->group, "unread_lines");
	char lines[FORMAT_MAX];
	const json_t *log;
	size_t i;

	if (n == 0 && !analyze_is_understood(answer->group)) {
		put_kinds(style, files);
		return;
	}
	if (n == 0) {
		render_sentence(style, TONE_WARN, 0,
				"%s: no line of it tells of a USB link, so that there is nothing "
				"to say about one.",
				files);
		return;
	}
	render_sentence(style, TONE_BAD, 0, "%s: %s USB, but none of them is understood.", files,
			format_count(lines, n, "line names", "lines name"));
	json_array_foreach(field_list(answer->group, "logs"), i, log)
	{
		if (field_int(log, "unread_lines") > 0)
			render_sentence(style, TONE_PLAIN, 4, "  For example: %s",
					field_text(log, "unread_line"));
	}
	render_sentence(style, TONE_STRONG, 8,
			"  Next: Read the kernel log itself: sudo dmesg | linkstat analyze -");
}

static size_t
count_ports_with_drops(const struct answer *answer)
{
	const json_t *port;
	size_t i, n = 0;

	json_array_foreach(field_list(answer->group, "ports"), i, port)
	{
		n += field_int(port, "drops") > 0;
	}
	return n;
}

/* Failed transfers are printed below, with their capture. */
static bool
has_failures(const struct answer *answer)
{
	const json_t *capture, *device;
	size_t i, k;

	json_array_foreach(field_list(answer->group, "captures"), i, capture)
	{
		json_array_foreach(field_list(capture, "devices"), k, device)
		{
			if (field_int(device, "link_evidence") > 0)
				return true;
		}
	}
	return false;
}

/* No drop, but something failed: the cause to look into first. LS_N_CAUSES: there is none. */
static enum ls_cause
worst_other(const struct answer *answer)
{
	enum ls_cause worst = LS_N_CAUSES;
	unsigned int concern = 0;

	for (int i = 0; i < LS_N_CAUSES; i++) {
		const struct ls_cause_row *row = ls_cause_row((enum ls_cause)i);

		if (answer->others[i] > 0 && answer->others[i] >= row->concern_from &&
		    row->concern > concern) {
			worst = (enum ls_cause)i;
			concern = row->concern;
		}
	}
	return worst;
}

static void
put_answer(const struct answer *answer)
{
	const struct output_style *style = &answer->cli->style;
	bool has_capture = json_array_size(field_list(answer->group, "captures")) > 0;
	bool is_well = !has_failures(answer) && worst_other(answer) == LS_N_CAUSES &&
		       put_signs(NULL, answer) == 0;
	char files[WORDS_MAX], n[FORMAT_MAX], ports[FORMAT_MAX];

	name_files(files, answer);
	if (!has_capture && analyze_count_lines(answer->group, "usb_lines") == 0 &&
	    put_signs(NULL, answer) == 0) {
		put_nothing(answer, files);
		return;
	}
	if (answer->n_all == 0) {
		render_sentence(style, is_well ? TONE_GOOD : TONE_WARN, 0, "%s: no drop%s.", files,
				is_well ? "s" : " is certain, but not all is well");
		put_others(answer);
		(void)put_signs(style, answer);
		return;
	}
	render_sentence(
		style, TONE_BAD, 0, "%s: %s on %s.", files,
		format_count(n, answer->n_all, "drop", "drops"),
		format_count(ports, (int64_t)count_ports_with_drops(answer), "port", "ports"));
	for (size_t i = 0; i < answer->n_drops && i < DROPS_SHOWN; i++)
		put_drops(answer, &answer->drops[i]);
	if (answer->n_drops > DROPS_SHOWN)
		render_sentence(style, TONE_PLAIN, 4, "  And more, in the table below.");
	put_others(answer);
	(void)put_signs(style, answer);
}

/* ---- notes ---- */

/* Which times are estimated, and which are missing. */
static void
put_times(const struct cli *cli, const json_t *log)
{
	static const char *const yearless[] = { "syslog", "journal-short", "dmesg-reltime",
						"logcat" };
	const char *format = field_text(log, "format");
	int64_t last_us;

	field_time(log, "last_at", &last_us);
	for (size_t i = 0; i < LS_COUNT(yearless); i++) {
		if (field_flag(log, "dated") && strcmp(format, yearless[i]) == 0)
			render_sentence(&cli->style, TONE_PLAIN, 2,
					"  Its dates have no year and no time zone: taken as those "
					"of this computer when the file was written.");
	}
	if (last_us <= field_int(log, "lines"))
		render_sentence(&cli->style, TONE_WARN, 2,
				"  It has no times: only the order of its lines is known.");
	else if (field_flag(log, "of_day"))
		render_sentence(&cli->style, TONE_PLAIN, 2, "  It has times of day, but no dates.");
	else if (!field_flag(log, "dated"))
		render_sentence(
			&cli->style, TONE_PLAIN, 2,
			"  It has no dates: times in brackets are seconds since the "
			"computer started, and what has none is in the order of its lines.");
}

/* Several messages on one line, as when the newlines of a copy were lost. */
static void
put_hidden(const struct cli *cli, const json_t *log)
{
	int64_t n = field_int(log, "unread_lines");
	char lines[FORMAT_MAX];

	if (n == 0)
		return;
	render_sentence(&cli->style, TONE_WARN, 2,
			"  %s on behind the text of a device, which may say anything, and the rest "
			"is not read: put each message on a line of its own. The first: %s",
			format_count(lines, n, "line goes", "lines go"),
			field_text(log, "unread_line"));
}

static void
put_log(const struct cli *cli, const json_t *log)
{
	int64_t boots = field_int(log, "boots"), cut = field_int(log, "cut_lines");
	char file[WORDS_MAX], lines[FORMAT_MAX], usb[FORMAT_MAX];

	words_file(file, field_text(log, "file"), cli->style.utf8);
	render_sentence(&cli->style, TONE_PLAIN, 2, "%s: %s, %s, %s of USB links.", file,
			field_text(log, "format"),
			format_count(lines, field_int(log, "lines"), "line", "lines"),
			format_count(usb, field_int(log, "usb_lines"), "tells", "tell"));
	if (boots > 1)
		render_sentence(&cli->style, TONE_PLAIN, 2,
				"  Its times begin anew: the computer was started %" PRId64
				" times in it, or it is made of pieces. What pends at the end of "
				"each stays open.",
				boots);
	if (cut > 0)
		render_sentence(&cli->style, TONE_WARN, 2,
				"  %" PRId64 " lines are longer than any of the kernel's: only "
				"their beginnings were read.",
				cut);
	if (field_has(log, "truncated"))
		render_sentence(&cli->style, TONE_WARN, 2, "  This is about a part of it, %s.",
				field_text(log, "truncated"));
	if (field_int(log, "usb_lines") == 0)
		return;
	put_hidden(cli, log);
	put_times(cli, log);
	if (strcmp(field_text(log, "format"), "macos-log") == 0) {
		render_sentence(&cli->style, TONE_DIM, 2,
				"  Ports are called after their locationID: 0x14720000 is 20-7.2.");
		return;
	}
	render_sentence(&cli->style, TONE_DIM, 2,
			"  A kernel log shows only failed transfers that a driver reports, and not "
			"who pulled a plug: causes are less sure than those of linkstatd.");
}

static bool
has_restore(const json_t *group)
{
	return json_array_size(field_list(group, "restores")) > 0;
}

static int
put_files(const struct cli *cli, const json_t *group)
{
	const json_t *file, *note;
	size_t i;
	int r = CLI_FINE;

	fputc('\n', cli->style.out);
	json_array_foreach(field_list(group, "logs"), i, file)
	{
		if (field_int(file, "usb_lines") > 0 || !has_restore(group))
			put_log(cli, file);
	}
	json_array_foreach(field_list(group, "notes"), i, note)
	{
		render_sentence(&cli->style, TONE_WARN, 2, "Note: %s.", json_string_value(note));
	}
	json_array_foreach(field_list(group, "captures"), i, file)
	{
		int now = analyze_print_capture(cli, file);

		r = now > r ? now : r;
	}
	return r;
}

/* More of the log may tell; and linkstatd sees what no log has. */
static void
put_what_to_record(const struct answer *answer)
{
	const json_t *incident;
	char at[FORMAT_MAX];
	int64_t at_us = 0;
	size_t i;

	json_array_foreach(field_list(answer->group, "incidents"), i, incident)
	{
		if (at_us == 0 &&
		    strcmp(field_text(incident, "cause"), ls_cause_name(LS_CAUSE_UNKNOWN)) == 0)
			at_us = analyze_opened_at(incident);
	}
	analyze_when(at, answer->cli, answer->group, at_us);
	render_sentence(
		&answer->cli->style, TONE_STRONG, 8,
		"  Next: Read all of the log%s%s: sudo dmesg | linkstat analyze -. And leave "
		"linkstatd running: it records what a log does not show.",
		at_us < (int64_t)LS_MS ? "" : ", with what follows ",
		at_us < (int64_t)LS_MS ? "" : at);
}

static bool
is_known(const json_t *incident)
{
	return strcmp(field_text(incident, "cause"), ls_cause_name(LS_CAUSE_UNKNOWN)) != 0;
}

/* No drop, but something failed: the incident to look into first. NULL: there is none. */
static const json_t *
find_worst(const struct answer *answer)
{
	enum ls_cause worst = worst_other(answer);
	const json_t *incident;
	size_t i;

	json_array_foreach(field_list(answer->group, "incidents"), i, incident)
	{
		if (worst != LS_N_CAUSES && !field_flag(incident, "drop") &&
		    strcmp(field_text(incident, "cause"), ls_cause_name(worst)) == 0)
			return incident;
	}
	return NULL;
}

static void
put_next_of(const struct answer *answer, const json_t *incident, const char *of)
{
	if (!is_known(incident))
		put_what_to_record(answer);
	else
		render_sentence(&answer->cli->style, TONE_STRONG, 8, "  Next%s%s: %s",
				*of ? " for " : "", of, field_text(incident, "next"));
}

/* What the drops call for, each thing said once. */
static void
put_next(const struct answer *answer)
{
	const json_t *said[NEXT_SHOWN];
	size_t n = 0;

	for (size_t i = 0; i < answer->n_drops && n < NEXT_SHOWN; i++) {
		const json_t *incident = answer->drops[i].last;
		bool again = false;

		for (size_t k = 0; k < n && !again; k++)
			again = strcmp(field_text(said[k], "next"), field_text(incident, "next")) ==
				0;
		if (!again)
			said[n++] = incident;
	}
	for (size_t i = 0; i < n; i++)
		put_next_of(answer, said[i], n > 1 ? field_text(said[i], "name") : "");
	if (answer->n_drops == 0 && find_worst(answer))
		put_next_of(answer, find_worst(answer), "");
}

static bool
is_unreadable(const json_t *group)
{
	const json_t *capture = json_array_get(field_list(group, "captures"), 0);

	return capture && json_array_size(field_list(group, "logs")) == 0 &&
	       !field_has(capture, "format");
}

/* The log of a restore, in which no kernel says anything. */
static bool
is_restore_alone(const struct answer *answer)
{
	return has_restore(answer->group) &&
	       json_array_size(field_list(answer->group, "captures")) == 0 &&
	       analyze_count_lines(answer->group, "usb_lines") == 0;
}

int
analyze_print(const struct cli *cli, const json_t *group)
{
	struct answer answer = { .cli = cli, .group = group };

	if (is_unreadable(group)) /* already reported */
		return CLI_FINE;
	restores_print(cli, group);
	sort_out(&answer);
	if (!is_restore_alone(&answer))
		put_answer(&answer);
	put_next(&answer);
	if (analyze_print_incidents(cli, group) < 0 ||
	    analyze_print_ports(cli, field_list(group, "ports")) < 0)
		return cli_no_memory();
	return put_files(cli, group);
}
