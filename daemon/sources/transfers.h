#pragma once
/*
 * Transfers: usbmon's records counted per device, stored per session and minute, kept as the flight
 * recorder of incidents, and turned into observations where they are about a link or a port.
 */
#include "daemon/sources/source.h"
#include "lib/base/base.h"
#include "lib/engine/engine.h"
#include "lib/observe/flow.h"

struct event_base;
struct top;
struct transfers;

struct transfers_options {
	source_sink_fn sink;	/* observations */
	ls_record_fn on_record; /* minutes of traffic, and last transfers before a drop */
	void *user;		/* of both */
	struct ls_engine *engine;
	struct top *top;   /* measures for `linkstat top` */
	size_t ring_bytes; /* 0: source_usbmon's default */
};

/* All of @options must outlive it. Silent until started. 0 or -errno. */
int transfers_new(struct event_base *base, const struct transfers_options *options,
		  struct transfers **ret);
/* Opens usbmon: AVAILABLE or UNAVAILABLE. To be called again when not available: it may have been
 * loaded. */
void transfers_start(struct transfers *transfers);
void transfers_free(struct transfers *transfers);
LS_DEFINE_AUTO(transfers)

/* Before an observation of another source is passed on: what moved before it is known first, and
 * the minute of a device that leaves is written while its session is known. */
void transfers_before(struct transfers *transfers, const struct ls_observation *obs);
/* After it: a device that left gives its flight recorder to its incident. */
void transfers_after(struct transfers *transfers, const struct ls_observation *obs);
/* What flows at present; NULL while usbmon is not available. */
const struct ls_flow_meter *transfers_flow(const struct transfers *transfers);
/* Writes all current minutes, at the end. */
void transfers_flush(struct transfers *transfers);
