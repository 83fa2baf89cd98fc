#include "lib/usbmon/traffic.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/*
 * Laid out for the cache: a record touches one line each of the header, the places, its device, its
 * endpoint, the URBs under way, the recorder, and two of the histogram.
 */
#define DAY	      (86400 * LS_SEC)
#define RECORDER_IDLE 4096
#define OWNER_BITS    16
#define OWNER_MASK    UINT64_C(0xffff)
#define PREFETCH      4 /* records ahead: payload lies between them */

#define LIKELY(x)   __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

#define DEVNUMS	       128
#define PLACES	       (LS_TRAFFIC_BUSES << 8)
#define N_SLOTS	       (LS_TRAFFIC_DEVICES + 1) /* slot 0 stands for none */
#define N_RECORDERS    128
#define N_BUCKETS      2048 /* a power of two */
#define BUCKET_BITS    11
#define WAYS	       8
#define CACHE_LINE     64
#define EVIDENCE_WORDS ((N_SLOTS + 63) / 64)

/* A pending URB. @since: submission time, µs modulo 2^48, above 16 bits of its owner. */
struct under_way {
	uint64_t id; /* 0: free, all of it is 0, and so is the rest of the bucket */
	uint64_t since;
};

struct evidence {
	struct ls_traffic_evidence fresh; /* its counts restart when reported */
	bool any;
};

/* A record's type and xfer, as they lie in it, in one number. */
#define KIND_OF(type, xfer) ((uint16_t)((type) | (xfer) << 8))

struct device {
	/* What each record touches. */
	struct ls_flight *flight;
	uint64_t last_used;   /* in records of all devices */
	uint32_t first_owner; /* the number of its first endpoint */
	/* The kinds of interrupt transfers; 0 of a hub, of which they are notable. */
	uint16_t plain_submission, plain_completion;
	uint16_t bus;
	uint8_t devnum;
	uint8_t slot;

	struct ls_traffic_counts since __attribute__((aligned(CACHE_LINE))); /* the last take */
	struct evidence evidence;
	struct ls_traffic_counts before; /* the last take */
} __attribute__((aligned(CACHE_LINE)));

struct ls_traffic {
	struct under_way under_way[N_BUCKETS][WAYS] __attribute__((aligned(CACHE_LINE)));
	struct ls_traffic_health health;
	uint64_t unreported[EVIDENCE_WORDS]; /* slots with fresh evidence */
	ls_traffic_notable_fn notable;
	void *notable_user;
	uint8_t n_on_bus[LS_TRAFFIC_BUSES]; /* devices; a visit passes over empty buses */
	struct device *by_place[PLACES];    /* a record's bus and number are a place as they are */
	struct device devices[N_SLOTS];
	struct ls_flight flights[N_RECORDERS] __attribute__((aligned(CACHE_LINE)));
	struct device *flight_owners[N_RECORDERS];
	uint64_t recorder_free_at; /* in records: none is free before, so none is looked for */
	struct ls_traffic_counts scratch; /* for visits */
	void *allocation;		  /* that this lies in, aligned */
};

static inline unsigned int
place_of(unsigned int bus, unsigned int devnum)
{
	return bus << 8 | devnum;
}

static inline struct device *
device_find(const struct ls_traffic *traffic, unsigned int bus, unsigned int devnum)
{
	return bus < LS_TRAFFIC_BUSES && devnum < DEVNUMS ? traffic->by_place[place_of(bus, devnum)]
							  : NULL;
}

_Static_assert(offsetof(struct ls_endpoint_counts, by_status[2]) == CACHE_LINE, "one line");
_Static_assert(sizeof(struct ls_endpoint_counts) % CACHE_LINE == 0, "no line is shared");
_Static_assert(N_SLOTS <= 256, "a slot is a byte");

