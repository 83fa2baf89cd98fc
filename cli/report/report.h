#pragma once
/* What `linkstat report` says of ports, for its forms: text, JSON and HTML. */
#include "cli/report/data.h"
#include "cli/print/words.h"
#include "lib/wire/wire.h"

struct report_options {
	const char *by;	  /* "cable", "device", "hub", "host" or "port"; NULL: port */
	const char *html; /* a file, or "-"; NULL: as text */
	bool transfers;	  /* how long they took, too */
	double job_hours; /* 0: not given */
};

/* CLI_TROUBLE if a link dropped in the asked span. */
int report_verdict(const json_t *reply);
/* The reply of Report, with what the numbers mean in each port; a new reference. An enum cli_exit. */
int report_ask(const struct cli *cli, double asked_hours, json_t **ret, double *job_hours);
struct numbers report_numbers(const json_t *port, double job_hours);
/* "worse since Tue 2026-11-17 14:00:00, when hub "…" came: 1.40 drops/h, before 0.02"; "" if there is
 * no change to tell. */
const char *report_trend(char words[WORDS_MAX], const struct cli *cli, const json_t *port);
/* The table of transfer times; an enum cli_exit. */
int report_times(const struct cli *cli, const json_t *reply);
/* All of it as one page; an enum cli_exit. */
int report_html(const struct cli *cli, const struct report_options *options);
