#pragma once
/* Sources that become available or unavailable, or that lost records. */
#include "lib/engine/state.h"

void handle_source(struct ls_engine *engine, const struct ls_observation *obs);
