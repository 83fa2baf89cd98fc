#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <event2/event.h>
#include <systemd/sd-bus.h>

#include "daemon/sources/host_sleep.h"
#include "daemon/base/state.h"
#include "lib/observe/sleep_clock.h"
#include "lib/base/text.h"

#define LOGIND		    "org.freedesktop.login1"
#define MESSAGES_PER_WAKEUP 16
/* Two readings of the same clock further apart than this have another one between them somewhere. */
#define READING_US INT64_C(20000)
/* logind reports the wake-up that the clocks showed within this. */
#define SAME_WAKE_US (15 * LS_SEC)
#define NAME_MAX_LEN 256 /* of D-Bus, with its NUL */

/* A signal whose sender is being verified: any process may send one to us directly. */
struct sleep_signal {
	bool pending, sleeps;
	struct ls_instant at;
	char sender[NAME_MAX_LEN];
};

struct host_sleep {
	struct ls_sleep_clock clock;
	source_sink_fn sink;
	void *user;
	uint64_t woke_mono; /* when the clocks showed a wake-up, 0: never */
	sd_bus *bus;	    /* NULL: none, or none any more */
	struct event *readable, *writable, *timer;
	struct sleep_signal signal;
};

static int64_t
clock_us(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (int64_t)ts.tv_sec * (int64_t)LS_SEC + ts.tv_nsec / 1000;
}

void
host_sleep_before(struct host_sleep *host_sleep, const struct ls_observation *obs)
{
	int64_t before = clock_us(CLOCK_MONOTONIC), boot = clock_us(CLOCK_BOOTTIME);
	int64_t after = clock_us(CLOCK_MONOTONIC);
	struct ls_observation wake;

	if (after - before > READING_US) /* interrupted: the next one will do */
		return;
	if (ls_sleep_clock_look(&host_sleep->clock, boot - before, obs, &wake) <= 0)
		return;
	host_sleep->woke_mono = (uint64_t)after;
	host_sleep->sink(&wake, host_sleep->user);
}

static void
close_bus(struct host_sleep *host_sleep)
{
	struct event **events[] = { &host_sleep->readable, &host_sleep->writable,
				    &host_sleep->timer };

	for (size_t i = 0; i < LS_COUNT(events); i++) {
		if (*events[i])
			event_free(*events[i]);
		*events[i] = NULL;
	}
	sd_bus_close(host_sleep->bus);
	host_sleep->bus = sd_bus_unref(host_sleep->bus);
}

static void
report(struct host_sleep *host_sleep, const struct sleep_signal *signal)
{
	struct ls_observation obs = {
		.at = signal->at,
		.source = LS_SOURCE_HOST,
		.kind = signal->sleeps ? LS_OBS_SLEEP : LS_OBS_WAKE,
	};

	ls_text_format(obs.text, sizeof(obs.text), "logind: the computer %s",
		       signal->sleeps ? "is about to sleep" : "woke up");
	if (!signal->sleeps)
		host_sleep_before(host_sleep, &obs);
	if (!signal->sleeps && host_sleep->woke_mono &&
	    signal->at.mono_us <= host_sleep->woke_mono + SAME_WAKE_US)
		return; /* the clocks showed it, and how long the sleep was */
	host_sleep->sink(&obs, host_sleep->user);
}

static int
on_owner(sd_bus_message *reply, void *user, sd_bus_error *error)
{
	struct host_sleep *host_sleep = user;
	const char *owner;

	(void)error;
	host_sleep->signal.pending = false;
	if (!sd_bus_message_is_method_error(reply, NULL) &&
	    sd_bus_message_read(reply, "s", &owner) > 0 &&
	    strcmp(owner, host_sleep->signal.sender) == 0)
		report(host_sleep, &host_sleep->signal);
	return 0;
}

