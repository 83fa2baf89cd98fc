#pragma once
/* The report of linkstat run: what happened to the link while the command ran. */
#include "cli/base/cli.h"

struct job_summary {
	const char *ended;	  /* "the command ended with exit code 1" */
	double seconds;		  /* it took */
	const json_t *reply;	  /* of GetJob; NULL: nothing was recorded */
	const char *not_recorded; /* why not, a clause; "" if @reply is set */
	const char *place;	  /* progress at the first drop, "" if not known */
	bool could_sleep;	  /* sleep was not inhibited */
};

/* Prints on @style; @summary->reply went through ask_accept(). */
void job_report_put(const struct cli *cli, const struct job_summary *summary);
/* The outcome alone, "no link trouble" or what happened; for lists, too. @object is a Job. */
const char *job_report_outcome(char *text, size_t size, const json_t *object);
