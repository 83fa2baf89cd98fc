#pragma once
/*
 * All sources: an observation of each goes to the sources that prepare for it, to the sink, and to
 * those that follow it up. A source that cannot be opened is reported as unavailable.
 */
#include "daemon/sources/kmsg.h"
#include "daemon/sources/source.h"
#include "lib/base/base.h"
#include "lib/engine/engine.h"
#include "lib/model/observation.h"

struct event_base;
struct top;
struct sources;

struct sources_options {
	struct event_base *base;
	source_sink_fn observe; /* gets every observation */
	ls_record_fn on_record; /* gets minutes of traffic, and the last transfers before a drop */
	source_seq_fn on_kmsg_seq; /* gets the number of every record of the kernel log taken */
	void *user;		   /* of the three */
	const char *root;	   /* put before /proc and /sys; "" for this computer's */
	struct ls_engine *engine;
	struct top *top;	  /* measures for those who watch */
	size_t usbmon_ring_bytes; /* 0: the default */
	/* Until when linkstatd ran before, and whether in this boot; real 0: it never did. */
	struct ls_instant last_alive;
	bool same_boot;
	bool has_kmsg_seq; /* the kernel log of this boot was taken up to .kmsg_seq */
	uint64_t kmsg_seq;
};

/* Nothing is opened yet. All of @options must outlive it. 0 or -errno. */
int sources_new(const struct sources_options *options, struct sources **ret);
/* NULL is fine. */
void sources_free(struct sources *sources);
LS_DEFINE_AUTO(sources)

/* First the absence of linkstatd, with the kernel log of that time; then what is connected now. */
void sources_open(struct sources *sources);
/* A source_sink_fn for observations from elsewhere (a label of a cable); @user is the sources. */
void sources_observe(const struct ls_observation *obs, void *user);
/* The buses and devices that are there now, for @sink alone. */
void sources_show(struct sources *sources, source_sink_fn sink, void *user);
/* Hands over the counters of the current minute. */
void sources_flush(struct sources *sources);
