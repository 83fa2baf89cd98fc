#pragma once
/* What drivers report in the kernel log: transfers that failed, and devices that they let go. */
#include "lib/engine/state.h"

void handle_driver(struct ls_engine *engine, const struct ls_observation *obs);
/* A device comes up on the port of @obs: what was let go before has left. */
void handle_driver_before_arrival(struct ls_engine *engine, const struct ls_observation *obs);
/* At the end of a file nothing more will say why a device was let go. */
void handle_driver_end(struct ls_engine *engine);
uint64_t handle_driver_deadline(const struct ls_engine *engine);
void handle_driver_advance(struct ls_engine *engine, struct ls_instant at);
