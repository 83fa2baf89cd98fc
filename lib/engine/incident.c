#include "lib/engine/incident.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/engine/extent.h"
#include "lib/engine/facts.h"

/* So many departures are more than a hand makes. */
#define MANY 5

struct incident *
incident_new(void)
{
	const size_t before = offsetof(struct incident, pub.evidence);
	const size_t behind = before + sizeof(((struct incident *)0)->pub.evidence);
	struct incident *incident = malloc(sizeof(*incident));

	if (!incident)
		return NULL;
	memset(incident, 0, before);
	memset((char *)incident + behind, 0, sizeof(*incident) - behind);
	return incident;
}

void
incident_count_departure(struct ls_incident *pub)
{
	pub->n_disconnects++;
	if (pub->n_disconnects >= MANY)
		pub->facts |= LS_FACT_MANY;
}

void
incident_add_evidence(struct incident *incident, const struct ls_evidence *evidence)
{
	struct ls_incident *pub = &incident->pub;
	uint32_t n = pub->n_evidence++;

	if (n >= LS_EVIDENCE_MAX)
		n = LS_EVIDENCE_FIRST + (n - LS_EVIDENCE_FIRST) % LS_EVIDENCE_LAST;
	pub->evidence[n] = *evidence;
	pub->sources |= 1U << evidence->source;
	incident->dirty = true;
}

void
incident_add_note(struct incident *incident, struct ls_instant at, const char *what)
{
	struct ls_evidence evidence = { .at = at, .source = LS_SOURCE_NONE };

	ls_text_copy(evidence.what, sizeof(evidence.what), what);
	incident_add_evidence(incident, &evidence);
}

void
incident_keep_open(struct incident *incident, struct ls_instant at, uint64_t for_us)
{
	if (at.mono_us + for_us > incident->close_at)
		incident->close_at = at.mono_us + for_us;
}

void
incident_add_observation(struct ls_engine *engine, struct incident *incident,
			 const struct ls_observation *obs)
{
	struct ls_evidence evidence = { .at = obs->at, .source = obs->source };

	ls_text_copy(evidence.what, sizeof(evidence.what), obs->text);
	incident_add_evidence(incident, &evidence);
	if (incident->pub.back || !(incident->pub.facts & LS_FACT_GONE))
		incident_keep_open(incident, obs->at, engine->config.quiet_us);
}

static void
describe_mode(const struct session *session, struct incident *incident, struct ls_instant at)
{
	struct ls_incident *pub = &incident->pub;
	const struct ls_mode *mode = session->mode;

	if (!mode)
		return;
	ls_text_copy(pub->mode, sizeof(pub->mode), mode->title);
	pub->mode_resting = mode->resting;
	if (at.mono_us > session->mode_since.mono_us)
		pub->in_mode_us = at.mono_us - session->mode_since.mono_us;
	if (mode->busy)
		pub->facts |= LS_FACT_BUSY;
	incident->pub.expected_us = mode->return_us;
}

void
incident_describe(struct ls_engine *engine, struct incident *incident, const struct link *link)
{
	struct ls_incident *pub = &incident->pub;

	for (size_t i = 0; i < engine->n_sessions; i++) {
		const struct ls_session *session = &engine->sessions[i]->pub;

		if (strcmp(session->socket.id_path, pub->socket.id_path) != 0)
			continue;
		pub->session = session->id;
		pub->device = session->device;
		pub->has_device = true;
		describe_mode(engine->sessions[i], incident, pub->opened);
	}
	if (!link)
		return;
	if (!pub->has_device && link->device.vid) {
		pub->device = link->device;
		pub->has_device = true;
	}
	memcpy(incident->first_link, link->name, sizeof(incident->first_link));
	if (pub->has_device && pub->device.serial[0])
		pub->facts |= LS_FACT_SERIAL;
}

/* What is in the middle of a procedure is waited for; what rests may come back in another mode. */
static void
wait_for_return(struct ls_engine *engine, struct incident *incident, struct ls_instant at)
{
	uint64_t window_us = engine->config.return_window_us;

	incident->close_at = at.mono_us + window_us;
	incident->away_at = LS_NEVER;
	if (incident->pub.expected_us <= window_us)
		return;
	incident->close_at = at.mono_us + incident->pub.expected_us;
	if (!(incident->pub.facts & LS_FACT_BUSY))
		incident->away_at = at.mono_us + window_us;
}

