#include "lib/wire/session_write.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <csv.h>

#include "lib/base/time.h"
#include "lib/wire/session_row.h"

/* Digits that give the same hours back to a microsecond in 1000 years. */
#define HOURS_FORMAT "%.10g"

const char ls_session_header[] =
	"start,host,controller,port,hubs,cable,device,connected_hours,drops,model,drops_by_power,"
	"drops_by_host,drops_by_hub,drops_by_device,loaded_hours,drops_under_load,neighbour_hours,"
	"drops_with_neighbour\n";

struct row {
	char *text;
	size_t len;
};

/*
 * Quotes where the value needs it, also so that no row looks like a comment. What a spreadsheet would take
 * for a formula gets the apostrophe that makes it a text there.
 */
static int
put_field(struct row *row, const char *value)
{
	size_t len = value ? strlen(value) : 0, room = LS_SESSION_ROW_MAX - row->len, n = len;
	char text[LS_SESSION_ROW_MAX];

	if (2 * len + 6 > room) /* quotes, an apostrophe, a comma or the end of the line, NUL */
		return -EINVAL;
	if (ls_session_is_formula(value, len)) {
		n = len = (size_t)snprintf(text, sizeof(text), "'%s", value);
		value = text;
	}
	if (len > 0 && (strpbrk(value, ",\"\r\n#") || *value == ' ' || value[len - 1] == ' '))
		n = csv_write(row->text + row->len, room, value, len);
	else if (len > 0)
		memcpy(row->text + row->len, value, len);
	row->len += n;
	row->text[row->len++] = ',';
	return 1;
}

static int
put_count(struct row *row, uint32_t n)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", n);
	return put_field(row, text);
}

static int
join_hubs(const struct ls_trial *trial, char *text, size_t size)
{
	size_t len = 0;

	for (size_t i = 0; i < trial->n_hubs; i++) {
		const char *name = trial->hubs[i] ? trial->hubs[i] : "";

		if (len + 4 * strlen(name) + 2 > size)
			return -EINVAL;
		if (len > 0)
			text[len++] = ';';
		for (; *name; name++)
			len += (size_t)snprintf(text + len, size - len,
						*name == ';' ? "\\x3b" : "%c", *name);
	}
	text[len] = '\0';
	return 1;
}

static int
put_names(struct row *row, const struct ls_trial *trial)
{
	static const enum ls_component_kind before_hubs[] = {
		LS_COMPONENT_HOST,
		LS_COMPONENT_CONTROLLER,
		LS_COMPONENT_PORT,
	};
	char hubs[LS_SESSION_ROW_MAX / 2];
	int r = join_hubs(trial, hubs, sizeof(hubs));

	for (size_t i = 0; r > 0 && i < LS_COUNT(before_hubs); i++)
		r = put_field(row, trial->names[before_hubs[i]]);
	if (r > 0)
		r = put_field(row, hubs);
	if (r > 0)
		r = put_field(row, trial->names[LS_COMPONENT_CABLE]);
	return r > 0 ? put_field(row, trial->names[LS_COMPONENT_DEVICE]) : r;
}

static int
put_hours(struct row *row, double hours)
{
	char text[32];

	snprintf(text, sizeof(text), HOURS_FORMAT, hours);
	return put_field(row, text);
}

/* Two fields, empty where it is not known. */
static int
put_condition(struct row *row, const struct ls_condition_share *share)
{
	int r = share->known ? put_hours(row, share->hours) : put_field(row, NULL);

	if (r > 0)
		r = share->known ? put_count(row, share->drops) : put_field(row, NULL);
	return r;
}

static int
put_counts(struct row *row, const struct ls_trial *trial)
{
	const uint32_t counts[] = { trial->drops_by_power, trial->drops_by_host,
				    trial->drops_by_hub, trial->drops_by_device };
	int r = put_hours(row, trial->hours);

	if (r > 0)
		r = put_count(row, trial->drops);
	if (r > 0)
		r = put_field(row, trial->names[LS_COMPONENT_MODEL]);
	for (size_t i = 0; r > 0 && i < LS_COUNT(counts); i++)
		r = put_count(row, counts[i]);
	for (size_t i = 0; r > 0 && i < LS_N_CONDITIONS; i++)
		r = put_condition(row, &trial->conditions[i]);
	return r;
}

int
ls_session_write(const struct ls_trial *trial, char text[LS_SESSION_ROW_MAX])
{
	struct row row = { .text = text };
	char start[LS_TIME_MAX] = "";
	int r;

	if (!(trial->hours >= 0) || !isfinite(trial->hours) || trial->n_hubs > LS_TRIAL_HUBS_MAX)
		return -EINVAL;
	if (trial->start_us)
		ls_time_format(trial->start_us, start);
	r = put_field(&row, start);
	if (r > 0)
		r = put_names(&row, trial);
	if (r > 0)
		r = put_counts(&row, trial);
	if (r < 0)
		return r;
	text[row.len - 1] = '\n'; /* in place of the last comma */
	text[row.len] = '\0';
	return 1;
}
