/* What happens to ports and controllers, other than devices coming and going. */
#include <errno.h>
#include <string.h>

#include "lib/engine/handle_port.h"
#include "lib/base/port.h"
#include "lib/base/text.h"
#include "lib/engine/causes.h"
#include "lib/engine/controllers.h"
#include "lib/engine/emit.h"
#include "lib/engine/evidence.h"
#include "lib/engine/incidents.h"
#include "lib/engine/links.h"

/* uevent, sysfs and kernel log report one over-current within this. */
#define OVER_CURRENT_ONCE_US (2 * LS_SEC)
/* The same complaint of a port within this is one event. */
#define REPEATED_US (1 * LS_SEC)
/* Programs may delay a sleep that is announced for some seconds (InhibitDelayMaxSec of logind, 5 s
 * by default); while asleep the monotonic clock stands still. */
#define SLEEP_ONCE_US (15 * LS_SEC)
/* Hands need longer to pull a plug and to put it in again. */
#define AT_ONCE_US (1 * LS_SEC)
/* So long after the last attempt that failed for want of bandwidth it is another story. */
#define HOST_LIMIT_OPEN_US (30 * LS_SEC)

/* A card that is pulled does not answer any more, which is logged as a controller that died, and is
 * removed once its slot is found empty. */
#define TAKEN_OUT_US (3 * LS_SEC)
/* Both buses of an xHCI are removed one after the other; one that does not answer takes 5 s to halt. */
#define BUSES_GONE_US (10 * LS_SEC)
/* One line after the other, of the same thread. */
#define ROOT_HUB_FOLLOWS_US (10 * LS_MS)

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
reset(struct ls_engine *engine, struct link *link, struct report *report)
{
	struct ls_instant at = report->obs->at;
	bool retry = is_retry(engine, link, report->obs);

	link->last_reset = at;
	link->failed_since_reset = false;
	if (engine->slept_mono && at.mono_us <= engine->slept_mono + AFTER_SLEEP_US) {
		report->use = REPORT_ALONE;
		return;
	}
	evidence_of_reset(engine, link, report);
	report->takes_children = links_is_hub(link);
	/* Whether it failed is logged only then. */
	report->hold_us = engine->config.try_silence_us;
	if (retry)
		report->event = NO_EVENT;
}

/* Programs try again and again to set what there is no room for. */
static void
host_limit(struct ls_engine *engine, struct link *link, struct report *report)
{
	const struct incident *incident = incidents_covering(engine, link, report->obs->at);

	report->open_us = HOST_LIMIT_OPEN_US;
	if (report->obs->step == LS_STEP_SLOT)
		report->facts |= LS_FACT_NO_SLOT;
	if (incident && (incident->pub.facts & LS_FACT_HOST_LIMIT))
		report->event = NO_EVENT;
}

/* The controller got no whole answer after three tries: signals, or a device without life. */
static bool
is_broken(int status)
{
	return status == -EPROTO || status == -EILSEQ || status == -ETIME || status == -EOVERFLOW;
}

/* What left has got a new number sooner than a hand could plug it in: it is back, if not started. */
static bool
is_back_at_once(struct ls_engine *engine, const struct link *link)
{
	const struct incident *own = incidents_find(engine, &link->socket);

	return own && (own->pub.facts & LS_FACT_GONE) && !own->pub.back &&
	       link->enumerating_since.mono_us >= own->disconnected_mono &&
	       link->enumerating_since.mono_us <= own->disconnected_mono + AT_ONCE_US;
}

static void
enum_failed(struct ls_engine *engine, struct link *link, struct report *report)
{
	if (report->obs->step == LS_STEP_DEBOUNCE)
		report->facts |= LS_FACT_BOUNCE;
	if (report->obs->step == LS_STEP_CONFIG)
		report->facts |= LS_FACT_CONFIG_FAILED;
	/* It was there, and is silent now: the wire breaks answers, it does not make them late. */
	if (link->present && link->last_reset.mono_us &&
	    report->obs->at.mono_us <= link->last_reset.mono_us + engine->config.reset_retry_us &&
	    (report->obs->status == -ETIMEDOUT || report->obs->status == -ETIME))
		report->facts |= LS_FACT_TIMED_OUT;
	if (!link->present && report->obs->status == -ETIMEDOUT)
		report->facts |= LS_FACT_START_TIMED_OUT;
	if (!link->present && is_broken(report->obs->status))
		report->facts |= LS_FACT_START_BROKEN;
	if (is_back_at_once(engine, link))
		report->facts |= LS_FACT_BACK_UNKNOWN;
	report->open_us = engine->config.enum_window_us;
	link->failed_since_reset = true;
	link->assume_at = LS_NEVER;
}

