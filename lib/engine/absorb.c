#include "lib/engine/absorb.h"

#include <string.h>

#include "lib/base/port.h"
#include "lib/engine/emit.h"
#include "lib/engine/extent.h"
#include "lib/engine/facts.h"
#include "lib/engine/incident.h"
#include "lib/engine/links.h"

static void
absorb_one(struct ls_engine *engine, struct incident *hub, size_t place)
{
	const struct incident *child = engine->incidents[place];
	size_t n =
		child->pub.n_evidence < LS_EVIDENCE_MAX ? child->pub.n_evidence : LS_EVIDENCE_MAX;

	/* Not emitted yet: reuse the id that events already reference. */
	if (!hub->pub.id)
		hub->pub.id = child->pub.id;
	else if (child->pub.id)
		emit_absorbed(engine, child->pub.id, hub->pub.id);
	for (size_t i = 0; i < n; i++)
		incident_add_evidence(hub, &child->pub.evidence[i]);
	if (child->pub.opened.mono_us < hub->pub.opened.mono_us)
		hub->pub.opened = child->pub.opened;
	hub->pub.n_children += child->pub.n_disconnects ? 1 + child->pub.n_children : 0;
	incident_forget(engine, place);
}

static bool
left_with(struct ls_engine *engine, struct incident *hub, const struct incident *child,
	  struct ls_instant at)
{
	const struct link *link = links_find(engine, child->first_link);

	if (child == hub || !link || (child->pub.facts & (LS_FACT_EMI | LS_FACTS_OVER_CURRENT)) ||
	    !extent_near(child->pub.opened.mono_us, at.mono_us, TOGETHER_US))
		return false;
	if (child->pub.n_disconnects)
		(void)extent_takes_bus(engine, hub, ls_port_bus(link->name), at);
	return extent_covers(engine, hub, link, at);
}

/* Children's incidents of the last moments become part of the one of their hub. */
void
absorb_children(struct ls_engine *engine, struct incident *hub, struct ls_instant at)
{
	hub->ports_lost_mono = at.mono_us;
	for (size_t i = 0; i < engine->n_incidents;) {
		/* Also those that were emitted: a busy machine disconnects children late. */
		if (left_with(engine, hub, engine->incidents[i], at))
			absorb_one(engine, hub, i); /* the next one moves into its place */
		else
			i++;
	}
	if (hub->pub.n_children)
		hub->pub.facts |= LS_FACT_CHILDREN;
}

static bool
is_open(const struct ls_engine *engine, int64_t id)
{
	for (size_t i = 0; i < engine->n_incidents; i++) {
		if (engine->incidents[i]->pub.id == id)
			return true;
	}
	return false;
}

/* A device that restarts in a loop is one incident: what were incidents of their own until the beat
 * was seen are part of it. */
void
absorb_departures(struct ls_engine *engine, struct incident *incident, const struct report *report)
{
	struct ls_incident *pub = &incident->pub;
	int64_t own = pub->id, last = 0;

	incident->beat_us = report->beat_us;
	for (unsigned int back = report->n_beat; back-- > 1;) {
		const struct departure *before = links_departure(report->link, back);
		int64_t id = before->incident;

		if (!id || id == own || is_open(engine, id))
			continue;
		if (!pub->id) /* not emitted yet: the first one gives its number */
			pub->id = id;
		else if (id != last && id != pub->id)
			emit_absorbed(engine, id, pub->id);
		incident_move_back(&pub->opened, before->mono_us);
		incident_move_back(&pub->gone, before->mono_us);
		last = id;
		links_set_departure(report->link, back, pub->id);
		incident_count_departure(pub);
	}
}

/* Both halves of a hub are one plug, and one incident. */
void
absorb_half(struct ls_engine *engine, struct incident *incident)
{
	for (size_t i = 0; i < engine->n_incidents; i++) {
		struct incident *first = engine->incidents[i];
		uint32_t n_children = first->pub.n_children + incident->pub.n_children;

		if (!extent_are_halves(engine, first, incident))
			continue;
		memcpy(first->other_half, incident->pub.socket.id_path, sizeof(first->other_half));
		first->pub.facts |= (incident->pub.facts & LS_FACT_CHILDREN) | LS_FACT_BOTH_HALVES;
		for (size_t place = 0; place < engine->n_incidents; place++) {
			if (engine->incidents[place] != incident)
				continue;
			absorb_one(engine, first, place);
			break;
		}
		first->pub.n_children = n_children;
		return;
	}
}
