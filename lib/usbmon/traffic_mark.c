#include "lib/usbmon/traffic_mark.h"

/* A read may wait in vain, and many a program polls so; all else has to be answered. */
static bool
must_be_answered(unsigned int endpoint)
{
	return endpoint < LS_N_ENDPOINTS / 2 || endpoint == LS_N_ENDPOINTS / 2;
}

static void
add_endpoint(struct ls_traffic_tally *tally, const struct ls_endpoint_counts *counts,
	     unsigned int endpoint)
{
	bool in = endpoint >= LS_N_ENDPOINTS / 2;

	tally->bytes_in += in ? counts->bytes : 0;
	tally->bytes_out += in ? 0 : counts->bytes;
	for (size_t i = 0; i < LS_N_STATUS_ROWS; i++) {
		enum ls_transfer_class class = ls_status_rows[i].class;
		uint64_t n = counts->by_status[i];

		tally->n_completed += n;
		tally->n_stalls += class == LS_TRANSFER_STALL ? n : 0;
		if (class == LS_TRANSFER_LINK || class == LS_TRANSFER_BABBLE ||
		    (class == LS_TRANSFER_TIMEOUT && must_be_answered(endpoint)))
			tally->n_errors += n;
	}
}

static struct ls_traffic_tally
tally_of(const struct ls_traffic_counts *counts)
{
	struct ls_traffic_tally tally = { 0 };

	for (unsigned int i = 0; i < LS_N_ENDPOINTS; i++)
		add_endpoint(&tally, &counts->endpoints[i], i);
	return tally;
}

static struct ls_traffic_tally
tally_minus(struct ls_traffic_tally a, struct ls_traffic_tally b)
{
	return (struct ls_traffic_tally){
		.n_completed = a.n_completed - b.n_completed,
		.bytes_in = a.bytes_in - b.bytes_in,
		.bytes_out = a.bytes_out - b.bytes_out,
		.n_errors = a.n_errors - b.n_errors,
		.n_stalls = a.n_stalls - b.n_stalls,
	};
}

void
ls_traffic_mark_set(struct ls_traffic_mark *mark, const struct ls_traffic_counts *counts)
{
	mark->tally = tally_of(counts);
	for (size_t i = 0; i < LS_N_XFERS; i++) {
		mark->latency[i] = counts->latency[i];
		mark->longest_taken_us[i] = 0;
	}
}

void
ls_traffic_mark_taken(struct ls_traffic_mark *mark, const struct ls_traffic_counts *counts)
{
	mark->tally = tally_minus(mark->tally, tally_of(counts));
	for (size_t i = 0; i < LS_N_XFERS; i++) {
		const struct ls_latency *taken = &counts->latency[i];

		for (size_t j = 0; j < LS_LATENCY_BUCKETS; j++)
			mark->latency[i].buckets[j] -= taken->buckets[j];
		if (taken->max_us > mark->longest_taken_us[i])
			mark->longest_taken_us[i] = taken->max_us;
	}
}

void
ls_traffic_change(const struct ls_traffic_mark *mark, const struct ls_traffic_counts *counts,
		  struct ls_traffic_change *ret)
{
	ret->tally = tally_minus(tally_of(counts), mark->tally);
	for (size_t i = 0; i < LS_N_XFERS; i++) {
		struct ls_latency now = counts->latency[i];

		if (mark->longest_taken_us[i] > now.max_us)
			now.max_us = mark->longest_taken_us[i];
		ls_latency_since(&now, &mark->latency[i], &ret->latency[i]);
	}
}