int
ls_traffic_new(struct ls_traffic **ret)
{
	/* calloc: untouched pages use no memory; but it does not align to cache lines. */
	void *allocation = calloc(1, sizeof(struct ls_traffic) + CACHE_LINE);
	struct ls_traffic *traffic;

	if (!allocation)
		return -ENOMEM;
	traffic = (struct ls_traffic *)(((uintptr_t)allocation + CACHE_LINE - 1) &
					~(uintptr_t)(CACHE_LINE - 1));
	traffic->allocation = allocation;
	*ret = traffic;
	return 0;
}

void
ls_traffic_free(struct ls_traffic *traffic)
{
	if (traffic)
		free(traffic->allocation);
}

/* ---- pending URBs ---- */

/* 0 marks a free place: a forged id of 0 becomes another. */
static inline uint64_t
key_of(const struct ls_usbmon_record *record)
{
	return record->id ? record->id : 1;
}

static inline struct under_way *
bucket_of(struct ls_traffic *traffic, uint64_t id)
{
	return traffic->under_way[id * UINT64_C(0x9e3779b97f4a7c15) >> (64 - BUCKET_BITS)];
}

static inline struct ls_endpoint_counts *
owner_of(struct ls_traffic *traffic, uint64_t since)
{
	unsigned int owner = since & OWNER_MASK;

	return &traffic->devices[owner / LS_N_ENDPOINTS].since.endpoints[owner % LS_N_ENDPOINTS];
}

static unsigned int
oldest_of(const struct under_way *bucket, uint64_t now)
{
	unsigned int oldest = 0;

	for (unsigned int i = 1; i < WAYS; i++) {
		if ((int64_t)(now - bucket[i].since) > (int64_t)(now - bucket[oldest].since))
			oldest = i;
	}
	return oldest;
}

static void
begin(struct ls_traffic *traffic, uint64_t id, struct ls_endpoint_counts *endpoint, uint64_t since)
{
	struct under_way *bucket = bucket_of(traffic, id), *place = bucket;

	while (place < bucket + WAYS && place->id && place->id != id)
		place++;
	if (UNLIKELY(place == bucket + WAYS)) {
		place = bucket + oldest_of(bucket, since);
		traffic->health.n_forgotten++;
	}
	if (UNLIKELY(place->id)) /* its end was lost, or it is forgotten now */
		owner_of(traffic, place->since)->n_pending--;
	*place = (struct under_way){ .id = id, .since = since };
	endpoint->n_pending++;
}

static inline void
bucket_remove(struct under_way *bucket, struct under_way *place)
{
	struct under_way *last = place;

	while (last + 1 < bucket + WAYS && last[1].id)
		last++;
	if (UNLIKELY(last != place))
		*place = *last;
	*last = (struct under_way){ 0 };
}

/* How long it took in µs; LS_NEVER if that cannot be known. */
static uint64_t
end(struct ls_traffic *traffic, uint64_t id, struct ls_endpoint_counts *endpoint, uint64_t now)
{
	struct under_way *bucket = bucket_of(traffic, id), *place = bucket;
	uint64_t since, took;

	while (place < bucket + WAYS && place->id != id)
		place++;
	if (UNLIKELY(place == bucket + WAYS)) {
		traffic->health.n_unmatched++;
		return LS_NEVER;
	}
	since = place->since;
	bucket_remove(bucket, place);
	if (UNLIKELY((since ^ now) & OWNER_MASK)) {
		owner_of(traffic, since)->n_pending--;
		traffic->health.n_unmatched++; /* the address has a new life */
		return LS_NEVER;
	}
	endpoint->n_pending--;
	took = (uint64_t)((int64_t)(now - since) >> OWNER_BITS);
	if (LIKELY(took <= DAY))
		return took;
	traffic->health.n_jumps++;
	return LS_NEVER;
}

void
ls_traffic_clock_step(struct ls_traffic *traffic, int64_t step_us)
{
	for (size_t i = 0; i < N_BUCKETS; i++) {
		for (size_t way = 0; way < WAYS && traffic->under_way[i][way].id; way++)
			traffic->under_way[i][way].since += (uint64_t)step_us << OWNER_BITS;
	}
}

/* ---- devices ---- */

