/* Incidents: they open, are joined by what belongs to them, and close with a verdict. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/engine/incidents.h"
#include "lib/base/port.h"
#include "lib/base/text.h"
#include "lib/engine/absorb.h"
#include "lib/engine/causes.h"
#include "lib/engine/controllers.h"
#include "lib/engine/emit.h"
#include "lib/engine/extent.h"
#include "lib/engine/incident.h"
#include "lib/engine/links.h"

/* What was remembered on the port this long before an incident is part of it. */
#define REMEMBER_US (5 * LS_SEC)

struct incident *
incidents_find(struct ls_engine *engine, const struct ls_socket *socket)
{
	for (size_t i = 0; i < engine->n_incidents; i++) {
		if (extent_is_own(engine->incidents[i], socket->id_path))
			return engine->incidents[i];
	}
	return NULL;
}

struct incident *
incidents_covering(struct ls_engine *engine, const struct link *link, struct ls_instant at)
{
	struct incident *own = incidents_find(engine, &link->socket);

	for (size_t i = 0; !own && i < engine->n_incidents; i++) {
		if (extent_covers(engine, engine->incidents[i], link, at))
			own = engine->incidents[i];
	}
	return own;
}

struct incident *
incidents_of_bus(struct ls_engine *engine, uint16_t bus, struct ls_instant at)
{
	for (size_t i = 0; i < engine->n_incidents; i++) {
		if (extent_takes_bus(engine, engine->incidents[i], bus, at))
			return engine->incidents[i];
	}
	return NULL;
}

/* The incident of which the one that @report would open is part, by what else happens now. */
static struct incident *
wider(struct ls_engine *engine, const struct report *report)
{
	const struct link *link = report->link;
	struct ls_instant at = report->obs->at;
	bool over_current = report->facts & (LS_FACTS_OVER_CURRENT);

	if (!link || incidents_covering(engine, link, at))
		return NULL;
	for (size_t i = 0; i < engine->n_incidents; i++) {
		struct incident *incident = engine->incidents[i];

		if (report->disconnected &&
		    (extent_takes_bus(engine, incident, ls_port_bus(link->name), at) ||
		     extent_cut_power(engine, incident, link, at)))
			return incident;
		if (over_current && extent_is_board(engine, incident, link, at))
			return incident;
	}
	return NULL;
}

/* Finds or opens; NULL when all places are taken. */
static struct incident *
get(struct ls_engine *engine, const struct ls_socket *socket, const struct link *link,
    struct ls_instant at)
{
	struct incident *incident =
		link ? incidents_covering(engine, link, at) : incidents_find(engine, socket);

	if (incident)
		return incident;
	if (engine->n_incidents == LS_MAX_OPEN_INCIDENTS) {
		emit_cap(engine, CAP_INCIDENTS);
		return NULL;
	}
	incident = incident_new();
	if (!incident)
		return NULL;
	incident->pub.socket = *socket;
	incident->pub.opened = at;
	incident->pub.open = true;
	incident->dirty = true;
	incident->settle_at = at.mono_us + engine->config.settle_us;
	incident->away_at = LS_NEVER;
	incident->close_at = at.mono_us + engine->config.quiet_us;
	engine->incidents[engine->n_incidents++] = incident;
	incident_describe(engine, incident, link);
	if (link && link->remembered.at.mono_us &&
	    extent_near(link->remembered.at.mono_us, at.mono_us, REMEMBER_US))
		incident_add_evidence(incident, &link->remembered);
	return incident;
}

/* A device left with its hub, or its power, whatever was before. */
static void
add_child(struct ls_incident *pub)
{
	pub->n_children++;
	if (!(pub->facts & (LS_FACTS_OVER_CURRENT)))
		pub->facts |= LS_FACT_CHILDREN;
}

