#include "daemon/store/report.h"

#include <string.h>

#include "daemon/store/db.h"
#include "daemon/store/exposure.h"
#include "daemon/store/row.h"
#include "daemon/store/schema.h"
#include "daemon/store/statistics.h"

static int
count_stays(const struct store_exposure *asked, int64_t port, struct ls_port_report *report)
{
	const int64_t ids[] = STORE_PORT_IDS(asked, port);
	int64_t session = 0;
	double us = 0;
	int r = 0;
	store_stmt_auto *stmt = store_prepare(asked->store, STORE_REPORT_STAYS, &r);

	if (!stmt)
		return r;
	(void)store_bind_ids(stmt, ids, LS_COUNT(ids));
	while ((r = store_step(asked->store, stmt)) == 1) {
		struct store_span span = { sqlite3_column_int64(stmt, 1),
					   sqlite3_column_int64(stmt, 2) };

		report->counts.sessions += sqlite3_column_int64(stmt, 0) != session;
		session = sqlite3_column_int64(stmt, 0);
		us += store_exposure_us(asked, span, sqlite3_column_int64(stmt, 3));
	}
	report->counts.connected_seconds = us / 1e6;
	return r;
}

/* Those that are in the sums already. */
static int
count_weeks(const struct store_exposure *asked, int64_t port, struct ls_port_report *report)
{
	const int64_t ids[] = { port, store_exposure_weeks(asked) };
	int r = 0;
	store_stmt_auto *stmt = store_prepare(asked->store, STORE_REPORT_WEEKS, &r);

	if (!stmt)
		return r;
	(void)store_bind_ids(stmt, ids, LS_COUNT(ids));
	r = store_step(asked->store, stmt);
	if (r != 1)
		return r;
	report->counts.sessions += sqlite3_column_int64(stmt, 0);
	report->counts.connected_seconds += (double)sqlite3_column_int64(stmt, 1) / 1e6;
	return 0;
}

/* The whole months in the span: from ids[3] until ids[4], which are ids[2] where there is none. */
static void
find_months(const struct store_exposure *asked, int64_t ids[5])
{
	int64_t from = asked->since, to = asked->until;

	if (from > 0 && from % STORE_MONTH_US)
		from += STORE_MONTH_US - from % STORE_MONTH_US;
	if (to < INT64_MAX)
		to -= to % STORE_MONTH_US;
	ids[3] = from < to ? from : asked->until;
	ids[4] = from < to ? to : asked->until;
}

static int64_t *
event_count(struct ls_port_report *report, enum ls_event_kind kind)
{
	switch (kind) {
	case LS_EVENT_CONNECT:
		return &report->counts.connects;
	case LS_EVENT_DISCONNECT:
		return &report->counts.disconnects;
	case LS_EVENT_RESET:
		return &report->counts.resets;
	case LS_EVENT_ENUMERATION_FAILURE:
		return &report->counts.enumeration_failures;
	case LS_EVENT_OVER_CURRENT:
		return &report->counts.over_currents;
	default:
		return NULL;
	}
}

/* The other kinds have no column, but make a port worth listing: *n counts all. */
static int
count_events(const struct store_exposure *asked, int64_t port, struct ls_port_report *report,
	     int64_t *n)
{
	int64_t ids[5] = { port, asked->since, asked->until };
	int r = 0;
	store_stmt_auto *stmt = store_prepare(asked->store, STORE_REPORT_EVENTS, &r);

	if (!stmt)
		return r;
	find_months(asked, ids);
	(void)store_bind_ids(stmt, ids, LS_COUNT(ids));
	while ((r = store_step(asked->store, stmt)) == 1) {
		const char *name = (const char *)sqlite3_column_text(stmt, 0);
		int64_t count = sqlite3_column_int64(stmt, 1), *total = NULL;
		enum ls_event_kind kind;

		if (name && ls_event_kind_from_name(name, &kind) == 1)
			total = event_count(report, kind);
		if (total)
			*total += count;
		*n += count;
	}
	return r;
}

