#include "lib/wire/wire.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lib/engine/causes.h"
#include "lib/base/cursor.h"

#define DAY_SECONDS	INT64_C(86400)
#define US_PER_SEC	INT64_C(1000000)
#define DAYS_PER_ERA	146097 /* 400 years of the Gregorian calendar */
#define DAYS_UNTIL_1970 719468 /* from 0000-03-01 */

struct date {
	int64_t year;
	unsigned int month, day;
};

/* Howard Hinnant's calendar arithmetic: years begin in March, so that the leap day is the last. */
static struct date
date_of(int64_t days)
{
	int64_t shifted = days + DAYS_UNTIL_1970;
	int64_t era = (shifted >= 0 ? shifted : shifted - DAYS_PER_ERA + 1) / DAYS_PER_ERA;
	unsigned int doe = (unsigned int)(shifted - era * DAYS_PER_ERA);
	unsigned int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	unsigned int doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	unsigned int mp = (5 * doy + 2) / 153;
	unsigned int month = mp < 10 ? mp + 3 : mp - 9;

	return (struct date){
		.year = (int64_t)yoe + era * 400 + (month <= 2),
		.month = month,
		.day = doy - (153 * mp + 2) / 5 + 1,
	};
}

static int64_t
days_of(struct date date)
{
	int64_t year = date.year - (date.month <= 2);
	int64_t era = (year >= 0 ? year : year - 399) / 400;
	unsigned int yoe = (unsigned int)(year - era * 400);
	unsigned int mp = date.month > 2 ? date.month - 3 : date.month + 9;
	unsigned int doe = yoe * 365 + yoe / 4 - yoe / 100 + (153 * mp + 2) / 5 + date.day - 1;

	return era * DAYS_PER_ERA + (int64_t)doe - DAYS_UNTIL_1970;
}

void
ls_wire_time_format(int64_t real_us, char text[LS_WIRE_TIME_MAX])
{
	const int64_t first = days_of((struct date){ 0, 1, 1 }) * DAY_SECONDS * US_PER_SEC;
	const int64_t end = days_of((struct date){ 10000, 1, 1 }) * DAY_SECONDS * US_PER_SEC;
	int64_t us = real_us < first ? first : real_us >= end ? end - 1 : real_us;
	int64_t day_us = us % (DAY_SECONDS * US_PER_SEC);
	unsigned int second, fraction;
	struct date date;

	if (day_us < 0)
		day_us += DAY_SECONDS * US_PER_SEC;
	date = date_of((us - day_us) / (DAY_SECONDS * US_PER_SEC));
	second = (unsigned int)(day_us / US_PER_SEC);
	fraction = (unsigned int)(day_us % US_PER_SEC);
	snprintf(text, LS_WIRE_TIME_MAX, "%04u-%02u-%02uT%02u:%02u:%02u.%06uZ",
		 (unsigned int)date.year % 10000, date.month % 100, date.day % 100,
		 second / 3600 % 100, second / 60 % 60, second % 60, fraction);
}

/* Exactly @n digits, at most @max. */
static bool
take_digits(struct ls_cursor *cur, size_t n, uint64_t max, unsigned int *ret)
{
	struct ls_cursor digits = { .at = cur->at, .end = cur->at + n };
	uint64_t value;

	if (ls_cursor_left(cur) < n || !ls_take_uint(&digits, max, &value) ||
	    ls_cursor_left(&digits) > 0)
		return false;
	cur->at += n;
	*ret = (unsigned int)value;
	return true;
}

static bool
take_date(struct ls_cursor *cur, struct date *date)
{
	unsigned int year;

	if (!take_digits(cur, 4, 9999, &year) || !ls_take_char(cur, '-') ||
	    !take_digits(cur, 2, 12, &date->month) || !ls_take_char(cur, '-') ||
	    !take_digits(cur, 2, 31, &date->day) || date->month == 0 || date->day == 0)
		return false;
	date->year = (int64_t)year;
	/* The 31st of a shorter month would come back as another day. */
	return date_of(days_of(*date)).day == date->day;
}

