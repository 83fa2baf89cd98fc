/* A thread beside the event loop. */
#include <errno.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>
#include <event2/event.h>

#include "daemon/base/worker.h"

struct counted {
	struct worker_job job;
	sem_t *may_end;
	int n_worked, n_done, n_cancelled;
	int rest; /* how often it submits itself again */
	struct worker *worker;
};

static void
on_work(struct worker_job *job)
{
	struct counted *counted = job->user;

	if (counted->may_end)
		sem_wait(counted->may_end);
	counted->n_worked++;
}

static void
on_done(struct worker_job *job)
{
	struct counted *counted = job->user;

	counted->n_done++;
	counted->n_cancelled += job->cancelled;
	if (counted->rest-- > 0)
		worker_submit(counted->worker, job);
}

static void
submit(struct worker *worker, struct counted *counted)
{
	counted->worker = worker;
	counted->job = (struct worker_job){ .work = on_work, .done = on_done, .user = counted };
	worker_submit(worker, &counted->job);
}

static void
jobs_are_done_in_order_and_again(void **state)
{
	struct event_base *base = event_base_new();
	struct counted first = { .rest = 3 }, second = { 0 };
	struct worker *worker;

	(void)state;
	assert_int_equal(worker_new(base, &worker), 0);
	submit(worker, &first);
	submit(worker, &second);
	while (first.n_done < 4 || second.n_done < 1)
		event_base_loop(base, EVLOOP_ONCE);
	assert_int_equal(first.n_worked, 4);
	assert_int_equal(second.n_worked, 1);
	worker_free(worker);
	event_base_free(base);
}

/* What is in progress is waited for, and what waits is never begun. */
static void
the_end_forgets_no_job(void **state)
{
	struct event_base *base = event_base_new();
	struct counted first = { 0 }, second = { 0 };
	struct worker *worker;
	sem_t may_end;

	(void)state;
	assert_int_equal(sem_init(&may_end, 0, 0), 0);
	first.may_end = &may_end;
	assert_int_equal(worker_new(base, &worker), 0);
	submit(worker, &first);
	submit(worker, &second);
	for (int i = 0; i < 100; i++) /* the loop goes on meanwhile */
		event_base_loop(base, EVLOOP_NONBLOCK);
	assert_int_equal(first.n_done, 0);
	sem_post(&may_end);
	worker_free(worker);
	assert_int_equal(first.n_done, 1);
	assert_int_equal(second.n_done, 1);
	assert_int_equal(first.n_worked + second.n_worked,
			 2 - second.n_cancelled - first.n_cancelled);
	event_base_free(base);
	sem_destroy(&may_end);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(jobs_are_done_in_order_and_again),
		cmocka_unit_test(the_end_forgets_no_job),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
