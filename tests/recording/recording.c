#include "tests/recording/recording.h"

#include "lib/wire/recording.h"

/* What is not known is left out. */
static json_t *
session(const struct ls_session *session)
{
	const char *cable = session->cable[0] ? session->cable : NULL;
	const char *hubs = session->hubs[0] ? session->hubs : NULL;
	json_t *assumed = session->cable_assumed ? json_true() : NULL;

	return json_pack("{s:I, s:s, s:s, s:s, s:i, s:i, s:I, s:b, s:b, s:s*, s:o*, s:s*}",
			 "session", (json_int_t)session->id, "port", session->socket.id_path,
			 "name", session->link, "serial", session->device.serial, "vid",
			 (int)session->device.vid, "pid", (int)session->device.pid, "connected_us",
			 (json_int_t)session->connected_us, "open", session->open, "present",
			 session->present, "cable", cable, "cable_assumed", assumed, "hubs", hubs);
}

static json_t *
incident(const struct ls_incident *incident)
{
	ls_json_auto json_t *object = ls_wire_incident(incident, NULL);

	if (!object || json_object_del(object, "cable") < 0 || /* the session's matter */
	    json_object_del(object, "cable_assumed") < 0 ||
	    json_object_del(object, "mode_resting") < 0 || /* that of its family */
	    json_object_del(object, "next") < 0 ||	   /* that of its cause and facts */
	    json_object_set_new(object, "settled", json_boolean(incident->settled)) < 0 ||
	    json_object_set_new(object, "facts", json_integer(incident->facts)) < 0 ||
	    json_object_set_new(object, "children", json_integer(incident->n_children)) < 0)
		return NULL;
	return LS_STEAL(&object);
}

static json_t *
gap(const struct ls_gap *gap)
{
	ls_json_auto json_t *object = ls_wire_gap(gap);

	/* Recordings are no imports. */
	return object && json_object_del(object, "kind") == 0 ? LS_STEAL(&object) : NULL;
}

json_t *
recording_record(const struct ls_record *record)
{
	switch (record->kind) {
	case LS_RECORD_EVENT:
		return json_pack("{s:o}", "event", ls_wire_event(record->event));
	case LS_RECORD_SESSION:
		return session(record->session);
	case LS_RECORD_INCIDENT:
		return json_pack("{s:o}", "incident", incident(record->incident));
	case LS_RECORD_ABSORBED:
		return json_pack("{s:I, s:I}", "absorbed", (json_int_t)record->absorbed.id, "into",
				 (json_int_t)record->absorbed.into);
	case LS_RECORD_GAP:
		return json_pack("{s:o}", "gap", gap(record->gap));
	case LS_RECORD_TRAFFIC: /* neither is the engine's */
	case LS_RECORD_TAIL:
	case LS_N_RECORDS:
		break;
	}
	return NULL;
}
