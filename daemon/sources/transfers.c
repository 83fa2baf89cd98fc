#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "daemon/base/state.h"
#include "daemon/sources/usbmon.h"
#include "daemon/sources/top.h"
#include "daemon/sources/transfers.h"
#include "lib/usbmon/hub.h"
#include "lib/base/port.h"
#include "lib/observe/usbmon_events.h"

#define MINUTE_US (60 * (int64_t)LS_SEC)
/* A crash loses at most this much of the counters. */
static const struct timeval soon = { .tv_sec = 1 };
/* Older transfers have nothing to do with an incident. */
#define TAIL_US	 (10 * LS_SEC)
#define ROOT_HUB 1

struct transfers {
	struct transfers_options with;
	struct ls_traffic *traffic;
	struct ls_hub_traffic hubs;
	struct source_usbmon *source;
	const struct ls_usbmon_batch *batch; /* while it is counted */
	struct event *write;		     /* armed while something moves, and not otherwise */
	struct ls_flow_meter flow;
	uint64_t flow_checked_mono; /* when the flow was last checked */
	int64_t minute_us;	    /* the current one */
};

static void
write_device(struct transfers *transfers, unsigned int bus, unsigned int devnum)
{
	struct ls_traffic_row row = { .minute_us = transfers->minute_us + devnum };
	struct ls_record record = { .kind = LS_RECORD_TRAFFIC, .traffic = &row };
	struct ls_traffic_sum sum;

	row.session = ls_engine_session_of(transfers->with.engine, (uint16_t)bus, (uint16_t)devnum);
	if (!row.session || ls_traffic_peek(transfers->traffic, bus, devnum, &row.counts) <= 0)
		return;
	ls_traffic_sum(&row.counts, &sum);
	if (sum.n_submitted || sum.n_completed)
		transfers->with.on_record(&record, transfers->with.user);
}

static void
write_visited(unsigned int bus, unsigned int devnum, void *user)
{
	write_device(user, bus, devnum);
}

static void
begin_minute(unsigned int bus, unsigned int devnum, void *user)
{
	struct transfers *transfers = user;
	struct ls_traffic_counts taken;

	if (ls_traffic_take(transfers->traffic, bus, devnum, &taken) > 0)
		top_taken(transfers->with.top, bus, devnum, &taken);
}

void
transfers_flush(struct transfers *transfers)
{
	int64_t minute_us = state_now().real_us / MINUTE_US * MINUTE_US;

	if (!transfers)
		return;
	ls_traffic_each(transfers->traffic, write_visited, transfers);
	if (minute_us == transfers->minute_us)
		return;
	/* A clock that is set back starts a minute again: its row is replaced, and what was
	 * counted in it before is lost to the report, but not to the incidents. */
	ls_traffic_each(transfers->traffic, begin_minute, transfers);
	transfers->minute_us = minute_us;
}

static void
check_flow(unsigned int bus, unsigned int devnum, void *user)
{
	struct transfers *transfers = user;
	struct ls_observation obs;
	struct ls_instant now = state_now();
	struct ls_traffic_moved total;

	if (ls_traffic_moved(transfers->traffic, bus, devnum, &total) <= 0 ||
	    ls_flow_meter_look(&transfers->flow, bus, devnum, &total,
			       now.mono_us - transfers->flow_checked_mono, &obs) <= 0)
		return;
	obs.at = now;
	transfers->with.sink(&obs, transfers->with.user);
}

static void
on_write(evutil_socket_t fd, short what, void *user)
{
	struct transfers *transfers = user;

	(void)fd;
	(void)what;
	ls_traffic_each(transfers->traffic, check_flow, transfers);
	transfers->flow_checked_mono = state_now().mono_us;
	transfers_flush(transfers);
	if (transfers->flow.n_flowing) /* its end is to be noticed, although no event comes then */
		event_add(transfers->write, &soon);
}

static void
report_errors(struct transfers *transfers, const struct ls_traffic_evidence *evidence)
{
	struct ls_observation obs;

	ls_usbmon_tell_errors(evidence, ls_usbmon_instant((int64_t)evidence->last_us, state_now()),
			      &obs);
	transfers->with.sink(&obs, transfers->with.user);
}

