/* Device connects and disconnects, merged from up to three sources. */
#include <string.h>

#include "lib/engine/handle_device.h"
#include "lib/base/port.h"
#include "lib/base/text.h"
#include "lib/engine/causes.h"
#include "lib/engine/emit.h"
#include "lib/engine/evidence.h"
#include "lib/engine/incidents.h"
#include "lib/engine/links.h"
#include "lib/engine/sessions.h"
#include "lib/engine/speed.h"

/* Strings follow "New USB device found" within milliseconds; udev needs its rules' time. */
#define IDENTIFY_US (1 * LS_SEC)
/* By then udev and libusb have both seen what is to be seen. */
#define SOURCES_DUE_US (5 * LS_SEC)
/* Late reports of one event come within this. */
#define TOGETHER_US (2 * LS_SEC)

static void
join(struct ls_engine *engine, struct link *link, const struct ls_observation *obs,
     uint64_t open_us)
{
	struct report report = {
		.use = REPORT_JOINS,
		.obs = obs,
		.link = link,
		.event = NO_EVENT,
		.open_us = open_us,
	};

	incidents_report(engine, &report);
}

/* What is common to both halves of a hub and to all other devices. */
static void
take_off(struct ls_engine *engine, struct link *link, uint16_t devnum, struct ls_instant at)
{
	links_left(engine, link, devnum, at);
	link->identify_at = link->sources_due_at = LS_NEVER;
	sessions_leave(engine, link, at);
}

/* The event waits until the device is judged: the second half of a hub is no connect of its own. */
static void
arrived(struct ls_engine *engine, struct link *link, const struct ls_observation *obs)
{
	links_set_present(engine, link, true);
	link->devnum = obs->devnum;
	link->only_driver = false;
	speed_remember(link);
	link->device = obs->device ? *obs->device : (struct ls_device){ 0 };
	link->seen_by = 0;
	link->arrival = (struct ls_evidence){ 0 };
	link->burst = (struct ls_burst){ 0 };
	link->flow = (struct flow){ .stall_at = LS_NEVER };
	link->identify_at = obs->at.mono_us + IDENTIFY_US;
	if (obs->initial)
		return;
	link->sources_due_at = obs->at.mono_us + SOURCES_DUE_US;
	link->arrival.at = obs->at;
	link->arrival.source = obs->source;
	memcpy(link->arrival.what, obs->text, sizeof(link->arrival.what));
}

/* What was about to start behind a hub ends with it. */
static void
end_starts_below(struct ls_engine *engine, const struct link *hub)
{
	for (size_t i = 0; i < engine->n_links; i++) {
		struct link *link = engine->links[i];

		if (!ls_port_is_below(link->name, hub->name))
			continue;
		link->enumerating_since.mono_us = 0;
		link->assume_at = LS_NEVER;
	}
}

/* Only a kernel log, and of a kernel or an excerpt that does not name devices. */
static void
assume_connected(struct ls_engine *engine, struct link *link, struct ls_instant at)
{
	struct ls_observation obs = {
		.at = link->enumerating_since,
		.source = LS_SOURCE_KERNEL_LOG,
		.devnum = link->enumerating_devnum,
	};

	link->assume_at = LS_NEVER;
	if (link->present || !link->enumerating_since.mono_us)
		return;
	ls_text_format(obs.text, sizeof(obs.text), "device number %u on %s came up", obs.devnum,
		       link->name);
	arrived(engine, link, &obs);
	link->seen_by = 1U << LS_SOURCE_KERNEL_LOG;
	link->sources_due_at = LS_NEVER;
	sessions_identify(engine, link, at);
}

static void
device_left(struct ls_engine *engine, struct link *link, const struct ls_observation *obs)
{
	struct report report = {
		.use = REPORT_OPENS,
		.obs = obs,
		.link = link,
		.event = LS_EVENT_DISCONNECT,
		.disconnected = true,
		.takes_children = links_is_hub(link),
	};
	const struct incident *incident;

	if (link->identify_at != LS_NEVER)
		sessions_identify(engine, link, obs->at);
	incident = incidents_before_disconnect(engine, link, obs->at);
	evidence_before(engine, link, incident ? incident->pub.facts : 0, &report);
	take_off(engine, link, obs->devnum ? obs->devnum : link->devnum, obs->at);
	link->seen_by = 0;
	link->history = (struct port_history){ 0 };
	link->partner_mono = 0;
	link->flow = (struct flow){ .stall_at = LS_NEVER };
	if (report.takes_children)
		end_starts_below(engine, link);
	incidents_report(engine, &report);
	incident = incidents_find(engine, &link->socket);
	links_set_departure(link, 0, incident ? incident->pub.id : 0);
}

/* The device on the other port of the same socket disconnected just now. */
static bool
other_half_left(struct ls_engine *engine, const struct link *link, struct ls_instant at)
{
	for (size_t i = 0; i < engine->n_links; i++) {
		const struct link *other = engine->links[i];

		if (other == link || other->present ||
		    strcmp(other->socket.id_path, link->socket.id_path) != 0)
			continue;
		for (size_t g = 0; g < LINK_LEFT; g++) {
			if (other->left[g].mono_us &&
			    at.mono_us <= other->left[g].mono_us + TOGETHER_US)
				return true;
		}
	}
	return false;
}

