#include "lib/wire/session_row.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/base/cursor.h"
#include "lib/base/text.h"
#include "lib/base/time.h"

#define HOURS_MAX   1e6 /* of a trial */
#define DROPS_MAX   1e9
#define SHOWN_MAX   64		   /* of a value in a message */
#define SECONDS_MAX 253402300799.0 /* the end of the year 9999 */
#define NUMBER_MAX  400		   /* bytes of a number */

const char *const ls_session_columns[LS_SESSION_N_COLUMNS] = {
	[LS_SESSION_START] = "start",
	[LS_SESSION_HOST] = "host",
	[LS_SESSION_CONTROLLER] = "controller",
	[LS_SESSION_PORT] = "port",
	[LS_SESSION_HUBS] = "hubs",
	[LS_SESSION_CABLE] = "cable",
	[LS_SESSION_DEVICE] = "device",
	[LS_SESSION_HOURS] = "connected_hours",
	[LS_SESSION_DROPS] = "drops",
	[LS_SESSION_MODEL] = "model",
	[LS_SESSION_DROPS_BY_POWER] = "drops_by_power",
	[LS_SESSION_DROPS_BY_HOST] = "drops_by_host",
	[LS_SESSION_DROPS_BY_HUB] = "drops_by_hub",
	[LS_SESSION_DROPS_BY_DEVICE] = "drops_by_device",
	[LS_SESSION_LOADED_HOURS] = "loaded_hours",
	[LS_SESSION_DROPS_UNDER_LOAD] = "drops_under_load",
	[LS_SESSION_NEIGHBOUR_HOURS] = "neighbour_hours",
	[LS_SESSION_DROPS_WITH_NEIGHBOUR] = "drops_with_neighbour",
};

int
ls_session_kind(enum ls_session_column column)
{
	switch (column) {
	case LS_SESSION_HOST:
		return LS_COMPONENT_HOST;
	case LS_SESSION_CONTROLLER:
		return LS_COMPONENT_CONTROLLER;
	case LS_SESSION_PORT:
		return LS_COMPONENT_PORT;
	case LS_SESSION_CABLE:
		return LS_COMPONENT_CABLE;
	case LS_SESSION_DEVICE:
		return LS_COMPONENT_DEVICE;
	case LS_SESSION_MODEL:
		return LS_COMPONENT_MODEL;
	default:
		return -1;
	}
}

void
ls_session_row_clear(struct ls_session_row *row)
{
	row->trial = (struct ls_trial){ 0 };
	row->has_hours = row->has_drops = row->has_anything = false;
}

/* strtod() would also take hexadecimal, "inf", "nan" and blanks; LC_NUMERIC is "C" (cli/main.c). */
bool
ls_session_number(struct ls_cursor text, double *ret)
{
	char copy[NUMBER_MAX + 1];
	size_t len = ls_cursor_left(&text);
	char *end;

	if (len == 0 || len > NUMBER_MAX)
		return false;
	memcpy(copy, text.at, len);
	copy[len] = '\0';
	if (strspn(copy, "0123456789.eE+-") != len)
		return false;
	*ret = strtod(copy, &end);
	return end == copy + len && isfinite(*ret);
}

static void
shown(char text[SHOWN_MAX], struct ls_cursor value)
{
	ls_text_clean(text, SHOWN_MAX, value.at, ls_cursor_left(&value));
}

/* True if ls_text_clean() would only escape its own escapes again: such a table was exported. */
static bool
is_clean(struct ls_cursor text)
{
	char plain[LS_COMPONENT_NAME_MAX] = "", cleaned[LS_COMPONENT_NAME_MAX];
	size_t len = ls_cursor_left(&text);

	for (size_t i = 0; i < len; i++)
		plain[i] = text.at[i] == '\\' ? '/' : text.at[i];
	ls_text_clean(cleaned, sizeof(cleaned), plain, len);
	return strlen(cleaned) == len && memcmp(plain, cleaned, len) == 0;
}

