#pragma once
/*
 * All that observes, put together: what each of them says goes to the ones that prepare for it, to
 * the pipeline, and to the ones that follow it up. One that cannot be opened is told as blind.
 */
#include "lib/base/base.h"
#include "lib/model/observation.h"

struct event_base;
struct pipeline;
struct store;
struct daemon_state;
struct sources;

struct sources_options {
	struct event_base *base;
	struct pipeline *pipeline;
	struct store *store; /* knows what was seen last */
	struct daemon_state *state;
	size_t usbmon_ring_bytes; /* 0: the default */
};

/* Nothing is opened yet. All of @options must outlive it. 0 or -errno. */
int sources_new(const struct sources_options *options, struct sources **ret);
/* NULL is fine. */
void sources_free(struct sources *sources);
LS_DEFINE_AUTO(sources)

/* First the absence of linkstatd, and what the kernel log tells of it; then what is there now. */
void sources_open(struct sources *sources);
/* A source_sink_fn for observations from elsewhere (a person's word); @user is the sources. */
void sources_observe(const struct ls_observation *obs, void *user);
/* Counters that wait go to the pipeline. */
void sources_flush(struct sources *sources);
