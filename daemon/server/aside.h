#pragma once
/* Answers calls that only read the history on a thread of its own, one reply after the other. */
#include <stdatomic.h>

#include "daemon/base/worker.h"
#include "daemon/server/varlink.h"
#include "daemon/store/reader.h"

struct aside;
struct evbuffer;
struct event_base;
struct store;

/* One reply that is made; a member of whoever waits for it. */
struct aside_reply {
	struct worker_job job;
	struct aside *aside;
	struct varlink_peer *peer; /* the thread's until @done */
	struct store_place place;
	struct evbuffer *out; /* the reply, taken by @done or freed */
	int result;	      /* of varlink_again(); -ECANCELED: none was made, ask again */
	bool is_damaged;      /* the history, as far as it was read */
	atomic_bool stop;     /* may be set any time: nobody waits any more */
	void (*done)(struct aside_reply *reply); /* on the loop */
	void *user;
};

/* @store must outlive it. 0 or -errno. */
int aside_new(struct event_base *base, struct store *store, struct aside **ret);
/* Calls @done of what is under way. */
void aside_free(struct aside *aside);
LS_DEFINE_AUTO(aside)

/* @reply->done, ->user and ->peer are set. False: a history in memory, which only the loop can read. */
bool aside_start(struct aside *aside, struct aside_reply *reply);
