#include "daemon/store/report.h"

#include <string.h>

#include "daemon/store/db.h"
#include "daemon/store/exposure.h"
#include "daemon/store/filter.h"
#include "daemon/store/row.h"
#include "daemon/store/schema.h"
#include "daemon/store/statistics.h"
#include "lib/wire/port_report.h"

static int
count_stays(const struct store_exposure *asked, int64_t port, struct ls_port_report *report)
{
	store_rows_auto rows = store_query(
		asked->store,
		"SELECT s.id, t.began_real, ifnull(t.ended_real, ?5),"
		" iif(t.ended_real IS NULL, max(0, ?4 - t.began_mono), t.connected_us)"
		" FROM sessions s JOIN stays t ON t.session = s.id"
		" WHERE s.id IN " SESSIONS_OUTSIDE_WEEKS
		" AND t.began_real < ?3 AND ifnull(t.ended_real, ?5) >= ?2 ORDER BY s.id",
		STORE_PORT_SPAN(asked, port));
	int64_t session = 0;
	double us = 0;
	int r;

	while ((r = store_next(&rows)) == 1) {
		struct store_span span = { store_int(&rows, 1), store_int(&rows, 2) };

		report->counts.sessions += store_int(&rows, 0) != session;
		session = store_int(&rows, 0);
		us += store_exposure_us(asked, span, store_int(&rows, 3));
	}
	report->counts.connected_seconds = us / 1e6;
	return r;
}

/* Those that are in the sums already. */
static int
count_weeks(const struct store_exposure *asked, int64_t port, struct ls_port_report *report)
{
	store_rows_auto rows =
		store_query(asked->store,
			    "SELECT ifnull(sum(n), 0), ifnull(sum(connected_us), 0) FROM port_weeks"
			    " WHERE port = ?1 AND week_real >= ?2",
			    INT(port), INT(store_exposure_weeks(asked)));
	int r = store_next(&rows);

	if (r != 1)
		return r;
	report->counts.sessions += store_int(&rows, 0);
	report->counts.connected_seconds += (double)store_int(&rows, 1) / 1e6;
	return 0;
}

