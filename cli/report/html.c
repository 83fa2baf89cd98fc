#include "cli/report/html.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/ask/ask.h"
#include "cli/diagnose/diagnose.h"
#include "cli/diagnose/next.h"
#include "cli/diagnose/text.h"
#include "cli/base/field.h"
#include "cli/print/format.h"
#include "cli/print/html.h"
#include "cli/print/timeline.h"
#include "cli/report/data.h"
#include "cli/report/page.h"

#ifndef LINKSTAT_VERSION
#define LINKSTAT_VERSION "unknown"
#endif

#define DAY_US (24 * 3600 * (int64_t)LS_SEC)
/* Unless another span is requested; older ones count in the numbers. */
#define DAYS_SHOWN    30
#define SESSIONS_MAX  4000
#define INCIDENTS_MAX 300

/* ---- what is on it --------------------------------------------------------------------------- */

static int
keep_last(json_t *list, const json_t *item, size_t most)
{
	if (json_array_append(list, (json_t *)(uintptr_t)item) < 0)
		return cli_no_memory();
	if (json_array_size(list) <= 2 * most)
		return CLI_FINE;
	for (size_t i = json_array_size(list) - most; i-- > 0;)
		json_array_remove(list, i);
	return CLI_FINE;
}

static void
cut(json_t *list, size_t most)
{
	while (json_array_size(list) > most)
		json_array_remove(list, 0);
}

static int
on_session(const json_t *session, void *user)
{
	struct report_page *page = user;

	page->n_sessions++;
	return keep_last(page->sessions, session, SESSIONS_MAX);
}

static int
on_incident(const json_t *incident, void *user)
{
	struct report_page *page = user;

	page->n_incidents++;
	return keep_last(page->incidents, incident, INCIDENTS_MAX);
}

typedef void (*print_fn)(const struct cli *cli, const struct diagnosis *diagnosis);

/* Sentences as on a terminal of any width, one a line. */
static int
print_lines(const struct cli *cli, const struct diagnosis *diagnosis, print_fn print, char **ret)
{
	struct cli plain = *cli;
	size_t len;

	plain.style = (struct output_style){ .utf8 = true, .dash = "–" };
	plain.style.out = open_memstream(ret, &len);
	if (!plain.style.out)
		return cli_no_memory();
	print(&plain, diagnosis);
	return fclose(plain.style.out) == 0 ? CLI_FINE : cli_no_memory();
}

static void
print_why(const struct cli *cli, const struct diagnosis *diagnosis)
{
	diagnose_print_evidence(cli, diagnosis);
	diagnose_print_notes(cli, diagnosis);
}

static int
on_diagnosis(const struct cli *cli, const struct diagnosis *diagnosis, void *user)
{
	struct report_page *page = user;
	int r = print_lines(cli, diagnosis, diagnose_print_answer, &page->answer);

	page->accused = ls_blame_accuses(diagnosis->blame);
	if (r == CLI_FINE)
		r = print_lines(cli, diagnosis, diagnose_print_next, &page->next);
	return r == CLI_FINE ? print_lines(cli, diagnosis, print_why, &page->why) : r;
}

static int
gather(struct report_page *page)
{
	static const struct ask_list sessions = { "io.linkstat.ListSessions", "sessions" };
	static const struct ask_list incidents = { "io.linkstat.ListDrops", "incidents" };
	struct query shown = cli_query_ports(page->cli);
	static const struct diagnose_request all = { 0 };
	int r = report_ask(page->cli, page->options->job_hours, &page->report, &page->job_hours);

	if (!shown.since.set)
		shown.since = cli_time_at(page->cli->now_us - DAYS_SHOWN * DAY_US);
	if (r == CLI_FINE)
		r = diagnose_with(page->cli, &all, on_diagnosis, page);
	if (r == CLI_FINE)
		r = ask_items(page->cli, &shown, &sessions, on_session, page);
	if (r == CLI_FINE)
		r = ask_items(page->cli, &shown, &incidents, on_incident, page);
	cut(page->sessions, SESSIONS_MAX);
	cut(page->incidents, INCIDENTS_MAX);
	return r;
}

/* ---- the verdict ----------------------------------------------------------------------------- */

static void
put_lines(FILE *out, const char *class, char *lines)
{
	char *line;

	while ((line = strsep(&lines, "\n"))) {
		if (!*line)
			continue;
		fprintf(out, "<p%s%s%s>", *class ? " class=\"" : "", class, *class ? "\"" : "");
		html_text(out, line + strspn(line, " "));
		fputs("</p>\n", out);
	}
}

