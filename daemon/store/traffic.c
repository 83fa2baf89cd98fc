#include "daemon/store/traffic.h"

#include <string.h>

#include "daemon/store/db.h"

/* More than any span holds, and some thousand of it still add up. */
#define COUNT_MAX (INT64_C(1) << 50)
#define MINUTE_US (60 * (int64_t)LS_SEC)

static int64_t
clip(uint64_t n)
{
	return n < COUNT_MAX ? (int64_t)n : COUNT_MAX;
}

/* One row: numbers, then a name. */
static int
put_named(struct store *store, enum store_stmt which, const int64_t *numbers, int n_numbers,
	  const char *name)
{
	int r = 0;
	store_stmt_auto *stmt = store_prepare(store, which, &r);

	if (!stmt)
		return r;
	(void)store_bind_ids(stmt, numbers, n_numbers);
	(void)sqlite3_bind_text(stmt, n_numbers + 1, name, -1, SQLITE_STATIC);
	return store_step(store, stmt);
}

static int
put_traffic_errors(struct store *store, const struct ls_traffic_row *row, int endpoint)
{
	const uint64_t *by_status = row->counts.endpoints[endpoint].by_status;
	int in = LS_N_ENDPOINTS / 2, r = 0;
	int64_t address = endpoint < in ? endpoint : 0x80 | (endpoint - in);

	for (int i = 0; i < LS_N_STATUS_ROWS && r == 0; i++) {
		const struct ls_status_row *status = &ls_status_rows[i];
		const int64_t numbers[] = { row->session, row->minute_us, address, status->status,
					    clip(by_status[i]) };

		if (by_status[i] > 0 && status->class != LS_TRANSFER_OK)
			r = put_named(store, STORE_TRAFFIC_ERROR_PUT, numbers, LS_COUNT(numbers),
				      ls_transfer_class_name(status->class));
	}
	return r;
}

static int
put_traffic_latency(struct store *store, const struct ls_traffic_row *row, unsigned int xfer)
{
	const struct ls_latency *latency = &row->counts.latency[xfer];
	uint64_t p50_us = ls_latency_quantile(latency, 500);
	uint64_t p99_us = ls_latency_quantile(latency, 990);
	const int64_t numbers[] = { row->session, row->minute_us, clip(ls_latency_count(latency)),
				    clip(p50_us), clip(p99_us),	  clip(latency->max_us) };

	if (numbers[2] == 0)
		return 0;
	return put_named(store, STORE_TRAFFIC_LATENCY_PUT, numbers, LS_COUNT(numbers),
			 ls_xfer_name(xfer));
}

int
store_put_traffic(struct store *store, const struct ls_traffic_row *row)
{
	static const enum store_stmt cuts[] = { STORE_TRAFFIC_CUT, STORE_TRAFFIC_ERRORS_CUT,
						STORE_TRAFFIC_LATENCY_CUT };
	struct ls_traffic_sum sum;
	int r = 0;

	ls_traffic_sum(&row->counts, &sum);
	const int64_t numbers[] = { row->session,	   row->minute_us,     MINUTE_US,
				    clip(sum.n_completed), clip(sum.bytes_in), clip(sum.bytes_out),
				    clip(sum.n_refused) };

	for (size_t i = 0; i < LS_COUNT(cuts) && r == 0; i++)
		r = store_run(store, cuts[i], numbers, 2);
	if (r == 0)
		r = store_run(store, STORE_TRAFFIC_PUT, numbers, LS_COUNT(numbers));
	for (int i = 0; i < LS_N_ENDPOINTS && r == 0; i++)
		r = put_traffic_errors(store, row, i);
	for (unsigned int i = 0; i < LS_N_XFERS && r == 0; i++)
		r = put_traffic_latency(store, row, i);
	return r;
}

int
store_put_tail(struct store *store, const struct ls_tail *tail)
{
	uint32_t n = tail->n < LS_FLIGHT_RECORDS ? tail->n : LS_FLIGHT_RECORDS;
	int r = 0;
	store_stmt_auto *stmt = n > 0 ? store_prepare(store, STORE_TAIL_PUT, &r) : NULL;

	if (!stmt)
		return r;
	(void)sqlite3_bind_int64(stmt, 1, tail->incident);
	(void)sqlite3_bind_blob(stmt, 2, tail->records, (int)(n * sizeof(tail->records[0])),
				SQLITE_STATIC);
	return store_step(store, stmt);
}

int
store_tail(struct store *store, int64_t incident, struct ls_tail *ret)
{
	int r = 0;
	store_stmt_auto *stmt = store_prepare(store, STORE_TAIL_GET, &r);
	const void *records;
	size_t len;

	if (!stmt)
		return r;
	(void)store_bind_ids(stmt, &incident, 1);
	r = store_step(store, stmt);
	if (r != 1)
		return r;
	records = sqlite3_column_blob(stmt, 0);
	len = (size_t)sqlite3_column_bytes(stmt, 0);
	/* Other lengths are not ours: a later version's, or a person's. */
	if (!records || len > sizeof(ret->records) || len % sizeof(ret->records[0]) != 0)
		return 0;
	ret->incident = incident;
	ret->n = (uint32_t)(len / sizeof(ret->records[0]));
	memcpy(ret->records, records, len);
	return 1;
}
