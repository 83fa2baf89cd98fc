/* What a person says of cables, and what is assumed when a device comes back. */
#include <string.h>

#include "lib/engine/state.h"
#include "lib/base/text.h"

/* Is @cable about the device of @session on its socket? Without serial numbers the model counts. */
static bool
is_about(const struct cable *cable, const struct ls_session *session)
{
	return strcmp(cable->id_path, session->socket.id_path) == 0 &&
	       cable->vid == session->device.vid && cable->pid == session->device.pid &&
	       strcmp(cable->serial, session->device.serial) == 0;
}

static void
forget(struct ls_engine *engine, size_t place)
{
	memmove(&engine->cables[place], &engine->cables[place + 1],
		(engine->n_cables - place - 1) * sizeof(engine->cables[0]));
	engine->n_cables--;
}

void
ls_engine_restore_cable(struct ls_engine *engine, const struct ls_session *session)
{
	struct cable *cable;

	for (size_t i = engine->n_cables; i-- > 0;) {
		if (is_about(&engine->cables[i], session))
			forget(engine, i);
	}
	if (!session->cable[0])
		return;
	if (engine->n_cables == LS_MAX_CABLES)
		forget(engine, 0);
	cable = &engine->cables[engine->n_cables++];
	*cable = (struct cable){ .vid = session->device.vid, .pid = session->device.pid };
	memcpy(cable->id_path, session->socket.id_path, sizeof(cable->id_path));
	memcpy(cable->serial, session->device.serial, sizeof(cable->serial));
	memcpy(cable->label, session->cable, sizeof(cable->label));
}

/* A cable has two ends: one that is in use between others is not here. */
static bool
is_elsewhere(const struct ls_engine *engine, const char *label)
{
	for (size_t i = 0; i < engine->n_sessions; i++) {
		const struct ls_session *session = &engine->sessions[i]->pub;

		if (session->present && strcmp(session->cable, label) == 0)
			return true;
	}
	return false;
}

void
cables_assume(struct ls_engine *engine, struct session *session)
{
	for (size_t i = 0; i < engine->n_cables; i++) {
		const struct cable *cable = &engine->cables[i];

		if (!is_about(cable, &session->pub) || is_elsewhere(engine, cable->label))
			continue;
		memcpy(session->pub.cable, cable->label, sizeof(session->pub.cable));
		session->pub.cable_assumed = true;
		return;
	}
}

static void
tell(struct ls_engine *engine, const struct session *session, struct ls_observation *obs)
{
	engine_event(engine, LS_EVENT_CABLE, &session->pub.socket, NULL, obs);
}

void
cables_tell_assumed(struct ls_engine *engine, const struct session *session)
{
	struct ls_observation obs = { .at = session->pub.began };

	if (!session->pub.cable_assumed)
		return;
	ls_text_format(obs.text, sizeof(obs.text),
		       "assuming cable \"%s\" as before; if it is another one: linkstat cable %s "
		       "LABEL",
		       session->pub.cable, session->pub.socket.name);
	tell(engine, session, &obs);
}

static void
say(struct ls_engine *engine, const struct session *session, const struct ls_observation *said)
{
	struct ls_observation obs = { .at = said->at, .source = said->source };

	if (session->pub.cable[0])
		ls_text_format(obs.text, sizeof(obs.text), "cable \"%s\", as somebody said",
			       session->pub.cable);
	else
		ls_text_format(obs.text, sizeof(obs.text), "cable not known, as somebody said");
	tell(engine, session, &obs);
}

/* Not before the device came, and not later than what was seen of it. */
static struct ls_instant
within_stay(const struct ls_engine *engine, const struct ls_session *session, struct ls_instant at)
{
	struct ls_instant since = session->present ? session->present_since : session->ended;

	if (at.mono_us > engine->now.mono_us)
		at = engine->now;
	return at.mono_us < since.mono_us ? since : at;
}

static struct session *
session_of(struct ls_engine *engine, const char *port)
{
	const struct link *link = topology_find(engine, port);
	struct session *session = link ? link->session : NULL;

	if (!session && link)
		session = sessions_on_socket(engine, link, false);
	return session;
}

void
cables_observe(struct ls_engine *engine, const struct ls_observation *obs)
{
	struct session *session = session_of(engine, obs->port);
	struct ls_instant at;
	bool other;

	if (!session)
		return;
	other = strcmp(session->pub.cable, obs->text) != 0;
	at = within_stay(engine, &session->pub, obs->at);
	if (other && at.mono_us > session->pub.began.mono_us)
		session = sessions_split(engine, session, at);
	ls_text_format(session->pub.cable, sizeof(session->pub.cable), "%s", obs->text);
	session->pub.cable_assumed = false;
	ls_engine_restore_cable(engine, &session->pub);
	sessions_emit(engine, session);
	say(engine, session, obs);
}

const struct ls_session *
ls_engine_session_on(struct ls_engine *engine, const char *port)
{
	const struct session *session = session_of(engine, port);

	for (size_t i = 0; !session && i < engine->n_sessions; i++) {
		const struct session *one = engine->sessions[i];

		if (strcmp(one->pub.socket.id_path, port) == 0 ||
		    strcmp(one->pub.socket.name, port) == 0)
			session = one;
	}
	return session ? &session->pub : NULL;
}

/* What happened since the session began now is part of it. */
static void
correct_incidents(struct ls_engine *engine, int64_t id, const struct ls_session *news)
{
	for (size_t i = 0; i < engine->n_incidents; i++) {
		struct ls_incident *incident = &engine->incidents[i]->pub;

		if (incident->session == id && incident->opened.mono_us >= news->began.mono_us)
			incident->session = news->id;
	}
}

int
ls_engine_correct_session(struct ls_engine *engine, int64_t id, const struct ls_session *news)
{
	for (size_t i = 0; i < engine->n_sessions; i++) {
		struct ls_session *session = &engine->sessions[i]->pub;

		if (session->id != id)
			continue;
		session->id = news->id;
		session->began = news->began;
		session->connected_us = news->connected_us;
		session->cable_assumed = news->cable_assumed;
		memcpy(session->cable, news->cable, sizeof(session->cable));
		correct_incidents(engine, id, news);
		return 1;
	}
	return 0;
}

int64_t
ls_engine_next_session_id(struct ls_engine *engine)
{
	return engine->numbers->config.next_session_id++;
}
