#pragma once
/*
 * Under load or idle: how long usbmon watched each session, how long data flowed meanwhile, and how
 * long it flowed to another device of the same bus.
 */
#include "lib/engine/state.h"

/* Adds the time until @at to the sessions that are present. To be called before anything changes
 * that this depends on: who is there, whose data flows, whether usbmon watches. */
void load_account(struct ls_engine *engine, struct ls_instant at);

/* Does data flow to another device of the bus that @link is on? */
bool load_of_neighbour(const struct ls_engine *engine, const struct link *link);