static int
set_name(char name[LS_COMPONENT_NAME_MAX], struct ls_cursor text, const char *column,
	 char why[LS_SESSION_WHY_MAX])
{
	static const char ellipsis[] = "…";
	size_t len = ls_cursor_left(&text);
	char value[SHOWN_MAX];

	if (len < LS_COMPONENT_NAME_MAX && is_clean(text)) {
		memcpy(name, text.at, len);
		name[len] = '\0';
		return 0;
	}
	ls_text_clean(name, LS_COMPONENT_NAME_MAX, text.at, len);
	len = strlen(name);
	if (len < sizeof(ellipsis) || strcmp(name + len - sizeof(ellipsis) + 1, ellipsis) != 0)
		return 0;
	shown(value, text);
	ls_text_format(why, LS_SESSION_WHY_MAX,
		       "%s \"%s\" is too long: names may have up to %d bytes", column, value,
		       LS_COMPONENT_NAME_MAX - 1);
	return -EBADMSG;
}

/* "\x3b" stands for a ";" within a name. */
static struct ls_cursor
unescape_hub(struct ls_cursor text, char *room)
{
	char *out = room;

	while (text.at < text.end) {
		bool escaped = ls_take_literal(&text, "\\x3b");

		*out++ = escaped ? ';' : *text.at;
		text.at += !escaped;
	}
	return ls_cursor_of(room, (size_t)(out - room));
}

int
ls_session_row_add_hub(struct ls_session_row *row, struct ls_cursor text,
		       char why[LS_SESSION_WHY_MAX])
{
	size_t i = row->trial.n_hubs;
	int r;

	text = ls_cursor_trim(text);
	if (ls_cursor_left(&text) == 0)
		return 0;
	if (i == LS_TRIAL_HUBS_MAX) {
		ls_text_format(why, LS_SESSION_WHY_MAX,
			       "hubs names more than %d hubs: USB does not allow that many",
			       LS_TRIAL_HUBS_MAX);
		return -EBADMSG;
	}
	r = set_name(row->hubs[i], text, "hubs", why);
	row->trial.hubs[i] = row->hubs[i];
	row->trial.n_hubs = i + (r == 0);
	return r;
}

static int
set_hubs(struct ls_session_row *row, struct ls_cursor text, char why[LS_SESSION_WHY_MAX])
{
	char room[4 * LS_COMPONENT_NAME_MAX];
	int r = 0;

	row->trial.n_hubs = 0;
	while (r == 0 && text.at < text.end) {
		struct ls_cursor hub = ls_cursor_trim(ls_take_until(&text, ';'));

		ls_take_char(&text, ';');
		if (ls_cursor_left(&hub) <= sizeof(room))
			hub = unescape_hub(hub, room);
		r = ls_session_row_add_hub(row, hub, why);
	}
	return r;
}

/* "2026-11-22", "2026-11-22 14:00", with or without seconds and zone, as RFC 3339. */
static bool
parse_date(struct ls_cursor text, int64_t *real_us)
{
	char full[64];
	size_t date_len = strlen("2026-11-22"), minute_len = strlen("2026-11-22 14:00");
	size_t len = ls_cursor_left(&text);
	struct ls_cursor time, zone;
	bool has_zone, has_seconds;

	if (len < date_len || len > 40)
		return false;
	if (len == date_len) {
		snprintf(full, sizeof(full), "%.*sT00:00:00Z", (int)len, text.at);
		return ls_time_parse(full, real_us) == 1;
	}
	if (len < minute_len)
		return false;
	has_seconds = len > minute_len && text.at[minute_len] == ':';
	time = ls_cursor_of(text.at, minute_len);
	zone = ls_cursor_of(text.at + minute_len, len - minute_len);
	has_zone = ls_cursor_left(&zone) > 0 && (zone.end[-1] == 'Z' || zone.end[-1] == 'z' ||
						 memchr(zone.at, '+', ls_cursor_left(&zone)) ||
						 memchr(zone.at, '-', ls_cursor_left(&zone)));
	snprintf(full, sizeof(full), "%.*s%s%.*s%s", (int)ls_cursor_left(&time), time.at,
		 has_seconds ? "" : ":00", (int)ls_cursor_left(&zone), zone.at,
		 has_zone ? "" : "Z");
	return ls_time_parse(full, real_us) == 1;
}

