#include "lib/engine/load.h"

#include <string.h>

#include "lib/base/port.h"

#define BUSES 256 /* the kernel has 64 */

/* How many devices of each bus data flows to. */
static void
count_flows(const struct ls_engine *engine, uint16_t ret[BUSES])
{
	for (size_t i = 0; i < engine->n_links; i++) {
		const struct link *link = engine->links[i];

		if (link->flow.kib_per_s)
			ret[ls_port_bus(link->name) % BUSES]++;
	}
}

bool
load_of_neighbour(const struct ls_engine *engine, const struct link *link)
{
	uint16_t flows[BUSES] = { 0 };

	count_flows(engine, flows);
	return flows[ls_port_bus(link->name) % BUSES] > (link->flow.kib_per_s > 0);
}

/* A hub that has two halves is accounted once. */
static struct session *
session_of(const struct link *link)
{
	struct session *session = link->session;

	return session && session->pub.present && strcmp(session->pub.link, link->name) == 0
		       ? session
		       : NULL;
}

void
load_account(struct ls_engine *engine, struct ls_instant at)
{
	uint64_t since = engine->accounted_mono;
	uint16_t flows[BUSES] = { 0 };

	if (at.mono_us <= since)
		return;
	engine->accounted_mono = at.mono_us;
	if (!engine->available[LS_SOURCE_USBMON])
		return;
	count_flows(engine, flows);
	for (size_t i = 0; i < engine->n_links; i++) {
		const struct link *link = engine->links[i];
		struct session *session = session_of(link);
		bool flowing = link->flow.kib_per_s;
		uint64_t from = since, us;

		if (!session)
			continue;
		if (session->pub.present_since.mono_us > from)
			from = session->pub.present_since.mono_us;
		us = at.mono_us > from ? at.mono_us - from : 0;
		session->pub.metered_us += us;
		session->pub.flowing_us += flowing ? us : 0;
		session->pub.neighbour_us +=
			flows[ls_port_bus(link->name) % BUSES] > flowing ? us : 0;
	}
}
