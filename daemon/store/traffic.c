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

static int
put_errors(struct store *store, const struct ls_traffic_row *row, int endpoint)
{
	const uint64_t *by_status = row->counts.endpoints[endpoint].by_status;
	int in = LS_N_ENDPOINTS / 2, r = 0;
	int64_t address = endpoint < in ? endpoint : 0x80 | (endpoint - in);

	for (int i = 0; i < LS_N_STATUS_ROWS && r == 0; i++) {
		const struct ls_status_row *status = &ls_status_rows[i];

		if (by_status[i] == 0 || status->class == LS_TRANSFER_OK)
			continue;
		r = store_run(store,
			      "INSERT INTO traffic_errors (session, minute_us, endpoint, status, n,"
			      " class) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
			      " ON CONFLICT DO UPDATE SET n = n + excluded.n",
			      INT(row->session), INT(row->minute_us), INT(address),
			      INT(status->status), INT(clip(by_status[i])),
			      TEXT(ls_transfer_class_name(status->class)));
	}
	return r;
}

static int
put_latency(struct store *store, const struct ls_traffic_row *row, unsigned int xfer)
{
	const struct ls_latency *latency = &row->counts.latency[xfer];
	int64_t n = clip(ls_latency_count(latency));

	if (n == 0)
		return 0;
	return store_run(store,
			 "INSERT INTO traffic_latency (session, minute_us, n, p50_us, p99_us,"
			 " max_us, type) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
			 INT(row->session), INT(row->minute_us), INT(n),
			 INT(clip(ls_latency_quantile(latency, 500))),
			 INT(clip(ls_latency_quantile(latency, 990))), INT(clip(latency->max_us)),
			 TEXT(ls_xfer_name(xfer)));
}

/* A minute that is written again replaces the earlier one. */
static int
delete_minute(struct store *store, const struct ls_traffic_row *row)
{
	int r = store_run(store, "DELETE FROM traffic WHERE session = ?1 AND minute_us = ?2",
			  INT(row->session), INT(row->minute_us));

	if (r == 0)
		r = store_run(store,
			      "DELETE FROM traffic_errors WHERE session = ?1 AND minute_us = ?2",
			      INT(row->session), INT(row->minute_us));
	if (r == 0)
		r = store_run(store,
			      "DELETE FROM traffic_latency WHERE session = ?1 AND minute_us = ?2",
			      INT(row->session), INT(row->minute_us));
	return r;
}

int
store_put_traffic(struct store *store, const struct ls_traffic_row *row)
{
	struct ls_traffic_sum sum;
	int r = delete_minute(store, row);

	ls_traffic_sum(&row->counts, &sum);
	if (r == 0)
		r = store_run(
			store,
			"INSERT INTO traffic (session, minute_us, span_us, transfers, bytes_in,"
			" bytes_out, submit_errors) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
			INT(row->session), INT(row->minute_us), INT(MINUTE_US),
			INT(clip(sum.n_completed)), INT(clip(sum.bytes_in)),
			INT(clip(sum.bytes_out)), INT(clip(sum.n_refused)));
	for (int i = 0; i < LS_N_ENDPOINTS && r == 0; i++)
		r = put_errors(store, row, i);
	for (unsigned int i = 0; i < LS_N_XFERS && r == 0; i++)
		r = put_latency(store, row, i);
	return r;
}

int
store_put_tail(struct store *store, const struct ls_tail *tail)
{
	uint32_t n = tail->n < LS_FLIGHT_RECORDS ? tail->n : LS_FLIGHT_RECORDS;

	if (n == 0)
		return 0;
	return store_run(store, "INSERT OR IGNORE INTO tails (incident, records) VALUES (?1, ?2)",
			 INT(tail->incident),
			 BLOB(tail->records, (int)(n * sizeof(tail->records[0]))));
}

int
store_tail(struct store *store, int64_t incident, struct ls_tail *ret)
{
	store_rows_auto rows =
		store_query(store, "SELECT records FROM tails WHERE incident = ?1", INT(incident));
	int r = store_next(&rows);
	const void *records;
	size_t len;

	if (r != 1)
		return r;
	records = sqlite3_column_blob(rows.stmt, 0);
	len = (size_t)sqlite3_column_bytes(rows.stmt, 0);
	/* Other lengths are not ours: a later version's, or a person's. */
	if (!records || len > sizeof(ret->records) || len % sizeof(ret->records[0]) != 0)
		return 0;
	ret->incident = incident;
	ret->n = (uint32_t)(len / sizeof(ret->records[0]));
	memcpy(ret->records, records, len);
	return 1;
}