static void
add_report(struct ls_engine *engine, struct incident *incident, const struct report *report)
{
	const struct ls_observation *obs = report->obs;
	struct ls_incident *pub = &incident->pub;

	if (report->disconnected && !extent_is_own(incident, report->link->socket.id_path)) {
		add_child(pub);
	} else {
		if (report->disconnected)
			incident_add_disconnect(engine, incident, report->link, obs->at);
		if (report->disconnected && report->takes_children)
			pub->facts |= LS_FACT_HUB;
		pub->facts &= ~report->refutes;
		pub->facts |= report->facts;
		pub->sources |= report->sources;
		for (unsigned int i = 0; i < report->n_notes; i++)
			incident_add_note(incident, obs->at, report->notes[i]);
	}
	if (pub->n_children) /* something was lost, whatever port began */
		pub->facts &= ~LS_FACT_PORT_EMPTY;
	incident_count(pub, report->event);
	incident->touched_mono = obs->at.mono_us;
	incident_add_observation(engine, incident, obs);
	incident_keep_open(incident, obs->at, report->open_us);
	if (report->beat_us)
		absorb_departures(engine, incident, report);
	if (report->settle_us && incident->settle_at != LS_NEVER)
		incident->settle_at = obs->at.mono_us + report->settle_us;
	if (report->hold_us)
		incident->hold_until = obs->at.mono_us + report->hold_us;
	else if (report->disconnected && incident->beat_us) /* a late one does not end a loop */
		incident->hold_until = obs->at.mono_us + incident->beat_us * 3 / 2;
	if (report->use == REPORT_OPENS)
		incident->quiet.mono_us = 0;
	if (report->close_us)
		incident->close_at = obs->at.mono_us + report->close_us;
	if (report->takes_children)
		absorb_children(engine, incident, obs->at);
	if (report->link)
		incident_add_controller(incident,
					controllers_near(engine, report->link->name, obs->at));
}

void
incidents_controller(struct ls_engine *engine, const struct controller_report *report)
{
	for (size_t i = 0; i < engine->n_incidents; i++) {
		struct incident *incident = engine->incidents[i];

		if (incident->first_link[0] &&
		    extent_near(incident->touched_mono, report->evidence.at.mono_us, TOGETHER_US) &&
		    controllers_near(engine, incident->first_link, report->evidence.at) == report)
			incident_add_controller(incident, report);
	}
}

/* The kernel still tries to bring the device up: no verdict yet. */
static bool
undecided(const struct ls_incident *pub)
{
	return (pub->facts & LS_FACT_ENUM_FAILED) &&
	       !(pub->facts &
		 (LS_FACT_ENUM_GAVE_UP | LS_FACT_CAME_UP | LS_FACT_RESET | LS_FACT_GONE));
}

static void
emit(struct ls_engine *engine, struct incident *incident)
{
	struct ls_incident *pub = &incident->pub;

	ls_cause_decide_again(pub, &incident->decision);
	incident_explain(incident);
	incident_tell_departures(incident);
	pub->settled |= !pub->open || (incident->settle_at == LS_NEVER && !undecided(pub));
	/* Nothing is decided about a device that may come back: no accusation yet. */
	if (pub->open && pub->cause == LS_CAUSE_UNKNOWN)
		pub->drop = false;
	incident->dirty = false;
	emit_incident(engine, incident);
}

static void
close_one(struct ls_engine *engine, size_t place, struct ls_instant at)
{
	struct incident *incident = engine->incidents[place];
	struct ls_incident *pub = &incident->pub;

	if ((pub->facts & LS_FACT_GONE) && !pub->back)
		pub->facts |= LS_FACT_AWAY;
	pub->open = false;
	pub->closed = incident->quiet.mono_us ? incident->quiet : at;
	if (pub->closed.real_us < pub->opened.real_us) /* the clock was set back */
		pub->closed.real_us =
			pub->opened.real_us + (int64_t)(pub->closed.mono_us - pub->opened.mono_us);
	emit(engine, incident);
	incident_forget(engine, place);
}

/* What is held open for a failed try only is over when something else happens there. */
static void
close_quiet(struct ls_engine *engine, const struct ls_socket *socket, struct ls_instant at)
{
	for (size_t i = 0; i < engine->n_incidents; i++) {
		if (engine->incidents[i]->quiet.mono_us &&
		    strcmp(engine->incidents[i]->pub.socket.id_path, socket->id_path) == 0) {
			close_one(engine, i, at);
			return;
		}
	}
}

void
incidents_report(struct ls_engine *engine, const struct report *report)
{
	const struct ls_observation *obs = report->obs;
	struct link *link = report->link;
	const struct ls_socket *socket = link ? &link->socket : report->socket;
	const struct incident *own = incidents_find(engine, socket);
	bool goes_on = own && own->beat_us && report->disconnected; /* a loop, if late this time */
	struct incident *incident = NULL;

	if (report->use == REPORT_OPENS && !goes_on &&
	    !(report->facts & (LS_FACT_RESET | LS_FACT_ENUM_FAILED | LS_FACT_BEAT)))
		close_quiet(engine, socket, obs->at);
	if (report->use == REPORT_OPENS)
		incident = wider(engine, report);
	if (report->use == REPORT_OPENS && !incident)
		incident = get(engine, socket, link, obs->at);
	else if (report->use != REPORT_OPENS && report->use != REPORT_ALONE)
		incident = incidents_covering(engine, link, obs->at);
	if (incident)
		add_report(engine, incident, report);
	if (report->use == REPORT_REMEMBERED)
		links_remember(link, obs);
	if (report->event != NO_EVENT)
		emit_event(engine, report->event, socket, incident, obs);
	if (incident && report->disconnected)
		absorb_half(engine, incident);
}

