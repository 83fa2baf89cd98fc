#pragma once
/*
 * Watches of the current traffic, for `linkstat top`. Without any, this holds nothing and costs
 * nothing; a watch holds a copy of the counters of each device that moved something (7 KiB).
 */
#include "lib/base/base.h"
#include "lib/engine/engine.h"
#include "lib/usbmon/traffic_mark.h"

#define TOP_WATCHERS	  16
#define TOP_USER_WATCHERS 4 /* of them, of one user */

struct top;
struct top_watch;

/* 0 or -ENOMEM. Freed after its watches. */
int top_new(struct top **ret);
void top_free(struct top *top);
LS_DEFINE_AUTO(top)

/* The counters; NULL: there are none any more. @traffic is borrowed. */
void top_attach(struct top *top, const struct ls_traffic *traffic);
/* To be called for each take, each device whose counters are dropped, and lost records. */
void top_taken(struct top *top, unsigned int bus, unsigned int devnum,
	       const struct ls_traffic_counts *taken);
void top_device_gone(struct top *top, unsigned int bus, unsigned int devnum);
void top_bus_gone(struct top *top, unsigned int bus);
void top_lost(struct top *top, uint32_t n_records);

/* For the uid @user (-1: without a share of its own), from @now on. 0, -EBUSY if there is no place for it, or -ENOMEM. */
int top_watch_new(struct top *top, const struct ls_engine *engine, int64_t user,
		  struct ls_instant now, struct top_watch **ret);
void top_watch_free(struct top_watch *watch);
LS_DEFINE_AUTO(top_watch)

/* One device that is there, and what it moved; both borrowed. 0, else it ends the visit. */
typedef int (*top_fn)(const struct ls_session *session, const struct ls_traffic_change *change,
		      void *user);

struct top_span {
	double seconds;	 /* > 0 */
	uint64_t n_lost; /* records that usbmon lost in it */
};

/*
 * Visits all devices that are there now, hubs too, with what they moved since the watch began or
 * was last measured. 0, what @visit ended with, or -ENOMEM.
 */
int top_watch_measure(struct top_watch *watch, const struct ls_engine *engine,
		      struct ls_instant now, top_fn visit, void *user);
/* The span of the last measurement. */
struct top_span top_watch_span(const struct top_watch *watch);
