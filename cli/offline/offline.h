#pragma once
/*
 * The engine's answer about what lies in files: observations in, ports and incidents out. Memory is
 * bounded; what a cap leaves out is counted, and offline_notes() says so.
 *
 * Ports bear the names that the kernel log uses: "1-1.2", a root hub "usb4", a controller
 * "0000:00:14.0". One engine follows one boot; a new one begins where offline_new_boot() says so.
 */
#include "lib/engine/engine.h"
#include "lib/logs/counts.h"
#include "lib/wire/wire.h"

#define OFFLINE_PORTS	  1024
#define OFFLINE_INCIDENTS 1000 /* the first and the last; all are counted */
#define OFFLINE_NOTES	  16

struct offline;

/* Incidents are numbered from @first_incident. 0 or -ENOMEM. */
int offline_new(int64_t first_incident, struct offline **ret);
/* The number that the next incident would get. */
int64_t offline_next_incident(const struct offline *offline);
void offline_free(struct offline *offline); /* NULL is fine */
LS_DEFINE_AUTO(offline)

/* Times on the mono clock count from anything; they only grow within one boot, but for some 10 ms.
 * What has no date has its boot clock as a real time, from 1970 on. */
void offline_observe(struct offline *offline, const struct ls_observation *obs);
/* Time goes on without anything to tell. */
void offline_advance(struct offline *offline, struct ls_instant now);
/* What follows is of another boot: what pends stays as it is. */
void offline_new_boot(struct offline *offline);
/* The end of all files. Only then what follows may be asked for. */
void offline_finish(struct offline *offline);

/* Counts of a port beside what the engine says; @port as the kernel names it. */
void offline_count_lines(struct offline *offline, const struct ls_log_counts *counts);
void offline_add_traffic(struct offline *offline, const char *port,
			 const struct ls_traffic_sum *sum);
void offline_set_device(struct offline *offline, const char *port, const struct ls_device *device);

/* The log has no times at all: how long a device was away, which tells most, is not known. */
void offline_set_timeless(struct offline *offline);

/* New references, NULL if memory is short. Each object says which @files it is about. */
json_t *offline_ports(const struct offline *offline, json_t *files);
json_t *offline_incidents(const struct offline *offline, json_t *files);
/* What could not be followed or kept, as sentences. */
json_t *offline_notes(const struct offline *offline);
