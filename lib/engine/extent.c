/* How far one physical event reaches. */
#include <string.h>

#include "lib/engine/extent.h"
#include "lib/base/port.h"
#include "lib/engine/controllers.h"
#include "lib/engine/facts.h"
#include "lib/engine/links.h"

bool
extent_near(uint64_t a_us, uint64_t b_us, uint64_t span_us)
{
	return (a_us > b_us ? a_us - b_us : b_us - a_us) <= span_us;
}

bool
extent_is_own(const struct incident *incident, const char *id_path)
{
	return strcmp(incident->pub.socket.id_path, id_path) == 0 ||
	       (incident->other_half[0] && strcmp(incident->other_half, id_path) == 0);
}

/* ---- hubs and controllers ---- */

/*
 * What hangs below the socket of @hub left with it at about @at: it was reset, or it left and is
 * away. That it is a hub may have become known only after it left.
 */
static bool
lost_its_ports(struct ls_engine *engine, const struct incident *hub, struct ls_instant at)
{
	const struct link *link;

	if (hub->ports_lost_mono && extent_near(hub->ports_lost_mono, at.mono_us, TOGETHER_US))
		return true;
	if (!hub->disconnected_mono || hub->pub.back ||
	    !extent_near(hub->disconnected_mono, at.mono_us, TOGETHER_US))
		return false;
	link = links_find(engine, hub->first_link);
	return link && !link->present && links_is_hub(link);
}

static bool
took_bus(const struct incident *incident, uint16_t bus)
{
	for (size_t i = 0; i < LS_COUNT(incident->buses); i++) {
		if (bus && incident->buses[i] == bus)
			return true;
	}
	return false;
}

bool
extent_covers(struct ls_engine *engine, const struct incident *incident, const struct link *link,
	      struct ls_instant at)
{
	return lost_its_ports(engine, incident, at) &&
	       (links_path_below(link->socket.id_path, incident->pub.socket.id_path) ||
		links_path_below(link->socket.id_path, incident->other_half) ||
		took_bus(incident, ls_port_bus(link->name)));
}

/* An excerpt need not say which bus is whose. What leaves as a controller dies was on it. */
bool
extent_takes_bus(struct ls_engine *engine, struct incident *incident, uint16_t bus,
		 struct ls_instant at)
{
	const struct bus *known = links_bus(engine, bus);

	if (!(incident->pub.facts & (LS_FACT_CONTROLLER_DIED | LS_FACT_BUS_GONE)) || !bus ||
	    (known && known->controller[0]) || !lost_its_ports(engine, incident, at) ||
	    !controllers_may_have(engine, incident->pub.socket.id_path, bus))
		return false;
	for (size_t i = 0; i < LS_COUNT(incident->buses); i++) {
		if (!incident->buses[i])
			incident->buses[i] = bus;
		if (incident->buses[i] == bus)
			return true;
	}
	return false;
}

/* ---- power ---- */

static bool
are_on_one_hub(const char *a, const char *b)
{
	char hub_a[LS_PORT_NAME_MAX], hub_b[LS_PORT_NAME_MAX];

	return ls_port_parent(a, hub_a) > 0 && ls_port_parent(b, hub_b) > 0 &&
	       strcmp(hub_a, hub_b) == 0;
}

static bool
is_overloaded(const struct link *link, struct ls_instant at)
{
	return link->over_current_mono && link->over_current_mono <= at.mono_us &&
	       extent_near(link->over_current_mono, at.mono_us, TOGETHER_US);
}

/*
 * Hubs may switch all their ports by one switch, and a port that is overloaded switches it off. A
 * port that reports it as one of many is the victim of the one that began.
 */
bool
extent_cut_power(struct ls_engine *engine, const struct incident *incident, const struct link *link,
		 struct ls_instant at)
{
	const struct link *overloaded = links_find(engine, incident->first_link);

	return (incident->pub.facts & LS_FACTS_OVER_CURRENT) && overloaded && overloaded != link &&
	       are_on_one_hub(overloaded->name, link->name) &&
	       (is_overloaded(overloaded, at) ||
		(is_overloaded(link, at) &&
		 extent_near(incident->touched_mono, at.mono_us, TOGETHER_US)));
}

/* Of one bus, or of two that may be of one controller. */
static bool
may_be_of_one_board(struct ls_engine *engine, const char *one, const char *other)
{
	uint16_t a = ls_port_bus(one), b = ls_port_bus(other);
	const char *controller = links_controller(engine, a, "");
	const char *second = links_controller(engine, b, "");

	if (a == b)
		return true;
	if (!controller || !controller[0] || !second || !second[0])
		return (!controller || !controller[0]) && (!second || !second[0]);
	return strcmp(controller, second) == 0;
}

bool
extent_is_board(struct ls_engine *engine, const struct incident *incident, const struct link *link,
		struct ls_instant at)
{
	bool of_board = (incident->pub.facts & LS_FACT_PORT_EMPTY) || incident->pub.n_children;

	return (incident->pub.facts & LS_FACTS_OVER_CURRENT) && of_board && !link->present &&
	       !link->session && may_be_of_one_board(engine, incident->first_link, link->name) &&
	       extent_near(incident->touched_mono, at.mono_us, TOGETHER_US);
}

/* ---- halves ---- */

static unsigned int
depth(const char *name)
{
	unsigned int n = 0;

	while ((name = strchr(name, '.'))) {
		name++;
		n++;
	}
	return n;
}

static bool
left_as_hub(const struct incident *incident)
{
	return (incident->pub.facts & LS_FACT_GONE) && !incident->pub.back &&
	       (incident->pub.facts & (LS_FACT_HUB | LS_FACT_CHILDREN)) && incident->first_link[0];
}

/*
 * Where sysfs names no peers, as in a log: two hubs that leave together, on two buses that may be
 * of one controller, at the same depth, and not of two makers.
 */
bool
extent_are_halves(struct ls_engine *engine, const struct incident *a, const struct incident *b)
{
	const struct link *one = links_find(engine, a->first_link);
	const struct link *other = links_find(engine, b->first_link);
	const char *controller;

	if (a == b || !left_as_hub(a) || !left_as_hub(b) || !one || !other || one->peer[0] ||
	    other->peer[0] || ls_port_bus(one->name) == ls_port_bus(other->name) ||
	    !extent_near(a->disconnected_mono, b->disconnected_mono, TOGETHER_US) ||
	    depth(one->name) != depth(other->name))
		return false;
	if (one->device.vid && other->device.vid && one->device.vid != other->device.vid)
		return false;
	controller = links_controller(engine, ls_port_bus(one->name), "");
	return !controller || !controller[0] ||
	       controllers_may_have(engine, controller, ls_port_bus(other->name));
}
