#pragma once
/* What the methods answer from (the user pointer of the service), and errors that several have. */
#include "daemon/base/state.h"
#include "daemon/server/hooks.h"
#include "daemon/server/quota.h"
#include "daemon/server/varlink.h"

struct import;
struct store;

struct context {
	struct store *store;
	const struct daemon_state *state;
	struct server_hooks hooks;
	struct import *import; /* in progress, or NULL; owned by method_import.c */
	const struct varlink_peer *importer;
	uint64_t import_used_us; /* CLOCK_MONOTONIC of its last call */
	struct quota *quota;
};

/* 1, or 0: @reply says that the client has no permission, or -errno. */
int context_may_change(const struct varlink_call *call, struct varlink_reply *reply);
/* The same for what adds to the history: also 0 when this user has added too much lately. */
int context_may_add(const struct context *context, const struct varlink_call *call,
		    enum quota_kind kind, struct varlink_reply *reply);
/* By the hook, or directly. */
void context_observe(const struct context *context, const struct ls_observation *obs);
/* Writes the records that wait. 0 or -errno. */
int context_flush(const struct context *context);

#define CONTEXT_INTERFACE "io.linkstat"

/* Each makes @reply the error. 0 or -ENOMEM. */
int context_error(struct varlink_reply *reply, const char *error,
		  const struct ls_wire_field *fields, size_t n_fields);
/* @field is a parameter. */
int context_bad_time(const char *field, const char *why, struct varlink_reply *reply);
/* What a store function returned (< 0); @unknown: a port that it does not know, NULL: none. */
int context_history_error(const struct context *context, int error, const char *unknown,
			  struct varlink_reply *reply);
int context_no_incident(int64_t id, struct varlink_reply *reply);
int context_too_slow(struct varlink_reply *reply, size_t queued_bytes);
int context_too_many(struct varlink_reply *reply, const char *limit, int maximum);
