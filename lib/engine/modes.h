#pragma once
/* Sessions in the modes of their device's family: which one now, and was the change expected? */
#include "lib/engine/state.h"

/* @facts: of the open incident of the session, 0 if there is none. */
void modes_compare(struct ls_engine *engine, struct session *before, const struct link *link,
		   uint64_t facts, struct return_match *ret);
/* The caller emits the session. */
void modes_enter(struct ls_engine *engine, struct session *session, const struct ls_mode *mode,
		 struct ls_instant at);
void modes_begin(struct ls_engine *engine, struct session *session, const struct ls_device *device,
		 struct ls_instant at);
