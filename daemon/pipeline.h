#pragma once
/*
 * The way of an observation: engine, then store, then journal and subscribers. What one turn of the
 * loop concluded is one transaction, and nothing is announced before it is on the disk. While the
 * store cannot write, records wait in memory (up to a cap) and are announced all the same.
 */
#include <stdio.h>

#include "daemon/alert.h"
#include "daemon/server/server.h"
#include "daemon/base/state.h"
#include "lib/base/base.h"
#include "lib/engine/engine.h"

struct event_base;
struct pipeline;
struct store_sync;

struct pipeline_options {
	struct store *store;
	struct store_sync *sync; /* NULL: a commit waits for the disk */
	struct server *server;
	struct alert *alert;
	struct daemon_state
		*state; /* .engine is set by pipeline_new(), the sources as they report */
	FILE *record;	/* observations as JSON lines; NULL: none. Not owned */
	const struct ls_families *families; /* NULL: none */
};

/* All of @options must outlive it. Restores what the store has open. 0 or -errno. */
int pipeline_new(struct event_base *base, const struct pipeline_options *options,
		 struct pipeline **ret);
void pipeline_free(struct pipeline *pipeline);
LS_DEFINE_AUTO(pipeline)

/* A source_sink_fn; @user is the pipeline. */
void pipeline_observe(const struct ls_observation *obs, void *user);
/* A source_seq_fn: the kernel log was taken up to @seq. */
void pipeline_kmsg_taken(uint64_t seq, void *user);

/* A record that the engine did not make; an ls_record_fn, @user is the pipeline. */
void pipeline_record(const struct ls_record *record, void *user);

/* Commits and announces what waits, now. 0, or -errno of the store (records are kept). */
int pipeline_flush(struct pipeline *pipeline);
/* Notes in the store that linkstatd is alive. */
void pipeline_alive(struct pipeline *pipeline);
