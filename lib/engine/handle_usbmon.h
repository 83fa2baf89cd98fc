#pragma once
/* What usbmon shows: port status reported by hubs, failed transfers, data that flows or stalls. */
#include "lib/engine/state.h"

void handle_usbmon(struct ls_engine *engine, const struct ls_observation *obs);
/* Transfers of the device on @link failed: usbmon counted them, or its driver reported one. */
void handle_usbmon_errors(struct ls_engine *engine, struct link *link,
			  const struct ls_observation *obs);
uint64_t handle_usbmon_deadline(const struct ls_engine *engine);
void handle_usbmon_advance(struct ls_engine *engine, struct ls_instant at);