/* The second half of a hub that disconnects. */
static bool
is_other_half(struct ls_engine *engine, const struct link *link, struct ls_instant at)
{
	const struct incident *incident;

	if (!links_is_hub(link) || !link->session)
		return false;
	incident = incidents_covering(engine, link, at);
	return incident && (incident->pub.facts & LS_FACT_GONE) && !incident->pub.back &&
	       at.mono_us <= incident->disconnected_mono + TOGETHER_US &&
	       other_half_left(engine, link, at);
}

static void
other_half(struct ls_engine *engine, struct link *link, const struct ls_observation *obs)
{
	struct report report = {
		.use = REPORT_JOINS,
		.obs = obs,
		.link = link,
		.event = NO_EVENT,
		.facts = LS_FACT_BOTH_HALVES,
		.takes_children = true,
	};

	take_off(engine, link, link->devnum, obs->at);
	incidents_report(engine, &report);
}

/* The kernel logs only of what had come up that it left. */
static void
learn_start(struct ls_engine *engine, struct link *link, struct ls_instant at)
{
	struct ls_instant since = link->enumerating_since;

	assume_connected(engine, link, at);
	incidents_quiet_since(engine, link, since);
}

static void
disconnected(struct ls_engine *engine, const struct ls_observation *obs)
{
	struct link *link = links_get(engine, obs->port);

	if (!link)
		return;
	if (links_has_left(link, obs->devnum, obs->at) &&
	    !(link->present && obs->devnum == link->devnum)) {
		join(engine, link, obs, 0); /* a late report */
		return;
	}
	if (link->present && obs->devnum && link->devnum && obs->devnum != link->devnum)
		return; /* a late report of the device before this one */
	if (!link->present && obs->source != LS_SOURCE_KERNEL_LOG)
		return; /* the kernel log may know of devices that were there before we looked */
	if (!link->present && link->assume_at != LS_NEVER &&
	    link->enumerating_devnum == obs->devnum)
		learn_start(engine, link, obs->at);
	if (is_other_half(engine, link, obs->at))
		other_half(engine, link, obs);
	else
		device_left(engine, link, obs);
}

/* A device took the port while another one is believed to be there: that one's end was missed. */
static void
missed_end(struct ls_engine *engine, struct link *link, const struct ls_observation *obs)
{
	struct ls_observation end = {
		.at = obs->at,
		.source = obs->source,
		.kind = LS_OBS_DISCONNECTED,
		.devnum = link->devnum,
	};

	ls_text_format(end.text, sizeof(end.text),
		       "device number %u on %s left unseen: number %u is there now", link->devnum,
		       link->name, obs->devnum);
	device_left(engine, link, &end);
}

/* FOUND names no device number: it is the one that the kernel announced last. */
static void
connected(struct ls_engine *engine, const struct ls_observation *raw)
{
	struct link *link = links_get(engine, raw->port);
	struct ls_observation obs = *raw;

	if (!link)
		return;
	if (!obs.devnum)
		obs.devnum = link->enumerating_devnum ? link->enumerating_devnum : link->devnum;
	if (obs.peer[0])
		links_set_peer(engine, link, obs.peer);
	if (links_has_left(link, obs.devnum, obs.at) &&
	    (obs.source != LS_SOURCE_KERNEL_LOG || links_left_after(link, obs.devnum, obs.at)))
		return; /* a late report of a device that has disconnected since */
	if (link->present && obs.devnum && link->devnum && obs.devnum != link->devnum)
		missed_end(engine, link, &obs);
	link->assume_at = LS_NEVER;
	if (!link->present)
		arrived(engine, link, &obs);
	else if (obs.device)
		ls_device_merge(&link->device, obs.device);
	link->devnum = obs.devnum;
	if (!link->device.speed && link->enumerating_devnum == obs.devnum)
		link->device.speed = link->enumerating_speed;
	link->scan = engine->scan;
	link->seen_by |= 1U << obs.source;
	if (!obs.initial)
		join(engine, link, &obs, 0);
	/* udev reads all strings; the others know less. */
	if (obs.source == LS_SOURCE_UDEV && (!link->session || link->identify_at != LS_NEVER))
		sessions_identify(engine, link, obs.at);
}

/* A hub above the port has left: what begins behind it does not come up. */
static bool
is_cut_off(struct ls_engine *engine, const struct link *link)
{
	char name[LS_PORT_NAME_MAX];
	const struct link *hub;

	memcpy(name, link->name, sizeof(name));
	while (ls_port_parent(name, name) > 0 && strncmp(name, "usb", 3) != 0) {
		hub = links_find(engine, name);
		if (hub && !hub->present && hub->n_left)
			return true;
	}
	return false;
}

