#include "cli/report/page.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "cli/print/words.h"
#include "cli/base/field.h"
#include "cli/print/format.h"
#include "cli/print/html.h"
#include "cli/report/data.h"

#define GAPS_SHOWN 20
/* The axis of rates: 0.001 … 100 drops an hour. */
#define RATE_LOG_FIRST (-3)
#define RATE_LOG_LAST  2
#define RATE_WIDE      1000.0

/* ---- the ranking ----------------------------------------------------------------------------- */

struct rank {
	const json_t *port;
	struct numbers numbers;
};

static int
compare_ranks(const void *a, const void *b)
{
	const struct rank *left = a, *right = b;
	double l = left->numbers.known ? left->numbers.rate.low : -1;
	double r = right->numbers.known ? right->numbers.rate.low : -1;

	if (l != r)
		return l > r ? -1 : 1;
	return left->numbers.hours < right->numbers.hours   ? 1
	       : left->numbers.hours > right->numbers.hours ? -1
							    : 0;
}

static double
rate_place(double rate)
{
	double x = (log10(fmax(rate, 1e-9)) - RATE_LOG_FIRST) / (RATE_LOG_LAST - RATE_LOG_FIRST);

	return fmin(1, fmax(0, x)) * RATE_WIDE;
}

static void
put_rate_bar(FILE *out, const struct ls_interval *rate)
{
	double low = rate_place(rate->low), high = rate_place(rate->high);
	double median = rate_place(rate->median);

	fprintf(out,
		"<svg viewBox=\"0 0 %.0f 20\" preserveAspectRatio=\"none\" aria-hidden=\"true\">",
		RATE_WIDE);
	for (int i = RATE_LOG_FIRST; i <= RATE_LOG_LAST; i++)
		fprintf(out, "<line class=\"grid\" x1=\"%.0f\" x2=\"%.0f\" y2=\"20\"/>",
			rate_place(pow(10, i)), rate_place(pow(10, i)));
	fprintf(out,
		"<rect class=\"bar\" x=\"%.1f\" y=\"6\" width=\"%.1f\" height=\"8\"/>"
		"<line class=\"median\" x1=\"%.1f\" x2=\"%.1f\" y1=\"2\" y2=\"18\"/></svg>",
		low, fmax(4, high - low), median, median);
}

static void
put_who(struct report_page *page, const json_t *port)
{
	const char *label = field_text(port, "label"), *name = field_text(port, "name");
	char device[WORDS_MAX], trend[WORDS_MAX];

	fputs("<td class=\"who\"><b>", page->out);
	html_text(page->out, *label ? label : name);
	fputs("</b><span class=\"dim\">", page->out);
	html_format(page->out, "%s%s%s", *label ? name : "",
		    *label && field_has(port, "device") ? ", " : "",
		    words_device(device, field_object(port, "device")));
	fputs("</span>", page->out);
	if (*report_trend(trend, page->cli, port)) {
		fputs("<div class=\"trend\">", page->out);
		html_text(page->out, trend);
		fputs("</div>", page->out);
	}
	fputs("</td>", page->out);
}

static void
put_number(FILE *out, const char *name, const char *text)
{
	fprintf(out, "<td class=\"n\" data-name=\"%s\">", name);
	html_text(out, text);
	fputs("</td>", out);
}

static void
put_rank(struct report_page *page, const struct rank *rank)
{
	const struct output_style style = { .utf8 = true, .dash = "–" };
	const struct numbers *numbers = &rank->numbers;
	char text[2 * FORMAT_MAX], clean[FORMAT_MAX];
	bool shown = numbers->known && numbers->hours >= NUMBERS_HOURS_MIN;
	char survives[FORMAT_MAX + 16], job[FORMAT_MAX];

	fputs("<tr>", page->out);
	put_who(page, rank->port);
	snprintf(text, sizeof(text), "%" PRId64, numbers->drops);
	put_number(page->out, "Drops", text);
	put_number(page->out, "Connected", format_duration(text, numbers->hours * 3600));
	put_number(page->out, "Longest without a drop",
		   format_duration(clean, field_real(rank->port, "longest_clean_seconds")));
	fputs("<td class=\"rate\">", page->out);
	if (shown)
		put_rate_bar(page->out, &numbers->rate);
	fputs("<span class=\"dim\">", page->out);
	html_format(page->out, shown ? "%s drops/h" : "not enough data%.0s",
		    numbers_rate(text, &style, numbers));
	fputs("</span></td>", page->out);
	snprintf(survives, sizeof(survives), "%s job survives",
		 numbers_job_name(job, page->job_hours));
	put_number(page->out, survives, numbers_survival(text, &style, numbers));
	fprintf(page->out,
		"<td class=\"grade-cell\"><span class=\"grade g%s\" title=\"grade\">%s</span></td>",
		numbers->grade[0] == '?' ? "" : numbers->grade, numbers->grade);
	fputs("</tr>\n", page->out);
}

