#pragma once
/* What happens to ports and controllers, other than devices that come or go. */
#include "lib/engine/state.h"

void handle_port(struct ls_engine *engine, const struct ls_observation *obs);
