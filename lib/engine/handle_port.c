/* What happens to ports and controllers, other than devices coming and going. */
#include <string.h>

#include "lib/engine/handle_port.h"
#include "lib/base/port.h"
#include "lib/base/text.h"
#include "lib/engine/causes.h"
#include "lib/engine/emit.h"
#include "lib/engine/evidence.h"
#include "lib/engine/incidents.h"
#include "lib/engine/links.h"

/* uevent, sysfs and kernel log tell of one over-current within this. */
#define OVER_CURRENT_ONCE_US (2 * LS_SEC)
/* The same complaint of a port within this is one event. */
#define TROUBLE_ONCE_US (1 * LS_SEC)
/* Programs may delay a sleep that is announced for some seconds (InhibitDelayMaxSec of logind, 5 s
 * by default); while asleep the monotonic clock stands still. */
#define SLEEP_ONCE_US (15 * LS_SEC)

static struct incident *
incident_on(struct ls_engine *engine, struct link *link, const struct ls_observation *obs,
	    uint64_t facts)
{
	struct incident *incident = incidents_get(engine, &link->socket, link, obs->at);

	if (incident)
		incident->pub.facts |= facts;
	incidents_testify(engine, incident, obs);
	return incident;
}

static void
event_on(struct ls_engine *engine, enum ls_event_kind kind, const struct link *link,
	 struct incident *incident, const struct ls_observation *obs)
{
	emit_event(engine, kind, &link->socket, incident, obs);
}

/* The kernel repeats the line for each try of one reset; failed reads lie between the tries. */
static bool
is_retry(struct ls_engine *engine, const struct link *link, const struct ls_observation *obs)
{
	uint64_t last = link->last_reset.mono_us;
	uint64_t span =
		link->failed_since_reset ? engine->config.reset_retry_us : engine->config.settle_us;

	return last && obs->at.mono_us <= last + span;
}

static void
reset(struct ls_engine *engine, struct link *link, const struct ls_observation *obs)
{
	bool retry = is_retry(engine, link, obs);
	struct incident *incident;

	link->last_reset = obs->at;
	link->failed_since_reset = false;
	if (engine->slept_mono && obs->at.mono_us <= engine->slept_mono + AFTER_SLEEP_US) {
		event_on(engine, LS_EVENT_RESET, link, NULL, obs);
		return;
	}
	incident = incident_on(engine, link, obs, LS_FACT_RESET);
	evidence_of_reset(link, incident, obs->at);
	if (incident && links_is_hub(link)) /* before an event takes an id for it */
		incidents_absorb(engine, incident, obs->at);
	if (!retry) {
		if (incident)
			incident->pub.n_resets++;
		event_on(engine, LS_EVENT_RESET, link, incident, obs);
	}
}

static void
enum_failed(struct ls_engine *engine, struct link *link, const struct ls_observation *obs)
{
	uint64_t facts = LS_FACT_ENUM_FAILED;
	struct incident *incident;

	if (obs->step == LS_STEP_DEBOUNCE)
		facts |= LS_FACT_BOUNCE;
	link->failed_since_reset = true;
	link->assume_at = LS_NEVER;
	incident = incident_on(engine, link, obs, facts);
	incidents_extend(incident, obs->at, engine->config.enum_window_us);
}

static void
enum_gave_up(struct ls_engine *engine, struct link *link, const struct ls_observation *obs)
{
	struct incident *incident =
		incident_on(engine, link, obs, LS_FACT_ENUM_FAILED | LS_FACT_ENUM_GAVE_UP);

	link->coming_since.mono_us = 0;
	link->assume_at = LS_NEVER;
	event_on(engine, LS_EVENT_ENUMERATION_FAILURE, link, incident, obs);
	if (!incident)
		return;
	incident->pub.n_enum_failures++;
	incident->close_at = obs->at.mono_us + engine->config.return_window_us;
}

static void
over_current(struct ls_engine *engine, struct link *link, const struct ls_observation *obs)
{
	bool again = link->over_current_mono && obs->source != link->over_current_source &&
		     obs->at.mono_us <= link->over_current_mono + OVER_CURRENT_ONCE_US;
	struct incident *incident = incident_on(engine, link, obs, LS_FACT_OVER_CURRENT);

	if (again)
		return;
	link->over_current_mono = obs->at.mono_us;
	link->over_current_source = obs->source;
	if (incident)
		incident->pub.n_over_currents++;
	event_on(engine, LS_EVENT_OVER_CURRENT, link, incident, obs);
}

/* Trouble that by itself is no incident, but belongs to the story of one that follows. */
static void
remember(struct ls_engine *engine, struct link *link, const struct ls_observation *obs,
	 enum ls_event_kind kind)
{
	struct incident *incident = incidents_covering(engine, link, obs->at);
	bool again = link->trouble.at.mono_us &&
		     obs->at.mono_us <= link->trouble.at.mono_us + TROUBLE_ONCE_US &&
		     strcmp(link->trouble.what, obs->text) == 0;

