#include "lib/usbmon/traffic_counts.h"

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

void
ls_traffic_counts_merge(struct ls_traffic_counts *into, const struct ls_traffic_counts *from)
{
	for (size_t i = 0; i < LS_N_ENDPOINTS; i++)
		endpoint_merge(&into->endpoints[i], &from->endpoints[i]);
	for (size_t i = 0; i < LS_N_XFERS; i++)
		ls_latency_merge(&into->latency[i], &from->latency[i]);
	for (size_t i = 0; i < LS_N_STATUS_ROWS; i++)
		into->refused_by_status[i] += from->refused_by_status[i];
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
