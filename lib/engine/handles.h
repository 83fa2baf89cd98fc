#pragma once
/*
 * Names that drivers give to (a part of) a device, "ttyUSB0" or "host6": by them later lines of
 * the kernel log find its port. uas never says which port its host is on.
 */
#include "lib/engine/state.h"

/* @handle is on @link from now on, wherever it was before. */
void handles_keep(struct ls_engine *engine, const char *handle, const struct link *link);
/* NULL if it is not known. */
struct link *handles_find(struct ls_engine *engine, const char *handle);
/* Failed transfers of a SCSI host whose port is not known: the reset that follows may show it. */
void handles_hold(struct ls_engine *engine, const struct ls_observation *obs);
/* The device on @link was reset at @at. 1: the errors that were held are its own, as one
 * observation; 0: there are none. */
int handles_claim(struct ls_engine *engine, const struct link *link, struct ls_instant at,
		  struct ls_observation *ret);
