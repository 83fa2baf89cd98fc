#pragma once
/* Incidents: only this file opens, joins, extends and closes one. Handlers report what happened. */
#include "lib/engine/state.h"

/* All that one observation means for an incident, and its event. */
void incidents_report(struct ls_engine *engine, const struct report *report);

struct incident *incidents_find(struct ls_engine *engine, const struct ls_socket *socket);
/* The open incident that what happens on @link now belongs to, or NULL. */
struct incident *incidents_covering(struct ls_engine *engine, const struct link *link,
				    struct ls_instant at);
/* That of a controller to which @bus, of which no source says whose it is, belongs; or NULL. */
struct incident *incidents_of_bus(struct ls_engine *engine, uint16_t bus, struct ls_instant at);
/* A change of mode is complete when the device is back: its incident is closed before the device
 * of @link is reported to leave again. The one that still covers it, or NULL. */
struct incident *incidents_before_disconnect(struct ls_engine *engine, const struct link *link,
					     struct ls_instant at);
/* A device came up on the socket of @incident. @since: first sign of the return. The incident that
 * it ended, which is another one where the last departure was on purpose. */
struct incident *incidents_returned(struct ls_engine *engine, struct incident *incident,
				    const struct return_match *match, struct ls_instant since);
/* The device on @link was there all the time since @since, as is known only now. */
void incidents_quiet_since(struct ls_engine *engine, const struct link *link,
			   struct ls_instant since);
/* The device of @session turned up on another socket, @where. */
void incidents_elsewhere(struct ls_engine *engine, const struct session *session,
			 const struct ls_socket *where, struct ls_instant at);
/* The same, but as USB 2, and too soon for a hand: the SuperSpeed link of its socket failed. */
void incidents_rose(struct ls_engine *engine, const struct session *session,
		    const struct link *link, struct ls_instant since);
void incidents_fell_back(struct ls_engine *engine, const struct session *session,
			 const struct link *link, struct ls_instant since);
/* The device on @socket came back slower; @how, in a few words. */
void incidents_slower(struct ls_engine *engine, const struct ls_socket *socket, const char *how);
/* Until when the incident on @socket waits for the return of its device; 0: it does not. */
uint64_t incidents_waits_until(struct ls_engine *engine, const struct ls_socket *socket);
/* Data flows on @link: a stall is over. */
void incidents_data_flows(struct ls_engine *engine, const struct link *link, struct ls_instant at);
/* The computer woke up: what left since it went to sleep, as far as that is known, left with it. */
void incidents_woke(struct ls_engine *engine, struct ls_instant at);
/* The hub @hub, which was reset within @within_us, still reports its ports at @at. */
void incidents_keep_reset_open(struct ls_engine *engine, const struct ls_socket *hub,
			       struct ls_instant at, uint64_t within_us);
/* A controller reported something of itself: evidence for what fails on its ports now. */
void incidents_controller(struct ls_engine *engine, const struct controller_report *report);
void incidents_correct_session(struct ls_engine *engine, int64_t id,
			       const struct ls_session *correction);
void incidents_flush(struct ls_engine *engine);
uint64_t incidents_deadline(const struct ls_engine *engine);
void incidents_advance(struct ls_engine *engine, struct ls_instant at);
/* From before a restart: 1, or -ENOSPC. */
int incidents_restore(struct ls_engine *engine, const struct ls_incident *pub);