static void
enum_gave_up(struct ls_engine *engine, struct link *link, struct report *report)
{
	report->close_us = engine->config.return_window_us;
	link->enumerating_since.mono_us = 0;
	link->assume_at = LS_NEVER;
}

static void
over_current(struct ls_engine *engine, struct link *link, struct report *report)
{
	const struct ls_observation *obs = report->obs;

	(void)engine;
	if (!link->present && !link->session)
		report->facts |= LS_FACT_PORT_EMPTY;
	if (link->over_current_mono && obs->source != link->over_current_source &&
	    obs->at.mono_us <= link->over_current_mono + OVER_CURRENT_ONCE_US) {
		report->event = NO_EVENT;
		return;
	}
	link->over_current_mono = obs->at.mono_us;
	link->over_current_source = obs->source;
}

static void
removed(struct ls_engine *engine, struct link *link, struct report *report)
{
	(void)engine;
	link->removed_mono = report->obs->at.mono_us;
}

static void
resume_failed(struct ls_engine *engine, struct link *link, struct report *report)
{
	(void)engine;
	link->resume_failed_mono = report->obs->at.mono_us;
}

/* A charger that is pulled is no incident: it is evidence for a USB device that leaves with it. */
static void
partner_gone(struct ls_engine *engine, struct link *link, struct report *report)
{
	const struct incident *incident = incidents_covering(engine, link, report->obs->at);

	if (incident && (incident->pub.facts & LS_FACT_GONE) && !incident->pub.back)
		return;
	report->use = REPORT_ALONE;
	if (!link->present)
		return;
	link->partner_mono = report->obs->at.mono_us;
	links_remember(link, report->obs);
}

/* What an observation of a port is for the incident on it. Kinds that have no row are ignored. */
static const struct reaction {
	enum ls_obs_kind kind;
	enum report_use use;
	uint64_t facts;
	enum ls_event_kind event;
	/* Notes on the link what is needed later, and adjusts the report. */
	void (*adjust)(struct ls_engine *engine, struct link *link, struct report *report);
} reactions[] = {
	{ LS_OBS_RESET, REPORT_OPENS, LS_FACT_RESET, LS_EVENT_RESET, reset },
	{ LS_OBS_ENUM_FAILED, REPORT_OPENS, LS_FACT_ENUM_FAILED, NO_EVENT, enum_failed },
	{ LS_OBS_ENUM_GAVE_UP, REPORT_OPENS, LS_FACT_ENUM_FAILED | LS_FACT_ENUM_GAVE_UP,
	  LS_EVENT_ENUMERATION_FAILURE, enum_gave_up },
	{ LS_OBS_OVER_CURRENT, REPORT_OPENS, LS_FACT_OVER_CURRENT, LS_EVENT_OVER_CURRENT,
	  over_current },
	{ LS_OBS_OVER_CURRENT_CHANGE, REPORT_OPENS, LS_FACT_OVER_CURRENT_CHANGE,
	  LS_EVENT_OVER_CURRENT, over_current },
	{ LS_OBS_HOST_LIMIT, REPORT_OPENS, LS_FACT_HOST_LIMIT, LS_EVENT_HOST_LIMIT, host_limit },
	{ LS_OBS_EMI, REPORT_OPENS, LS_FACT_EMI, LS_EVENT_EMI, NULL },
	{ LS_OBS_DEAUTHORISED, REPORT_OPENS, LS_FACT_DEAUTHORISED, LS_EVENT_DEAUTHORISED, NULL },
	{ LS_OBS_FIRMWARE_CHANGED, REPORT_OPENS, LS_FACT_FIRMWARE_CHANGED, NO_EVENT, NULL },
	{ LS_OBS_PARTNER_GONE, REPORT_JOINS, LS_FACT_PARTNER_GONE, NO_EVENT, partner_gone },
	{ LS_OBS_POWER_CYCLE, REPORT_JOINS, 0, NO_EVENT, NULL },
	{ LS_OBS_HOST, REPORT_JOINS, 0, NO_EVENT, NULL },
	{ LS_OBS_AUTHORISED, REPORT_REMEMBERED, 0, LS_EVENT_AUTHORISED, NULL },
	{ LS_OBS_LINK_TROUBLE, REPORT_REMEMBERED, 0, LS_EVENT_LINK_TROUBLE, NULL },
	{ LS_OBS_RESUME_FAILED, REPORT_REMEMBERED, 0, LS_EVENT_RESUME_FAILURE, resume_failed },
	{ LS_OBS_POWER_REJECTED, REPORT_REMEMBERED, 0, LS_EVENT_POWER_REJECTED, NULL },
	{ LS_OBS_SLOW, REPORT_REMEMBERED, 0, LS_EVENT_SPEED_DOWNGRADE, NULL },
	{ LS_OBS_REMOVED, REPORT_ALONE, 0, NO_EVENT, removed },
};

