#include "lib/engine/handle_driver.h"

#include <string.h>

#include "lib/base/text.h"
#include "lib/engine/evidence.h"
#include "lib/engine/handle_device.h"
#include "lib/engine/handle_usbmon.h"
#include "lib/engine/handles.h"
#include "lib/engine/incidents.h"
#include "lib/engine/links.h"

/* A reset makes some drivers let go before it is logged, and takes up to 1 s. */
#define REASON_FOLLOWS_US (2 * LS_SEC)
/* "USB disconnect" goes before what drivers print of it. */
#define REASON_PRECEDES_US (5 * LS_SEC)

static struct link *
link_of(struct ls_engine *engine, const struct ls_observation *obs)
{
	return obs->port[0] ? links_get(engine, obs->port) : handles_find(engine, obs->handle);
}

/* 0: nothing has. */
static uint64_t
left_at(const struct link *link)
{
	uint64_t last = 0;

	for (size_t i = 0; i < LINK_LEFT; i++) {
		if (link->left[i].mono_us > last)
			last = link->left[i].mono_us;
	}
	return last;
}

static void
join(struct ls_engine *engine, struct link *link, const struct ls_observation *obs)
{
	struct report report = {
		.use = REPORT_JOINS,
		.obs = obs,
		.link = link,
		.event = NO_EVENT,
	};

	incidents_report(engine, &report);
}

/* Drivers print errors of a device that has left, too: they explain nothing. */
static void
transfer_errors(struct ls_engine *engine, const struct ls_observation *obs)
{
	struct link *link = link_of(engine, obs);

	if (!link)
		handles_hold(engine, obs);
	else if (!link->present && left_at(link))
		return;
	else if (engine->available[LS_SOURCE_USBMON])
		join(engine, link, obs); /* usbmon counts it */
	else
		handle_usbmon_errors(engine, link, obs);
}

static bool
is_only_source(const struct ls_engine *engine)
{
	return !engine->available[LS_SOURCE_UDEV] && !engine->available[LS_SOURCE_LIBUSB];
}

/* A driver that binds has a device, whether the log has the kernel's own lines of it or not. */
static void
named(struct ls_engine *engine, const struct ls_observation *obs)
{
	struct link *link = links_get(engine, obs->port);
	struct ls_observation connected = *obs;
	bool only_driver;

	if (!link)
		return;
	if (obs->handle[0])
		handles_keep(engine, obs->handle, link);
	if (link->present || !is_only_source(engine))
		return;
	only_driver = link->enumerating_since.mono_us <= left_at(link);
	if (only_driver)
		link->enumerating_since = obs->at;
	connected.kind = LS_OBS_CONNECTED;
	handle_device(engine, &connected);
	link->only_driver = only_driver;
}

/*
 * The kernel logs each disconnect, so that a driver that lets go of a device which the log has shown
 * was unbound; unless lines were lost, or the log has none of the kernel's own.
 */
static bool
may_have_left(const struct ls_engine *engine, const struct link *link, struct ls_instant at)
{
	if (!is_only_source(engine))
		return false;
	if (link->present)
		return link->only_driver ||
		       evidence_is_recent(engine->log_lost_mono, at, REASON_PRECEDES_US);
	return !left_at(link);
}

static void
driver_left(struct ls_engine *engine, const struct ls_observation *obs)
{
	struct link *link = link_of(engine, obs);

	if (!link || evidence_is_recent(link->let_go.at.mono_us, obs->at, REASON_FOLLOWS_US))
		return; /* each interface has a line of its own */
	link->let_go.at = obs->at;
	link->let_go.source = obs->source;
	memcpy(link->let_go.what, obs->text, sizeof(link->let_go.what));
	if (may_have_left(engine, link, obs->at))
		link->let_go_at = obs->at.mono_us + REASON_FOLLOWS_US;
	else
		join(engine, link, obs);
}

/* Neither a reset nor the kernel's own line has come. */
static void
conclude(struct ls_engine *engine, struct link *link)
{
	struct ls_observation obs = {
		.at = link->let_go.at,
		.source = link->let_go.source,
		.kind = LS_OBS_DISCONNECTED,
		.devnum = link->present ? link->devnum : 0,
	};
	bool explained = link->last_reset.mono_us >= link->let_go.at.mono_us ||
			 (!link->present && left_at(link));

	link->let_go_at = LS_NEVER;
	if (explained)
		return;
	memcpy(obs.port, link->name, sizeof(obs.port));
	memcpy(obs.text, link->let_go.what, sizeof(obs.text));
	handle_device(engine, &obs);
}

void
handle_driver_before_arrival(struct ls_engine *engine, const struct ls_observation *obs)
{
	struct link *link = links_find(engine, obs->port);

	if (link && link->let_go_at != LS_NEVER)
		conclude(engine, link);
}

void
handle_driver(struct ls_engine *engine, const struct ls_observation *obs)
{
	switch (obs->kind) {
	case LS_OBS_HANDLE:
		handle_driver_before_arrival(engine, obs);
		named(engine, obs);
		break;
	case LS_OBS_TRANSFER_ERRORS:
		transfer_errors(engine, obs);
		break;
	case LS_OBS_DRIVER_LEFT:
		driver_left(engine, obs);
		break;
	default:
		break;
	}
}

void
handle_driver_end(struct ls_engine *engine)
{
	for (size_t i = 0; i < engine->n_links; i++) {
		if (engine->links[i]->let_go_at != LS_NEVER)
			conclude(engine, engine->links[i]);
	}
}

uint64_t
handle_driver_deadline(const struct ls_engine *engine)
{
	uint64_t first = LS_NEVER;

	for (size_t i = 0; i < engine->n_links; i++) {
		if (engine->links[i]->let_go_at < first)
			first = engine->links[i]->let_go_at;
	}
	return first;
}

void
handle_driver_advance(struct ls_engine *engine, struct ls_instant at)
{
	for (size_t i = 0; i < engine->n_links; i++) {
		if (engine->links[i]->let_go_at <= at.mono_us)
			conclude(engine, engine->links[i]);
	}
}