static void
enumerating(struct ls_engine *engine, const struct ls_observation *obs)
{
	struct link *link = links_get(engine, obs->port);

	if (!link)
		return;
	if (links_left_after(link, obs->devnum, obs->at)) { /* the others were faster */
		link->enumerating_devnum = obs->devnum;
		link->enumerating_since.mono_us = 0;
		join(engine, link, obs, 0);
		return;
	}
	if (link->present && obs->devnum != link->devnum)
		missed_end(engine, link, obs);
	links_number_reused(link, obs->devnum);
	link->enumerating_devnum = obs->devnum;
	link->enumerating_speed = obs->device ? obs->device->speed : LS_SPEED_UNKNOWN;
	link->enumerating_since = obs->at;
	if (is_cut_off(engine, link)) {
		link->enumerating_since.mono_us = 0;
		join(engine, link, obs, 0);
		return;
	}
	join(engine, link, obs, engine->config.try_silence_us);
	if (!engine->available[LS_SOURCE_UDEV] && !engine->available[LS_SOURCE_LIBUSB])
		link->assume_at = obs->at.mono_us + engine->config.try_silence_us;
}

/* Strings are read of a device that has started, also where the log lacks the line that found it. */
static void
string(struct ls_engine *engine, const struct ls_observation *obs)
{
	struct link *link = links_get(engine, obs->port);
	struct ls_observation found = *obs;

	if (!link || !obs->device)
		return;
	found.kind = LS_OBS_FOUND;
	if (!link->present && !engine->available[LS_SOURCE_UDEV] &&
	    !engine->available[LS_SOURCE_LIBUSB])
		connected(engine, &found);
	else if (link->present && link->identify_at != LS_NEVER)
		ls_device_merge(&link->device, obs->device);
}

static void
scan_end(struct ls_engine *engine, const struct ls_observation *obs)
{
	for (size_t i = 0; i < engine->n_links; i++) {
		struct link *link = engine->links[i];
		struct ls_observation missing = *obs;

		if (!link->present || link->scan == engine->scan)
			continue;
		/* The kernel log names a device before it is in sysfs: it is still to come. */
		if (link->seen_by == 1U << LS_SOURCE_KERNEL_LOG && link->sources_due_at != LS_NEVER)
			continue;
		missing.kind = LS_OBS_DISCONNECTED;
		missing.devnum = link->devnum;
		ls_text_format(missing.text, sizeof(missing.text),
			       "device number %u on %s is not there any more", link->devnum,
			       link->name);
		device_left(engine, link, &missing);
		incidents_flush(engine); /* as if each disconnect had been observed alone */
	}
}

void
handle_device(struct ls_engine *engine, const struct ls_observation *obs)
{
	switch (obs->kind) {
	case LS_OBS_ENUMERATING:
		enumerating(engine, obs);
		break;
	case LS_OBS_FOUND:
	case LS_OBS_CONNECTED:
		connected(engine, obs);
		break;
	case LS_OBS_STRING:
		string(engine, obs);
		break;
	case LS_OBS_DISCONNECTED:
		disconnected(engine, obs);
		break;
	case LS_OBS_SCAN_BEGIN:
		engine->scan++;
		break;
	case LS_OBS_SCAN_END:
		scan_end(engine, obs);
		break;
	default:
		break;
	}
}

uint64_t
handle_device_deadline(const struct ls_engine *engine)
{
	uint64_t first = LS_NEVER;

	for (size_t i = 0; i < engine->n_links; i++) {
		const struct link *link = engine->links[i];

		if (link->identify_at < first)
			first = link->identify_at;
		if (link->sources_due_at < first)
			first = link->sources_due_at;
		if (link->assume_at < first)
			first = link->assume_at;
	}
	return first;
}

/* Both of udev and libusb see devices, yet one of them did not see this one. */
static void
check_sources(struct ls_engine *engine, struct link *link, struct ls_instant at)
{
	static const enum ls_source pair[] = { LS_SOURCE_UDEV, LS_SOURCE_LIBUSB };
	struct ls_observation obs = { .at = at, .source = LS_SOURCE_NONE };

	link->sources_due_at = LS_NEVER;
	for (size_t i = 0; i < LS_COUNT(pair); i++) {
		if (!engine->available[pair[i]] || (link->seen_by & 1U << pair[i]))
			continue;
		ls_text_format(obs.text, sizeof(obs.text),
			       "%s did not see the device on %s that others saw",
			       ls_source_name(pair[i]), link->name);
		emit_event(engine, LS_EVENT_SOURCE_MISSING, &link->socket, NULL, &obs);
	}
}

void
handle_device_advance(struct ls_engine *engine, struct ls_instant at)
{
	for (size_t i = 0; i < engine->n_links; i++) {
		struct link *link = engine->links[i];

		if (link->assume_at <= at.mono_us)
			assume_connected(engine, link, at);
		if (link->identify_at <= at.mono_us)
			sessions_identify(engine, link, at);
		if (link->sources_due_at <= at.mono_us)
			check_sources(engine, link, at);
	}
}

/* A new number is the sign of a device that is there again, unless its start failed. */
void
handle_device_end(struct ls_engine *engine)
{
	for (size_t i = 0; i < engine->n_links; i++)
		if (engine->links[i]->assume_at != LS_NEVER)
			assume_connected(engine, engine->links[i], engine->now);
}
