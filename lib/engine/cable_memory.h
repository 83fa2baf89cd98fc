#pragma once
/* Which cable a device had on a socket, and what is assumed when it comes back. */
#include "lib/engine/state.h"

/* Keeps the label of @session for its device and socket; "" forgets it. */
void cable_memory_keep(struct ls_engine *engine, const struct ls_session *session);
/* Gives a session that begins the label that its device had here before. */
void cable_memory_assume(struct ls_engine *engine, struct session *session);
/* Reports the label that was assumed, if one was. */
void cable_memory_report(struct ls_engine *engine, const struct session *session);