static void
recorder_assign(struct ls_traffic *traffic, struct device *device)
{
	unsigned int victim = 0;
	uint64_t oldest = UINT64_MAX;

	if (traffic->health.n_records < traffic->recorder_free_at)
		return;
	for (unsigned int i = 0; i < N_RECORDERS; i++) {
		uint64_t used =
			traffic->flight_owners[i] ? traffic->flight_owners[i]->last_used : 0;

		if (used < oldest) {
			oldest = used;
			victim = i;
		}
	}
	if (traffic->flight_owners[victim]) {
		traffic->recorder_free_at = oldest + RECORDER_IDLE;
		if (traffic->health.n_records < traffic->recorder_free_at)
			return; /* more active devices than recorders: do not thrash */
		traffic->flight_owners[victim]->flight = NULL;
		traffic->health.n_recorders--;
	}
	traffic->flight_owners[victim] = device;
	traffic->health.n_recorders++;
	device->flight = &traffic->flights[victim];
	device->flight->n = 0;
}

static struct device *
device_admit(struct ls_traffic *traffic, unsigned int bus, unsigned int devnum)
{
	for (unsigned int slot = 1; slot < N_SLOTS; slot++) {
		struct device *device = &traffic->devices[slot];

		if (device->slot)
			continue;
		device->slot = (uint8_t)slot;
		device->bus = (uint16_t)bus;
		device->devnum = (uint8_t)devnum;
		device->first_owner = slot * LS_N_ENDPOINTS;
		traffic->by_place[place_of(bus, devnum)] = device;
		traffic->n_on_bus[bus]++;
		traffic->health.n_devices++;
		return device;
	}
	return NULL;
}

static uint64_t
n_under_way(const struct device *device)
{
	uint64_t n = 0;

	for (size_t i = 0; i < LS_N_ENDPOINTS; i++)
		n += device->since.endpoints[i].n_pending;
	return n;
}

/* All places are searched: not for a device of which nothing is under way. */
static void
forget_under_way(struct ls_traffic *traffic, const struct device *device)
{
	unsigned int slot = device->slot;

	if (n_under_way(device) == 0)
		return;
	for (size_t i = 0; i < N_BUCKETS; i++) {
		struct under_way *bucket = traffic->under_way[i];

		for (unsigned int way = 0; way < WAYS && bucket[way].id;) {
			if ((bucket[way].since & OWNER_MASK) / LS_N_ENDPOINTS == slot)
				bucket_remove(bucket, bucket + way);
			else
				way++;
		}
	}
}

void
ls_traffic_device_gone(struct ls_traffic *traffic, unsigned int bus, unsigned int devnum)
{
	struct device *device = device_find(traffic, bus, devnum);

	if (!device)
		return;
	forget_under_way(traffic, device);
	if (device->flight) {
		traffic->flight_owners[device->flight - traffic->flights] = NULL;
		traffic->recorder_free_at = 0;
		traffic->health.n_recorders--;
	}
	traffic->by_place[place_of(bus, devnum)] = NULL;
	traffic->n_on_bus[bus]--;
	traffic->unreported[device->slot / 64] &= ~(UINT64_C(1) << device->slot % 64);
	traffic->health.n_devices--;
	memset(device, 0, sizeof(*device));
}

void
ls_traffic_bus_gone(struct ls_traffic *traffic, unsigned int bus)
{
	for (unsigned int devnum = 0; devnum < DEVNUMS; devnum++)
		ls_traffic_device_gone(traffic, bus, devnum);
}

/* ---- the hot path ---- */

static void
note_evidence(struct ls_traffic *traffic, struct device *device,
	      const struct ls_usbmon_record *record, enum ls_transfer_class class, uint64_t real_us)
{
	struct evidence *evidence = &device->evidence;
	struct ls_traffic_evidence *fresh = &evidence->fresh;

	fresh->n_link += class == LS_TRANSFER_LINK;
	fresh->n_babble += class == LS_TRANSFER_BABBLE;
	fresh->n_timeout += class == LS_TRANSFER_TIMEOUT;
	fresh->endpoint = record->endpoint;
	fresh->status = record->status;
	if (!evidence->any || real_us - fresh->last_us > LS_SPELL_QUIET)
		fresh->spell_us = real_us;
	fresh->last_us = real_us;
	evidence->any = true;
	traffic->unreported[device->slot / 64] |= UINT64_C(1) << device->slot % 64;
}