/* What was observed since @since is evidence of @later, and not of @incident. */
static void
divide_evidence(struct incident *incident, struct incident *later, uint64_t since)
{
	struct ls_incident *pub = &incident->pub;
	size_t n = pub->n_evidence < LS_EVIDENCE_MAX ? pub->n_evidence : LS_EVIDENCE_MAX, kept = 0;

	for (size_t i = 0; i < n; i++) {
		if (pub->evidence[i].at.mono_us >= since)
			incident_add_evidence(later, &pub->evidence[i]);
		else
			pub->evidence[kept++] = pub->evidence[i];
	}
	pub->n_evidence = (uint32_t)kept;
}

/*
 * The last departure of @incident was on purpose, and those before it were not: it becomes an
 * incident of its own. Returns that, or @incident when there is no place for one more.
 */
static struct incident *
divide(struct ls_engine *engine, struct incident *incident)
{
	struct ls_incident *pub = &incident->pub;
	struct ls_instant left = engine->now;
	struct incident *later = calloc(1, sizeof(*later));

	if (!later)
		return incident;
	incident_move_back(&left, incident->disconnected_mono);
	*later = *incident;
	later->pub.id = 0;
	later->pub.opened = later->pub.gone = left;
	later->pub.settled = false;
	later->pub.n_evidence = 0;
	later->pub.facts &= LS_FACT_GONE | LS_FACT_SERIAL | LS_FACT_HUB_SAW;
	later->pub.n_disconnects = 1;
	later->pub.back_after_us = 0;
	later->has_returned = false;
	later->pub.in_mode_us = left.mono_us - pub->gone.mono_us - pub->back_after_us;
	divide_evidence(incident, later, left.mono_us);
	pub->n_disconnects--;
	pub->back = true;
	for (size_t i = 0; i < engine->n_incidents; i++) {
		if (engine->incidents[i] == incident) {
			close_one(engine, i, left);
			break;
		}
	}
	engine->incidents[engine->n_incidents++] = later;
	return later;
}

/* A drop, and directly after it a change of mode. */
static bool
is_both(const struct incident *incident, const struct return_match *match)
{
	return match->edge && match->edge->meaning != LS_EDGE_REBOOT && !incident->pub.back &&
	       incident->pub.n_disconnects > 1 &&
	       (incident->pub.facts & (LS_FACT_BACK_SAME | LS_FACT_BACK_MODEL)) &&
	       !(incident->pub.facts & (LS_FACT_EXPECTED | LS_FACT_REBOOTED));
}

static void
add_mode_after(struct incident *incident, const struct return_match *match)
{
	struct ls_incident *pub = &incident->pub;

	if (match->mode && strcmp(match->mode->title, pub->mode) != 0)
		ls_text_copy(pub->mode_after, sizeof(pub->mode_after), match->mode->title);
	if (!match->edge)
		return;
	pub->facts |= match->edge->meaning == LS_EDGE_REBOOT ? LS_FACT_REBOOTED : LS_FACT_EXPECTED;
	ls_text_copy(incident->edge_why, sizeof(incident->edge_why), match->edge->why);
}

struct incident *
incidents_returned(struct ls_engine *engine, struct incident *incident,
		   const struct return_match *match, struct ls_instant since)
{
	static const uint64_t facts[] = {
		[LS_MATCH_UNKNOWN] = LS_FACT_BACK_UNKNOWN,
		[LS_MATCH_OTHER] = LS_FACT_OTHER_CAME,
		[LS_MATCH_OTHER_MODE] = LS_FACT_BACK_OTHER_MODE,
		[LS_MATCH_SAME_MODEL] = LS_FACT_BACK_MODEL,
		[LS_MATCH_SAME] = LS_FACT_BACK_SAME,
	};
	struct ls_incident *pub;

	if (is_both(incident, match))
		incident = divide(engine, incident);
	pub = &incident->pub;
	if (match->looks_alike)
		pub->facts |= LS_FACT_LOOKS_ALIKE;
	if (pub->facts & LS_FACT_ENUM_FAILED)
		pub->facts |= LS_FACT_CAME_UP;
	incident->dirty = true;
	if (!(pub->facts & LS_FACT_GONE) || pub->back) {
		incident_keep_open(incident, engine->now, engine->config.quiet_us);
		return incident;
	}
	if (match->replugged) {
		incident_add_note(incident, since, "later a device was plugged in again");
		incident->close_at = engine->now.mono_us;
		return incident;
	}
	pub->facts |= facts[match->like];
	pub->back = match->like != LS_MATCH_OTHER;
	incident->away_at = LS_NEVER;
	if (pub->back) {
		pub->facts &= ~(LS_FACT_AWAY | LS_FACT_PARTNER_GONE);
		add_mode_after(incident, match);
	}
	if (pub->back && !incident->has_returned && since.mono_us > incident->pub.gone.mono_us)
		pub->back_after_us = since.mono_us - incident->pub.gone.mono_us;
	incident->has_returned |= pub->back;
	incident->close_at = engine->now.mono_us + engine->config.quiet_us;
	return incident;
}

