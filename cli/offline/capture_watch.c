#include "cli/offline/capture_watch.h"

#include <errno.h>
#include <stdlib.h>

#include "lib/observe/flow.h"
#include "lib/usbmon/hub.h"
#include "lib/base/text.h"
#include "lib/observe/usbmon_events.h"

/* Failures within this time become one observation, so that a burst of them stays cheap. */
#define TELL_EVERY_US (50 * LS_MS)
/* A larger step means that the clock was set; a capture of an idle bus may pause for days. */
#define STEP_MAX_US (30 * 86400 * LS_SEC)

/* Pending requests whose replies are read; the kernel has few at a time. */
#define ASKED	   256
#define ASKED_BITS 8

struct capture_watch {
	struct capture_watch_options with;
	struct ls_traffic *traffic;
	const struct ls_usbmon_batch *batch; /* that is being added; NULL: one record, with @data */
	const uint8_t *data;
	size_t len_data;
	struct ls_enumeration *enumeration;
	bool failed; /* a transfer failed and is not reported yet */
	uint64_t reported_us;
	struct ls_instant now;
	uint64_t last_us; /* CLOCK_REALTIME of the last record */
	struct ls_hub_traffic hubs;
	bool seen[LS_TRAFFIC_BUSES][128];
	uint64_t asked[ASKED];	       /* ids of requests whose replies are read; 0: free */
	bool is_crowded;	       /* two requests share a slot: read all replies */
	struct ls_traffic_counts past; /* too large for a stack */
};

/* What a device moved in the second before it left. */
#define FLOW_US (1 * LS_SEC)

static void
add_bytes(const struct ls_flight_record *record, void *user)
{
	uint64_t *bytes = user;

	if (record->type == LS_USBMON_COMPLETE)
		*bytes += record->length;
}

static void
report_flow(struct capture_watch *watch, const struct ls_observation *left)
{
	const struct ls_flight *flight = ls_traffic_flight(watch->traffic, left->bus, left->devnum);
	uint64_t bytes = 0, from_us = (uint64_t)left->at.real_us - FLOW_US;
	struct ls_observation obs = *left;

	if (flight)
		ls_flight_visit(flight, from_us, add_bytes, &bytes);
	if (bytes < LS_FLOW_MIN_BYTES)
		return;
	obs.kind = LS_OBS_FLOW;
	obs.kib_per_s = (uint32_t)(bytes / 1024);
	ls_text_format(obs.text, sizeof(obs.text), "data flows, %.1f MB/s or more",
		       (double)bytes / 1e6);
	watch->with.observe(&obs, watch->with.user);
}

/* The device number is reused: the counts so far belong to the previous device. */
static void
on_observation(const struct ls_observation *obs, void *user)
{
	struct capture_watch *watch = user;
	const struct ls_enumerated *before =
		ls_enumeration_find(watch->enumeration, obs->bus, obs->devnum);

	if (obs->kind == LS_OBS_ENUMERATING && before && watch->with.on_past &&
	    ls_traffic_total(watch->traffic, obs->bus, obs->devnum, &watch->past) > 0 &&
	    watch->with.on_past(before, &watch->past, watch->with.user))
		ls_traffic_device_gone(watch->traffic, obs->bus, obs->devnum);
	if (obs->kind == LS_OBS_ENUMERATING)
		ls_hub_traffic_set(&watch->hubs, obs->bus, obs->devnum, LS_HUB_IS_NONE);
	if (obs->kind == LS_OBS_DISCONNECTED)
		report_flow(watch, obs);
	watch->with.observe(obs, watch->with.user);
}

/* Time never goes back; when the clock was set, it pauses. */
static struct ls_instant
moment(struct capture_watch *watch, uint64_t real_us)
{
	uint64_t step = real_us - watch->last_us;

	if (watch->last_us && step <= STEP_MAX_US)
		watch->now.mono_us += step;
	watch->now.real_us = (int64_t)real_us;
	watch->last_us = real_us;
	return watch->now;
}

/* A little before now: @real_us is of a record of the last moments. */
static struct ls_instant
moment_before(const struct capture_watch *watch, uint64_t real_us)
{
	return ls_usbmon_instant((int64_t)real_us, watch->now);
}

static void
flush(struct capture_watch *watch)
{
	struct ls_traffic_evidence evidence;
	struct ls_observation obs;

	watch->failed = false;
	watch->reported_us = watch->now.mono_us;
	while (ls_traffic_next_evidence(watch->traffic, &evidence) > 0) {
		ls_usbmon_tell_errors(&evidence, moment_before(watch, evidence.last_us), &obs);
		watch->with.observe(&obs, watch->with.user);
	}
}