static int
count_incidents(const struct store_exposure *asked, int64_t port, struct ls_port_report *report,
		int64_t *n)
{
	int64_t ids[5] = { port, asked->since, asked->until };
	int r = 0;
	store_stmt_auto *stmt = store_prepare(asked->store, STORE_REPORT_INCIDENTS, &r);

	if (!stmt)
		return r;
	find_months(asked, ids);
	(void)store_bind_ids(stmt, ids, LS_COUNT(ids));
	while ((r = store_step(asked->store, stmt)) == 1) {
		const char *name = (const char *)sqlite3_column_text(stmt, 0);
		int64_t count = sqlite3_column_int64(stmt, 1);
		enum ls_cause cause;

		if (!name || ls_cause_from_name(name, &cause) != 1)
			cause = LS_CAUSE_UNKNOWN;
		report->counts.incidents_by_cause[cause] += count;
		report->counts.drops += sqlite3_column_int64(stmt, 2);
		*n += count;
	}
	return r;
}

static int
count_traffic(const struct store_exposure *asked, int64_t port, struct ls_port_report *report,
	      int64_t *n)
{
	const int64_t ids[] = STORE_PORT_IDS(asked, port);
	int r = 0;
	store_stmt_auto *stmt = store_prepare(asked->store, STORE_REPORT_TRAFFIC, &r);

	if (!stmt)
		return r;
	(void)store_bind_ids(stmt, ids, LS_COUNT(ids));
	r = store_step(asked->store, stmt);
	if (r != 1)
		return r;
	report->counts.transfers =
		sqlite3_column_int64(stmt, 0); /* without any row NULL, which is 0 */
	report->counts.bytes_in = sqlite3_column_int64(stmt, 1);
	report->counts.bytes_out = sqlite3_column_int64(stmt, 2);
	report->counts.submit_errors = sqlite3_column_int64(stmt, 3);
	*n += report->counts.transfers + report->counts.submit_errors;
	return 0;
}

static enum ls_transfer_class
class_of(const char *name)
{
	for (int i = 0; name && i < LS_N_TRANSFER_CLASSES; i++) {
		if (i != LS_TRANSFER_OK &&
		    strcmp(name, ls_transfer_class_name((enum ls_transfer_class)i)) == 0)
			return (enum ls_transfer_class)i;
	}
	return LS_TRANSFER_OTHER;
}

/* Rows of one status, which has several classes and endpoints, come one after the other. */
static void
add_status(struct ls_status_count *counts, size_t *n_counts, int status, int64_t n)
{
	size_t last = *n_counts;

	if (last > 0 && counts[last - 1].status == status)
		counts[last - 1].n += n;
	else if (last < LS_REPORT_STATUSES)
		counts[(*n_counts)++] = (struct ls_status_count){ status, n };
}

static void
add_errors(struct ls_port_report *report, sqlite3_stmt *row)
{
	int status = sqlite3_column_int(row, 0), address = sqlite3_column_int(row, 3);
	enum ls_transfer_class class = class_of((const char *)sqlite3_column_text(row, 1));
	int64_t n = sqlite3_column_int64(row, 2);
	struct ls_endpoint_errors *endpoint =
		&report->endpoints[ls_endpoint_index((uint8_t)address)];

	report->counts.errors_by_class[class] += n;
	add_status(report->counts.errors_by_status, &report->counts.n_statuses, status, n);
	endpoint->by_class[class] += n;
	add_status(endpoint->by_status, &endpoint->n_statuses, status, n);
}

static int
count_errors(const struct store_exposure *asked, int64_t port, struct ls_port_report *report)
{
	const int64_t ids[] = STORE_PORT_IDS(asked, port);
	int r = 0;
	store_stmt_auto *stmt = store_prepare(asked->store, STORE_REPORT_ERRORS, &r);

	if (!stmt)
		return r;
	(void)store_bind_ids(stmt, ids, LS_COUNT(ids));
	while ((r = store_step(asked->store, stmt)) == 1)
		add_errors(report, stmt);
	return r;
}

static struct ls_latency_times *
latency_of(struct ls_port_report *report, const char *type)
{
	for (unsigned int i = 0; type && i < LS_N_XFERS; i++) {
		if (strcmp(type, ls_xfer_name(i)) == 0)
			return &report->latency[i];
	}
	return NULL;
}

static int
count_latency(struct store *store, const int64_t ids[STORE_PORT_N_IDS],
	      struct ls_port_report *report)
{
	int r = 0;
	store_stmt_auto *stmt = store_prepare(store, STORE_REPORT_LATENCY, &r);

