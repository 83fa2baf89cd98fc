#pragma once
/* What is counted of the transfers of one device (lib/usbmon/traffic.h counts it). */
#include "lib/usbmon/latency.h"
#include "lib/usbmon/usbmon.h"

/* Index: number, +16 for IN; control transfers by the way of their data. */
#define LS_N_ENDPOINTS 32
static inline unsigned int
ls_endpoint_index(uint8_t address)
{
	return (address & 15u) | (address >> 3 & 16u);
}

/* The first 64 bytes are all that a transfer without failure touches. */
struct ls_endpoint_counts {
	uint64_t bytes;	      /* that really moved */
	uint64_t n_submitted; /* with those that failed to be */
	uint64_t n_pending;   /* under way now, not a count; too high where completions were lost */
	uint64_t n_refused;   /* submissions that the host controller's driver refused ('E') */
	uint64_t n_iso_packets, n_iso_errors;
	uint64_t by_status[LS_N_STATUS_ROWS]; /* completions by row of ls_status_rows */
};

struct ls_traffic_counts {
	struct ls_endpoint_counts endpoints[LS_N_ENDPOINTS];
	struct ls_latency latency[LS_N_XFERS]; /* submission to completion, failed ones too */
	uint64_t refused_by_status[LS_N_STATUS_ROWS];
};

/* Adds @from to @into, but not what is under way: that is a state, and stays where it is. */
void ls_traffic_counts_merge(struct ls_traffic_counts *into, const struct ls_traffic_counts *from);

/* The same over all endpoints. */
struct ls_traffic_sum {
	uint64_t n_submitted, n_completed, n_pending, n_refused;
	uint64_t bytes_in, bytes_out;
	uint64_t n_iso_packets, n_iso_errors;
	uint64_t by_class[LS_N_TRANSFER_CLASSES];
	uint64_t by_status[LS_N_STATUS_ROWS];
};
void ls_traffic_sum(const struct ls_traffic_counts *counts, struct ls_traffic_sum *ret);
uint64_t ls_endpoint_completed(const struct ls_endpoint_counts *endpoint);
uint64_t ls_endpoint_by_class(const struct ls_endpoint_counts *endpoint,
			      enum ls_transfer_class class);
