#pragma once
/* The data that offline.c collects and offline_json.c prints, and its limits. */
#include "lib/engine/engine.h"
#include "lib/logs/counts.h"
#include "lib/wire/port_report.h"

#define OFFLINE_PORTS	  1024
#define OFFLINE_INCIDENTS 1000 /* the first and the last; all are counted */
#define OFFLINE_NOTES	  16

struct offline_port {
	char name[LS_ID_PATH_MAX];
	struct ls_port_counts counts; /* without what is below */
	uint64_t connected_us;
	uint64_t lines[LS_N_LOG_COUNTS]; /* that state each, before they are merged */
	struct ls_traffic_sum traffic;
};

struct offline_incident {
	bool counted; /* its boot is over, or it is closed */
	struct ls_incident last;
};

struct offline {
	struct ls_engine *engine;
	const struct ls_families *families;
	struct ls_instant now;
	int64_t next_incident;
	struct offline_port *ports[OFFLINE_PORTS];
	size_t n_ports;
	uint64_t n_ports_left_out; /* events of ports beyond the limit */
	struct offline_incident *incidents[OFFLINE_INCIDENTS];
	size_t n_incidents;
	uint64_t n_incidents_left_out;
	char notes[OFFLINE_NOTES][LS_TEXT_MAX];
	size_t n_notes;
	uint64_t n_lost; /* messages of the kernel … */
	int n_losses;	 /* … at so many places */
	bool no_memory;
	bool timeless;
};
