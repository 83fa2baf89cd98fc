/* The engine's answer about files, as text: first what dropped, where, when, why and how sure. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/advice.h"
#include "cli/analyze.h"
#include "cli/clean.h"
#include "cli/field.h"
#include "cli/words.h"
#include "lib/record.h"
#include "lib/text.h"

#define DROPS_TOLD	6  /* in sentences: one for each port and cause */
#define INCIDENTS_SHOWN 40 /* rows: the last ones; --json has all */
#define GROUPS_MAX	64
#define YEAR_2000_US	(INT64_C(946684800) * (int64_t)LS_SEC)

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
	int64_t others[LS_N_CAUSES]; /* incidents that are no drops */
	int64_t n_others;
};

/* Local time; of a log without dates the boot clock, of one without any times a dash. */
static const char *
format_when(char text[FORMAT_MAX], const struct cli *cli, int64_t real_us)
{
	if (real_us >= YEAR_2000_US)
		return format_short(text, real_us, cli->now_us);
	if (real_us < (int64_t)LS_MS)
		snprintf(text, FORMAT_MAX, "%s", cli->look.dash);
	else
		snprintf(text, FORMAT_MAX, "[%.3f]", (double)real_us / LS_SEC);
	return text;
}

static int64_t
opened_at(const json_t *incident)
{
	int64_t at_us;

	field_time(incident, "opened_at", &at_us);
	return at_us;
}

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
		drops[i] = (struct drops){ .first_us = opened_at(incident) };
	}
	drops[i].n++;
	drops[i].last = incident;
	drops[i].last_us = opened_at(incident);
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
			size_t len = strlen(text);

			clean_text(name, sizeof(name), field_text(file, "file"),
				   answer->cli->look.utf8);
			ls_text_format(text + len, WORDS_MAX - len, "%s%s", len ? " and " : "",
				       name);
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
	char first[FORMAT_MAX], last[FORMAT_MAX], sure[FORMAT_MAX], back[FORMAT_MAX] = "";
	char times[2 * FORMAT_MAX + 32], text[WORDS_MAX];

	device = words_device(text, field_object(incident, "device"));
	format_when(first, answer->cli, drops->first_us);
	format_when(last, answer->cli, drops->last_us);
	if (drops->n == 1)
		snprintf(times, sizeof(times), "at %s", last);
	else
		snprintf(times, sizeof(times), "%" PRId64 " times, first at %s, last at %s",
			 drops->n, first, last);
	if (field_has(incident, "back_after_seconds"))
		format_duration(back, field_real(incident, "back_after_seconds"));
	render_sentence(&answer->cli->look, TONE_PLAIN, 4, "  %s%s%s%s: %s, %s, %s sure%s%s. %s%s",
			field_text(incident, "name"), *device ? " (" : "", device,
			*device ? ")" : "", advice_words(field_text(incident, "cause")), times,
			format_percent(sure, field_real(incident, "confidence")),
			*back ? ", back after " : "", back, why, words_stop(why));
}

static void
put_others(const struct answer *answer)
{
	char text[WORDS_MAX] = "";

	for (int i = 0; i < LS_N_CAUSES; i++) {
		size_t len = strlen(text);

		if (answer->others[i] > 0)
			ls_text_format(text + len, sizeof(text) - len, "%s%" PRId64 " %s %s",
				       len ? ", " : "", answer->others[i],
				       answer->cli->look.utf8 ? "×" : "x",
				       ls_cause_words((enum ls_cause)i));
	}
	if (*text)
		render_sentence(&answer->cli->look, TONE_PLAIN, 4, "  No drops, but incidents: %s.",
				text);
}

