#pragma once
/* How methods that change something reach the engine and the store. */
#include "lib/model/observation.h"

typedef void (*server_observation_fn)(const struct ls_observation *obs, void *user);

/* All may be NULL: then they call the engine directly, nothing waits to be written, and no bus is known. */
struct server_hooks {
	/* Gives @fn the buses and devices that are there now. */
	void (*scan)(server_observation_fn fn, void *fn_user, void *user);
	void (*observe)(const struct ls_observation *obs, void *user);
	int (*flush)(void *user); /* commits the records that wait. 0 or -errno */
	void *user;
};
