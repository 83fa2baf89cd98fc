/*
 * A device that runs slower than it did: a SuperSpeed device that fell back to USB 2, a bad
 * contact, another cable. Compared within its session and with earlier ones, on either half of the
 * socket.
 */
#include <string.h>

#include "lib/engine/speed.h"
#include "lib/base/port.h"
#include "lib/base/text.h"
#include "lib/engine/emit.h"
#include "lib/engine/incidents.h"
#include "lib/engine/links.h"

/* No hand takes a plug to another socket in less than the first; to one whose number is the same, … */
#define FALL_BACK_US	  (1500 * LS_MS)
#define FALL_BACK_SAME_US (4 * LS_SEC)

/* Two of a kind without serial numbers are as fast as each other. A device may call itself another
 * release at another speed. */
static bool
is_same(const struct ls_device *one, const struct ls_device *other)
{
	return one->vid && one->vid == other->vid && one->pid == other->pid &&
	       (!one->serial[0] || !other->serial[0] || strcmp(one->serial, other->serial) == 0);
}

void
speed_remember(struct link *link)
{
	const struct ls_device *last = &link->device;
	bool slower = is_same(last, &link->before) && link->before.speed >= last->speed;

	if (last->vid && !slower)
		link->before = *last;
}

static const char *const words[LS_N_SPEEDS] = {
	[LS_SPEED_UNKNOWN] = "an unknown speed", [LS_SPEED_LOW] = "low speed",
	[LS_SPEED_FULL] = "full speed",		 [LS_SPEED_HIGH] = "high speed",
	[LS_SPEED_SUPER] = "SuperSpeed",	 [LS_SPEED_SUPER_PLUS] = "SuperSpeed Plus",
};

static void
report_slower(struct ls_engine *engine, const struct session *session, const struct link *link,
	      enum ls_speed before, struct ls_instant at)
{
	const struct ls_socket *socket = &session->pub.socket;
	struct ls_observation obs = { .at = at, .source = LS_SOURCE_NONE };
	char how[LS_TEXT_MAX];

	ls_text_format(obs.text, sizeof(obs.text), "%s runs at %s now, it ran at %s before",
		       link->name, ls_speed_name(link->device.speed), ls_speed_name(before));
	emit_event(engine, LS_EVENT_SPEED_DOWNGRADE, socket, incidents_find(engine, socket), &obs);
	ls_text_format(how, sizeof(how), "it came back at %s, it had %s before",
		       words[link->device.speed], words[before]);
	incidents_slower(engine, socket, how);
}

void
speed_in_session(struct ls_engine *engine, const struct session *session, const struct link *link,
		 struct ls_instant at)
{
	enum ls_speed before = session->pub.device.speed, now = link->device.speed;

	if (now && now < before && link->device.vid == session->pub.device.vid &&
	    link->device.pid == session->pub.device.pid)
		report_slower(engine, session, link, before, at);
}

/* Both halves of a port have the same number at many hubs, and at few controllers. */
static bool
same_number(const char *one, const char *other)
{
	return strcmp(one + strcspn(one, "-"), other + strcspn(other, "-")) == 0;
}

/* It left one bus and came on another, sooner than a hand takes it there. */
static bool
changed_bus(const struct session *session, const struct link *link, struct ls_instant at)
{
	uint64_t away_us = at.mono_us - session->pub.ended.mono_us;

	if (link->peer[0] || at.mono_us < session->pub.ended.mono_us ||
	    ls_port_bus(session->pub.link) == ls_port_bus(link->name))
		return false;
	return away_us <=
	       (same_number(session->pub.link, link->name) ? FALL_BACK_SAME_US : FALL_BACK_US);
}

bool
speed_fell_back(const struct session *session, const struct link *link, struct ls_instant at)
{
	enum ls_speed before = session->pub.device.speed, now = link->device.speed;

	/* EHCI hands a port on which no high-speed device answers over to OHCI or UHCI. */
	return ((before >= LS_SPEED_SUPER && now == LS_SPEED_HIGH) ||
		(before == LS_SPEED_HIGH && now == LS_SPEED_FULL)) &&
	       changed_bus(session, link, at);
}

bool
speed_rose(const struct session *session, const struct link *link, struct ls_instant at)
{
	return session->pub.device.speed <= LS_SPEED_HIGH && link->device.speed >= LS_SPEED_SUPER &&
	       changed_bus(session, link, at);
}

void
speed_report_fall_back(struct ls_engine *engine, const struct session *session,
		       const struct link *link, struct ls_instant at)
{
	incidents_fell_back(engine, session, link, at);
	report_slower(engine, session, link, session->pub.device.speed, at);
}

void
speed_of_sessions(struct ls_engine *engine, const struct session *session, const struct link *link,
		  struct ls_instant at)
{
	const struct link *peer = link->peer[0] ? links_find(engine, link->peer) : NULL;
	const struct ls_device *earlier[] = { &link->before, peer ? &peer->before : NULL,
					      peer && !peer->present ? &peer->device : NULL };
	enum ls_speed best = LS_SPEED_UNKNOWN, now = link->device.speed;

	if (!now || links_is_hub(link)) /* a hub is on both halves at once */
		return;
	for (size_t i = 0; i < LS_COUNT(earlier); i++) {
		if (earlier[i] && is_same(&link->device, earlier[i]) && earlier[i]->speed > best)
			best = earlier[i]->speed;
	}
	if (now < best)
		report_slower(engine, session, link, best, at);
}