void
incidents_quiet_since(struct ls_engine *engine, const struct link *link, struct ls_instant since)
{
	struct incident *incident = incidents_find(engine, &link->socket);

	if (!incident || !incident->pub.back)
		return;
	incident->close_at = since.mono_us + engine->config.quiet_us;
	incidents_advance(engine, engine->now);
}

void
incidents_elsewhere(struct ls_engine *engine, const struct session *session,
		    const struct ls_socket *where, struct ls_instant at)
{
	struct incident *incident = incidents_find(engine, &session->pub.socket);
	char what[LS_TEXT_MAX];

	if (!incident || !(incident->pub.facts & LS_FACT_GONE) || incident->pub.back)
		return;
	ls_text_format(what, sizeof(what), "the same device turned up on port %s", where->name);
	incident_add_note(incident, at, what);
	incident->pub.facts |= LS_FACT_ELSEWHERE;
	incident->close_at = at.mono_us + engine->config.quiet_us;
}

void
incidents_rose(struct ls_engine *engine, const struct session *session, const struct link *link,
	       struct ls_instant since)
{
	static const struct return_match same = { .like = LS_MATCH_SAME };
	struct incident *incident = incidents_find(engine, &session->pub.socket);
	char what[LS_TEXT_MAX];

	if (!incident)
		return;
	ls_text_format(what, sizeof(what), "the same device came back on port %s, as USB 3",
		       link->name);
	incident_add_note(incident, since, what);
	incident->pub.facts |= LS_FACT_FASTER;
	(void)incidents_returned(engine, incident, &same, since);
}

void
incidents_fell_back(struct ls_engine *engine, const struct session *session,
		    const struct link *link, struct ls_instant since)
{
	static const struct return_match same = { .like = LS_MATCH_SAME };
	struct incident *incident = incidents_find(engine, &session->pub.socket);
	char what[LS_TEXT_MAX];

	if (!incident)
		return;
	ls_text_format(what, sizeof(what), "the same device came back on port %s, as USB %s",
		       link->name, link->device.speed == LS_SPEED_FULL ? "1.1" : "2");
	incident_add_note(incident, since, what);
	(void)incidents_returned(engine, incident, &same, since);
}

void
incidents_slower(struct ls_engine *engine, const struct ls_socket *socket, const char *how)
{
	struct incident *incident = incidents_find(engine, socket);

	if (!incident || !(incident->pub.facts & LS_FACT_GONE))
		return;
	incident->pub.facts |= LS_FACT_SLOWER;
	ls_text_copy(incident->slower, sizeof(incident->slower), how);
	incident->dirty = true;
}

void
incidents_flush(struct ls_engine *engine)
{
	for (size_t i = 0; i < engine->n_incidents; i++) {
		if (engine->incidents[i]->dirty)
			emit(engine, engine->incidents[i]);
	}
}

uint64_t
incidents_deadline(const struct ls_engine *engine)
{
	uint64_t first = LS_NEVER;

	for (size_t i = 0; i < engine->n_incidents; i++) {
		const struct incident *incident = engine->incidents[i];

		if (incident->settle_at < first)
			first = incident->settle_at;
		if (incident->close_at < first)
			first = incident->close_at;
		if (incident->away_at < first)
			first = incident->away_at;
	}
	return first;
}

struct incident *
incidents_before_disconnect(struct ls_engine *engine, const struct link *link, struct ls_instant at)
{
	const struct incident *own = incidents_find(engine, &link->socket);

	if (!own || !own->beat_us) /* it may be the next departure of a loop */
		close_quiet(engine, &link->socket, at);
	for (size_t i = 0; i < engine->n_incidents; i++) {
		const struct ls_incident *pub = &engine->incidents[i]->pub;

		if (strcmp(pub->socket.id_path, link->socket.id_path) == 0 && pub->back &&
		    (pub->facts & (LS_FACT_EXPECTED | LS_FACT_REBOOTED))) {
			close_one(engine, i, at);
			break;
		}
	}
	return incidents_covering(engine, link, at);
}