static const struct reaction *
reaction_to(enum ls_obs_kind kind)
{
	for (size_t i = 0; i < LS_COUNT(reactions); i++) {
		if (reactions[i].kind == kind)
			return &reactions[i];
	}
	return NULL;
}

/* The last thing remembered of the port was the same. */
static bool
is_repeated(const struct link *link, const struct ls_observation *obs)
{
	return link->remembered.at.mono_us &&
	       obs->at.mono_us <= link->remembered.at.mono_us + REPEATED_US &&
	       strcmp(link->remembered.what, obs->text) == 0;
}

static void
on_port(struct ls_engine *engine, struct link *link, const struct ls_observation *obs)
{
	const struct reaction *reaction = reaction_to(obs->kind);
	struct report report = { .obs = obs, .link = link };

	if (!reaction)
		return;
	report.use = reaction->use;
	report.facts = reaction->facts;
	report.event = reaction->event;
	if (reaction->adjust)
		reaction->adjust(engine, link, &report);
	if (report.use == REPORT_REMEMBERED && is_repeated(link, obs))
		report.event = NO_EVENT;
	if (report.use != REPORT_ALONE || report.event != NO_EVENT)
		incidents_report(engine, &report);
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
		ls_text_copy(socket->id_path, sizeof(socket->id_path), path);
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

/* usb_remove_hcd(): "remove", and directly after it the root hub's "USB disconnect", which does not
 * name its controller. */
static const struct incident *
incident_of_removal(struct ls_engine *engine, const struct ls_observation *obs,
		    const struct ls_socket *socket)
{
	const char *known = links_controller(engine, obs->bus, obs->controller);
	struct ls_socket removing = { 0 };

	if (obs->controller[0]) {
		memcpy(engine->removing, socket->id_path, sizeof(engine->removing));
		engine->removing_mono = obs->at.mono_us;
	}
	if (obs->controller[0] || !engine->removing_mono || (known && known[0]) ||
	    obs->at.mono_us > engine->removing_mono + ROOT_HUB_FOLLOWS_US)
		return incidents_find(engine, socket);
	memcpy(removing.id_path, engine->removing, sizeof(removing.id_path));
	return incidents_find(engine, &removing);
}

/* A controller that does not start gives up its bus, on which nothing was yet. */
static bool
failed_to_start(struct ls_engine *engine, const struct ls_observation *obs,
		const struct ls_socket *socket)
{
	for (size_t i = 0; obs->bus && i < engine->n_links; i++) {
		if (engine->links[i]->present && ls_port_bus(engine->links[i]->name) == obs->bus)
			return false;
	}
	return obs->bus && controllers_reported(engine, socket->id_path, obs->at);
}

/* An incident of the whole controller: what hangs on it and leaves now is part of it. */
static void
on_controller(struct ls_engine *engine, const struct ls_observation *obs, uint64_t fact,
	      enum ls_event_kind kind)
{
	struct bus *bus = links_bus(engine, obs->bus);
	struct ls_socket socket;
	struct report report = {
		.use = REPORT_OPENS,
		.obs = obs,
		.socket = &socket,
		.facts = fact,
		.event = kind,
		.takes_children = true,
	};
	const struct incident *incident = incidents_of_bus(engine, obs->bus, obs->at);

	if (incident)
		socket = incident->pub.socket;
	else if (!controller_socket(engine, obs, &socket))
		return;
	if (!incident && fact == LS_FACT_BUS_GONE)
		incident = incident_of_removal(engine, obs, &socket);
	else
		incident = incidents_find(engine, &socket);
	if (incident)
		socket = incident->pub.socket;
	if (bus && bus->removed && !incident)
		return; /* a late report */
	if (!incident && fact == LS_FACT_BUS_GONE && failed_to_start(engine, obs, &socket))
		return;
	if (incident && (incident->pub.facts & fact))
		report.event = NO_EVENT;
	if (fact == LS_FACT_BUS_GONE)
		report.open_us = BUSES_GONE_US;
	if (fact == LS_FACT_CONTROLLER_DIED)
		report.settle_us = report.open_us = TAKEN_OUT_US;
	incidents_report(engine, &report);
	if (bus && fact == LS_FACT_BUS_GONE)
		bus->removed = true;
}

/* No incident of its own: it is evidence for those of its ports. */
static void
controller_reported(struct ls_engine *engine, const struct ls_observation *obs, uint64_t fact,
		    enum ls_event_kind kind)
{
	struct ls_socket socket;

	if (!controller_socket(engine, obs, &socket))
		return;
	emit_event(engine, kind, &socket, NULL, obs);
	incidents_controller(engine, controllers_keep(engine, socket.id_path, fact, obs));
}

static void
bus_added(struct ls_engine *engine, const struct ls_observation *obs)
{
	/* What the kernel log names may differ from udev's ID_PATH, which is the identity. */
	bool known = links_bus(engine, obs->bus) && !links_bus(engine, obs->bus)->removed;
	bool reused = links_bus(engine, obs->bus) && !known;

	if (!obs->bus || (known && obs->source == LS_SOURCE_KERNEL_LOG))
		return;
	for (size_t i = 0; reused && i < engine->n_links;
	     i++) { /* devices are numbered from 1 again */
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

void
handle_port_awake(struct ls_engine *engine, struct ls_instant at)
{
	if (!engine->asleep || at.mono_us <= engine->slept_mono + AFTER_SLEEP_US)
		return;
	slept(engine, at);
	engine->asleep = false;
}

/* Sources that report the same sleep or wake-up make one event. One source does not repeat itself,
 * unless it says so: what it reports again has happened again. */
static void
on_sleep(struct ls_engine *engine, const struct ls_observation *obs)
{
	bool sleeps = obs->kind == LS_OBS_SLEEP;
	struct sleep_report *last = sleeps ? &engine->slept : &engine->woke;
	uint64_t at = obs->at.mono_us, then = last->mono_us;
	uint64_t apart = at > then ? at - then : then - at;
	static const struct ls_socket machine;

	if (obs->repeated || (then && obs->source != last->source && apart <= SLEEP_ONCE_US))
		return;
	last->mono_us = at;
	last->source = obs->source;
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
		controller_reported(engine, obs, LS_FACT_CONTROLLER_TROUBLE,
				    LS_EVENT_CONTROLLER_TROUBLE);
		break;
	case LS_OBS_HOST_LIMIT:
		controller_reported(engine, obs, LS_FACT_HOST_LIMIT, LS_EVENT_HOST_LIMIT);
		break;
	case LS_OBS_SLEEP:
	case LS_OBS_WAKE:
		on_sleep(engine, obs);
		slept(engine, obs->at);
		engine->asleep = obs->kind == LS_OBS_SLEEP;
		if (!engine->asleep)
			incidents_woke(engine, obs->at);
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