/* ".123456": digits beyond microseconds are dropped. None at all is fine, a bare dot is not. */
static bool
take_fraction(struct ls_cursor *cur, int64_t *us)
{
	int64_t unit = US_PER_SEC / 10;
	const char *first;

	*us = 0;
	if (!ls_take_char(cur, '.'))
		return true;
	for (first = cur->at; cur->at < cur->end && *cur->at >= '0' && *cur->at <= '9'; cur->at++) {
		*us += (*cur->at - '0') * unit;
		unit /= 10;
	}
	return cur->at > first;
}

static bool
take_zone(struct ls_cursor *cur, int64_t *offset_seconds)
{
	unsigned int hours, minutes;
	bool west;

	*offset_seconds = 0;
	if (ls_take_char(cur, 'Z') || ls_take_char(cur, 'z'))
		return true;
	west = ls_take_char(cur, '-');
	if ((!west && !ls_take_char(cur, '+')) || !take_digits(cur, 2, 23, &hours) ||
	    !ls_take_char(cur, ':') || !take_digits(cur, 2, 59, &minutes))
		return false;
	*offset_seconds = (int64_t)(hours * 3600 + minutes * 60) * (west ? -1 : 1);
	return true;
}

int
ls_wire_time_parse(const char *text, int64_t *real_us)
{
	struct ls_cursor cur = ls_cursor_of(text, strlen(text));
	unsigned int hour, minute, second;
	int64_t fraction_us, offset_seconds, seconds;
	struct date date;

	if (!take_date(&cur, &date))
		return -EINVAL;
	if (!ls_take_char(&cur, 'T') && !ls_take_char(&cur, 't') && !ls_take_char(&cur, ' '))
		return -EINVAL;
	/* A leap second is the first of the next minute, as for the system clock. */
	if (!take_digits(&cur, 2, 23, &hour) || !ls_take_char(&cur, ':') ||
	    !take_digits(&cur, 2, 59, &minute) || !ls_take_char(&cur, ':') ||
	    !take_digits(&cur, 2, 60, &second) || !take_fraction(&cur, &fraction_us) ||
	    !take_zone(&cur, &offset_seconds) || ls_cursor_left(&cur) > 0)
		return -EINVAL;
	seconds = days_of(date) * DAY_SECONDS + (int64_t)(hour * 3600 + minute * 60 + second) -
		  offset_seconds;
	*real_us = seconds * US_PER_SEC + fraction_us;
	return 1;
}

json_t *
ls_wire_time(int64_t real_us)
{
	char text[LS_WIRE_TIME_MAX];

	ls_wire_time_format(real_us, text);
	return json_string(text);
}

json_t *
ls_wire_optional(const char *text)
{
	return text && *text ? json_string(text) : json_null();
}

json_t *
ls_wire_object(const struct ls_wire_field *fields, size_t n_fields)
{
	ls_json_auto json_t *object = json_object();
	bool complete = object != NULL;

	for (size_t i = 0; i < n_fields; i++) { /* all of them: each value is ours to release */
		if (json_object_set_new(object, fields[i].name, fields[i].value) < 0)
			complete = false;
	}
	return complete ? json_incref(object) : NULL;
}

static json_t *
usb_id(uint16_t id)
{
	char text[sizeof("ffff")];

	snprintf(text, sizeof(text), "%04x", id);
	return json_string(text);
}

json_t *
ls_wire_device(const struct ls_device *device)
{
	unsigned int power_ma = device->max_power_ma;
	const struct ls_wire_field fields[] = {
		{ "vid", usb_id(device->vid) },
		{ "pid", usb_id(device->pid) },
		{ "serial", ls_wire_optional(device->serial) },
		{ "product", ls_wire_optional(device->product) },
		{ "manufacturer", ls_wire_optional(device->manufacturer) },
		{ "speed", ls_wire_optional(ls_speed_name(device->speed)) },
		{ "hub", json_boolean(device->device_class == 9) },
		{ "max_power_ma", power_ma ? json_integer(power_ma) : json_null() },
	};

	return ls_wire_object(fields, LS_COUNT(fields));
}

