#pragma once
/* Sums of what ended long ago, and a port in the course of time. */
#include "lib/base/base.h"

struct ls_port_report;
struct store;
struct store_exposure;

/*
 * Adds sessions that ended some days ago to the sums that long questions are answered from, a part
 * in a transaction of its own. Gaps that are reported later do not change them. 1: call again
 * soon, 0: nothing is left to do, or -errno. Not within a batch.
 */
int store_sum_up(struct store *store, struct ls_instant now);

/* The longest time without a drop on a port, and its trend. 0 or -errno. */
int store_report_series(const struct store_exposure *asked, int64_t port,
			struct ls_port_report *report);
