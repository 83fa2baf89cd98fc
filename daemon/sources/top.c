#include "daemon/sources/top.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "lib/base/port.h"

/* A rate over less is none. */
#define SPAN_MIN_US 1000

struct marked {
	unsigned int bus, devnum;
	struct ls_traffic_mark mark;
};

struct top_watch {
	LIST_ENTRY(top_watch) link;
	struct top *top;
	int64_t user;
	struct marked *marks[LS_TRAFFIC_DEVICES]; /* the first n_marks */
	size_t n_marks;
	uint64_t since_mono_us, n_lost_before;
	struct top_span span;
	struct ls_traffic_counts now; /* too big for a stack, as the next */
	struct ls_traffic_change change;
};

struct top {
	const struct ls_traffic *traffic;
	LIST_HEAD(top_watches, top_watch) watches;
	unsigned int n_watches;
	uint64_t n_lost; /* since the daemon began */
};

int
top_new(struct top **ret)
{
	struct top *top = calloc(1, sizeof(*top));

	if (!top)
		return -ENOMEM;
	LIST_INIT(&top->watches);
	*ret = top;
	return 0;
}

void
top_free(struct top *top)
{
	free(top);
}

static struct marked **
find(struct top_watch *watch, unsigned int bus, unsigned int devnum)
{
	for (size_t i = 0; i < watch->n_marks; i++) {
		if (watch->marks[i]->bus == bus && watch->marks[i]->devnum == devnum)
			return &watch->marks[i];
	}
	return NULL;
}

static void
forget(struct top_watch *watch, struct marked **marked)
{
	free(*marked);
	*marked = watch->marks[--watch->n_marks];
}

void
top_attach(struct top *top, const struct ls_traffic *traffic)
{
	top->traffic = traffic;
}

void
top_taken(struct top *top, unsigned int bus, unsigned int devnum,
	  const struct ls_traffic_counts *taken)
{
	struct top_watch *watch;

	LIST_FOREACH(watch, &top->watches, link)
	{
		struct marked **marked = find(watch, bus, devnum);

		if (marked)
			ls_traffic_mark_taken(&(*marked)->mark, taken);
	}
}

void
top_device_gone(struct top *top, unsigned int bus, unsigned int devnum)
{
	struct top_watch *watch;

	LIST_FOREACH(watch, &top->watches, link)
	{
		struct marked **marked = find(watch, bus, devnum);

		if (marked)
			forget(watch, marked);
	}
}

void
top_bus_gone(struct top *top, unsigned int bus)
{
	struct top_watch *watch;

	LIST_FOREACH(watch, &top->watches, link)
	{
		for (size_t i = watch->n_marks; i-- > 0;) {
			if (watch->marks[i]->bus == bus)
				forget(watch, &watch->marks[i]);
		}
	}
}

void
top_lost(struct top *top, uint32_t n_records)
{
	top->n_lost += n_records;
}

/* The mark of a device, one of zeros if there was none. NULL: no memory. */
static struct ls_traffic_mark *
mark_of(struct top_watch *watch, unsigned int bus, unsigned int devnum)
{
	struct marked **known = find(watch, bus, devnum);
	struct marked *marked;

	if (known)
		return &(*known)->mark;
	marked = watch->n_marks < LS_COUNT(watch->marks) ? calloc(1, sizeof(*marked)) : NULL;
	if (!marked)
		return NULL;
	marked->bus = bus;
	marked->devnum = devnum;
	watch->marks[watch->n_marks++] = marked;
	return &marked->mark;
}

/* Sessions that are visited for one answer. */
struct measurement {
	struct top_watch *watch;
	top_fn visit; /* NULL: only sets the marks */
	void *user;
	int r;
};

/* What the device moved since its mark, which is then renewed. 0, or -ENOMEM. */
static int
measure(struct top_watch *watch, const struct ls_session *session)
{
	unsigned int bus = ls_port_bus(session->link), devnum = session->devnum;
	const struct ls_traffic *traffic = watch->top->traffic;
	struct ls_traffic_mark *mark;

	memset(&watch->change, 0, sizeof(watch->change));
	if (!traffic || ls_traffic_peek(traffic, bus, devnum, &watch->now) <= 0)
		return 0;
	mark = mark_of(watch, bus, devnum);
	if (!mark)
		return -ENOMEM;
	ls_traffic_change(mark, &watch->now, &watch->change);
	ls_traffic_mark_set(mark, &watch->now);
	return 0;
}

static void
on_session(const struct ls_session *session, void *user)
{
	struct measurement *measurement = user;

	if (measurement->r != 0 || !session->present || strncmp(session->link, "usb", 3) == 0)
		return;
	measurement->r = measure(measurement->watch, session);
	if (measurement->r == 0 && measurement->visit)
		measurement->r =
			measurement->visit(session, &measurement->watch->change, measurement->user);
}

int
top_watch_measure(struct top_watch *watch, const struct ls_engine *engine, struct ls_instant now,
		  top_fn visit, void *user)
{
	struct measurement measurement = { .watch = watch, .visit = visit, .user = user };
	uint64_t us = now.mono_us - watch->since_mono_us;

	watch->span.seconds = (double)(us > SPAN_MIN_US ? us : SPAN_MIN_US) / 1e6;
	watch->span.n_lost = watch->top->n_lost - watch->n_lost_before;
	watch->since_mono_us = now.mono_us;
	watch->n_lost_before = watch->top->n_lost;
	if (engine)
		ls_engine_visit_sessions(engine, on_session, &measurement);
	return measurement.r;
}

struct top_span
top_watch_span(const struct top_watch *watch)
{
	return watch->span;
}

static unsigned int
count_of(const struct top *top, int64_t user)
{
	const struct top_watch *watch;
	unsigned int n = 0;

	LIST_FOREACH(watch, &top->watches, link)
	{
		n += watch->user == user;
	}
	return n;
}

int
top_watch_new(struct top *top, const struct ls_engine *engine, int64_t user, struct ls_instant now,
	      struct top_watch **ret)
{
	ls_auto(top_watch) *watch = NULL;
	int r;

	if (top->n_watches >= TOP_WATCHERS ||
	    (user >= 0 && count_of(top, user) >= TOP_USER_WATCHERS))
		return -EBUSY;
	watch = calloc(1, sizeof(*watch));
	if (!watch)
		return -ENOMEM;
	watch->top = top;
	watch->user = user;
	LIST_INSERT_HEAD(&top->watches, watch, link);
	top->n_watches++;
	r = top_watch_measure(watch, engine, now, NULL, NULL);
	if (r == 0)
		*ret = LS_STEAL(&watch);
	return r;
}

void
top_watch_free(struct top_watch *watch)
{
	if (!watch)
		return;
	LIST_REMOVE(watch, link);
	watch->top->n_watches--;
	while (watch->n_marks > 0)
		forget(watch, &watch->marks[watch->n_marks - 1]);
	free(watch);
}
