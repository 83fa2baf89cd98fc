#pragma once
/* Inside of cli/offline/offline.h: what offline.c keeps and offline_json.c tells. */
#include "cli/offline/offline.h"

struct offline_port {
	char name[LS_ID_PATH_MAX];
	int64_t connects, disconnects, drops, resets, enumeration_failures, over_currents;
	int64_t n_sessions;
	uint64_t connected_us;
	int64_t incidents_by_cause[LS_N_CAUSES];
	uint64_t lines[LS_N_LOG_COUNTS]; /* that state each, before they are merged */
	struct ls_traffic_sum traffic;
	bool has_device;
	struct ls_device device;
};

struct offline_incident {
	bool counted; /* its boot is over, or it is closed */
	struct ls_incident last;
};

struct offline {
	struct ls_engine *engine;
	struct ls_families *families;
	struct ls_instant now;
	int64_t next_incident;
	struct offline_port *ports[OFFLINE_PORTS];
	size_t n_ports;
	uint64_t n_ports_left_out; /* events and the like of ports beyond the cap */
	struct offline_incident *incidents[OFFLINE_INCIDENTS];
	size_t n_incidents;
	uint64_t n_incidents_left_out;
	char notes[OFFLINE_NOTES][LS_TEXT_MAX];
	size_t n_notes;
	bool no_memory;
	bool timeless;
};

/* "1-1.2", "usb1" or "0000:00:14.0"; for a device without a place "bus 1 device 8". */
void offline_socket_name(const struct ls_socket *socket, char name[LS_ID_PATH_MAX]);
