#pragma once
/*
 * Does data flow? Checked once a second while data moves, from the counters: reports the edges
 * only. A poll that moves nothing, and a mouse, are no flow.
 */
#include "lib/model/observation.h"
#include "lib/usbmon/traffic.h"

/* Less than this in a second is chatter. */
#define LS_FLOW_MIN_BYTES 4096

struct ls_flow_meter {
	struct ls_metered {
		uint16_t bus; /* 0: free */
		uint8_t devnum;
		bool flows;
		uint64_t bytes; /* at the last check */
	} devices[LS_TRAFFIC_DEVICES];
	unsigned int n_flowing;
};

/*
 * One device with what it moved (ls_traffic_moved), @elapsed_us after the last check. 1: its flow
 * began or ended, *obs is LS_OBS_FLOW without a time; 0: as before.
 */
int ls_flow_meter_look(struct ls_flow_meter *meter, unsigned int bus, unsigned int devnum,
		       const struct ls_traffic_moved *total, uint64_t elapsed_us,
		       struct ls_observation *obs);
/* It has gone: no edge is reported. */
void ls_flow_meter_gone(struct ls_flow_meter *meter, unsigned int bus, unsigned int devnum);

/* How many devices of @bus move data at present. */
unsigned int ls_flow_meter_flowing(const struct ls_flow_meter *meter, unsigned int bus);
