/* What usbmon shows: what hubs report of their ports, transfers that fail, and data that flows. */
#include <string.h>

#include "lib/engine/handle_usbmon.h"
#include "lib/base/port.h"
#include "lib/base/text.h"
#include "lib/engine/causes.h"
#include "lib/engine/evidence.h"
#include "lib/engine/handle_port.h"
#include "lib/engine/incidents.h"
#include "lib/engine/links.h"
#include "lib/engine/load.h"

/* A stall may last for hours; so long the incident waits for data, or for the device to leave. */
#define STALL_OPEN_US (24 * 3600 * LS_SEC)

/* "usb1" is device 1 of its bus; other hubs are where they are plugged. */
static int
hub_port(const struct link *hub, const struct ls_observation *obs, char port[LS_PORT_NAME_MAX])
{
	char root[LS_PORT_NAME_MAX];

	if (hub)
		return ls_port_child(hub->name, obs->hub_port, port);
	if (obs->devnum != 1)
		return 0;
	ls_text_format(root, sizeof(root), "usb%u", obs->bus);
	return ls_port_child(root, obs->hub_port, port);
}

/* A short one is over when the hub is asked; the end of one that lasts is a change, too. */
static void
take_over_current(struct ls_engine *engine, struct link *link, const struct ls_observation *obs)
{
	struct ls_observation over = *obs;
	bool lasts = obs->port_bits & LS_PORT_OVER_CURRENT;
	bool known = evidence_is_recent(link->over_current_since, obs->at, HUB_REPORT_US) ||
		     (link->over_current_since && !lasts);

	link->over_current_since = lasts ? obs->at.mono_us : 0;
	if (known)
		return;
	over.kind = LS_OBS_OVER_CURRENT;
	memcpy(over.port, link->name, sizeof(over.port));
	handle_port(engine, &over);
}

static void
take_status(struct ls_engine *engine, struct link *link, const struct ls_observation *obs)
{
	bool connected = obs->port_bits & LS_PORT_CONNECTED;
	bool changed = obs->port_bits & LS_PORT_C_CONNECTION;

	/* Gone and back before the hub was asked is a loss as well. */
	if (changed && (!connected || link->present))
		link->history.lost_mono = obs->at.mono_us;
	if (!changed && connected && (obs->port_bits & LS_PORT_C_ENABLE) &&
	    !(obs->port_bits & LS_PORT_ENABLED))
		link->history.disabled_mono = obs->at.mono_us;
	if (obs->link_state == LS_LINK_INACTIVE)
		link->history.failed_mono = obs->at.mono_us;
	if (obs->port_bits & LS_PORT_C_OVER_CURRENT)
		take_over_current(engine, link, obs);
}

/* The kernel log reports resets; without it the hub does. */
static void
take_reset(struct ls_engine *engine, struct link *link, const struct ls_observation *obs)
{
	struct ls_observation reset = *obs;

	if (!link->present || evidence_is_recent(link->history.lost_mono, obs->at, HUB_REPORT_US))
		return; /* each device that comes is reset */
	evidence_note_reset(link, obs->at);
	if (engine->available[LS_SOURCE_KERNEL_LOG])
		return;
	reset.kind = LS_OBS_RESET;
	memcpy(reset.port, link->name, sizeof(reset.port));
	handle_port(engine, &reset);
}

static void
take_hub_event(struct ls_engine *engine, struct link *link, const struct ls_observation *obs)
{
	switch (obs->hub_event) {
	case LS_HUB_PORT_STATUS:
		take_status(engine, link, obs);
		break;
	case LS_HUB_POWER_OFF:
	case LS_HUB_DISABLE:
		/* The kernel itself disables a port that became empty. */
		if (link->present &&
		    !evidence_is_recent(link->history.lost_mono, obs->at, HUB_REPORT_US))
			link->history.switched_mono = obs->at.mono_us;
		break;
	case LS_HUB_RESET:
	case LS_HUB_WARM_RESET:
		take_reset(engine, link, obs);
		break;
	default:
		break;
	}
}

/* usbmon may be read after the kernel log: what the hub saw then was not silence. */
static void
take_late_status(struct ls_engine *engine, const struct link *link, struct report *report)
{
	uint64_t at_us = report->obs->at.mono_us;
	const struct incident *incident = incidents_covering(engine, link, report->obs->at);
	bool late = incident && at_us <= incident->disconnected_mono + engine->config.settle_us;

	if (!late || link->present || link->history.lost_mono != at_us ||
	    !(incident->pub.facts & LS_FACT_HUB_SILENT))
		return;
	report->facts = LS_FACT_HUB_SAW;
	report->refutes = LS_FACT_HUB_SILENT | LS_FACT_REMOVED;
}

