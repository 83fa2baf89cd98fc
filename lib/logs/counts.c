#include "lib/logs/counts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_SIZE 32

static const char *const names[] = { LS_LOG_COUNTS(LS_ENUM_NAME) };

const char *
ls_log_count_name(enum ls_log_count count)
{
	return ls_name_of(names, LS_COUNT(names), count);
}

static enum ls_log_count
count_of_failure(enum ls_enum_step step)
{
	switch (step) {
	case LS_STEP_DESCRIPTOR:
	case LS_STEP_ADDRESS:
	case LS_STEP_ENABLE:
	case LS_STEP_DEBOUNCE:
		return LS_LOG_ENUMERATION_FAILURE;
	default: /* wrong descriptors and configurations may be the device's own doing */
		return LS_N_LOG_COUNTS;
	}
}

enum ls_log_count
ls_log_count_of(const struct ls_observation *obs)
{
	switch (obs->kind) {
	case LS_OBS_ENUMERATING:
		return LS_LOG_CONNECT;
	case LS_OBS_DISCONNECTED:
		return LS_LOG_DISCONNECT;
	case LS_OBS_RESET:
		return LS_LOG_RESET;
	case LS_OBS_ENUM_FAILED:
		return count_of_failure(obs->step);
	case LS_OBS_ENUM_GAVE_UP:
		return LS_LOG_ENUMERATION_FAILURE;
	case LS_OBS_OVER_CURRENT:
	case LS_OBS_OVER_CURRENT_CHANGE:
		return LS_LOG_OVER_CURRENT;
	case LS_OBS_EMI:
		return LS_LOG_EMI_DISABLE;
	case LS_OBS_CONTROLLER_DIED:
		return obs->repeated ? LS_N_LOG_COUNTS : LS_LOG_CONTROLLER_DIED;
	case LS_OBS_LINK_TROUBLE:
		return LS_LOG_LINK_TROUBLE;
	case LS_OBS_RESUME_FAILED:
		return LS_LOG_RESUME_FAILURE;
	case LS_OBS_POWER_REJECTED:
		return LS_LOG_POWER_REJECTED;
	case LS_OBS_SLOW:
		return LS_LOG_SPEED_DOWNGRADE;
	case LS_OBS_TRANSFER_ERRORS:
		return LS_LOG_TRANSFER_ERROR;
	case LS_OBS_HOST_LIMIT:
		return LS_LOG_HOST_LIMIT;
	case LS_OBS_CONTROLLER_TROUBLE:
		return obs->repeated ? LS_N_LOG_COUNTS : LS_LOG_CONTROLLER_TROUBLE;
	default:
		return LS_N_LOG_COUNTS;
	}
}

static int
make_room(struct ls_log_counts *counts)
{
	size_t size = counts->size ? counts->size * 2 : FIRST_SIZE;
	struct ls_log_port_counts *ports;

	if (counts->n_ports < counts->size)
		return 1;
	ports = realloc(counts->ports, size * sizeof(*ports));
	if (!ports)
		return -ENOMEM;
	counts->ports = ports;
	counts->size = size;
	return 1;
}

/* 1: *ret is the line of @name, 0: there is no room for more, or -ENOMEM. */
static int
find_port(struct ls_log_counts *counts, const char *name, struct ls_log_port_counts **ret)
{
	size_t i = counts->last;

	if (i >= counts->n_ports || strcmp(counts->ports[i].port, name) != 0)
		for (i = 0; i < counts->n_ports; i++)
			if (strcmp(counts->ports[i].port, name) == 0)
				break;
	if (i == counts->n_ports) {
		if (counts->n_ports == LS_LOG_COUNTS_PORTS)
			return 0;
		if (make_room(counts) < 0)
			return -ENOMEM;
		counts->ports[i] = (struct ls_log_port_counts){ 0 };
		memcpy(counts->ports[i].port, name, strlen(name) + 1);
		counts->n_ports++;
	}
	counts->last = i;
	*ret = &counts->ports[i];
	return 1;
}

static struct ls_log_handle *
find_handle(struct ls_log_counts *counts, const char *handle)
{
	for (size_t i = 0; i < LS_LOG_COUNTS_HANDLES; i++) {
		if (strcmp(counts->handles[i].handle, handle) == 0)
			return &counts->handles[i];
	}
	return NULL;
}

static void
keep_handle(struct ls_log_counts *counts, const struct ls_observation *obs)
{
	struct ls_log_handle *kept = find_handle(counts, obs->handle);

	if (!kept)
		kept = &counts->handles[counts->next_handle++ % LS_LOG_COUNTS_HANDLES];
	memcpy(kept->handle, obs->handle, sizeof(kept->handle));
	memcpy(kept->port, obs->port, sizeof(kept->port));
}

/* A driver may say only "ttyUSB0", or nothing at all: then that or its own name is all that is known. */
static const char *
name_of(struct ls_log_counts *counts, const struct ls_observation *obs)
{
	const struct ls_log_handle *kept;

	if (obs->port[0])
		return obs->port;
	if (!obs->handle[0])
		return obs->controller;
	kept = find_handle(counts, obs->handle);
	if (kept)
		return kept->port;
	return obs->handle;
}

int
ls_log_counts_add(struct ls_log_counts *counts, const struct ls_observation *obs)
{
	enum ls_log_count count = ls_log_count_of(obs);
	struct ls_log_port_counts *port;
	int r;

	if (obs->kind == LS_OBS_HANDLE && obs->handle[0] && obs->port[0])
		keep_handle(counts, obs);
	if (count == LS_N_LOG_COUNTS || !name_of(counts, obs)[0])
		return 0;
	r = find_port(counts, name_of(counts, obs), &port);
	if (r == 1)
		port->n[count]++;
	if (r == 0)
		counts->n_left_out++;
	return r;
}

void
ls_log_counts_done(struct ls_log_counts *counts)
{
	free(counts->ports);
	*counts = (struct ls_log_counts){ 0 };
}
