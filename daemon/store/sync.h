#pragma once
/*
 * Waits for the disk on a thread, so that the loop does not. What is committed survives a crash of
 * linkstatd; it survives a power cut once it is synced, and only then it is announced or answered.
 */
#include <sys/queue.h>

#include "lib/base/base.h"

struct event_base;
struct store;
struct store_sync;

struct store_sync_wait {
	STAILQ_ENTRY(store_sync_wait) link;
	void (*done)(struct store_sync_wait *wait, int r); /* on the loop; 0 or -errno */
	void *user;
};

/* @store must outlive it. 0 or -errno. */
int store_sync_new(struct event_base *base, struct store *store, struct store_sync **ret);
/* What is waited for is synced first. */
void store_sync_free(struct store_sync *sync);
LS_DEFINE_AUTO(store_sync)

/*
 * Calls @wait->done when all is on the disk that is committed now; at once where the history is in
 * memory. @wait is borrowed until then.
 */
void store_sync_wait_for(struct store_sync *sync, struct store_sync_wait *wait);
/* From time to time: moves what the log holds to the database. */
void store_sync_checkpoint(struct store_sync *sync);
