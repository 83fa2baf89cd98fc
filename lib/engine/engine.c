/* Hands each observation to its handler, and works off what is due. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/engine/engine.h"
#include "lib/base/port.h"
#include "lib/engine/cable_memory.h"
#include "lib/engine/handle_device.h"
#include "lib/engine/handle_driver.h"
#include "lib/engine/handle_label.h"
#include "lib/engine/handle_port.h"
#include "lib/engine/handle_source.h"
#include "lib/engine/handle_usbmon.h"
#include "lib/engine/incidents.h"
#include "lib/engine/links.h"
#include "lib/engine/sessions.h"

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
		.try_silence_us = 17 * LS_SEC,
		.reset_retry_us = 35 * LS_SEC,
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
		if (obs->kind == LS_OBS_ENUMERATING || obs->kind == LS_OBS_FOUND)
			handle_driver_before_arrival(engine, obs);
		handle_device(engine, obs);
		return;
	case LS_OBS_SOURCE_AVAILABLE:
	case LS_OBS_SOURCE_UNAVAILABLE:
	case LS_OBS_LOST:
		handle_source(engine, obs);
		return;
	case LS_OBS_CABLE:
		handle_label(engine, obs);
		return;
	case LS_OBS_HANDLE:
	case LS_OBS_DRIVER_LEFT:
		handle_driver(engine, obs);
		return;
	case LS_OBS_TRANSFER_ERRORS:
		if (obs->source == LS_SOURCE_KERNEL_LOG)
			handle_driver(engine, obs);
		else
			handle_usbmon(engine, obs);
		return;
	case LS_OBS_PORT_STATUS:
	case LS_OBS_FLOW:
		handle_usbmon(engine, obs);
		return;
	default:
		handle_port(engine, obs);
		return;
	}
	if (obs->kind == LS_OBS_DISCONNECTED) {
		struct ls_observation removed = *obs;

		removed.kind = LS_OBS_BUS_REMOVED;
		handle_port(engine, &removed);
	}
}

void
ls_engine_observe(struct ls_engine *engine, const struct ls_observation *obs)
{
	ls_engine_advance(engine, obs->at);
	handle_port_awake(engine, obs->at);
	dispatch(engine, obs);
	incidents_flush(engine);
}

/* Who waits for a time. Those whose time is the same act in this order. */
static const struct {
	uint64_t (*deadline)(const struct ls_engine *engine);
	void (*advance)(struct ls_engine *engine, struct ls_instant at);
} waiting[] = {
	{ handle_driver_deadline, handle_driver_advance },
	{ handle_device_deadline, handle_device_advance },
	{ handle_usbmon_deadline, handle_usbmon_advance },
	{ incidents_deadline, incidents_advance },
	{ sessions_deadline, sessions_advance },
};
#define N_WAITING LS_COUNT(waiting)

/* The first deadline, of those of all who wait. */
static uint64_t
read_deadlines(const struct ls_engine *engine, uint64_t deadlines[N_WAITING])
{
	uint64_t first = LS_NEVER;

	for (size_t i = 0; i < N_WAITING; i++) {
		deadlines[i] = waiting[i].deadline(engine);
		if (deadlines[i] < first)
			first = deadlines[i];
	}
	return first;
}

uint64_t
ls_engine_deadline(const struct ls_engine *engine)
{
	uint64_t deadlines[N_WAITING];

	return read_deadlines(engine, deadlines);
}

/* Each deadline is worked off at its own time, so that a late call gives the same records. */
void
ls_engine_advance(struct ls_engine *engine, struct ls_instant now)
{
	uint64_t deadlines[N_WAITING], due;

	while ((due = read_deadlines(engine, deadlines)) <= now.mono_us) {
		struct ls_instant at = {
			.mono_us = due,
			.real_us = now.real_us - (int64_t)(now.mono_us - due),
		};

		if (due > engine->now.mono_us)
			engine->now = at;
		for (size_t i = 0; i < N_WAITING; i++) {
			if (deadlines[i] != due)
				continue;
			waiting[i].advance(engine, at);
			incidents_flush(engine);
		}
	}
	if (now.mono_us > engine->now.mono_us)
		engine->now = now;
}

void
ls_engine_end(struct ls_engine *engine)
{
	handle_driver_end(engine);
	handle_device_end(engine);
	for (size_t i = 0; i < engine->n_links; i++) {
		struct link *link = engine->links[i];

		if (link->present && link->identify_at != LS_NEVER)
			sessions_identify(engine, link, engine->now);
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
ls_engine_visit_incidents(const struct ls_engine *engine, ls_incident_fn visit, void *user)
{
	for (size_t i = 0; i < engine->n_incidents; i++) {
		if (engine->incidents[i]->pub.id)
			visit(&engine->incidents[i]->pub, user);
	}
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
	const struct link *link = links_find(engine, port);
	const struct incident *incident = link ? incidents_covering(engine, link, now) : NULL;

	return incident ? incident->pub.id : 0;
}

const struct ls_session *
ls_engine_session_on(struct ls_engine *engine, const char *port)
{
	const struct session *session = sessions_on_port(engine, port);

	for (size_t i = 0; !session && i < engine->n_sessions; i++) {
		const struct session *one = engine->sessions[i];

		if (strcmp(one->pub.socket.id_path, port) == 0 ||
		    strcmp(one->pub.socket.name, port) == 0)
			session = one;
	}
	return session ? &session->pub : NULL;
}

int
ls_engine_correct_session(struct ls_engine *engine, int64_t id, const struct ls_session *correction)
{
	for (size_t i = 0; i < engine->n_sessions; i++) {
		struct ls_session *session = &engine->sessions[i]->pub;

		if (session->id != id)
			continue;
		session->id = correction->id;
		session->began = correction->began;
		session->connected_us = correction->connected_us;
		session->cable_assumed = correction->cable_assumed;
		memcpy(session->cable, correction->cable, sizeof(session->cable));
		incidents_correct_session(engine, id, correction);
		return 1;
	}
	return 0;
}

int64_t
ls_engine_next_session_id(struct ls_engine *engine)
{
	return engine->numbers->config.next_session_id++;
}

int
ls_engine_restore_session(struct ls_engine *engine, const struct ls_session *session)
{
	return sessions_restore(engine, session);
}

int
ls_engine_restore_incident(struct ls_engine *engine, const struct ls_incident *incident)
{
	return incidents_restore(engine, incident);
}

void
ls_engine_restore_cable(struct ls_engine *engine, const struct ls_session *session)
{
	cable_memory_keep(engine, session);
}
