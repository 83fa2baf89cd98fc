#pragma once
/* Jobs: commands that ran under linkstat, with the traffic during each. */
#include "lib/model/job.h"
#include "lib/model/record.h"

struct store;
struct store_filter;

struct store_job {
	int64_t id;
	struct ls_instant began;
	int64_t ended_us; /* meaningful unless running */
	enum ls_job_outcome outcome;
	int64_t code;		 /* exit status or signal, -1 none */
	int64_t uid;		 /* -1 unknown */
	struct ls_socket socket; /* "": none was named */
	char cable[LS_LABEL_MAX];
	char command[LS_TEXT_MAX], note[LS_TEXT_MAX];
	struct ls_job_place place;
	int64_t incidents, drops; /* on any port while it ran; only when read */
};

struct store_job_port {
	struct ls_socket socket;
	const char *label;
	int64_t transfers, bytes_in, bytes_out, errors;
};

/* An incident that opens this long after a command has ended belongs to its end. */
#define STORE_JOB_AFTER_US (1 * (int64_t)LS_SEC)

typedef int (*store_job_fn)(const struct store_job *job, void *user);
typedef int (*store_job_port_fn)(const struct store_job_port *port, void *user);

/* Traffic until now must be in the store. Sets @job->id. */
int store_job_begin(struct store *store, struct store_job *job);
/* Sets the outcome, code, place and @ended_us of @job->id. */
int store_job_end(struct store *store, const struct store_job *job);
int store_job_place(struct store *store, int64_t id, const struct ls_job_place *place);
/* One of the past, of which no traffic is known. Sets @job->id; 1, or 0: it was there already. */
int store_job_import(struct store *store, struct store_job *job);
/* 1 or 0. */
int store_job(struct store *store, int64_t id, store_job_fn visit, void *user);
/* Those that began in the span; ports of the filter are not looked at. */
int store_jobs(struct store *store, const struct store_filter *filter, store_job_fn visit,
	       void *user);
int store_job_ports(struct store *store, int64_t id, store_job_port_fn visit, void *user);
