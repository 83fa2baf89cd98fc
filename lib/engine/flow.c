/* Data that flows and ends, as usbmon's counters tell it at their edges. */
#include "lib/engine/state.h"
#include "lib/base/text.h"

/* A loader is sent in less than this; who leaves in the middle of more did not mean to. */
#define STREAM_US (2 * LS_SEC)
/* A stall may last for hours; so long the incident waits for data, or for the device to leave. */
#define STALL_OPEN_US (24 * 3600 * LS_SEC)

static struct incident *
stalled_on(struct ls_engine *engine, const struct link *link, struct ls_instant at)
{
	struct incident *incident = incidents_covering(engine, link, at);

	return incident && (incident->pub.facts & LS_FACT_STALLED) &&
			       !(incident->pub.facts & LS_FACT_GONE)
		       ? incident
		       : NULL;
}

static void
flows_again(struct ls_engine *engine, struct link *link, struct ls_instant at)
{
	struct incident *incident = stalled_on(engine, link, at);
	char what[LS_TEXT_MAX];

	if (!incident)
		return;
	ls_text_format(what, sizeof(what), "data flows again after %.0f s",
		       (double)(at.mono_us - link->flow.since_mono) / LS_SEC);
	incidents_note(engine, incident, at, what);
	incident->close_at = at.mono_us + engine->config.quiet_us;
}

void
flow_observe(struct ls_engine *engine, const struct ls_observation *obs)
{
	struct link *link = topology_device(engine, obs->bus, obs->devnum);
	const struct ls_mode *mode;

	if (!link)
		return;
	if (obs->count)
		flows_again(engine, link, obs->at);
	mode = link->session ? link->session->mode : NULL;
	link->flow = (struct flow){
		.kib_per_s = obs->count,
		.since_mono = obs->at.mono_us,
		.n_pending = obs->n_pending,
		.stall_at = LS_NEVER,
	};
	if (!obs->count && obs->n_pending && mode && mode->stall_us)
		link->flow.stall_at = obs->at.mono_us + mode->stall_us;
}

void
flow_before(struct ls_engine *engine, struct link *link, struct incident *incident,
	    struct ls_instant at)
{
	const struct flow *flow = &link->flow;
	uint64_t so_far_us = at.mono_us > flow->since_mono ? at.mono_us - flow->since_mono : 0;
	char what[LS_TEXT_MAX];

	if (!flow->kib_per_s)
		return;
	incident->pub.facts |= LS_FACT_FLOWING;
	if (so_far_us >= STREAM_US)
		incident->pub.facts |= LS_FACT_STREAMING;
	ls_text_format(what, sizeof(what), "data was flowing when it left, for %.0f s already",
		       (double)so_far_us / LS_SEC);
	incidents_note(engine, incident, at, what);
	incident->pub.sources |= 1U << LS_SOURCE_USBMON;
}

void
flow_stalled(struct ls_engine *engine, struct link *link, struct ls_instant at)
{
	const struct ls_mode *mode = link->session ? link->session->mode : NULL;
	struct ls_observation obs = { .at = at, .source = LS_SOURCE_USBMON };
	struct incident *incident;
	struct ls_socket socket;

	link->flow.stall_at = LS_NEVER;
	if (!mode)
		return;
	ls_text_format(obs.text, sizeof(obs.text),
		       "no data for %.0f s in %s, %u transfers wait; the device is still there",
		       (double)(at.mono_us - link->flow.since_mono) / LS_SEC, mode->title,
		       link->flow.n_pending);
	topology_socket(engine, link, &socket);
	incident = incidents_get(engine, &socket, link, at);
	if (incident)
		incident->pub.facts |= LS_FACT_STALLED;
	incidents_testify(engine, incident, &obs);
	incidents_extend(incident, at, STALL_OPEN_US);
	engine_event(engine, LS_EVENT_STALL, &socket, incident, &obs);
}