static int
on_prepare_for_sleep(sd_bus_message *message, void *user, sd_bus_error *error)
{
	struct host_sleep *host_sleep = user;
	const char *sender = sd_bus_message_get_sender(message);
	struct sleep_signal *signal = &host_sleep->signal;
	int sleeps;

	(void)error;
	if (signal->pending || !sender || strlen(sender) >= sizeof(signal->sender) ||
	    sd_bus_message_read(message, "b", &sleeps) <= 0)
		return 0;
	*signal = (struct sleep_signal){ .sleeps = sleeps, .at = state_now() };
	snprintf(signal->sender, sizeof(signal->sender), "%s", sender);
	signal->pending =
		sd_bus_call_method_async(host_sleep->bus, NULL, "org.freedesktop.DBus",
					 "/org/freedesktop/DBus", "org.freedesktop.DBus",
					 "GetNameOwner", on_owner, host_sleep, "s", LOGIND) >= 0;
	return 0;
}

/* What the bus waits for now. @more: it has something already. */
static void
arm(struct host_sleep *host_sleep, bool more)
{
	int events = sd_bus_get_events(host_sleep->bus);
	uint64_t until_us, now_us = (uint64_t)clock_us(CLOCK_MONOTONIC), left_us;
	struct timeval wait = { 0 };

	if (events > 0 && (events & POLLOUT))
		event_add(host_sleep->writable, NULL);
	if (sd_bus_get_timeout(host_sleep->bus, &until_us) < 0)
		until_us = UINT64_MAX;
	if (until_us == UINT64_MAX && !more)
		return;
	left_us = !more && until_us > now_us ? until_us - now_us : 0;
	wait.tv_sec = (time_t)(left_us / LS_SEC);
	wait.tv_usec = (suseconds_t)(left_us % LS_SEC);
	event_add(host_sleep->timer, &wait);
}

static void
on_bus(evutil_socket_t fd, short what, void *user)
{
	struct host_sleep *host_sleep = user;
	int r = 1;

	(void)fd;
	(void)what;
	for (int i = 0; i < MESSAGES_PER_WAKEUP && r > 0; i++)
		r = sd_bus_process(host_sleep->bus, NULL);
	if (r < 0)
		close_bus(host_sleep); /* it went away: the kernel log and the clocks remain */
	else
		arm(host_sleep, r > 0);
}

/* The connection is made, and the match added, while the loop runs. */
static int
open_bus(struct host_sleep *host_sleep, struct event_base *base)
{
	int fd;

	if (sd_bus_open_system(&host_sleep->bus) < 0)
		return 0;
	fd = sd_bus_get_fd(host_sleep->bus);
	if (fd < 0 ||
	    sd_bus_match_signal_async(host_sleep->bus, NULL, LOGIND, "/org/freedesktop/login1",
				      LOGIND ".Manager", "PrepareForSleep", on_prepare_for_sleep,
				      NULL, host_sleep) < 0) {
		close_bus(host_sleep);
		return 0;
	}
	host_sleep->readable = event_new(base, fd, EV_READ | EV_PERSIST, on_bus, host_sleep);
	host_sleep->writable = event_new(base, fd, EV_WRITE, on_bus, host_sleep);
	host_sleep->timer = evtimer_new(base, on_bus, host_sleep);
	if (!host_sleep->readable || !host_sleep->writable || !host_sleep->timer ||
	    event_add(host_sleep->readable, NULL) < 0)
		return -ENOMEM;
	arm(host_sleep, true);
	return 0;
}

int
host_sleep_new(struct event_base *base, source_sink_fn sink, void *user, struct host_sleep **ret)
{
	ls_auto(host_sleep) *host_sleep = calloc(1, sizeof(*host_sleep));
	const struct ls_observation first = { .kind = LS_OBS_NONE };
	int r;

	if (!host_sleep)
		return -ENOMEM;
	host_sleep->sink = sink;
	host_sleep->user = user;
	host_sleep_before(host_sleep, &first);
	r = open_bus(host_sleep, base);
	if (r < 0)
		return r;
	*ret = LS_STEAL(&host_sleep);
	return 0;
}

void
host_sleep_free(struct host_sleep *host_sleep)
{
	if (!host_sleep)
		return;
	close_bus(host_sleep);
	free(host_sleep);
}