	link->trouble.at = obs->at;
	link->trouble.source = obs->source;
	memcpy(link->trouble.what, obs->text, sizeof(link->trouble.what));
	incidents_testify(engine, incident, obs);
	if (!again)
		event_on(engine, kind, link, incident, obs);
}

/* A charger that is pulled is no incident: it is evidence for a USB device that leaves with it. */
static void
partner_gone(struct ls_engine *engine, struct link *link, const struct ls_observation *obs)
{
	struct incident *incident = incidents_covering(engine, link, obs->at);

	if (incident && (incident->pub.facts & LS_FACT_GONE) && !incident->pub.back) {
		incident->pub.facts |= LS_FACT_PARTNER_GONE;
		incidents_testify(engine, incident, obs);
	} else if (link->present) {
		link->partner_mono = obs->at.mono_us;
		link->trouble.at = obs->at;
		link->trouble.source = obs->source;
		memcpy(link->trouble.what, obs->text, sizeof(link->trouble.what));
	}
}

static void
on_port(struct ls_engine *engine, struct link *link, const struct ls_observation *obs)
{
	struct incident *incident;

	switch (obs->kind) {
	case LS_OBS_RESET:
		reset(engine, link, obs);
		break;
	case LS_OBS_ENUM_FAILED:
		enum_failed(engine, link, obs);
		break;
	case LS_OBS_ENUM_GAVE_UP:
		enum_gave_up(engine, link, obs);
		break;
	case LS_OBS_POWER_CYCLE:
		incidents_testify(engine, incidents_covering(engine, link, obs->at), obs);
		break;
	case LS_OBS_OVER_CURRENT:
		over_current(engine, link, obs);
		break;
	case LS_OBS_EMI:
		incident = incident_on(engine, link, obs, LS_FACT_EMI);
		event_on(engine, LS_EVENT_EMI, link, incident, obs);
		break;
	case LS_OBS_DEAUTHORISED:
		incident = incident_on(engine, link, obs, LS_FACT_DEAUTHORISED);
		event_on(engine, LS_EVENT_DEAUTHORISED, link, incident, obs);
		break;
	case LS_OBS_REMOVED:
		link->removed_mono = obs->at.mono_us;
		break;
	case LS_OBS_PARTNER_GONE:
		partner_gone(engine, link, obs);
		break;
	case LS_OBS_HOST:
		incidents_testify(engine, incidents_covering(engine, link, obs->at), obs);
		break;
	case LS_OBS_FIRMWARE_CHANGED:
		incident_on(engine, link, obs, LS_FACT_FIRMWARE_CHANGED);
		break;
	case LS_OBS_AUTHORISED:
		remember(engine, link, obs, LS_EVENT_AUTHORISED);
		break;
	case LS_OBS_LINK_TROUBLE:
		remember(engine, link, obs, LS_EVENT_LINK_TROUBLE);
		break;
	case LS_OBS_RESUME_FAILED:
		link->resume_failed_mono = obs->at.mono_us;
		remember(engine, link, obs, LS_EVENT_RESUME_FAILURE);
		break;
	case LS_OBS_POWER_REJECTED:
		remember(engine, link, obs, LS_EVENT_POWER_REJECTED);
		break;
	case LS_OBS_SLOW:
		remember(engine, link, obs, LS_EVENT_SPEED_DOWNGRADE);
		break;
	default:
		break;
	}
}

/* The kernel log names a controller's device, udev its path: "0000:00:14.0", "pci-0000:00:14.0". */
static void
name_controller(const char *name, char id_path[LS_ID_PATH_MAX])
{
	static const char *const prefixes[] = { "pci-", "platform-" };
	bool is_path = strncmp(name, prefixes[0], strlen(prefixes[0])) == 0 ||
		       strncmp(name, prefixes[1], strlen(prefixes[1])) == 0;
	const char *prefix = is_path ? "" : prefixes[!strchr(name, ':')];

	ls_text_format(id_path, LS_ID_PATH_MAX, "%s%s", prefix, name);
}

/* A controller's socket is that of its root hubs, under the controller's own ID_PATH. */
static bool
controller_socket(struct ls_engine *engine, const struct ls_observation *obs,
		  struct ls_socket *socket)
{
	const char *path = links_controller(engine, obs->bus, obs->controller);

	*socket = (struct ls_socket){ 0 };
	if (path && path[0])
		ls_text_format(socket->id_path, sizeof(socket->id_path), "%s", path);
	else if (obs->controller[0])
		name_controller(obs->controller, socket->id_path);
	else if (obs->bus)
		ls_text_format(socket->id_path, sizeof(socket->id_path), "bus%u", obs->bus);
	else
		return false;
	for (size_t i = 0; i < LS_MAX_BUSES; i++) {
		const struct bus *bus = &engine->buses[i];

		if (bus->number && strcmp(bus->controller, socket->id_path) == 0 &&
		    (!socket->name[0] || bus->number < ls_port_bus(socket->name)))
			ls_text_format(socket->name, sizeof(socket->name), "usb%u", bus->number);
	}
	if (!socket->name[0] && obs->bus)
		ls_text_format(socket->name, sizeof(socket->name), "usb%u", obs->bus);
	return true;
}

