#pragma once
/* How methods that change something reach the engine and the store. */
#include "lib/model/observation.h"

/* All may be NULL: then they call the engine directly, and nothing waits to be written. */
struct server_hooks {
	void (*observe)(const struct ls_observation *obs, void *user);
	int (*flush)(void *user); /* commits the records that wait. 0 or -errno */
	void *user;
};
