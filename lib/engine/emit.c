/* Records on their way out. */
#include "lib/engine/emit.h"
#include "lib/base/text.h"

static int64_t
id_of(struct ls_engine *engine, struct incident *incident)
{
	if (!incident->pub.id)
		incident->pub.id = engine->numbers->config.next_incident_id++;
	return incident->pub.id;
}

void
emit_event(struct ls_engine *engine, enum ls_event_kind kind, const struct ls_socket *socket,
	   struct incident *incident, const struct ls_observation *obs)
{
	struct ls_event event = {
		.at = obs->at,
		.socket = *socket,
		.kind = kind,
		.source = obs->source,
		.incident = incident ? id_of(engine, incident) : 0,
		.assumed = obs->assumed,
	};
	struct ls_record record = { .kind = LS_RECORD_EVENT, .event = &event };

	ls_text_copy(event.what, sizeof(event.what), obs->text);
	engine->emit(&record, engine->user);
}

void
emit_session(struct ls_engine *engine, const struct session *session)
{
	struct ls_record record = { .kind = LS_RECORD_SESSION, .session = &session->pub };

	engine->emit(&record, engine->user);
}

void
emit_incident(struct ls_engine *engine, struct incident *incident)
{
	struct ls_record record = { .kind = LS_RECORD_INCIDENT, .incident = &incident->pub };

	(void)id_of(engine, incident);
	engine->emit(&record, engine->user);
}

void
emit_absorbed(struct ls_engine *engine, int64_t id, int64_t into)
{
	struct ls_record record = { .kind = LS_RECORD_ABSORBED, .absorbed = { id, into } };

	engine->emit(&record, engine->user);
}

void
emit_gap(struct ls_engine *engine, const struct ls_gap *gap)
{
	struct ls_record record = { .kind = LS_RECORD_GAP, .gap = gap };

	engine->emit(&record, engine->user);
}

void
emit_lost(struct ls_engine *engine, enum ls_source source, struct ls_instant at, uint32_t n,
	  const char *reason)
{
	struct ls_gap gap = {
		.id = engine->numbers->config.next_gap_id++,
		.source = source,
		.began = at,
		.ended = at,
		.n_lost = n ? n : UINT32_MAX,
	};

	ls_text_copy(gap.reason, sizeof(gap.reason), reason);
	emit_gap(engine, &gap);
}

void
emit_cap(struct ls_engine *engine, enum cap cap)
{
	static const char *const reasons[N_CAPS] = {
		[CAP_BUSES] =
			"more USB buses than linkstat keeps in memory; the rest is not followed",
		[CAP_LINKS] = "more USB ports in use than linkstat keeps in memory; "
			      "the rest is not followed",
		[CAP_SESSIONS] = "more devices than linkstat keeps in memory; "
				 "the rest has events but no sessions",
		[CAP_INCIDENTS] = "more incidents at once than linkstat keeps in memory; "
				  "the rest has events but no verdict",
	};

	if (engine->cap_reported[cap])
		return;
	engine->cap_reported[cap] = true;
	emit_lost(engine, LS_SOURCE_NONE, engine->now, 0, reasons[cap]);
}
