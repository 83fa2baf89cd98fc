#include "lib/wire/wire.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lib/engine/advice.h"
#include "lib/engine/causes.h"
#include "lib/base/time.h"

json_t *
ls_wire_time(int64_t real_us)
{
	char text[LS_TIME_MAX];

	ls_time_format(real_us, text);
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
		{ "mode_resting", json_boolean(incident->mode_resting) },
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
		{ "next", json_string(ls_advice_next(incident)) },
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
	/* An unknown number: 0, because null is a span. */
	json_int_t lost = gap->n_lost == UINT32_MAX ? 0 : (json_int_t)gap->n_lost;
	const struct ls_wire_field fields[] = {
		{ "kind", json_string(ls_gap_kind_name(gap->kind)) },
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