void
incident_add_disconnect(struct ls_engine *engine, struct incident *incident,
			const struct link *link, struct ls_instant at)
{
	struct ls_incident *pub = &incident->pub;
	bool other_half = (pub->facts & LS_FACT_GONE) && !pub->back &&
			  extent_near(incident->disconnected_mono, at.mono_us, TOGETHER_US) &&
			  strcmp(incident->first_link, link->name) != 0;

	if (!other_half)
		incident_count_departure(pub);
	/* It has been back, though no source said what it was. */
	if (pub->n_disconnects > 1 && !other_half && !pub->back)
		pub->facts |= LS_FACT_BACK_UNKNOWN;
	if (!incident->pub.gone.mono_us)
		incident->pub.gone = at;
	pub->facts |= LS_FACT_GONE;
	pub->facts &= ~LS_FACT_AWAY;
	if (engine->slept_mono && extent_near(engine->slept_mono, at.mono_us, AFTER_SLEEP_US))
		pub->facts |= LS_FACT_SLEPT;
	pub->back = false;
	incident->disconnected_mono = at.mono_us;
	wait_for_return(engine, incident, at);
}

/* What happens often is counted; an event of its own stands for each time. */
void
incident_count(struct ls_incident *pub, enum ls_event_kind event)
{
	pub->n_resets += event == LS_EVENT_RESET;
	pub->n_enum_failures += event == LS_EVENT_ENUMERATION_FAILURE;
	pub->n_over_currents += event == LS_EVENT_OVER_CURRENT;
}

/*
 * Only of what failed: after a plug was pulled, a controller may report that it found what it was
 * asked to work on in another state.
 */
void
incident_add_controller(struct incident *incident, const struct controller_report *report)
{
	struct ls_incident *pub = &incident->pub;

	if (!report || !(pub->facts & (LS_FACT_ENUM_FAILED | LS_FACT_RESET)) ||
	    (pub->facts & report->fact))
		return;
	pub->facts |= report->fact;
	memcpy(incident->controller_said, report->evidence.what, sizeof(incident->controller_said));
	incident_add_evidence(incident, &report->evidence);
}

/* Where the family of the device explains more than the rule does. */
void
incident_explain(struct incident *incident)
{
	struct ls_incident *pub = &incident->pub;

	if ((pub->cause == LS_CAUSE_MODE_SWITCH || pub->cause == LS_CAUSE_DEVICE_RESET) &&
	    incident->edge_why[0])
		ls_text_copy(pub->why, sizeof(pub->why), incident->edge_why);
	else if (pub->cause == LS_CAUSE_UNKNOWN && pub->open && incident->pub.expected_us &&
		 (pub->facts & LS_FACT_GONE) && !(pub->facts & LS_FACT_AWAY))
		ls_text_format(pub->why, sizeof(pub->why),
			       "it left %s; expected back within %.0f s", pub->mode,
			       (double)incident->pub.expected_us / LS_SEC);
	else if (pub->side == LS_SIDE_HOST && incident->controller_said[0])
		ls_text_append(pub->why, sizeof(pub->why), "; its USB controller reported: %s",
			       incident->controller_said);
	if (pub->drop && incident->slower[0])
		ls_text_append(pub->why, sizeof(pub->why), "; %s", incident->slower);
}

/* How often it left, and at which intervals, before why. */
void
incident_tell_departures(struct incident *incident)
{
	struct ls_incident *pub = &incident->pub;
	char why[LS_TEXT_MAX];

	if (!incident->beat_us && !(pub->facts & LS_FACT_MANY))
		return;
	memcpy(why, pub->why, sizeof(why));
	ls_text_format(pub->why, sizeof(pub->why), "it left %u times", pub->n_disconnects);
	if (incident->beat_us)
		ls_text_append(pub->why, sizeof(pub->why), ", every %.3g s",
			       (double)incident->beat_us / LS_SEC);
	ls_text_append(pub->why, sizeof(pub->why), "; %s", why);
}

void
incident_forget(struct ls_engine *engine, size_t place)
{
	free(engine->incidents[place]);
	memmove(&engine->incidents[place], &engine->incidents[place + 1],
		(engine->n_incidents - place - 1) * sizeof(engine->incidents[0]));
	engine->n_incidents--;
}

void
incident_move_back(struct ls_instant *at, uint64_t mono_us)
{
	if (at->mono_us <= mono_us)
		return;
	at->real_us -= (int64_t)(at->mono_us - mono_us);
	at->mono_us = mono_us;
}