/* Where a column of hours goes, or NULL. */
static double *
hours_of(struct ls_trial *trial, enum ls_session_column column)
{
	switch (column) {
	case LS_SESSION_HOURS:
		return &trial->hours;
	case LS_SESSION_LOADED_HOURS:
		return &trial->conditions[LS_CONDITION_LOAD].hours;
	case LS_SESSION_NEIGHBOUR_HOURS:
		return &trial->conditions[LS_CONDITION_NEIGHBOUR].hours;
	default:
		return NULL;
	}
}

/* Where a column of drops goes. */
static uint32_t *
count_of(struct ls_trial *trial, enum ls_session_column column)
{
	switch (column) {
	case LS_SESSION_DROPS_BY_POWER:
		return &trial->drops_by_power;
	case LS_SESSION_DROPS_BY_HOST:
		return &trial->drops_by_host;
	case LS_SESSION_DROPS_BY_HUB:
		return &trial->drops_by_hub;
	case LS_SESSION_DROPS_BY_DEVICE:
		return &trial->drops_by_device;
	case LS_SESSION_DROPS_UNDER_LOAD:
		return &trial->conditions[LS_CONDITION_LOAD].drops;
	case LS_SESSION_DROPS_WITH_NEIGHBOUR:
		return &trial->conditions[LS_CONDITION_NEIGHBOUR].drops;
	default:
		return &trial->drops;
	}
}

static int
refuse_number(enum ls_session_column column, const char *value, char why[LS_SESSION_WHY_MAX])
{
	const char *name = ls_session_columns[column];

	if (strchr(value, ','))
		ls_text_format(why, LS_SESSION_WHY_MAX,
			       "%s \"%s\" has a decimal comma: write a point, as in 0.5", name,
			       value);
	else if (hours_of(&(struct ls_trial){ 0 }, column))
		ls_text_format(why, LS_SESSION_WHY_MAX,
			       "%s \"%s\" is no number of hours: allowed is 0 to 1000000 with a "
			       "decimal point, as in 0.5 for half an hour",
			       name, value);
	else if (column == LS_SESSION_START)
		ls_text_format(why, LS_SESSION_WHY_MAX,
			       "start \"%s\" is too far away: allowed are the years 1970 to 9999",
			       value);
	else
		ls_text_format(why, LS_SESSION_WHY_MAX,
			       "%s \"%s\" is no count: allowed is a whole number, 0 or more", name,
			       value);
	return -EBADMSG;
}

int
ls_session_row_number(struct ls_session_row *row, enum ls_session_column column, double number,
		      char why[LS_SESSION_WHY_MAX])
{
	double *hours = hours_of(&row->trial, column);
	double max = hours ? HOURS_MAX : column == LS_SESSION_START ? SECONDS_MAX : DROPS_MAX;
	bool whole = !hours && column != LS_SESSION_START;
	char value[SHOWN_MAX];

	if (!(number >= 0) || number > max || (whole && number != floor(number))) {
		snprintf(value, sizeof(value), "%.12g", number);
		return refuse_number(column, value, why);
	}
	if (column == LS_SESSION_START) {
		row->trial.start_us = (int64_t)llround(number * 1e6);
	} else if (hours) {
		*hours = number;
		row->has_hours = row->has_hours || column == LS_SESSION_HOURS;
		row->trial.conditions[LS_CONDITION_LOAD].known |= column == LS_SESSION_LOADED_HOURS;
		row->trial.conditions[LS_CONDITION_NEIGHBOUR].known |=
			column == LS_SESSION_NEIGHBOUR_HOURS;
	} else {
		*count_of(&row->trial, column) = (uint32_t)number;
		row->has_drops = row->has_drops || column == LS_SESSION_DROPS;
	}
	return 0;
}

