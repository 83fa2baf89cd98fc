#pragma once
/* One incident: what it holds, and what it says of itself. */
#include "lib/engine/state.h"

/* One without anything; evidence is not cleared, for there is none. NULL: memory is short. */
struct incident *incident_new(void);
void incident_add_evidence(struct incident *incident, const struct ls_evidence *evidence);
/* A conclusion of linkstat's own. */
void incident_add_note(struct incident *incident, struct ls_instant at, const char *what);
void incident_add_observation(struct ls_engine *engine, struct incident *incident,
			      const struct ls_observation *obs);
void incident_add_controller(struct incident *incident, const struct controller_report *report);
void incident_add_disconnect(struct ls_engine *engine, struct incident *incident,
			     const struct link *link, struct ls_instant at);
void incident_count(struct ls_incident *pub, enum ls_event_kind event);
void incident_count_departure(struct ls_incident *pub);
void incident_keep_open(struct incident *incident, struct ls_instant at, uint64_t for_us);
/* Whose it is: of the session on its socket, and of @link (NULL: of a whole controller). */
void incident_describe(struct ls_engine *engine, struct incident *incident,
		       const struct link *link);
/* What its cause does not say of why: after ls_cause_decide(), in this order. */
void incident_explain(struct incident *incident);
void incident_tell_departures(struct incident *incident);
/* Removes the one at @place from the engine. */
void incident_forget(struct ls_engine *engine, size_t place);
/* @at, if it is later than @mono_us, becomes that moment, by both clocks. */
void incident_move_back(struct ls_instant *at, uint64_t mono_us);
