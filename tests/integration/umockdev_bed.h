#pragma once
/* A mocked /sys, /dev and /proc for tests that run under umockdev-wrapper, and an event loop. */
#include <event2/event.h>

#include "lib/base/base.h"
#include "lib/model/observation.h"

#define BED_MAX_SEEN 64

struct bed {
	struct event_base *base;
	struct ls_observation seen[BED_MAX_SEEN];
	struct ls_device devices[BED_MAX_SEEN]; /* that seen[i].device points to */
	size_t n_seen;
	struct bed_mock *mock;
};

/* A new one, with a udevd. */
struct bed *bed_new(void);
void bed_free(struct bed *bed);

/* In umockdev's format; sends "add" of each. Paths begin with "/devices". */
void bed_add(struct bed *bed, const char *description);
void bed_remove(struct bed *bed, const char *path);
void bed_uevent(struct bed *bed, const char *path, const char *action);
void bed_set_property(struct bed *bed, const char *path, const char *name, const char *value);
void bed_set_attribute(struct bed *bed, const char *path, const char *name, const char *value);
void bed_run_udevd(struct bed *bed, bool runs);

/* A source_sink_fn with the bed as @user. */
void bed_on_observation(const struct ls_observation *obs, void *user);
/* Takes all that is there. */
void bed_turn(struct bed *bed);
/* Until @n were seen, for those that another thread hands over; fails after some seconds. */
void bed_wait(struct bed *bed, size_t n);
