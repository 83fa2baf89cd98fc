/* Transfers that fail on a link, as usbmon shows them. */
#include <string.h>

#include "lib/engine/state.h"
#include "lib/base/text.h"

/* Any plug that is pulled makes transfers fail until the hub is heard: 10 to 300 ms. */
#define PULLED_US (300 * LS_MS)
/* Failures longer ago than this are another story. */
#define BEFORE_US (10 * LS_SEC)

static void
burst_began(struct ls_engine *engine, struct link *link, const struct ls_observation *obs)
{
	struct ls_socket socket;
	struct incident *incident;

	topology_socket(engine, link, &socket);
	incident = incidents_get(engine, &socket, link, obs->at);
	if (incident)
		incident->pub.facts |= LS_FACT_LINK_ERRORS;
	engine_event(engine, LS_EVENT_LINK_ERRORS, &socket, incident, obs);
}

void
transfer_errors_observe(struct ls_engine *engine, const struct ls_observation *obs)
{
	struct link *link = topology_device(engine, obs->bus, obs->devnum);
	struct ls_burst_config config;
	struct incident *incident;

	if (!link)
		return; /* being enumerated, or gone: the kernel log tells what came of it */
	ls_burst_config_default(&config);
	link->last_status = obs->status;
	if (link->burst.level == 0 && !link->burst.on)
		link->n_timeouts = 0;
	link->n_timeouts += obs->n_timeouts;
	if (ls_burst_add(&link->burst, &config, obs->at.mono_us, obs->count) == LS_BURST_BEGAN)
		burst_began(engine, link, obs);
	incident = incidents_covering(engine, link, obs->at);
	incidents_testify(engine, incident, obs);
	if (link->burst.on)
		incidents_extend(incident, obs->at, config.quiet_us);
}

void
transfer_errors_before(struct ls_engine *engine, struct link *link, struct incident *incident,
		       struct ls_instant at)
{
	const struct ls_burst *burst = &link->burst;
	uint64_t ago;
	char what[LS_TEXT_MAX];

	if (!burst->n || burst->first_us >= at.mono_us || burst->last_us + BEFORE_US < at.mono_us)
		return;
	ago = at.mono_us - burst->first_us;
	if (ago <= PULLED_US || hub_evidence_errors_of_reset(link))
		return;
	ls_text_format(
		what, sizeof(what),
		"%llu transfers had failed since %.1f s before it left, the last with status %d",
		(unsigned long long)burst->n, (double)ago / LS_SEC, link->last_status);
	incidents_note(engine, incident, at, what);
	/* A device that does not answer died before its link did; the wire breaks transfers. */
	incident->pub.facts |=
		link->n_timeouts >= burst->n ? LS_FACT_TIMED_OUT : LS_FACT_ERRORS_BEFORE;
	incident->pub.sources |= 1U << LS_SOURCE_USBMON;
}
