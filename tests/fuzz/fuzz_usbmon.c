/*
 * A capture of headers, as bytes: the first says which size and byte order they have, and whether
 * the clock is set and devices go on the way. What is counted is held against a plain recount.
 */
#include <errno.h>

#include "lib/usbmon/hub.h"
#include "lib/usbmon/traffic.h"
#include "tests/fuzz/check.h"

#define IS_SHORT    1
#define IS_SWAPPED  2
#define DEVICES_GO  4
#define CLOCK_STEPS 8
#define IS_MAPPED   16

struct recount {
	uint64_t n_before, n_events, n_submitted, n_completed, n_refused, bytes;
	uint64_t n_untracked; /* before */
};

static void
check_hub(const struct ls_hub_event *event, const struct ls_usbmon_record *record)
{
	CHECK(event->kind > LS_HUB_NONE && event->kind < LS_N_HUB_EVENTS);
	CHECK(event->bus == record->bus && event->devnum == record->devnum);
	CHECK(event->link_state <= LS_LINK_UNKNOWN);
	CHECK(event->bits < 1 << 16);
	CHECK(*ls_hub_event_name(event->kind));
}

static void
check_device(unsigned int bus, unsigned int devnum, const struct ls_traffic_counts *counts,
	     void *user)
{
	struct recount *seen = user;
	struct ls_traffic_sum sum;
	uint64_t by_class = 0;

	CHECK(bus < LS_TRAFFIC_BUSES && devnum < 128);
	ls_traffic_sum(counts, &sum);
	for (int i = 0; i < LS_N_TRANSFER_CLASSES; i++)
		by_class += sum.by_class[i];
	CHECK(by_class == sum.n_completed);
	CHECK(sum.n_pending <= 16384);
	CHECK(sum.n_iso_errors <= sum.n_iso_packets);
	for (int i = 0; i < LS_N_XFERS; i++) {
		const struct ls_latency *latency = &counts->latency[i];

		CHECK(ls_latency_count(latency) <= sum.n_completed);
		CHECK(ls_latency_quantile(latency, 500) <= ls_latency_quantile(latency, 990));
		CHECK(ls_latency_quantile(latency, 1000) <= latency->max_us);
		CHECK(latency->max_us <= 86400 * LS_SEC);
	}
	seen->n_submitted += sum.n_submitted;
	seen->n_completed += sum.n_completed;
	seen->n_refused += sum.n_refused;
	seen->bytes += sum.bytes_in + sum.bytes_out;
}

static void
check_totals(struct ls_traffic *traffic, const struct recount *want, uint8_t flags)
{
	struct ls_traffic_evidence evidence;
	struct ls_traffic_health health;
	struct recount seen = { 0 };
	unsigned int n = 0;

	ls_traffic_health(traffic, &health);
	CHECK(health.n_devices <= LS_TRAFFIC_DEVICES && health.n_recorders <= 128);
	CHECK(health.n_nonsense == 0);
	CHECK(health.n_records == want->n_before + want->n_events);
	ls_traffic_visit(traffic, check_device, &seen);
	if (!(flags & DEVICES_GO) && health.n_untracked == want->n_untracked) {
		CHECK(seen.n_submitted == want->n_submitted);
		CHECK(seen.n_completed == want->n_completed);
		CHECK(seen.n_refused == want->n_refused);
		CHECK(seen.bytes == want->bytes);
	}
	while (ls_traffic_next_evidence(traffic, &evidence) > 0)
		CHECK(++n <= LS_TRAFFIC_DEVICES);
}

static void
check_restored(const struct ls_traffic *traffic, const struct ls_usbmon_record *record)
{
	const struct ls_flight *flight = ls_traffic_flight(traffic, record->bus, record->devnum);
	struct ls_usbmon_record again;

	if (!flight)
		return;
	CHECK(flight->n > 0);
	ls_flight_restore(&flight->records[(flight->n - 1) % LS_FLIGHT_RECORDS], &again);
	CHECK(again.id == record->id && again.status == record->status);
	CHECK(again.length == record->length && memcmp(again.setup, record->setup, 8) == 0);
	CHECK(ls_usbmon_real_us(&again) == ls_usbmon_real_us(record));
}

