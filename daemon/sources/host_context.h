#pragma once
/*
 * How the machine was when a link dropped: read once for each incident, at its first loss, and at
 * most once a second in all, so that a storm costs nothing. What sysfs knew of a device is kept from
 * when it came, because its directory disappears with it.
 */
#include "daemon/sources/source.h"
#include "lib/base/base.h"
#include "lib/engine/engine.h"

struct host_context;
struct transfers;

struct host_context_options {
	const char *root; /* put before /proc and /sys; "" for this computer's */
	struct ls_engine *engine;
	source_sink_fn sink;
	void *user;
};

/* All of @options must outlive it. 0 or -ENOMEM. */
int host_context_new(const struct host_context_options *options, struct host_context **ret);
void host_context_free(struct host_context *host_context);
LS_DEFINE_AUTO(host_context)

/* After the engine has seen @obs. @transfers: the flow at that time; NULL: not known. */
void host_context_after(struct host_context *host_context, const struct ls_observation *obs,
			const struct transfers *transfers);
