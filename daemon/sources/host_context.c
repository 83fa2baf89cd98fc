#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/sources/host_context.h"
#include "daemon/base/small_file.h"
#include "daemon/base/state.h"
#include "daemon/sources/transfers.h"
#include "lib/observe/host_context.h"
#include "lib/base/port.h"

#define ONCE_US (1 * LS_SEC)
/* The pressure is that of the last 10 s: for an older drop it is not known any more. */
#define FRESH_US     (5 * LS_SEC)
#define MAX_DEVICES  256
#define MAX_REPORTED 32
#define SMALL	     512
#define USBFS_MEMORY "/sys/module/usbcore/parameters/usbfs_memory_mb"

struct host_context {
	struct host_context_options with;
	struct known {
		char port[LS_PORT_NAME_MAX]; /* "" is free */
		struct ls_host_power power;
	} devices[MAX_DEVICES];
	size_t n_devices;		/* ever */
	int64_t reported[MAX_REPORTED]; /* the last incidents that have it */
	size_t n_reported;		/* ever */
	uint64_t last_mono;
};

static bool
is_word(const char *text, const char *word)
{
	size_t len = strlen(word);

	return strncmp(text, word, len) == 0 && (text[len] == '\n' || !text[len]);
}

static void
read_power(const char *root, const char *device, struct ls_host_power *ret)
{
	static const char attribute[] = "%s/sys/bus/usb/devices/%s/power/%s";
	char text[SMALL];
	size_t len;

	*ret = (struct ls_host_power){ .autosuspend = LS_AUTOSUSPEND_UNKNOWN };
	if (!small_file_read(text, sizeof(text), attribute, root, device, "control"))
		return;
	ret->autosuspend = is_word(text, "auto") ? LS_AUTOSUSPEND_ON : LS_AUTOSUSPEND_OFF;
	len = small_file_read(text, sizeof(text), attribute, root, device, "autosuspend_delay_ms");
	(void)ls_host_number_parse(text, len, &ret->delay_ms);
	(void)small_file_read(text, sizeof(text), attribute, root, device, "runtime_status");
	ret->suspended = is_word(text, "suspended");
}

static struct known *
find(struct host_context *host_context, const char *port)
{
	for (size_t i = 0; i < MAX_DEVICES; i++) {
		if (strcmp(host_context->devices[i].port, port) == 0)
			return &host_context->devices[i];
	}
	return NULL;
}

/* The uevent of udevd comes after its rules have run, which may switch autosuspend on. */
static void
remember(struct host_context *host_context, const struct ls_observation *obs)
{
	struct known *known = find(host_context, obs->port);

	if (obs->source != LS_SOURCE_UDEV)
		return;
	if (!known)
		known = &host_context->devices[host_context->n_devices++ % MAX_DEVICES];
	memcpy(known->port, obs->port, sizeof(known->port));
	read_power(host_context->with.root, obs->port, &known->power);
}

struct same_controller {
	uint16_t bus;
	const char *path; /* of the controller of @bus; NULL until it was met */
	uint16_t buses[LS_MAX_BUSES];
	size_t n_buses;
};

static void
find_path(uint16_t bus, const char *controller, const char *description, void *user)
{
	struct same_controller *same = user;

	(void)description;
	if (bus == same->bus)
		same->path = controller;
}

static void
find_buses(uint16_t bus, const char *controller, const char *description, void *user)
{
	struct same_controller *same = user;

	(void)description;
	if (same->path && strcmp(controller, same->path) == 0 && same->n_buses < LS_MAX_BUSES)
		same->buses[same->n_buses++] = bus;
}

