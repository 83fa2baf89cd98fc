#pragma once
/*
 * How far one physical event reaches: a hub takes what hangs below it, a controller its buses, a
 * plug both halves of a hub, a power switch the ports that share it. What leaves with them is part
 * of their incident.
 */
#include "lib/engine/state.h"

/* Children and hub, and the reports of several sources of one event, are this close together. */
#define TOGETHER_US (1 * LS_SEC)

bool extent_near(uint64_t a_us, uint64_t b_us, uint64_t span_us);
/* Is @id_path the socket of @incident, or that of the other half of its hub? */
bool extent_is_own(const struct incident *incident, const char *id_path);
/* What is on @link left with @incident, or will, since that is of a hub or controller above it. */
bool extent_covers(struct ls_engine *engine, const struct incident *incident,
		   const struct link *link, struct ls_instant at);
/* @bus, of which no source says whose it is, leaves with the controller of @incident. */
bool extent_takes_bus(struct ls_engine *engine, struct incident *incident, uint16_t bus,
		      struct ls_instant at);
/* The device on @link lost its power with the overloaded port of @incident. */
bool extent_cut_power(struct ls_engine *engine, const struct incident *incident,
		      const struct link *link, struct ls_instant at);
/* Over-current of @link, which is empty as that of @incident is: the board reports both. */
bool extent_is_board(struct ls_engine *engine, const struct incident *incident,
		     const struct link *link, struct ls_instant at);
/* Two hubs left that are the USB 2 and the SuperSpeed half of one. */
bool extent_are_halves(struct ls_engine *engine, const struct incident *a,
		       const struct incident *b);
