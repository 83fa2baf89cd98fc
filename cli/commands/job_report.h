#pragma once
/* What the link did while a command ran, in plain sentences. */
#include "cli/base/cli.h"

struct job_told {
	const char *ended;	  /* "the command ended with exit code 1" */
	double seconds;		  /* it took */
	const json_t *reply;	  /* of GetJob; NULL: nothing was recorded */
	const char *not_recorded; /* why not, a clause; "" where @reply is */
	const char *place;	  /* how far it was at the first drop, "" if not known */
	bool could_sleep;	  /* nobody kept the computer awake */
};

/* On cli->style; @told->reply went through ask_accept(). */
void job_report_put(const struct cli *cli, const struct job_told *told);
/* The verdict alone, "no link trouble" or what it was; for lists too. @object is a Job. */
const char *job_report_outcome(char *text, size_t size, const json_t *object);