static size_t
n_kept(const struct ls_incident *incident)
{
	return incident->n_evidence < LS_EVIDENCE_MAX ? incident->n_evidence : LS_EVIDENCE_MAX;
}

/* In time order; what is of one moment in order of arrival, the last ones are kept in a ring. */
static void
sort_evidence(const struct ls_incident *incident, size_t n, const struct ls_evidence **sorted)
{
	size_t turn = incident->n_evidence > n ? (incident->n_evidence - n) % LS_EVIDENCE_LAST : 0;

	for (size_t i = 0; i < n; i++) {
		size_t place = i < LS_EVIDENCE_FIRST
				       ? i
				       : LS_EVIDENCE_FIRST +
						 (i - LS_EVIDENCE_FIRST + turn) % LS_EVIDENCE_LAST;
		const struct ls_evidence *entry = &incident->evidence[place];
		size_t at = i;

		for (; at > 0 && sorted[at - 1]->at.mono_us > entry->at.mono_us; at--)
			sorted[at] = sorted[at - 1];
		sorted[at] = entry;
	}
}

static json_t *
evidence_array(const struct ls_incident *incident)
{
	const struct ls_evidence *sorted[LS_EVIDENCE_MAX];
	ls_json_auto json_t *array = json_array();
	size_t n = n_kept(incident);

	sort_evidence(incident, n, sorted);
	for (size_t i = 0; i < n; i++) {
		const struct ls_wire_field fields[] = {
			{ "at", ls_wire_time(sorted[i]->at.real_us) },
			{ "source", json_string(ls_source_name(sorted[i]->source)) },
			{ "what", json_string(sorted[i]->what) },
		};

		if (json_array_append_new(array, ls_wire_object(fields, LS_COUNT(fields))) < 0)
			return NULL;
	}
	return json_incref(array);
}

static json_t *
ruled_out(const struct ls_incident *incident)
{
	ls_json_auto json_t *array = json_array();
	const char *texts[LS_RULED_OUT_MAX];
	size_t n = ls_cause_ruled_out(incident, texts);

	for (size_t i = 0; i < n; i++) {
		if (json_array_append_new(array, json_string(texts[i])) < 0)
			return NULL;
	}
	return LS_STEAL(&array);
}

json_t *
ls_wire_incident(const struct ls_incident *incident, const struct ls_labels *labels)
{
	static const struct ls_labels none = { 0 };
	const struct ls_labels *known = labels ? labels : &none;
	double back_after = (double)incident->back_after_us / 1e6;
	const struct ls_wire_field fields[] = {
		{ "id", json_integer(incident->id) },
		{ "opened_at", ls_wire_time(incident->opened.real_us) },
		{ "closed_at",
		  incident->open ? json_null() : ls_wire_time(incident->closed.real_us) },
		{ "port", json_string(incident->socket.id_path) },
		{ "name", json_string(incident->socket.name) },
		{ "label", ls_wire_optional(known->socket) },
		{ "cable", ls_wire_optional(known->cable) },
		{ "cable_assumed", json_boolean(known->cable_assumed) },
		{ "device",
		  incident->has_device ? ls_wire_device(&incident->device) : json_null() },
		{ "mode", ls_wire_optional(incident->mode[0] ? incident->mode : NULL) },
		{ "in_mode_seconds",
		  incident->mode[0] ? json_real((double)incident->in_mode_us / 1e6) : json_null() },
		{ "mode_after",
		  ls_wire_optional(incident->mode_after[0] ? incident->mode_after : NULL) },
		{ "cause", json_string(ls_cause_name(incident->cause)) },
		{ "side", json_string(ls_side_name(incident->side)) },
		{ "drop", json_boolean(incident->drop) },
		{ "confidence",
		  json_real(isfinite(incident->confidence) ? incident->confidence : 0) },
		{ "count", json_integer(incident->n_disconnects) },
		{ "resets", json_integer(incident->n_resets) },
		{ "why", json_string(incident->why) },
		{ "ruled_out", ruled_out(incident) },
		{ "disconnected_at",
		  incident->gone.real_us ? ls_wire_time(incident->gone.real_us) : json_null() },
		{ "back_after_seconds", incident->back ? json_real(back_after) : json_null() },
		{ "evidence", evidence_array(incident) },
		{ "evidence_omitted", json_integer(incident->n_evidence - n_kept(incident)) },
	};

	return ls_wire_object(fields, LS_COUNT(fields));
}

