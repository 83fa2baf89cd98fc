/*
 * A device that runs slower than it did: a SuperSpeed device that fell back to USB 2, a bad
 * contact, another cable. Compared within its session and with earlier ones, on either half of the
 * socket.
 */
#include <string.h>

#include "lib/engine/speed.h"
#include "lib/base/text.h"
#include "lib/engine/emit.h"
#include "lib/engine/incidents.h"
#include "lib/engine/links.h"

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

static void
report_slower(struct ls_engine *engine, const struct session *session, const struct link *link,
	      enum ls_speed before, struct ls_instant at)
{
	const struct ls_socket *socket = &session->pub.socket;
	struct ls_observation obs = { .at = at, .source = LS_SOURCE_NONE };

	ls_text_format(obs.text, sizeof(obs.text), "%s runs at %s now, it ran at %s before",
		       link->name, ls_speed_name(link->device.speed), ls_speed_name(before));
	emit_event(engine, LS_EVENT_SPEED_DOWNGRADE, socket, incidents_find(engine, socket), &obs);
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
