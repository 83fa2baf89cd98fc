/* Sessions: they begin, go on through drops and changes of mode, and end. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/engine/sessions.h"
#include "lib/engine/cable_memory.h"
#include "lib/engine/emit.h"
#include "lib/engine/facts.h"
#include "lib/engine/incidents.h"
#include "lib/engine/links.h"
#include "lib/engine/load.h"
#include "lib/engine/modes.h"
#include "lib/engine/speed.h"

/* The open session of the socket of @link: @present, or waiting for a return. */
static struct session *
on_socket(struct ls_engine *engine, const struct link *link, bool present)
{
	for (size_t i = 0; i < engine->n_sessions; i++) {
		struct session *session = engine->sessions[i];

		if (session->pub.present == present &&
		    strcmp(session->pub.socket.id_path, link->socket.id_path) == 0)
			return session;
	}
	return NULL;
}

struct session *
sessions_on_port(struct ls_engine *engine, const char *port)
{
	const struct link *link = links_find(engine, port);
	struct session *session = link ? link->session : NULL;

	if (!session && link)
		session = on_socket(engine, link, false);
	return session;
}

/* Ends @session; @instead, which may be NULL, takes its links. */
static void
end(struct ls_engine *engine, struct session *session, struct session *instead)
{
	size_t i = 0;

	for (size_t l = 0; l < engine->n_links; l++) {
		if (engine->links[l]->session == session)
			engine->links[l]->session = instead;
	}
	session->pub.open = false;
	emit_session(engine, session);
	while (engine->sessions[i] != session)
		i++;
	memmove(&engine->sessions[i], &engine->sessions[i + 1],
		(engine->n_sessions - i - 1) * sizeof(engine->sessions[0]));
	engine->n_sessions--;
	free(session);
}

struct session *
sessions_split(struct ls_engine *engine, struct session *session, struct ls_instant at)
{
	struct session *next = calloc(1, sizeof(*next));

	if (!next)
		return session;
	load_account(engine, at);
	*next = *session;
	next->pub.id = engine->numbers->config.next_session_id++;
	next->pub.began = next->pub.ended = at;
	next->pub.connected_us = 0;
	next->pub.metered_us = next->pub.flowing_us = next->pub.neighbour_us = 0;
	if (session->pub.present) {
		session->pub.connected_us += at.mono_us - session->pub.present_since.mono_us;
		session->pub.ended = next->pub.present_since = at;
		session->pub.present = false;
	}
	end(engine, session, next);
	engine->sessions[engine->n_sessions++] = next;
	return next;
}

/* Sources are out of order, and a socket has two ports: a session is present again only after the
 * end of its presence before. */
static void
attach(struct ls_engine *engine, struct session *session, struct link *link, struct ls_instant at)
{
	if (at.mono_us < session->pub.ended.mono_us)
		at = session->pub.ended;
	load_account(engine, at);
	link->session = session;
	session->return_deadline = LS_NEVER;
	session->pub.present = true;
	session->pub.present_since = at;
	session->pub.devnum = link->devnum;
	if (session->pub.device.vid)
		speed_in_session(engine, session, link, at);
	session->pub.device = link->device;
	memcpy(session->pub.link, link->name, sizeof(session->pub.link));
	emit_session(engine, session);
}

static void
begin(struct ls_engine *engine, struct link *link, struct ls_instant at)
{
	struct session *session;

	if (engine->n_sessions == LS_MAX_SESSIONS) {
		emit_cap(engine, CAP_SESSIONS);
		return;
	}
	session = calloc(1, sizeof(*session));
	if (!session)
		return;
	session->pub.id = engine->numbers->config.next_session_id++;
	session->pub.open = true;
	session->pub.began = at;
	session->pub.device = link->device;
	session->pub.socket = link->socket;
	links_hubs(engine, link, session->pub.hubs);
	session->pub.hubs_known = true;
	cable_memory_assume(engine, session);
	engine->sessions[engine->n_sessions++] = session;
	modes_begin(engine, session, &link->device, at);
	attach(engine, session, link, at);
	speed_of_sessions(engine, session, link, at);
	cable_memory_report(engine, session);
}

/* The same specimen waits on another socket: it was moved, and nothing was lost there. */
static void
leave_elsewhere(struct ls_engine *engine, const struct link *link, struct ls_instant since,
		struct ls_instant at)
{
	for (size_t i = engine->n_sessions; i-- > 0;) {
		struct session *session = engine->sessions[i];

		if (session->pub.present ||
		    strcmp(session->pub.socket.id_path, link->socket.id_path) == 0 ||
		    ls_device_compare(&session->pub.device, &link->device) != LS_MATCH_SAME)
			continue;
		if (speed_fell_back(session, link, since))
			speed_report_fall_back(engine, session, link, since);
		else if (speed_rose(session, link, since))
			incidents_rose(engine, session, link, since);
		else
			incidents_elsewhere(engine, session, &link->socket, at);
		end(engine, session, NULL);
	}
}