/* Which row a failure belongs to, given its duration. */
static unsigned int
judge(struct ls_traffic *traffic, struct device *device, const struct ls_usbmon_record *record,
      uint64_t took, uint64_t real_us)
{
	unsigned int row = ls_status_find(record->status);
	enum ls_transfer_class class;
	bool expects_reply; /* a reply is expected; a read may legitimately time out */

	if (record->status == -ENOENT && took != LS_NEVER && ls_usbmon_is_timeout(took))
		row = LS_STATUS_ROW_TIMEOUT;
	class = ls_status_rows[row].class;
	expects_reply = record->xfer == LS_XFER_CONTROL || !(record->endpoint & 0x80);
	if (class == LS_TRANSFER_LINK || class == LS_TRANSFER_BABBLE ||
	    (class == LS_TRANSFER_TIMEOUT && expects_reply))
		note_evidence(traffic, device, record, class, real_us);
	return row;
}

static void
count_packets(struct ls_endpoint_counts *endpoint, const struct ls_usbmon_record *record)
{
	int32_t n_packets = record->iso.n_packets > 0 ? record->iso.n_packets : 0;
	int32_t n_errors = record->iso.n_errors > 0 ? record->iso.n_errors : 0;

	endpoint->n_iso_packets += (uint32_t)n_packets;
	endpoint->n_iso_errors += (uint32_t)(n_errors < n_packets ? n_errors : n_packets);
}

/* A completion of any kind. */
static void
complete(struct ls_traffic *traffic, struct device *device, const struct ls_usbmon_record *record,
	 struct ls_endpoint_counts *endpoint, uint64_t moment)
{
	uint64_t took = end(traffic, key_of(record), endpoint, moment);
	unsigned int row = LS_STATUS_ROW_OK;

	if (took != LS_NEVER)
		ls_latency_add(&device->since.latency[record->xfer], took);
	if (record->xfer == LS_XFER_ISO)
		count_packets(endpoint, record);
	if (record->status != 0)
		row = judge(traffic, device, record, took, ls_usbmon_real_us(record));
	endpoint->by_status[row]++;
	endpoint->bytes += record->length;
}

static void
refuse(struct ls_traffic *traffic, struct device *device, const struct ls_usbmon_record *record,
       struct ls_endpoint_counts *endpoint, uint64_t moment)
{
	end(traffic, key_of(record), endpoint, moment);
	endpoint->n_refused++;
	device->since.refused_by_status[ls_status_find(record->status)]++;
}

static bool
is_notable(const struct device *device, const struct ls_usbmon_record *record)
{
	return record->xfer == LS_XFER_CONTROL ||
	       (record->xfer == LS_XFER_INTERRUPT && !device->plain_submission) ||
	       (record->type != LS_USBMON_SUBMIT && record->status != 0);
}

static void
set_hub(struct device *device, bool is_hub)
{
	device->plain_submission = is_hub ? 0 : KIND_OF(LS_USBMON_SUBMIT, LS_XFER_INTERRUPT);
	device->plain_completion = is_hub ? 0 : KIND_OF(LS_USBMON_COMPLETE, LS_XFER_INTERRUPT);
}

void
ls_traffic_set_hub(struct ls_traffic *traffic, unsigned int bus, unsigned int devnum, bool is_hub)
{
	struct device *device = device_find(traffic, bus, devnum);

	if (device)
		set_hub(device, is_hub);
}

/* The device of a record that is not plain, which is announced first if it is notable; NULL: it is
 * not counted. */
