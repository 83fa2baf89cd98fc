#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <event2/event.h>

#include "daemon/sources/usbmon.h"
#include "daemon/base/state.h"

#define DEVICE		   "/dev/usbmon0"
#define RECORDS_PER_FETCH  512
#define FETCHES_PER_WAKEUP 64
#define RING_MAX_OLD	   (1200 * 1024)	   /* all that Linux takes up to 5.15 */
#define CLOCK_STEP	   ((int64_t)(50 * LS_MS)) /* two clocks are read one after the other */

/* drivers/usb/mon/mon_bin.c; no header of the kernel's has them. */
struct mon_stats {
	uint32_t n_queued, n_dropped;
};
struct mon_fetch {
	uint32_t *offsets;
	uint32_t n_fetch, n_flush;
};
#define MON_IOCG_STATS	   _IOR(0x92, 3, struct mon_stats)
#define MON_IOCT_RING_SIZE _IO(0x92, 4)
#define MON_IOCQ_RING_SIZE _IO(0x92, 5)
#define MON_IOCX_MFETCH	   _IOWR(0x92, 7, struct mon_fetch)
#define MON_IOCH_MFLUSH	   _IO(0x92, 8)

struct source_usbmon {
	struct event_base *base;
	struct source_usbmon_options options;
	char *path;
	int fd; /* -1: not available */
	struct event *ready;
	struct event *rested; /* of the two, one is pending while it is available */
	const uint8_t *ring;
	size_t ring_size;
	uint32_t offsets[RECORDS_PER_FETCH];
	uint32_t n_held; /* fetched, handed on, not yet given back to the kernel */
	unsigned int rest_ms, longest_rest_ms;
	bool has_clock;
	int64_t clock_offset; /* real minus mono, at the last fetch */
	bool draining;
	struct source_usbmon_stats stats;
};

static void
report(struct source_usbmon *source, enum ls_obs_kind kind, uint32_t n_lost, const char *text)
{
	struct ls_observation obs;

	source_observation(&obs, LS_SOURCE_USBMON, kind, text);
	obs.n_lost = n_lost;
	source->options.sink(&obs, source->options.user);
}

static void
release(struct source_usbmon *source)
{
	if (source->ready)
		event_free(source->ready);
	source->ready = NULL;
	event_del(source->rested);
	if (source->ring)
		munmap((void *)(uintptr_t)source->ring, source->ring_size);
	source->ring = NULL;
	if (source->fd >= 0)
		close(source->fd);
	source->fd = -1;
	source->n_held = 0;
}

static void
become_unavailable(struct source_usbmon *source, const char *why)
{
	release(source);
	report(source, LS_OBS_SOURCE_UNAVAILABLE, 0, why);
}

/* ---- the ring ---- */

/* How much CLOCK_REALTIME was set since the last time; slewing moves both clocks alike. */
static int64_t
clock_step(struct source_usbmon *source, struct ls_instant now)
{
	int64_t offset = now.real_us - (int64_t)now.mono_us;
	int64_t step = offset - source->clock_offset;
	bool had_clock = source->has_clock;

	source->clock_offset = offset;
	source->has_clock = true;
	return had_clock && llabs(step) > CLOCK_STEP ? step : 0;
}

/* How far the records of a fetch reach in the ring, without the last one. */
static size_t
span_of(const struct source_usbmon *source, size_t n)
{
	uint32_t first = source->offsets[0], last = source->offsets[n - 1];

	return last >= first ? last - first : source->ring_size - first + last;
}