static void
emit_connect(struct ls_engine *engine, struct link *link, struct incident *incident)
{
	struct ls_observation obs = { .at = link->arrival.at, .source = link->arrival.source };

	if (!link->arrival.at.mono_us)
		return;
	memcpy(obs.text, link->arrival.what, sizeof(obs.text));
	emit_event(engine, LS_EVENT_CONNECT, &link->socket, incident, &obs);
}

void
sessions_identify(struct ls_engine *engine, struct link *link, struct ls_instant at)
{
	struct session *waiting = on_socket(engine, link, false);
	struct session *present = on_socket(engine, link, true);
	bool announced =
		link->enumerating_since.mono_us && link->enumerating_devnum == link->devnum;
	struct ls_instant since = announced ? link->enumerating_since : at;
	struct incident *incident = incidents_covering(engine, link, at);
	struct return_match match = { 0 };

	link->identify_at = LS_NEVER;
	/* What comes up behind a hub that left is not that hub. */
	if (incident && (incident->pub.facts & LS_FACT_GONE) &&
	    strcmp(incident->pub.socket.id_path, link->socket.id_path) != 0)
		incident = NULL;
	if (waiting)
		modes_compare(engine, waiting, link, incident ? incident->pub.facts : 0, &match);
	else if (incident && incident->pub.has_device)
		match.like = ls_device_compare(&incident->pub.device, &link->device);
	link->enumerating_since.mono_us = 0;
	if (incident)
		incident = incidents_returned(engine, incident, &match, since);
	if (link->session)
		return;
	/* The two halves of one hub are one thing on one socket. */
	if (present && links_is_hub(link) && present->pub.device.device_class == 9) {
		link->session = present;
		return;
	}
	emit_connect(engine, link, incident);
	leave_elsewhere(engine, link, since, at);
	if (waiting && match.like != LS_MATCH_OTHER && !match.replugged) {
		modes_enter(engine, waiting, match.mode, since);
		attach(engine, waiting, link, since);
		return;
	}
	if (waiting)
		end(engine, waiting, NULL);
	begin(engine, link, since);
}

void
sessions_leave(struct ls_engine *engine, struct link *link, struct ls_instant at)
{
	struct session *session = link->session;

	load_account(engine, at);
	link->session = NULL;
	if (!session)
		return;
	for (size_t i = 0; i < engine->n_links; i++) {
		if (engine->links[i]->session == session)
			return; /* the other half of the hub is still there */
	}
	if (at.mono_us < session->pub.present_since.mono_us)
		at = session->pub.present_since;
	session->pub.connected_us += at.mono_us - session->pub.present_since.mono_us;
	session->pub.present = false;
	session->pub.ended = at;
	session->return_deadline = at.mono_us + engine->config.return_window_us;
	emit_session(engine, session);
}

uint64_t
sessions_deadline(const struct ls_engine *engine)
{
	uint64_t first = LS_NEVER;

	for (size_t i = 0; i < engine->n_sessions; i++) {
		if (engine->sessions[i]->return_deadline < first)
			first = engine->sessions[i]->return_deadline;
	}
	return first;
}

void
sessions_advance(struct ls_engine *engine, struct ls_instant at)
{
	for (size_t i = engine->n_sessions; i-- > 0;) {
		struct session *session = engine->sessions[i];
		uint64_t until;

		if (session->return_deadline > at.mono_us)
			continue;
		/* A device whose kernel tries still go on is waited for, as its incident is. */
		until = incidents_waits_until(engine, &session->pub.socket);
		if (until)
			session->return_deadline = until;
		if (session->return_deadline <= at.mono_us)
			end(engine, session, NULL);
	}
}

int
sessions_restore(struct ls_engine *engine, const struct ls_session *pub)
{
	struct link *link = links_get(engine, pub->link);
	struct session *session;

	if (!link || engine->n_sessions == LS_MAX_SESSIONS)
		return -ENOSPC;
	session = calloc(1, sizeof(*session));
	if (!session)
		return -ENOSPC;
	session->pub = *pub;
	session->return_deadline =
		pub->present ? LS_NEVER : pub->ended.mono_us + engine->config.return_window_us;
	engine->sessions[engine->n_sessions++] = session;
	link->device = pub->device;
	if (pub->present) {
		links_set_present(engine, link, true);
		link->devnum = pub->devnum;
		link->session = session;
	} else {
		links_left(engine, link, pub->devnum, pub->ended);
	}
	return 1;
}