static void
look(struct capture_watch *watch, const struct ls_usbmon_record *record, const uint8_t *data,
     size_t len)
{
	struct ls_instant at = moment(watch, ls_usbmon_real_us(record));
	bool is_failure = record->type != LS_USBMON_SUBMIT && record->status != 0;
	struct ls_hub_event event;
	struct ls_observation obs;

	bool is_word = ls_hub_traffic_wants(&watch->hubs, record) &&
		       ls_hub_traffic_decode(&watch->hubs, record, data, len, &event) > 0;

	if (watch->failed && (is_word || at.mono_us >= watch->reported_us + TELL_EVERY_US))
		flush(watch);
	if (is_word) {
		/* The hub report comes first: it is evidence for what follows from it. */
		if (ls_usbmon_tell_port(&event, at, &obs) > 0)
			watch->with.observe(&obs, watch->with.user);
		ls_enumeration_hub(watch->enumeration, &event, at);
	}
	ls_enumeration_add(watch->enumeration, record, data, len, at);
	watch->failed |= is_failure;
}

static inline bool
is_new(const struct capture_watch *watch, const struct ls_usbmon_record *record)
{
	return record->bus < LS_TRAFFIC_BUSES && record->devnum < 128 &&
	       !watch->seen[record->bus][record->devnum];
}

static inline uint64_t *
place_of(struct capture_watch *watch, uint64_t id)
{
	return &watch->asked[id * UINT64_C(0x9e3779b97f4a7c15) >> (64 - ASKED_BITS)];
}

static bool
is_question(struct capture_watch *watch, const struct ls_usbmon_record *record)
{
	uint64_t *place = place_of(watch, record->id);

	if (!ls_hub_traffic_asks(record) && !ls_enumeration_asks(record))
		return false;
	watch->is_crowded |= *place && *place != record->id;
	*place = record->id;
	return true;
}

static bool
is_answer(struct capture_watch *watch, const struct ls_usbmon_record *record)
{
	uint64_t *place = place_of(watch, record->id);

	if (*place != record->id)
		return watch->is_crowded;
	*place = 0;
	return true;
}

/* Of the records that the table finds notable. */
static bool
matters(struct capture_watch *watch, const struct ls_usbmon_record *record)
{
	if (record->xfer == LS_XFER_CONTROL && record->type == LS_USBMON_SUBMIT)
		return is_question(watch, record) || is_new(watch, record);
	if (record->type != LS_USBMON_SUBMIT && record->status != 0)
		return true;
	if (record->xfer == LS_XFER_CONTROL)
		return is_answer(watch, record) || is_new(watch, record);
	if (record->xfer == LS_XFER_INTERRUPT && ls_hub_traffic_is_hub(&watch->hubs, record))
		return true;
	return is_new(watch, record);
}

static bool
on_notable(const struct ls_usbmon_record *record, void *user)
{
	struct capture_watch *watch = user;
	const uint8_t *data = watch->data;
	size_t len = watch->len_data;

	if (!matters(watch, record))
		return ls_hub_traffic_is_hub(&watch->hubs, record);
	if (is_new(watch, record))
		watch->seen[record->bus][record->devnum] = true;
	if (watch->batch) {
		len = 0;
		data = ls_usbmon_data_of(watch->batch, record, &len);
	}
	look(watch, record, data, len);
	return ls_hub_traffic_is_hub(&watch->hubs, record);
}

int
capture_watch_new(const struct capture_watch_options *options, struct capture_watch **ret)
{
	ls_auto(capture_watch) *watch = calloc(1, sizeof(*watch));
	int r;

	if (!watch)
		return -ENOMEM;
	watch->with = *options;
	r = ls_traffic_new(&watch->traffic);
	if (r == 0)
		r = ls_enumeration_new(on_observation, watch, &watch->enumeration);
	if (r < 0)
		return r;
	ls_traffic_set_notable(watch->traffic, on_notable, watch);
	*ret = LS_STEAL(&watch);
	return 0;
}

void
capture_watch_free(struct capture_watch *watch)
{
	if (!watch)
		return;
	ls_traffic_free(watch->traffic);
	ls_enumeration_free(watch->enumeration);
	free(watch);
}

void
capture_watch_add(struct capture_watch *watch, const struct ls_usbmon_record *record,
		  const uint8_t *data, size_t len)
{
	watch->data = data;
	watch->len_data = len;
	ls_traffic_add(watch->traffic, record);
}

void
capture_watch_add_batch(struct capture_watch *watch, const struct ls_usbmon_batch *batch)
{
	watch->batch = batch;
	ls_traffic_add_batch(watch->traffic, batch);
	watch->batch = NULL;
}

void
capture_watch_finish(struct capture_watch *watch, uint64_t real_us)
{
	(void)moment(watch, real_us);
	flush(watch);
}

struct ls_traffic *
capture_watch_traffic(struct capture_watch *watch)
{
	return watch->traffic;
}

struct ls_enumeration *
capture_watch_enumeration(struct capture_watch *watch)
{
	return watch->enumeration;
}

struct ls_instant
capture_watch_now(const struct capture_watch *watch)
{
	return watch->now;
}
