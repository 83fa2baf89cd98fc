#include "daemon/base/worker.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <event2/event.h>

STAILQ_HEAD(jobs, worker_job);

struct worker {
	pthread_t thread;
	bool runs;
	pthread_mutex_t lock; /* of the three below */
	pthread_cond_t more;
	struct jobs waiting, finished;
	bool stop;
	int fd; /* readable while jobs are finished */
	struct event *readable;
};

static struct worker_job *
take(struct worker *worker)
{
	struct worker_job *job;

	pthread_mutex_lock(&worker->lock);
	while (STAILQ_EMPTY(&worker->waiting) && !worker->stop)
		pthread_cond_wait(&worker->more, &worker->lock);
	job = worker->stop ? NULL : STAILQ_FIRST(&worker->waiting);
	if (job)
		STAILQ_REMOVE_HEAD(&worker->waiting, link);
	pthread_mutex_unlock(&worker->lock);
	return job;
}

static void *
run(void *user)
{
	static const uint64_t one = 1;
	struct worker *worker = user;
	struct worker_job *job;

	while ((job = take(worker))) {
		job->work(job);
		pthread_mutex_lock(&worker->lock);
		STAILQ_INSERT_TAIL(&worker->finished, job, link);
		pthread_mutex_unlock(&worker->lock);
		(void)!write(worker->fd, &one,
			     sizeof(one)); /* fails only where it is readable already */
	}
	return NULL;
}

static void
finish(struct worker *worker)
{
	struct jobs jobs = STAILQ_HEAD_INITIALIZER(jobs);
	struct worker_job *job;

	pthread_mutex_lock(&worker->lock);
	STAILQ_CONCAT(&jobs, &worker->finished);
	pthread_mutex_unlock(&worker->lock);
	while ((job = STAILQ_FIRST(&jobs))) {
		STAILQ_REMOVE_HEAD(&jobs, link);
		job->done(job);
	}
}

static void
on_finished(evutil_socket_t fd, short what, void *user)
{
	uint64_t n;

	(void)what;
	(void)!read(fd, &n, sizeof(n));
	finish(user);
}

/* Signals are for the loop. */
static int
start(struct worker *worker)
{
	sigset_t all, before;
	int r;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	r = pthread_create(&worker->thread, NULL, run, worker);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	worker->runs = r == 0;
	return -r;
}

int
worker_new(struct event_base *base, struct worker **ret)
{
	ls_auto(worker) *worker = calloc(1, sizeof(*worker));
	int r;

	if (!worker)
		return -ENOMEM;
	pthread_mutex_init(&worker->lock, NULL);
	pthread_cond_init(&worker->more, NULL);
	STAILQ_INIT(&worker->waiting);
	STAILQ_INIT(&worker->finished);
	worker->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (worker->fd < 0)
		return -errno;
	worker->readable = event_new(base, worker->fd, EV_READ | EV_PERSIST, on_finished, worker);
	if (!worker->readable || event_add(worker->readable, NULL) < 0)
		return -ENOMEM;
	r = start(worker);
	if (r < 0)
		return r;

	*ret = LS_STEAL(&worker);
	return 0;
}

static void
stop(struct worker *worker)
{
	struct worker_job *job;

	pthread_mutex_lock(&worker->lock);
	worker->stop = true;
	pthread_cond_signal(&worker->more);
	pthread_mutex_unlock(&worker->lock);
	if (worker->runs)
		pthread_join(worker->thread, NULL);
	STAILQ_FOREACH(job, &worker->waiting, link)
	job->cancelled = true;
	STAILQ_CONCAT(&worker->finished, &worker->waiting);
	finish(worker);
}

void
worker_free(struct worker *worker)
{
	if (!worker)
		return;
	stop(worker);
	if (worker->readable)
		event_free(worker->readable);
	if (worker->fd >= 0)
		close(worker->fd);
	pthread_cond_destroy(&worker->more);
	pthread_mutex_destroy(&worker->lock);
	free(worker);
}

void
worker_submit(struct worker *worker, struct worker_job *job)
{
	job->cancelled = false;
	pthread_mutex_lock(&worker->lock);
	STAILQ_INSERT_TAIL(&worker->waiting, job, link);
	pthread_cond_signal(&worker->more);
	pthread_mutex_unlock(&worker->lock);
}
