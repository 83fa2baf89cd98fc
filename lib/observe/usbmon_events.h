#pragma once
/* Observations of links and ports from usbmon records, live and from captures. */
#include "lib/usbmon/hub.h"
#include "lib/model/observation.h"
#include "lib/usbmon/traffic.h"

/* Failures of one device since the last call: LS_OBS_TRANSFER_ERRORS at @at. */
void ls_usbmon_tell_errors(const struct ls_traffic_evidence *evidence, struct ls_instant at,
			   struct ls_observation *ret);

/*
 * A hub's report about one of its ports: LS_OBS_PORT_STATUS at @at. 1; 0: not relevant, *ret is
 * not written. Relevant are resets and power, whoever requests them, and a port that came, went,
 * was disabled or failed.
 */
int ls_usbmon_tell_port(const struct ls_hub_event *event, struct ls_instant at,
			struct ls_observation *ret);