static void
put_verdict(struct report_page *page)
{
	fprintf(page->out, "<section class=\"verdict %s\" aria-label=\"Verdict\">\n",
		page->accused				      ? "bad"
		: report_verdict(page->report) == CLI_PROBLEM ? ""
							      : "good");
	put_lines(page->out, "answer", page->answer);
	put_lines(page->out, "next", page->next);
	if (*page->why) {
		fputs("<details open><summary>Why</summary>\n", page->out);
		put_lines(page->out, "", page->why);
		fputs("</details>\n", page->out);
	}
	fputs("</section>\n", page->out);
}

/* ---- the page -------------------------------------------------------------------------------- */

static int64_t
first_session(const struct report_page *page, int64_t not_before)
{
	int64_t first = page->cli->now_us, at;
	const json_t *session;
	size_t i;

	json_array_foreach(page->sessions, i, session)
	{
		if (field_time(session, "started_at", &at) == 1 && at < first)
			first = at;
	}
	return first > not_before ? first : not_before;
}

static void
put_timeline(const struct report_page *page)
{
	const struct cli *cli = page->cli;
	int64_t not_before =
		cli->since.set ? cli->since.real_us : cli->now_us - DAYS_SHOWN * DAY_US;
	const struct timeline timeline = {
		.from_us = first_session(page, not_before),
		.to_us = cli->until.set && cli->until.real_us < cli->now_us ? cli->until.real_us
									    : cli->now_us,
		.ports = field_list(page->report, "ports"),
		.sessions = page->sessions,
		.drops = page->incidents,
		.gaps = field_list(page->report, "gaps"),
	};

	fprintf(page->out, "<h2>Sessions and drops%s</h2>\n",
		cli->since.set ? "" : " of the last 30 days");
	if (page->n_sessions > json_array_size(page->sessions))
		fprintf(page->out, "<p class=\"dim\">Only the last %zu of %zu sessions.</p>\n",
			json_array_size(page->sessions), page->n_sessions);
	html_timeline(page->out, &timeline);
}

static const char *
host_of(const struct report_page *page)
{
	const json_t *last = json_array_get(page->sessions, json_array_size(page->sessions) - 1);

	return *field_text(last, "host") ? field_text(last, "host") : "this computer";
}

static int
put_page(struct report_page *page)
{
	char title[WORDS_MAX], span[WORDS_MAX], at[FORMAT_MAX];
	int r;

	snprintf(title, sizeof(title), "USB links of %s", host_of(page));
	html_begin(page->out, title);
	fputs("<h1>", page->out);
	html_text(page->out, title);
	fputs("</h1>\n<p class=\"dim\">", page->out);
	html_format(page->out, "How stable they were, %s", words_span(span, page->cli));
	fputs("</p>\n", page->out);
	put_verdict(page);
	r = report_page_ranking(page);
	put_timeline(page);
	report_page_incidents(page);
	report_page_gaps(page);
	fputs("<footer class=\"dim\">", page->out);
	html_format(page->out, "Made on %.19s by linkstat %s%s. Times are local.",
		    format_stamp(at, page->cli->now_us), LINKSTAT_VERSION,
		    page->cli->redact ? "; serial numbers and names of computers are replaced"
				      : "");
	fputs("</footer>\n", page->out);
	html_end(page->out);
	return r;
}

static int
make(struct report_page *page)
{
	char *text = NULL;
	size_t len = 0;
	int r = gather(page);

	if (r != CLI_FINE)
		return r;
	page->out = open_memstream(&text, &len);
	if (!page->out)
		return cli_no_memory();
	r = put_page(page);
	if (fclose(page->out) != 0)
		r = cli_no_memory();
	if (r == CLI_FINE)
		r = html_write(page->cli, page->options->html, text, len);
	free(text);
	return r == CLI_FINE ? report_verdict(page->report) : r;
}

int
report_html(const struct cli *cli, const struct report_options *options)
{
	struct cli asking = *cli;
	struct report_page page = { .cli = &asking,
				    .options = options,
				    .sessions = json_array(),
				    .incidents = json_array() };
	int r;

	asking.json = false; /* texts are cleaned in any case */
	asking.style.utf8 = true;
	r = page.sessions && page.incidents ? make(&page) : cli_no_memory();
	json_decref(page.report);
	json_decref(page.sessions);
	json_decref(page.incidents);
	free(page.answer);
	free(page.next);
	free(page.why);
	return r;
}
