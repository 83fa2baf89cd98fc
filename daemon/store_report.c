#include "daemon/store_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Spans of real time, sorted and apart from each other. */
struct spans {
	struct span {
		int64_t from, to;
	} * at;
	size_t n, size;
};

/* What one report is made with. */
struct asked {
	struct store *store;
	int64_t since, until;
	struct ls_instant now;
	struct spans blind; /* neither the kernel log nor udev saw */
};

static int
add_span(struct spans *spans, struct span span)
{
	if (span.to <= span.from)
		return 0;
	if (spans->n > 0 && span.from <= spans->at[spans->n - 1].to) {
		if (span.to > spans->at[spans->n - 1].to)
			spans->at[spans->n - 1].to = span.to;
		return 0;
	}
	if (spans->n == spans->size) {
		size_t size = 2 * spans->size + 16;
		struct span *at = reallocarray(spans->at, size, sizeof(*at));

		if (!at)
			return -ENOMEM;
		spans->at = at;
		spans->size = size;
	}
	spans->at[spans->n++] = span;
	return 0;
}

/* When @source did not see. Of the time without linkstatd only the kernel log knows. */
static int
blind_spans(const struct asked *asked, enum ls_source source, struct spans *spans)
{
	int r = 0;
	store_stmt_auto *stmt = store_prepare(asked->store, STORE_REPORT_BLIND, &r);

	if (!stmt)
		return r;
	(void)sqlite3_bind_int64(stmt, 2, asked->since);
	(void)sqlite3_bind_int64(stmt, 3, asked->until);
	(void)sqlite3_bind_int64(stmt, 4, asked->now.real_us);
	(void)sqlite3_bind_text(stmt, 5, ls_source_name(source), -1, SQLITE_STATIC);
	if (source != LS_SOURCE_KERNEL_LOG)
		(void)sqlite3_bind_text(stmt, 6, ls_source_name(LS_SOURCE_NONE), -1, SQLITE_STATIC);
	while ((r = store_step(asked->store, stmt)) == 1) {
		struct span span = { sqlite3_column_int64(stmt, 0), sqlite3_column_int64(stmt, 1) };

		r = add_span(spans, span);
		if (r < 0)
			return r;
	}
	return r;
}

static int64_t
later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t
earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int
intersect(const struct spans *a, const struct spans *b, struct spans *both)
{
	int r = 0;

	for (size_t i = 0, j = 0; i < a->n && j < b->n && r == 0;) {
		struct span span = { later(a->at[i].from, b->at[j].from),
				     earlier(a->at[i].to, b->at[j].to) };

		r = add_span(both, span);
		if (a->at[i].to < b->at[j].to)
			i++;
		else
			j++;
	}
	return r;
}

static int
find_blind(struct asked *asked)
{
	struct spans kernel_log = { 0 }, udev = { 0 };
	int r = blind_spans(asked, LS_SOURCE_KERNEL_LOG, &kernel_log);

	if (r == 0)
		r = blind_spans(asked, LS_SOURCE_UDEV, &udev);
	if (r == 0)
		r = intersect(&kernel_log, &udev, &asked->blind);
	free(kernel_log.at);
	free(udev.at);
	return r;
}

/*
 * How much of a stay that lasted @connected_us lies in the asked span and was watched. The stay is
 * spread evenly over its real time: with a clock that jumped or a night asleep that is the best
 * guess, else it is exact.
 */
static double
watched_us(const struct asked *asked, struct span stay, int64_t connected_us)
{
	int64_t from = later(stay.from, asked->since), to = earlier(stay.to, asked->until);
	double visible_us;

	if (stay.to <= stay.from)
		return stay.from >= asked->since ? (double)connected_us : 0;
	if (to <= from)
		return 0;
	visible_us = (double)(to - from);
	for (size_t i = 0; i < asked->blind.n && asked->blind.at[i].from < to; i++) {
		int64_t blind_from = later(from, asked->blind.at[i].from);
		int64_t blind_to = earlier(to, asked->blind.at[i].to);

		if (blind_to > blind_from)
			visible_us -= (double)(blind_to - blind_from);
	}
	return (double)connected_us * (visible_us / (double)(stay.to - stay.from));
}

static int
count_stays(const struct asked *asked, int64_t port, struct store_port_report *report)
{
	const int64_t ids[] = { port, asked->since, asked->until, (int64_t)asked->now.mono_us,
				asked->now.real_us };
	int64_t session = 0;
	double us = 0;
	int r = 0;
	store_stmt_auto *stmt = store_prepare(asked->store, STORE_REPORT_STAYS, &r);

	if (!stmt)
		return r;
	(void)store_bind_ids(stmt, ids, LS_COUNT(ids));
	while ((r = store_step(asked->store, stmt)) == 1) {
		struct span span = { sqlite3_column_int64(stmt, 1), sqlite3_column_int64(stmt, 2) };

		report->sessions += sqlite3_column_int64(stmt, 0) != session;
		session = sqlite3_column_int64(stmt, 0);
		us += watched_us(asked, span, sqlite3_column_int64(stmt, 3));
	}
	report->connected_seconds = us / 1e6;
	return r;
}

static int64_t *
event_count(struct store_port_report *report, enum ls_event_kind kind)
{
	switch (kind) {
	case LS_EVENT_CONNECT:
		return &report->connects;
	case LS_EVENT_DISCONNECT:
		return &report->disconnects;
	case LS_EVENT_RESET:
		return &report->resets;
	case LS_EVENT_ENUMERATION_FAILURE:
		return &report->enumeration_failures;
	case LS_EVENT_OVER_CURRENT:
		return &report->over_currents;
	default:
		return NULL;
	}
}

