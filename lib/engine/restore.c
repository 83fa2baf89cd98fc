/* The engine's state from before a restart of the daemon. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/engine/state.h"

int
ls_engine_restore_session(struct ls_engine *engine, const struct ls_session *pub)
{
	struct link *link = topology_link(engine, pub->link);
	struct session *session;

	if (!link || engine->n_sessions == LS_MAX_SESSIONS)
		return -ENOSPC;
	session = calloc(1, sizeof(*session));
	if (!session)
		return -ENOSPC;
	session->pub = *pub;
	session->away_until =
		pub->present ? LS_NEVER : pub->ended.mono_us + engine->config.return_window_us;
	engine->sessions[engine->n_sessions++] = session;
	link->device = pub->device;
	if (pub->present) {
		link->present = true;
		link->devnum = pub->devnum;
		link->session = session;
	} else {
		topology_gone(link, pub->devnum, pub->ended);
	}
	return 1;
}

int
ls_engine_restore_incident(struct ls_engine *engine, const struct ls_incident *pub)
{
	size_t n = pub->n_evidence < LS_EVIDENCE_MAX ? pub->n_evidence : LS_EVIDENCE_MAX;
	uint64_t last_us = pub->opened.mono_us;
	struct incident *incident;

	if (engine->n_incidents == LS_MAX_OPEN_INCIDENTS)
		return -ENOSPC;
	incident = calloc(1, sizeof(*incident));
	if (!incident)
		return -ENOSPC;
	for (size_t i = 0; i < n; i++) {
		if (pub->evidence[i].at.mono_us > last_us)
			last_us = pub->evidence[i].at.mono_us;
	}
	incident->pub = *pub;
	incident->emitted = true;
	incident->settle_at =
		pub->settled ? LS_NEVER : pub->opened.mono_us + engine->config.settle_us;
	incident->away_at = LS_NEVER;
	incident->close_at = last_us + engine->config.quiet_us;
	if ((pub->facts & LS_FACT_GONE)) {
		incident->gone_mono = last_us;
		if (!pub->back)
			incident->close_at = last_us + engine->config.return_window_us;
	}
	engine->incidents[engine->n_incidents++] = incident;
	return 1;
}