static int64_t
count_usb_lines(const json_t *group)
{
	const json_t *log;
	int64_t n = 0;
	size_t i;

	json_array_foreach(field_list(group, "logs"), i, log)
	{
		n += field_int(log, "usb_lines");
	}
	return n;
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

static void
put_answer(const struct answer *answer)
{
	const struct look *look = &answer->cli->look;
	bool has_capture = json_array_size(field_list(answer->group, "captures")) > 0;
	char files[WORDS_MAX], n[FORMAT_MAX], ports[FORMAT_MAX];

	name_files(files, answer);
	if (!has_capture && count_usb_lines(answer->group) == 0) {
		render_sentence(look, TONE_WARN, 0,
				"%s: no line of it tells of a USB link, so that there is nothing "
				"to say about one.",
				files);
		return;
	}
	if (answer->n_all == 0) {
		render_sentence(look, TONE_GOOD, 0, "%s: no drops.", files);
		put_others(answer);
		return;
	}
	render_sentence(
		look, TONE_BAD, 0, "%s: %s on %s.", files,
		format_count(n, answer->n_all, "drop", "drops"),
		format_count(ports, (int64_t)count_ports_with_drops(answer), "port", "ports"));
	for (size_t i = 0; i < answer->n_drops && i < DROPS_TOLD; i++)
		put_drops(answer, &answer->drops[i]);
	if (answer->n_drops > DROPS_TOLD)
		render_sentence(look, TONE_PLAIN, 4, "  And more, in the table below.");
	put_others(answer);
}

/* ---- tables ---- */

static const struct table_column incident_columns[] = {
	{ "ID", TABLE_RIGHT }, { "WHEN", 0 }, { "PORT", 0 },	       { "DEVICE", TABLE_CUT },
	{ "WHAT", 0 },	       { "DROP", 0 }, { "SURE", TABLE_RIGHT }, { "BACK", TABLE_RIGHT },
};
enum { ID, WHEN, PORT, DEVICE, WHAT, DROP, SURE, BACK };

static void
fill_incident(const struct cli *cli, struct table *table, const json_t *incident)
{
	struct libscols_line *row = table_row(table, NULL);
	bool drop = field_flag(incident, "drop");
	bool back = field_has(incident, "back_after_seconds");
	char text[WORDS_MAX], number[FORMAT_MAX];

	snprintf(number, sizeof(number), "%" PRId64, field_int(incident, "id"));
	table_cell(table, row, ID, TONE_STRONG, number);
	table_cell(table, row, WHEN, TONE_PLAIN, format_when(number, cli, opened_at(incident)));
	table_cell(table, row, PORT, TONE_PLAIN, field_text(incident, "name"));
	table_cell(table, row, DEVICE, TONE_PLAIN,
		   words_device(text, field_object(incident, "device")));
	table_cell(table, row, WHAT, TONE_PLAIN, advice_words(field_text(incident, "cause")));
	table_cell(table, row, DROP, drop ? TONE_BAD : TONE_PLAIN, drop ? "drop" : cli->look.dash);
	table_cell(table, row, SURE, TONE_PLAIN,
		   format_percent(number, field_real(incident, "confidence")));
	table_cell(table, row, BACK, TONE_PLAIN,
		   back ? format_duration(number, field_real(incident, "back_after_seconds"))
			: cli->look.dash);
}

static int
put_incidents(const struct cli *cli, const json_t *incidents)
{
	ls_auto(table) *table = NULL;
	size_t n = json_array_size(incidents), i = n > INCIDENTS_SHOWN ? n - INCIDENTS_SHOWN : 0;

	if (n == 0)
		return 0;
	if (table_new(&cli->look, incident_columns, LS_COUNT(incident_columns), &table) < 0)
		return -1;
	fputc('\n', cli->look.out);
	if (i > 0)
		render_sentence(&cli->look, TONE_PLAIN, 2,
				"The last %d of %zu incidents; all of them: linkstat analyze "
				"--json",
				INCIDENTS_SHOWN, n);
	for (; i < n; i++)
		fill_incident(cli, table, json_array_get(incidents, i));
	return table_print(table);
}

static const struct table_column port_columns[] = {
	{ "PORT", 0 },
	{ "DEVICE", TABLE_CUT },
	{ "CONNECTED", TABLE_RIGHT },
	{ "CAME", TABLE_RIGHT },
	{ "LEFT", TABLE_RIGHT },
	{ "DROPS", TABLE_RIGHT },
	{ "RESETS", TABLE_RIGHT },
	{ "FAILED", TABLE_RIGHT },
	{ "OVERCURR", TABLE_RIGHT },
};

static void
fill_port(const struct cli *cli, struct table *table, const json_t *port)
{
	static const struct {
		const char *name;
		enum tone tone;
	} counts[] = {
		{ "connects", TONE_PLAIN },
		{ "disconnects", TONE_PLAIN },
		{ "drops", TONE_BAD },
		{ "resets", TONE_WARN },
		{ "enumeration_failures", TONE_WARN },
		{ "over_currents", TONE_WARN },
	};
	struct libscols_line *row = table_row(table, NULL);
	double seconds = field_real(port, "connected_seconds");
	char text[WORDS_MAX], number[FORMAT_MAX];
	size_t column = 0;

	table_cell(table, row, column++, TONE_STRONG, field_text(port, "name"));
	table_cell(table, row, column++, TONE_PLAIN,
		   words_device(text, field_object(port, "device")));
	table_cell(table, row, column++, TONE_PLAIN,
		   seconds > 0 ? format_duration(number, seconds) : cli->look.dash);
	for (size_t i = 0; i < LS_COUNT(counts); i++) {
		int64_t n = field_int(port, counts[i].name);

		snprintf(number, sizeof(number), "%" PRId64, n);
		table_cell(table, row, column++, n > 0 ? counts[i].tone : TONE_PLAIN, number);
	}
}

static int
put_ports(const struct cli *cli, const json_t *ports)
{
	ls_auto(table) *table = NULL;
	const json_t *port;
	size_t i;

	if (json_array_size(ports) == 0)
		return 0;
	if (table_new(&cli->look, port_columns, LS_COUNT(port_columns), &table) < 0)
		return -1;
	fputc('\n', cli->look.out);
	json_array_foreach(ports, i, port)
	{
		fill_port(cli, table, port);
	}
	return table_print(table);
}

/* ---- notes ---- */

static void
put_log(const struct cli *cli, const json_t *log)
{
	int64_t boots = field_int(log, "boots"), cut = field_int(log, "cut_lines");
	char file[WORDS_MAX], lines[FORMAT_MAX], usb[FORMAT_MAX];

	clean_text(file, sizeof(file), field_text(log, "file"), cli->look.utf8);
	render_sentence(&cli->look, TONE_PLAIN, 2, "%s: %s, %s, %s of USB links.", file,
			field_text(log, "format"),
			format_count(lines, field_int(log, "lines"), "line", "lines"),
			format_count(usb, field_int(log, "usb_lines"), "tells", "tell"));
	if (!field_flag(log, "dated") && field_int(log, "usb_lines") > 0)
		render_sentence(
			&cli->look, TONE_PLAIN, 2,
			"  It has no dates: times in brackets are seconds since the "
			"computer started, and what has none is in the order of its lines.");
	if (boots > 1)
		render_sentence(&cli->look, TONE_PLAIN, 2,
				"  The computer was started %" PRId64
				" times in it: what pends at the end of each stays open.",
				boots);
	if (cut > 0)
		render_sentence(&cli->look, TONE_WARN, 2,
				"  %" PRId64 " lines are longer than any of the kernel's: only "
				"their beginnings were read.",
				cut);
	if (field_has(log, "truncated"))
		render_sentence(&cli->look, TONE_WARN, 2, "  This is about a part of it, %s.",
				field_text(log, "truncated"));
	render_sentence(&cli->look, TONE_DIM, 2,
			"  A kernel log does not tell of transfers that fail, nor who pulled a "
			"plug: causes are less sure than those of linkstatd.");
}

static int
put_files(const struct cli *cli, const json_t *group)
{
	const json_t *file, *note;
	size_t i;
	int r = CLI_FINE;

	fputc('\n', cli->look.out);
	json_array_foreach(field_list(group, "logs"), i, file)
	{
		put_log(cli, file);
	}
	json_array_foreach(field_list(group, "notes"), i, note)
	{
		render_sentence(&cli->look, TONE_WARN, 2, "Note: %s.", json_string_value(note));
	}
	json_array_foreach(field_list(group, "captures"), i, file)
	{
		int now = analyze_print_capture(cli, file);

		r = now > r ? now : r;
	}
	return r;
}

static bool
is_unreadable(const json_t *group)
{
	const json_t *capture = json_array_get(field_list(group, "captures"), 0);

	return capture && json_array_size(field_list(group, "logs")) == 0 &&
	       !field_has(capture, "format");
}

int
analyze_print(const struct cli *cli, const json_t *group)
{
	struct answer answer = { .cli = cli, .group = group };
	const json_t *drop;

	if (is_unreadable(group)) /* that has been said */
		return CLI_FINE;
	sort_out(&answer);
	put_answer(&answer);
	drop = answer.n_drops ? answer.drops[0].last : NULL;
	if (drop)
		render_sentence(&cli->look, TONE_STRONG, 8, "  Next: %s",
				advice_for(field_text(drop, "cause"))->next);
	if (put_incidents(cli, field_list(group, "incidents")) < 0 ||
	    put_ports(cli, field_list(group, "ports")) < 0)
		return cli_no_memory();
	return put_files(cli, group);
}
