#pragma once
/* What the methods answer from; the user pointer of the service. */
#include "daemon/base/state.h"
#include "daemon/server/hooks.h"
#include "daemon/server/varlink.h"

struct import;
struct store;

struct context {
	struct store *store;
	const struct daemon_state *state;
	struct server_hooks hooks;
	struct import *import; /* in progress, or NULL; owned by method_import.c */
	const struct varlink_peer *importer;
};

/* 1, or 0: @reply says that the client has no permission, or -errno. */
int context_may_change(const struct varlink_call *call, struct varlink_reply *reply);
/* By the hook, or directly. */
void context_observe(const struct context *context, const struct ls_observation *obs);
/* Writes the records that wait. 0 or -errno. */
int context_flush(const struct context *context);
