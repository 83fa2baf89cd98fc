#pragma once
/* The job of linkstat run at linkstatd. What goes wrong is kept as a reason for the report. */
#include "cli/base/cli.h"
#include "cli/commands/child.h"
#include "lib/observe/restore_log.h"

struct client;

#define RUN_WHY_MAX 600

/* What was typed; NULL: not given. */
struct run_options {
	const char *cable, *port, *note;
};

struct run_job {
	const struct cli *cli;
	const struct run_options *asked;
	struct client *client; /* the job lasts as long as this; NULL: nobody records */
	char why[RUN_WHY_MAX]; /* nobody does */
	int64_t id;
	struct ls_restore_log *restore; /* NULL: another command */
	struct child_end end;
	double seconds;
};

/* Says the cable and begins. CLI_USAGE if the person, who was told why, should think again before
 * anything begins; else CLI_FINE, job->client tells whether somebody records. */
int run_job_begin(struct run_job *job);
/* The reply of GetJob, a new reference, or NULL. */
json_t *run_job_get(struct run_job *job);
/* linkstatd may have been restarted meanwhile: the job is still in its history. */
void run_job_reconnect(struct run_job *job);
/* @place "": not known. */
void run_job_end(struct run_job *job, const char *place);
