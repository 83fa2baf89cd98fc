#pragma once
/*
 * What controllers reported of themselves in the last seconds. A device that fails to start, or is
 * reset, at the moment in which its controller does not complete a command is not to blame.
 */
#include "lib/engine/state.h"

/* @fact: LS_FACT_CONTROLLER_TROUBLE or LS_FACT_HOST_LIMIT. @controller: its ID_PATH. */
const struct controller_report *controllers_keep(struct ls_engine *engine, const char *controller,
						 uint64_t fact, const struct ls_observation *obs);
/* What the controller of the port @name, if it may be its own, reported at about @at; or NULL. */
const struct controller_report *controllers_near(struct ls_engine *engine, const char *name,
						 struct ls_instant at);
/* It reported trouble within the last seconds. */
bool controllers_reported(const struct ls_engine *engine, const char *controller,
			  struct ls_instant at);
/* @bus may be of @controller: it is, or nothing says whose it is, or which buses that has. */
bool controllers_may_have(struct ls_engine *engine, const char *controller, uint16_t bus);
