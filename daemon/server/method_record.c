#include "daemon/server/method_record.h"

#include <errno.h>
#include <stdlib.h>

#include "daemon/server/context.h"
#include "daemon/server/handlers.h"
#include "lib/base/text.h"
#include "lib/wire/recording.h"

static int
append(json_t *lines, const struct ls_observation *obs)
{
	ls_json_auto json_t *object = ls_recording_observation(obs);
	char *line = object ? json_dumps(object, JSON_COMPACT) : NULL;
	int r = line ? json_array_append_new(lines, json_string(line)) : -1;

	free(line);
	return r < 0 ? -ENOMEM : 1;
}

/* What is known now, as if it had been observed just now. */
struct known {
	json_t *lines;
	int r;
};

static void
add(const struct ls_observation *obs, void *user)
{
	struct known *known = user;

	if (known->r >= 0)
		known->r = append(known->lines, obs);
}

static void
add_sources(struct known *known, const struct daemon_state *state)
{
	for (unsigned int i = 0; i < LS_N_SOURCES; i++) {
		const struct source_state *source = &state->sources[i];
		struct ls_observation obs = {
			.at = state_now(),
			.source = i,
			.kind = source->available ? LS_OBS_SOURCE_AVAILABLE
						  : LS_OBS_SOURCE_UNAVAILABLE,
		};

		ls_text_copy(obs.text, sizeof(obs.text), source->detail);
		if (source->available || source->detail[0]) /* else it never was heard of */
			add(&obs, known);
	}
}

static void
add_cable(const struct ls_session *session, void *user)
{
	struct ls_observation obs = { .at = state_now(), .kind = LS_OBS_CABLE };

	if (!session->cable[0] || !session->present)
		return;
	ls_text_copy(obs.port, sizeof(obs.port), session->link);
	ls_text_copy(obs.label, sizeof(obs.label), session->cable);
	add(&obs, user);
}

/* @lines is taken. */
static int
reply_with(json_t *lines, struct varlink_reply *reply)
{
	reply->continues = true;
	return varlink_answer(reply, &(struct ls_wire_field){ "lines", lines }, 1);
}

int
method_record(struct varlink_call *call, struct varlink_reply *reply, void *user)
{
	const struct context *context = user;
	struct known known = { .lines = json_array() };

	if (!call->peer->is_owner) {
		json_decref(known.lines);
		return varlink_error(reply, "org.varlink.service.PermissionDenied", json_object());
	}
	add_sources(&known, context->state);
	if (context->hooks.scan)
		context->hooks.scan(add, &known, context->hooks.user);
	ls_engine_visit_sessions(context->state->engine, add_cable, &known);
	call->watching = call->observations = true;
	if (known.r >= 0)
		return reply_with(known.lines, reply);
	json_decref(known.lines);
	return known.r;
}

int
method_record_reply(const struct ls_observation *obs, struct varlink_reply *reply)
{
	json_t *lines = json_array();
	int r = append(lines, obs);

	if (r < 0) {
		json_decref(lines);
		return r;
	}
	r = reply_with(lines, reply);
	return r < 0 ? r : 1;
}
