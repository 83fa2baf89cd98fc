#pragma once
/* The page of linkstat report --html, and its parts that are lists. */
#include <stdio.h>

#include "cli/base/cli.h"
#include "lib/wire/wire.h"

struct report_options;

struct report_page {
	const struct cli *cli;
	const struct report_options *options;
	FILE *out;
	json_t *report, *sessions, *incidents; /* the last ones of each, oldest first */
	size_t n_sessions, n_incidents;	       /* that there were */
	double job_hours;
	char *answer, *next, *why; /* of the diagnosis; lines */
	bool accused;
};

int report_page_ranking(struct report_page *page); /* an enum cli_exit */
void report_page_incidents(const struct report_page *page);
void report_page_gaps(const struct report_page *page);