/* An incident of the whole controller: what hangs on it and leaves now is part of it. */
static void
on_controller(struct ls_engine *engine, const struct ls_observation *obs, uint64_t fact,
	      enum ls_event_kind kind)
{
	struct bus *bus = links_bus(engine, obs->bus);
	struct ls_socket socket;
	struct incident *incident;
	bool news;

	if (!controller_socket(engine, obs, &socket))
		return;
	if (bus && bus->removed && !incidents_find(engine, &socket))
		return; /* a late witness */
	incident = incidents_get(engine, &socket, NULL, obs->at);
	news = !incident || !(incident->pub.facts & fact);
	if (incident)
		incident->pub.facts |= fact;
	incidents_testify(engine, incident, obs);
	if (incident)
		incidents_absorb(engine, incident, obs->at);
	if (incident && news && fact == LS_FACT_OVER_CURRENT)
		incident->pub.n_over_currents++;
	if (news)
		emit_event(engine, kind, &socket, incident, obs);
	if (bus && fact == LS_FACT_BUS_GONE)
		bus->removed = true;
}

static void
bus_added(struct ls_engine *engine, const struct ls_observation *obs)
{
	/* What the kernel log names may differ from udev's ID_PATH, which is the identity. */
	bool known = links_bus(engine, obs->bus) && !links_bus(engine, obs->bus)->removed;
	bool anew = links_bus(engine, obs->bus) && !known;

	if (!obs->bus || (known && obs->source == LS_SOURCE_KERNEL_LOG))
		return;
	for (size_t i = 0; anew && i < engine->n_links; i++) { /* its numbers begin anew */
		if (ls_port_bus(engine->links[i]->name) == obs->bus)
			memset(engine->links[i]->left, 0, sizeof(engine->links[i]->left));
	}
	links_add_bus(engine, obs->bus, obs->controller, obs->text);
}

/* Sources are not in order: a sign of before it does not make it earlier. */
static void
slept(struct ls_engine *engine, struct ls_instant at)
{
	if (at.mono_us > engine->slept_mono)
		engine->slept_mono = at.mono_us;
}

/* What another source told of the same sleep or wake-up is told once. One source does not repeat
 * itself: what it says again has happened again. */
static void
on_sleep(struct ls_engine *engine, const struct ls_observation *obs)
{
	bool sleeps = obs->kind == LS_OBS_SLEEP;
	struct sleep_told *told = sleeps ? &engine->slept : &engine->woke;
	uint64_t at = obs->at.mono_us, then = told->mono_us;
	uint64_t apart = at > then ? at - then : then - at;
	static const struct ls_socket machine;

	if (then && obs->source != told->source && apart <= SLEEP_ONCE_US)
		return;
	told->mono_us = at;
	told->source = obs->source;
	emit_event(engine, sleeps ? LS_EVENT_SLEEP : LS_EVENT_WAKE, &machine, NULL, obs);
}

static void
on_machine(struct ls_engine *engine, const struct ls_observation *obs)
{
	struct ls_socket socket = { 0 };

	switch (obs->kind) {
	case LS_OBS_BUS_ADDED:
		bus_added(engine, obs);
		break;
	case LS_OBS_BUS_REMOVED:
		on_controller(engine, obs, LS_FACT_BUS_GONE, LS_EVENT_CONTROLLER_REMOVED);
		break;
	case LS_OBS_CONTROLLER_DIED:
		on_controller(engine, obs, LS_FACT_CONTROLLER_DIED, LS_EVENT_CONTROLLER_DIED);
		break;
	case LS_OBS_OVER_CURRENT:
		on_controller(engine, obs, LS_FACT_OVER_CURRENT, LS_EVENT_OVER_CURRENT);
		break;
	case LS_OBS_LINK_TROUBLE:
		if (controller_socket(engine, obs, &socket))
			emit_event(engine, LS_EVENT_LINK_TROUBLE, &socket, NULL, obs);
		break;
	case LS_OBS_CONTROLLER_TROUBLE:
		if (controller_socket(engine, obs, &socket))
			emit_event(engine, LS_EVENT_CONTROLLER_TROUBLE, &socket, NULL, obs);
		break;
	case LS_OBS_SLEEP:
	case LS_OBS_WAKE:
		on_sleep(engine, obs);
		slept(engine, obs->at);
		break;
	case LS_OBS_ROOT_HUB_LOST_POWER:
		slept(engine, obs->at);
		break;
	default:
		break;
	}
}

void
handle_port(struct ls_engine *engine, const struct ls_observation *obs)
{
	struct ls_observation root = *obs;
	struct link *link;

	if (!obs->port[0] || strncmp(obs->port, "usb", 3) == 0) {
		root.bus = obs->bus ? obs->bus : ls_port_bus(obs->port);
		on_machine(engine, &root);
		return;
	}
	link = links_get(engine, obs->port);
	if (link)
		on_port(engine, link, obs);
}
