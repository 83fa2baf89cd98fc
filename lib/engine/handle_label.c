/* Labels of cables, as people set them. */
#include <string.h>

#include "lib/engine/handle_label.h"
#include "lib/base/text.h"
#include "lib/engine/cable_memory.h"
#include "lib/engine/emit.h"
#include "lib/engine/sessions.h"

static void
report_label(struct ls_engine *engine, const struct session *session,
	     const struct ls_observation *label)
{
	struct ls_observation obs = { .at = label->at, .source = label->source };

	if (session->pub.cable[0])
		ls_text_format(obs.text, sizeof(obs.text), "cable \"%s\", as somebody said",
			       session->pub.cable);
	else
		ls_text_format(obs.text, sizeof(obs.text), "cable not known, as somebody said");
	emit_event(engine, LS_EVENT_CABLE, &session->pub.socket, NULL, &obs);
}

/* Not before the device connected, and not later than the last observation of it. */
static struct ls_instant
within_presence(const struct ls_engine *engine, const struct ls_session *session,
		struct ls_instant at)
{
	struct ls_instant since = session->present ? session->present_since : session->ended;

	if (at.mono_us > engine->now.mono_us)
		at = engine->now;
	return at.mono_us < since.mono_us ? since : at;
}

void
handle_label(struct ls_engine *engine, const struct ls_observation *obs)
{
	struct session *session = sessions_on_port(engine, obs->port);
	struct ls_instant at;
	bool other;

	if (!session)
		return;
	other = strcmp(session->pub.cable, obs->label) != 0;
	at = within_presence(engine, &session->pub, obs->at);
	if (other && at.mono_us > session->pub.began.mono_us)
		session = sessions_split(engine, session, at);
	ls_text_copy(session->pub.cable, sizeof(session->pub.cable), obs->label);
	session->pub.cable_assumed = false;
	cable_memory_keep(engine, &session->pub);
	emit_session(engine, session);
	report_label(engine, session, obs);
}
