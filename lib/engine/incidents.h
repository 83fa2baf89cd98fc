#pragma once
/* Incidents: only this file opens, joins, extends and closes one. */
#include "lib/engine/state.h"

struct incident *incidents_find(struct ls_engine *engine, const struct ls_socket *socket);
/* The open incident that what happens on @link now belongs to, or NULL. */
struct incident *incidents_covering(struct ls_engine *engine, const struct link *link,
				    struct ls_instant at);
/* Finds or opens; NULL when all places are taken. */
struct incident *incidents_get(struct ls_engine *engine, const struct ls_socket *socket,
			       const struct link *link, struct ls_instant at);
/* The same for a disconnect: one of a change of mode that is complete is closed before. */
struct incident *incidents_anew(struct ls_engine *engine, const struct ls_socket *socket,
				const struct link *link, struct ls_instant at);
void incidents_testify(struct ls_engine *engine, struct incident *incident,
		       const struct ls_observation *obs);
void incidents_note(struct ls_engine *engine, struct incident *incident, struct ls_instant at,
		    const char *what);
void incidents_gone(struct ls_engine *engine, struct incident *incident, const struct link *link,
		    struct ls_instant at);
/* Children's incidents of the last moments become part of the one of their hub. */
void incidents_absorb(struct ls_engine *engine, struct incident *hub, struct ls_instant at);
/* @since: first sign of the return. */
void incidents_back(struct ls_engine *engine, struct incident *incident,
		    const struct homecoming *home, struct ls_instant since);
void incidents_elsewhere(struct ls_engine *engine, const struct session *session,
			 const struct ls_socket *where, struct ls_instant at);
/* Something still happens: it stays open for @more_us. */
void incidents_extend(struct incident *incident, struct ls_instant at, uint64_t more_us);
/* The hub @hub, which was reset within @within_us, still reports its ports at @at. */
void incidents_keep_reset_open(struct ls_engine *engine, const struct ls_socket *hub,
			       struct ls_instant at, uint64_t within_us);
void incidents_correct_session(struct ls_engine *engine, int64_t id, const struct ls_session *news);
void incidents_flush(struct ls_engine *engine);
uint64_t incidents_deadline(const struct ls_engine *engine);
void incidents_advance(struct ls_engine *engine, struct ls_instant at);
/* From before a restart: 1, or -ENOSPC. */
int incidents_restore(struct ls_engine *engine, const struct ls_incident *pub);