/* The whole months in a span, which have sums. Empty, at the end of it, where there is none. */
static struct store_span
whole_months(const struct store_exposure *asked)
{
	int64_t from = asked->since, to = asked->until;

	if (from > 0 && from % STORE_MONTH_US)
		from += STORE_MONTH_US - from % STORE_MONTH_US;
	if (to < INT64_MAX)
		to -= to % STORE_MONTH_US;
	return from < to ? (struct store_span){ from, to }
			 : (struct store_span){ asked->until, asked->until };
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
	struct store_span months = whole_months(asked);
	store_rows_auto rows = store_query(
		asked->store,
		"SELECT kind, sum(n) FROM (SELECT kind, n FROM event_sums"
		"  WHERE port = ?1 AND month_real >= ?4 AND month_real < ?5"
		" UNION ALL SELECT kind, count(*) FROM events"
		"  WHERE port = ?1 AND at_real >= ?2 AND at_real < min(?3, ?4) GROUP BY kind"
		" UNION ALL SELECT kind, count(*) FROM events"
		"  WHERE port = ?1 AND at_real >= max(?2, ?5) AND at_real < ?3 GROUP BY kind)"
		" GROUP BY kind",
		INT(port), INT(asked->since), INT(asked->until), INT(months.from), INT(months.to));
	int r;

	while ((r = store_next(&rows)) == 1) {
		const char *name = store_text(&rows, 0);
		int64_t count = store_int(&rows, 1), *total = NULL;
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
	struct store_span months = whole_months(asked);
	store_rows_auto rows = store_query(
		asked->store,
		"SELECT cause, sum(n), sum(drops) FROM (SELECT cause, n, drops FROM incident_sums"
		"  WHERE port = ?1 AND month_real >= ?4 AND month_real < ?5"
		" UNION ALL SELECT cause, 1, is_drop FROM incidents"
		"  WHERE port = ?1 AND opened_real >= ?2 AND opened_real < min(?3, ?4)"
		" UNION ALL SELECT cause, 1, is_drop FROM incidents"
		"  WHERE port = ?1 AND opened_real >= max(?2, ?5) AND opened_real < ?3)"
		" GROUP BY cause HAVING sum(n) > 0",
		INT(port), INT(asked->since), INT(asked->until), INT(months.from), INT(months.to));
	int r;

	while ((r = store_next(&rows)) == 1) {
		const char *name = store_text(&rows, 0);
		int64_t count = store_int(&rows, 1);
		enum ls_cause cause;

		if (!name || ls_cause_from_name(name, &cause) != 1)
			cause = LS_CAUSE_UNKNOWN;
		report->counts.incidents_by_cause[cause] += count;
		report->counts.drops += store_int(&rows, 2);
		*n += count;
	}
	return r;
}

static int
count_traffic(const struct store_exposure *asked, int64_t port, struct ls_port_report *report,
	      int64_t *n)
{
	store_rows_auto rows = store_query(
		asked->store,
		"SELECT sum(transfers), sum(bytes_in), sum(bytes_out), sum(submit_errors) FROM"
		" (SELECT t.transfers, t.bytes_in, t.bytes_out, t.submit_errors FROM traffic t"
		"  WHERE t.session IN " SESSIONS_OUTSIDE_WEEKS
		"  AND t.minute_us >= ?2 AND t.minute_us < ?3 AND ?4 + ?5 > 0"
		" UNION ALL SELECT transfers, bytes_in, bytes_out, submit_errors"
		"  FROM week_traffic WHERE port = ?1 AND week_real >= ?7)",
		STORE_PORT_SPAN(asked, port));
	int r = store_next(&rows);

	if (r != 1)
		return r;
	report->counts.transfers = store_int(&rows, 0); /* without any row NULL, which is 0 */
	report->counts.bytes_in = store_int(&rows, 1);
	report->counts.bytes_out = store_int(&rows, 2);
	report->counts.submit_errors = store_int(&rows, 3);
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
add_errors(struct ls_port_report *report, const struct store_rows *row)
{
	int status = (int)store_int(row, 0), address = (int)store_int(row, 3);
	enum ls_transfer_class class = class_of(store_text(row, 1));
	int64_t n = store_int(row, 2);
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
	store_rows_auto rows =
		store_query(asked->store,
			    "SELECT status, class, sum(n), endpoint FROM"
			    " (SELECT e.status, e.class, e.n, e.endpoint FROM traffic_errors e"
			    "  WHERE e.session IN " SESSIONS_OUTSIDE_WEEKS
			    "  AND e.minute_us >= ?2 AND e.minute_us < ?3 AND ?4 + ?5 > 0"
			    " UNION ALL SELECT status, class, n, endpoint FROM week_errors"
			    "  WHERE port = ?1 AND week_real >= ?7)"
			    " GROUP BY status, class, endpoint ORDER BY status DESC",
			    STORE_PORT_SPAN(asked, port));
	int r;

	while ((r = store_next(&rows)) == 1)
		add_errors(report, &rows);
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
count_latency(const struct store_exposure *asked, int64_t port, struct ls_port_report *report)
{
	store_rows_auto rows = store_query(
		asked->store,
		"SELECT type, sum(n), iif(count(p50_us) = count(*), max(p50_us), NULL),"
		" max(p99_us), max(max_us) FROM"
		" (SELECT l.type, l.n, l.p50_us, l.p99_us, l.max_us FROM traffic_latency l"
		"  WHERE l.session IN " SESSIONS_OUTSIDE_WEEKS
		"  AND l.minute_us >= ?2 AND l.minute_us < ?3 AND ?4 + ?5 > 0"
		" UNION ALL SELECT type, n, NULL, p99_us, max_us FROM week_latency"
		"  WHERE port = ?1 AND week_real >= ?7) GROUP BY type",
		STORE_PORT_SPAN(asked, port));
	int r;

	while ((r = store_next(&rows)) == 1) {
		struct ls_latency_times *latency = latency_of(report, store_text(&rows, 0));

		if (latency)
			*latency = (struct ls_latency_times){
				.n = store_int(&rows, 1),
				.has_p50 = !store_is_null(&rows, 2),
				.p50_us = store_int(&rows, 2),
				.p99_us = store_int(&rows, 3),
				.max_us = store_int(&rows, 4),
			};
	}
	return r;
}

static int
latest_device(const struct store_exposure *asked, int64_t port, struct ls_port_report *report)
{
	store_rows_auto rows =
		store_query(asked->store,
			    "SELECT r.id" DEVICE_COLUMNS " FROM sessions r" DEVICE_JOIN
			    " WHERE r.port = ?1 AND r.began_real < ?2"
			    " ORDER BY r.began_real DESC, r.id DESC LIMIT 1",
			    INT(port), INT(asked->until));
	int r = store_next(&rows);

	if (r == 1) {
		(void)store_read_device(&rows, 1, &report->counts.device);
		report->counts.has_device = true;
	}
	return r < 0 ? r : 0;
}

/* The text of the labels lives as long as the row. */
static int
visit_with_cables(const struct store_exposure *asked, int64_t port, struct ls_port_report *report,
		  store_port_fn visit, void *user)
{
	store_rows_auto rows = store_query(
		asked->store,
		"SELECT group_concat(label || x'0a', '') FROM (SELECT c.label FROM cables c"
		" WHERE c.id IN (SELECT s.cable FROM sessions s WHERE s.id "
		"IN " SESSIONS_OUTSIDE_SLICES
		"   AND s.began_real < ?3 AND iif(s.open, ?5, s.ended_real) >= ?2 AND ?4 > 0"
		"  UNION SELECT cable FROM session_sums WHERE port = ?1 AND slice >= ?8)"
		" ORDER BY c.label)",
		STORE_PORT_SPAN(asked, port), INT(store_exposure_slices(asked)));
	int r = store_next(&rows);

	if (r < 0)
		return r;
	report->cables = store_text(&rows, 0);
	return visit(report, user);
}

/* Of sums: those of a length and of as many drops each are one. */
static int
add_history_of_sums(const struct store_exposure *asked, int64_t port, struct ls_history *history)
{
	int64_t slice = store_exposure_slices(asked);
	int64_t span = slice <= 0 ? 0 : (slice - 1) / STORE_HISTORY_SLICES + 1;
	store_rows_auto rows = store_query(
		asked->store,
		"SELECT sum(n), sum(drops), sum(connected_us) FROM (SELECT * FROM history_sums"
		"  WHERE port = ?1 AND span >= ?3 UNION ALL"
		"  SELECT port, 0, each, length, n, drops, connected_us FROM session_sums"
		"  WHERE port = ?1 AND slice >= ?2 AND slice < ?3 * ?4) GROUP BY each, length",
		INT(port), INT(slice), INT(span), INT(STORE_HISTORY_SLICES));
	int r;

	while ((r = store_next(&rows)) == 1) {
		const struct ls_history_cell cell = {
			.n = (uint32_t)store_int(&rows, 0),
			.drops = (uint32_t)store_int(&rows, 1),
			.hours = (double)store_int(&rows, 2) / 3600e6,
		};

		ls_history_add(history, &cell);
	}
	return r;
}

static int
add_piece(const struct store_piece *piece, void *user)
{
	struct ls_history_cell *cell = user;

	cell->drops += piece->dropped;
	cell->hours += piece->us / 3600e6;
	return 0;
}

/* The sessions of a port, for the interval of its rate; without drops its hours are all that counts. */
static int
report_history(const struct store_exposure *asked, int64_t port, struct ls_port_report *report)
{
	int r = report->counts.drops ? add_history_of_sums(asked, port, &report->history) : 0;
	store_rows_auto rows =
		store_query(asked->store,
			    "SELECT id FROM sessions WHERE id IN " SESSIONS_OUTSIDE_SLICES
			    " AND began_real < ?3 AND ?4 + ?5 > 0",
			    STORE_PORT_SPAN(asked, port), INT(store_exposure_slices(asked)));

	while (report->counts.drops && r == 0 && (r = store_next(&rows)) == 1) {
		struct ls_history_cell cell = { .n = 1 };

		r = store_pieces(asked, store_int(&rows, 0), add_piece, &cell);
		if (r == 0 && (cell.hours > 0 || cell.drops))
			ls_history_add(&report->history, &cell);
	}
	return r;
}

/* One port, if anything was there. */
static int
report_port(const struct store_exposure *asked, const struct store_rows *port, store_port_fn visit,
	    void *user)
{
	struct ls_port_report report = { .id = store_int(port, 0), .label = store_text(port, 3) };
	int64_t id = report.id, n = 0;
	int r;

	(void)store_read_socket(port, 1, &report.socket);
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
		r = count_latency(asked, id, &report);
	if (r < 0 || (n == 0 && report.counts.sessions == 0))
		return r;
	r = store_report_series(asked, id, &report);
	if (r == 0)
		r = report_history(asked, id, &report);
	if (r == 0)
		r = latest_device(asked, id, &report);
	return r < 0 ? r : visit_with_cables(asked, id, &report, visit, user);
}

struct report_page {
	const char *ports; /* as store_ports() gives them */
	int64_t after_id;
};

static int
report_ports(const struct store_exposure *asked, const struct report_page *page,
	     store_port_fn visit, void *user)
{
	store_rows_auto rows =
		store_query(asked->store,
			    "SELECT id, id_path, name, label FROM ports"
			    " WHERE (?1 IS NULL OR id IN (SELECT value FROM json_each(?1)))"
			    " AND (?2 = 0 OR id_path COLLATE port_order >"
			    "  (SELECT id_path FROM ports WHERE id = ?2))"
			    " ORDER BY id_path COLLATE port_order",
			    TEXT_OR_NULL(page->ports), INT(page->after_id));
	int r;

	while ((r = store_next(&rows)) == 1) {
		r = report_port(asked, &rows, visit, user);
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
	store_ports_auto *ports = NULL;
	int r = store_ports(store, filter, &ports, unknown);

	if (r == 0)
		r = store_exposure_init(&asked, store, filter, now);
	if (r == 0)
		r = report_ports(&asked, &(struct report_page){ ports, filter->after_id }, visit,
				 user);
	store_exposure_done(&asked);
	return r;
}
