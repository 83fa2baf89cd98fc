#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "daemon/source_usbmon.h"
#include "daemon/transfers.h"
#include "lib/hub_traffic.h"
#include "lib/port.h"
#include "lib/text.h"

#define MINUTE_US (60 * (int64_t)LS_SEC)
/*
 * A crash loses at most this much of the counters, and a report is at most this late. Each writing
 * waits for the disk while records pile up in the ring, and it costs as much as reading some
 * thousand records.
 */
#define WRITE_SEC 5
/* What moved longer ago has nothing to do with an incident. */
#define TAIL_US (10 * LS_SEC)

struct transfers {
	struct transfers_options with;
	struct ls_traffic *traffic;
	struct ls_hub_traffic hubs;
	struct source_usbmon *source;
	struct event *write; /* armed while something moves, and not otherwise */
	int64_t minute_us;   /* the one under way */
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
		pipeline_record(&record, transfers->with.pipeline);
}

static void
write_visited(unsigned int bus, unsigned int devnum, const struct ls_traffic_counts *counts,
	      void *user)
{
	(void)counts;
	write_device(user, bus, devnum);
}

static void
begin_minute(unsigned int bus, unsigned int devnum, const struct ls_traffic_counts *counts,
	     void *user)
{
	struct transfers *transfers = user;
	struct ls_traffic_counts taken;

	(void)counts;
	(void)ls_traffic_take(transfers->traffic, bus, devnum, &taken);
}

void
transfers_flush(struct transfers *transfers)
{
	int64_t minute_us = state_now().real_us / MINUTE_US * MINUTE_US;

	if (!transfers)
		return;
	ls_traffic_visit(transfers->traffic, write_visited, transfers);
	if (minute_us == transfers->minute_us)
		return;
	/* A clock that is set back begins an earlier minute anew: its row is replaced, and what was
	 * counted in it before is lost to the report, but not to the incidents. */
	ls_traffic_visit(transfers->traffic, begin_minute, transfers);
	transfers->minute_us = minute_us;
}

static void
on_write(evutil_socket_t fd, short what, void *user)
{
	(void)fd;
	(void)what;
	transfers_flush(user);
}

static void
tell_errors(struct transfers *transfers, const struct ls_traffic_evidence *evidence)
{
	struct ls_observation obs = {
		.at = ls_usbmon_instant((int64_t)evidence->last_us, state_now()),
		.source = LS_SOURCE_USBMON,
		.kind = LS_OBS_TRANSFER_ERRORS,
		.bus = evidence->bus,
		.devnum = evidence->devnum,
		.status = evidence->status,
		.count = evidence->n_link + evidence->n_babble + evidence->n_timeout,
	};
	const struct ls_status_row *row = &ls_status_rows[ls_status_find(evidence->status)];

	ls_text_format(obs.text, sizeof(obs.text), "ep 0x%02x %s: %s (%d), %s; %u failed",
		       evidence->endpoint, evidence->endpoint & 0x80 ? "IN" : "OUT", row->name,
		       evidence->status, row->words, obs.count);
	pipeline_observe(&obs, transfers->with.pipeline);
}

/* Resets and power: whoever asks for them. Changes: a port that came, went or was disabled. */
static bool
worth_telling(const struct ls_hub_event *event)
{
	static const uint32_t changes = LS_PORT_C_CONNECTION | LS_PORT_C_ENABLE |
					LS_PORT_C_OVER_CURRENT | LS_PORT_C_LINK_STATE |
					LS_PORT_C_CONFIG_ERROR;

	switch (event->kind) {
	case LS_HUB_PORT_STATUS:
		return (event->bits & changes) || event->link_state == LS_LINK_INACTIVE;
	case LS_HUB_RESET:
	case LS_HUB_WARM_RESET:
	case LS_HUB_POWER_OFF:
	case LS_HUB_DISABLE:
		return true;
	default:
		return false;
	}
}

static void
describe_port(const struct ls_hub_event *event, char *text, size_t size)
{
	const char *state = ls_link_state_name(event->link_state);

	if (event->kind != LS_HUB_PORT_STATUS) {
		ls_text_format(text, size, "port %u: %s", event->port,
			       ls_hub_event_name(event->kind));
		return;
	}
	ls_text_format(text, size, "port %u:%s%s%s%s %s, %s%s%s", event->port,
		       event->bits & LS_PORT_C_CONNECTION ? " C_CONNECTION" : "",
		       event->bits & LS_PORT_C_ENABLE ? " C_ENABLE" : "",
		       event->bits & LS_PORT_C_OVER_CURRENT ? " C_OVER_CURRENT" : "",
		       event->bits & LS_PORT_C_CONFIG_ERROR ? " C_CONFIG_ERROR" : "",
		       event->bits & LS_PORT_CONNECTED ? "connected" : "not connected",
		       event->bits & LS_PORT_ENABLED ? "enabled" : "not enabled",
		       state[0] ? ", link " : "", state);
}