static struct device *
prepare(struct ls_traffic *traffic, const struct ls_usbmon_record *record)
{
	unsigned int bus = record->bus, devnum = record->devnum;
	struct device *device;
	bool is_hub;

	if (record->type == LS_USBMON_FILLER) {
		traffic->health.n_records--; /* it is none */
		return NULL;
	}
	if (!ls_usbmon_is_event(record)) {
		traffic->health.n_nonsense++;
		return NULL;
	}
	device = device_find(traffic, bus, devnum);
	if (device && (!traffic->notable || !is_notable(device, record)))
		return device;
	is_hub = traffic->notable && traffic->notable(record, traffic->notable_user);
	device = device_find(traffic, bus, devnum); /* it may have been dropped */
	if (!device && bus < LS_TRAFFIC_BUSES && devnum < DEVNUMS)
		device = device_admit(traffic, bus, devnum);
	if (device)
		set_hub(device, is_hub);
	else
		traffic->health.n_untracked++;
	return device;
}

/* The owner, which the moment ends with, has it. */
static inline struct ls_endpoint_counts *
endpoint_of(struct device *device, uint64_t moment)
{
	return &device->since.endpoints[moment % LS_N_ENDPOINTS];
}

/* Keeps it in the recorder. Returns its moment, as in struct under_way. */
static inline uint64_t
note(struct ls_traffic *traffic, struct device *device, const struct ls_usbmon_record *record)
{
	uint64_t real_us = ls_usbmon_real_us(record);

	device->last_used = traffic->health.n_records;
	if (UNLIKELY(!device->flight))
		recorder_assign(traffic, device);
	if (LIKELY(device->flight))
		ls_flight_add(device->flight, record, real_us);
	return real_us << OWNER_BITS | (device->first_owner + ls_endpoint_index(record->endpoint));
}

/* Anything that fits no short cut. */
static void __attribute__((noinline)) count(struct ls_traffic *traffic, struct device *device,
					    const struct ls_usbmon_record *record, uint64_t moment)
{
	struct ls_endpoint_counts *endpoint = endpoint_of(device, moment);

	if (record->type == LS_USBMON_SUBMIT) {
		endpoint->n_submitted++;
		begin(traffic, key_of(record), endpoint, moment);
	} else if (record->type == LS_USBMON_COMPLETE) {
		complete(traffic, device, record, endpoint, moment);
	} else {
		refuse(traffic, device, record, endpoint, moment);
	}
}

/* A submission. Short: its bucket is empty. */
static inline void
count_submission(struct ls_traffic *traffic, struct device *device,
		 const struct ls_usbmon_record *record, uint64_t moment)
{
	struct under_way *bucket = bucket_of(traffic, record->id);
	struct ls_endpoint_counts *endpoint = endpoint_of(device, moment);

	if (UNLIKELY(bucket->id || !record->id)) {
		count(traffic, device, record, moment);
		return;
	}
	*bucket = (struct under_way){ .id = record->id, .since = moment };
	endpoint->n_submitted++;
	endpoint->n_pending++;
}

/*
 * A success, not isochronous. Short: the URB is alone in its bucket, and of this endpoint. Then the
 * owners cancel each other out; as the upper bits of the time they do no harm. In a free place they
 * do not, whatever the id.
 */
static inline void
count_success(struct ls_traffic *traffic, struct device *device,
	      const struct ls_usbmon_record *record, uint64_t moment)
{
	struct under_way *bucket = bucket_of(traffic, record->id);
	struct ls_endpoint_counts *endpoint = endpoint_of(device, moment);
	uint64_t since = moment - bucket->since;
	uint64_t took = since >> OWNER_BITS | since << (64 - OWNER_BITS);

	if (UNLIKELY(bucket->id != record->id) || UNLIKELY(took >= LS_LATENCY_LONGEST) ||
	    UNLIKELY(bucket[1].id)) {
		count(traffic, device, record, moment);
		return;
	}
	*bucket = (struct under_way){ 0 };
	endpoint->n_pending--;
	endpoint->by_status[LS_STATUS_ROW_OK]++;
	endpoint->bytes += record->length;
	ls_latency_add(&device->since.latency[record->xfer], took);
}

