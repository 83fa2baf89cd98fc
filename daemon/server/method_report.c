#include "daemon/server/method_report.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "daemon/server/context.h"
#include "daemon/server/handlers.h"
#include "daemon/server/limits.h"
#include "daemon/server/method_import.h"
#include "daemon/server/selection.h"
#include "lib/base/text.h"
#include "daemon/store/report.h"
#include "lib/wire/port_report.h"

/* Gaps and ports of one report while they are read. */
struct report {
	json_t *gaps, *ports;
	struct ls_gap rest; /* stands for the oldest ones, where there are more than SERVER_PAGE */
	size_t n_gaps, n_seen;
	size_t limit;
	int64_t last; /* port of this page */
	bool more;
};

static int
count_gap(const struct ls_gap *gap, void *user)
{
	struct report *report = user;

	(void)gap;
	report->n_gaps++;
	return 0;
}

/* Instead of those that are not listed. */
static int
add_rest(struct report *report)
{
	report->rest.kind = LS_GAP_SUMMARY;
	ls_text_format(report->rest.reason, sizeof(report->rest.reason),
		       "%zu more gaps, not listed one by one: ask for a shorter span",
		       report->n_seen);
	return json_array_append_new(report->gaps, ls_wire_gap(&report->rest)) < 0 ? -ENOMEM : 0;
}

static int
on_gap(const struct ls_gap *gap, void *user)
{
	struct report *report = user;
	size_t n_rest = report->n_gaps > SERVER_PAGE ? report->n_gaps - SERVER_PAGE : 0;

	report->n_seen++;
	if (report->n_seen > n_rest)
		return json_array_append_new(report->gaps, ls_wire_gap(gap)) < 0 ? -ENOMEM : 0;
	if (report->n_seen == 1)
		report->rest.began = gap->began;
	report->rest.open = report->rest.open || gap->open;
	if (gap->ended.real_us > report->rest.ended.real_us)
		report->rest.ended = gap->ended;
	return report->n_seen == n_rest ? add_rest(report) : 0;
}

static int
list_gaps(struct store *store, const struct store_filter *filter, struct report *report)
{
	int r = store_gaps(store, filter, count_gap, report);

	return r < 0 ? r : store_gaps(store, filter, on_gap, report);
}

json_t *
method_report_gaps(struct store *store, const struct store_filter *filter)
{
	struct report report = { .gaps = json_array() };

	if (list_gaps(store, filter, &report) < 0) {
		json_decref(report.gaps);
		return NULL;
	}
	return report.gaps;
}

static int
on_port(const struct ls_port_report *port, void *user)
{
	struct report *report = user;

	report->more = json_array_size(report->ports) == report->limit;
	if (report->more)
		return 1;
	report->last = port->id;
	return json_array_append_new(report->ports, ls_wire_port_report(port)) < 0 ? -ENOMEM : 0;
}

static int
reply_page(struct varlink_reply *reply, const struct context *context, const struct report *report,
	   bool first)
{
	char cursor[24];
	const struct ls_wire_field fields[] = {
		{ "gaps", json_incref(report->gaps) },
		{ "ports", json_incref(report->ports) },
		{ "imported", first ? method_imported(context) : json_null() },
		{ "cursor", (snprintf(cursor, sizeof(cursor), "%" PRId64, report->last),
			     ls_wire_optional(report->more ? cursor : NULL)) },
	};

	return varlink_answer(reply, fields, LS_COUNT(fields));
}

/* Gaps belong to the first page. */
static int
read_page(const struct context *context, struct store_filter *filter, struct report *report,
	  const char **unknown)
{
	int r = 0;

	report->limit = filter->limit < SERVER_PORTS_PAGE ? filter->limit : SERVER_PORTS_PAGE;
	filter->limit = 0; /* the rest of the gaps is counted */
	if (filter->after_id == 0)
		r = list_gaps(context->store, filter, report);
	if (r == 0)
		r = store_report(context->store, filter, state_now(), on_port, report, unknown);
	return r < 0 ? r : 0;
}

int
method_report(struct varlink_call *call, struct varlink_reply *reply, void *user)
{
	const struct context *context = user;
	struct report report = { .gaps = json_array(), .ports = json_array() };
	struct selection selection;
	const char *unknown = NULL;
	int r = selection_init(&selection, call, reply);

	if (r == 1) {
		bool first = selection.filter.after_id == 0;

		r = read_page(context, &selection.filter, &report, &unknown);
		r = r < 0 ? context_history_error(context, r, unknown, reply)
			  : reply_page(reply, context, &report, first);
	}
	json_decref(report.gaps);
	json_decref(report.ports);
	selection_done(&selection);
	return r;
}
