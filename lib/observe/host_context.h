#pragma once
/*
 * How the machine was when a link dropped, from the texts of /proc and sysfs to one line for
 * people: what is notable first, else that all was well.
 */
#include "lib/base/base.h"
#include "lib/model/observation.h"

enum ls_host_resource { LS_HOST_MEMORY, LS_HOST_CPU, LS_HOST_IO, LS_N_HOST_RESOURCES };

/* /proc/pressure/…: of the last 10 s, the share in percent in which some task, or all of them,
 * waited for it (Documentation/accounting/psi.rst). */
struct ls_host_pressure {
	bool known;
	double some, full;
};

/* power/control and autosuspend_delay_ms of a device. */
enum ls_autosuspend { LS_AUTOSUSPEND_UNKNOWN, LS_AUTOSUSPEND_OFF, LS_AUTOSUSPEND_ON };
struct ls_host_power {
	enum ls_autosuspend autosuspend;
	int delay_ms;	/* meaningful if it is on; negative: never */
	bool suspended; /* power/runtime_status: it slept at that moment */
};

struct ls_host_context {
	struct ls_host_pressure pressure[LS_N_HOST_RESOURCES];
	double load; /* of the last minute; negative: unknown */
	struct ls_host_power device, hub;
	int usbfs_memory_mb;  /* 0: no limit; negative: unknown */
	int n_others_flowing; /* devices of the same controller that moved data; negative: unknown */
};

/* Nothing is known. */
extern const struct ls_host_context ls_host_context_unknown;

/* "some avg10=1.53 avg60=… \nfull avg10=…"; false: not of this shape. "full" may be missing. */
bool ls_host_pressure_parse(const char *text, size_t len, struct ls_host_pressure *ret);
/* "0.42 0.36 0.30 1/234 5678"; negative if it is not of this shape. */
double ls_host_load_parse(const char *text, size_t len);
/* A whole number up to 2^30 in either direction and an optional line end. */
bool ls_host_number_parse(const char *text, size_t len, int *ret);

/* One clean line; "" if nothing is known at all. */
void ls_host_context_describe(const struct ls_host_context *context, char text[LS_TEXT_MAX]);