/* Hub status is evidence only: it never opens an incident. */
static void
on_port_status(struct ls_engine *engine, const struct ls_observation *obs)
{
	struct report report = { .use = REPORT_REMEMBERED, .obs = obs, .event = NO_EVENT };
	const struct link *hub = links_device(engine, obs->bus, obs->devnum);
	char port[LS_PORT_NAME_MAX];
	struct link *link;

	if (hub_port(hub, obs, port) <= 0)
		return;
	link = links_get(engine, port);
	if (!link)
		return;
	if (hub && obs->hub_event == LS_HUB_PORT_STATUS)
		incidents_keep_reset_open(engine, &hub->socket, obs->at, HUB_REPORT_US);
	take_hub_event(engine, link, obs);
	/* It comes before the kernel's own conclusion. */
	report.link = link;
	take_late_status(engine, link, &report);
	incidents_report(engine, &report);
}

void
handle_usbmon_errors(struct ls_engine *engine, struct link *link, const struct ls_observation *obs)
{
	struct report report = {
		.use = REPORT_JOINS,
		.obs = obs,
		.link = link,
		.event = NO_EVENT,
	};
	struct ls_burst_config config;

	ls_burst_config_default(&config);
	if (evidence_note_errors(link, obs) == LS_BURST_BEGAN) {
		report.use = REPORT_OPENS;
		report.facts = LS_FACT_LINK_ERRORS;
		if (link->n_timeouts >= link->burst.n)
			report.facts |= LS_FACT_TIMED_OUT;
		report.event = LS_EVENT_LINK_ERRORS;
	}
	if (link->burst.on)
		report.open_us = config.quiet_us;
	incidents_report(engine, &report);
}

static void
on_transfer_errors(struct ls_engine *engine, const struct ls_observation *obs)
{
	struct link *link = links_device(engine, obs->bus, obs->devnum);

	if (link) /* else being enumerated, or gone: the kernel log reports the outcome */
		handle_usbmon_errors(engine, link, obs);
}

static void
on_flow(struct ls_engine *engine, const struct ls_observation *obs)
{
	struct link *link = links_device(engine, obs->bus, obs->devnum);
	const struct ls_mode *mode;

	if (!link)
		return;
	if (obs->kib_per_s)
		incidents_data_flows(engine, link, obs->at);
	load_account(engine, obs->at);
	mode = link->session ? link->session->mode : NULL;
	link->flow = (struct flow){
		.kib_per_s = obs->kib_per_s,
		.since_mono = obs->at.mono_us,
		.n_pending = obs->n_pending,
		.stall_at = LS_NEVER,
	};
	if (!obs->kib_per_s && obs->n_pending && mode && mode->stall_us)
		link->flow.stall_at = obs->at.mono_us + mode->stall_us;
}

static void
flow_stalled(struct ls_engine *engine, struct link *link, struct ls_instant at)
{
	const struct ls_mode *mode = link->session ? link->session->mode : NULL;
	struct ls_observation obs = { .at = at, .source = LS_SOURCE_USBMON };
	struct report report = {
		.use = REPORT_OPENS,
		.obs = &obs,
		.link = link,
		.facts = LS_FACT_STALLED,
		.event = LS_EVENT_STALL,
		.open_us = STALL_OPEN_US,
	};

	link->flow.stall_at = LS_NEVER;
	if (!mode)
		return;
	ls_text_format(obs.text, sizeof(obs.text),
		       "no data for %.0f s in %s, %u transfers wait; the device is still there",
		       (double)(at.mono_us - link->flow.since_mono) / LS_SEC, mode->title,
		       link->flow.n_pending);
	incidents_report(engine, &report);
}

void
handle_usbmon(struct ls_engine *engine, const struct ls_observation *obs)
{
	switch (obs->kind) {
	case LS_OBS_TRANSFER_ERRORS:
		on_transfer_errors(engine, obs);
		break;
	case LS_OBS_PORT_STATUS:
		on_port_status(engine, obs);
		break;
	case LS_OBS_FLOW:
		on_flow(engine, obs);
		break;
	default:
		break;
	}
}

uint64_t
handle_usbmon_deadline(const struct ls_engine *engine)
{
	uint64_t first = LS_NEVER;

	for (size_t i = 0; i < engine->n_links; i++) {
		if (engine->links[i]->flow.stall_at < first)
			first = engine->links[i]->flow.stall_at;
	}
	return first;
}

void
handle_usbmon_advance(struct ls_engine *engine, struct ls_instant at)
{
	for (size_t i = 0; i < engine->n_links; i++) {
		if (engine->links[i]->flow.stall_at <= at.mono_us)
			flow_stalled(engine, engine->links[i], at);
	}
}
