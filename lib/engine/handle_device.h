#pragma once
/* Devices that come and go, and scans. */
#include "lib/engine/state.h"

void handle_device(struct ls_engine *engine, const struct ls_observation *obs);
uint64_t handle_device_deadline(const struct ls_engine *engine);
void handle_device_advance(struct ls_engine *engine, struct ls_instant at);
/* Nothing follows: what is about to start counts as present. */
void handle_device_end(struct ls_engine *engine);
