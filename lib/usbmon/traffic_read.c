#include <string.h>

#include "lib/usbmon/traffic.h"
#include "lib/usbmon/traffic_state.h"

/* Everything but the endpoint's pending, which is a state and stays where it is. */
static void
endpoint_merge(struct ls_endpoint_counts *into, const struct ls_endpoint_counts *from)
{
	into->bytes += from->bytes;
	into->n_submitted += from->n_submitted;
	into->n_refused += from->n_refused;
	into->n_iso_packets += from->n_iso_packets;
	into->n_iso_errors += from->n_iso_errors;
	for (size_t i = 0; i < LS_N_STATUS_ROWS; i++)
		into->by_status[i] += from->by_status[i];
}

static void
counts_merge(struct ls_traffic_counts *into, const struct ls_traffic_counts *from)
{
	for (size_t i = 0; i < LS_N_ENDPOINTS; i++)
		endpoint_merge(&into->endpoints[i], &from->endpoints[i]);
	for (size_t i = 0; i < LS_N_XFERS; i++)
		ls_latency_merge(&into->latency[i], &from->latency[i]);
	for (size_t i = 0; i < LS_N_STATUS_ROWS; i++)
		into->refused_by_status[i] += from->refused_by_status[i];
}

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
	counts_merge(&device->before, &device->since);
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
	counts_merge(ret, &device->since);
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

void
ls_traffic_visit(struct ls_traffic *traffic, ls_traffic_fn visit, void *user)
{
	for (unsigned int place = 0; place < LS_COUNT(traffic->slot_of); place++) {
		unsigned int slot = traffic->slot_of[place];

		if (!slot)
			continue;
		total_of(&traffic->devices[slot], &traffic->scratch);
		visit(place / DEVNUMS, place % DEVNUMS, &traffic->scratch, user);
	}
}

uint64_t
ls_endpoint_completed(const struct ls_endpoint_counts *endpoint)
{
	uint64_t n = 0;

	for (size_t i = 0; i < LS_N_STATUS_ROWS; i++)
		n += endpoint->by_status[i];
	return n;
}

uint64_t
ls_endpoint_by_class(const struct ls_endpoint_counts *endpoint, enum ls_transfer_class class)
{
	uint64_t n = 0;

	for (size_t i = 0; i < LS_N_STATUS_ROWS; i++) {
		if (ls_status_rows[i].class == class)
			n += endpoint->by_status[i];
	}
	return n;
}

void
ls_traffic_sum(const struct ls_traffic_counts *counts, struct ls_traffic_sum *ret)
{
	struct ls_traffic_sum sum = { 0 };

	for (size_t i = 0; i < LS_N_ENDPOINTS; i++) {
		const struct ls_endpoint_counts *endpoint = &counts->endpoints[i];
		uint64_t *bytes = i < LS_N_ENDPOINTS / 2 ? &sum.bytes_out : &sum.bytes_in;

		*bytes += endpoint->bytes;
		sum.n_submitted += endpoint->n_submitted;
		sum.n_pending += endpoint->n_pending;
		sum.n_refused += endpoint->n_refused;
		sum.n_iso_packets += endpoint->n_iso_packets;
		sum.n_iso_errors += endpoint->n_iso_errors;
		for (size_t row = 0; row < LS_N_STATUS_ROWS; row++) {
			sum.by_status[row] += endpoint->by_status[row];
			sum.by_class[ls_status_rows[row].class] += endpoint->by_status[row];
			sum.n_completed += endpoint->by_status[row];
		}
	}
	*ret = sum;
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

		if (!traffic->untold[word])
			continue;
		device = &traffic->devices[word * 64 +
					   (size_t)__builtin_ctzll(traffic->untold[word])];
		traffic->untold[word] &= traffic->untold[word] - 1;
		fresh = &device->evidence.fresh;
		fresh->bus = device->bus;
		fresh->devnum = device->devnum;
		*ret = *fresh;
		fresh->n_link = fresh->n_babble = fresh->n_timeout = 0;
		return 1;
	}
	return 0;
}

unsigned int
ls_traffic_evidence_between(const struct ls_traffic *traffic, unsigned int bus, unsigned int devnum,
			    uint64_t from_us, uint64_t to_us)
{
	const struct device *device = device_find(traffic, bus, devnum);
	uint32_t n_kept;
	unsigned int n = 0;

	if (!device)
		return 0;
	n_kept = device->evidence.n_recent < N_RECENT ? device->evidence.n_recent : N_RECENT;
	for (uint32_t i = 0; i < n_kept; i++) {
		uint64_t real_us = device->evidence.recent_us[i];

		n += real_us >= from_us && real_us < to_us;
	}
	return n;
}

const struct ls_flight *
ls_traffic_flight(const struct ls_traffic *traffic, unsigned int bus, unsigned int devnum)
{
	const struct device *device = device_find(traffic, bus, devnum);

	return device ? device->flight : NULL;
}
