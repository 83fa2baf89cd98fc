/* Which cable a device had on a socket, and what is assumed when it comes back. */
#include <string.h>

#include "lib/engine/cable_memory.h"
#include "lib/base/text.h"
#include "lib/engine/emit.h"

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
cable_memory_keep(struct ls_engine *engine, const struct ls_session *session)
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
cable_memory_assume(struct ls_engine *engine, struct session *session)
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

void
cable_memory_report(struct ls_engine *engine, const struct session *session)
{
	struct ls_observation obs = { .assumed = true, .at = session->pub.began };

	if (!session->pub.cable_assumed)
		return;
	ls_text_format(obs.text, sizeof(obs.text),
		       "assuming cable \"%s\" as before; if it is another one: linkstat cable %s "
		       "LABEL",
		       session->pub.cable, session->pub.socket.name);
	emit_event(engine, LS_EVENT_CABLE, &session->pub.socket, NULL, &obs);
}
