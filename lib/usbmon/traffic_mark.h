#pragma once
/*
 * What a device moved since a chosen moment, from counts that another part takes
 * (ls_traffic_take()) at its own times. Modular arithmetic: what was taken is subtracted from the
 * mark, below zero if need be.
 */
#include "lib/usbmon/traffic.h"

struct ls_traffic_tally {
	uint64_t n_completed, bytes_in, bytes_out;
	uint64_t n_errors; /* of the link: see ls_traffic_evidence */
	uint64_t n_stalls;
};

struct ls_traffic_mark {
	struct ls_traffic_tally tally;
	struct ls_latency latency[LS_N_XFERS];
	uint64_t longest_taken_us[LS_N_XFERS]; /* since the mark was set */
};

struct ls_traffic_change {
	struct ls_traffic_tally tally;
	struct ls_latency latency[LS_N_XFERS]; /* the longest as in ls_latency_since() */
};

/* @counts as of ls_traffic_peek(). A mark of zeros is one set when they were empty. */
void ls_traffic_mark_set(struct ls_traffic_mark *mark, const struct ls_traffic_counts *counts);
/* @counts were taken and begin again at 0: call it after each take. */
void ls_traffic_mark_taken(struct ls_traffic_mark *mark, const struct ls_traffic_counts *counts);
void ls_traffic_change(const struct ls_traffic_mark *mark, const struct ls_traffic_counts *counts,
		       struct ls_traffic_change *ret);
