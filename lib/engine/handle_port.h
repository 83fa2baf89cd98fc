#pragma once
/* What happens to ports and controllers, other than devices that come or go. */
#include "lib/engine/state.h"

void handle_port(struct ls_engine *engine, const struct ls_observation *obs);
/* Something is reported: a computer that was asleep is waking up, whoever says so first. */
void handle_port_awake(struct ls_engine *engine, struct ls_instant at);
