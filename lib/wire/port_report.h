#pragma once
/*
 * What a report has of one port: from the history (daemon/store) or from a capture or log
 * (cli/offline), and as the PortReport of the contract.
 */
#include "lib/attribution/rate.h"
#include "lib/attribution/trend.h"
#include "lib/model/record.h"
#include "lib/usbmon/usbmon.h"
#include "lib/wire/wire.h"

#define LS_REPORT_STATUSES 32

struct ls_status_count {
	int status; /* 0: one that is not counted by itself (lib/usbmon/usbmon.h) */
	int64_t n;
};

/* What every report of a port has. */
struct ls_port_counts {
	double connected_seconds;
	int64_t sessions, connects, disconnects, drops, resets;
	int64_t enumeration_failures, over_currents;
	int64_t incidents_by_cause[LS_N_CAUSES];
	int64_t transfers; /* completed */
	int64_t bytes_in, bytes_out, submit_errors;
	int64_t errors_by_class[LS_N_TRANSFER_CLASSES]; /* 0 at LS_TRANSFER_OK */
	size_t n_statuses; /* failures by status; what there is no room for is by class only */
	struct ls_status_count errors_by_status[LS_REPORT_STATUSES];
	bool has_device; /* the latest one there */
	struct ls_device device;
};

/* Times of the transfers of one type. n 0: none ended. */
struct ls_latency_times {
	int64_t n, p50_us, p99_us, max_us;
	bool has_p50;
};

/* Failures of one endpoint; none: n_statuses is 0. */
struct ls_endpoint_errors {
	int64_t by_class[LS_N_TRANSFER_CLASSES];
	size_t n_statuses;
	struct ls_status_count by_status[LS_REPORT_STATUSES];
};

/* Traffic is counted where its minute, or after two days its hour, began in the asked span. */
struct ls_port_report {
	int64_t id; /* its row, for the next page; 0: not of a history */
	struct ls_socket socket;
	const char *label;  /* NULL: none */
	const char *cables; /* labels, each ended by a newline; NULL: none. Borrowed */
	struct ls_port_counts counts;
	/* By enum ls_xfer. Quantiles are those of the worst minute; without p50 where an hour is in
	 * the span. */
	struct ls_latency_times latency[LS_N_XFERS];
	struct ls_endpoint_errors endpoints[LS_N_ENDPOINTS]; /* index: as in lib/usbmon/traffic.h */
	/* Of the connected time, the longest without a drop. Drops within a minute are one. */
	double longest_clean_seconds;
	struct ls_history history; /* its sessions, where something dropped; else empty */
	bool has_trend;		   /* a change (lib/attribution/trend.h); since_us is real time */
	struct ls_trend trend;
	const char *came_kind; /* "cable", "hub", "device": new there at that time; or NULL */
	char came[LS_STRING_MAX];
};

/* A new reference, or NULL when memory is short; as in wire.h. */
json_t *ls_wire_port_report(const struct ls_port_report *report);
/* A Latency of the contract. */
json_t *ls_wire_latency(const struct ls_latency_times *times);
/* Adds connected_seconds to transfer_errors_by_status of a PortReport to @object. 0 or -ENOMEM. */
int ls_wire_put_port_counts(json_t *object, const struct ls_port_counts *counts);
