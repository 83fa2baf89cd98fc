#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/event.h>

#include "daemon/sources/kmsg.h"
#include "daemon/base/state.h"
#include "lib/observe/kernel_log.h"
#include "lib/observe/kmsg.h"

/* printk.c, CONSOLE_EXT_LOG_MAX. A shorter buffer costs the record: EINVAL, and it is consumed. */
#define RECORD_MAX	   8192
#define RECORDS_PER_WAKEUP 256
#define RECORDS_PER_REPLAY 100000 /* far more than the largest ring of a distribution holds */
#define WAKEUPS_PER_LAG	   8
#define LAG_TOLERATED	   ((int64_t)(100 * LS_MS))

struct source_kmsg {
	int fd;
	struct event *ready;
	source_sink_fn sink;
	source_seq_fn on_seq;
	void *user;
	bool has_seq; /* @seq is the last one taken */
	uint64_t seq;
	bool overrun; /* the next record comes after a hole */
	bool available, stopped;
	bool measured;
	int64_t drift;	   /* CLOCK_MONOTONIC minus the log's clock, in µs */
	int64_t least_lag; /* of the last @n_wakeups */
	unsigned int n_wakeups;
};

static void
report(struct source_kmsg *source, enum ls_obs_kind kind, uint32_t n_lost, const char *text)
{
	struct ls_observation obs;

	source_observation(&obs, LS_SOURCE_KERNEL_LOG, kind, text);
	obs.n_lost = n_lost;
	source->sink(&obs, source->user);
}

static void
report_available(struct source_kmsg *source)
{
	if (source->available || source->stopped)
		return;
	source->available = true;
	report(source, LS_OBS_SOURCE_AVAILABLE, 0, "kernel log");
}

static void
stop(struct source_kmsg *source, const char *why)
{
	if (source->stopped)
		return;
	source->stopped = true;
	event_del(source->ready);
	report(source, LS_OBS_SOURCE_UNAVAILABLE, 0, why);
}

/*
 * The log's clock, local_clock(), is not slewed by NTP: it drifts from CLOCK_MONOTONIC by up to
 * seconds a day. A record is read soon after it was written, so the least lag of some wake-ups is
 * the drift; one slow wake-up does not count.
 */
static int64_t
drift_of(int64_t lag)
{
	return llabs(lag) > LAG_TOLERATED ? lag : 0;
}

static void
measure_lag(struct source_kmsg *source, int64_t lag)
{
	if (!source->measured)
		source->drift = drift_of(lag);
	source->measured = true;
	if (lag < source->least_lag)
		source->least_lag = lag;
}

static void
end_wakeup(struct source_kmsg *source)
{
	if (source->least_lag == INT64_MAX || ++source->n_wakeups < WAKEUPS_PER_LAG)
		return;
	source->drift = drift_of(source->least_lag);
	source->least_lag = INT64_MAX;
	source->n_wakeups = 0;
}

/* Nothing was written in the future. */
static struct ls_instant
time_of(const struct source_kmsg *source, uint64_t usec, struct ls_instant now)
{
	int64_t mono = (int64_t)usec + source->drift;

	if (usec > INT64_MAX / 2 || mono > (int64_t)now.mono_us)
		return now;
	mono = mono < 0 ? 0 : mono;
	return (struct ls_instant){
		.mono_us = (uint64_t)mono,
		.real_us = now.real_us - ((int64_t)now.mono_us - mono),
	};
}

/* One loss is one LOST, whether it shows as EPIPE, as a hole in the numbers, or as both. */
static void
check_sequence(struct source_kmsg *source, uint64_t seq)
{
	uint64_t missing = source->has_seq ? seq - source->seq - 1 : 0;

	if (missing > 0 || source->overrun)
		report(source, LS_OBS_LOST, missing > UINT32_MAX ? UINT32_MAX : (uint32_t)missing,
		       "the kernel log was overwritten before it could be read");
	source->overrun = false;
}

static void
take(struct source_kmsg *source, const char *record, size_t len, bool live)
{
	struct ls_observation obs = { 0 };
	struct ls_device device = { 0 };
	struct ls_instant now = state_now();
	struct ls_kmsg_record parsed;

	if (ls_kmsg_parse(record, len, &parsed) < 0)
		return;
	if (live && parsed.usec < INT64_MAX / 2)
		measure_lag(source, (int64_t)now.mono_us - (int64_t)parsed.usec);
	if (source->has_seq && parsed.seq <= source->seq)
		return;
	check_sequence(source, parsed.seq);
	source->has_seq = true;
	source->seq = parsed.seq;

	/* Facility 0 is the kernel's own; a program that writes to /dev/kmsg cannot set it. */
	if (parsed.facility == 0 &&
	    ls_kernel_log_parse(parsed.text, parsed.text_len, &obs, &device) > 0) {
		obs.at = time_of(source, parsed.usec, now);
		source->sink(&obs, source->user);
	}
	source->on_seq(parsed.seq, source->user);
}

/* One read(2): true if there may be more. */
static bool
take_next(struct source_kmsg *source, bool live)
{
	char record[RECORD_MAX];
	char why[LS_TEXT_MAX];
	ssize_t n = read(source->fd, record, sizeof(record));

	if (n > 0) {
		take(source, record, (size_t)n, live);
		return true;
	}
	if (n < 0 && errno == EPIPE) {
		source->overrun = true; /* the next read goes on at the oldest record left */
		return true;
	}
	if (n < 0 && errno == EINTR)
		return true;
	if (n < 0 && errno == EAGAIN)
		return false;
	snprintf(why, sizeof(why), "the kernel log ended: %s",
		 n < 0 ? strerror(errno) : "end of file");
	stop(source, why);
	return false;
}

static void
on_readable(evutil_socket_t fd, short what, void *user)
{
	struct source_kmsg *source = user;

	(void)fd;
	(void)what;
	report_available(source);
	for (int i = 0; i < RECORDS_PER_WAKEUP; i++) { /* bounded: all sources share this thread */
		if (!take_next(source, true))
			break;
	}
	end_wakeup(source);
}

void
source_kmsg_replay(struct source_kmsg *source)
{
	/* Bounded too: whoever writes as fast as this reads is left to the loop. */
	for (int i = 0; i < RECORDS_PER_REPLAY; i++) {
		if (!take_next(source, false))
			break;
	}
	report_available(source);
}

int
source_kmsg_new(struct event_base *base, const struct source_kmsg_options *options,
		struct source_kmsg **ret)
{
	ls_auto(source_kmsg) *source = calloc(1, sizeof(*source));

	if (!source)
		return -ENOMEM;
	*source = (struct source_kmsg){
		.fd = -1,
		.sink = options->sink,
		.on_seq = options->on_seq,
		.user = options->user,
		.has_seq = options->resume,
		.seq = options->after_seq,
		.least_lag = INT64_MAX,
	};
	source->ready = event_new(base, options->fd, EV_READ | EV_PERSIST, on_readable, source);
	if (!source->ready || event_add(source->ready, NULL) < 0)
		return -ENOMEM;
	/* A stand-in that cannot seek has nothing from before. */
	if (!options->resume)
		(void)lseek(options->fd, 0, SEEK_END);

	source->fd = options->fd;
	*ret = LS_STEAL(&source);
	return 0;
}

void
source_kmsg_free(struct source_kmsg *source)
{
	if (!source)
		return;
	if (source->ready)
		event_free(source->ready);
	if (source->fd >= 0)
		close(source->fd);
	free(source);
}
