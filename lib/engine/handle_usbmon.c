/*
 * What hubs tell of their ports, and what is asked of them. Every change of a port makes the kernel
 * ask for its status; so a disconnect before which the hub said nothing is somebody's decision.
 */
#include <string.h>

#include "lib/engine/state.h"
#include "lib/base/port.h"
#include "lib/base/text.h"

/* From the hub's word to the kernel's conclusion: debouncing, and a busy worker of the kernel. */
#define WORD_US (5 * LS_SEC)
/* A SuperSpeed plug that is pulled shows SS.Inactive for less than this. */
#define PULLED_US (300 * LS_MS)
/* A program that removes a device first takes its configuration away. */
#define REMOVED_US (1 * LS_SEC)
/* The Type-C controller and the hub notice the same plug within this. */
#define PARTNER_US (3 * LS_SEC)
/* Tries of one reset follow each other within this: 5 s each for an answer that never comes. */
#define RETRY_US (10 * LS_SEC)
/* usbmon must have watched for this long before its silence means something. */
#define WATCHED_US (1 * LS_SEC)

/* Not long before @at. Stamps of different clocks may be some 10 ms apart. */
static bool
lately(uint64_t then_us, struct ls_instant at, uint64_t span_us)
{
	return then_us && then_us <= at.mono_us + 100 * LS_MS && then_us + span_us >= at.mono_us;
}

/* "usb1" is device 1 of its bus; other hubs are where they are plugged. */
static int
hub_port(struct ls_engine *engine, const struct ls_observation *obs, char port[LS_PORT_NAME_MAX])
{
	const struct link *hub = topology_device(engine, obs->bus, obs->devnum);
	char root[LS_PORT_NAME_MAX];

	if (hub)
		return ls_port_child(hub->name, obs->count, port);
	if (obs->devnum != 1)
		return 0;
	ls_text_format(root, sizeof(root), "usb%u", obs->bus);
	return ls_port_child(root, obs->count, port);
}

/* A hub that was reset tells of its ports as they come up: what left them did so with the reset. */
static void
keep_reset_open(struct ls_engine *engine, const struct ls_observation *obs)
{
	const struct link *hub = topology_device(engine, obs->bus, obs->devnum);
	struct ls_socket socket;
	struct incident *incident;

	if (!hub)
		return;
	topology_socket(engine, hub, &socket);
	incident = incidents_find(engine, &socket);
	if (incident && incident->hub_lost_mono && (incident->pub.facts & LS_FACT_RESET) &&
	    incident->hub_lost_mono + WORD_US > obs->at.mono_us)
		incident->hub_lost_mono = obs->at.mono_us;
}

/* A short one is over when the hub is asked; the end of one that lasts is a change, too. */
static void
take_over_current(struct ls_engine *engine, struct link *link, const struct ls_observation *obs)
{
	struct ls_observation over = *obs;
	bool lasts = obs->port_bits & LS_PORT_OVER_CURRENT;
	bool known = lately(link->over_current_since, obs->at, WORD_US) ||
		     (link->over_current_since && !lasts);

	link->over_current_since = lasts ? obs->at.mono_us : 0;
	if (known)
		return;
	over.kind = LS_OBS_OVER_CURRENT;
	memcpy(over.port, link->name, sizeof(over.port));
	trouble_observe(engine, &over);
}

static void
take_status(struct ls_engine *engine, struct link *link, const struct ls_observation *obs)
{
	bool connected = obs->port_bits & LS_PORT_CONNECTED;
	bool changed = obs->port_bits & LS_PORT_C_CONNECTION;

	/* Gone and back before the hub was asked is a loss as well. */
	if (changed && (!connected || link->present))
		link->hub.lost_mono = obs->at.mono_us;
	keep_reset_open(engine, obs);
	if (!changed && connected && (obs->port_bits & LS_PORT_C_ENABLE) &&
	    !(obs->port_bits & LS_PORT_ENABLED))
		link->hub.disabled_mono = obs->at.mono_us;
	if (obs->link_state == LS_LINK_INACTIVE)
		link->hub.failed_mono = obs->at.mono_us;
	if (obs->port_bits & LS_PORT_C_OVER_CURRENT)
		take_over_current(engine, link, obs);
}

static void
note_reset(struct link *link, struct ls_instant at)
{
	if (!link->hub.reset_mono || link->hub.reset_mono + RETRY_US < at.mono_us)
		link->hub.reset_began_mono = at.mono_us;
	link->hub.reset_mono = at.mono_us;
}

/* The kernel log tells which resets there were; without it the hub does. */
static void
take_reset(struct ls_engine *engine, struct link *link, const struct ls_observation *obs)
{
	struct ls_observation reset = *obs;

	if (!link->present || lately(link->hub.lost_mono, obs->at, WORD_US))
		return; /* each device that comes is reset */
	note_reset(link, obs->at);
	if (engine->sees[LS_SOURCE_KERNEL_LOG])
		return;
	reset.kind = LS_OBS_RESET;
	memcpy(reset.port, link->name, sizeof(reset.port));
	trouble_observe(engine, &reset);
}