static int
set_start(struct ls_session_row *row, struct ls_cursor text, char why[LS_SESSION_WHY_MAX])
{
	char value[SHOWN_MAX];
	double seconds;

	shown(value, text);
	if (parse_date(text, &row->trial.start_us)) {
		if (row->trial.start_us >= 0 && row->trial.start_us <= (int64_t)(SECONDS_MAX * 1e6))
			return 0;
		return refuse_number(LS_SESSION_START, value, why);
	}
	ls_take_char(&text, '@');
	if (ls_session_number(text, &seconds))
		return ls_session_row_number(row, LS_SESSION_START, seconds, why);
	ls_text_format(why, LS_SESSION_WHY_MAX,
		       "start \"%s\" is no time: allowed are 2026-11-22, 2026-11-22 14:00, "
		       "2026-11-22T14:00:11+01:00, seconds since 1970, or nothing",
		       value);
	return -EBADMSG;
}

bool
ls_session_is_formula(const char *text, size_t len)
{
	size_t i = 0;

	while (i < len && text[i] == '\'')
		i++;
	return i < len && memchr("=+-@\t\r", text[i], 6);
}

int
ls_session_row_text(struct ls_session_row *row, enum ls_session_column column,
		    struct ls_cursor text, char why[LS_SESSION_WHY_MAX])
{
	int kind = ls_session_kind(column);
	char value[SHOWN_MAX];
	double number;
	int r;

	text = ls_cursor_trim(text);
	if (ls_cursor_left(&text) == 0)
		return 0;
	row->has_anything = true;
	if (column == LS_SESSION_START)
		return set_start(row, text, why);
	if (column == LS_SESSION_HUBS)
		return set_hubs(row, text, why);
	if (kind >= 0) {
		r = set_name(row->names[kind], text, ls_session_columns[column], why);
		row->trial.names[kind] = row->names[kind];
		return r;
	}
	if (ls_session_number(text, &number))
		return ls_session_row_number(row, column, number, why);
	shown(value, text);
	return refuse_number(column, value, why);
}

/* Hours are compared with what rounding leaves. */
#define HOURS_ROUNDED 1e-6

static bool
is_part(const struct ls_trial *trial, enum ls_condition condition, char why[LS_SESSION_WHY_MAX])
{
	static const enum ls_session_column columns[][2] = {
		[LS_CONDITION_LOAD] = { LS_SESSION_LOADED_HOURS, LS_SESSION_DROPS_UNDER_LOAD },
		[LS_CONDITION_NEIGHBOUR] = { LS_SESSION_NEIGHBOUR_HOURS,
					     LS_SESSION_DROPS_WITH_NEIGHBOUR },
	};
	const struct ls_condition_share *share = &trial->conditions[condition];
	const char *part = NULL, *whole = NULL;

	if (share->hours > trial->hours * (1 + HOURS_ROUNDED) + HOURS_ROUNDED) {
		part = ls_session_columns[columns[condition][0]];
		whole = ls_session_columns[LS_SESSION_HOURS];
	} else if (share->drops > trial->drops) {
		part = ls_session_columns[columns[condition][1]];
		whole = ls_session_columns[LS_SESSION_DROPS];
	}
	if (part)
		ls_text_format(why, LS_SESSION_WHY_MAX,
			       "%s is more than %s: it must be a part of it", part, whole);
	return !part;
}

int
ls_session_row_deliver(struct ls_session_row *row, ls_session_row_fn on_row, void *user,
		       char why[LS_SESSION_WHY_MAX])
{
	const struct ls_trial *trial = &row->trial;
	uint64_t n_named = (uint64_t)trial->drops_by_power + trial->drops_by_host +
			   trial->drops_by_hub + trial->drops_by_device;
	int r;

	if (!row->has_anything || !row->has_hours || !row->has_drops)
		return 0;
	if (n_named > trial->drops) {
		ls_text_format(why, LS_SESSION_WHY_MAX,
			       "drops is less than drops_by_power, drops_by_host, drops_by_hub and "
			       "drops_by_device together: drops must count them, too");
		return -EBADMSG;
	}
	for (size_t i = 0; i < LS_N_CONDITIONS; i++) {
		if (!is_part(trial, i, why))
			return -EBADMSG;
	}
	r = on_row(trial, user);
	return r < 0 ? r : 1;
}
