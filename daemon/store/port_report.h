#pragma once
/* What a report says of a port. */
#include "lib/attribution/trend.h"
#include "lib/model/record.h"

#define STORE_REPORT_STATUSES 32

struct store_status_count {
	int status; /* 0: one that is not counted by itself (lib/usbmon/usbmon.h) */
	int64_t n;
};

/* Failures of one endpoint; none: n_statuses is 0. */
struct store_endpoint_errors {
	int64_t by_class[LS_N_TRANSFER_CLASSES];
	size_t n_statuses;
	struct store_status_count by_status[STORE_REPORT_STATUSES];
};

/* Traffic is counted where its minute, or after two days its hour, began in the asked span. */
struct store_port_report {
	struct ls_socket socket;
	const char *label;  /* NULL: none */
	const char *cables; /* labels, each ended by a newline; NULL: none. Borrowed */
	double connected_seconds;
	int64_t sessions, connects, disconnects, drops, resets;
	int64_t enumeration_failures, over_currents;
	int64_t incidents_by_cause[LS_N_CAUSES];
	int64_t transfers; /* completed */
	int64_t bytes_in, bytes_out, submit_errors;
	int64_t errors_by_class[LS_N_TRANSFER_CLASSES]; /* 0 at LS_TRANSFER_OK */
	size_t n_statuses; /* failures by status; what there is no room for is by class only */
	struct store_status_count errors_by_status[STORE_REPORT_STATUSES];
	/* By enum ls_xfer. n 0: none ended. Quantiles are those of the worst minute or hour. */
	struct store_latency {
		int64_t n, p50_us, p99_us, max_us;
		bool has_p50; /* not where an hour is in the span, see store_roll_up() */
	} latency[LS_N_XFERS];
	struct store_endpoint_errors endpoints[LS_N_ENDPOINTS]; /* index: as in traffic.h */
	/* Of the connected time, the longest without a drop. Drops within a minute are one. */
	double longest_clean_seconds;
	bool has_trend; /* a change that is told (lib/attribution/trend.h); since_us is real time */
	struct ls_trend trend;
	const char *came_kind; /* "cable", "hub", "device": new there at that time; or NULL */
	char came[LS_STRING_MAX];
	bool has_device; /* the latest one there */
	struct ls_device device;
};
