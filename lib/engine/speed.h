#pragma once
/* A device that runs slower than it did. */
#include "lib/engine/state.h"

/* Another device takes @link: what it was and how fast is kept for comparison. */
void speed_remember(struct link *link);
/* The device of @session comes back within its stay; @session still has the speed of before. */
void speed_in_stay(struct ls_engine *engine, const struct session *session, const struct link *link,
		   struct ls_instant at);
/* A stay begins: compared with earlier ones on the same socket. */
void speed_of_stays(struct ls_engine *engine, const struct session *session,
		    const struct link *link, struct ls_instant at);