static void
tell_port(struct transfers *transfers, const struct ls_hub_event *event)
{
	struct ls_observation obs = {
		.at = ls_usbmon_instant((int64_t)event->real_us, state_now()),
		.source = LS_SOURCE_USBMON,
		.kind = LS_OBS_PORT_STATUS,
		.bus = event->bus,
		.devnum = event->devnum,
		.count = event->port,
	};

	if (!event->port || !worth_telling(event))
		return;
	describe_port(event, obs.text, sizeof(obs.text));
	pipeline_observe(&obs, transfers->with.pipeline);
}

static void
look_at_hubs(struct transfers *transfers, const struct ls_usbmon_batch *batch)
{
	struct ls_hub_event event;

	for (size_t i = 0; i < batch->n; i++) {
		const struct ls_usbmon_record *record = ls_usbmon_at(batch, i);
		const uint8_t *data;
		size_t len;

		if (!record || !ls_hub_traffic_wants(&transfers->hubs, record) ||
		    record->type == LS_USBMON_FILLER)
			continue;
		data = ls_usbmon_data_at(batch, i, &len);
		if (ls_hub_traffic_decode(&transfers->hubs, record, data, len, &event) > 0)
			tell_port(transfers, &event);
	}
}

static void
on_batch(const struct ls_usbmon_batch *batch, void *user)
{
	static const struct timeval soon = { .tv_sec = WRITE_SEC };
	struct transfers *transfers = user;
	struct ls_traffic_evidence evidence;
	unsigned int xfers;

	/* What was counted until now belongs to the minute in which it moved. */
	if (batch->now.real_us / MINUTE_US * MINUTE_US != transfers->minute_us)
		transfers_flush(transfers);
	xfers = ls_traffic_add_batch(transfers->traffic, batch);
	if (xfers & (1u << LS_XFER_CONTROL | 1u << LS_XFER_INTERRUPT))
		look_at_hubs(transfers, batch);
	while (ls_traffic_next_evidence(transfers->traffic, &evidence) > 0)
		tell_errors(transfers, &evidence);
	if (!event_pending(transfers->write, EV_TIMEOUT, NULL))
		event_add(transfers->write, &soon);
}

static void
on_source(const struct ls_observation *obs, void *user)
{
	struct transfers *transfers = user;

	pipeline_observe(obs, transfers->with.pipeline);
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
	source_usbmon_free(transfers->source);
	ls_traffic_free(transfers->traffic);
	if (transfers->write)
		event_free(transfers->write);
	free(transfers);
}

/* Which hubs there are, and which of the two layouts their status words have. */
static void
note_hub(struct transfers *transfers, const struct ls_observation *obs)
{
	enum ls_hub_layout layout = LS_HUB_IS_USB2;

	if (!obs->device || obs->source != LS_SOURCE_UDEV ||
	    (obs->kind != LS_OBS_BUS_ADDED && obs->device->device_class != 9))
		return;
	if (obs->device->speed >= LS_SPEED_SUPER)
		layout = LS_HUB_IS_SUPER;
	ls_hub_traffic_set(&transfers->hubs, obs->bus,
			   obs->kind == LS_OBS_BUS_ADDED ? 1 : obs->devnum, layout);
}

/* No event tells that somebody loaded usbmon; a device that comes is a good moment to look. */
static void
try_again(struct transfers *transfers)
{
	struct source_usbmon_stats stats;

	source_usbmon_stats(transfers->source, &stats);
	if (!stats.sees)
		source_usbmon_start(transfers->source);
}

void
transfers_before(struct transfers *transfers, const struct ls_observation *obs)
{
	if (obs->kind == LS_OBS_CONNECTED && obs->source == LS_SOURCE_UDEV && !obs->initial)
		try_again(transfers);
	if (obs->kind == LS_OBS_CONNECTED || obs->kind == LS_OBS_BUS_ADDED)
		note_hub(transfers, obs);
	if (obs->kind == LS_OBS_ENUMERATING) /* a number that is given out again */
		ls_traffic_device_gone(transfers->traffic, obs->bus, obs->devnum);
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
		pipeline_record(&record, transfers->with.pipeline);
}

void
transfers_after(struct transfers *transfers, const struct ls_observation *obs)
{
	int64_t incident;

	if (obs->kind == LS_OBS_BUS_REMOVED)
		ls_traffic_bus_gone(transfers->traffic, obs->bus);
	if (obs->kind != LS_OBS_DISCONNECTED)
		return;
	incident = ls_engine_incident_on(transfers->with.engine, obs->port, obs->at);
	give_tail(transfers, obs, incident);
	ls_traffic_device_gone(transfers->traffic, obs->bus, obs->devnum);
	ls_hub_traffic_set(&transfers->hubs, obs->bus, obs->devnum, LS_HUB_IS_NONE);
}
