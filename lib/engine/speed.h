#pragma once
/* A device that runs slower than it did. */
#include "lib/engine/state.h"

/* Another device takes @link: what it was and how fast is kept for comparison. */
void speed_remember(struct link *link);
/* The device of @session returned; @session still has the speed of before. */
void speed_in_session(struct ls_engine *engine, const struct session *session,
		      const struct link *link, struct ls_instant at);
/* The device of @session turned up on @link, of a slower bus: did its socket fall back from SuperSpeed
 * to USB 2, or from EHCI to its companion? Only where no source names peers. */
bool speed_fell_back(const struct session *session, const struct link *link, struct ls_instant at);
void speed_report_fall_back(struct ls_engine *engine, const struct session *session,
			    const struct link *link, struct ls_instant at);
/* … which left a USB 2 bus and turned up as SuperSpeed: its plug or its driver went on to USB 3. */
bool speed_rose(const struct session *session, const struct link *link, struct ls_instant at);
/* @session begins: compared with earlier ones on the same socket. */
void speed_of_sessions(struct ls_engine *engine, const struct session *session,
		       const struct link *link, struct ls_instant at);