/* 1: *ret_span of records were handed on; 0: the ring is empty; -errno. */
static int
fetch(struct source_usbmon *source, size_t *ret_span)
{
	struct mon_fetch request = {
		.offsets = source->offsets,
		.n_fetch = RECORDS_PER_FETCH,
		.n_flush = source->n_held,
	};
	struct ls_usbmon_batch batch = { .ring = source->ring, .ring_size = source->ring_size };
	int r = ioctl(source->fd, MON_IOCX_MFETCH, &request);

	if (r < 0 && errno != EAGAIN)
		return errno == EINTR ? 1 : -errno;
	source->n_held = 0; /* it flushes before it finds that there is nothing more */
	if (r < 0 || request.n_fetch == 0)
		return 0;
	if (request.n_fetch > RECORDS_PER_FETCH)
		return -EPROTO;
	source->n_held = request.n_fetch;
	source->stats.n_fetches++;
	source->stats.n_records += request.n_fetch;
	batch.offsets = source->offsets;
	batch.n = request.n_fetch;
	batch.now = state_now();
	batch.clock_step_us = clock_step(source, batch.now);
	*ret_span += span_of(source, batch.n);
	source->options.on_batch(&batch, source->options.user);
	return 1;
}

/* Reading the number sets it to 0. Lost submissions that were refused ('E') are not in it. */
static void
check_lost(struct source_usbmon *source)
{
	struct mon_stats stats = { 0 };

	if (ioctl(source->fd, MON_IOCG_STATS, &stats) < 0 || stats.n_dropped == 0)
		return;
	source->stats.n_lost += stats.n_dropped;
	source->rest_ms /= 4;
	report(source, LS_OBS_LOST, stats.n_dropped,
	       "usbmon's buffer was full before it could be read");
}

/* The fuller the ring was found, the shorter the next rest. At 0, each wake-up is the kernel's. */
static void
adapt_rest(struct source_usbmon *source, size_t span)
{
	if (span > source->ring_size / 2)
		source->rest_ms /= 2;
	else if (span < source->ring_size / 4 && source->rest_ms < source->longest_rest_ms)
		source->rest_ms++;
}

/*
 * Takes what is there, within bounds: all sources share this thread. Was there anything? A fetch
 * that was not filled has emptied the ring: what came during it is the next wake-up's. And nothing
 * is lost but from a ring that is nearly full.
 */
static bool
drain(struct source_usbmon *source)
{
	char why[LS_TEXT_MAX];
	size_t span = 0;
	bool any = false, is_full = true;
	int r = 1;

	source->draining = true;
	for (int i = 0; i < FETCHES_PER_WAKEUP && r > 0 && is_full; i++) {
		r = fetch(source, &span);
		any |= r > 0;
		is_full = source->n_held == RECORDS_PER_FETCH;
	}
	source->draining = false;
	if (r < 0) {
		snprintf(why, sizeof(why), "usbmon ended: %s", strerror(-r));
		become_unavailable(source, why);
		return false;
	}
	/* It returns how many it took back; taken for a failure, the next fetch would take as many more. */
	if (source->n_held > 0 && ioctl(source->fd, MON_IOCH_MFLUSH, source->n_held) >= 0)
		source->n_held = 0;
	if (any) {
		if (is_full || span > source->ring_size / 4)
			check_lost(source);
		adapt_rest(source, span);
	}
	return any;
}

/* With traffic: rest. Without: sleep until the kernel signals a record. */
static void
wait_for_more(struct source_usbmon *source, bool any)
{
	struct timeval rest = { .tv_usec = (suseconds_t)(source->rest_ms * LS_MS) };

	rest.tv_sec = rest.tv_usec / (suseconds_t)LS_SEC;
	rest.tv_usec %= (suseconds_t)LS_SEC;
	if (any && source->rest_ms > 0)
		event_add(source->rested, &rest);
	else
		event_add(source->ready, NULL);
}

static void
on_ready(evutil_socket_t fd, short what, void *user)
{
	struct source_usbmon *source = user;
	bool any;

	(void)fd;
	(void)what;
	source->stats.n_wakeups++;
	any = drain(source);
	if (source->fd >= 0)
		wait_for_more(source, any);
}

void
source_usbmon_drain(struct source_usbmon *source)
{
	if (source->fd >= 0 && !source->draining)
		drain(source);
}

/* ---- opening ---- */

