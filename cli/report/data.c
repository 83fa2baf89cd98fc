#include "cli/report/data.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/ask/ask.h"
#include "cli/base/field.h"
#include "cli/print/format.h"
#include "lib/base/text.h"

#define JOB_HOURS 0.25
/* Shorter jobs tested the command, not the link. */
#define JOB_SECONDS_MIN 10
#define JOBS_MAX	4096

struct jobs {
	double hours[JOBS_MAX];
	size_t n;
};

static int
add_job(const json_t *job, void *user)
{
	struct jobs *jobs = user;
	int64_t began, ended;

	if (field_time(job, "began_at", &began) == 1 && field_time(job, "ended_at", &ended) == 1 &&
	    ended - began >= JOB_SECONDS_MIN * (int64_t)LS_SEC)
		jobs->hours[jobs->n++ % JOBS_MAX] =
			(double)(ended - began) / (3600 * (double)LS_SEC);
	return CLI_FINE;
}

static int
compare_hours(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return left < right ? -1 : left > right;
}

int
numbers_job_hours(const struct cli *cli, double asked_hours, double *ret)
{
	static const struct ask_list list = {
		.method = "io.linkstat.ListJobs",
		.member = "jobs",
	};
	struct jobs *jobs;
	const struct query all = { 0 };
	size_t n;
	int r;

	*ret = asked_hours > 0 ? asked_hours : JOB_HOURS;
	if (asked_hours > 0)
		return CLI_FINE;
	jobs = calloc(1, sizeof(*jobs));
	if (!jobs)
		return cli_no_memory();
	r = ask_items(cli, &all, &list, add_job, jobs);
	n = jobs->n < JOBS_MAX ? jobs->n : JOBS_MAX; /* the last ones */
	if (r == CLI_FINE && n > 0) {
		qsort(jobs->hours, n, sizeof(jobs->hours[0]), compare_hours);
		*ret = jobs->hours[n / 2];
	}
	free(jobs);
	return r;
}

const char *
numbers_job_name(char text[FORMAT_MAX], double job_hours)
{
	double minutes = job_hours * 60;

	if (minutes < 1)
		snprintf(text, FORMAT_MAX, "%.0f-s", minutes * 60);
	else if (minutes < 120)
		snprintf(text, FORMAT_MAX, "%.0f-min", minutes);
	else
		snprintf(text, FORMAT_MAX, "%.*f-h", fabs(job_hours - round(job_hours)) > 0.05,
			 job_hours);
	return text;
}

/* ---- the reply of Report ---- */

int
report_verdict(const json_t *reply)
{
	const json_t *port;
	size_t i;

	json_array_foreach(field_list(reply, "ports"), i, port)
	{
		if (field_int(port, "drops") > 0)
			return CLI_PROBLEM;
	}
	return CLI_FINE;
}

static double
rate_of(const json_t *trend, const char *drops, const char *hours)
{
	double span = field_real(trend, hours);

	return span > 0 ? (double)field_int(trend, drops) / span : 0;
}

const char *
report_trend(char words[WORDS_MAX], const struct cli *cli, const json_t *port)
{
	const json_t *trend = field_object(port, "trend");
	double before = rate_of(trend, "drops_before", "hours_before");
	double since = rate_of(trend, "drops_since", "hours_since");
	char time[FORMAT_MAX];
	int64_t at = 0;

	words[0] = '\0';
	if (!trend || field_time(trend, "since", &at) != 1)
		return words;
	ls_text_format(words, WORDS_MAX, "%s since %s", since > before ? "worse" : "better",
		       format_time(time, at, cli->now_us));
	if (field_has(trend, "came"))
		ls_text_append(words, WORDS_MAX, ", when %s \"%s\" came",
			       field_text(trend, "came_kind"), field_text(trend, "came"));
	ls_text_append(words, WORDS_MAX, ": %.2f drops/h, before %.2f", since, before);
	return words;
}

/* Adds rates and grades, which linkstatd does not compute. 0 or -ENOMEM. */
static int
add_numbers(json_t *ports, double job_hours)
{
	json_t *port;
	size_t i;
	int r = 0;

	json_array_foreach(ports, i, port)
	{
		struct numbers numbers = numbers_of_port(port, job_hours);
		double clean_hours = field_real(port, "longest_clean_seconds") / 3600;

		if (r == 0)
			r = numbers_add_json(port, &numbers);
		if (json_object_set_new(port, "longest_clean_hours", json_real(clean_hours)) < 0)
			r = -ENOMEM;
	}
	return r;
}

int
report_ask(const struct cli *cli, double asked_hours, json_t **ret, double *job_hours)
{
	ls_json_auto json_t *reply = NULL;
	struct query query = cli_query_ports(cli);
	int r = ask_report(cli, &query, &reply);

	if (r == CLI_FINE)
		r = numbers_job_hours(cli, asked_hours, job_hours);
	if (r != CLI_FINE)
		return r;
	if (add_numbers(json_object_get(reply, "ports"), *job_hours) < 0)
		return cli_no_memory();
	*ret = LS_STEAL(&reply);
	return CLI_FINE;
}