/* Both buses of a controller share its memory, and often the power of the sockets. */
static int
count_others(const struct host_context *host_context, const struct ls_observation *obs,
	     const struct transfers *transfers)
{
	const struct ls_flow_meter *flow = transfers ? transfers_flow(transfers) : NULL;
	struct same_controller same = { .bus = ls_port_bus(obs->port) };
	int n = 0;

	if (!flow)
		return -1;
	ls_engine_visit_buses(host_context->with.engine, find_path, &same);
	ls_engine_visit_buses(host_context->with.engine, find_buses, &same);
	for (size_t i = 0; i < same.n_buses; i++)
		n += (int)ls_flow_meter_flowing(flow, same.buses[i]);
	return n;
}

static void
read_machine(const char *root, struct ls_host_context *ret)
{
	static const char *const files[LS_N_HOST_RESOURCES] = {
		[LS_HOST_MEMORY] = "memory",
		[LS_HOST_CPU] = "cpu",
		[LS_HOST_IO] = "io",
	};
	char text[SMALL];
	size_t len;

	for (size_t i = 0; i < LS_COUNT(files); i++) {
		len = small_file_read(text, sizeof(text), "%s/proc/pressure/%s", root, files[i]);
		(void)ls_host_pressure_parse(text, len, &ret->pressure[i]);
	}
	len = small_file_read(text, sizeof(text), "%s/proc/loadavg", root);
	ret->load = ls_host_load_parse(text, len);
	len = small_file_read(text, sizeof(text), "%s" USBFS_MEMORY, root);
	if (!ls_host_number_parse(text, len, &ret->usbfs_memory_mb))
		ret->usbfs_memory_mb = -1;
}

static bool
is_due(struct host_context *host_context, const struct ls_observation *obs, int64_t incident,
       uint64_t now_us)
{
	if (!incident || obs->at.mono_us + FRESH_US < now_us)
		return false;
	if (host_context->last_mono && now_us < host_context->last_mono + ONCE_US)
		return false;
	for (size_t i = 0; i < MAX_REPORTED; i++) {
		if (host_context->reported[i] == incident)
			return false;
	}
	host_context->reported[host_context->n_reported++ % MAX_REPORTED] = incident;
	host_context->last_mono = now_us;
	return true;
}

static void
report(struct host_context *host_context, const struct ls_observation *about,
       const struct transfers *transfers)
{
	struct ls_host_context context = ls_host_context_unknown;
	const struct known *known = find(host_context, about->port);
	const char *root = host_context->with.root;
	char hub[LS_PORT_NAME_MAX];
	struct ls_observation obs = {
		.source = LS_SOURCE_HOST,
		.kind = LS_OBS_HOST,
		.bus = ls_port_bus(about->port),
	};

	memcpy(obs.port, about->port, sizeof(obs.port));
	read_machine(root, &context);
	if (known)
		context.device = known->power;
	if (ls_port_parent(about->port, hub) > 0)
		read_power(root, hub, &context.hub);
	context.n_others_flowing = count_others(host_context, about, transfers);
	ls_host_context_describe(&context, obs.text);
	obs.at = state_now();
	if (obs.text[0])
		host_context->with.sink(&obs, host_context->with.user);
}

void
host_context_after(struct host_context *host_context, const struct ls_observation *obs,
		   const struct transfers *transfers)
{
	int64_t incident;

	if (!obs->port[0])
		return;
	if (obs->kind == LS_OBS_CONNECTED)
		remember(host_context, obs);
	if (obs->kind != LS_OBS_DISCONNECTED && obs->kind != LS_OBS_ENUM_GAVE_UP)
		return;
	incident = ls_engine_incident_on(host_context->with.engine, obs->port, obs->at);
	if (is_due(host_context, obs, incident, state_now().mono_us))
		report(host_context, obs, transfers);
}

int
host_context_new(const struct host_context_options *options, struct host_context **ret)
{
	struct host_context *host_context = calloc(1, sizeof(*host_context));

	if (!host_context)
		return -ENOMEM;
	host_context->with = *options;
	*ret = host_context;
	return 0;
}

void
host_context_free(struct host_context *host_context)
{
	free(host_context);
}