static int
map_ring(struct source_usbmon *source)
{
	void *ring;
	int size;

	/* The kernel refuses a size that it does not like: then its own of 300 KiB will do. */
	if (ioctl(source->fd, MON_IOCT_RING_SIZE, source->options.ring_bytes) < 0 &&
	    source->options.ring_bytes > RING_MAX_OLD)
		(void)ioctl(source->fd, MON_IOCT_RING_SIZE, (size_t)RING_MAX_OLD);
	size = ioctl(source->fd, MON_IOCQ_RING_SIZE);
	if (size < 0)
		return -errno;
	ring = mmap(NULL, (size_t)size, PROT_READ, MAP_SHARED, source->fd, 0);
	if (ring == MAP_FAILED)
		return -errno;
	source->ring = ring;
	source->ring_size = (size_t)size;
	return 0;
}

/* What to do to make it available; @r is why open(2) failed. */
static void
explain(const struct source_usbmon *source, int r, char *text, size_t size)
{
	const char *path = source->path;

	switch (-r) {
	case ENOENT:
	case ENODEV:
	case ENXIO:
		snprintf(text, size, "no %s: the module usbmon is not loaded", path);
		break;
	case EACCES:
	case EPERM:
		snprintf(text, size, "not permitted to read %s: it is root's, or its group's",
			 path);
		break;
	default:
		snprintf(text, size, "cannot read %s: %s", path, strerror(-r));
	}
}

static int
open_ring(struct source_usbmon *source)
{
	int r;

	source->fd = source->options.fd;
	source->options.fd = -1; /* a stand-in is used once */
	if (source->fd < 0)
		source->fd = open(source->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (source->fd < 0)
		return -errno;
	r = map_ring(source);
	if (r < 0)
		return r;
	source->ready = event_new(source->base, source->fd, EV_READ, on_ready, source);
	if (!source->ready || event_add(source->ready, NULL) < 0)
		return -ENOMEM;
	return 0;
}

/* At full speed half of the ring is filled in it. */
static unsigned int
rest_of_ring(size_t size)
{
	size_t ms = size / 2 / (SOURCE_USBMON_KIB_PER_MS * 1024);

	return ms < SOURCE_USBMON_REST_MS ? (unsigned int)ms : SOURCE_USBMON_REST_MS;
}

void
source_usbmon_start(struct source_usbmon *source)
{
	char text[LS_TEXT_MAX];
	int r;

	if (source->fd >= 0)
		return;
	source->has_clock = false;
	r = open_ring(source);
	if (r < 0) {
		explain(source, r, text, sizeof(text));
		become_unavailable(source, text);
		return;
	}
	source->longest_rest_ms =
		source->options.rest_ms ? source->options.rest_ms : rest_of_ring(source->ring_size);
	source->rest_ms = source->longest_rest_ms;
	snprintf(text, sizeof(text), "usbmon, all buses, buffer of %zu KiB",
		 source->ring_size / 1024);
	report(source, LS_OBS_SOURCE_AVAILABLE, 0, text);
}

int
source_usbmon_new(struct event_base *base, const struct source_usbmon_options *options,
		  struct source_usbmon **ret)
{
	ls_auto(source_usbmon) *source = calloc(1, sizeof(*source));

	if (!source)
		return -ENOMEM;
	source->base = base;
	source->fd = -1;
	source->options = *options;
	source->options.fd = -1;
	source->path = strdup(options->path ? options->path : DEVICE);
	source->rested = evtimer_new(base, on_ready, source);
	if (!source->path || !source->rested)
		return -ENOMEM;
	if (options->ring_bytes == 0)
		source->options.ring_bytes = SOURCE_USBMON_RING;

	source->options.path = NULL; /* the caller's */
	source->options.fd = options->fd;
	*ret = LS_STEAL(&source);
	return 0;
}

void
source_usbmon_free(struct source_usbmon *source)
{
	if (!source)
		return;
	if (source->options.fd >= 0)
		close(source->options.fd);
	if (source->rested) {
		release(source);
		event_free(source->rested);
	}
	free(source->path);
	free(source);
}

void
source_usbmon_stats(const struct source_usbmon *source, struct source_usbmon_stats *ret)
{
	*ret = source->stats;
	ret->available = source->fd >= 0;
	ret->ring_bytes = source->ring_size;
	ret->rest_ms = source->rest_ms;
}
