#pragma once
/*
 * A thread that does jobs one after the other, for what would hold up the event loop: reading much
 * from the disk, and waiting for it. What a job works on belongs to the thread until it is done.
 */
#include <stdbool.h>
#include <sys/queue.h>

#include "lib/base/base.h"

struct event_base;
struct worker;

struct worker_job {
	STAILQ_ENTRY(worker_job) link;
	void (*work)(struct worker_job *job); /* on the thread */
	void (*done)(
		struct worker_job *job); /* on the loop; the job may be freed or submitted again */
	void *user;
	bool cancelled; /* for done(): it was never worked on */
};

/* @base must outlive it. 0 or -errno. */
int worker_new(struct event_base *base, struct worker **ret);
/* Waits for the job in progress; those that wait are cancelled. Calls done() of all. */
void worker_free(struct worker *worker);
LS_DEFINE_AUTO(worker)

/* @job is the worker's until done(). */
void worker_submit(struct worker *worker, struct worker_job *job);