/* The other kinds have no column, but make a port worth listing: *n counts all. */
static int
count_events(const struct asked *asked, int64_t port, struct store_port_report *report, int64_t *n)
{
	const int64_t ids[] = { port, asked->since, asked->until };
	int r = 0;
	store_stmt_auto *stmt = store_prepare(asked->store, STORE_REPORT_EVENTS, &r);

	if (!stmt)
		return r;
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
count_incidents(const struct asked *asked, int64_t port, struct store_port_report *report,
		int64_t *n)
{
	const int64_t ids[] = { port, asked->since, asked->until };
	int r = 0;
	store_stmt_auto *stmt = store_prepare(asked->store, STORE_REPORT_INCIDENTS, &r);

	if (!stmt)
		return r;
	(void)store_bind_ids(stmt, ids, LS_COUNT(ids));
	while ((r = store_step(asked->store, stmt)) == 1) {
		const char *name = (const char *)sqlite3_column_text(stmt, 0);
		int64_t count = sqlite3_column_int64(stmt, 1);
		enum ls_cause cause;

		if (!name || ls_cause_from_name(name, &cause) != 1)
			cause = LS_CAUSE_UNKNOWN;
		report->incidents_by_cause[cause] += count;
		report->drops += sqlite3_column_int64(stmt, 2);
		*n += count;
	}
	return r;
}

static int
count_traffic(const struct asked *asked, int64_t port, struct store_port_report *report, int64_t *n)
{
	const int64_t ids[] = { port, asked->since, asked->until };
	int r = 0;
	store_stmt_auto *stmt = store_prepare(asked->store, STORE_REPORT_TRAFFIC, &r);

	if (!stmt)
		return r;
	(void)store_bind_ids(stmt, ids, LS_COUNT(ids));
	r = store_step(asked->store, stmt);
	if (r != 1)
		return r;
	report->transfers = sqlite3_column_int64(stmt, 0); /* without any row NULL, which is 0 */
	report->bytes_in = sqlite3_column_int64(stmt, 1);
	report->bytes_out = sqlite3_column_int64(stmt, 2);
	report->submit_errors = sqlite3_column_int64(stmt, 3);
	*n += report->transfers + report->submit_errors;
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
add_status(struct store_status_count *counts, size_t *n_counts, int status, int64_t n)
{
	size_t last = *n_counts;

	if (last > 0 && counts[last - 1].status == status)
		counts[last - 1].n += n;
	else if (last < STORE_REPORT_STATUSES)
		counts[(*n_counts)++] = (struct store_status_count){ status, n };
}

static void
add_errors(struct store_port_report *report, sqlite3_stmt *row)
{
	int status = sqlite3_column_int(row, 0), address = sqlite3_column_int(row, 3);
	enum ls_transfer_class class = class_of((const char *)sqlite3_column_text(row, 1));
	int64_t n = sqlite3_column_int64(row, 2);
	struct store_endpoint_errors *endpoint =
		&report->endpoints[ls_endpoint_index((uint8_t)address)];

	report->errors_by_class[class] += n;
	add_status(report->errors_by_status, &report->n_statuses, status, n);
	endpoint->by_class[class] += n;
	add_status(endpoint->by_status, &endpoint->n_statuses, status, n);
}

static int
count_errors(const struct asked *asked, int64_t port, struct store_port_report *report)
{
	const int64_t ids[] = { port, asked->since, asked->until };
	int r = 0;
	store_stmt_auto *stmt = store_prepare(asked->store, STORE_REPORT_ERRORS, &r);

	if (!stmt)
		return r;
	(void)store_bind_ids(stmt, ids, LS_COUNT(ids));
	while ((r = store_step(asked->store, stmt)) == 1)
		add_errors(report, stmt);
	return r;
}

static int
latest_device(const struct asked *asked, int64_t port, struct store_port_report *report)
{
	const int64_t ids[] = { port, asked->until };
	int r = 0;
	store_stmt_auto *stmt = store_prepare(asked->store, STORE_REPORT_DEVICE, &r);

	if (!stmt)
		return r;
	(void)store_bind_ids(stmt, ids, LS_COUNT(ids));
	r = store_step(asked->store, stmt);
	if (r == 1) {
		(void)store_read_device(stmt, 1, &report->device);
		report->has_device = true;
	}
	return r < 0 ? r : 0;
}

/* One port, if anything was there. */
static int
report_port(const struct asked *asked, sqlite3_stmt *port, store_port_fn visit, void *user)
{
	struct store_port_report report = { .label = (const char *)sqlite3_column_text(port, 3) };
	int64_t id = sqlite3_column_int64(port, 0), n = 0;
	int r;

	store_read_text(port, 1, report.socket.id_path, sizeof(report.socket.id_path));
	store_read_text(port, 2, report.socket.name, sizeof(report.socket.name));
	r = count_events(asked, id, &report, &n);
	if (r == 0)
		r = count_incidents(asked, id, &report, &n);
	if (r == 0)
		r = count_stays(asked, id, &report);
	if (r == 0)
		r = count_traffic(asked, id, &report, &n);
	if (r == 0)
		r = count_errors(asked, id, &report);
	if (r < 0 || (n == 0 && report.sessions == 0))
		return r;
	r = latest_device(asked, id, &report);
	return r < 0 ? r : visit(&report, user);
}

static int
report_ports(const struct asked *asked, const char *ports, store_port_fn visit, void *user)
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
	struct asked asked = {
		.store = store,
		.since = filter->since_us,
		.until = filter->until_us,
		.now = now,
	};
	char *ports;
	int r = store_ports(store, filter, &ports, unknown);

	if (r == 0)
		r = find_blind(&asked);
	if (r == 0)
		r = report_ports(&asked, ports, visit, user);
	free(asked.blind.at);
	sqlite3_free(ports);
	return r;
}