int
report_page_ranking(struct report_page *page)
{
	const json_t *ports = field_list(page->report, "ports"), *port;
	struct rank *ranks = calloc(json_array_size(ports) + 1, sizeof(*ranks));
	char job[FORMAT_MAX];
	size_t i;

	if (!ranks)
		return cli_no_memory();
	json_array_foreach(ports, i, port)
	{
		ranks[i] = (struct rank){ port, numbers_of_port(port, page->job_hours) };
	}
	if (i > 0)
		qsort(ranks, i, sizeof(*ranks), compare_ranks);
	fprintf(page->out,
		"<h2>Ports, the worst first</h2>\n<table class=\"rank\"><thead><tr><th>Socket</th>"
		"<th class=\"n\">Drops</th><th class=\"n\">Connected</th><th class=\"n\">Longest "
		"without</th><th>Drops per hour, 90 %% sure<div class=\"axis\" "
		"aria-hidden=\"true\"><span>0.001</span><span>0.01</span><span>0.1</span>"
		"<span>1</span><span>10</span><span>100</span></div></th><th class=\"n\">%s job "
		"survives</th><th>Grade</th></tr></thead>\n<tbody>\n",
		numbers_job_name(job, page->job_hours));
	for (size_t k = 0; k < i; k++)
		put_rank(page, &ranks[k]);
	fputs("</tbody></table>\n<p class=\"dim\">The bar is where the true rate is with 90 % "
	      "certainty, the line its middle; the further right, the worse. A grade goes by the "
	      "right end of the bar, A is best; ? is not enough data. Rates of different "
	      "controllers cannot be compared to the digit.</p>\n",
	      page->out);
	free(ranks);
	return CLI_FINE;
}

/* ---- incidents and gaps ---------------------------------------------------------------------- */

static void
put_evidence(FILE *out, const json_t *incident)
{
	const json_t *list = field_list(incident, "evidence"), *one;
	int64_t opened = 0, at;
	char offset[FORMAT_MAX];
	size_t i;

	(void)field_time(incident, "opened_at", &opened);
	fputs("<table class=\"evidence\"><tbody>\n", out);
	json_array_foreach(list, i, one)
	{
		fputs("<tr><td class=\"n\">", out);
		if (field_time(one, "at", &at) == 1)
			html_text(out, format_offset(offset, at - opened));
		fputs("</td><td>", out);
		html_text(out, field_text(one, "source"));
		fputs("</td><td>", out);
		html_text(out, field_text(one, "what"));
		fputs("</td></tr>\n", out);
	}
	fputs("</tbody></table>\n", out);
	if (field_int(incident, "evidence_omitted") > 0) {
		fputs("<p class=\"dim\">", out);
		html_format(out, "%" PRId64 " more are not kept.",
			    field_int(incident, "evidence_omitted"));
		fputs("</p>\n", out);
	}
}

static void
put_incident(const struct report_page *page, const json_t *incident)
{
	char at[FORMAT_MAX], sure[WORDS_MAX], back[FORMAT_MAX], port[WORDS_MAX], cable[WORDS_MAX],
		device[WORDS_MAX], error[WORDS_MAX];
	const json_t * not, *ruled_out = field_list(incident, "ruled_out");
	int64_t at_us = 0;
	size_t i;

	(void)field_time(incident, "opened_at", &at_us);
	fputs("<details class=\"incident\"><summary>", page->out);
	html_format(page->out, "%.19s ", format_stamp(at, at_us));
	fputs("<span class=\"tag\">", page->out);
	html_text(page->out, words_cause(field_text(incident, "cause")));
	fputs("</span> ", page->out);
	words_sure(sure, incident);
	html_format(page->out, "on %s%s%s%s%s%s", words_port(port, incident),
		    words_cable(cable, incident), field_has(incident, "device") ? ", " : "",
		    words_device(device, field_object(incident, "device")), *sure ? ", " : "",
		    sure);
	if (field_has(incident, "back_after_seconds"))
		html_format(page->out, ", %s",
			    format_return(back, field_real(incident, "back_after_seconds")));
	fputs("</summary>\n<p><b>Why:</b> ", page->out);
	html_format(page->out, "%s.", field_text(incident, "why"));
	fputs("</p>\n", page->out);
	json_array_foreach(ruled_out, i, not )
	{
		fputs("<p><b>Not:</b> ", page->out);
		html_text(page->out, json_string_value(not ));
		fputs("</p>\n", page->out);
	}
	if (*words_apple_error(error, incident)) {
		fputs("<p><b>Known:</b> ", page->out);
		html_format(page->out, "%s.", error);
		fputs("</p>\n", page->out);
	}
	put_evidence(page->out, incident);
	fprintf(page->out, "<p class=\"dim\">linkstat show %" PRId64 "</p></details>\n",
		field_int(incident, "id"));
}

void
report_page_incidents(const struct report_page *page)
{
	size_t n = json_array_size(page->incidents);

	fputs("<h2>Drops and their evidence</h2>\n", page->out);
	if (n == 0)
		fputs("<p>None in this time.</p>\n", page->out);
	if (n < page->n_incidents)
		fprintf(page->out, "<p class=\"dim\">The last %zu of %zu.</p>\n", n,
			page->n_incidents);
	while (n-- > 0)
		put_incident(page, json_array_get(page->incidents, n));
}

void
report_page_gaps(const struct report_page *page)
{
	const json_t *gaps = field_list(page->report, "gaps"), *gap;
	size_t n = json_array_size(gaps), i;
	char text[WORDS_MAX];

	fputs("<h2>What was not seen</h2>\n", page->out);
	if (n == 0)
		fputs("<p>Nothing is known to be missing.</p>\n", page->out);
	else
		fputs("<p>What happened then may not be counted.</p>\n", page->out);
	if (n > GAPS_SHOWN)
		fprintf(page->out, "<p class=\"dim\">The last %d of %zu gaps.</p>\n", GAPS_SHOWN,
			n);
	fputs(n > 0 ? "<ul>\n" : "", page->out);
	json_array_foreach(gaps, i, gap)
	{
		if (i + GAPS_SHOWN < n)
			continue;
		fputs("<li>", page->out);
		html_text(page->out, words_gap(text, page->cli->now_us, gap));
		fputs("</li>\n", page->out);
	}
	fputs(n > 0 ? "</ul>\n" : "", page->out);
}
