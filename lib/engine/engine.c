#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/engine/state.h"
#include "lib/base/port.h"
#include "lib/base/text.h"

void
ls_engine_config_default(struct ls_engine_config *config)
{
	*config = (struct ls_engine_config){
		.next_incident_id = 1,
		.next_session_id = 1,
		.next_gap_id = 1,
		.settle_us = 300 * LS_MS,
		.return_window_us = 10 * LS_SEC,
		.quiet_us = 2 * LS_SEC,
		.reset_retry_us = 10 * LS_SEC,
		.enum_window_us = 30 * LS_SEC,
	};
}

void
ls_engine_config_beside(struct ls_engine *engine, struct ls_engine_config *config)
{
	*config = engine->config;
	config->numbers = engine->numbers;
}

int
ls_engine_new(const struct ls_engine_config *config, ls_record_fn emit, void *user,
	      struct ls_engine **ret)
{
	struct ls_engine *engine = calloc(1, sizeof(*engine));

	if (!engine)
		return -ENOMEM;
	engine->config = *config;
	engine->numbers = config->numbers ? config->numbers : engine;
	engine->emit = emit;
	engine->user = user;
	*ret = engine;
	return 0;
}

void
ls_engine_free(struct ls_engine *engine)
{
	if (!engine)
		return;
	for (size_t i = 0; i < engine->n_links; i++)
		free(engine->links[i]);
	for (size_t i = 0; i < engine->n_sessions; i++)
		free(engine->sessions[i]);
	for (size_t i = 0; i < engine->n_incidents; i++)
		free(engine->incidents[i]);
	free(engine);
}

void
engine_event(struct ls_engine *engine, enum ls_event_kind kind, const struct ls_socket *socket,
	     const struct incident *incident, const struct ls_observation *obs)
{
	struct ls_event event = {
		.at = obs->at,
		.socket = *socket,
		.kind = kind,
		.source = obs->source,
		.incident = incident ? incident->pub.id : 0,
	};
	struct ls_record record = { .kind = LS_RECORD_EVENT, .event = &event };

	ls_text_format(event.what, sizeof(event.what), "%s", obs->text);
	engine->emit(&record, engine->user);
}

static void
dispatch(struct ls_engine *engine, const struct ls_observation *obs)
{
	switch (obs->kind) {
	case LS_OBS_ENUMERATING:
	case LS_OBS_FOUND:
	case LS_OBS_STRING:
	case LS_OBS_CONNECTED:
	case LS_OBS_DISCONNECTED:
	case LS_OBS_SCAN_BEGIN:
	case LS_OBS_SCAN_END:
		if (strncmp(obs->port, "usb", 3) == 0)
			break; /* root hubs are buses */
		presence_observe(engine, obs);
		return;
	case LS_OBS_SOURCE_SEES:
	case LS_OBS_SOURCE_BLIND:
	case LS_OBS_LOST:
		gaps_observe(engine, obs);
		return;
	case LS_OBS_CABLE:
		cables_observe(engine, obs);
		return;
	case LS_OBS_TRANSFER_ERRORS:
		transfer_errors_observe(engine, obs);
		return;
	case LS_OBS_PORT_STATUS:
		hub_evidence_observe(engine, obs);
		return;
	case LS_OBS_FLOW:
		flow_observe(engine, obs);
		return;
	default:
		trouble_observe(engine, obs);
		return;
	}
	if (obs->kind == LS_OBS_DISCONNECTED) {
		struct ls_observation removed = *obs;

		removed.kind = LS_OBS_BUS_REMOVED;
		trouble_observe(engine, &removed);
	}
}

void
ls_engine_observe(struct ls_engine *engine, const struct ls_observation *obs)
{
	ls_engine_advance(engine, obs->at);
	dispatch(engine, obs);
	incidents_flush(engine);
}

uint64_t
ls_engine_deadline(const struct ls_engine *engine)
{
	uint64_t first = presence_deadline(engine);

	if (incidents_deadline(engine) < first)
		first = incidents_deadline(engine);
	if (sessions_deadline(engine) < first)
		first = sessions_deadline(engine);
	return first;
}

/* Each deadline is worked off at its own time, so that a late call gives the same records. */
void
ls_engine_advance(struct ls_engine *engine, struct ls_instant now)
{
	uint64_t due;

	while ((due = ls_engine_deadline(engine)) <= now.mono_us) {
		struct ls_instant at = {
			.mono_us = due,
			.real_us = now.real_us - (int64_t)(now.mono_us - due),
		};

		if (due > engine->now.mono_us)
			engine->now = at;
		presence_advance(engine, at);
		incidents_flush(engine);
		incidents_advance(engine, at);
		sessions_advance(engine, at);
	}
	if (now.mono_us > engine->now.mono_us)
		engine->now = now;
}

void
ls_engine_end(struct ls_engine *engine)
{
	for (size_t i = 0; i < engine->n_links; i++) {
		struct link *link = engine->links[i];

		if (link->present && link->judge_at != LS_NEVER)
			sessions_judge(engine, link, engine->now);
	}
	incidents_flush(engine);
}

void
ls_engine_visit_sessions(const struct ls_engine *engine, ls_session_fn visit, void *user)
{
	for (size_t i = 0; i < engine->n_sessions; i++)
		visit(&engine->sessions[i]->pub, user);
}

void
ls_engine_visit_buses(const struct ls_engine *engine, ls_bus_fn visit, void *user)
{
	for (size_t i = 0; i < LS_MAX_BUSES; i++) {
		const struct bus *bus = &engine->buses[i];

		if (bus->number && !bus->removed)
			visit(bus->number, bus->controller, bus->description, user);
	}
}

int64_t
ls_engine_session_of(const struct ls_engine *engine, uint16_t bus, uint16_t devnum)
{
	for (size_t i = 0; i < engine->n_links; i++) {
		const struct link *link = engine->links[i];

		if (link->present && link->devnum == devnum && ls_port_bus(link->name) == bus)
			return link->session ? link->session->pub.id : 0;
	}
	return 0;
}

int64_t
ls_engine_incident_on(struct ls_engine *engine, const char *port, struct ls_instant now)
{
	const struct link *link = topology_find(engine, port);
	const struct incident *incident = link ? incidents_covering(engine, link, now) : NULL;

	return incident ? incident->pub.id : 0;
}