uint64_t
incidents_waits_until(struct ls_engine *engine, const struct ls_socket *socket)
{
	const struct incident *incident = incidents_find(engine, socket);

	return incident && (incident->pub.facts & LS_FACT_GONE) && !incident->pub.back
		       ? incident->close_at
		       : 0;
}

void
incidents_data_flows(struct ls_engine *engine, const struct link *link, struct ls_instant at)
{
	struct incident *incident = incidents_covering(engine, link, at);
	char what[LS_TEXT_MAX];

	if (!incident || !(incident->pub.facts & LS_FACT_STALLED) ||
	    (incident->pub.facts & LS_FACT_GONE))
		return;
	ls_text_format(what, sizeof(what), "data flows again after %.0f s",
		       (double)(at.mono_us - link->flow.since_mono) / LS_SEC);
	incident_add_note(incident, at, what);
	incident->close_at = at.mono_us + engine->config.quiet_us;
}

void
incidents_advance(struct ls_engine *engine, struct ls_instant at)
{
	for (size_t i = engine->n_incidents; i-- > 0;) {
		struct incident *incident = engine->incidents[i];

		if (incident->settle_at <= at.mono_us) {
			incident->settle_at = LS_NEVER;
			incident->dirty = true;
		}
		if (incident->away_at <= at.mono_us) {
			incident->away_at = LS_NEVER;
			incident->pub.facts |= LS_FACT_AWAY;
			incident->dirty = true;
		}
		if (incident->close_at <= at.mono_us && incident->hold_until > at.mono_us) {
			incident->close_at = incident->hold_until;
			incident->quiet = at;
		}
		if (incident->close_at <= at.mono_us)
			close_one(engine, i, at);
		else if (incident->dirty)
			emit(engine, incident);
	}
}

void
incidents_woke(struct ls_engine *engine, struct ls_instant at)
{
	for (size_t i = 0; i < engine->n_incidents; i++) {
		struct incident *incident = engine->incidents[i];

		if (!(incident->pub.facts & LS_FACT_GONE) ||
		    engine->slept.mono_us > incident->disconnected_mono ||
		    !extent_near(incident->disconnected_mono, at.mono_us, AFTER_SLEEP_US))
			continue;
		incident->pub.facts |= LS_FACT_SLEPT;
		incident->dirty = true;
	}
}

/* A hub that was reset reports its ports as they come up: what left them did so with the reset. */
void
incidents_keep_reset_open(struct ls_engine *engine, const struct ls_socket *hub,
			  struct ls_instant at, uint64_t within_us)
{
	struct incident *incident = incidents_find(engine, hub);

	if (incident && incident->ports_lost_mono && (incident->pub.facts & LS_FACT_RESET) &&
	    incident->ports_lost_mono + within_us > at.mono_us)
		incident->ports_lost_mono = at.mono_us;
}

/* What happened since the session began now is part of it. */
void
incidents_correct_session(struct ls_engine *engine, int64_t id, const struct ls_session *correction)
{
	for (size_t i = 0; i < engine->n_incidents; i++) {
		struct ls_incident *incident = &engine->incidents[i]->pub;

		if (incident->session == id &&
		    incident->opened.mono_us >= correction->began.mono_us)
			incident->session = correction->id;
	}
}

int
incidents_restore(struct ls_engine *engine, const struct ls_incident *pub)
{
	size_t n = pub->n_evidence < LS_EVIDENCE_MAX ? pub->n_evidence : LS_EVIDENCE_MAX;
	uint64_t last_us = pub->opened.mono_us;
	struct incident *incident;

	if (engine->n_incidents == LS_MAX_OPEN_INCIDENTS)
		return -ENOSPC;
	incident = calloc(1, sizeof(*incident));
	if (!incident)
		return -ENOSPC;
	for (size_t i = 0; i < n; i++) {
		if (pub->evidence[i].at.mono_us > last_us)
			last_us = pub->evidence[i].at.mono_us;
	}
	incident->pub = *pub;
	incident->settle_at =
		pub->settled ? LS_NEVER : pub->opened.mono_us + engine->config.settle_us;
	incident->away_at = LS_NEVER;
	incident->close_at = last_us + engine->config.quiet_us;
	incident->has_returned = pub->back || pub->back_after_us;
	if ((pub->facts & LS_FACT_GONE)) {
		incident->disconnected_mono = last_us;
		if (!pub->back)
			incident->close_at = last_us + engine->config.return_window_us;
	}
	engine->incidents[engine->n_incidents++] = incident;
	return 1;
}
