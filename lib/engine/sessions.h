#pragma once
/* Sessions: they begin, go on through drops and changes of mode, and end. */
#include "lib/engine/state.h"

/* The device on @link was identified: continues, pairs up or begins a session. */
void sessions_identify(struct ls_engine *engine, struct link *link, struct ls_instant at);
/* The device on @link left. */
void sessions_leave(struct ls_engine *engine, struct link *link, struct ls_instant at);
uint64_t sessions_deadline(const struct ls_engine *engine);
void sessions_advance(struct ls_engine *engine, struct ls_instant at);
/* The open session on the kernel port @port, present or waiting for a return; NULL if none. */
struct session *sessions_on_port(struct ls_engine *engine, const char *port);
/* Ends @session at @at, while it is present, and begins another one in its place. */
struct session *sessions_split(struct ls_engine *engine, struct session *session,
			       struct ls_instant at);
/* From before a restart: 1, or -ENOSPC. */
int sessions_restore(struct ls_engine *engine, const struct ls_session *pub);
