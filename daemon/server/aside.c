#include "daemon/server/aside.h"

#include <errno.h>
#include <event2/buffer.h>
#include <stdlib.h>

#include "daemon/server/methods.h"

struct aside {
	struct worker *worker;
	struct store *store; /* the loop's */
	/* The thread's. */
	struct store_reader *reader;
	struct context context;
	struct varlink_service service;
};

int
aside_new(struct event_base *base, struct store *store, struct aside **ret)
{
	ls_auto(aside) *aside = calloc(1, sizeof(*aside));
	int r;

	if (!aside)
		return -ENOMEM;
	aside->store = store;
	methods_service(&aside->context, &aside->service);
	r = store_reader_new(&aside->reader);
	if (r == 0)
		r = worker_new(base, &aside->worker);
	if (r < 0)
		return r;

	*ret = LS_STEAL(&aside);
	return 0;
}

void
aside_free(struct aside *aside)
{
	if (!aside)
		return;
	worker_free(aside->worker);
	store_reader_free(aside->reader);
	free(aside);
}

static void
on_work(struct worker_job *job)
{
	struct aside_reply *reply = job->user;
	struct aside *aside = reply->aside;
	int r = -ECANCELED;

	if (!atomic_load(&reply->stop))
		r = store_reader_begin(aside->reader, &reply->place, &reply->stop,
				       &aside->context.store);
	if (r < 0) {
		reply->result = -ECANCELED;
		return;
	}
	reply->result = varlink_again(reply->peer, &aside->service, reply->out);
	reply->is_damaged = store_reader_end(aside->reader) == -EBADMSG;
}

static void
on_done(struct worker_job *job)
{
	struct aside_reply *reply = job->user;
	struct evbuffer *out = reply->out;

	if (job->cancelled)
		reply->result = -ECANCELED;
	if (reply->is_damaged)
		store_found_damaged(reply->aside->store, &reply->place);
	reply->done(reply);
	evbuffer_free(out);
}

bool
aside_start(struct aside *aside, struct aside_reply *reply)
{
	store_place(aside->store, &reply->place);
	if (!reply->place.path[0])
		return false;
	reply->out = evbuffer_new();
	if (!reply->out)
		return false;
	reply->aside = aside;
	reply->is_damaged = false;
	atomic_store(&reply->stop, false);
	reply->job = (struct worker_job){ .work = on_work, .done = on_done, .user = reply };
	worker_submit(aside->worker, &reply->job);
	return true;
}
