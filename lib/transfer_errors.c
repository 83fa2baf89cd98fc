/* What usbmon shows: transfers that fail on a link, and what hubs tell of their ports. */
#include <string.h>

#include "lib/engine_state.h"
#include "lib/port.h"
#include "lib/text.h"

/* Any plug that is pulled makes transfers fail until the hub is heard: 10 to 300 ms. */
#define PULLED_US (300 * LS_MS)
/* Failures longer ago than this are another story. */
#define BEFORE_US (10 * LS_SEC)

static struct link *
device_at(struct ls_engine *engine, uint16_t bus, uint16_t devnum)
{
	for (size_t i = 0; i < engine->n_links; i++) {
		struct link *link = engine->links[i];

		if (link->present && link->devnum == devnum && ls_port_bus(link->name) == bus)
			return link;
	}
	return NULL;
}

static void
burst_began(struct ls_engine *engine, struct link *link, const struct ls_observation *obs)
{
	struct ls_socket socket;
	struct incident *incident;

	topology_socket(engine, link, &socket);
	incident = incidents_get(engine, &socket, link, obs->at);
	if (incident)
		incident->pub.facts |= LS_FACT_LINK_ERRORS;
	incidents_testify(engine, incident, obs);
	engine_event(engine, LS_EVENT_LINK_ERRORS, &socket, incident, obs);
}

static void
errors(struct ls_engine *engine, const struct ls_observation *obs)
{
	struct link *link = device_at(engine, obs->bus, obs->devnum);
	struct ls_burst_config config;
	struct incident *incident;

	if (!link)
		return; /* being enumerated, or gone: the kernel log tells what came of it */
	ls_burst_config_default(&config);
	link->last_status = obs->status;
	if (ls_burst_add(&link->burst, &config, obs->at.mono_us, obs->count) == LS_BURST_BEGAN) {
		burst_began(engine, link, obs);
		return;
	}
	incident = incidents_covering(engine, link, obs->at);
	incidents_testify(engine, incident, obs);
	if (link->burst.on)
		incidents_extend(incident, obs->at, config.quiet_us);
}

void
transfer_errors_before(struct ls_engine *engine, struct link *link, struct incident *incident,
		       struct ls_instant at)
{
	const struct ls_burst *burst = &link->burst;
	uint64_t ago;
	char what[LS_TEXT_MAX];

	if (!burst->n || burst->first_us >= at.mono_us || burst->last_us + BEFORE_US < at.mono_us)
		return;
	ago = at.mono_us - burst->first_us;
	if (ago <= PULLED_US)
		return;
	ls_text_format(
		what, sizeof(what),
		"%llu transfers had failed since %.1f s before it left, the last with status %d",
		(unsigned long long)burst->n, (double)ago / LS_SEC, link->last_status);
	incidents_note(engine, incident, at, what);
	incident->pub.facts |= LS_FACT_ERRORS_BEFORE;
	incident->pub.sources |= 1U << LS_SOURCE_USBMON;
}

/* "usb1" is device 1 of its bus; other hubs are where they are plugged. */
static int
hub_port(struct ls_engine *engine, const struct ls_observation *obs, char port[LS_PORT_NAME_MAX])
{
	const struct link *hub = device_at(engine, obs->bus, obs->devnum);
	char root[LS_PORT_NAME_MAX];

	if (hub)
		return ls_port_child(hub->name, obs->count, port);
	if (obs->devnum != 1)
		return 0;
	ls_text_format(root, sizeof(root), "usb%u", obs->bus);
	return ls_port_child(root, obs->count, port);
}

/* A hub's word is evidence for what happens on its port now; by itself it opens nothing. */
static void
port_status(struct ls_engine *engine, const struct ls_observation *obs)
{
	char port[LS_PORT_NAME_MAX];
	struct link *link;

	if (hub_port(engine, obs, port) <= 0)
		return;
	link = topology_link(engine, port);
	if (!link)
		return;
	incidents_testify(engine, incidents_covering(engine, link, obs->at), obs);
	/* It comes before the kernel's own conclusion: kept until an incident asks for it. */
	link->trouble.at = obs->at;
	link->trouble.source = obs->source;
	memcpy(link->trouble.what, obs->text, sizeof(link->trouble.what));
}

void
transfer_errors_observe(struct ls_engine *engine, const struct ls_observation *obs)
{
	if (obs->kind == LS_OBS_TRANSFER_ERRORS)
		errors(engine, obs);
	else
		port_status(engine, obs);
}