/* A record that is notable, isochronous, a failure, of no device, or none at all. */
static void __attribute__((noinline))
add_special(struct ls_traffic *traffic, const struct ls_usbmon_record *record)
{
	struct device *device = prepare(traffic, record);
	uint64_t moment;

	if (!device)
		return;
	moment = note(traffic, device, record);
	if (record->type == LS_USBMON_SUBMIT)
		count_submission(traffic, device, record, moment);
	else if (record->type == LS_USBMON_COMPLETE && record->status == 0 &&
		 record->xfer != LS_XFER_ISO)
		count_success(traffic, device, record, moment);
	else
		count(traffic, device, record, moment);
}

static inline void
add(struct ls_traffic *traffic, const struct ls_usbmon_record *record)
{
	unsigned int place = place_of(record->bus, record->devnum);
	struct device *device = place < PLACES ? traffic->by_place[place] : NULL;
	uint16_t kind = KIND_OF(record->type, record->xfer);

	traffic->health.n_records++;
	if (UNLIKELY(!device))
		add_special(traffic, record);
	else if (kind == KIND_OF(LS_USBMON_SUBMIT, LS_XFER_BULK) ||
		 kind == device->plain_submission)
		count_submission(traffic, device, record, note(traffic, device, record));
	else if ((kind == KIND_OF(LS_USBMON_COMPLETE, LS_XFER_BULK) ||
		  kind == device->plain_completion) &&
		 record->status == 0)
		count_success(traffic, device, record, note(traffic, device, record));
	else
		add_special(traffic, record);
}

void
ls_traffic_add(struct ls_traffic *traffic, const struct ls_usbmon_record *record)
{
	add(traffic, record);
}

static void
add_range(struct ls_traffic *traffic, const struct ls_usbmon_batch *batch, size_t begin, size_t end)
{
	const struct ls_usbmon_batch in = *batch; /* nothing that is counted changes it */

	for (size_t i = begin; i < end; i++) {
		const uint8_t *record = in.ring + in.offsets[i];

		__builtin_prefetch(in.ring + in.offsets[i + PREFETCH < end ? i + PREFETCH : i]);
		if (LIKELY(ls_usbmon_is_within(&in, i)))
			add(traffic, (const struct ls_usbmon_record *)(const void *)record);
	}
}

/* The first record that was stamped after the clock was set; .n if all were stamped before. */
static size_t
first_after_step(const struct ls_usbmon_batch *batch)
{
	int64_t now_us = batch->now.real_us, before_us = now_us - batch->clock_step_us;

	for (size_t i = 0; i < batch->n; i++) {
		const struct ls_usbmon_record *record = ls_usbmon_at(batch, i);
		int64_t at_us;

		if (!record || record->type == LS_USBMON_FILLER)
			continue;
		at_us = (int64_t)ls_usbmon_real_us(record);
		if (batch->clock_step_us < 0 ? at_us <= now_us : at_us > before_us)
			return i;
	}
	return batch->n;
}

void
ls_traffic_add_batch(struct ls_traffic *traffic, const struct ls_usbmon_batch *batch)
{
	size_t step_at = 0;

	if (UNLIKELY(batch->clock_step_us != 0)) {
		step_at = first_after_step(batch);
		add_range(traffic, batch, 0, step_at);
		ls_traffic_clock_step(traffic, batch->clock_step_us);
	}
	add_range(traffic, batch, step_at, batch->n);
}

void
ls_traffic_set_notable(struct ls_traffic *traffic, ls_traffic_notable_fn notable, void *user)
{
	traffic->notable = notable;
	traffic->notable_user = user;
}

/* ---- reading ---- */

static void
endpoint_restart(struct ls_endpoint_counts *endpoint)
{
	*endpoint = (struct ls_endpoint_counts){ .n_pending = endpoint->n_pending };
}

int
ls_traffic_take(struct ls_traffic *traffic, unsigned int bus, unsigned int devnum,
		struct ls_traffic_counts *ret)
{
	struct device *device = device_find(traffic, bus, devnum);