static void
report_port(struct transfers *transfers, const struct ls_hub_event *event)
{
	struct ls_observation obs;

	if (ls_usbmon_tell_port(event, ls_usbmon_instant((int64_t)event->real_us, state_now()),
				&obs) > 0)
		transfers->with.sink(&obs, transfers->with.user);
}

/* A control transfer, a failure, a first record, or an interrupt transfer of a hub. */
static bool
on_notable(const struct ls_usbmon_record *record, void *user)
{
	struct transfers *transfers = user;
	struct ls_hub_event event;
	const uint8_t *data;
	size_t len = 0;

	if (ls_hub_traffic_wants(&transfers->hubs, record)) {
		data = ls_usbmon_data_of(transfers->batch, record, &len);
		if (ls_hub_traffic_decode(&transfers->hubs, record, data, len, &event) > 0)
			report_port(transfers, &event);
	}
	return record->devnum == ROOT_HUB || ls_hub_traffic_is_hub(&transfers->hubs, record);
}

static void
on_batch(const struct ls_usbmon_batch *batch, void *user)
{
	struct transfers *transfers = user;
	struct ls_traffic_evidence evidence;

	/* What was counted until now belongs to the minute in which it moved. */
	if (batch->now.real_us / MINUTE_US * MINUTE_US != transfers->minute_us)
		transfers_flush(transfers);
	transfers->batch = batch;
	ls_traffic_add_batch(transfers->traffic, batch);
	transfers->batch = NULL;
	while (ls_traffic_next_evidence(transfers->traffic, &evidence) > 0)
		report_errors(transfers, &evidence);
	if (event_pending(transfers->write, EV_TIMEOUT, NULL))
		return;
	if (!transfers->flow.n_flowing)
		transfers->flow_checked_mono = state_now().mono_us;
	event_add(transfers->write, &soon);
}

static void
on_source(const struct ls_observation *obs, void *user)
{
	struct transfers *transfers = user;

	if (obs->kind == LS_OBS_LOST)
		top_lost(transfers->with.top, obs->n_lost);
	transfers->with.sink(obs, transfers->with.user);
}

int
transfers_new(struct event_base *base, const struct transfers_options *options,
	      struct transfers **ret)
{
	ls_auto(transfers) *transfers = calloc(1, sizeof(*transfers));
	struct source_usbmon_options source = {
		.fd = -1,
		.ring_bytes = options->ring_bytes,
		.on_batch = on_batch,
		.sink = on_source,
		.user = transfers,
	};
	int r;

	if (!transfers)
		return -ENOMEM;
	transfers->with = *options;
	transfers->minute_us = state_now().real_us / MINUTE_US * MINUTE_US;
	transfers->write = evtimer_new(base, on_write, transfers);
	if (!transfers->write)
		return -ENOMEM;
	r = ls_traffic_new(&transfers->traffic);
	if (r == 0)
		r = source_usbmon_new(base, &source, &transfers->source);
	if (r < 0)
		return r;
	ls_traffic_set_notable(transfers->traffic, on_notable, transfers);
	top_attach(transfers->with.top, transfers->traffic);
	*ret = LS_STEAL(&transfers);
	return 0;
}

void
transfers_start(struct transfers *transfers)
{
	source_usbmon_start(transfers->source);
}

void
transfers_free(struct transfers *transfers)
{
	if (!transfers)
		return;
	top_attach(transfers->with.top, NULL);
	source_usbmon_free(transfers->source);
	ls_traffic_free(transfers->traffic);
	if (transfers->write)
		event_free(transfers->write);
	free(transfers);
}

static void
forget_device(struct transfers *transfers, unsigned int bus, unsigned int devnum)
{
	top_device_gone(transfers->with.top, bus, devnum);
	ls_traffic_device_gone(transfers->traffic, bus, devnum);
}

