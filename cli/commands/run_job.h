#pragma once
/* The job that linkstatd records for linkstat run. A failure becomes the reason in the report. */
#include "lib/model/job.h"
#include "cli/base/cli.h"
#include "cli/commands/child.h"
#include "lib/observe/restore_log.h"

struct client;

#define RUN_WHY_MAX 600

/* What was typed; NULL: not given. */
struct run_options {
	const char *cable, *port, *note, *ticket;
};

struct run_job {
	const struct cli *cli;
	const struct run_options *opts;
	struct client *client; /* the job lasts as long as this connection; NULL: not recorded */
	char why[RUN_WHY_MAX]; /* why it is not recorded */
	int64_t id;
	struct ls_restore_log *restore; /* NULL: not a restore tool */
	struct child_end end;
	double seconds;
};

/* Sets the cable and begins the job. CLI_USAGE, with the error printed, if the command line must be
 * corrected first; else CLI_FINE, and job->client is NULL if the job is not recorded. */
int run_job_begin(struct run_job *job);
/* The reply of GetJob, a new reference, or NULL. */
json_t *run_job_get(struct run_job *job);
/* Connects again if linkstatd was restarted: the job is still in its history. */
void run_job_reconnect(struct run_job *job);
/* @place: how far the command had come, NULL if not known yet. */
void run_job_end(struct run_job *job, const struct ls_job_place *place);
