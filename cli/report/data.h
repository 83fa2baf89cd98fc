#pragma once
/* The data of linkstat report: the reply with what its numbers mean (cli/print/numbers.h). */
#include "cli/base/cli.h"
#include "cli/print/format.h"
#include "cli/print/numbers.h"
#include "cli/print/words.h"
#include "lib/attribution/rate.h"
#include "lib/wire/wire.h"

struct report_options {
	const char *by;	  /* "cable", "device", "hub", "host" or "port"; NULL: port */
	const char *html; /* a file, or "-"; NULL: as text */
	bool transfers;	  /* how long they took, too */
	double job_hours; /* 0: not given */
};

/*
 * The length of the job in question: @asked_hours unless that is 0, else the median of recorded
 * jobs, else a quarter of an hour. An enum cli_exit; errors are reported.
 */
int numbers_job_hours(const struct cli *cli, double asked_hours, double *ret);
/* "12-min", "2-h", "1.5-h". */
const char *numbers_job_name(char text[FORMAT_MAX], double job_hours);

/* CLI_PROBLEM if a link dropped in the requested span. */
int report_verdict(const json_t *reply);
/* The reply of Report, with what the numbers mean in each port; a new reference. An enum cli_exit. */
int report_ask(const struct cli *cli, double asked_hours, json_t **ret, double *job_hours);
/*
 * "worse since Tue 2026-11-17 14:00:00, when hub "…" came: 1.40 drops/h, before 0.02"; "" if
 * nothing changed.
 */
const char *report_trend(char words[WORDS_MAX], const struct cli *cli, const json_t *port);
