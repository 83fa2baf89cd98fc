#pragma once
/*
 * Lines of a log that state something of the link, counted by port before anything is merged.
 * Bounded: what a hostile log names beyond LS_LOG_COUNTS_PORTS ports is counted in @n_left_out.
 */
#include "lib/base/base.h"
#include "lib/model/observation.h"

#define LS_LOG_COUNTS_PORTS   4096
#define LS_LOG_COUNTS_HANDLES 32 /* the oldest gives way */

#define LS_LOG_COUNTS(X)                                                                           \
	X(LS_LOG_CONNECT, "connect")                                                               \
	X(LS_LOG_DISCONNECT, "disconnect")                                                         \
	X(LS_LOG_RESET, "reset")                                                                   \
	X(LS_LOG_ENUMERATION_FAILURE, "enumeration-failure")                                       \
	X(LS_LOG_OVER_CURRENT, "over-current")                                                     \
	X(LS_LOG_EMI_DISABLE, "emi-disable")                                                       \
	X(LS_LOG_CONTROLLER_DIED, "controller-died")                                               \
	X(LS_LOG_LINK_TROUBLE, "link-trouble")                                                     \
	X(LS_LOG_RESUME_FAILURE, "resume-failure")                                                 \
	X(LS_LOG_POWER_REJECTED, "power-rejected")                                                 \
	X(LS_LOG_SPEED_DOWNGRADE, "speed-downgrade")                                               \
	X(LS_LOG_TRANSFER_ERROR, "transfer-error")                                                 \
	X(LS_LOG_HOST_LIMIT, "host-limit")                                                         \
	X(LS_LOG_CONTROLLER_TROUBLE, "controller-trouble")

enum ls_log_count { LS_LOG_COUNTS(LS_ENUM_ID) LS_N_LOG_COUNTS };

/* "connect", "enumeration-failure", …: names in JSON. Never NULL. */
const char *ls_log_count_name(enum ls_log_count count);

/* What the line behind @obs is counted as, or LS_N_LOG_COUNTS: not at all. */
enum ls_log_count ls_log_count_of(const struct ls_observation *obs);

struct ls_log_port_counts {
	char port
		[LS_ID_PATH_MAX]; /* kernel name, "usb1", a controller "0000:00:14.0", or what a driver says
				     instead */
	uint64_t n[LS_N_LOG_COUNTS];
};

struct ls_log_handle {
	char handle[LS_HANDLE_MAX], port[LS_PORT_NAME_MAX];
};

struct ls_log_counts {
	struct ls_log_port_counts *ports; /* in the order of their first line */
	size_t n_ports;
	uint64_t n_left_out;
	/* The rest is its own. */
	size_t size;
	size_t last;					     /* lines of one port come together */
	struct ls_log_handle handles[LS_LOG_COUNTS_HANDLES]; /* whose ports drivers named */
	size_t next_handle;
};

/* 1: counted, 0: not a line that is counted, or left out, -ENOMEM. */
int ls_log_counts_add(struct ls_log_counts *counts, const struct ls_observation *obs);
/* Leaves an empty one, which { 0 } is, too. */
void ls_log_counts_done(struct ls_log_counts *counts);