/* Which hubs there are, and which of the two layouts their status words have. */
static void
note_hub(struct transfers *transfers, const struct ls_observation *obs)
{
	enum ls_hub_layout layout = LS_HUB_IS_USB2;
	unsigned int devnum = obs->kind == LS_OBS_BUS_ADDED ? ROOT_HUB : obs->devnum;

	if (!obs->device || obs->source != LS_SOURCE_UDEV ||
	    (obs->kind != LS_OBS_BUS_ADDED && obs->device->device_class != 9))
		return;
	if (obs->device->speed >= LS_SPEED_SUPER)
		layout = LS_HUB_IS_SUPER;
	ls_hub_traffic_set(&transfers->hubs, obs->bus, devnum, layout);
	ls_traffic_set_hub(transfers->traffic, obs->bus, devnum, true);
}

const struct ls_flow_meter *
transfers_flow(const struct transfers *transfers)
{
	struct source_usbmon_stats stats;

	source_usbmon_stats(transfers->source, &stats);
	return stats.available ? &transfers->flow : NULL;
}

void
transfers_before(struct transfers *transfers, const struct ls_observation *obs)
{
	/* No event reports that usbmon was loaded: it is tried again when a device connects. */
	if (obs->kind == LS_OBS_CONNECTED && obs->source == LS_SOURCE_UDEV && !obs->initial &&
	    !transfers_flow(transfers))
		source_usbmon_start(transfers->source);
	if (obs->kind == LS_OBS_CONNECTED || obs->kind == LS_OBS_BUS_ADDED)
		note_hub(transfers, obs);
	if (obs->kind == LS_OBS_ENUMERATING) /* a number that is given out again */
		forget_device(transfers, obs->bus, obs->devnum);
	if (obs->kind == LS_OBS_RESET) /* what went before it is its reason */
		source_usbmon_drain(transfers->source);
	if (obs->kind == LS_OBS_CABLE) { /* what moved until now was with the other one */
		source_usbmon_drain(transfers->source);
		write_device(transfers, ls_port_bus(obs->port), obs->devnum);
		begin_minute(ls_port_bus(obs->port), obs->devnum, transfers);
	}
	if (obs->kind != LS_OBS_DISCONNECTED)
		return;
	source_usbmon_drain(transfers->source);
	write_device(transfers, obs->bus, obs->devnum);
}

struct tail_at {
	struct ls_tail tail;
	uint64_t until_us;
};

static void
keep_transfer(const struct ls_flight_record *record, void *user)
{
	struct tail_at *at = user;

	if (at->tail.n < LS_FLIGHT_RECORDS && record->real_us <= at->until_us)
		at->tail.records[at->tail.n++] = *record;
}

static void
give_tail(struct transfers *transfers, const struct ls_observation *obs, int64_t incident)
{
	const struct ls_flight *flight =
		ls_traffic_flight(transfers->traffic, obs->bus, obs->devnum);
	struct tail_at at = {
		.tail.incident = incident,
		.until_us = (uint64_t)obs->at.real_us,
	};
	struct ls_record record = { .kind = LS_RECORD_TAIL, .tail = &at.tail };

	if (!flight || !incident)
		return;
	ls_flight_visit(flight, at.until_us - TAIL_US, keep_transfer, &at);
	if (at.tail.n)
		transfers->with.on_record(&record, transfers->with.user);
}

void
transfers_after(struct transfers *transfers, const struct ls_observation *obs)
{
	int64_t incident;

	if (obs->kind == LS_OBS_BUS_REMOVED) {
		top_bus_gone(transfers->with.top, obs->bus);
		ls_traffic_bus_gone(transfers->traffic, obs->bus);
	}
	if (obs->kind != LS_OBS_DISCONNECTED)
		return;
	incident = ls_engine_incident_on(transfers->with.engine, obs->port, obs->at);
	give_tail(transfers, obs, incident);
	ls_flow_meter_gone(&transfers->flow, obs->bus, obs->devnum);
	forget_device(transfers, obs->bus, obs->devnum);
	ls_hub_traffic_set(&transfers->hubs, obs->bus, obs->devnum, LS_HUB_IS_NONE);
}
