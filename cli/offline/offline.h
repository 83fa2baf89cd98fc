#pragma once
/*
 * The engine's answer about what lies in files: observations in, ports and incidents out. Memory is
 * bounded; what a limit leaves out is counted, and offline_notes() says so.
 *
 * Ports bear the names that the kernel log uses: "1-1.2", a root hub "usb4", a controller
 * "0000:00:14.0". One engine follows one boot; a new one begins where offline_new_boot() says so.
 */
#include "lib/engine/engine.h"
#include "lib/logs/counts.h"

struct offline;

/* Incidents are numbered from @first_incident. 0 or -ENOMEM. */
int offline_new(int64_t first_incident, struct offline **ret);
void offline_free(struct offline *offline); /* NULL is fine */
LS_DEFINE_AUTO(offline)

/* Times on the mono clock count from anything; they only grow within one boot, but for some 10 ms.
 * What has no date has its boot clock as a real time, from 1970 on. */
void offline_observe(struct offline *offline, const struct ls_observation *obs);
/* Time goes on without anything to tell. */
void offline_advance(struct offline *offline, struct ls_instant now);
/* What follows is of another boot: what pends stays as it is. */
void offline_new_boot(struct offline *offline);
/* The end of all files. Only then what cli/offline/offline_json.h has may be asked for. */
void offline_finish(struct offline *offline);

/* Counts of a port beside what the engine says; @port as the kernel names it. */
void offline_count_lines(struct offline *offline, const struct ls_log_counts *counts);
void offline_add_traffic(struct offline *offline, const char *port,
			 const struct ls_traffic_sum *sum);
void offline_set_device(struct offline *offline, const char *port, const struct ls_device *device);

/* The log has no times at all: how long a device was away, which tells most, is not known. */
void offline_set_timeless(struct offline *offline);

/* "1-1.2", "usb1" or "0000:00:14.0"; for a device without a place "bus 1 device 8". */
void offline_socket_name(const struct ls_socket *socket, char name[LS_ID_PATH_MAX]);
