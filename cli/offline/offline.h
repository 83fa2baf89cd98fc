#pragma once
/*
 * The engine applied to files: observations in, ports and incidents out. Memory is bounded; what
 * exceeds a limit is counted and reported by offline_notes(). Ports have the names of the kernel
 * log: "1-1.2", a root hub "usb4", a controller "0000:00:14.0". One engine follows one boot;
 * offline_new_boot() starts the next.
 */
#include "lib/engine/engine.h"
#include "lib/logs/counts.h"

struct offline;

/* Incidents are numbered from @first_incident. 0 or -ENOMEM. */
int offline_new(int64_t first_incident, struct offline **ret);
void offline_free(struct offline *offline); /* NULL is fine */
LS_DEFINE_AUTO(offline)

/*
 * Mono times may start anywhere; within one boot they never go back by more than some 10 ms. An
 * observation without a date has its boot clock as real time, counted from 1970.
 */
void offline_observe(struct offline *offline, const struct ls_observation *obs);
/* Advances the time without an observation. */
void offline_advance(struct offline *offline, struct ls_instant now);
/* What follows belongs to another boot; pending incidents stay as they are. */
void offline_new_boot(struct offline *offline);
/* The end of all files. The functions of cli/offline/offline_json.h may be called only after it. */
void offline_finish(struct offline *offline);

/* Counts of a port in addition to those of the engine; @port is its kernel name. */
void offline_count_lines(struct offline *offline, const struct ls_log_counts *counts);
void offline_add_traffic(struct offline *offline, const char *port,
			 const struct ls_traffic_sum *sum);
void offline_set_device(struct offline *offline, const char *port, const struct ls_device *device);

/* The log has no times, so how long a device was away, the best evidence, is unknown. */
void offline_set_timeless(struct offline *offline);

/* "1-1.2", "usb1" or "0000:00:14.0"; "bus 1 device 8" for a device whose port is unknown. */
void offline_socket_name(const struct ls_socket *socket, char name[LS_ID_PATH_MAX]);