static void
take_word(struct ls_engine *engine, struct link *link, const struct ls_observation *obs)
{
	switch (obs->hub_event) {
	case LS_HUB_PORT_STATUS:
		take_status(engine, link, obs);
		break;
	case LS_HUB_POWER_OFF:
	case LS_HUB_DISABLE:
		/* The kernel itself disables a port that became empty. */
		if (link->present && !lately(link->hub.lost_mono, obs->at, WORD_US))
			link->hub.switched_mono = obs->at.mono_us;
		break;
	case LS_HUB_RESET:
	case LS_HUB_WARM_RESET:
		take_reset(engine, link, obs);
		break;
	default:
		break;
	}
}

/* A hub's word is evidence for what happens on its port now; by itself it opens nothing. */
void
hub_evidence_observe(struct ls_engine *engine, const struct ls_observation *obs)
{
	char port[LS_PORT_NAME_MAX];
	struct link *link;

	if (hub_port(engine, obs, port) <= 0)
		return;
	link = topology_link(engine, port);
	if (!link)
		return;
	take_word(engine, link, obs);
	incidents_testify(engine, incidents_covering(engine, link, obs->at), obs);
	/* It comes before the kernel's own conclusion: kept until an incident asks for it. */
	link->trouble.at = obs->at;
	link->trouble.source = obs->source;
	memcpy(link->trouble.what, obs->text, sizeof(link->trouble.what));
}

/* The hub of the port is one whose traffic usbmon has seen all the time. */
static bool
was_watched(struct ls_engine *engine, const struct link *link, struct ls_instant at)
{
	char parent[LS_PORT_NAME_MAX];

	if (!engine->sees[LS_SOURCE_USBMON] ||
	    engine->usbmon_since_mono + WATCHED_US > at.mono_us ||
	    lately(engine->usbmon_lost_mono, at, 2 * WORD_US))
		return false;
	if (ls_port_parent(link->name, parent) <= 0)
		return false;
	return strncmp(parent, "usb", 3) == 0 ||
	       (topology_find(engine, parent) && topology_find(engine, parent)->present);
}

void
hub_evidence_before(struct ls_engine *engine, struct link *link, struct incident *incident,
		    struct ls_instant at)
{
	const struct hub_word *hub = &link->hub;
	bool lost = lately(hub->lost_mono, at, WORD_US);
	bool disabled = lately(hub->disabled_mono, at, WORD_US);
	bool switched = lately(hub->switched_mono, at, WORD_US);
	struct ls_incident *pub = &incident->pub;

	if (lost)
		pub->facts |= LS_FACT_HUB_SAW;
	else if (!disabled && was_watched(engine, link, at))
		pub->facts |= LS_FACT_HUB_SILENT;
	if (disabled && (!lost || hub->disabled_mono <= hub->lost_mono))
		pub->facts |= LS_FACT_EMI;
	if (switched && (!lost || hub->switched_mono <= hub->lost_mono))
		pub->facts |= LS_FACT_SWITCHED_OFF;
	if (hub->failed_mono && lost && hub->failed_mono + PULLED_US < hub->lost_mono)
		pub->facts |= LS_FACT_LINK_FAILED;
	if (!lost && lately(hub->reset_mono, at, WORD_US))
		pub->facts |= LS_FACT_RESET;
	if (!lost && link->failed_since_reset && (pub->facts & LS_FACT_RESET))
		pub->facts |= LS_FACT_RESET_FAILED;
	/* Every device that leaves is without a configuration for a moment: no proof by itself. */
	if ((pub->facts & LS_FACT_HUB_SILENT) && lately(link->removed_mono, at, REMOVED_US))
		pub->facts |= LS_FACT_REMOVED;
	if (lately(link->partner_mono, at, PARTNER_US))
		pub->facts |= LS_FACT_PARTNER_GONE;
	if (lately(link->resume_failed_mono, at, WORD_US))
		pub->facts |= LS_FACT_RESUME_FAILED;
	if (pub->facts & LS_FACT_HUB_SILENT)
		incidents_note(engine, incident, at,
			       "usbmon watched, and the hub told of no change at the port before");
}

bool
hub_evidence_errors_of_reset(const struct link *link)
{
	return link->hub.reset_began_mono && link->burst.first_us >= link->hub.reset_began_mono;
}

void
hub_evidence_reset(struct link *link, struct incident *incident, struct ls_instant at)
{
	note_reset(link, at);
	if (incident && lately(link->hub.failed_mono, at, WORD_US))
		incident->pub.facts |= LS_FACT_LINK_FAILED;
	if (incident && link->burst.n && lately(link->burst.last_us, at, WORD_US) &&
	    !hub_evidence_errors_of_reset(link))
		incident->pub.facts |= link->n_timeouts >= link->burst.n ? LS_FACT_TIMED_OUT
									 : LS_FACT_ERRORS_BEFORE;
}
