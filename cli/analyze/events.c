#include "cli/analyze/events.h"

#include <inttypes.h>
#include <stdio.h>

#include "cli/base/field.h"
#include "cli/print/render.h"
#include "cli/print/words.h"

#define INCIDENTS_SHOWN 40 /* rows: the last ones; --json has all */
#define YEAR_2000_US	(INT64_C(946684800) * (int64_t)LS_SEC)
#define UP_TO_SECONDS	19 /* of a stamp */
#define DAY_SECONDS	INT64_C(86400)

/* A log that has times of day and nothing else. */
static bool
is_of_day(const json_t *group)
{
	const json_t *log;
	size_t i;

	json_array_foreach(field_list(group, "logs"), i, log)
	{
		if (field_flag(log, "of_day"))
			return true;
	}
	return false;
}

const char *
analyze_time_of_day(char text[FORMAT_MAX], int64_t real_us)
{
	int64_t seconds = real_us / (int64_t)LS_SEC;
	int64_t day = seconds / DAY_SECONDS, hour = seconds / 3600 % 24;
	char after[FORMAT_MAX / 2] = "";

	if (day > 0)
		snprintf(after, sizeof(after), "day %" PRId64 ", ", day + 1);
	snprintf(text, FORMAT_MAX, "%s%02" PRId64 ":%02" PRId64 ":%02" PRId64, after, hour,
		 seconds / 60 % 60, seconds % 60);
	return text;
}

const char *
analyze_when(char text[FORMAT_MAX], const struct cli *cli, const json_t *group, int64_t real_us)
{
	if (real_us >= YEAR_2000_US) {
		format_stamp(text, real_us);
		text[UP_TO_SECONDS] = '\0';
		return text;
	}
	if (is_of_day(group))
		analyze_time_of_day(text, real_us);
	else if (real_us < (int64_t)LS_MS)
		snprintf(text, FORMAT_MAX, "%s", cli->style.dash);
	else
		snprintf(text, FORMAT_MAX, "[%.3f]", (double)real_us / LS_SEC);
	return text;
}

int64_t
analyze_opened_at(const json_t *incident)
{
	int64_t at_us;

	field_time(incident, "opened_at", &at_us);
	return at_us;
}

static const struct table_column incident_columns[] = {
	{ "ID", TABLE_RIGHT }, { "WHEN", 0 }, { "PORT", 0 },	       { "DEVICE", TABLE_CUT },
	{ "WHAT", 0 },	       { "DROP", 0 }, { "SURE", TABLE_RIGHT }, { "BACK", TABLE_RIGHT },
};
enum { ID, WHEN, PORT, DEVICE, WHAT, DROP, SURE, BACK };

static void
fill_incident(const struct cli *cli, struct table *table, const json_t *group,
	      const json_t *incident)
{
	struct libscols_line *row = table_row(table, NULL);
	bool drop = field_flag(incident, "drop");
	bool back = field_has(incident, "back_after_seconds");
	char text[WORDS_MAX], number[FORMAT_MAX];

	snprintf(number, sizeof(number), "%" PRId64, field_int(incident, "id"));
	table_cell(table, row, ID, TONE_STRONG, number);
	table_cell(table, row, WHEN, TONE_PLAIN,
		   analyze_when(number, cli, group, analyze_opened_at(incident)));
	table_cell(table, row, PORT, TONE_PLAIN, field_text(incident, "name"));
	table_cell(table, row, DEVICE, TONE_PLAIN,
		   words_device(text, field_object(incident, "device")));
	table_cell(table, row, WHAT, TONE_PLAIN, words_what(text, incident));
	table_cell(table, row, DROP, drop ? TONE_BAD : TONE_PLAIN, drop ? "drop" : cli->style.dash);
	table_cell(table, row, SURE, TONE_PLAIN,
		   *words_sure(text, incident)
			   ? format_percent(number, field_real(incident, "confidence"))
			   : cli->style.dash);
	table_cell(table, row, BACK, TONE_PLAIN,
		   back ? format_away(number, field_real(incident, "back_after_seconds"))
			: cli->style.dash);
}

int
analyze_print_incidents(const struct cli *cli, const json_t *group)
{
	const json_t *incidents = field_list(group, "incidents");
	ls_auto(table) *table = NULL;
	size_t n = json_array_size(incidents), i = n > INCIDENTS_SHOWN ? n - INCIDENTS_SHOWN : 0;

	if (n == 0)
		return 0;
	if (table_new(&cli->style, incident_columns, LS_COUNT(incident_columns), &table) < 0)
		return -1;
	fputc('\n', cli->style.out);
	if (i > 0)
		render_sentence(&cli->style, TONE_PLAIN, 2,
				"The last %d of %zu incidents; all of them: linkstat analyze "
				"--json",
				INCIDENTS_SHOWN, n);
	for (; i < n; i++)
		fill_incident(cli, table, group, json_array_get(incidents, i));
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
		   seconds >= 0.001 ? format_duration(number, seconds) : cli->style.dash);
	for (size_t i = 0; i < LS_COUNT(counts); i++) {
		int64_t n = field_int(port, counts[i].name);

		snprintf(number, sizeof(number), "%" PRId64, n);
		table_cell(table, row, column++, n > 0 ? counts[i].tone : TONE_PLAIN, number);
	}
}

int
analyze_print_ports(const struct cli *cli, const json_t *ports)
{
	ls_auto(table) *table = NULL;
	const json_t *port;
	size_t i;

	if (json_array_size(ports) == 0)
		return 0;
	if (table_new(&cli->style, port_columns, LS_COUNT(port_columns), &table) < 0)
		return -1;
	fputc('\n', cli->style.out);
	json_array_foreach(ports, i, port)
	{
		fill_port(cli, table, port);
	}
	return table_print(table);
}
