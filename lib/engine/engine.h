#pragma once
/*
 * The engine: observations in, records out. No I/O, no clock, no globals; the same observations
 * give the same records, byte for byte. Memory is bounded by the caps in limits.h; when one is
 * reached, a gap is emitted and the rest goes on.
 */
#include "lib/base/base.h"
#include "lib/engine/limits.h"
#include "lib/model/observation.h"
#include "lib/model/record.h"

/* The documented values; ids 1. */
void ls_engine_config_default(struct ls_engine_config *config);

/* Of an engine that works beside @engine on the same history: its times, families and numbers. */
void ls_engine_config_beside(struct ls_engine *engine, struct ls_engine_config *config);

/* Copies @config. 0 or -ENOMEM. */
int ls_engine_new(const struct ls_engine_config *config, ls_record_fn emit, void *user,
		  struct ls_engine **ret);
void ls_engine_free(struct ls_engine *engine);
LS_DEFINE_AUTO(ls_engine)

/*
 * State from before a restart within one boot, before the first observation. Sessions before
 * incidents. 1, or -ENOSPC when a cap is reached or memory is short: it is not followed then.
 */
int ls_engine_restore_session(struct ls_engine *engine, const struct ls_session *session);
int ls_engine_restore_incident(struct ls_engine *engine, const struct ls_incident *incident);
/*
 * The cable that @session, which may have ended long ago, had is assumed when its device comes back
 * to its socket. In the order in which they were set; "" forgets it.
 */
void ls_engine_restore_cable(struct ls_engine *engine, const struct ls_session *session);
/*
 * The history was corrected: the open session @id is @session now, in its number, begin, cable and
 * time connected. 1, or 0 if no such session is open.
 */
int ls_engine_correct_session(struct ls_engine *engine, int64_t id,
			      const struct ls_session *session);
/* A number for a session that is made by the correction of another one. */
int64_t ls_engine_next_session_id(struct ls_engine *engine);

/*
 * One observation. Records of it are emitted before this returns; deadlines that lie before
 * obs->at are worked off first. Observations may come some 10 ms out of order.
 */
void ls_engine_observe(struct ls_engine *engine, const struct ls_observation *obs);

/* When ls_engine_advance() has something to do, on the mono clock; LS_NEVER if nothing pends. */
uint64_t ls_engine_deadline(const struct ls_engine *engine);
void ls_engine_advance(struct ls_engine *engine, struct ls_instant now);

/*
 * No more observations will come, as at the end of a file: devices are identified by what
 * is known of them until now. Time does not go on: an incident that waits for a return stays
 * open.
 */
void ls_engine_end(struct ls_engine *engine);

/* Visits all sessions that are open now, oldest first; for status. The pointer is borrowed. */
typedef void (*ls_session_fn)(const struct ls_session *session, void *user);
void ls_engine_visit_sessions(const struct ls_engine *engine, ls_session_fn visit, void *user);
/* The same of incidents, as they were emitted last. */
typedef void (*ls_incident_fn)(const struct ls_incident *incident, void *user);
void ls_engine_visit_incidents(const struct ls_engine *engine, ls_incident_fn visit, void *user);

/* Visits the root hubs known now: bus number, the controller's ID_PATH, and its description. */
typedef void (*ls_bus_fn)(uint16_t bus, const char *controller, const char *description,
			  void *user);
void ls_engine_visit_buses(const struct ls_engine *engine, ls_bus_fn visit, void *user);

/* The open session on the kernel port, ID_PATH or kernel name of a socket; NULL if there is none.
 * Borrowed until the next call that changes the engine. */
const struct ls_session *ls_engine_session_on(struct ls_engine *engine, const char *port);
/* The open session of the device, or 0. */
int64_t ls_engine_session_of(const struct ls_engine *engine, uint16_t bus, uint16_t devnum);
/* The open incident that what happens on @port now belongs to, or 0. */
int64_t ls_engine_incident_on(struct ls_engine *engine, const char *port, struct ls_instant now);
