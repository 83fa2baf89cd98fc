#pragma once
/*
 * The only way a record leaves the engine. An incident gets its id with the first record that bears
 * it: until then it can still become part of another one, and no id is lost.
 */
#include "lib/engine/state.h"

/* @incident: the one that it belongs to, or NULL. */
void emit_event(struct ls_engine *engine, enum ls_event_kind kind, const struct ls_socket *socket,
		struct incident *incident, const struct ls_observation *obs);
void emit_session(struct ls_engine *engine, const struct session *session);
void emit_incident(struct ls_engine *engine, struct incident *incident);
/* The incident @id is part of the incident @into. */
void emit_absorbed(struct ls_engine *engine, int64_t id, int64_t into);
void emit_gap(struct ls_engine *engine, const struct ls_gap *gap);
/* @source lost @n records at @at; 0: an unknown number. */
void emit_lost(struct ls_engine *engine, enum ls_source source, struct ls_instant at, uint32_t n,
	       const char *reason);
/* A cap was reached: reported once, as a gap of linkstat itself. */
void emit_cap(struct ls_engine *engine, enum cap cap);