static void
take(struct ls_traffic *traffic, struct ls_hub_traffic *hubs, const struct ls_usbmon_record *record,
     const uint8_t *data, size_t len)
{
	struct ls_hub_event event;
	char text[LS_STATUS_TEXT_MAX];

	ls_traffic_add(traffic, record);
	check_restored(traffic, record);
	if (ls_hub_traffic_decode(hubs, record, data, len, &event) > 0)
		check_hub(&event, record);
	CHECK(strlen(ls_status_text(record->status, text)) < sizeof(text));
}

static void
recount(struct recount *want, const struct ls_usbmon_record *record)
{
	want->n_events++;
	want->n_submitted += record->type == 'S';
	want->n_completed += record->type == 'C';
	want->n_refused += record->type == 'E';
	want->bytes += record->type == 'C' ? record->length : 0;
}

/* The same bytes as the kernel's ring, at places that the first bytes name. */
static void
check_mapped(const uint8_t *data, size_t len)
{
	static union {
		uint8_t bytes[4096];
		uint64_t aligned;
	} ring;
	static struct ls_traffic *traffic;
	uint32_t offsets[64];
	struct ls_usbmon_batch batch = { .ring = ring.bytes,
					 .ring_size = sizeof(ring),
					 .offsets = offsets };

	memset(&ring, 0, sizeof(ring));
	memcpy(ring.bytes, data, len < sizeof(ring) ? len : sizeof(ring));
	for (; batch.n < LS_COUNT(offsets) && batch.n + 1 < len; batch.n++)
		offsets[batch.n] = (uint32_t)data[batch.n] * 32;
	CHECK(traffic || ls_traffic_new(&traffic) == 0);
	ls_traffic_add_batch(traffic, &batch);
	for (size_t i = 0; i < batch.n; i++) {
		const struct ls_usbmon_record *record = ls_usbmon_at(&batch, i);
		size_t room = 0;
		const uint8_t *payload = record ? ls_usbmon_data_of(&batch, record, &room) : NULL;

		CHECK(!payload || (payload >= ring.bytes + LS_USBMON_HEADER &&
				   payload + room <= ring.bytes + sizeof(ring)));
	}
}

static void
disturb(struct ls_traffic *traffic, const struct ls_usbmon_record *record, uint8_t flags)
{
	static struct ls_traffic_counts counts;

	if ((flags & CLOCK_STEPS) && record->length % 5 == 0)
		ls_traffic_clock_step(traffic, record->real_sec);
	if ((flags & DEVICES_GO) && record->length % 7 == 0)
		ls_traffic_device_gone(traffic, record->bus, record->devnum);
	if (record->length % 3 == 0)
		ls_traffic_take(traffic, record->bus, record->devnum, &counts);
}

/* One table for all inputs, because a new one costs more than most inputs; it is emptied. */
static struct ls_traffic *
empty_table(struct recount *ret)
{
	static struct ls_traffic *traffic;
	struct ls_traffic_health health;

	CHECK(traffic || ls_traffic_new(&traffic) == 0);
	for (unsigned int bus = 0; bus < LS_TRAFFIC_BUSES; bus++)
		ls_traffic_bus_gone(traffic, bus);
	ls_traffic_health(traffic, &health);
	CHECK(health.n_devices == 0 && health.n_recorders == 0);
	*ret = (struct recount){ .n_before = health.n_records, .n_untracked = health.n_untracked };
	return traffic;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct ls_hub_traffic hubs;
	struct recount want;
	struct ls_traffic *traffic = empty_table(&want);
	uint8_t flags = len ? data[0] : 0;
	size_t step = flags & IS_SHORT ? LS_USBMON_HEADER_SHORT : LS_USBMON_HEADER;

	if (flags & IS_MAPPED) {
		check_mapped(data + 1, len - 1);
		return 0;
	}
	memset(&hubs, 0, sizeof(hubs));
	for (size_t at = 1; at < len; at += step) {
		size_t left = len - at, size = left < step ? left : step;
		struct ls_usbmon_record record = { .id = 42 };
		int r = ls_usbmon_parse(data + at, size, flags & IS_SWAPPED, &record);

		CHECK(r == 1 || (r == -EBADMSG && record.id == 42));
		if (r < 0)
			continue;
		CHECK(size >= LS_USBMON_HEADER_SHORT && ls_usbmon_is_event(&record));
		recount(&want, &record);
		take(traffic, &hubs, &record, data + at + size, left - size < 8 ? left - size : 8);
		disturb(traffic, &record, flags);
	}
	check_totals(traffic, &want, flags);
	return 0;
}