	if (!stmt)
		return r;
	(void)store_bind_ids(stmt, ids, STORE_PORT_N_IDS);
	while ((r = store_step(store, stmt)) == 1) {
		const char *type = (const char *)sqlite3_column_text(stmt, 0);
		struct ls_latency_times *latency = latency_of(report, type);

		if (!latency)
			continue;
		latency->n = sqlite3_column_int64(stmt, 1);
		latency->has_p50 = sqlite3_column_type(stmt, 2) != SQLITE_NULL;
		latency->p50_us = sqlite3_column_int64(stmt, 2);
		latency->p99_us = sqlite3_column_int64(stmt, 3);
		latency->max_us = sqlite3_column_int64(stmt, 4);
	}
	return r;
}

static int
latest_device(const struct store_exposure *asked, int64_t port, struct ls_port_report *report)
{
	const int64_t ids[] = { port, asked->until };
	int r = 0;
	store_stmt_auto *stmt = store_prepare(asked->store, STORE_REPORT_DEVICE, &r);

	if (!stmt)
		return r;
	(void)store_bind_ids(stmt, ids, LS_COUNT(ids));
	r = store_step(asked->store, stmt);
	if (r == 1) {
		(void)store_read_device(stmt, 1, &report->counts.device);
		report->counts.has_device = true;
	}
	return r < 0 ? r : 0;
}

/* The text of the labels lives as long as the statement is not asked again. */
static int
visit_with_cables(const struct store_exposure *asked, int64_t port, struct ls_port_report *report,
		  store_port_fn visit, void *user)
{
	const int64_t ids[] = STORE_PORT_IDS(asked, port);
	int r = 0;
	store_stmt_auto *stmt = store_prepare(asked->store, STORE_REPORT_CABLES, &r);

	if (!stmt)
		return r;
	(void)store_bind_ids(stmt, ids, LS_COUNT(ids));
	r = store_step(asked->store, stmt);
	if (r < 0)
		return r;
	report->cables = (const char *)sqlite3_column_text(stmt, 0);
	return visit(report, user);
}

/* One port, if anything was there. */
static int
report_port(const struct store_exposure *asked, sqlite3_stmt *port, store_port_fn visit, void *user)
{
	struct ls_port_report report = { .label = (const char *)sqlite3_column_text(port, 3) };
	int64_t id = sqlite3_column_int64(port, 0), n = 0;
	const int64_t latency_ids[] = STORE_PORT_IDS(asked, id);
	int r;

	store_read_text(port, 1, report.socket.id_path, sizeof(report.socket.id_path));
	store_read_text(port, 2, report.socket.name, sizeof(report.socket.name));
	r = count_events(asked, id, &report, &n);
	if (r == 0)
		r = count_incidents(asked, id, &report, &n);
	if (r == 0)
		r = count_stays(asked, id, &report);
	if (r == 0)
		r = count_weeks(asked, id, &report);
	if (r == 0)
		r = count_traffic(asked, id, &report, &n);
	if (r == 0)
		r = count_errors(asked, id, &report);
	if (r == 0)
		r = count_latency(asked->store, latency_ids, &report);
	if (r < 0 || (n == 0 && report.counts.sessions == 0))
		return r;
	r = store_report_series(asked, id, &report);
	if (r < 0)
		return r;
	r = latest_device(asked, id, &report);
	return r < 0 ? r : visit_with_cables(asked, id, &report, visit, user);
}

static int
report_ports(const struct store_exposure *asked, const char *ports, store_port_fn visit, void *user)
{
	int r = 0;
	store_stmt_auto *stmt = store_prepare(asked->store, STORE_REPORT_PORTS, &r);

	if (!stmt)
		return r;
	if (ports)
		(void)sqlite3_bind_text(stmt, 4, ports, -1, SQLITE_STATIC);
	while ((r = store_step(asked->store, stmt)) == 1) {
		r = report_port(asked, stmt, visit, user);
		if (r != 0)
			return r;
	}
	return r;
}

int
store_report(struct store *store, const struct store_filter *filter, struct ls_instant now,
	     store_port_fn visit, void *user, const char **unknown)
{
	struct store_exposure asked = { 0 };
	char *ports;
	int r = store_ports(store, filter, &ports, unknown);

	if (r == 0)
		r = store_exposure_init(&asked, store, filter, now);
	if (r == 0)
		r = report_ports(&asked, ports, visit, user);
	store_exposure_done(&asked);
	sqlite3_free(ports);
	return r;
}