json_t *
ls_wire_event(const struct ls_event *event)
{
	const struct ls_wire_field fields[] = {
		{ "at", ls_wire_time(event->at.real_us) },
		{ "port", json_string(event->socket.id_path) },
		{ "name", json_string(event->socket.name) },
		{ "kind", json_string(ls_event_kind_name(event->kind)) },
		{ "source", json_string(ls_source_name(event->source)) },
		{ "what", json_string(event->what) },
		{ "incident", event->incident ? json_integer(event->incident) : json_null() },
	};

	return ls_wire_object(fields, LS_COUNT(fields));
}

json_t *
ls_wire_gap(const struct ls_gap *gap)
{
	/* Nobody knows how many: 0, because null is a span. */
	json_int_t lost = gap->n_lost == UINT32_MAX ? 0 : (json_int_t)gap->n_lost;
	const struct ls_wire_field fields[] = {
		{ "source", json_string(ls_source_name(gap->source)) },
		{ "began_at", ls_wire_time(gap->began.real_us) },
		{ "ended_at", gap->open ? json_null() : ls_wire_time(gap->ended.real_us) },
		{ "lost", gap->n_lost ? json_integer(lost) : json_null() },
		{ "reason", json_string(gap->reason) },
	};

	return ls_wire_object(fields, LS_COUNT(fields));
}

/* Room for the header of a transfer in hex. */
#define HEX_MAX (2 * LS_USBMON_HEADER + 1)

static json_t *
hex(const uint8_t *bytes, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	char text[HEX_MAX];

	for (size_t i = 0; i < n; i++) {
		text[2 * i] = digits[bytes[i] >> 4];
		text[2 * i + 1] = digits[bytes[i] & 0xf];
	}
	text[2 * n] = '\0';
	return json_string(text);
}

static const char *
transfer_kind(uint8_t type)
{
	switch (type) {
	case LS_USBMON_SUBMIT:
		return "submit";
	case LS_USBMON_COMPLETE:
		return "complete";
	case LS_USBMON_SUBMIT_FAILED:
		return "refused";
	default:
		return "?";
	}
}

json_t *
ls_wire_transfer(const struct ls_flight_record *record)
{
	int64_t real_us = record->real_us < INT64_MAX ? (int64_t)record->real_us : INT64_MAX;
	bool has_setup = record->xfer == LS_XFER_CONTROL && record->flag_setup == 0;
	struct ls_usbmon_record restored;
	uint8_t header[LS_USBMON_HEADER];
	char endpoint[sizeof("0xff")];

	ls_flight_restore(record, &restored);
	ls_usbmon_format(&restored, header);
	snprintf(endpoint, sizeof(endpoint), "0x%02x", record->endpoint);
	const struct ls_wire_field fields[] = {
		{ "at", ls_wire_time(real_us) },
		{ "kind", json_string(transfer_kind(record->type)) },
		{ "type", json_string(ls_xfer_name(record->xfer)) },
		{ "endpoint", json_string(endpoint) },
		{ "length", json_integer(record->length) },
		{ "status", json_integer(record->status) },
		{ "status_name", json_string(ls_status_rows[ls_status_find(record->status)].name) },
		{ "setup", has_setup ? hex(record->setup, sizeof(record->setup)) : json_null() },
		{ "header", hex(header, sizeof(header)) },
	};

	return ls_wire_object(fields, LS_COUNT(fields));
}