	if (!device)
		return 0;
	*ret = device->since;
	ls_traffic_counts_merge(&device->before, &device->since);
	for (size_t i = 0; i < LS_N_ENDPOINTS; i++)
		endpoint_restart(&device->since.endpoints[i]);
	memset(device->since.latency, 0, sizeof(device->since.latency));
	memset(device->since.refused_by_status, 0, sizeof(device->since.refused_by_status));
	return 1;
}

int
ls_traffic_peek(const struct ls_traffic *traffic, unsigned int bus, unsigned int devnum,
		struct ls_traffic_counts *ret)
{
	const struct device *device = device_find((struct ls_traffic *)traffic, bus, devnum);

	if (!device)
		return 0;
	*ret = device->since;
	return 1;
}

static void
total_of(const struct device *device, struct ls_traffic_counts *ret)
{
	*ret = device->before;
	ls_traffic_counts_merge(ret, &device->since);
	for (size_t i = 0; i < LS_N_ENDPOINTS; i++)
		ret->endpoints[i].n_pending = device->since.endpoints[i].n_pending;
}

int
ls_traffic_total(const struct ls_traffic *traffic, unsigned int bus, unsigned int devnum,
		 struct ls_traffic_counts *ret)
{
	const struct device *device = device_find(traffic, bus, devnum);

	if (!device)
		return 0;
	total_of(device, ret);
	return 1;
}

int
ls_traffic_moved(const struct ls_traffic *traffic, unsigned int bus, unsigned int devnum,
		 struct ls_traffic_moved *ret)
{
	const struct device *device = device_find(traffic, bus, devnum);
	struct ls_traffic_moved moved = { 0 };

	if (!device)
		return 0;
	moved.n_pending = n_under_way(device);
	for (size_t i = 0; i < LS_N_ENDPOINTS; i++)
		moved.bytes += device->before.endpoints[i].bytes + device->since.endpoints[i].bytes;
	*ret = moved;
	return 1;
}

void
ls_traffic_each(struct ls_traffic *traffic, ls_traffic_device_fn visit, void *user)
{
	for (unsigned int bus = 0; bus < LS_TRAFFIC_BUSES; bus++) {
		for (unsigned int devnum = 0; traffic->n_on_bus[bus] && devnum < DEVNUMS;
		     devnum++) {
			if (traffic->by_place[place_of(bus, devnum)])
				visit(bus, devnum, user);
		}
	}
}

struct total_visit {
	struct ls_traffic *traffic;
	ls_traffic_fn visit;
	void *user;
};

static void
visit_total(unsigned int bus, unsigned int devnum, void *user)
{
	const struct total_visit *with = user;
	struct ls_traffic_counts *total = &with->traffic->scratch;

	total_of(device_find(with->traffic, bus, devnum), total);
	with->visit(bus, devnum, total, with->user);
}

void
ls_traffic_visit(struct ls_traffic *traffic, ls_traffic_fn visit, void *user)
{
	struct total_visit with = { .traffic = traffic, .visit = visit, .user = user };

	ls_traffic_each(traffic, visit_total, &with);
}

void
ls_traffic_health(const struct ls_traffic *traffic, struct ls_traffic_health *ret)
{
	*ret = traffic->health;
}

int
ls_traffic_next_evidence(struct ls_traffic *traffic, struct ls_traffic_evidence *ret)
{
	for (size_t word = 0; word < EVIDENCE_WORDS; word++) {
		struct ls_traffic_evidence *fresh;
		struct device *device;

		if (!traffic->unreported[word])
			continue;
		device = &traffic->devices[word * 64 +
					   (size_t)__builtin_ctzll(traffic->unreported[word])];
		traffic->unreported[word] &= traffic->unreported[word] - 1;
		fresh = &device->evidence.fresh;
		fresh->bus = device->bus;
		fresh->devnum = device->devnum;
		*ret = *fresh;
		fresh->n_link = fresh->n_babble = fresh->n_timeout = 0;
		return 1;
	}
	return 0;
}

const struct ls_flight *
ls_traffic_flight(const struct ls_traffic *traffic, unsigned int bus, unsigned int devnum)
{
	const struct device *device = device_find(traffic, bus, devnum);

	return device ? device->flight : NULL;
}
